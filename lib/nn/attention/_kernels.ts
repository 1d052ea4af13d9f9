// Which kernels scaled_dot_product_attention() may use: what torch/nn/attention/__init__.py and torch/backends/cuda share

import { native } from "../../binding.js";
import { AssertionError } from "../../errors.js";
import type { Enter } from "../../modes.js";
import { typeName } from "../../python/objects.js";

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

export type Backends = SDPBackend | readonly SDPBackend[];

/** How a mode is entered that lets it use these kernels alone. */
export function enterKernels(backends: Backends, set_priority = false): Enter {
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
}
