// torch/cuda/amp/grad_scaler.py: a deprecated name.

import { GradScaler as Base } from "../../amp/grad_scaler.js";
import { keywordClass } from "../../arguments/class.js";
import { warn } from "../../warnings.js";

class CudaGradScaler extends Base {
  constructor(
    init_scale = 2.0 ** 16,
    growth_factor = 2.0,
    backoff_factor = 0.5,
    growth_interval = 2000,
    enabled = true,
  ) {
    warn(
      "`torch.cuda.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cuda', args...)` instead.",
      "FutureWarning",
    );
    super("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled);
  }
}

/** Deprecated: write torch.amp.GradScaler("cuda", ...). */
export const GradScaler = keywordClass<CudaGradScaler>("GradScaler")(CudaGradScaler, [
  "init_scale",
  "growth_factor",
  "backoff_factor",
  "growth_interval",
  "enabled",
]);
export type GradScaler = CudaGradScaler;
