// Where files are written: a path, in one piece or not at all, or an object that takes bytes.

import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Sink } from "./zip_writer.js";

/** What takes bytes, as Python's file-like objects and Node's streams do. */
export interface Writable {
  write(bytes: Uint8Array): unknown;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(descriptor, bytes, done);
}

const GATHERED = 2 ** 16;

/** Gathers small pieces, so that headers do not each cost a call of the system. */
class FileSink implements Sink {
  readonly #descriptor: number;
  readonly #gathered = Buffer.allocUnsafe(GATHERED);
  #length = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > GATHERED) this.flush();
    if (bytes.length > GATHERED) writeAll(this.#descriptor, bytes);
    else {
      this.#gathered.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  flush(): void {
    writeAll(this.#descriptor, this.#gathered.subarray(0, this.#length));
    this.#length = 0;
  }
}

function writeTo(descriptor: number, write: (sink: Sink) => void, sync: boolean): void {
  try {
    const sink = new FileSink(descriptor);
    write(sink);
    sink.flush();
    if (sync) fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Writes a file under another name, brings it to the disk and gives it its name: nobody sees half of it. */
export function writeFile(given: string, write: (sink: Sink) => void): void {
  const old = fs.statSync(given, { throwIfNoEntry: false });
  // A pipe or device is written as it is.
  if (old && !old.isFile() && !old.isDirectory()) {
    writeTo(fs.openSync(given, "w"), write, false);
    return;
  }
  const target = old ? fs.realpathSync(given) : given;
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  let descriptor: number;
  try {
    descriptor = fs.openSync(temporary, "wx", old ? old.mode & 0o777 : 0o666);
  } catch (error) {
    throw renamed(error, temporary, given);
  }
  try {
    writeTo(descriptor, write, true);
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw renamed(error, temporary, given);
  }
}

/** Errors name the file that was asked for. */
function renamed(error: unknown, temporary: string, given: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  error.message = error.message.replace(temporary, given);
  return Object.assign(error, { path: given });
}

/** Gives pieces to an object; each is a copy, for it may keep them. */
export class WritableSink implements Sink {
  readonly #target: Writable;

  constructor(target: Writable) {
    this.#target = target;
  }

  write(bytes: Uint8Array): void {
    this.#target.write(Buffer.from(bytes));
  }
}
