import { Readable } from "node:stream";
import yauzl from "yauzl";
import { asCorrupt, CorruptError } from "./errors.js";
import type { Range } from "./http.js";
import type { Bytes } from "./remote.js";

/** A zip file, on this machine or on a server. */
export type Zip = {
  /** The names of its files, in the order of their bytes. */
  names: string[];
  /** The uncompressed size of a file. */
  size(name: string): number;
  /** The bytes of the zip that hold these files. */
  ranges(names: Iterable<string>): Range[];
  stream(name: string): Promise<Readable>;
  text(name: string): Promise<string>;
};

/** Opens a zip file; of one on a server only the directory is fetched. */
export async function openZip(bytes: Bytes): Promise<Zip> {
  try {
    const reader = new BytesReader(bytes);
    return await readDirectory(await yauzl.fromRandomAccessReaderPromise(reader, bytes.size, { autoClose: false }));
  } catch (error) {
    throw asCorrupt(error);
  }
}

async function readDirectory(file: yauzl.ZipFile): Promise<Zip> {
  const entries: yauzl.Entry[] = [];
  for await (const entry of file.eachEntry()) if (!entry.fileName.endsWith("/")) entries.push(entry);
  entries.sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  const places = new Map(entries.map((entry, i) => [entry.fileName, i]));
  const place = (name: string) => {
    const i = places.get(name);
    if (i === undefined) throw new CorruptError(`${name} is missing`);
    return i;
  };
  const start = (i: number) => entries[i]?.relativeOffsetOfLocalHeader ?? file.fileSize;
  const stream = (name: string) => file.openReadStreamPromise(entries[place(name)]);
  return {
    names: entries.map((entry) => entry.fileName),
    size: (name) => entries[place(name)].uncompressedSize,
    ranges: (names) => Array.from(names, place).map((i) => ({ start: start(i), end: start(i + 1) })),
    stream,
    async text(name) {
      try {
        return Buffer.concat(await (await stream(name)).toArray()).toString();
      } catch (error) {
        throw asCorrupt(error);
      }
    },
  };
}

const windowSize = 2 ** 16;
const pieceSize = 2 ** 20;

/** Reads a zip for yauzl, which asks for many small neighbouring pieces: a window keeps the latest bytes. */
class BytesReader extends yauzl.RandomAccessReader {
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;

  constructor(private readonly file: Bytes) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.pieces(start, end), { objectMode: false });
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (e: Error | null) => void) {
    this.around(position, length).then((bytes) => {
      bytes.copy(buffer, offset);
      callback(null);
    }, callback);
  }

  private async around(position: number, length: number): Promise<Buffer> {
    const offset = position - this.windowStart;
    if (offset >= 0 && offset + length <= this.window.length) return this.window.subarray(offset, offset + length);
    // A window ends with the block, so that it makes nothing be fetched that was not asked for.
    const { block, size } = this.file;
    const blockEnd = Math.ceil((position + length) / block) * block;
    const window = await this.bytes(position, Math.min(position + Math.max(length, windowSize), blockEnd, size));
    this.window = window;
    this.windowStart = position;
    return window.subarray(0, length);
  }

  private async bytes(start: number, end: number): Promise<Buffer> {
    await this.file.fetch([{ start, end }]);
    const buffer = Buffer.alloc(end - start);
    await this.file.handle.read(buffer, 0, buffer.length, start);
    return buffer;
  }

  private async *pieces(start: number, end: number) {
    for (let at = start; at < end; at += pieceSize) yield await this.bytes(at, Math.min(at + pieceSize, end));
  }
}
