// torch/utils/__init__.py

export * as checkpoint from "./checkpoint.js";
export * as data from "./data/index.js";
export * as hooks from "./hooks.js";
