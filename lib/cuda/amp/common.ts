// torch/cuda/amp/common.py

import { is_available } from "../../cuda/_device.js";

/** Whether there is no CUDA device. */
export function amp_definitely_not_available(): boolean {
  return !is_available();
}
