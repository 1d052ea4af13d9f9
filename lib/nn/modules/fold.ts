// torch/nn/modules/fold.py

import type { Tensor } from "../../_tensor.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { type Size2, tupleText } from "./utils.js";

class Fold extends Module {
  output_size: Size2;
  kernel_size: Size2;
  dilation: Size2;
  padding: Size2;
  stride: Size2;

  constructor(output_size: Size2, kernel_size: Size2, dilation: Size2 = 1, padding: Size2 = 0, stride: Size2 = 1) {
    super();
    this.output_size = output_size;
    this.kernel_size = kernel_size;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    return F.fold(input, this.output_size, this.kernel_size, this.dilation, this.padding, this.stride);
  }

  override extra_repr(): string {
    const { output_size, kernel_size, dilation, padding, stride } = this;
    return `output_size=${tupleText(output_size)}, kernel_size=${tupleText(kernel_size)}, dilation=${tupleText(dilation)}, padding=${tupleText(padding)}, stride=${tupleText(stride)}`;
  }
}

/**
 * The sum of windows given as columns, at their places in an image of `output_size`: what Unfold takes apart.
 *
 * (N, C * kernel height * kernel width, windows) becomes (N, C, *output_size), both also without N.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Fold.html}
 */
const FoldClass = module(Fold, ["output_size", "kernel_size", "dilation", "padding", "stride"]);
type FoldClass = InstanceType<typeof FoldClass>;

class Unfold extends Module {
  kernel_size: Size2;
  dilation: Size2;
  padding: Size2;
  stride: Size2;

  constructor(kernel_size: Size2, dilation: Size2 = 1, padding: Size2 = 0, stride: Size2 = 1) {
    super();
    this.kernel_size = kernel_size;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    return F.unfold(input, this.kernel_size, this.dilation, this.padding, this.stride);
  }

  override extra_repr(): string {
    const { kernel_size, dilation, padding, stride } = this;
    return `kernel_size=${tupleText(kernel_size)}, dilation=${tupleText(dilation)}, padding=${tupleText(padding)}, stride=${tupleText(stride)}`;
  }
}

/**
 * The sliding windows of an image as columns.
 *
 * (N, C, H, W) becomes (N, C * kernel height * kernel width, windows), both also without N.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Unfold.html}
 */
const UnfoldClass = module(Unfold, ["kernel_size", "dilation", "padding", "stride"]);
type UnfoldClass = InstanceType<typeof UnfoldClass>;

export { FoldClass as Fold, UnfoldClass as Unfold };
