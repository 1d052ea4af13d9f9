// Symbolic numbers of torch/__init__.py: without tracing these functions are plain arithmetic

import { AssertionError } from "../errors.js";
import { isFloat, isInt } from "../python/float.js";
import { float, int } from "../python/numbers.js";
import { typeName } from "../python/objects.js";
import { tensor } from "../tensor_new.js";

const classText = (x: unknown) => `<class '${typeName(x)}'>`;

function checkNumber(x: unknown): void {
  if (isInt(x) || isFloat(x) || typeof x === "boolean") return;
  throw new AssertionError(`expected (<class 'int'>, <class 'float'>), got ${classText(x)}`);
}

const promote = (result: number, ...operands: number[]) => (operands.some(isFloat) ? float(result) : result);

/** Python's `not`. */
export function sym_not(a: unknown): boolean {
  return !a;
}

/** The number as a float. */
export function sym_float(a: number): number {
  return float(a);
}

/** The number without its fraction. */
export function sym_int(a: number): number {
  return int(a);
}

/** The larger of two numbers; a float if one of them is. */
export function sym_max(a: number, b: number): number {
  checkNumber(a);
  checkNumber(b);
  return promote(Number(a) < Number(b) ? b : a, a, b);
}

/** The smaller of two numbers; a float if one of them is. */
export function sym_min(a: number, b: number): number {
  checkNumber(a);
  checkNumber(b);
  return promote(Number(b) < Number(a) ? b : a, a, b);
}

/** The sum of integers, given one by one or as a list. */
export function sym_sum(...args: number[] | [readonly number[]]): number {
  const items = (args.length === 1 && Array.isArray(args[0]) ? args[0] : args) as number[];
  return items.reduce((sum, item) => sum + item, 0);
}

/** The square root. */
export function sym_sqrt(a: number): number {
  return float(Math.sqrt(Number(a)));
}

/** `t` if `b` is true, else `f`; throws AssertionError unless both are of one type. */
export function sym_ite<T>(b: boolean, t: T, f: T): T {
  if (typeof b !== "boolean") throw new AssertionError(`expected SymBool or bool, got ${classText(b)}`);
  if (typeName(t) !== typeName(f)) throw new AssertionError(`type mismatch: ${classText(t)} vs ${classText(f)}`);
  return b ? t : f;
}

/** The integer itself. */
export function sym_fresh_size(expr: number): number {
  return tensor(expr).item();
}
