// How torch.ops takes Python's values as the values of a schema: torch/csrc/jit/python/pybind_utils.

import {
  writeBooleans,
  writeCode,
  writeDevice,
  writeFloats,
  writeGenerator,
  writeIntegers,
  writeNone,
  writeNumber,
  writeScalars,
  writeString,
  writeTensor,
  writeTensorOrNumber,
  writeTensors,
} from "../arguments/frame.js";
import { device } from "../device.js";
import { dtype } from "../dtype.js";
import { layout, memory_format, qscheme } from "../layout.js";
import { Complex } from "../python/complex.js";
import { isFloat, isInt } from "../python/float.js";
import { Generator } from "../random.js";
import { TensorBase } from "../tensor_base.js";
import type { Tensor } from "../types.js";

/** Writes a value that was read from the user's into the frame. */
export type Write = () => void;

/** Takes a value as one of a type: what writes it, or null if it is none. `size` is the length that a list has. */
type Cast = (value: unknown, size: number) => Write | null;

const isCode = (x: unknown): x is { code: number } =>
  x instanceof dtype || x instanceof layout || x instanceof memory_format || x instanceof qscheme;

const isNumber = (x: unknown) => isInt(x) || isFloat(x) || typeof x === "boolean" || typeof x === "bigint";

/** An int as it stands in a list: a tensor of one int stands for one. */
function integer(x: unknown): number | bigint | null {
  if (isInt(x)) return typeof x === "bigint" ? x : Number(x);
  if (typeof x === "boolean") return Number(x);
  if (x instanceof TensorBase) {
    const tensor = x as Tensor;
    const isExact = !tensor.is_floating_point() && !tensor.is_complex();
    return isExact && tensor.numel() === 1 ? Number(tensor.item()) : null;
  }
  return null;
}

/** A list of elements that are all of a type; a single one stands for a list of `size`, where that is given. */
const list =
  <T>(element: (x: unknown) => T | null, write: (values: T[]) => void): Cast =>
  (value, size) => {
    const items =
      Array.isArray(value) || ArrayBuffer.isView(value)
        ? Array.from(value as ArrayLike<unknown>)
        : size > 0
          ? new Array(size).fill(value)
          : null;
    if (items === null) return null;
    const values = items.map(element);
    return values.includes(null) ? null : () => write(values as T[]);
  };

const number = (x: unknown) => (isNumber(x) || x instanceof Complex ? x : null);

const casts: Record<string, Cast> = {
  Tensor: (x) => (x === null ? writeNone : x instanceof TensorBase ? () => writeTensor(x) : null),
  Scalar: (x) => (number(x) === null ? null : () => writeNumber(x)),
  int: (x) => {
    if (isCode(x)) return () => writeCode(x);
    const value = integer(x);
    return value === null ? null : () => writeNumber(value);
  },
  float: (x) => (isNumber(x) ? () => writeNumber(x) : null),
  complex: (x) => (number(x) === null ? null : () => writeNumber(x)),
  bool: (x) => (isNumber(x) ? () => writeNumber(Boolean(Number(x))) : null),
  str: (x) => (typeof x === "string" ? () => writeString(x) : null),
  Device: (x) => (x instanceof device || typeof x === "string" ? () => writeDevice(x) : null),
  Generator: (x) => (x instanceof Generator ? () => writeGenerator(x) : null),
  "Tensor[]": list((x) => (x instanceof TensorBase ? x : null), writeTensors),
  "Tensor?[]": list((x) => (x instanceof TensorBase || x === null ? (x ?? undefined) : null), writeTensors),
  "int[]": list(integer, writeIntegers),
  "float[]": list((x) => (isNumber(x) ? Number(x) : null), writeFloats),
  "bool[]": list((x) => (typeof x === "boolean" ? x : null), writeBooleans),
  "Scalar[]": list(number, writeScalars),
};

// Where a number may stand for a tensor: should_allow_numbers_as_tensors().
const takesNumbers =
  /^(add|div|divide|mul|multiply|sub|subtract|true_divide|floor_divide)(_|_out)?$|^(to|_to_copy|copy_|copy|_conj)$/;

const names: Record<string, string> = {
  SymInt: "int",
  SymBool: "bool",
  ScalarType: "int",
  Layout: "int",
  MemoryFormat: "int",
  QScheme: "int",
  number: "Scalar",
};

/** What writes a value as one of a schema's type, such as "SymInt[]?"; null if it is none. */
export function cast(operator: string, type: string, size: number, value: unknown): Write | null {
  const isOptional = type.endsWith("?");
  if (isOptional && value === null) return writeNone;
  const bare = (isOptional ? type.slice(0, -1) : type)
    .replace(/\[\d+\]/, "[]")
    .replace(/^\w+/, (word) => names[word] ?? word);
  if (bare === "Tensor" && takesNumbers.test(operator) && (isNumber(value) || value instanceof Complex)) {
    return () => writeTensorOrNumber(value);
  }
  return casts[bare]?.(value, size) ?? null;
}

/** What C++ says of a value that is not of the type. */
export function castError(type: string, text: string, typeText: string): string {
  const bare = type.replace(/\?$/, "");
  if (bare === "Tensor") return `Unable to cast ${text} to Tensor`;
  if (bare === "Scalar" || bare === "number") return `Cannot cast ${text} to number`;
  if (/^[a-z]\d?(\[\])?$/.test(bare)) return "toIValue() cannot handle converting to type: t";
  return `Unable to cast Python instance of type <class '${typeText}'> to C++ type '?' (#define PYBIND11_DETAILED_ERROR_MESSAGES or compile in debug mode for details)`;
}
