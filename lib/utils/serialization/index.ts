// torch/utils/serialization/__init__.py

export * as config from "./config.js";
