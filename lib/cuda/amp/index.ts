// torch/cuda/amp/__init__.py

export { autocast, custom_bwd, custom_fwd } from "./autocast_mode.js";
export { amp_definitely_not_available } from "./common.js";
export { GradScaler } from "./grad_scaler.js";
