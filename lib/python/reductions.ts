import { isPlainObject } from "../arguments/function.js";
import { Complex } from "./complex.js";
import { isFloat, isInt } from "./float.js";
import { bool, complex, float } from "./numbers.js";
import { has, typeName } from "./objects.js";
import { iter, type PythonIterable } from "./sequences.js";

/** Python's `sum()`, of numbers, tensors or, from a list on, lists. Throws TypeError for what cannot be added. */
export function sum<T>(x: PythonIterable<T>, start?: unknown): T;
export function sum(x: PythonIterable<unknown>, start: unknown = 0): unknown {
  let total = isPlainObject(start) && "start" in start ? start.start : start;
  if (typeof total === "string") throw new TypeError("sum() can't sum strings [use ''.join(seq) instead]");
  for (const element of iter(x)) total = add(total, element);
  return total;
}

/** Python's `a + b`. */
function add(a: unknown, b: unknown): unknown {
  if (isReal(a) && isReal(b)) return addReals(a, b);
  if (has(a, "add")) return a.add(b);
  if (has(b, "add")) return b.add(a);
  if ((isReal(a) || a instanceof Complex) && (isReal(b) || b instanceof Complex)) {
    const [x, y] = [complex(a), complex(b)];
    return new Complex(x.real + y.real, x.imag + y.imag);
  }
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  throw new TypeError(`unsupported operand type(s) for +: '${typeName(a)}' and '${typeName(b)}'`);
}

type RealNumber = number | bigint | boolean;

function isReal(x: unknown): x is RealNumber {
  return isInt(x) || isFloat(x) || typeof x === "boolean";
}

function addReals(a: RealNumber, b: RealNumber): number | bigint {
  if (isFloat(a) || isFloat(b)) return float(Number(a) + Number(b));
  if (typeof a === "bigint" || typeof b === "bigint") return BigInt(a) + BigInt(b);
  return Number(a) + Number(b);
}

/** Python's `all()`: whether every element is true. */
export function all(x: PythonIterable<unknown>): boolean {
  for (const element of iter(x)) if (!bool(element)) return false;
  return true;
}

/** Python's `any()`: whether some element is true. */
export function any(x: PythonIterable<unknown>): boolean {
  for (const element of iter(x)) if (bool(element)) return true;
  return false;
}
