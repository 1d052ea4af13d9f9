// torch/testing/_creation.py

import type { Tensor } from "../_tensor.js";
import { isPlainObject, missingError } from "../arguments/function.js";
import { toDevice } from "../device.js";
import * as dtypes from "../dtype.js";
import { ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { isFloat } from "../python/float.js";
import { floatRepr } from "../python/format.js";
import { repr } from "../python/repr.js";
import { finfo, iinfo } from "../torch_functions/dtypes.js";
import type { DeviceLike, Keywords, memory_format } from "../types.js";

const integral_types = [
  dtypes.uint8,
  dtypes.int8,
  dtypes.int16,
  dtypes.int32,
  dtypes.int64,
  dtypes.uint16,
  dtypes.uint32,
  dtypes.uint64,
];
const boolean_or_integral = new Set([dtypes.bool, ...integral_types]);
const complex_types = new Set([dtypes.complex32, dtypes.bcomplex32, dtypes.complex64, dtypes.complex128]);
const floating_or_complex = new Set([
  dtypes.float16,
  dtypes.bfloat16,
  dtypes.float32,
  dtypes.float64,
  ...complex_types,
]);
const floating_8bit = new Set([
  dtypes.float8_e4m3fn,
  dtypes.float8_e5m2,
  dtypes.float8_e4m3fnuz,
  dtypes.float8_e5m2fnuz,
]);

function uniform_(t: Tensor, low: number, high: number): void {
  // uniform_() takes no range beyond the dtype's greatest number.
  if (high - low >= finfo(t.dtype).max) t.uniform_(low / 2, high / 2).mul_(2);
  else t.uniform_(low, high);
}

/** What make_tensor() takes by keyword. */
export interface MakeTensorKeywords {
  dtype: dtypes.dtype;
  device: DeviceLike;
  low?: number | null;
  high?: number | null;
  requires_grad?: boolean;
  noncontiguous?: boolean;
  exclude_zero?: boolean;
  memory_format?: memory_format | null;
}

type Limit = number | bigint;

interface Limits {
  readonly lowest: Limit;
  readonly highest: Limit;
  readonly low: number;
  readonly high: number;
}

/** The limits of a dtype's numbers, and between which of them numbers lie by default. */
function limitsOf(dtype: dtypes.dtype): Limits {
  if (dtype === dtypes.bool) return { lowest: 0, highest: 2, low: 0, high: 2 };
  if (!boolean_or_integral.has(dtype)) {
    const { min, max } = finfo(dtype);
    return { lowest: min, highest: max, low: -9, high: 9 };
  }
  const { min, max } = iinfo(dtype);
  // randint() takes its limits as int64.
  const highest = BigInt(max) + (dtype === dtypes.int64 ? 0n : 1n);
  return { lowest: min, highest: typeof max === "number" ? Number(highest) : highest, low: -9, high: 10 };
}

/** The range to draw from: what the user asked for, within what the dtype can hold. */
function range(dtype: dtypes.dtype, given_low: number | null, given_high: number | null): [low: Limit, high: Limit] {
  const limits = limitsOf(dtype);
  const low = given_low ?? limits.low;
  const high = given_high ?? limits.high;
  const write = (x: Limit) =>
    boolean_or_integral.has(dtype) && !isFloat(x)
      ? repr(x)
      : Number.isInteger(Number(x)) && x !== limits.lowest && x !== limits.highest
        ? repr(x)
        : floatRepr(Number(x));
  if (Number.isNaN(Number(low)) || Number.isNaN(Number(high))) {
    throw new ValueError(`\`low\` and \`high\` cannot be NaN, but got low=${repr(low)} and high=${repr(high)}`);
  }
  if (low === high && floating_or_complex.has(dtype)) {
    process.emitWarning(
      "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 and " +
        "will be removed in 2.3. Use `torch.full(...)` instead.",
      "FutureWarning",
    );
  } else if (low >= high) {
    throw new ValueError(`\`low\` must be less than \`high\`, but got ${repr(low)} >= ${repr(high)}`);
  } else if (high < limits.lowest || low >= limits.highest) {
    throw new ValueError(
      `The value interval specified by \`low\` and \`high\` is [${repr(low)}, ${repr(high)}), ` +
        `but ${dtype} only supports [${write(limits.lowest)}, ${write(limits.highest)})`,
    );
  }
  const clamp = (x: number): Limit => (x < limits.lowest ? limits.lowest : x > limits.highest ? limits.highest : x);
  const exact = (x: Limit) => (boolean_or_integral.has(dtype) && typeof x === "number" ? Math.ceil(x) : x);
  return [exact(clamp(low)), exact(clamp(high))];
}

function filled(shape: readonly number[], dtype: dtypes.dtype, device: DeviceLike, low: Limit, high: Limit): Tensor {
  if (boolean_or_integral.has(dtype)) return torch.randint(low as number, high as number, shape, { device, dtype });
  if (floating_8bit.has(dtype)) {
    const result = torch.empty(shape, { device, dtype: dtypes.float32 });
    uniform_(result, low as number, high as number);
    return result.to(dtype);
  }
  const result = torch.empty(shape, { device, dtype });
  uniform_(complex_types.has(dtype) ? torch.view_as_real(result) : result, low as number, high as number);
  return result;
}

/**
 * Makes a tensor of numbers that are drawn evenly from `[low, high)`: the ones that Python draws for the same seed.
 *
 * `make_tensor(*shape, dtype, device, low=None, high=None, requires_grad=False, noncontiguous=False,
 * exclude_zero=False, memory_format=None) -> Tensor`
 *
 * By default these are -9 to 9, for booleans 0 and 1; limits beyond those of the dtype stand for the dtype's.
 * `noncontiguous` takes every second element of a larger tensor, `exclude_zero` replaces 0 by the smallest normal number
 * or by 1. Throws ValueError for an empty range, and TypeError for other dtypes than bool, integers, floats and complex.
 *
 * {@link https://docs.pytorch.org/docs/2.15/testing.html#torch.testing.make_tensor}
 */
export function make_tensor(shape: readonly number[], keywords: Keywords<MakeTensorKeywords>): Tensor;
export function make_tensor(...args: [...shape: number[], keywords: Keywords<MakeTensorKeywords>]): Tensor;
export function make_tensor(...args: unknown[]): Tensor {
  const keywords = isPlainObject(args.at(-1)) ? (args.pop() as Record<string, unknown>) : {};
  const known = ["dtype", "device", "low", "high", "requires_grad", "noncontiguous", "exclude_zero", "memory_format"];
  for (const name of Object.keys(keywords)) {
    if (!known.includes(name)) throw new TypeError(`make_tensor() got an unexpected keyword argument '${name}'`);
  }
  const missing = ["dtype", "device"].filter((name) => keywords[name] === undefined);
  if (missing.length) throw missingError("make_tensor", "keyword-only", missing);
  const {
    dtype,
    device,
    low: given_low = null,
    high: given_high = null,
    requires_grad = false,
    noncontiguous = false,
    exclude_zero = false,
    memory_format = null,
  } = keywords as unknown as MakeTensorKeywords;
  const shape = args.length === 1 && Array.isArray(args[0]) ? [...args[0]] : (args as number[]);

  if (noncontiguous && memory_format !== null) {
    throw new ValueError(
      `The parameters \`noncontiguous\` and \`memory_format\` are mutually exclusive, but got noncontiguous=True and memory_format=${memory_format}`,
    );
  }
  if (requires_grad && boolean_or_integral.has(dtype)) {
    throw new ValueError(
      `\`requires_grad=True\` is not supported for boolean and integral dtypes, but got dtype=${dtype}`,
    );
  }
  if (!boolean_or_integral.has(dtype) && !floating_or_complex.has(dtype) && !floating_8bit.has(dtype)) {
    throw new TypeError(
      `The requested dtype '${dtype}' is not supported by torch.testing.make_tensor(). To request support, file an issue at: https://github.com/pytorch/pytorch/issues`,
    );
  }

  const strided = noncontiguous && shape.reduce((product, size) => product * size, 1) > 1;
  if (strided) shape[shape.length - 1] *= 2;
  let result = filled(shape, dtype, toDevice(device), ...range(dtype, given_low, given_high));
  if (strided) result = result["..., 1::2"];
  else if (memory_format !== null) result = result.clone({ memory_format });
  if (exclude_zero) {
    result.masked_fill_(result.eq(0), boolean_or_integral.has(dtype) ? 1 : finfo(dtype).tiny);
  }
  if (floating_or_complex.has(dtype)) result.requires_grad = requires_grad;
  return result;
}
