// torch/cuda/amp/autocast_mode.py: deprecated names.

import * as amp from "../../amp/autocast_mode.js";
import { def } from "../../arguments/function.js";
import { mode } from "../../arguments/mode.js";
import type { DeviceAutocast } from "../../cpu/amp/autocast_mode.js";
import { type dtype, float16 } from "../../dtype.js";
import { warn } from "../../warnings.js";

const deprecated = (name: string, args: string, instead: string) =>
  warn(
    `\`torch.cuda.amp.${name}(${args})\` is deprecated. Please use \`torch.amp.${instead}\` instead.`,
    "FutureWarning",
  );

/** Deprecated: write torch.amp.autocast("cuda", ...). */
export const autocast: DeviceAutocast = mode(
  "cuda.amp.autocast",
  ["enabled", "dtype", "cache_enabled"],
  (enabled = true, dtype: dtype = float16, cache_enabled = true) => {
    deprecated("autocast", "args...", "autocast('cuda', args...)");
    return amp.enterAutocast("cuda", dtype, enabled, cache_enabled);
  },
);

// biome-ignore lint/suspicious/noExplicitAny: what forward and backward take is the user's
type Wrapped = (ctx: any, ...args: any[]) => any;

/** Deprecated: write torch.amp.custom_fwd(fwd, { device_type: "cuda" }). */
export const custom_fwd = def(
  "custom_fwd",
  ["fwd", "*", "cast_inputs"],
  <F extends Wrapped>(fwd: F, cast_inputs: dtype | null = null): F => {
    deprecated("custom_fwd", "args...", "custom_fwd(args..., device_type='cuda')");
    return amp.custom_fwd(fwd, { device_type: "cuda", cast_inputs }) as F;
  },
);

/** Deprecated: write torch.amp.custom_bwd(bwd, { device_type: "cuda" }). */
export function custom_bwd<F extends Wrapped>(bwd: F): F {
  deprecated("custom_bwd", "args...", "custom_bwd(args..., device_type='cuda')");
  return amp.custom_bwd(bwd, { device_type: "cuda" }) as F;
}
