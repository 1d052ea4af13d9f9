// torch.nn: torch/nn/__init__.py

export * as attention from "./attention/index.js";
export * as functional from "./functional.js";
export * as grad from "./grad.js";
export * as init from "./init.js";
export * from "./modules/index.js";
export * as modules from "./modules.js";
export { DataParallel } from "./parallel/data_parallel.js";
export * as parallel from "./parallel/index.js";
export * as parameter from "./parameter.js";
export { Buffer, Parameter, UninitializedBuffer, UninitializedParameter } from "./parameter.js";
export * as utils from "./utils/index.js";
