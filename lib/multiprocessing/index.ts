// torch.multiprocessing: torch/multiprocessing/__init__.py, for worker threads

export { from_module } from "./from_module.js";
export { Pool } from "./pool.js";
export * as reductions from "./reductions.js";
export { ForkingPickler, type Message } from "./reductions.js";
