// The functions of sizes in a program's graph: Python's operators, math, and torch.sym_*.

import { RuntimeError, TypeError, ValueError } from "../../errors.js";
import { isFloat, isInt, PyFloat } from "../../python/float.js";
import { typeName } from "../../python/objects.js";
import { TensorBase } from "../../tensor_base.js";
import type { Tensor } from "../../types.js";

type Int = number | bigint;
type SymOp = (...args: unknown[]) => unknown;

/** Whether a value counts as an int: also a bool does. */
const integral = (x: unknown): x is Int | boolean => isInt(x) || typeof x === "boolean";

function numeric(x: unknown): number {
  if (integral(x) || isFloat(x)) return Number(x);
  throw new TypeError(`a size is computed from a value of type '${typeName(x)}'`);
}

/** A float, marked as such where it is whole. */
export const float = (x: number): number | PyFloat => (isInt(x) ? new PyFloat(x) : x);

/** An int as a number, where that holds it. */
function narrow(x: bigint): Int {
  const number = Number(x);
  return Number.isSafeInteger(number) ? number : x;
}

/** An operation of two numbers: of ints in whole numbers, else of floats. */
function binary(ofInts: (a: bigint, b: bigint) => bigint, ofNumbers: (a: number, b: number) => number): SymOp {
  return (a, b) => {
    const result = ofNumbers(numeric(a), numeric(b));
    if (!integral(a) || !integral(b)) return float(result);
    const isExact = Number.isSafeInteger(result) && typeof a !== "bigint" && typeof b !== "bigint";
    return isExact ? result + 0 : narrow(ofInts(BigInt(a), BigInt(b))); // + 0: there is no int -0
  };
}

function floordiv(a: unknown, b: unknown): unknown {
  if (numeric(b) === 0) throw new RuntimeError("integer division or modulo by zero");
  if (!integral(a) || !integral(b)) return float(Math.floor(numeric(a) / numeric(b)));
  const [x, y] = [BigInt(a), BigInt(b)];
  const quotient = x / y;
  return narrow(x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient);
}

function mod(a: unknown, b: unknown): unknown {
  if (numeric(b) === 0) throw new RuntimeError("integer division or modulo by zero");
  if (!integral(a) || !integral(b)) return float(numeric(a) - numeric(b) * Math.floor(numeric(a) / numeric(b)));
  const [x, y] = [BigInt(a), BigInt(b)];
  const rest = x % y;
  return narrow(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest);
}

/** Larger ints are no sizes, and would take long. */
const MOST_BITS = 4096;

function pow(a: unknown, b: unknown): unknown {
  if (!integral(a) || !integral(b) || numeric(b) < 0) return float(numeric(a) ** numeric(b));
  const [base, exponent] = [BigInt(a), BigInt(b)];
  if (BigInt(base.toString(2).length) * exponent > MOST_BITS)
    throw new ValueError(`${a} ** ${b} is too large for a size`);
  return narrow(base ** exponent);
}

const shift =
  (by: (a: bigint, b: bigint) => bigint): SymOp =>
  (a, b) => {
    if (!integral(a) || !integral(b) || numeric(b) < 0) throw new ValueError("negative shift count");
    if (numeric(b) > MOST_BITS) throw new ValueError(`a shift by ${b} is too large for a size`);
    return narrow(by(BigInt(a), BigInt(b)));
  };

function logical(ofBools: (a: boolean, b: boolean) => boolean, ofInts: (a: bigint, b: bigint) => bigint): SymOp {
  return (a, b) => {
    if (typeof a === "boolean" && typeof b === "boolean") return ofBools(a, b);
    if (integral(a) && integral(b)) return narrow(ofInts(BigInt(a), BigInt(b)));
    throw new TypeError("unsupported operand types of a size's function");
  };
}

/** Compares as Python does: ints exactly. */
const compare =
  (test: (a: number | bigint | string, b: number | bigint | string) => boolean): SymOp =>
  (a, b) => {
    if (typeof a === "string" && typeof b === "string") return test(a, b);
    const exact = (x: unknown) => (typeof x === "bigint" ? x : numeric(x));
    return test(exact(a), exact(b));
  };

function whole(x: number): Int {
  if (!Number.isFinite(x)) throw new ValueError(`cannot convert float ${x} to integer`);
  return Number.isSafeInteger(x) ? x + 0 : narrow(BigInt(x));
}

const rounding =
  (round: (x: number) => number): SymOp =>
  (x) =>
    integral(x) ? (typeof x === "boolean" ? Number(x) : x) : whole(round(numeric(x)));

/** Python's round(): halves go to the even neighbour. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

const extreme =
  (isBetter: (a: number, b: number) => boolean): SymOp =>
  (a, b) => {
    const picked = isBetter(numeric(b), numeric(a)) ? b : a;
    return integral(a) && integral(b) ? picked : float(numeric(picked));
  };

const ofFloat =
  (f: (x: number) => number): SymOp =>
  (x) =>
    float(f(numeric(x)));

function truth(x: unknown): boolean {
  return typeof x === "boolean" ? x : numeric(x) !== 0;
}

function size(x: unknown, dim: unknown, of: (x: Tensor) => readonly number[]): number {
  if (!(x instanceof TensorBase)) throw new TypeError(`the size of a ${typeName(x)} is asked for`);
  const found = of(x as Tensor).at(numeric(dim));
  if (found === undefined) {
    const count = (x as Tensor).dim();
    throw new RuntimeError(
      `Dimension out of range (expected to be in range of [${-count}, ${count - 1}], but got ${dim})`,
    );
  }
  return found;
}

const tensor = (x: unknown): Tensor => {
  if (x instanceof TensorBase) return x as Tensor;
  throw new TypeError(`a tensor is expected, not a ${typeName(x)}`);
};

const add = binary(
  (a, b) => a + b,
  (a, b) => a + b,
);
const sqrt = ofFloat(Math.sqrt);

/** The functions by the names that graphs have for them. */
export const symOps: ReadonlyMap<string, SymOp> = new Map<string, SymOp>([
  ["_operator.add", add],
  [
    "_operator.sub",
    binary(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ],
  [
    "_operator.mul",
    binary(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  ["_operator.floordiv", floordiv],
  [
    "_operator.truediv",
    (a, b) => {
      if (numeric(b) === 0) throw new RuntimeError("division by zero");
      return float(numeric(a) / numeric(b));
    },
  ],
  ["_operator.mod", mod],
  ["_operator.pow", pow],
  ["_operator.neg", (a) => (typeof a === "bigint" ? narrow(-a) : integral(a) ? 0 - numeric(a) : float(-numeric(a)))],
  ["_operator.pos", (a) => a],
  ["_operator.lshift", shift((a, b) => a << b)],
  ["_operator.rshift", shift((a, b) => a >> b)],
  [
    "_operator.and_",
    logical(
      (a, b) => a && b,
      (a, b) => a & b,
    ),
  ],
  [
    "_operator.or_",
    logical(
      (a, b) => a || b,
      (a, b) => a | b,
    ),
  ],
  // biome-ignore lint/suspicious/noDoubleEquals: an int may be a number or a bigint
  ["_operator.eq", compare((a, b) => a == b)],
  // biome-ignore lint/suspicious/noDoubleEquals: see above
  ["_operator.ne", compare((a, b) => a != b)],
  ["_operator.lt", compare((a, b) => a < b)],
  ["_operator.le", compare((a, b) => a <= b)],
  ["_operator.gt", compare((a, b) => a > b)],
  ["_operator.ge", compare((a, b) => a >= b)],
  ["math.trunc", rounding(Math.trunc)],
  ["math.ceil", rounding(Math.ceil)],
  ["math.floor", rounding(Math.floor)],
  ["builtins.round", rounding(roundHalfEven)],
  ["torch.sym_int", rounding(Math.trunc)],
  ["torch.sym_float", ofFloat((x) => x)],
  ["torch.sym_max", extreme((a, b) => a > b)],
  ["torch.sym_min", extreme((a, b) => a < b)],
  ["torch.sym_not", (a) => !truth(a)],
  ["torch.sym_ite", (condition, yes, no) => (truth(condition) ? yes : no)],
  ["torch.sym_sqrt", sqrt],
  ["torch._sym_sqrt", sqrt],
  ["torch.sym_sum", (terms) => (terms as unknown[]).reduce((sum, term) => add(sum, term), 0)],
  ["torch.ops.aten.sym_size.int", (x, dim) => size(x, dim, ({ shape }) => shape)],
  ["torch.ops.aten.sym_stride.int", (x, dim) => size(x, dim, (t) => t.stride())],
  ["torch.ops.aten.sym_numel.default", (x) => tensor(x).numel()],
  ["torch.ops.aten.sym_storage_offset.default", (x) => tensor(x).storage_offset()],
]);
