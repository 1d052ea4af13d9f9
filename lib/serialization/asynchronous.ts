// torch.aio.load and torch.aio.save: bytes are read and written while the event loop turns, and only what lies between them,
// the pickle, is read or written at once.

import { setImmediate } from "node:timers/promises";
import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import { isMapped, isZip, type Loading, loadFrom, toLoad, toSave } from "../serialization.js";
import { handleOf } from "../tensor_base.js";
import { openSource } from "./file_like.js";
import { loadZip } from "./load_zip.js";
import { isMeta } from "./locations.js";
import { writeFileAsync } from "./sink.js";
import { skipsData } from "./skip_data.js";
import { FileSource, type Source } from "./source.js";
import { holdingReports, newBytes } from "./storages.js";
import { gather, isStream } from "./streams.js";
import { type Entry, ZipReader } from "./zip.js";

const AT_ONCE = 2 ** 20;

/** Reads the records that are storages, each into a tensor of its own. */
async function readStorages(zip: ZipReader, signal?: AbortSignal): Promise<Map<number, Tensor>> {
  const records = [...zip.entries()].filter(({ name }) => name.startsWith(`${zip.folder}/data/`));
  const storages = holdingReports(() => new Map(records.map(({ offset, size }) => [offset, newBytes(size)])));
  for (const { offset, size } of records) {
    signal?.throwIfAborted();
    await fill(storages.get(offset) as Tensor, zip.source, offset, size);
  }
  return storages;
}

async function fill(target: Tensor, source: Source, position: number, length: number): Promise<void> {
  if (source instanceof FileSource) return source.readStorageAsync(target, length, position);
  for (let done = 0; done < length; done += AT_ONCE) {
    native.copyIn(handleOf(target), done, source.read(position + done, Math.min(AT_ONCE, length - done)));
    await setImmediate();
  }
}

async function readAll(source: Source): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(source.size);
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    bytes.set(source.read(at, Math.min(AT_ONCE, bytes.length - at)), at);
    await setImmediate();
  }
  return bytes;
}

async function loadOpened(source: Source, given: Loading, signal?: AbortSignal): Promise<unknown> {
  const { map_location, encoding } = given;
  // In the format before 1.6 the storages' sizes are in the pickle.
  if (!isZip(source)) return loadFrom({ ...given, f: await readAll(source), file: null });
  const zip = new ZipReader(source);
  if (isMeta(map_location) || skipsData()) return loadZip(zip, map_location, encoding);
  const storages = await readStorages(zip, signal);
  return holdingReports(() =>
    loadZip(zip, map_location, encoding, ({ offset }: Entry) => storages.get(offset) as Tensor),
  );
}

/** load(), whose bytes are read while the event loop turns; streams too. */
export async function loadAsync(args: unknown[], signal?: AbortSignal): Promise<unknown> {
  signal?.throwIfAborted();
  const given = toLoad(args);
  if (isStream(given.f)) return loadAsync([await gather(given.f), ...args.slice(1)], signal);
  if (isMapped(given)) return loadFrom(given);
  const source = openSource(given.f);
  try {
    return await loadOpened(source, given, signal);
  } finally {
    source.close();
  }
}

/** save(), whose bytes are written while the event loop turns. What has a `write` method is waited for where it answers. */
export async function saveAsync(args: unknown[], signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const given = toSave(args);
  if ("file" in given) return writeFileAsync(given.file, given.parts, signal);
  for (const part of given.parts) {
    signal?.throwIfAborted();
    await given.target.write(Buffer.from(part));
  }
}
