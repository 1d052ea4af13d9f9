// torch/nn/modules/upsampling.py

import type { Tensor } from "../../_tensor.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { type Size1, type Size2, tupleText } from "./utils.js";

class Upsample extends Module {
  override name: string;
  size: Size1 | null;
  scale_factor: number | readonly number[] | null;
  mode: F.InterpolateMode;
  align_corners: boolean | null;
  recompute_scale_factor: boolean | null;

  constructor(
    size: Size1 | null = null,
    scale_factor: number | readonly number[] | null = null,
    mode: F.InterpolateMode = "nearest",
    align_corners: boolean | null = null,
    recompute_scale_factor: boolean | null = null,
  ) {
    super();
    this.name = this.constructor.name;
    this.size = size;
    if (typeof scale_factor === "object" && scale_factor !== null && Symbol.iterator in scale_factor) {
      this.scale_factor = scale_factor.map(Number);
    } else {
      this.scale_factor = Number(scale_factor) || null;
    }
    this.mode = mode;
    this.align_corners = align_corners;
    this.recompute_scale_factor = recompute_scale_factor;
  }

  override forward(input: Tensor): Tensor {
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = this;
    return F.interpolate(input, size, scale_factor, mode, align_corners, recompute_scale_factor);
  }

  override extra_repr(): string {
    const { scale_factor } = this;
    let info: string;
    if (scale_factor === null) info = `size=${tupleText(this.size)}`;
    else if (typeof scale_factor === "number") info = `scale_factor=${floatRepr(scale_factor)}`;
    else info = `scale_factor=(${scale_factor.map(floatRepr).join(", ")}${scale_factor.length === 1 ? "," : ""})`;
    return `${info}, mode=${repr(this.mode)}`;
  }
}

/**
 * Resamples to `size` or by `scale_factor`: one of the two, a number for all spatial dimensions or one for each.
 *
 * The input is (N, C, L), (N, C, H, W) or (N, C, D, H, W); the modes are those of interpolate(), "nearest", "linear",
 * "bilinear", "bicubic" and "trilinear" among them. `align_corners` lets the centers of the corner elements coincide.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Upsample.html}
 */
const UpsampleClass = module(Upsample, ["size", "scale_factor", "mode", "align_corners", "recompute_scale_factor"]);
type UpsampleClass = InstanceType<typeof UpsampleClass>;

class UpsamplingNearest2d extends Upsample {
  constructor(size: Size2 | null = null, scale_factor: number | readonly number[] | null = null) {
    super(size, scale_factor, "nearest");
  }
}

/**
 * Upsample with the mode "nearest", for images: (N, C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.UpsamplingNearest2d.html}
 */
const UpsamplingNearest2dClass = module(UpsamplingNearest2d, ["size", "scale_factor"]);
type UpsamplingNearest2dClass = InstanceType<typeof UpsamplingNearest2dClass>;

class UpsamplingBilinear2d extends Upsample {
  constructor(size: Size2 | null = null, scale_factor: number | readonly number[] | null = null) {
    super(size, scale_factor, "bilinear", true);
  }
}

/**
 * Upsample with the mode "bilinear" and aligned corners, for images: (N, C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.UpsamplingBilinear2d.html}
 */
const UpsamplingBilinear2dClass = module(UpsamplingBilinear2d, ["size", "scale_factor"]);
type UpsamplingBilinear2dClass = InstanceType<typeof UpsamplingBilinear2dClass>;

export {
  UpsampleClass as Upsample,
  UpsamplingBilinear2dClass as UpsamplingBilinear2d,
  UpsamplingNearest2dClass as UpsamplingNearest2d,
};
