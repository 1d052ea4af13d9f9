// torch/cuda/amp/autocast_mode.py: deprecated names.

import * as amp from "../../amp/autocast_mode.js";
import { def, generic } from "../../arguments/function.js";
import { mode } from "../../arguments/mode.js";
import type { DeviceAutocast } from "../../cpu/amp/autocast_mode.js";
import { type dtype, float16 } from "../../dtype.js";
import type { Keywords } from "../../types.js";
import { warn } from "../../warnings.js";

const deprecated = (name: string, args: string, instead: string) =>
  warn(
    `\`torch.cuda.amp.${name}(${args})\` is deprecated. Please use \`torch.amp.${instead}\` instead.`,
    "FutureWarning",
  );

/**
 * Deprecated: write torch.amp.autocast("cuda", ...).
 *
 * `autocast(enabled=True, dtype=torch.float16, cache_enabled=True)`
 */
export const autocast: DeviceAutocast = mode(
  "cuda.amp.autocast",
  ["enabled", "dtype", "cache_enabled"],
  (enabled = true, dtype: dtype = float16, cache_enabled = true) => {
    deprecated("autocast", "args...", "autocast('cuda', args...)");
    return amp.enterAutocast("cuda", dtype, enabled, cache_enabled);
  },
  { called: "autocast.__new__" },
);

// biome-ignore lint/suspicious/noExplicitAny: what forward and backward take is the user's
type Wrapped = (ctx: any, ...args: any[]) => any;

/**
 * Deprecated: write torch.amp.custom_fwd(fwd, { device_type: "cuda" }).
 *
 * `custom_fwd(fwd=None, *, cast_inputs=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.cuda.amp.custom_fwd}
 */
export const custom_fwd = def(
  "custom_fwd",
  ["fwd", "*", "cast_inputs"],
  (fwd: Wrapped | null = null, cast_inputs: dtype | null = null): unknown => {
    deprecated("custom_fwd", "args...", "custom_fwd(args..., device_type='cuda')");
    const wrap = (fn: Wrapped) => amp.custom_fwd(fn, { device_type: "cuda", cast_inputs });
    return fwd === null ? wrap : wrap(fwd);
  },
) as {
  <F extends Wrapped>(fwd: F, keywords?: Keywords<{ cast_inputs?: dtype | null }>): F;
  (keywords?: Keywords<{ fwd?: null; cast_inputs?: dtype | null }>): <F extends Wrapped>(fwd: F) => F;
};

/**
 * Deprecated: write torch.amp.custom_bwd(bwd, { device_type: "cuda" }).
 *
 * `custom_bwd(bwd)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/amp.html#torch.cuda.amp.custom_bwd}
 */
export const custom_bwd = generic("custom_bwd", ["bwd"], <F extends Wrapped>(bwd: F): F => {
  deprecated("custom_bwd", "args...", "custom_bwd(args..., device_type='cuda')");
  return amp.custom_bwd(bwd, { device_type: "cuda" }) as F;
});
