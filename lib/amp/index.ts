// torch/amp/__init__.py: automatic mixed precision.

export type { Autocast, AutocastOptions } from "./autocast_mode.js";
export * as autocast_mode from "./autocast_mode.js";
export { autocast, custom_bwd, custom_fwd, is_autocast_available } from "./autocast_mode.js";
export type { GradScalerState } from "./grad_scaler.js";
export * as grad_scaler from "./grad_scaler.js";
export { GradScaler } from "./grad_scaler.js";
