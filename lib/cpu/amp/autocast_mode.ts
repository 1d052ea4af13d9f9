// torch/cpu/amp/autocast_mode.py: deprecated names.

import { enterAutocast } from "../../amp/autocast_mode.js";
import { mode } from "../../arguments/mode.js";
import { bfloat16, type dtype } from "../../dtype.js";
import type { Entered } from "../../modes.js";
import { warn } from "../../warnings.js";

/** What the deprecated autocast() of a device takes by keyword. */
export interface DeviceAutocastOptions {
  enabled?: boolean;
  dtype?: dtype;
  cache_enabled?: boolean;
}

/** The type of the deprecated autocast() of a device. */
export interface DeviceAutocast {
  <T>(body: () => T): T;
  <T>(options: DeviceAutocastOptions | boolean, body: () => T): T;
  (enabled?: boolean | DeviceAutocastOptions, dtype?: dtype, cache_enabled?: boolean): Entered;
}

/**
 * Deprecated: write torch.amp.autocast("cpu", ...).
 *
 * `autocast(enabled=True, dtype=torch.bfloat16, cache_enabled=True)`
 */
export const autocast: DeviceAutocast = mode(
  "cpu.amp.autocast",
  ["enabled", "dtype", "cache_enabled"],
  (enabled = true, dtype: dtype = bfloat16, cache_enabled = true) => {
    warn(
      "`torch.cpu.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cpu', args...)` instead.",
      "FutureWarning",
    );
    return enterAutocast("cpu", dtype, enabled, cache_enabled);
  },
  { called: "autocast.__new__" },
);
