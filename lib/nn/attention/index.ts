// torch/nn/attention/__init__.py

import { mode } from "../../arguments/mode.js";
import { native } from "../../binding.js";
import { AssertionError } from "../../errors.js";
import type { Entered } from "../../modes.js";
import { typeName } from "../../python/objects.js";

export * as bias from "./bias.js";

/**
 * The kernels of scaled_dot_product_attention().
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.SDPBackend.html}
 */
export enum SDPBackend {
  ERROR = -1,
  MATH = 0,
  FLASH_ATTENTION = 1,
  EFFICIENT_ATTENTION = 2,
  CUDNN_ATTENTION = 3,
  OVERRIDEABLE = 4,
}

const settings = new Map([
  [SDPBackend.CUDNN_ATTENTION, "sdp_cudnn"],
  [SDPBackend.FLASH_ATTENTION, "sdp_flash"],
  [SDPBackend.EFFICIENT_ATTENTION, "sdp_mem_efficient"],
  [SDPBackend.MATH, "sdp_math"],
  [SDPBackend.OVERRIDEABLE, "sdp_overrideable"],
]);

type Backends = SDPBackend | readonly SDPBackend[];

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
 * Throws AssertionError for what is no backend and no list of backends.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.sdpa_kernel.html}
 */
export const sdpa_kernel: SdpaKernel = mode(
  "nn.attention.sdpa_kernel",
  ["backends", "set_priority"],
  (backends: Backends, set_priority = false) => {
    const chosen = [...new Set(Array.isArray(backends) ? backends : [backends as SDPBackend])];
    if (chosen.some((backend) => SDPBackend[backend] === undefined)) {
      throw new AssertionError(
        `Backend must be an instance of SDPBackend or a list of SDPBackend instances, got ${typeName(backends)}`,
      );
    }
    return () => {
      const before = [...settings.values()].map((setting) => [setting, native.getSetting(setting)] as const);
      const order = native.getSetting("sdp_priority_order") as SDPBackend[];
      for (const [backend, setting] of settings) native.setSetting(setting, chosen.includes(backend));
      if (set_priority) {
        const others = order.filter((backend) => !chosen.includes(backend));
        native.setSetting("sdp_priority_order", [...chosen, ...others]);
      }
      return () => {
        for (const [setting, value] of before) native.setSetting(setting, value);
        if (set_priority) native.setSetting("sdp_priority_order", order);
      };
    };
  },
);
