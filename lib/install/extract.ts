import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { asCorrupt, CorruptError } from "./errors.js";
import { inParallel } from "./parallel.js";
import type { Record } from "./record.js";
import type { Zip } from "./zip.js";

const atOnce = 4;

/** Writes files of a zip under a folder, each checked against the wheel's RECORD. */
export async function extract(
  zip: Zip,
  names: string[],
  folder: string,
  { record, onBytes, signal }: { record?: Record; onBytes(count: number): void; signal?: AbortSignal },
): Promise<void> {
  const extractOne = async (name: string) => {
    signal?.throwIfAborted();
    const target = path.join(folder, name);
    await fs.promises.mkdir(path.dirname(target), { recursive: true });
    const hash = await write(await zip.stream(name), target, onBytes);
    if (record && record.get(name) !== hash) throw new CorruptError(`${name} is not what RECORD says`);
  };
  try {
    await inParallel(names, atOnce, extractOne);
  } catch (error) {
    throw asCorrupt(error);
  }
}

/** Writes a stream to a file, and returns its sha256 in RECORD's notation. */
async function write(stream: Readable, target: string, onBytes: (count: number) => void): Promise<string> {
  const hash = createHash("sha256");
  async function* hashed() {
    for await (const chunk of stream) {
      hash.update(chunk);
      onBytes(chunk.length);
      yield chunk as Buffer;
    }
  }
  await fs.promises.writeFile(target, hashed());
  return hash.digest("base64url");
}
