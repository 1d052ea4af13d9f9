// torch.optim: torch/optim/__init__.py

export { Adafactor } from "./_adafactor.js";
export { Muon } from "./_muon.js";
export { swap_in_optimizer_params_and_state } from "./_stateless.js";
export { Adadelta } from "./adadelta.js";
export { Adagrad } from "./adagrad.js";
export { Adam } from "./adam.js";
export { Adamax } from "./adamax.js";
export { AdamW } from "./adamw.js";
export { ASGD } from "./asgd.js";
export * as functional from "./functional.js";
export { LBFGS } from "./lbfgs.js";
export * as lr_scheduler from "./lr_scheduler.js";
export { NAdam } from "./nadam.js";
export { Optimizer } from "./optimizer.js";
export { RAdam } from "./radam.js";
export { RMSprop } from "./rmsprop.js";
export { Rprop } from "./rprop.js";
export { SGD } from "./sgd.js";
export { SparseAdam } from "./sparse_adam.js";
export * as swa_utils from "./swa_utils.js";
