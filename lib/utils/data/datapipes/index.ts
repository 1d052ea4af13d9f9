// torch/utils/data/datapipes/__init__.py

export * as datapipe from "./datapipe.js";
export * as iter from "./iter/index.js";
export * as map from "./map/index.js";
export * as utils from "./utils/index.js";
