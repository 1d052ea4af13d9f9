import fs from "node:fs";
import path from "node:path";
import { CorruptError, errorCode, NetworkError } from "./errors.js";
import { get, type Range, type Reply, type RequestOptions, retrying } from "./http.js";
import { inParallel } from "./parallel.js";

/** A file, of which the bytes are there once they were fetched. */
export type Bytes = {
  size: number;
  /** What is fetched comes in blocks of this size. */
  block: number;
  /** The file itself, or its copy: as long as the file, with holes where nothing was fetched. */
  handle: fs.promises.FileHandle;
  /** Fetches what is missing of these ranges. */
  fetch(ranges: Range[], onBytes?: (count: number) => void): Promise<void>;
  close(): Promise<void>;
};

/** A file on a server; what has arrived of it outlives the process. */
export type Remote = Bytes & {
  /** Whether the server sends parts of it, and not only the whole. */
  inParts: boolean;
  /** How many bytes of these ranges have to be fetched. */
  missing(ranges: Range[]): number;
  /** Closes and deletes the copy. */
  discard(): Promise<void>;
};

/** Opens a file on this machine. */
export async function openLocal(file: string): Promise<Bytes> {
  const handle = await fs.promises.open(file);
  const { size } = await handle.stat();
  return { size, block: size, handle, fetch: async () => {}, close: () => handle.close() };
}

/** The files that keep what has arrived: the copy, and the journal of the blocks that are in it. */
export function copyFiles(copy: string): { part: string; journal: string } {
  return { part: `${copy}.part`, journal: `${copy}.part.blocks` };
}

/** Opens a file on a server, and goes on with the copy of an earlier try. */
export async function openRemote(address: string, copy: string, options: RequestOptions): Promise<Remote> {
  const { part, journal } = copyFiles(copy);
  const { block } = options.network;
  const { size, inParts } = await retrying(options, () => ask(address, options));
  await fs.promises.mkdir(path.dirname(copy), { recursive: true });
  const handle = await fs.promises.open(part, fs.constants.O_RDWR | fs.constants.O_CREAT);
  const present = await readJournal(handle, journal, `${size} ${block}`, size);
  const count = Math.ceil(size / block);

  function missingBlocks(ranges: Range[]): number[] {
    const blocks = new Set<number>();
    for (const { start, end } of ranges) {
      for (let i = Math.floor(start / block); i < count && i * block < end; i++) if (!present.has(i)) blocks.add(i);
    }
    return [...blocks].sort((a, b) => a - b);
  }

  /** Keeps the blocks of a body that starts at block `first`, each as soon as it is whole. */
  async function keep(chunks: AsyncIterable<Uint8Array>, first: number, onBlock: (bytes: number) => void) {
    let i = first;
    let filled = 0;
    const buffer = new Uint8Array(block);
    for await (let chunk of chunks) {
      while (chunk.length > 0 && i < count) {
        const taken = chunk.subarray(0, block - filled);
        buffer.set(taken, filled);
        filled += taken.length;
        chunk = chunk.subarray(taken.length);
        if (filled < Math.min(block, size - i * block)) continue;
        if (!present.has(i)) {
          await handle.write(buffer, 0, filled, i * block);
          await fs.promises.appendFile(journal, `${i}\n`);
          present.add(i);
          onBlock(filled);
        }
        filled = 0;
        i++;
      }
    }
  }

  async function fetchRun(blocks: number[], onBytes: (count: number) => void) {
    await retrying(options, async (progress) => {
      const waiting = blocks.filter((i) => !present.has(i));
      if (waiting.length === 0) return;
      const first = inParts ? waiting[0] : 0;
      const range = { start: first * block, end: Math.min((waiting[waiting.length - 1] + 1) * block, size) };
      const reply = await get(address, inParts ? { ...options, range } : options);
      if (lengthOf(reply) !== size || (inParts && startOf(reply) !== range.start)) {
        reply.cancel();
        throw new CorruptError("the file on the server has changed");
      }
      await keep(reply.chunks, first, (bytes) => {
        progress();
        onBytes(bytes);
      });
      if (blocks.some((i) => !present.has(i))) throw new NetworkError("the connection was cut", true);
    });
  }

  async function fetch(ranges: Range[], onBytes: (count: number) => void = () => {}) {
    const longest = inParts ? Math.max(1, Math.floor(options.network.request / block)) : count;
    const missing = missingBlocks(inParts || ranges.length === 0 ? ranges : [{ start: 0, end: size }]);
    const runs = intoRuns(missing, longest, inParts);
    await inParallel(runs, options.network.parallel, (run) => fetchRun(run, onBytes));
  }

  return {
    size,
    block,
    inParts,
    handle,
    missing: (ranges) => missingBlocks(ranges).reduce((sum, i) => sum + Math.min(block, size - i * block), 0),
    fetch,
    close: () => handle.close(),
    async discard() {
      await handle.close();
      for (const file of [part, journal]) await fs.promises.rm(file, { force: true });
    },
  };
}

/** Asks for the first byte, and learns from the answer how long the file is and whether it can be had in parts. */
async function ask(address: string, options: RequestOptions): Promise<{ size: number; inParts: boolean }> {
  const reply = await get(address, { ...options, range: { start: 0, end: 1 } });
  reply.cancel();
  const size = lengthOf(reply);
  if (!size) throw new NetworkError("the server does not say how long the file is", false);
  return { size, inParts: startOf(reply) === 0 };
}

/** The length of the whole file. */
function lengthOf({ headers }: Reply): number {
  return Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? headers.get("content-length"));
}

function startOf({ headers }: Reply): number | undefined {
  const range = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "");
  return range ? Number(range[1]) : undefined;
}

/** The blocks that an earlier try has left, if it was of the same file; else begins a new journal. */
async function readJournal(handle: fs.promises.FileHandle, journal: string, head: string, size: number) {
  const text = await fs.promises.readFile(journal, "utf8").catch((error) => {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  });
  // What follows the last end of line was being written when the process ended.
  const [found, ...blocks] = text.split("\n").slice(0, -1);
  if (found === head && (await handle.stat()).size === size) return new Set(blocks.map(Number));
  await fs.promises.writeFile(journal, `${head}\n`);
  await handle.truncate(size);
  return new Set<number>();
}

/** Groups blocks into requests: neighbours together, but not too many. */
function intoRuns(blocks: number[], longest: number, onlyNeighbours: boolean): number[][] {
  const runs: number[][] = [];
  for (const i of blocks) {
    const run = runs.at(-1);
    if (run && run.length < longest && (!onlyNeighbours || run.at(-1) === i - 1)) run.push(i);
    else runs.push([i]);
  }
  return runs;
}
