// torch.optim.functional: torch/optim/functional.py

export { adafactor } from "./_adafactor.js";
export { sparse_adam } from "./_functional.js";
export { muon } from "./_muon.js";
export { adadelta } from "./adadelta.js";
export { adagrad } from "./adagrad.js";
export { adam } from "./adam.js";
export { adamax } from "./adamax.js";
export { adamw } from "./adamw.js";
export { asgd } from "./asgd.js";
export { nadam } from "./nadam.js";
export { radam } from "./radam.js";
export { rmsprop } from "./rmsprop.js";
export { rprop } from "./rprop.js";
export { sgd } from "./sgd.js";
