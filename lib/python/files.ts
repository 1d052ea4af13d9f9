// Python's open(), for reading.

import fs from "node:fs";
import { ValueError } from "../errors.js";

const abandoned = new FinalizationRegistry<number>((fd) => fs.closeSync(fd));

/** A file that is read as bytes: what `open(path, "rb")` gives. It is closed when it is collected, at the latest. */
export class BufferedReader implements Iterable<Buffer> {
  readonly name: string;
  readonly #fd: number;
  closed = false;
  #ahead: Buffer = Buffer.alloc(0);

  constructor(name: string) {
    this.name = name;
    this.#fd = fs.openSync(name, "r");
    abandoned.register(this, this.#fd, this);
  }

  #check(): void {
    if (this.closed) throw new ValueError("I/O operation on closed file.");
  }

  /** Reads on from the file; nothing at its end. */
  #more(size: number): Buffer {
    const block = Buffer.alloc(size);
    return block.subarray(0, fs.readSync(this.#fd, block, 0, size, null));
  }

  /** The next bytes, all that are left unless a number is given. */
  read(size: number | null = -1): Buffer {
    this.#check();
    const wanted = size === null || size < 0 ? Number.POSITIVE_INFINITY : size;
    const blocks = [this.#ahead];
    let length = this.#ahead.length;
    while (length < wanted) {
      const block = this.#more(Math.min(wanted - length, 1 << 20));
      if (block.length === 0) break;
      blocks.push(block);
      length += block.length;
    }
    const bytes = Buffer.concat(blocks);
    this.#ahead = bytes.subarray(Math.min(wanted, length));
    return bytes.subarray(0, wanted);
  }

  /** The next line with its end; nothing at the file's end. */
  readline(): Buffer {
    this.#check();
    for (;;) {
      const end = this.#ahead.indexOf("\n") + 1;
      if (end > 0) return this.read(end);
      const block = this.#more(8192);
      if (block.length === 0) return this.read(this.#ahead.length);
      this.#ahead = Buffer.concat([this.#ahead, block]);
    }
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    for (let line = this.readline(); line.length > 0; line = this.readline()) yield line;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    abandoned.unregister(this);
    fs.closeSync(this.#fd);
  }

  __repr__(): string {
    return `<_io.BufferedReader name='${this.name}'>`;
  }
}

/** A file that is read as text: what `open(path)` gives. Every line ends with "\n", however it does in the file. */
export class TextIOWrapper implements Iterable<string> {
  readonly name: string;
  readonly mode: string;
  readonly encoding: string;
  readonly buffer: BufferedReader;
  #text: string | null = null;
  #position = 0;

  constructor(name: string, mode = "r", encoding: string | null = null) {
    this.name = name;
    this.mode = mode;
    this.encoding = encoding ?? "UTF-8";
    this.buffer = new BufferedReader(name);
  }

  get closed(): boolean {
    return this.buffer.closed;
  }

  #left(): string {
    if (this.#text === null) {
      try {
        const decoder = new TextDecoder(this.encoding, { fatal: true, ignoreBOM: true });
        this.#text = decoder.decode(this.buffer.read()).replace(/\r\n?/g, "\n");
      } catch (error) {
        if (error instanceof ValueError) throw error;
        throw new ValueError(`'${this.encoding}' codec can't decode the bytes of ${this.name}`, { cause: error });
      }
    } else this.buffer.read(0); // throws if it is closed
    return this.#text.slice(this.#position);
  }

  /** The next characters, all that are left unless a number is given. */
  read(size: number | null = -1): string {
    const left = this.#left();
    let text = left;
    if (size !== null && size >= 0) {
      // A character beyond 16 bits takes two places in a JavaScript string.
      let end = 0;
      for (let i = 0; i < size && end < left.length; i++) end += (left.codePointAt(end) as number) > 0xffff ? 2 : 1;
      text = left.slice(0, end);
    }
    this.#position += text.length;
    return text;
  }

  /** The next line with its end; nothing at the file's end. */
  readline(): string {
    const left = this.#left();
    const line = left.slice(0, left.indexOf("\n") + 1 || left.length);
    this.#position += line.length;
    return line;
  }

  *[Symbol.iterator](): Generator<string, void, undefined> {
    for (let line = this.readline(); line.length > 0; line = this.readline()) yield line;
  }

  close(): void {
    this.buffer.close();
  }

  __repr__(): string {
    return `<_io.TextIOWrapper name='${this.name}' mode='${this.mode}' encoding='${this.encoding}'>`;
  }
}

/** Python's `open()` for reading, as bytes where the mode has a `b`. A missing file is an error with the code ENOENT. */
export function open(name: string, mode = "r", encoding: string | null = null): BufferedReader | TextIOWrapper {
  return mode.includes("b") ? new BufferedReader(name) : new TextIOWrapper(name, mode, encoding);
}
