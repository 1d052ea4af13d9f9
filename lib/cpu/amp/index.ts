// torch/cpu/amp/__init__.py

export { autocast } from "./autocast_mode.js";
export { GradScaler } from "./grad_scaler.js";
