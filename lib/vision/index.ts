// What tutorials use of torchvision: datasets and transforms of images.

export * as datasets from "./datasets/index.js";
export * as transforms from "./transforms/index.js";
