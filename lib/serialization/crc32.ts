// The checksum of zip archives.

import { crc32 as zlibs } from "node:zlib";
import { native } from "../binding.js";

/** The CRC-32 of bytes that follow what has the CRC-32 `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return native.crc32(bytes, before) ?? zlibs(bytes, before);
}
