// Archives and pickles by hand: for files that no honest writer writes.

import { crc32 } from "node:zlib";

export interface Record {
  name: string;
  bytes: Uint8Array | string;
  /** Changes of the central directory's entry, after it is made. */
  central?: (entry: Buffer) => void;
  local?: (header: Buffer) => void;
  /** Where the directory says the entry begins. */
  at?: number;
}

/** A zip archive of stored records. */
export function zip(records: readonly Record[], { zip64 = false } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, bytes, central, local, at } of records) {
    const data = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : Buffer.from(bytes);
    const rawName = Buffer.from(name, "latin1");
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(rawName.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const [target, start] of [
      [header, 14],
      [entry, 16],
    ] as const) {
      target.writeUInt32LE(crc32(data), start);
      target.writeUInt32LE(data.length, start + 4);
      target.writeUInt32LE(data.length, start + 8);
    }
    entry.writeUInt16LE(rawName.length, 28);
    entry.writeUInt32LE(at ?? position, 42);
    local?.(header);
    central?.(entry);
    parts.push(header, rawName, data);
    directory.push(entry, rawName);
    position += header.length + rawName.length + data.length;
  }
  const central = Buffer.concat(directory);
  const tail: Buffer[] = [];
  if (zip64) {
    const end64 = Buffer.alloc(56);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(44n, 4);
    end64.writeBigUInt64LE(BigInt(records.length), 24);
    end64.writeBigUInt64LE(BigInt(records.length), 32);
    end64.writeBigUInt64LE(BigInt(central.length), 40);
    end64.writeBigUInt64LE(BigInt(position), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(position + central.length), 8);
    locator.writeUInt32LE(1, 16);
    tail.push(end64, locator);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : records.length, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : central.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : position, 16);
  return Buffer.concat([...parts, central, ...tail, end]);
}

/** A file as torch.save() lays it out, with a pickle of one's own; its text stands for bytes. */
export function checkpoint(pickle: string, storages: { [key: string]: Uint8Array } = {}): Buffer {
  return zip([
    { name: "archive/data.pkl", bytes: pickle },
    { name: "archive/version", bytes: "3\n" },
    ...Object.entries(storages).map(([key, bytes]) => ({ name: `archive/data/${key}`, bytes })),
  ]);
}

const int32 = (n: number) => Buffer.from(Int32Array.of(n).buffer).toString("latin1");

/** Opcodes of a pickle: numbers, texts, tuples and the names of globals. */
export const p = {
  int: (n: number) => `J${int32(n)}`,
  /** An int of 64 bits. */
  long: (n: bigint) => `\x8a\x09${Buffer.from(BigInt64Array.of(n).buffer).toString("latin1")}\0`,
  text: (text: string) => `X${int32(text.length)}${text}`,
  tuple: (...items: string[]) => `(${items.join("")}t`,
  global: (path: string) => `c${path.slice(0, path.lastIndexOf("."))}\n${path.slice(path.lastIndexOf(".") + 1)}\n`,
  call: (path: string, ...args: string[]) => `${p.global(path)}${p.tuple(...args)}R`,
  storage: (key: string, numel: string, type = "torch.FloatStorage", location = "cpu") =>
    `${p.tuple(p.text("storage"), p.global(type), p.text(key), p.text(location), numel)}Q`,
  tensor: (storage: string, offset: string, size: string, stride: string) =>
    p.call("torch._utils._rebuild_tensor_v2", storage, offset, size, stride, "\x89", "N"),
  pickle: (body: string) => `\x80\x02${body}.`,
};
