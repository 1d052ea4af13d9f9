// torch/nn/modules/conv.py

export { Conv1d, Conv2d, Conv3d, LazyConv1d, LazyConv2d, LazyConv3d } from "./conv/convolution.js";
export { _ConvNd, type Padding, type PaddingMode } from "./conv/nd.js";
export {
  _ConvTransposeNd,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  LazyConvTranspose1d,
  LazyConvTranspose2d,
  LazyConvTranspose3d,
} from "./conv/transposed.js";
