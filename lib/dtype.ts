import { inspect } from "node:util";
import { RuntimeError } from "./errors.js";

// Floats, exponents without a sign, complex, signed and unsigned integers, quantised numbers, bits.
type Kind = "f" | "e" | "c" | "i" | "u" | "q" | "b";

let sealed = false;
const byCode: dtype[] = [];

const scalarTypes: Record<string, string> = {
  uint8: "Byte",
  int8: "Char",
  int16: "Short",
  int32: "Int",
  int64: "Long",
  float16: "Half",
  float32: "Float",
  float64: "Double",
  complex32: "ComplexHalf",
  complex64: "ComplexFloat",
  complex128: "ComplexDouble",
  bfloat16: "BFloat16",
  bcomplex32: "BComplex32",
};
const abbreviations = new Map([
  ["bool", "b8"],
  ["bits1x8", "b1x8"],
  ["bits2x4", "b2x4"],
  ["bits4x2", "b4x2"],
  ["bits8", "b8x1"],
  ["bits16", "b16x1"],
  ["float4_e2m1fn_x2", "f4e2m1fnx2"],
  ...["e5m2", "e4m3fn", "e5m2fnuz", "e4m3fnuz", "e8m0fnu"].map((kind): [string, string] => [
    `float8_${kind}`,
    `f8${kind}`,
  ]),
]);

const abbreviate = (kind: string) => (kind.startsWith("b") ? `b${kind[1]}` : kind[0]);

/**
 * The type of a tensor's elements: `torch.float32`, `torch.int64`, ...
 *
 * {@link https://docs.pytorch.org/docs/2.15/tensor_attributes.html#torch.dtype}
 */
export class dtype {
  // What only looks like a dtype has no such field.
  readonly #genuine = true;
  readonly #kind: Kind;
  /** @internal libtorch's ScalarType */
  readonly code: number;
  /** The name without `torch.`. */
  readonly name: string;
  /** Bytes of one element. */
  readonly itemsize: number;
  readonly is_floating_point: boolean;
  readonly is_complex: boolean;

  /** @internal */
  constructor(code: number, name: string, itemsize: number, kind: Kind) {
    if (sealed) throw new TypeError("cannot create 'torch.dtype' instances");
    this.code = code;
    this.name = name;
    this.itemsize = itemsize;
    this.#kind = kind;
    this.is_floating_point = kind === "f" || kind === "e";
    this.is_complex = kind === "c";
    byCode[code] = this;
    Object.freeze(this);
  }

  /** @internal Whether a value is one of PyTorch's dtypes. */
  static is(value: object): value is dtype {
    return #genuine in value;
  }

  /** @internal The dtype of a ScalarType. */
  static of(code: number): dtype {
    return byCode[code];
  }

  /** Whether the type has negative numbers; throws RuntimeError for quantised types and for bits. */
  get is_signed(): boolean {
    if (this.#kind === "q") throw new RuntimeError("isSignedType not supported for quantized types");
    if (this.#kind === "b") throw new RuntimeError("Bits types are undefined");
    return this.#kind !== "u" && this.#kind !== "e";
  }

  /** @internal What libtorch calls it: "Float", "Long", "QInt8", "Float8_e5m2", ... */
  get scalarType(): string {
    return scalarTypes[this.name] ?? this.name.replace(/^(q?u?)i|^[a-z]/, (start) => start.toUpperCase());
  }

  /** The short name: "f32", "i64", "bf16", "b8". */
  get abbr(): string {
    return (
      abbreviations.get(this.name) ??
      this.name.replace(/^(bfloat|float|int|uint|bcomplex|complex)(?=\d{2}|8)/, abbreviate)
    );
  }

  /** The floating point type of a complex type's parts; itself for a floating point type. */
  to_real(): dtype {
    return toReal.get(this) ?? this;
  }

  /** The complex type whose parts have this type; itself for a complex type. Throws RuntimeError where there is none. */
  to_complex(): dtype {
    const complex = this.is_complex ? this : toComplex.get(this);
    if (!complex) throw new RuntimeError(`Unknown Complex ScalarType for ${this.scalarType}`);
    return complex;
  }

  toString(): string {
    return `torch.${this.name}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export const uint8 = new dtype(0, "uint8", 1, "u");
export const int8 = new dtype(1, "int8", 1, "i");
export const int16 = new dtype(2, "int16", 2, "i");
export const int32 = new dtype(3, "int32", 4, "i");
export const int64 = new dtype(4, "int64", 8, "i");
export const float16 = new dtype(5, "float16", 2, "f");
export const float32 = new dtype(6, "float32", 4, "f");
export const float64 = new dtype(7, "float64", 8, "f");
export const complex32 = new dtype(8, "complex32", 4, "c");
export const complex64 = new dtype(9, "complex64", 8, "c");
export const complex128 = new dtype(10, "complex128", 16, "c");
export const bool = new dtype(11, "bool", 1, "u");
export const qint8 = new dtype(12, "qint8", 1, "q");
export const quint8 = new dtype(13, "quint8", 1, "q");
export const qint32 = new dtype(14, "qint32", 4, "q");
export const bfloat16 = new dtype(15, "bfloat16", 2, "f");
export const quint4x2 = new dtype(16, "quint4x2", 1, "q");
export const quint2x4 = new dtype(17, "quint2x4", 1, "q");
export const bits1x8 = new dtype(18, "bits1x8", 1, "b");
export const bits2x4 = new dtype(19, "bits2x4", 1, "b");
export const bits4x2 = new dtype(20, "bits4x2", 1, "b");
export const bits8 = new dtype(21, "bits8", 1, "b");
export const bits16 = new dtype(22, "bits16", 2, "b");
export const float8_e5m2 = new dtype(23, "float8_e5m2", 1, "f");
export const float8_e4m3fn = new dtype(24, "float8_e4m3fn", 1, "f");
export const float8_e5m2fnuz = new dtype(25, "float8_e5m2fnuz", 1, "f");
export const float8_e4m3fnuz = new dtype(26, "float8_e4m3fnuz", 1, "f");
export const uint16 = new dtype(27, "uint16", 2, "u");
export const uint32 = new dtype(28, "uint32", 4, "u");
export const uint64 = new dtype(29, "uint64", 8, "u");
export const uint1 = new dtype(30, "uint1", 1, "u");
export const uint2 = new dtype(31, "uint2", 1, "u");
export const uint3 = new dtype(32, "uint3", 1, "u");
export const uint4 = new dtype(33, "uint4", 1, "u");
export const uint5 = new dtype(34, "uint5", 1, "u");
export const uint6 = new dtype(35, "uint6", 1, "u");
export const uint7 = new dtype(36, "uint7", 1, "u");
export const int1 = new dtype(37, "int1", 1, "i");
export const int2 = new dtype(38, "int2", 1, "i");
export const int3 = new dtype(39, "int3", 1, "i");
export const int4 = new dtype(40, "int4", 1, "i");
export const int5 = new dtype(41, "int5", 1, "i");
export const int6 = new dtype(42, "int6", 1, "i");
export const int7 = new dtype(43, "int7", 1, "i");
export const float8_e8m0fnu = new dtype(44, "float8_e8m0fnu", 1, "e");
export const float4_e2m1fn_x2 = new dtype(45, "float4_e2m1fn_x2", 1, "f");
export const bcomplex32 = new dtype(46, "bcomplex32", 4, "c");

export {
  complex32 as chalf,
  complex64 as cfloat,
  complex128 as cdouble,
  float16 as half,
  float32 as float,
  float64 as double,
  int16 as short,
  int32 as int,
  int64 as long,
  uint1 as bit,
};

sealed = true;

const pairs: [dtype, dtype][] = [
  [float16, complex32],
  [float32, complex64],
  [float64, complex128],
  [bfloat16, bcomplex32],
];
const toReal = new Map(pairs.map(([real, complex]) => [complex, real]));
const toComplex = new Map<dtype, dtype>(pairs);
