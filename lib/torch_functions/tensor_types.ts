// The old tensor types, a class for each dtype: torch/csrc/tensor/python_tensor.cpp

import { inspect } from "node:util";
import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import * as dtypes from "../dtype.js";
import { AttributeError } from "../errors.js";
import { strided } from "../layout.js";
import { warn } from "../nn/functional/warn.js";
import { Size } from "../size.js";
import { TensorBase } from "../tensor_base.js";
import { legacyTensor, set_default_dtype, type TensorData } from "../tensor_new.js";
import type { dtype } from "../types.js";

/** A class of the tensors of one dtype on the CPU: it makes them of sizes or of data, and `instanceof` tests for them. */
export interface TensorType {
  new (...size: number[]): Tensor;
  new (data: TensorData): Tensor;
  (...size: number[]): Tensor;
  (data: TensorData): Tensor;
  readonly name: string;
  readonly dtype: dtype;
  [Symbol.hasInstance](value: unknown): boolean;
}

const types = new Map<string, TensorType>();

/** @internal Whether an object is one of these classes. */
export function isTensorType(obj: unknown): obj is TensorType {
  return [...types.values()].includes(obj as TensorType);
}

function tensorType(name: string, type: dtype): TensorType {
  const named = {
    [name]: function (this: unknown, ...args: unknown[]) {
      return legacyTensor(args.length === 1 && args[0] instanceof Size ? [...args[0]] : args, type);
    },
  };
  const made = named[name] as unknown as TensorType;
  const isInstance = (value: unknown) => {
    if (!(value instanceof TensorBase)) return false;
    const given = value as Tensor;
    return given.dtype === type && given.is_cpu && given.layout === strided;
  };
  Object.defineProperties(made, {
    dtype: { value: type },
    [Symbol.hasInstance]: { value: isInstance },
    [inspect.custom]: { value: () => `<class 'torch.${name}'>` },
    toString: { value: () => `<class 'torch.${name}'>` },
    __repr__: { value: () => `<class 'torch.${name}'>` },
  });
  types.set(`torch.${name}`, made);
  return made;
}

/** Tensors of float32 on the CPU. */
export const FloatTensor = tensorType("FloatTensor", dtypes.float32);
export type FloatTensor = Tensor;
/** Tensors of float64 on the CPU. */
export const DoubleTensor = tensorType("DoubleTensor", dtypes.float64);
export type DoubleTensor = Tensor;
/** Tensors of float16 on the CPU. */
export const HalfTensor = tensorType("HalfTensor", dtypes.float16);
export type HalfTensor = Tensor;
/** Tensors of bfloat16 on the CPU. */
export const BFloat16Tensor = tensorType("BFloat16Tensor", dtypes.bfloat16);
export type BFloat16Tensor = Tensor;
/** Tensors of uint8 on the CPU. */
export const ByteTensor = tensorType("ByteTensor", dtypes.uint8);
export type ByteTensor = Tensor;
/** Tensors of int8 on the CPU. */
export const CharTensor = tensorType("CharTensor", dtypes.int8);
export type CharTensor = Tensor;
/** Tensors of int16 on the CPU. */
export const ShortTensor = tensorType("ShortTensor", dtypes.int16);
export type ShortTensor = Tensor;
/** Tensors of int32 on the CPU. */
export const IntTensor = tensorType("IntTensor", dtypes.int32);
export type IntTensor = Tensor;
/** Tensors of int64 on the CPU. */
export const LongTensor = tensorType("LongTensor", dtypes.int64);
export type LongTensor = Tensor;
/** Tensors of bool on the CPU. */
export const BoolTensor = tensorType("BoolTensor", dtypes.bool);
export type BoolTensor = Tensor;

/**
 * Sets the default dtype to that of a type such as `torch.DoubleTensor`, or of its name "torch.DoubleTensor".
 *
 * `set_default_tensor_type(t, /) -> None`
 *
 * Deprecated by PyTorch for set_default_dtype(). Throws TypeError for a type that is not floating point.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_default_tensor_type.html}
 */
export const set_default_tensor_type = def("set_default_tensor_type", ["t"], (t: TensorType | string): void => {
  const type = typeof t === "string" ? types.get(t) : t;
  if (type === undefined) {
    throw new AttributeError(`module 'torch' has no attribute '${String(t).replace(/^torch\./, "")}'`);
  }
  if (!isTensorType(type)) {
    throw new TypeError("invalid type object: only floating-point types are supported as the default type");
  }
  set_default_dtype(type.dtype);
  warn(
    "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and torch.set_default_device() as alternatives.",
  );
});
