import { isPlainObject } from "../arguments/function.js";
import { Complex } from "./complex.js";
import { isFloat, isInt } from "./float.js";
import { list, tuple } from "./iteration.js";
import { bool, complex, float, int } from "./numbers.js";
import { Range, range } from "./range.js";
import { str } from "./repr.js";
import { Slice, slice } from "./slice.js";

/** A class; of Python's builtin types the function of that name, or JavaScript's class. */
type Class = (abstract new (...args: never[]) => unknown) | ((...args: never[]) => unknown);

const isText = (x: unknown) => typeof x === "string";
const isBool = (x: unknown) => typeof x === "boolean";

/** Who belongs to a type whose values are no JavaScript objects of that class. */
const tests = new Map<unknown, (x: unknown) => boolean>([
  [int, (x) => isInt(x) || isBool(x)], // a Python bool is an int
  [float, isFloat],
  [complex, (x) => x instanceof Complex],
  [Number, (x) => typeof x === "number" || isFloat(x)],
  [BigInt, (x) => typeof x === "bigint"],
  [bool, isBool],
  [Boolean, isBool],
  [str, isText],
  [String, isText],
  [list, Array.isArray],
  [tuple, Array.isArray],
  [Object, (x) => isPlainObject(x) || x instanceof Map],
  [range, (x) => x instanceof Range],
  [slice, (x) => x instanceof Slice],
]);

/** Python's `isinstance()`: whether a value is of a class or of one of several; `int`, `str`, ... are classes too. */
export function isinstance(x: unknown, type: StringConstructor | typeof str): x is string;
export function isinstance(x: unknown, type: BooleanConstructor | typeof bool): x is boolean;
export function isinstance(x: unknown, type: ArrayConstructor | typeof list): x is unknown[];
export function isinstance(x: unknown, type: typeof slice): x is Slice;
export function isinstance(x: unknown, type: typeof int | typeof float): x is number;
export function isinstance(x: unknown, type: typeof complex): x is Complex;
export function isinstance<T>(x: unknown, type: { readonly prototype: T }): x is T;
export function isinstance(x: unknown, type: Class | readonly Class[]): boolean;
export function isinstance(x: unknown, type: unknown): boolean {
  if (Array.isArray(type)) return type.some((one) => isinstance(x, one));
  if (typeof type !== "function")
    throw new TypeError("isinstance() arg 2 must be a type, a tuple of types, or a union");
  const test = tests.get(type);
  return test ? test(x) : x instanceof (type as new () => unknown);
}
