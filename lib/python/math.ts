// Arithmetic of floats as Python does it, by the C library: JavaScript's `**` and `Math` have functions of their own,
// whose last bit differs for some percent of all arguments.

import { native } from "../binding.js";

/** Python's `base ** exponent` of two floats; infinite or NaN where Python throws. */
export function pow(base: number, exponent: number): number {
  return native.pow(+base, +exponent);
}

/** Python's `math.cos`. */
export function cos(x: number): number {
  return native.cos(+x);
}

/** Python's `math.log` of a positive number. */
export function log(x: number): number {
  return native.log(+x);
}
