// The old classes of tensors and storages on CUDA devices: the end of torch/cuda/__init__.py

import { inspect } from "node:util";
import type { Tensor } from "../_tensor.js";
import * as dtypes from "../dtype.js";
import { RuntimeError } from "../errors.js";
import { _warn_typed_storage_removal, type LegacyStorage, TypedStorage } from "../storage.js";
import { TensorBase } from "../tensor_base.js";
import { legacyTensor } from "../tensor_new.js";
import type { dtype } from "../types.js";
import { lazyInit } from "./_utils.js";

/** An old class of tensors on CUDA devices: it makes them, and `instanceof` tests for them. */
export interface CudaTensorType {
  new (...args: unknown[]): Tensor;
  (...args: unknown[]): Tensor;
  readonly dtype: dtype;
  readonly is_cuda: true;
  readonly is_sparse: boolean;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** @internal The class of tensors of a dtype on CUDA devices, dense or sparse. */
export function cudaTensorType(name: string, type: dtype, isSparse = false): CudaTensorType {
  const full = `torch.cuda.${isSparse ? "sparse." : ""}${name}`;
  const named = {
    [name]: (...args: unknown[]) => {
      lazyInit();
      const made = legacyTensor(args, type).to({ device: "cuda" });
      return isSparse ? made.to_sparse() : made;
    },
  };
  Object.defineProperties(named[name], {
    name: { value: full.slice("torch.".length) },
    dtype: { value: type },
    is_cuda: { value: true },
    is_sparse: { value: isSparse },
    [Symbol.hasInstance]: {
      value: (value: unknown) =>
        value instanceof TensorBase &&
        (value as Tensor).dtype === type &&
        (value as Tensor).is_cuda &&
        (value as Tensor).is_sparse === isSparse,
    },
    toString: { value: () => `<class '${full}'>` },
    [inspect.custom]: { value: () => `<class '${full}'>` },
  });
  return named[name] as unknown as CudaTensorType;
}

function cudaStorage(name: string, type: dtype): LegacyStorage {
  const named = {
    [name]: (...args: unknown[]) => {
      lazyInit();
      return new TypedStorage(...(args as [number]), { dtype: type, device: "cuda" });
    },
  };
  const text = `<class 'torch.cuda.${name}'>`;
  Object.defineProperties(named[name], {
    dtype: { value: type },
    is_cuda: { value: true },
    is_sparse: { value: false },
    from_buffer: {
      value: () => {
        _warn_typed_storage_removal();
        throw new RuntimeError("from_buffer: Not available for CUDA storage");
      },
    },
    [Symbol.hasInstance]: {
      value: (value: unknown) => value instanceof TypedStorage && value.dtype === type && value.is_cuda,
    },
    toString: { value: () => text },
    [inspect.custom]: { value: () => text },
  });
  return named[name] as unknown as LegacyStorage;
}

/** Tensors of float64 on CUDA devices. */
export const DoubleTensor = cudaTensorType("DoubleTensor", dtypes.float64);
/** Tensors of float32 on CUDA devices. */
export const FloatTensor = cudaTensorType("FloatTensor", dtypes.float32);
/** Tensors of float16 on CUDA devices. */
export const HalfTensor = cudaTensorType("HalfTensor", dtypes.float16);
/** Tensors of bfloat16 on CUDA devices. */
export const BFloat16Tensor = cudaTensorType("BFloat16Tensor", dtypes.bfloat16);
/** Tensors of int64 on CUDA devices. */
export const LongTensor = cudaTensorType("LongTensor", dtypes.int64);
/** Tensors of int32 on CUDA devices. */
export const IntTensor = cudaTensorType("IntTensor", dtypes.int32);
/** Tensors of int16 on CUDA devices. */
export const ShortTensor = cudaTensorType("ShortTensor", dtypes.int16);
/** Tensors of int8 on CUDA devices. */
export const CharTensor = cudaTensorType("CharTensor", dtypes.int8);
/** Tensors of uint8 on CUDA devices. */
export const ByteTensor = cudaTensorType("ByteTensor", dtypes.uint8);
/** Tensors of bool on CUDA devices. */
export const BoolTensor = cudaTensorType("BoolTensor", dtypes.bool);

/** Storages of float64 on CUDA devices. */
export const DoubleStorage = cudaStorage("DoubleStorage", dtypes.float64);
/** Storages of float32 on CUDA devices. */
export const FloatStorage = cudaStorage("FloatStorage", dtypes.float32);
/** Storages of float16 on CUDA devices. */
export const HalfStorage = cudaStorage("HalfStorage", dtypes.float16);
/** Storages of bfloat16 on CUDA devices. */
export const BFloat16Storage = cudaStorage("BFloat16Storage", dtypes.bfloat16);
/** Storages of int64 on CUDA devices. */
export const LongStorage = cudaStorage("LongStorage", dtypes.int64);
/** Storages of int32 on CUDA devices. */
export const IntStorage = cudaStorage("IntStorage", dtypes.int32);
/** Storages of int16 on CUDA devices. */
export const ShortStorage = cudaStorage("ShortStorage", dtypes.int16);
/** Storages of int8 on CUDA devices. */
export const CharStorage = cudaStorage("CharStorage", dtypes.int8);
/** Storages of uint8 on CUDA devices. */
export const ByteStorage = cudaStorage("ByteStorage", dtypes.uint8);
/** Storages of bool on CUDA devices. */
export const BoolStorage = cudaStorage("BoolStorage", dtypes.bool);
/** Storages of complex128 on CUDA devices. */
export const ComplexDoubleStorage = cudaStorage("ComplexDoubleStorage", dtypes.complex128);
/** Storages of complex64 on CUDA devices. */
export const ComplexFloatStorage = cudaStorage("ComplexFloatStorage", dtypes.complex64);
