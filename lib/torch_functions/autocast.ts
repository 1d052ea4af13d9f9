// The old functions of autocast: torch/csrc/autograd/init.cpp

import {
  get_autocast_dtype,
  is_autocast_enabled,
  set_autocast_dtype,
  set_autocast_enabled,
} from "../amp/autocast_mode.js";
import { builtin } from "../arguments/function.js";
import { dtype } from "../dtype.js";
import { typeName } from "../python/objects.js";
import { warn } from "../warnings.js";

function deprecated(old: string, use: string): void {
  warn(`torch.${old} is deprecated. Please use torch.${use} instead.`, "DeprecationWarning");
}

function checkDtype(value: unknown): void {
  if (typeof value === "object" && value !== null && dtype.is(value)) return;
  throw new TypeError(`dtype must be a torch.dtype (got ${typeName(value)})`);
}

/**
 * The dtype that autocast uses on the CPU: an old name of `get_autocast_dtype("cpu")`.
 *
 * `get_autocast_cpu_dtype() -> dtype`
 */
export const get_autocast_cpu_dtype = builtin("torch.get_autocast_cpu_dtype", (): dtype => {
  deprecated("get_autocast_cpu_dtype()", "get_autocast_dtype('cpu')");
  return get_autocast_dtype("cpu");
});

/**
 * The dtype that autocast uses on CUDA: an old name of `get_autocast_dtype("cuda")`.
 *
 * `get_autocast_gpu_dtype() -> dtype`
 */
export const get_autocast_gpu_dtype = builtin("torch.get_autocast_gpu_dtype", (): dtype => {
  deprecated("get_autocast_gpu_dtype()", "get_autocast_dtype('cuda')");
  return get_autocast_dtype("cuda");
});

/**
 * Sets the dtype that autocast uses on the CPU: an old name of `set_autocast_dtype("cpu", dtype)`.
 *
 * `set_autocast_cpu_dtype(dtype) -> None`
 */
export const set_autocast_cpu_dtype = builtin("torch.set_autocast_cpu_dtype", (dtype: dtype): void => {
  checkDtype(dtype);
  deprecated("set_autocast_cpu_dtype(dtype)", "set_autocast_dtype('cpu', dtype)");
  set_autocast_dtype("cpu", dtype);
});

/**
 * Sets the dtype that autocast uses on CUDA: an old name of `set_autocast_dtype("cuda", dtype)`.
 *
 * `set_autocast_gpu_dtype(dtype) -> None`
 */
export const set_autocast_gpu_dtype = builtin("torch.set_autocast_gpu_dtype", (dtype: dtype): void => {
  checkDtype(dtype);
  deprecated("set_autocast_gpu_dtype(dtype)", "set_autocast_dtype('cuda', dtype)");
  set_autocast_dtype("cuda", dtype);
});

/**
 * Whether operators on the CPU choose their own dtype: an old name of `is_autocast_enabled("cpu")`.
 *
 * `is_autocast_cpu_enabled() -> bool`
 */
export const is_autocast_cpu_enabled = builtin("torch.is_autocast_cpu_enabled", (): boolean => {
  deprecated("is_autocast_cpu_enabled()", "is_autocast_enabled('cpu')");
  return is_autocast_enabled("cpu");
});

/**
 * Sets whether operators on the CPU choose their own dtype: an old name of `set_autocast_enabled("cpu", enabled)`.
 *
 * `set_autocast_cpu_enabled(enabled) -> None`
 */
export const set_autocast_cpu_enabled = builtin("torch.set_autocast_cpu_enabled", (enabled: boolean): void => {
  if (typeof enabled !== "boolean") throw new TypeError(`enabled must be a bool (got ${typeName(enabled)})`);
  deprecated("set_autocast_cpu_enabled(enabled)", "set_autocast_enabled('cpu', enabled)");
  set_autocast_enabled("cpu", enabled);
});
