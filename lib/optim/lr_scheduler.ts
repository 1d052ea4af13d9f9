// torch.optim.lr_scheduler: torch/optim/lr_scheduler.py

export { LRScheduler, LRScheduler as _LRScheduler } from "./lr_scheduler/base.js";
export { ChainedScheduler, SequentialLR } from "./lr_scheduler/composed.js";
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from "./lr_scheduler/cosine.js";
export { CyclicLR, OneCycleLR } from "./lr_scheduler/cyclic.js";
export {
  ConstantLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  PolynomialLR,
  StepLR,
} from "./lr_scheduler/factors.js";
export { ReduceLROnPlateau } from "./lr_scheduler/plateau.js";
