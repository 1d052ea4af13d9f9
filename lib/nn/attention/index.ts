// torch/nn/attention/__init__.py

import { mode } from "../../arguments/mode.js";
import type { Entered } from "../../modes.js";
import { type Backends, enterKernels, SDPBackend } from "./_kernels.js";

/**
 * Whether the masks of nn.attention.bias warn, with the reasons, where the kernels that save memory do not take the
 * arguments; a module's names cannot be assigned to, so set_warn_for_unfused_kernels() sets it.
 */
export { set_warn_for_unfused_kernels, WARN_FOR_UNFUSED_KERNELS } from "./_warnings.js";
export * as bias from "./bias.js";
export { SDPBackend };

/** The type of sdpa_kernel(). */
export interface SdpaKernel {
  <T>(backends: Backends, body: () => T): T;
  <T>(backends: Backends, set_priority: boolean | { set_priority?: boolean }, body: () => T): T;
  (backends: Backends, set_priority?: boolean | { set_priority?: boolean }): Entered;
}

/**
 * Lets scaled_dot_product_attention() use these kernels alone, while a function runs or until the end of a `using` block;
 * with `set_priority` the first of them that can.
 *
 * `sdpa_kernel(backends, set_priority=False)`
 *
 * Throws AssertionError for what is no backend and no list of backends.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.sdpa_kernel.html}
 */
export const sdpa_kernel: SdpaKernel = mode("nn.attention.sdpa_kernel", ["backends", "set_priority"], enterKernels);
