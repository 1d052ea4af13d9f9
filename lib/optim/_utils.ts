// What the optimizers share: torch/optim/optimizer.py and torch/utils/_foreach_utils.py.

import { Tensor } from "../_tensor.js";
import type { device } from "../device.js";
import { float32, float64, type dtype } from "../dtype.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { floatRepr } from "../python/format.js";
import { repr } from "../python/repr.js";
import { collectTensors } from "../tensor_base.js";
import { get_default_dtype, tensor } from "../tensor_new.js";
import { _get_value, type Num } from "./_scalar.js";

/** Makes what an optimizer keeps: torch.tidy() around a step must not free it. */
export function _kept<T>(make: () => T): T {
  const scope = collectTensors(null);
  try {
    return make();
  } finally {
    collectTensors(scope);
  }
}

/** Zeros of a parameter's shape, to be kept. */
export function _zeros_like(param: Tensor): Tensor {
  return _kept(() => torch.zeros_like(param, { memory_format: torch.preserve_format }));
}

/** A number as a tensor of no dimensions, to be kept: on the CPU unless a device is given. */
export function _scalar_tensor(value: Num, dtype: dtype = _get_scalar_dtype(), place: device | string = "cpu"): Tensor {
  return _kept(() => tensor(_get_value(value), { dtype, device: place }));
}
