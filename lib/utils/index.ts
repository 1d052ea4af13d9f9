// torch/utils/__init__.py

export * as _pytree from "./_pytree.js";
export { swap_tensors } from "./_swap_tensors.js";
export * as benchmark from "./benchmark/index.js";
export * as checkpoint from "./checkpoint.js";
export * as data from "./data/index.js";
export * as dlpack from "./dlpack.js";
export * as flop_counter from "./flop_counter.js";
export * as hooks from "./hooks.js";
export * as module_tracker from "./module_tracker.js";
export { summary } from "./summary.js";
export * as tensorboard from "./tensorboard/index.js";
