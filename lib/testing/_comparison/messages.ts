import { Tensor } from "../../_tensor.js";
import * as dtypes from "../../dtype.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { tupleText } from "../../nn/modules/utils.js";
import { Complex } from "../../python/complex.js";
import { isInt } from "../../python/float.js";
import { floatRepr, formatFixed } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import { ErrorMeta, type Id } from "./pair.js";

type Tolerances = readonly [rtol: number, atol: number];

const float32_precisions: Tolerances = [1.3e-6, 1e-5];

const dtype_precisions: ReadonlyMap<dtypes.dtype, Tolerances> = new Map([
  [dtypes.float16, [0.001, 1e-5]],
  [dtypes.bfloat16, [0.016, 1e-5]],
  [dtypes.float32, float32_precisions],
  [dtypes.float64, [1e-7, 1e-7]],
  [dtypes.complex32, [0.001, 1e-5]],
  [dtypes.complex64, float32_precisions],
  [dtypes.complex128, [1e-7, 1e-7]],
  ...[dtypes.quint8, dtypes.quint2x4, dtypes.quint4x2, dtypes.qint8, dtypes.qint32].map(
    (dtype): [dtypes.dtype, Tolerances] => [dtype, float32_precisions], // they are compared dequantized
  ),
]);

/** The widest of the tolerances that belong to the dtypes. */
export function default_tolerances(
  inputs: readonly (Tensor | dtypes.dtype)[],
  precisions: ReadonlyMap<dtypes.dtype, Tolerances> = dtype_precisions,
): [rtol: number, atol: number] {
  const found = inputs.map((input) => precisions.get(input instanceof Tensor ? input.dtype : input) ?? [0, 0]);
  return [Math.max(...found.map(([rtol]) => rtol)), Math.max(...found.map(([, atol]) => atol))];
}

/** The tolerances that were given, or those of the dtypes. */
export function get_tolerances(
  inputs: readonly (Tensor | dtypes.dtype)[],
  rtol: number | null,
  atol: number | null,
  id: Id,
): [rtol: number, atol: number] {
  if (rtol !== null && atol !== null) return [rtol, atol];
  if (rtol === null && atol === null) return default_tolerances(inputs);
  throw new ErrorMeta(
    ValueError,
    `Both 'rtol' and 'atol' must be either specified or omitted, but got no ${rtol === null ? "rtol" : "atol"}.`,
    id,
  );
}

/** What a message calls the compared values: a name, or what makes one of the default. */
export type Identifier = string | ((default_identifier: string) => string);

const named = (identifier: Identifier | undefined, default_identifier: string) =>
  typeof identifier === "function" ? identifier(default_identifier) : (identifier ?? default_identifier);

/** How far apart values are: by how much, where, and how much is allowed. */
interface Difference {
  readonly text: string;
  readonly index?: readonly number[];
  readonly tolerance: number;
}

function make_mismatch_msg(name: string, extra: string, absolute: Difference, relative: Difference): string {
  const equality = absolute.tolerance === 0 && relative.tolerance === 0;
  const line = (type: string, { text, index, tolerance }: Difference) => {
    const start = index
      ? `Greatest ${type} difference: ${text} at index ${tupleText(index)}`
      : `${type[0].toUpperCase()}${type.slice(1)} difference: ${text}`;
    return start + (equality ? "" : ` (up to ${floatRepr(tolerance)} allowed)`);
  };
  return `${name} are not ${equality ? "equal" : "close"}!\n\n${extra}\n${line("absolute", absolute)}\n${line("relative", relative)}`;
}

/** One of Python's numbers. */
export type PythonNumber = number | bigint | Complex;

const parts = (x: PythonNumber) => (x instanceof Complex ? [x.real, x.imag] : [Number(x), 0]);

/** \|a - b\|, exact for ints. */
export function distance(a: PythonNumber, b: PythonNumber): number {
  if (typeof a === "bigint" && typeof b === "bigint") return Number(a < b ? b - a : a - b);
  const [[re1, im1], [re2, im2]] = [parts(a), parts(b)];
  return Math.hypot(re1 - re2, im1 - im2);
}

/** \|x\| */
export const magnitude = (x: PythonNumber): number => distance(x, 0);

/** How Python writes the numbers of one type. */
type Write = (x: PythonNumber) => string;

/** Python's text for a number that comes from JavaScript, where a float without a fraction looks like an int. */
export const writeNumber: Write = (x) => (isInt(x) || x instanceof Complex ? repr(x) : floatRepr(Number(x)));

/** Python's text for the elements of a dtype. */
export const writeElement =
  ({ is_floating_point, name }: dtypes.dtype): Write =>
  (x) =>
    is_floating_point ? floatRepr(Number(x)) : name === "bool" ? repr(Boolean(x)) : repr(x);

/** The text for numbers that differ. */
export function make_scalar_mismatch_msg(
  actual: PythonNumber,
  expected: PythonNumber,
  [rtol, atol]: Tolerances,
  write: Write = writeNumber,
  identifier?: Identifier,
): string {
  const ints = [actual, expected].every((x) => /^(-?\d+|True|False)$/.test(write(x)));
  const abs_diff = distance(actual, expected);
  const difference = ints ? BigInt(actual as bigint) - BigInt(expected as bigint) : 0n;
  const absolute = ints ? String(difference < 0n ? -difference : difference) : floatRepr(abs_diff);
  const rel_diff = magnitude(expected) === 0 ? Number.POSITIVE_INFINITY : abs_diff / magnitude(expected);
  return make_mismatch_msg(
    named(identifier, "Scalars"),
    `Expected ${write(expected)} but got ${write(actual)}.`,
    { text: absolute, tolerance: atol },
    { text: floatRepr(rel_diff), tolerance: rtol },
  );
}

function unravel(flat_index: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat_index;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

/** The text for tensors that differ; `matches` tells where they do not. */
export function make_tensor_mismatch_msg(
  actual: Tensor,
  expected: Tensor,
  matches: Tensor,
  [rtol, atol]: Tolerances,
  identifier?: Identifier,
): string {
  const count = matches.numel();
  const mismatches = count - Number(torch.sum(matches).item());
  const extra = `Mismatched elements: ${mismatches} / ${count} (${formatFixed((mismatches / count) * 100, 1)}%)`;
  const name = named(identifier, "Tensor-likes");
  const { dtype } = actual;
  if (dtype.is_floating_point && dtype.itemsize === 1) {
    const first = matches.logical_not().nonzero()[0].tolist() as number[];
    return `${name} are not 'equal'!\n\n${extra}\nThe first mismatched element is at index ${tupleText(first)}.`;
  }
  const isExact = !dtype.is_floating_point && !dtype.is_complex;
  const [a, b] = [actual, expected].map((x) => (isExact ? x.flatten().to(dtypes.int64) : x.flatten()));
  const flat = matches.flatten();
  const abs_diff = torch.abs(a.sub(b)).masked_fill_(flat, 0);
  const rel_diff = abs_diff.div(torch.abs(b)).masked_fill_(flat, 0);
  const greatest = (diff: Tensor, tolerance: number): Difference => {
    const [value, index] = torch.max(diff, 0);
    return {
      text: writeElement(diff.dtype)(value.item()),
      index: unravel(Number(index.item()), matches.shape),
      tolerance,
    };
  };
  return make_mismatch_msg(name, extra, greatest(abs_diff, atol), greatest(rel_diff, rtol));
}
