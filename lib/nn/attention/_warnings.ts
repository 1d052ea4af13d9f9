// WARN_FOR_UNFUSED_KERNELS of torch/nn/attention/__init__.py

import { def } from "../../arguments/function.js";
import {
  can_use_efficient_attention,
  can_use_flash_attention,
  type SDPAParams,
} from "../../backends/cuda/_attention.js";
import { warn } from "../../warnings.js";

export let WARN_FOR_UNFUSED_KERNELS = false;

/** What `torch.nn.attention.WARN_FOR_UNFUSED_KERNELS = enabled` does in Python. */
export const set_warn_for_unfused_kernels = def(
  "set_warn_for_unfused_kernels",
  ["enabled"],
  (enabled: boolean): void => {
    WARN_FOR_UNFUSED_KERNELS = enabled;
  },
);

/** @internal Warns of the reasons why fused kernels do not take these arguments, where that is asked for. */
export function _raise_kernel_warnings(makeParams: () => SDPAParams): void {
  if (!WARN_FOR_UNFUSED_KERNELS) return;
  const params = makeParams();
  if (!can_use_efficient_attention(params)) {
    warn("Efficient attention can't be used because:");
    can_use_efficient_attention(params, true);
  }
  if (!can_use_flash_attention(params)) {
    warn("Flash attention can't be used because:");
    can_use_flash_attention(params, true);
  }
}
