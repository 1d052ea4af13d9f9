// torch/signal/__init__.py

export * as windows from "./windows/index.js";
