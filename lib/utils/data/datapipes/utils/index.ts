// torch/utils/data/datapipes/utils/__init__.py

export * as common from "./common.js";
export * as decoder from "./decoder.js";
