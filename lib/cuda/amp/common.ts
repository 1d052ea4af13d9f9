// torch/cuda/amp/common.py

import { def } from "../../arguments/function.js";
import { is_available } from "../../cuda/_device.js";

/**
 * Whether there is no CUDA device.
 *
 * `amp_definitely_not_available()`
 */
export const amp_definitely_not_available = def("amp_definitely_not_available", [], (): boolean => {
  return !is_available();
});
