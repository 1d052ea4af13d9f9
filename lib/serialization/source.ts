// Where the bytes of a file come from: an open file, memory, or a mapping of the file.

import fs from "node:fs";
import { promisify } from "node:util";
import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import { uint8 } from "../dtype.js";
import { EOFError, RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { handleOf } from "../tensor_base.js";

/** Bytes that can be read at any place. */
export interface Source {
  readonly size: number;
  /** The path, for messages; null for bytes in memory. */
  readonly name: string | null;
  /** Bytes that the caller must not keep beyond the source's life, nor change. Throws EOFError beyond the end. */
  read(position: number, length: number): Buffer;
  /** Fills a CPU storage with the bytes from a position on. */
  readStorage(target: Tensor, length: number, position: number): void;
  close(): void;
}

function checkRange(source: Source, position: number, length: number): void {
  if (position < 0 || length < 0 || position + length > source.size) {
    throw new EOFError(
      `Ran out of input: bytes ${position} to ${position + length} of ${source.name ?? "a buffer"}, which has ${source.size}`,
    );
  }
}

/** Bytes in memory. */
export class MemorySource implements Source {
  readonly size: number;
  readonly name: string | null;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, name: string | null = null) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = bytes.byteLength;
    this.name = name;
  }

  read(position: number, length: number): Buffer {
    checkRange(this, position, length);
    return this.#bytes.subarray(position, position + length);
  }

  readStorage(target: Tensor, length: number, position: number): void {
    native.copyIn(handleOf(target), 0, this.read(position, length));
  }

  close(): void {}
}

const MOST_AT_ONCE = 2 ** 30; // the system takes less than 2 GiB in one call
const COPIED_AT_ONCE = 2 ** 20;
const READ_AT_ONCE = 2 ** 24; // an aborted load ends soon
const read = promisify(fs.read);

/** An open file. */
export class FileSource implements Source {
  readonly size: number;
  readonly name: string;
  readonly #descriptor: number;
  readonly #stat: fs.Stats;

  constructor(descriptor: number, stat: fs.Stats, name: string) {
    this.#descriptor = descriptor;
    this.#stat = stat;
    this.size = stat.size;
    this.name = name;
  }

  /**
   * Maps the file as a tensor of its bytes; with `shared` changes of the tensor change the file. The file must not be
   * shortened as long as the tensor lives.
   */
  map(shared: boolean): Tensor {
    if (this.size === 0) return torch.empty([0], { dtype: uint8, device: "cpu" });
    const mapped = torch.from_file(this.name, shared, this.size, { dtype: uint8, device: "cpu" });
    // What is mapped was opened anew: it must be the file that the rest was read from.
    const now = fs.statSync(this.name);
    if (now.ino !== this.#stat.ino || now.dev !== this.#stat.dev) {
      throw new RuntimeError(`${this.name} was replaced while it was opened`);
    }
    return mapped;
  }

  read(position: number, length: number): Buffer {
    checkRange(this, position, length);
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const count = fs.readSync(this.#descriptor, bytes, done, Math.min(length - done, MOST_AT_ONCE), position + done);
      this.#progress(count);
      done += count;
    }
    return bytes;
  }

  readStorage(target: Tensor, length: number, position: number): void {
    checkRange(this, position, length);
    for (let done = 0; done < length; ) {
      const most = Math.min(length - done, MOST_AT_ONCE);
      done += this.#readPart(position + done, target, done, most);
    }
  }

  /** The same, while the event loop turns. */
  async readStorageAsync(target: Tensor, length: number, position: number): Promise<void> {
    checkRange(this, position, length);
    if (length === 0) return;
    // Over a storage of its own, for one that JavaScript sees can no longer be resized.
    const view = native.storageSlice(handleOf(target), 0, length);
    const bytes = new Uint8Array(native.buffer(view));
    for (let done = 0; done < length; ) {
      const most = Math.min(length - done, READ_AT_ONCE);
      done += this.#progress((await read(this.#descriptor, bytes, done, most, position + done)).bytesRead);
    }
  }

  #readPart(position: number, target: Tensor, offset: number, most: number): number {
    const count = native.readFile(this.#descriptor, position, handleOf(target), offset, most);
    if (count !== null) return this.#progress(count);
    const part = this.read(position, Math.min(most, COPIED_AT_ONCE));
    native.copyIn(handleOf(target), offset, part);
    return part.length;
  }

  #progress(count: number): number {
    if (count === 0) throw new RuntimeError(`${this.name} became shorter while it was read`);
    return count;
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }
}

/** Opens a file; what is no regular file (a pipe) is read into memory at once. Throws Node's error for a missing one. */
export function openFile(path: string): Source {
  const descriptor = fs.openSync(path, "r");
  try {
    const stat = fs.fstatSync(descriptor);
    if (stat.isFile()) return new FileSource(descriptor, stat, path);
    const bytes = fs.readFileSync(descriptor);
    fs.closeSync(descriptor);
    return new MemorySource(bytes, path);
  } catch (error) {
    fs.closeSync(descriptor);
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}

const WINDOW = 64 * 1024;

/** Reads a part of a source from front to back. */
export class ByteReader {
  readonly #source: Source;
  readonly #end: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart: number;
  #next = 0;

  constructor(source: Source, start = 0, end = source.size) {
    this.#source = source;
    this.#windowStart = start;
    this.#end = end;
  }

  /** Where in the source the next byte stands. */
  get position(): number {
    return this.#windowStart + this.#next;
  }

  #need(count: number): void {
    if (this.#next + count <= this.#window.length) return;
    const start = this.position;
    if (start + count > this.#end) {
      throw new EOFError(
        `Ran out of input: the pickle asks for ${count} bytes at ${start}, of ${this.#end - start} that are left`,
      );
    }
    this.#window = this.#source.read(start, Math.min(Math.max(count, WINDOW), this.#end - start));
    this.#windowStart = start;
    this.#next = 0;
  }

  /** The next bytes; they are valid until the next call. */
  take(count: number): Buffer {
    this.#need(count);
    this.#next += count;
    return this.#window.subarray(this.#next - count, this.#next);
  }

  /** Fills a CPU storage with the next bytes. */
  fill(target: Tensor, length: number): void {
    const start = this.position;
    if (start + length > this.#end) throw new EOFError("Ran out of input: the file ends within a storage");
    this.#source.readStorage(target, length, start);
    this.#window = Buffer.alloc(0);
    this.#windowStart = start + length;
    this.#next = 0;
  }

  uint8(): number {
    this.#need(1);
    return this.#window[this.#next++];
  }

  uint16(): number {
    return this.take(2).readUInt16LE();
  }

  int32(): number {
    return this.take(4).readInt32LE();
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A big-endian double, as pickles have them. */
  float64(): number {
    return this.take(8).readDoubleBE();
  }

  /** The text before the next newline, at most `limit` bytes. */
  line(limit: number): string {
    let text = "";
    for (let i = 0; i <= limit; i++) {
      const byte = this.uint8();
      if (byte === 10) return Buffer.from(text, "latin1").toString("utf8");
      text += String.fromCharCode(byte);
    }
    throw new EOFError(`Ran out of input: a line in the pickle is longer than ${limit} bytes`);
  }
}
