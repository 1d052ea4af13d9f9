// .npz files: zip archives of .npy files, stored or deflated.

import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import type { Tensor } from "../_tensor.js";
import { ValueError } from "../errors.js";
import type { Parts } from "../serialization/sink.js";
import { MemorySource, type Source } from "../serialization/source.js";
import { BrokenZip, DEFLATED, type Entry, ZipReader } from "../serialization/zip.js";
import { readArray, writeArray } from "./format.js";

/** A part of another source. */
class PartSource implements Source {
  readonly size: number;
  readonly name: string;
  readonly #whole: Source;
  readonly #offset: number;

  constructor(whole: Source, { name, offset, packed }: Entry) {
    this.#whole = whole;
    this.#offset = offset;
    this.size = packed;
    this.name = name;
  }

  read(position: number, length: number): Buffer {
    if (position + length > this.size) throw new ValueError(`EOF: reading ${this.name}`);
    return this.#whole.read(this.#offset + position, length);
  }

  readStorage(target: Tensor, length: number, position: number): void {
    if (position + length > this.size) throw new ValueError(`EOF: reading ${this.name}`);
    this.#whole.readStorage(target, length, this.#offset + position);
  }

  close(): void {}
}

const LARGEST_RATIO = 1032; // deflate packs no more than that into a byte

function openZip(source: Source): ZipReader {
  try {
    return new ZipReader(source, { flat: true, methods: [0, DEFLATED] });
  } catch (error) {
    if (error instanceof BrokenZip) throw new ValueError(`File is not a zip file: ${error.what}`);
    throw error;
  }
}

/** The tensors of an archive, by the names of its files without ".npy". */
export function readNpz(source: Source): Map<string, Tensor> {
  const zip = openZip(source);
  const tensors = new Map<string, Tensor>();
  for (const entry of zip.entries()) {
    if (!entry.name.endsWith(".npy")) throw new ValueError(`${entry.name} in the archive is no .npy file`);
    const part = new PartSource(source, entry);
    tensors.set(entry.name.slice(0, -4), readArray(entry.method === 0 ? part : inflated(part, entry)));
  }
  return tensors;
}

function inflated(part: Source, { name, size }: Entry): Source {
  if (size > part.size * LARGEST_RATIO + 64) throw new ValueError(`${name} claims to unpack to ${size} bytes`);
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(part.read(0, part.size), { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw new ValueError(`${name} cannot be unpacked: ${(error as Error).message}`);
  }
  if (bytes.length !== size) throw new ValueError(`${name} unpacks to ${bytes.length} bytes instead of ${size}`);
  return new MemorySource(bytes, name);
}

/** The bytes of an archive as numpy's `savez` writes it: stored, or deflated. */
export function* writeNpz(tensors: ReadonlyMap<string, Tensor>, compressed: boolean): Parts {
  const written: Buffer[] = [];
  let position = 0;
  function* write(bytes: Uint8Array): Parts {
    position += bytes.length;
    yield bytes;
  }
  for (const [name, tensor] of tensors) {
    const plain = Buffer.concat(Array.from(writeArray(tensor), (part) => Buffer.from(part)));
    const packed = compressed ? deflateRawSync(plain) : plain;
    if (plain.length >= 0xffffffff || position >= 0xffffffff) {
      throw new ValueError("npz files of 4 GB and more are not written: use torch.save() or safetensors");
    }
    const file = Buffer.from(`${name}.npy`, "utf8");
    const fields = Buffer.alloc(26); // what the local header and the central directory have in common
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800, 2);
    fields.writeUInt16LE(compressed ? DEFLATED : 0, 4);
    fields.writeUInt16LE(0x21, 8); // 1980-01-01
    fields.writeUInt32LE(crc32(plain), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(plain.length, 18);
    fields.writeUInt16LE(file.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(position, 10);
    written.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, rest, file]));
    yield* write(Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, file]));
    yield* write(packed);
  }
  const start = position;
  for (const entry of written) yield* write(entry);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(written.length, 8);
  end.writeUInt16LE(written.length, 10);
  end.writeUInt32LE(position - start, 12);
  end.writeUInt32LE(start, 16);
  yield* write(end);
}
