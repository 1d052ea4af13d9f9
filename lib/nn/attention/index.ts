// torch/nn/attention/__init__.py

import { native } from "../../binding.js";
import { AssertionError } from "../../errors.js";
import { type Entered, withMode } from "../../modes.js";
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

/**
 * Lets scaled_dot_product_attention() use these kernels alone, while a function runs or until the end of a `using` block.
 *
 * Throws AssertionError for what is no backend and no list of backends.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.attention.sdpa_kernel.html}
 */
export function sdpa_kernel<T>(backends: SDPBackend | readonly SDPBackend[], body: () => T): T;
export function sdpa_kernel(backends: SDPBackend | readonly SDPBackend[]): Entered;
export function sdpa_kernel<T>(backends: SDPBackend | readonly SDPBackend[], body?: () => T): T | Entered {
  const chosen: readonly unknown[] = Array.isArray(backends) ? backends : [backends];
  if (chosen.some((backend) => SDPBackend[backend as SDPBackend] === undefined)) {
    throw new AssertionError(
      `Backend must be an instance of SDPBackend or a list of SDPBackend instances, got ${typeName(backends)}`,
    );
  }
  const enter = () => {
    const before = [...settings.values()].map((setting) => [setting, native.getSetting(setting)] as const);
    for (const [backend, setting] of settings) native.setSetting(setting, chosen.includes(backend));
    return () => {
      for (const [setting, value] of before) native.setSetting(setting, value);
    };
  };
  return withMode("nn.attention.sdpa_kernel", enter, body);
}
