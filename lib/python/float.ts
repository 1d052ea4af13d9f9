import { inspect } from "node:util";
import { floatRepr } from "./format.js";

/** A whole number that is a Python float all the same: `float(2)`. It can be calculated with and prints `2.0`. */
export class PyFloat extends Number {
  __repr__(): string {
    return floatRepr(this.valueOf());
  }

  override toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

/** Whether a value stands for a Python int: a bigint, or a safe whole number other than -0. */
export function isInt(x: unknown): boolean {
  return typeof x === "bigint" || (Number.isSafeInteger(x) && !Object.is(x, -0));
}

/** Whether a value stands for a Python float: any other number, and what `float()` marked. */
export function isFloat(x: unknown): boolean {
  return x instanceof PyFloat || (typeof x === "number" && !isInt(x));
}

/** The plain number behind a number, a bigint, a boolean or what `float()` marked. */
export function toNumber(x: number | bigint | boolean): number {
  return typeof x === "number" ? x : Number(x);
}
