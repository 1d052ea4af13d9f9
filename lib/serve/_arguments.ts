// What numbers the classes of tstorch/serve take.

import { ValueError } from "../errors.js";

/** A whole number of at least one. */
export function count(name: string, value: number): number {
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be an integer`);
  if (value < 1) throw new ValueError(`${name} must be at least 1, but got ${value}`);
  return value;
}

/** The longest time that setTimeout() takes. */
const LONGEST = 2 ** 31 - 1;

/** A time that setTimeout() takes. */
export function milliseconds(name: string, value: number): number {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of milliseconds`);
  if (value >= 0 && value <= LONGEST) return value;
  throw new ValueError(`${name} must be from 0 to ${LONGEST} milliseconds, but got ${value}`);
}
