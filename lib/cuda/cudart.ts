// The functions of CUDA's runtime that torch.cuda.cudart() has, and their errors: torch/csrc/cuda/shared/cudart.cpp

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { AttributeError, RuntimeError } from "../errors.js";
import { deviceIndex, isCompiled, lazyInit } from "./_utils.js";

type Address = number | bigint;

/** What torch.cuda.cudart() returns; its functions return a status, 0 for success. */
export interface Cudart {
  readonly cudaError: { readonly success: 0 };
  cudaGetErrorString(error: number): string;
  cudaProfilerStart(): number;
  cudaProfilerStop(): number;
  cudaHostRegister(ptr: Address, size: number, flags: number): number;
  cudaHostUnregister(ptr: Address): number;
  cudaStreamCreate(ptr: Address): number;
  cudaStreamDestroy(ptr: Address): number;
  cudaMemGetInfo(device: number): [free: number, total: number];
}

const module: Cudart = {
  cudaError: { success: 0 },
  cudaGetErrorString: (error) => native.cudaErrorString(error),
  cudaProfilerStart: () => native.cudaRuntime("cudaProfilerStart"),
  cudaProfilerStop: () => native.cudaRuntime("cudaProfilerStop"),
  cudaHostRegister: (ptr, size, flags) => native.cudaRuntime("cudaHostRegister", ptr, size, flags),
  cudaHostUnregister: (ptr) => native.cudaRuntime("cudaHostUnregister", ptr),
  cudaStreamCreate: (ptr) => native.cudaRuntime("cudaStreamCreate", ptr),
  cudaStreamDestroy: (ptr) => native.cudaRuntime("cudaStreamDestroy", ptr),
  cudaMemGetInfo: (device) => native.memoryInfo(deviceIndex(device)),
};

/**
 * Functions of CUDA's runtime; begins CUDA.
 *
 * `cudart()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.cudart.html}
 */
export const cudart = def("cudart", [], (): Cudart => {
  lazyInit();
  return module;
});

/**
 * Some values of cudaError_t.
 *
 * `cudaStatus()`
 */
export const cudaStatus = { SUCCESS: 0, ERROR_NOT_READY: 34 } as const;

const required = (name: string): void => {
  if (!isCompiled()) throw new AttributeError(`'NoneType' object has no attribute '${name}'`);
};

/** An error of CUDA's runtime, by its number. */
export class CudaError extends RuntimeError {
  constructor(code: number) {
    required("cudaGetErrorString");
    super(`${module.cudaGetErrorString(code)} (${code})`);
  }
}

/**
 * Throws CudaError for a status that is not success.
 *
 * `check_error(res) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.check_error.html}
 */
export const check_error = def("check_error", ["res"], (res: number): void => {
  required("cudaError");
  if (res !== module.cudaError.success) throw new CudaError(res);
});
