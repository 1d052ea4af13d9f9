// Writes zip archives byte for byte as PyTorch's writer does: stored, with each record's bytes at a multiple of 64.

import { crc32 } from "node:zlib";
import type { Tensor } from "../_tensor.js";
import { config } from "./config.js";
import type { Parts } from "./sink.js";
import { partsOf } from "./storages.js";

const UINT32 = 0xffffffff;
const FLAGS = 0x0808; // names are UTF-8, sizes stand behind the bytes

interface Written {
  name: Buffer;
  crc: number;
  size: number;
  offset: number;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** Gives the bytes of an archive, record by record. */
export class ZipWriter {
  readonly #folder: string;
  readonly #written: Written[] = [];
  #position = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  *#write(bytes: Uint8Array): Parts {
    this.#position += bytes.length;
    yield bytes;
  }

  /** Writes a record from memory. */
  *record(name: string, bytes: Uint8Array | string): Parts {
    const data = typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
    yield* this.#add(name, data.length, [data]);
  }

  /** Writes all bytes of a CPU storage as a record. */
  *storage(name: string, bytes: Tensor, nbytes: number): Parts {
    yield* this.#add(name, nbytes, partsOf(bytes, nbytes));
  }

  /** Leaves a record's bytes empty; as PyTorch does, without a checksum. */
  *space(name: string, nbytes: number): Parts {
    yield* this.#add(name, nbytes, zeros(nbytes), false);
  }

  *#add(
    record: string,
    size: number,
    parts: Iterable<Uint8Array>,
    checked: boolean = config.save.compute_crc32,
  ): Parts {
    const name = Buffer.from(`${this.#folder}/${record}`, "utf8");
    const offset = this.#position;
    yield* this.#header(name, size);
    let crc = 0;
    for (const part of parts) {
      if (checked) crc = crc32(part, crc);
      yield* this.#write(part);
    }
    if (size > 0) yield* this.#descriptor(crc, size, offset);
    this.#written.push({ name, crc, size, offset });
  }

  *#header(name: Buffer, size: number): Parts {
    const large = size >= UINT32 || this.#position >= UINT32;
    const sizes: Buffer[] = [];
    if (size >= UINT32) sizes.push(uint64(size), uint64(size));
    if (this.#position >= UINT32) sizes.push(uint64(this.#position));
    const zip64 = large ? extraField(1, Buffer.concat(sizes)) : Buffer.alloc(0);
    const start = this.#position + 30 + name.length + zip64.length + 4;
    const alignment = config.save.storage_alignment;
    const padding = extraField(0x4246, Buffer.alloc((alignment - (start % alignment)) % alignment, "Z"));
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(size > 0 ? FLAGS : FLAGS & ~8, 6);
    header.writeUInt16LE(name.length, 26);
    header.writeUInt16LE(zip64.length + padding.length, 28);
    yield* this.#write(Buffer.concat([header, name, zip64, padding]));
  }

  *#descriptor(crc: number, size: number, offset: number): Parts {
    const large = size >= UINT32 || offset >= UINT32;
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(0x08074b50, 0);
    bytes.writeUInt32LE(crc, 4);
    const length = uint64(size).subarray(0, large ? 8 : 4);
    yield* this.#write(Buffer.concat([bytes, length, length]));
  }

  /** Writes the central directory. */
  *end(): Parts {
    const offset = this.#position;
    for (const entry of this.#written) yield* this.#write(central(entry));
    const size = this.#position - offset;
    const at = this.#position;
    const count = this.#written.length;
    const end64 = Buffer.alloc(24);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeUInt32LE(44, 4);
    end64.writeUInt16LE(0x031e, 12);
    end64.writeUInt16LE(45, 14);
    yield* this.#write(Buffer.concat([end64, uint64(count), uint64(count), uint64(size), uint64(offset)]));
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(at), 8);
    locator.writeUInt32LE(1, 16);
    yield* this.#write(locator);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(Math.min(count, 0xffff), 8);
    end.writeUInt16LE(Math.min(count, 0xffff), 10);
    end.writeUInt32LE(Math.min(size, UINT32), 12);
    end.writeUInt32LE(Math.min(offset, UINT32), 16);
    yield* this.#write(end);
  }

  /** A number for the archive's contents. */
  get serializationId(): string {
    let names = 0;
    let contents = 0;
    for (const { name, crc } of this.#written) {
      names = crc32(name, names);
      contents = crc32(uint64(crc), contents);
    }
    return String(names).padStart(20, "0") + String(contents).padStart(20, "0");
  }
}

function* zeros(length: number): Parts {
  const block = Buffer.alloc(Math.min(length, 2 ** 20));
  for (let left = length; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
}

function extraField(id: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function central({ name, crc, size, offset }: Written): Buffer {
  const large: Buffer[] = [];
  if (size >= UINT32) large.push(uint64(size), uint64(size));
  if (offset >= UINT32) large.push(uint64(offset));
  const extra = large.length ? extraField(1, Buffer.concat(large)) : Buffer.alloc(0);
  const bytes = Buffer.alloc(46);
  bytes.writeUInt32LE(0x02014b50, 0);
  bytes.writeUInt16LE(size > 0 ? FLAGS : FLAGS & ~8, 8);
  bytes.writeUInt32LE(crc, 16);
  bytes.writeUInt32LE(Math.min(size, UINT32), 20);
  bytes.writeUInt32LE(Math.min(size, UINT32), 24);
  bytes.writeUInt16LE(name.length, 28);
  bytes.writeUInt16LE(extra.length, 30);
  bytes.writeUInt32LE(Math.min(offset, UINT32), 42);
  return Buffer.concat([bytes, name, extra]);
}
