// torch/nn/parallel/__init__.py

export * as comm from "./comm.js";
export { DataParallel, data_parallel } from "./data_parallel.js";
export { parallel_apply } from "./parallel_apply.js";
export { replicate } from "./replicate.js";
export { gather, scatter } from "./scatter_gather.js";
