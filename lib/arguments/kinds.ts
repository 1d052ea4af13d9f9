// The kind of a value, as far as PyTorch's argument parser tells kinds apart, in one small number.

import { device } from "../device.js";
import { dtype } from "../dtype.js";
import { layout, memory_format, qscheme } from "../layout.js";
import { Complex } from "../python/complex.js";
import { isFloat, isInt } from "../python/float.js";
import { Slice } from "../python/slice.js";
import { Generator } from "../random.js";
import { Size } from "../size.js";
import { TensorBase } from "../tensor_base.js";

export const ABSENT = 0;
export const NONE = 1;
export const INT = 2;
export const FLOAT = 3;
export const BOOL = 4;
export const COMPLEX = 5;
export const STRING = 6;
export const TENSOR = 7;
export const DTYPE = 8;
export const DEVICE = 9;
export const LAYOUT = 10;
export const MEMORY_FORMAT = 11;
export const QSCHEME = 12;
export const GENERATOR = 13;
export const EMPTY_LIST = 14;
/** A list whose first element is of the kind: LIST + kind. */
export const LIST = 16;
export const OBJECT = 48;
/** Keyword arguments, or a dict. */
export const PLAIN_OBJECT = 49;

/** More than the number of kinds. */
export const KINDS = 64;

export function kindOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return isInt(value) ? INT : FLOAT;
    case "boolean":
      return BOOL;
    case "string":
      return STRING;
    case "bigint":
      return INT;
    case "undefined":
      return ABSENT;
    case "object":
      return value === null ? NONE : kindOfObject(value);
    default:
      return OBJECT;
  }
}

function kindOfObject(value: object): number {
  if (value instanceof TensorBase) return TENSOR;
  if (Array.isArray(value)) return value.length === 0 ? EMPTY_LIST : kindOfList(value[0]);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return PLAIN_OBJECT;
  if (dtype.is(value)) return DTYPE;
  if (value instanceof Generator) return GENERATOR;
  if (value instanceof device) return DEVICE;
  if (isFloat(value)) return FLOAT;
  if (value instanceof Complex) return COMPLEX;
  if (layout.is(value)) return LAYOUT;
  if (memory_format.is(value)) return MEMORY_FORMAT;
  if (qscheme.is(value)) return QSCHEME;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as ArrayLike<number>;
    return list.length === 0 ? EMPTY_LIST : kindOfList(list[0]);
  }
  return OBJECT;
}

function kindOfList(first: unknown): number {
  // Not by kindOf(), which would go down through a list of lists, and for ever through one that holds itself.
  const kind = Array.isArray(first) ? (first.length === 0 ? EMPTY_LIST : LIST) : kindOf(first);
  return LIST + (kind < LIST ? kind : LIST - 1);
}

/** The name of a value's type in Python, as its error messages give it. */
export function typeName(value: unknown): string {
  const kind = kindOf(value);
  switch (kind) {
    case ABSENT:
    case NONE:
      return "NoneType";
    case INT:
      return "int";
    case FLOAT:
      return "float";
    case BOOL:
      return "bool";
    case COMPLEX:
      return "complex";
    case STRING:
      return "str";
    case DTYPE:
      return "torch.dtype";
    case DEVICE:
      return "torch.device";
    case LAYOUT:
      return "torch.layout";
    case MEMORY_FORMAT:
      return "torch.memory_format";
    case QSCHEME:
      return "torch.qscheme";
    case GENERATOR:
      return "torch._C.Generator";
    case PLAIN_OBJECT:
      return "dict";
  }
  if (value instanceof Slice) return "slice";
  if (value instanceof Size) return "torch.Size";
  if (kind >= EMPTY_LIST && kind < OBJECT) return "list";
  if (typeof value === "function")
    return /^class\b/.test(Function.prototype.toString.call(value)) ? "type" : "function";
  return (value as object).constructor?.name ?? "object";
}
