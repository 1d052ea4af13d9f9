// What Python says to calls with wrong arguments, and what the package says.

import fs from "node:fs";
import path from "node:path";

export interface Recorded {
  /** What each function says to too many arguments. */
  counts: Record<string, string>;
  /** By which name each refuses an unknown keyword. */
  keywords: Record<string, string>;
}

export function read(file: string): Recorded {
  return JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "recordings", file), "utf8"));
}

/** The text of the TypeError that a call throws. */
export function textOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof TypeError ? error.message : `not a TypeError: ${error}`;
  }
  return "returned";
}
