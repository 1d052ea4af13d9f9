// torch/nn/modules/normalization.py

import type { Tensor } from "../../_tensor.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype } from "../../types.js";
import * as F from "../functional.js";
import * as init from "../init.js";
import { Parameter } from "../parameter.js";
import { CrossMapLRN2d as _cross_map_lrn2d } from "./_functions.js";
import { type Called, named } from "./module/keywords.js";
import { Module } from "./module.js";
import { type Size1, tupleText } from "./utils.js";

class LocalResponseNormModule extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  constructor(size: number, alpha = 0.0001, beta = 0.75, k = 1) {
    super();
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    return F.local_response_norm(input, this.size, this.alpha, this.beta, this.k);
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${floatRepr(this.alpha)}, beta=${floatRepr(this.beta)}, k=${floatRepr(this.k)}`;
  }
}

const RESPONSE = ["size", "alpha", "beta", "k"] as const;

/**
 * Divides each element by (k + alpha * the mean of the squares at its position in `size` neighbouring channels)^beta.
 *
 * The input is (N, C, ...). Throws ValueError for fewer than three dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LocalResponseNorm.html}
 */
export interface LocalResponseNorm
  extends Called<LocalResponseNormModule, readonly ["input"]>,
    LocalResponseNormModule {}
export const LocalResponseNorm = named<LocalResponseNorm>("LocalResponseNorm")(LocalResponseNormModule, RESPONSE);

class CrossMapLRN2dModule extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  constructor(size: number, alpha = 0.0001, beta = 0.75, k = 1) {
    super();
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    const { size, alpha, beta, k } = this;
    return _cross_map_lrn2d.apply(input, size, Number(alpha), Number(beta), Number(k)) as Tensor;
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${floatRepr(this.alpha)}, beta=${floatRepr(this.beta)}, k=${repr(this.k)}`;
  }
}

/**
 * Local response normalization across channels of an input (N, C, H, W), as Caffe has it.
 *
 * Throws ValueError for an input of other dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CrossMapLRN2d.html}
 */
export interface CrossMapLRN2d extends Called<CrossMapLRN2dModule, readonly ["input"]>, CrossMapLRN2dModule {}
export const CrossMapLRN2d = named<CrossMapLRN2d>("CrossMapLRN2d")(CrossMapLRN2dModule, RESPONSE);

class LayerNormModule extends Module {
  normalized_shape: number[];
  eps: number;
  elementwise_affine: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;

  constructor(
    normalized_shape: Size1,
    eps = 1e-5,
    elementwise_affine = true,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.normalized_shape = typeof normalized_shape === "number" ? [normalized_shape] : [...normalized_shape];
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    if (this.elementwise_affine) {
      this.weight = new Parameter(torch.empty(this.normalized_shape, factory_kwargs));
      if (bias) this.bias = new Parameter(torch.empty(this.normalized_shape, factory_kwargs));
      else this.register_parameter("bias", null);
    } else {
      this.register_parameter("weight", null);
      this.register_parameter("bias", null);
    }
    this.reset_parameters();
  }

  /** Sets `weight` to ones and `bias` to zeros. */
  reset_parameters(): void {
    if (this.elementwise_affine) {
      init.ones_(this.weight as Parameter);
      if (this.bias !== null) init.zeros_(this.bias);
    }
  }

  override forward(input: Tensor): Tensor {
    return F.layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps);
  }

  override extra_repr(): string {
    return `${tupleText(this.normalized_shape)}, eps=${floatRepr(this.eps)}, elementwise_affine=${repr(this.elementwise_affine)}, bias=${repr(this.bias !== null)}`;
  }
}

/**
 * Layer normalization: `(x - mean) / sqrt(var + eps) * weight + bias` over the last dimensions, of `normalized_shape`.
 *
 * `weight` and `bias` are of that shape; without `elementwise_affine` both, and without `bias` the latter, are null.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LayerNorm.html}
 */
export interface LayerNorm extends Called<LayerNormModule, readonly ["input"]>, LayerNormModule {}
export const LayerNorm = named<LayerNorm>("LayerNorm")(LayerNormModule, [
  "normalized_shape",
  "eps",
  "elementwise_affine",
  "bias",
  "device",
  "dtype",
]);

class GroupNormModule extends Module {
  num_groups: number;
  num_channels: number;
  eps: number;
  affine: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;

  constructor(
    num_groups: number,
    num_channels: number,
    eps = 1e-5,
    affine = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    bias = true,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    if (num_channels % num_groups !== 0) {
      throw new ValueError(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`);
    }
    this.num_groups = num_groups;
    this.num_channels = num_channels;
    this.eps = eps;
    this.affine = affine;
    if (this.affine) {
      this.weight = new Parameter(torch.empty([num_channels], factory_kwargs));
      if (bias) this.bias = new Parameter(torch.empty([num_channels], factory_kwargs));
      else this.register_parameter("bias", null);
    } else {
      this.register_parameter("weight", null);
      this.register_parameter("bias", null);
    }
    this.reset_parameters();
  }

  /** Sets `weight` to ones and `bias` to zeros. */
  reset_parameters(): void {
    if (this.affine) {
      init.ones_(this.weight as Parameter);
      if (this.bias !== null) init.zeros_(this.bias);
    }
  }

  override forward(input: Tensor): Tensor {
    return F.group_norm(input, this.num_groups, this.weight, this.bias, this.eps);
  }

  override extra_repr(): string {
    return `${this.num_groups}, ${this.num_channels}, eps=${floatRepr(this.eps)}, affine=${repr(this.affine)}, bias=${repr(this.bias !== null)}`;
  }
}

/**
 * Group normalization of an input (N, num_channels, ...): the channels of each sample are normalized in groups.
 *
 * `weight` and `bias` are (num_channels). Throws ValueError unless `num_groups` divides `num_channels`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.GroupNorm.html}
 */
export interface GroupNorm extends Called<GroupNormModule, readonly ["input"]>, GroupNormModule {}
export const GroupNorm = named<GroupNorm>("GroupNorm")(GroupNormModule, [
  "num_groups",
  "num_channels",
  "eps",
  "affine",
  "device",
  "dtype",
  "*",
  "bias",
]);

class RMSNormModule extends Module {
  normalized_shape: number[];
  eps: number | null;
  elementwise_affine: boolean;
  declare weight: Parameter | null;

  constructor(
    normalized_shape: Size1,
    eps: number | null = null,
    elementwise_affine = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.normalized_shape = typeof normalized_shape === "number" ? [normalized_shape] : [...normalized_shape];
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    if (this.elementwise_affine) this.weight = new Parameter(torch.empty(this.normalized_shape, factory_kwargs));
    else this.register_parameter("weight", null);
    this.reset_parameters();
  }

  /** Sets `weight` to ones. */
  reset_parameters(): void {
    if (this.elementwise_affine) init.ones_(this.weight as Parameter);
  }

  override forward(x: Tensor): Tensor {
    return F.rms_norm(x, this.normalized_shape, this.weight, this.eps);
  }

  override extra_repr(): string {
    const eps = this.eps === null ? "None" : floatRepr(this.eps);
    return `${tupleText(this.normalized_shape)}, eps=${eps}, elementwise_affine=${repr(this.elementwise_affine)}`;
  }
}

/**
 * Divides by the root mean square over the last dimensions, of `normalized_shape`: `x / sqrt(mean(x^2) + eps) * weight`.
 *
 * An `eps` of null is the smallest step of the input's dtype.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.RMSNorm.html}
 */
export interface RMSNorm extends Called<RMSNormModule, readonly ["x"]>, RMSNormModule {}
export const RMSNorm = named<RMSNorm>("RMSNorm")(
  RMSNormModule,
  ["normalized_shape", "eps", "elementwise_affine", "device", "dtype"],
  ["x"],
);
