// Reads the zip archives that torch.save() writes: stored entries only, every offset checked before it is used.

import { RuntimeError } from "../errors.js";
import type { Source } from "./source.js";

/** One file in the archive: where its bytes are. */
export interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** How many bytes are stored: `size`, unless the entry is compressed. */
  readonly packed: number;
  readonly method: number;
}

/** The method of compressed entries. */
export const DEFLATED = 8;

/** What an archive may have. */
export interface ZipOptions {
  /** Entries lie in no common folder. */
  flat?: boolean;
  /** How entries may be packed. */
  methods?: readonly number[];
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const UINT16 = 0xffff;
const UINT32 = 0xffffffff;

/** An archive that is damaged; `what` says how. */
export class BrokenZip extends RuntimeError {
  readonly what: string;

  constructor(what: string) {
    super(
      `PytorchStreamReader failed reading zip archive: ${what}. The file is corrupted, or was not written by torch.save().`,
    );
    this.what = what;
  }

  static {
    Object.defineProperty(BrokenZip.prototype, "name", { value: "RuntimeError", configurable: true });
  }
}

const broken = (what: string) => new BrokenZip(what);

/** A 64-bit number that is an offset or a size. */
function uint64(bytes: Buffer, at: number, what: string): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw broken(`${what} is ${bytes.readBigUInt64LE(at)}, which no file can have`);
  return value;
}

interface Directory {
  offset: number;
  size: number;
  count: number;
}

/** Finds the central directory by the record at the end of the file, which a comment may follow. */
function findDirectory(source: Source): Directory {
  for (const length of [22, Math.min(source.size, 22 + UINT16)]) {
    if (length > source.size) break;
    const found = searchEnd(source, source.read(source.size - length, length));
    if (found) return found;
  }
  throw broken("failed finding central directory");
}

function searchEnd(source: Source, tail: Buffer): Directory | null {
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + 22 + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const end = source.size - tail.length + at;
    const found = readEnd64(source, end) ?? readEnd(tail.subarray(at));
    if (found.offset + found.size > end) throw broken("the central directory reaches beyond the end of the file");
    if (found.count * 46 > found.size) {
      throw broken(`its central directory of ${found.size} bytes claims to list ${found.count} entries`);
    }
    return found;
  }
  return null;
}

function readEnd(end: Buffer): Directory {
  const found = { count: end.readUInt16LE(10), size: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0) throw broken("it is a part of several files");
  if (found.count === UINT16 || found.size === UINT32 || found.offset === UINT32) {
    throw broken("its zip64 end of central directory is missing");
  }
  return found;
}

function readEnd64(source: Source, end: number): Directory | null {
  if (end < 20) return null;
  const locator = source.read(end - 20, 20);
  if (locator.readUInt32LE(0) !== END64_LOCATOR) return null;
  const at = uint64(locator, 8, "the offset of the zip64 end of central directory");
  if (at + 56 > end - 20) throw broken("its zip64 end of central directory is out of place");
  const record = source.read(at, 56);
  if (record.readUInt32LE(0) !== END64) throw broken("its zip64 end of central directory is missing");
  if (record.readUInt32LE(16) !== 0 || record.readUInt32LE(20) !== 0) throw broken("it is a part of several files");
  return {
    count: uint64(record, 32, "the number of entries"),
    size: uint64(record, 40, "the size of the central directory"),
    offset: uint64(record, 48, "the offset of the central directory"),
  };
}

interface Listed {
  name: string;
  rawName: Buffer;
  size: number;
  packed: number;
  method: number;
  localOffset: number;
}

function checkName(name: string): void {
  const bad =
    name === "" ||
    name.includes("\0") ||
    name.includes("\\") ||
    name.startsWith("/") ||
    /^[A-Za-z]:/.test(name) ||
    name.split("/").some((part) => part === ".." || part === ".");
  if (bad) throw broken(`the name of an entry is not allowed: ${JSON.stringify(name)}`);
}

/** Sizes and offset that do not fit into 32 bits stand in an extra field, in this order. */
function readZip64(extra: Buffer, wanted: boolean[], name: string): (number | undefined)[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    if (at + 4 + length > extra.length) break;
    if (id === 1) {
      let next = at + 4;
      return wanted.map((want) => {
        if (!want) return undefined;
        next += 8;
        if (next > at + 4 + length) throw broken(`the zip64 field of ${name} is too short`);
        return uint64(extra, next - 8, `a size of ${name}`);
      });
    }
    at += 4 + length;
  }
  throw broken(`the zip64 field of ${name} is missing`);
}

function readCentral(directory: Buffer, at: number, methods: readonly number[]): { listed: Listed; next: number } {
  if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL) {
    throw broken("its central directory is malformed");
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
  const next = at + 46 + nameLength + extraLength + commentLength;
  if (next > directory.length) throw broken("its central directory is cut short");
  const rawName = directory.subarray(at + 46, at + 46 + nameLength);
  const name = rawName.toString("utf8");
  checkName(name);
  if (directory.readUInt16LE(at + 8) & 1) throw broken(`${name} is encrypted`);
  const method = directory.readUInt16LE(at + 10);
  if (!methods.includes(method)) {
    throw broken(`${name} is compressed, and torch.save() only stores; unpack the archive and pack it with "zip -0"`);
  }
  let packed: number | undefined = directory.readUInt32LE(at + 20);
  let size: number | undefined = directory.readUInt32LE(at + 24);
  let localOffset: number | undefined = directory.readUInt32LE(at + 42);
  const wanted = [size === UINT32, packed === UINT32, localOffset === UINT32];
  if (wanted.includes(true)) {
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [size64, packed64, offset64] = readZip64(extra, wanted, name);
    [size, packed, localOffset] = [size64 ?? size, packed64 ?? packed, offset64 ?? localOffset];
  }
  if (method === 0 && packed !== size)
    throw broken(`${name} is stored, but its packed size ${packed} is not its size ${size}`);
  return { listed: { name, rawName, size, packed, method, localOffset }, next };
}

/** The archive of a file: its entries by name, without the name of the folder that holds them all. */
export class ZipReader {
  readonly source: Source;
  /** The folder that holds all entries. */
  readonly folder: string;
  readonly #entries = new Map<string, Entry>();

  /** Reads the central directory and checks all of it. Throws RuntimeError that says what is wrong. */
  constructor(source: Source, { flat = false, methods = [0] }: ZipOptions = {}) {
    this.source = source;
    const { offset, size, count } = findDirectory(source);
    const directory = source.read(offset, size);
    const spans: { start: number; end: number; name: string }[] = [];
    let at = 0;
    let folder: string | null = null;
    for (let i = 0; i < count; i++) {
      const { listed, next } = readCentral(directory, at, methods);
      at = next;
      const { name } = listed;
      const slash = name.indexOf("/");
      if (slash < 0 && !flat) throw new RuntimeError(`file in archive is not in a subdirectory: ${name}`);
      folder ??= name.slice(0, slash);
      const entry = this.#locate(listed, offset);
      spans.push({ start: listed.localOffset, end: entry.offset + entry.packed, name });
      if (this.#entries.has(name)) throw broken(`it has two entries named ${name}`);
      this.#entries.set(name, entry);
    }
    if (folder === null && !flat) throw broken("it has no entries");
    this.folder = folder ?? "";
    spans.sort((a, b) => a.start - b.start);
    spans.forEach((span, i) => {
      if (i > 0 && spans[i - 1].end > span.start) throw broken(`${spans[i - 1].name} and ${span.name} overlap`);
    });
  }

  #locate({ name, rawName, size, packed, method, localOffset }: Listed, end: number): Entry {
    if (localOffset + 30 + rawName.length > end) throw broken(`the header of ${name} is out of place`);
    const local = this.source.read(localOffset, 30 + rawName.length);
    if (local.readUInt32LE(0) !== LOCAL) throw broken(`the header of ${name} is missing`);
    if (local.readUInt16LE(26) !== rawName.length || !local.subarray(30).equals(rawName)) {
      throw broken(`the header of ${name} has another name`);
    }
    if (local.readUInt16LE(8) !== method || local.readUInt16LE(6) & 1)
      throw broken(`the header of ${name} is malformed`);
    const offset = localOffset + 30 + rawName.length + local.readUInt16LE(28);
    if (offset + packed > end) throw broken(`${name} reaches beyond the end of the archive`);
    return { name, offset, size, packed, method };
  }

  /** All entries, in the order of the directory. */
  entries(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** The entry of a record; undefined if there is none. */
  find(record: string): Entry | undefined {
    return this.#entries.get(`${this.folder}/${record}`);
  }

  /** The entry of a record; throws RuntimeError if there is none. */
  entry(record: string): Entry {
    const found = this.find(record);
    if (!found) throw new RuntimeError(`PytorchStreamReader failed locating file ${record}: file not found`);
    return found;
  }

  /** The text of a small record; undefined if there is none. */
  text(record: string): string | undefined {
    const found = this.find(record);
    if (!found) return undefined;
    if (found.size > 1024) throw broken(`${record} has ${found.size} bytes`);
    return this.source.read(found.offset, found.size).toString("latin1");
  }
}
