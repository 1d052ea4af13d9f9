// torch/cpu/amp/grad_scaler.py: a deprecated name.

import { GradScaler as Base } from "../../amp/grad_scaler.js";
import { keywordClass } from "../../arguments/class.js";
import { warn } from "../../warnings.js";

class CpuGradScaler extends Base {
  constructor(
    init_scale = 2.0 ** 16,
    growth_factor = 2.0,
    backoff_factor = 0.5,
    growth_interval = 2000,
    enabled = true,
  ) {
    warn(
      "`torch.cpu.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cpu', args...)` instead.",
      "FutureWarning",
    );
    super("cpu", init_scale, growth_factor, backoff_factor, growth_interval, enabled);
  }
}

/** Deprecated: write torch.amp.GradScaler("cpu", ...). */
export const GradScaler = keywordClass<CpuGradScaler>("GradScaler")(CpuGradScaler, [
  "init_scale",
  "growth_factor",
  "backoff_factor",
  "growth_interval",
  "enabled",
]);
export type GradScaler = CpuGradScaler;
