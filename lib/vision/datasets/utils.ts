// torchvision/datasets/utils.py

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { RuntimeError } from "../../errors.js";
import { block } from "./blocking.js";

/** Whether a file is there and, if a checksum is given, has that MD5. */
export function check_integrity(fpath: string, md5: string | null = null): boolean {
  if (!existsSync(fpath)) return false;
  return md5 === null || createHash("md5").update(readFileSync(fpath)).digest("hex") === md5;
}

/**
 * Downloads a file to a folder from the first of the addresses that has it, unless it is there already.
 *
 * Throws RuntimeError, which says where to put the file by hand, if none has it or the checksum is another.
 */
export function download(urls: readonly string[], root: string, filename: string, md5: string | null = null): string {
  const file = path.join(root, filename);
  if (check_integrity(file, md5)) return file;
  mkdirSync(root, { recursive: true });
  const failures: string[] = [];
  for (const url of urls) {
    try {
      block("download", url, file);
    } catch (error) {
      failures.push(`${url}: ${(error as Error).message}`);
      continue;
    }
    if (check_integrity(file, md5)) return file;
    rmSync(file, { force: true });
    failures.push(`${url}: the MD5 checksum is not ${md5}`);
  }
  throw new RuntimeError(
    `Error downloading ${filename}:\n${failures.map((failure) => `  ${failure}`).join("\n")}\n` +
      `Download it by hand from one of these addresses and put it at ${path.resolve(file)}${md5 === null ? "" : ` (MD5 ${md5})`}`,
  );
}

/** An error for files that are not there, with the code ENOENT. */
export function missing(message: string): RuntimeError {
  return Object.assign(new RuntimeError(message), { code: "ENOENT" });
}

/** The bytes of a file, or of that file with .gz after its name, unpacked. */
export function readMaybeGzip(file: string): Buffer {
  return existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
}

/**
 * Unpacks the plain files of a .tar.gz archive below a folder.
 *
 * Throws RuntimeError for an archive that is damaged or has names that lead out of the folder.
 */
export function extract_archive(from_path: string, to_path: string): void {
  const bytes = gunzipSync(readFileSync(from_path));
  const text = (start: number, length: number) => bytes.toString("utf8", start, start + length).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const prefix = text(at + 257, 5) === "ustar" ? text(at + 345, 155) : "";
    const name = path.posix.join(prefix, text(at, 100));
    const size = Number.parseInt(text(at + 124, 12).trim() || "0", 8);
    const kind = text(at + 156, 1);
    const start = at + 512;
    if (!(size >= 0) || start + size > bytes.length) throw new RuntimeError(`${from_path} is damaged`);
    if (kind === "" || kind === "0") {
      const file = path.resolve(to_path, name);
      if (path.relative(to_path, file).startsWith("..")) throw new RuntimeError(`${from_path} has the file ${name}`);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes.subarray(start, start + size));
    }
    at = start + Math.ceil(size / 512) * 512;
  }
}
