// torch/nn/parallel/__init__.py

export { DataParallel, data_parallel } from "./data_parallel.js";
export { gather, scatter } from "./scatter_gather.js";
