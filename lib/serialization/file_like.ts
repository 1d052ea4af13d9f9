// What torch.load() and its kin read, and torch.save() and its kin write: a path, a file: URL, bytes in memory, a stream.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { AttributeError, ValueError } from "../errors.js";
import { BytesIO } from "../python/io.js";
import { typeName } from "../python/objects.js";
import type { Parts, Saving, Writable } from "./sink.js";
import { MemorySource, openFile, type Source } from "./source.js";
import { holdingReports } from "./storages.js";
import { isStream } from "./streams.js";

/** What a file is read from: a path, a file: URL, or its bytes in memory. */
export type FileLike = string | URL | Uint8Array | ArrayBuffer | BytesIO;

/** The path that was given, if it was one. */
export function pathOfFile(f: unknown): string | null {
  if (typeof f === "string") return f;
  if (f instanceof URL) {
    if (f.protocol === "file:") return fileURLToPath(f);
    throw new ValueError(`${f.protocol} URLs cannot be opened: download the file first`);
  }
  return null;
}

export function openSource(f: unknown): Source {
  const name = pathOfFile(f);
  if (name !== null) return openFile(name);
  if (f instanceof Uint8Array) return new MemorySource(f);
  if (f instanceof ArrayBuffer || f instanceof SharedArrayBuffer) return new MemorySource(new Uint8Array(f));
  if (f instanceof BytesIO) return new MemorySource(f.getbuffer().subarray(f.tell()));
  if (isStream(f)) {
    throw new TypeError("a stream cannot be read at once: use await torch.serialization.load_async(stream)");
  }
  throw new AttributeError(
    `'${typeName(f)}' object has no attribute 'seek'. torch.load() takes a path, a file: URL, a Uint8Array, an ArrayBuffer or a BytesIO.`,
  );
}

/** Reads a source and closes it. */
export function withSource<T>(source: Source, use: (source: Source) => T): T {
  try {
    return holdingReports(() => use(source));
  } finally {
    source.close();
  }
}

/** The name of the folder in the archive: the file's name, without its ending. */
function folderOf(file: string | null): string {
  const stem = file === null ? "" : path.parse(file).name;
  return /^[\w.+ -]+$/.test(stem) && !/^\.+$/.test(stem) ? stem : "archive";
}

/** What is to be written to a path, or to an object with a `write` method: an archive whose folder has the file's name. */
export function savingArchive(f: unknown, archive: (folder: string) => Parts): Saving {
  const file = pathOfFile(f);
  if (file === null && typeof (f as Writable | null)?.write !== "function") {
    throw new AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute");
  }
  const parts = archive(folderOf(file));
  return file === null ? { target: f as Writable, parts } : { file, parts };
}
