// torch/fft/__init__.py

export * from "./generated/fft.js";
