// torch/special/__init__.py

export * from "./generated/special.js";
