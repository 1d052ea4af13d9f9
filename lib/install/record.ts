import { createHash } from "node:crypto";
import { CorruptError } from "./errors.js";
import type { Zip } from "./zip.js";

/** For each file of a wheel its sha256, as the wheel's RECORD has it. */
export type Record = Map<string, string>;

/** Reads the RECORD of a wheel and checks it against its pin; other zips have none. */
export async function readRecord(zip: Zip, pin?: string): Promise<Record | undefined> {
  const name = zip.names.find((name) => /^[^/]+\.dist-info\/RECORD$/.test(name));
  if (!name && pin) throw new CorruptError("it has no RECORD");
  if (!name) return undefined;
  const text = await zip.text(name);
  const hash = createHash("sha256").update(text).digest("hex");
  if (pin && hash !== pin) throw new CorruptError(`its RECORD has the sha256 ${hash}, and not the pinned ${pin}`);
  return new Map(Array.from(text.matchAll(/^"?(.+?)"?,sha256=([\w-]+),\d+\r?$/gm), ([, file, hash]) => [file, hash]));
}
