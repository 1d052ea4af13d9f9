// torchvision.transforms.v2 on tensors

export * as functional from "./functional.js";
export { type ImageSize, InterpolationMode, type PaddingMode } from "./functional.js";
export * from "./transforms.js";
