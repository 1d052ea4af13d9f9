// torch/linalg/__init__.py

export { LinAlgError } from "./errors.js";
export * from "./generated/linalg.js";
