// torch/nn/modules/pixelshuffle.py

import type { Tensor } from "../../_tensor.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";

class PixelShuffle extends Module {
  upscale_factor: number;

  constructor(upscale_factor: number) {
    super();
    this.upscale_factor = upscale_factor;
  }

  override forward(input: Tensor): Tensor {
    return F.pixel_shuffle(input, this.upscale_factor);
  }

  override extra_repr(): string {
    return `upscale_factor=${this.upscale_factor}`;
  }
}

/**
 * Makes an image r times as high and wide out of r^2 times as many channels.
 *
 * (*, C * r^2, H, W) becomes (*, C, H * r, W * r), where r is `upscale_factor`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.PixelShuffle.html}
 */
const PixelShuffleClass = module(PixelShuffle, ["upscale_factor"]);
type PixelShuffleClass = InstanceType<typeof PixelShuffleClass>;

class PixelUnshuffle extends Module {
  downscale_factor: number;

  constructor(downscale_factor: number) {
    super();
    this.downscale_factor = downscale_factor;
  }

  override forward(input: Tensor): Tensor {
    return F.pixel_unshuffle(input, this.downscale_factor);
  }

  override extra_repr(): string {
    return `downscale_factor=${this.downscale_factor}`;
  }
}

/**
 * Undoes PixelShuffle: r^2 times as many channels out of an image r times as high and wide.
 *
 * (*, C, H * r, W * r) becomes (*, C * r^2, H, W), where r is `downscale_factor`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.PixelUnshuffle.html}
 */
const PixelUnshuffleClass = module(PixelUnshuffle, ["downscale_factor"]);
type PixelUnshuffleClass = InstanceType<typeof PixelUnshuffleClass>;

export { PixelShuffleClass as PixelShuffle, PixelUnshuffleClass as PixelUnshuffle };
