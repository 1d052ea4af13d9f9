// Sizes and lists of numbers, as the functions compare, repeat and print them.

import { ValueError } from "../../errors.js";

/** Whether two lists hold the same numbers. */
export function equal(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** A list as Python prints a tuple: `(2, 3)`, `(2,)`. */
export function tupleText(sizes: readonly unknown[]): string {
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}

const ntuple =
  (n: number) =>
  <T>(x: T | readonly T[]): readonly T[] =>
    Array.isArray(x) ? x : new Array<T>(n).fill(x as T);

/** One value for each of so many dimensions: a list as it is, anything else repeated. */
export const _single = ntuple(1);
export const _pair = ntuple(2);
export const _triple = ntuple(3);

/** The sizes in which null stands for the default: the last ones of `defaults`. */
export function _list_with_default<T>(
  out_size: T | readonly (T | null)[],
  defaults: readonly number[],
): T | readonly (T | number)[] {
  if (!Array.isArray(out_size)) return out_size as T;
  if (defaults.length <= out_size.length) {
    throw new ValueError(`Input dimension should be at least ${out_size.length + 1}`);
  }
  const last = defaults.slice(defaults.length - out_size.length);
  return out_size.map((size, i) => size ?? last[i]);
}
