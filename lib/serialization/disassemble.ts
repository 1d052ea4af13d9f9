// Reads through a pickle without making anything of it.

import { UnpicklingError } from "../errors.js";
import type { ByteReader } from "./source.js";

const lengths = new Map<number, number>([
  ...[..."\x81Rbaesu(t".split("").map((c) => [c.charCodeAt(0), 0] as [number, number])],
  ...[0x85, 0x86, 0x87, 0x4e, 0x88, 0x89, 0x29, 0x5d, 0x7d, 0x8f, 0x51].map((code) => [code, 0] as [number, number]),
  [0x4a, 4], // BININT
  [0x4b, 1], // BININT1
  [0x4d, 2], // BININT2
  [0x47, 8], // BINFLOAT
  [0x68, 1], // BINGET
  [0x6a, 4], // LONG_BINGET
  [0x71, 1], // BINPUT
  [0x72, 4], // LONG_BINPUT
  [0x80, 1], // PROTO
]);

/** The modules and names of all globals in a pickle. */
export function globalsIn(reader: ByteReader): [module: string, name: string][] {
  const found: [string, string][] = [];
  for (;;) {
    const code = reader.uint8();
    const length = lengths.get(code);
    if (length !== undefined) reader.take(length);
    else if (code === 0x63) found.push([reader.line(4096), reader.line(4096)]);
    else if (code === 0x58) reader.take(reader.uint32());
    else if (code === 0x55 || code === 0x8a) reader.take(reader.uint8());
    else if (code === 0x2e) return found;
    else throw new UnpicklingError(`Unsupported operand ${code}`);
  }
}
