// Symbolic numbers of torch/__init__.py: without tracing these functions are plain arithmetic

import { def } from "../arguments/function.js";
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

/**
 * Python's `not`.
 *
 * `sym_not(a) -> object`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_not.html}
 */
export const sym_not = def("sym_not", ["a"], (a: unknown): boolean => !a, { dict: 0 });

/**
 * The number as a float.
 *
 * `sym_float(a) -> FloatLikeType`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_float.html}
 */
export const sym_float = def("sym_float", ["a"], (a: number): number => float(a));

/**
 * The number without its fraction.
 *
 * `sym_int(a) -> IntLikeType`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_int.html}
 */
export const sym_int = def("sym_int", ["a"], (a: number): number => int(a));

/**
 * The larger of two numbers; a float if one of them is.
 *
 * `sym_max(a, b) -> IntLikeType | FloatLikeType`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_max.html}
 */
export const sym_max = def("sym_max", ["a", "b"], (a: number, b: number): number => {
  checkNumber(a);
  checkNumber(b);
  return promote(Number(a) < Number(b) ? b : a, a, b);
});

/**
 * The smaller of two numbers; a float if one of them is.
 *
 * `sym_min(a, b) -> IntLikeType | FloatLikeType`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_min.html}
 */
export const sym_min = def("sym_min", ["a", "b"], (a: number, b: number): number => {
  checkNumber(a);
  checkNumber(b);
  return promote(Number(b) < Number(a) ? b : a, a, b);
});

/**
 * The sum of integers, given one by one or as a list.
 *
 * `sym_sum(*args) -> IntLikeType`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_sum.html}
 */
export function sym_sum(...args: number[] | [readonly number[]]): number {
  const items = (args.length === 1 && Array.isArray(args[0]) ? args[0] : args) as number[];
  return items.reduce((sum, item) => sum + item, 0);
}

/**
 * The square root.
 *
 * `sym_sqrt(a) -> Any`
 */
export const sym_sqrt = def("_sym_sqrt", ["a"], (a: number): number => float(Math.sqrt(Number(a))));

/**
 * `t` if `b` is true, else `f`; throws AssertionError unless both are of one type.
 *
 * `sym_ite(b, t, f) -> _SymIteT`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sym_ite.html}
 */
export const sym_ite: <T>(b: boolean, t: T, f: T) => T = def(
  "sym_ite",
  ["b", "t", "f"],
  (b: boolean, t: unknown, f: unknown) => {
    if (typeof b !== "boolean") throw new AssertionError(`expected SymBool or bool, got ${classText(b)}`);
    if (typeName(t) !== typeName(f)) throw new AssertionError(`type mismatch: ${classText(t)} vs ${classText(f)}`);
    return b ? t : f;
  },
) as never;

/**
 * The integer itself.
 *
 * `sym_fresh_size(expr) -> IntLikeType`
 */
export const sym_fresh_size = def("sym_fresh_size", ["expr"], (expr: number): number => tensor(expr).item());
