// Where files are written: a path, in one piece or not at all, or an object that takes bytes.

import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** The bytes of a file, each part of which is valid until the next. */
export type Parts = Generator<Uint8Array, void, undefined>;

/** What takes bytes, as Python's file-like objects and Node's streams do. */
export interface Writable {
  write(bytes: Uint8Array): unknown;
}

/** What is to be written, and where. */
export type Saving = { file: string; parts: Parts } | { target: Writable; parts: Parts };

const GATHERED = 2 ** 16;

/** Gathers small parts, so that headers do not each cost a call of the system. */
function* gathered(parts: Iterable<Uint8Array>): Parts {
  const buffer = Buffer.allocUnsafe(GATHERED);
  let length = 0;
  for (const part of parts) {
    if (length + part.length > GATHERED) {
      yield buffer.subarray(0, length);
      length = 0;
    }
    if (part.length > GATHERED) yield part;
    else {
      buffer.set(part, length);
      length += part.length;
    }
  }
  yield buffer.subarray(0, length);
}

interface Place {
  /** The file that is replaced, links followed. */
  readonly target: string;
  /** The name under which the new one is written. */
  readonly temporary: string;
  readonly mode: number;
  /** Whether there is an older file, which must not be lost. */
  readonly replaces: boolean;
}

/** Where a file is written; null for a pipe or device, which is written as it is. */
function placeOf(given: string): Place | null {
  const old = fs.statSync(given, { throwIfNoEntry: false });
  if (old && !old.isFile() && !old.isDirectory()) return null;
  const target = old ? fs.realpathSync(given) : given;
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  return { target, temporary, mode: old ? old.mode & 0o777 : 0o666, replaces: old !== undefined };
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(descriptor, bytes, done);
}

function writeTo(descriptor: number, parts: Iterable<Uint8Array>, sync: boolean): void {
  try {
    for (const part of gathered(parts)) writeAll(descriptor, part);
    if (sync) fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Writes a file under another name and gives it its name: nobody sees half of it. What replaces an older file is brought
 * to the disk before, so that a power failure leaves one of the two.
 */
export function writeFile(given: string, parts: Iterable<Uint8Array>): void {
  const place = placeOf(given);
  if (place === null) {
    writeTo(fs.openSync(given, "w"), parts, false);
    return;
  }
  let descriptor: number;
  try {
    descriptor = fs.openSync(place.temporary, "wx", place.mode);
  } catch (error) {
    throw renamed(error, place, given);
  }
  try {
    writeTo(descriptor, parts, place.replaces);
    fs.renameSync(place.temporary, place.target);
  } catch (error) {
    fs.rmSync(place.temporary, { force: true });
    throw renamed(error, place, given);
  }
}

/** The same, while the event loop turns; a signal ends it between two parts. */
export async function writeFileAsync(
  given: string,
  parts: Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = placeOf(given);
  const file = await fs.promises.open(place?.temporary ?? given, place ? "wx" : "w", place?.mode).catch((error) => {
    throw place ? renamed(error, place, given) : error;
  });
  try {
    try {
      for (const part of gathered(parts)) {
        signal?.throwIfAborted();
        for (let done = 0; done < part.length; ) done += (await file.write(part, done)).bytesWritten;
      }
      if (place?.replaces) await file.sync();
    } finally {
      await file.close();
    }
    if (place) await fs.promises.rename(place.temporary, place.target);
  } catch (error) {
    if (place) await fs.promises.rm(place.temporary, { force: true });
    throw place && error !== signal?.reason ? renamed(error, place, given) : error;
  }
}

/** Errors name the file that was asked for. */
function renamed(error: unknown, { temporary }: Place, given: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  error.message = error.message.replace(temporary, given);
  return Object.assign(error, { path: given });
}

/** Gives parts to an object; each is a copy, for it may keep them. */
export function writeParts(target: Writable, parts: Iterable<Uint8Array>): void {
  for (const part of parts) target.write(Buffer.from(part));
}

/** Writes what is to be written where it is to be. */
export function write(saving: Saving): void {
  if ("file" in saving) writeFile(saving.file, saving.parts);
  else writeParts(saving.target, saving.parts);
}
