// Functions of dtypes: torch/csrc/TypeInfo.cpp and what PyTorch's bindings make of the operators' dtype codes

import { inspect } from "node:util";
import type { Tensor } from "../_tensor.js";
import { parser } from "../arguments/parser.js";
import { callable } from "../callable.js";
import * as dtypes from "../dtype.js";
import { NotImplementedError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { formatExponent, formatFixed } from "../python/format.js";
import { get_default_dtype } from "../tensor_new.js";
import type { dtype, Keywords, Scalar } from "../types.js";

const cppNames = new Map<dtype, string>([
  [dtypes.uint8, "unsigned char"],
  [dtypes.int8, "signed char"],
  [dtypes.int16, "short int"],
  [dtypes.int32, "int"],
  [dtypes.int64, "long int"],
  [dtypes.uint16, "short unsigned int"],
  [dtypes.uint32, "unsigned int"],
  [dtypes.uint64, "long unsigned int"],
  [dtypes.float32, "float"],
  [dtypes.float64, "double"],
  [dtypes.bool, "bool"],
  [dtypes.complex32, "c10::complex<c10::Half>"],
  [dtypes.complex64, "c10::complex<float>"],
  [dtypes.complex128, "c10::complex<double>"],
]);

/** What some of libtorch's errors call a dtype: its C++ type. */
export function cppTypeName(dtype: dtype): string {
  return cppNames.get(dtype) ?? `c10::${dtype.scalarType}`;
}

type Operands = [a: Tensor | Scalar, b: Tensor | Scalar];

/**
 * The dtype of least size and kind that both dtypes convert to.
 *
 * `promote_types(type1, type2) -> dtype`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.promote_types.html}
 */
export function promote_types(type1: dtype, type2: dtype): dtype;
export function promote_types(type1: dtype, keywords: Keywords<{ type2: dtype }>): dtype;
export function promote_types(keywords: Keywords<{ type1: dtype; type2: dtype }>): dtype;
export function promote_types(...args: unknown[]): dtype {
  return dtypes.dtype.of(torch.promote_types(...(args as [dtype, dtype])) as unknown as number);
}

/**
 * The dtype of the result of an arithmetic operation on two tensors or numbers.
 *
 * `result_type(tensor1, tensor2) -> dtype`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.result_type.html}
 */
export function result_type(...args: Operands): dtype;
export function result_type(keywords: Keywords<{ tensor: Tensor; other: Tensor | Scalar }>): dtype;
export function result_type(...args: unknown[]): dtype {
  return dtypes.dtype.of(torch.result_type(...(args as [Tensor, Tensor])) as unknown as number);
}

const parseFinfo = parser("finfo(ScalarType type)", "finfo()");
const parseIinfo = parser("iinfo(ScalarType type)");

/** C++'s default text of a double: six significant digits. */
function shortText(value: number | bigint): string {
  const number = Number(value);
  const text = formatExponent(number, 5);
  const exponent = Number(text.split("e")[1]);
  const trim = (digits: string) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);
  if (exponent >= -4 && exponent < 6) return trim(formatFixed(number, 5 - exponent));
  return text.replace(/^[^e]*/, trim);
}

/** For each floating point dtype: eps, the largest, the smallest, the smallest normal number, and the resolution. */
const floats = new Map<dtype, [eps: number, max: number, min: number, smallest_normal: number, resolution: number]>([
  [dtypes.float16, [2 ** -10, 65504, -65504, 2 ** -14, 1e-3]],
  [dtypes.bfloat16, [2 ** -7, (2 - 2 ** -7) * 2 ** 127, -(2 - 2 ** -7) * 2 ** 127, 2 ** -126, 1e-2]],
  [dtypes.float32, [2 ** -23, (2 - 2 ** -23) * 2 ** 127, -(2 - 2 ** -23) * 2 ** 127, 2 ** -126, 1e-6]],
  [dtypes.float64, [Number.EPSILON, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, 1e-15]],
  [dtypes.float8_e5m2, [0.25, 57344, -57344, 2 ** -14, 1]],
  [dtypes.float8_e4m3fn, [0.125, 448, -448, 2 ** -6, 1]],
  [dtypes.float8_e5m2fnuz, [0.25, 57344, -57344, 2 ** -15, 1]],
  [dtypes.float8_e4m3fnuz, [0.125, 240, -240, 2 ** -7, 1]],
  [dtypes.float8_e8m0fnu, [1, 2 ** 127, 2 ** -127, 2 ** -127, 1]],
]);

class finfo {
  /** The dtype's name; for a complex dtype that of its parts. */
  readonly dtype: string;
  /** Bits of one number. */
  readonly bits: number;
  /** The distance from 1 to the next number. */
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  /** The smallest positive number that is not denormal. */
  readonly smallest_normal: number;
  /** The same as smallest_normal. */
  readonly tiny: number;
  /** The precision in decimal digits, as a power of ten. */
  readonly resolution: number;

  constructor(type?: dtype | Keywords<{ type?: dtype }>);
  constructor(...args: unknown[]) {
    const { type = get_default_dtype() } = parseFinfo<{ type?: dtype }>(args);
    if (!type.is_floating_point && !type.is_complex) {
      throw new TypeError(
        "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'",
      );
    }
    const real = type.to_real();
    const found = floats.get(real);
    if (!found) throw new NotImplementedError(`"epsilon" not implemented for '${real.scalarType}'`);
    this.dtype = real.name;
    this.bits = real.itemsize * 8;
    [this.eps, this.max, this.min, this.smallest_normal, this.resolution] = found;
    this.tiny = this.smallest_normal;
    Object.freeze(this);
  }

  __repr__(): string {
    const { resolution, min, max, eps, smallest_normal, tiny } = this;
    const fields = Object.entries({ resolution, min, max, eps, smallest_normal, tiny });
    return `finfo(${fields.map(([name, value]) => `${name}=${shortText(value)}`).join(", ")}, dtype=${this.dtype})`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

/**
 * The limits of a floating point dtype, the default dtype if none is given; of a complex one those of its parts.
 *
 * Throws TypeError for other dtypes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/type_info.html#torch.torch.finfo}
 */
const finfoClass = callable(finfo);
type finfoClass = finfo;

const integers = new Set([
  dtypes.uint8,
  dtypes.int8,
  dtypes.int16,
  dtypes.int32,
  dtypes.int64,
  dtypes.uint16,
  dtypes.uint32,
  dtypes.uint64,
]);

class iinfo {
  /** The dtype's name. */
  readonly dtype: string;
  /** Bits of one number. */
  readonly bits: number;
  /** The largest number; a bigint beyond 2**53. */
  readonly max: number;
  /** The smallest number; a bigint beyond -2**53. */
  readonly min: number;

  constructor(type: dtype | Keywords<{ type: dtype }>);
  constructor(...args: unknown[]) {
    const { type } = parseIinfo<{ type: dtype }>(args);
    if (type === dtypes.bool) throw new TypeError("torch.bool is not supported by torch.iinfo");
    if (/^qu?int/.test(type.name)) throw new NotImplementedError(`"dtype" not implemented for '${type.scalarType}'`);
    if (!integers.has(type)) {
      throw new TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
    }
    this.dtype = type.name;
    this.bits = type.itemsize * 8;
    this.max = limit(type.is_signed ? 2n ** BigInt(this.bits - 1) - 1n : 2n ** BigInt(this.bits) - 1n);
    this.min = limit(type.is_signed ? -(2n ** BigInt(this.bits - 1)) : 0n);
    Object.freeze(this);
  }

  __repr__(): string {
    return `iinfo(min=${shortText(this.min)}, max=${shortText(this.max)}, dtype=${this.dtype})`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

/** As item() gives integers: typed as a number, which it is up to 2**53. */
function limit(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : (value as unknown as number);
}

/**
 * The limits of an integer dtype.
 *
 * Throws TypeError for other dtypes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/type_info.html#torch.torch.iinfo}
 */
const iinfoClass = callable(iinfo);
type iinfoClass = iinfo;

export { finfoClass as finfo, iinfoClass as iinfo };
