// Sizes and lists of numbers, as the functions compare, repeat and print them.

import type { Tensor } from "../../_tensor.js";

/** Whether two lists hold the same numbers. */
export function equal(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** A list as Python prints a tuple: `(2, 3)`, `(2,)`. */
export function tupleText(sizes: readonly unknown[]): string {
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}
