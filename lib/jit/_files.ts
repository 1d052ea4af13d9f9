// Files of TorchScript: what is checked before libtorch's reader sees them, and how they are written.

import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { native, type ScriptHandle } from "../binding.js";
import { RuntimeError, ValueError } from "../errors.js";
import { BytesIO } from "../python/io.js";
import { type Writable, writeFile } from "../serialization/sink.js";
import { MemorySource, openFile, type Source } from "../serialization/source.js";
import { BrokenZip, DEFLATED, ZipReader } from "../serialization/zip.js";
import type { FileLike } from "../serialization.js";

/** Files that are kept in a module's file, by their names. */
export type ExtraFiles = Record<string, string | Uint8Array>;

/** A file as libtorch takes it: its path, or its bytes. */
export type ScriptFile = { name: string; data: string | Buffer };

/** No stream of DEFLATE unpacks to more, for each of its bytes. */
const MOST_UNPACKED = 1032;

function check(source: Source, name: string): void {
  try {
    const zip = new ZipReader(source, { methods: [0, DEFLATED] });
    for (const { name: entry, size, packed } of zip.entries()) {
      if (size > packed * MOST_UNPACKED + 64) throw new BrokenZip(`${entry} claims to unpack to ${size} bytes`);
    }
    zip.entry("constants.pkl");
    zip.entry("data.pkl");
  } catch (error) {
    throw inFile(error, name);
  } finally {
    source.close();
  }
}

/** An error that names the file. */
export function inFile(error: unknown, name: string): unknown {
  if (!(error instanceof Error)) return error;
  const text = error.message.replace("was not written by torch.save()", "was not written by torch.jit.save()");
  if (error instanceof BrokenZip) return new RuntimeError(`${name}: ${text}`);
  error.message = `${name}: ${text}`;
  return error;
}

const missing = (path: string) =>
  Object.assign(new ValueError(`The provided filename ${path} does not exist`), { code: "ENOENT", path });

/** A file for libtorch to read, whose archive was checked; throws an error that names it and says what is wrong. */
export function scriptFile(f: FileLike): ScriptFile {
  if (typeof f === "string" || f instanceof URL) {
    const path = typeof f === "string" ? f : fileURLToPath(f);
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw missing(path);
    if (stat.isDirectory()) throw new ValueError(`The provided filename ${path} is a directory`);
    check(openFile(path), path);
    return { name: path, data: path };
  }
  const bytes =
    f instanceof BytesIO ? f.getbuffer().subarray(f.tell()) : f instanceof Uint8Array ? f : new Uint8Array(f);
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  check(new MemorySource(data), "a buffer");
  return { name: "a buffer", data };
}

/** The bytes of a module's file. */
export function fileOf(module: ScriptHandle, extra: ExtraFiles): Buffer {
  return native.jitSave(
    module,
    Object.keys(extra),
    Object.values(extra).map((content) => Buffer.from(content as string)),
  );
}

/** Writes a module to a path, in one piece or not at all, or to an object that takes bytes. */
export function writeScript(module: ScriptHandle, f: string | URL | Writable, extra: ExtraFiles): void {
  const bytes = fileOf(module, extra);
  if (typeof f === "string" || f instanceof URL) {
    writeFile(typeof f === "string" ? f : fileURLToPath(f), [bytes]);
  } else {
    f.write(bytes);
  }
}
