// torch.nn.modules.conv: convolutions

import type { Tensor } from "../../../_tensor.js";
import type { DeviceLike, dtype } from "../../../types.js";
import * as F from "../../functional.js";
import { type Called, named } from "../module/keywords.js";
import { _pair, _single, _triple, type Size1, type Size2, type Size3 } from "../utils.js";
import { _LazyConvXdMixin } from "./lazy.js";
import { _ConvNd, type Padding, type PaddingMode } from "./nd.js";

const CONV = [
  "in_channels",
  "out_channels",
  "kernel_size",
  "stride",
  "padding",
  "dilation",
  "groups",
  "bias",
  "padding_mode",
  "device",
  "dtype",
] as const;

class Conv1dModule extends _ConvNd {
  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: Size1,
    stride: Size1 = 1,
    padding: Padding | Size1 = 0,
    dilation: Size1 = 1,
    groups = 1,
    bias = true,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      in_channels,
      out_channels,
      _single(kernel_size),
      _single(stride),
      typeof padding === "string" ? padding : _single(padding),
      _single(dilation),
      false,
      _single(0),
      groups,
      bias,
      padding_mode,
      device,
      dtype,
    );
  }

  _conv_forward(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
    if (this.padding_mode !== "zeros") {
      return F.conv1d(
        F.pad(input, this._reversed_padding_repeated_twice, { mode: this.padding_mode }),
        weight,
        bias,
        this.stride,
        0,
        this.dilation,
        this.groups,
      );
    }
    return F.conv1d(input, weight, bias, this.stride, this.padding, this.dilation, this.groups);
  }

  override forward(input: Tensor): Tensor {
    return this._conv_forward(input, this.weight, this.bias);
  }
}

/**
 * Convolution of an input (N, in_channels, L) or (in_channels, L).
 *
 * `weight` is (out_channels, in_channels / groups, kernel size) and `bias` (out_channels), both drawn from U(-k, k) with
 * k = 1 / sqrt(in_channels / groups * kernel size). `padding` is a size or "same" or "valid"; what is put around the
 * input is by `padding_mode` "zeros", "reflect", "replicate" or "circular".
 *
 * Throws ValueError if `groups` does not divide both numbers of channels, and for "same" with a stride.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Conv1d.html}
 */
export interface Conv1d extends Called<Conv1dModule, readonly ["input"]>, Conv1dModule {}
export const Conv1d = named<Conv1d>("Conv1d")(Conv1dModule, CONV);

class Conv2dModule extends _ConvNd {
  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: Size2,
    stride: Size2 = 1,
    padding: Padding | Size2 = 0,
    dilation: Size2 = 1,
    groups = 1,
    bias = true,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      in_channels,
      out_channels,
      _pair(kernel_size),
      _pair(stride),
      typeof padding === "string" ? padding : _pair(padding),
      _pair(dilation),
      false,
      _pair(0),
      groups,
      bias,
      padding_mode,
      device,
      dtype,
    );
  }

  _conv_forward(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
    if (this.padding_mode !== "zeros") {
      return F.conv2d(
        F.pad(input, this._reversed_padding_repeated_twice, { mode: this.padding_mode }),
        weight,
        bias,
        this.stride,
        0,
        this.dilation,
        this.groups,
      );
    }
    return F.conv2d(input, weight, bias, this.stride, this.padding, this.dilation, this.groups);
  }

  override forward(input: Tensor): Tensor {
    return this._conv_forward(input, this.weight, this.bias);
  }
}

/**
 * Convolution of an input (N, in_channels, H, W) or (in_channels, H, W); sizes are one number or one for each dimension.
 *
 * The arguments are those of Conv1d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Conv2d.html}
 */
export interface Conv2d extends Called<Conv2dModule, readonly ["input"]>, Conv2dModule {}
export const Conv2d = named<Conv2d>("Conv2d")(Conv2dModule, CONV);

class Conv3dModule extends _ConvNd {
  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: Size3,
    stride: Size3 = 1,
    padding: Padding | Size3 = 0,
    dilation: Size3 = 1,
    groups = 1,
    bias = true,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      in_channels,
      out_channels,
      _triple(kernel_size),
      _triple(stride),
      typeof padding === "string" ? padding : _triple(padding),
      _triple(dilation),
      false,
      _triple(0),
      groups,
      bias,
      padding_mode,
      device,
      dtype,
    );
  }

  _conv_forward(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
    if (this.padding_mode !== "zeros") {
      return F.conv3d(
        F.pad(input, this._reversed_padding_repeated_twice, { mode: this.padding_mode }),
        weight,
        bias,
        this.stride,
        0,
        this.dilation,
        this.groups,
      );
    }
    return F.conv3d(input, weight, bias, this.stride, this.padding, this.dilation, this.groups);
  }

  override forward(input: Tensor): Tensor {
    return this._conv_forward(input, this.weight, this.bias);
  }
}

/**
 * Convolution of an input (N, in_channels, D, H, W) or (in_channels, D, H, W).
 *
 * The arguments are those of Conv1d; sizes are one number or one for each dimension.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Conv3d.html}
 */
export interface Conv3d extends Called<Conv3dModule, readonly ["input"]>, Conv3dModule {}
export const Conv3d = named<Conv3d>("Conv3d")(Conv3dModule, CONV);

const LAZY_CONV = [
  "out_channels",
  "kernel_size",
  "stride",
  "padding",
  "dilation",
  "groups",
  "bias",
  "padding_mode",
  "device",
  "dtype",
] as const;

class LazyConv1dModule extends _LazyConvXdMixin(Conv1dModule) {
  constructor(
    out_channels: number,
    kernel_size: Size1,
    stride: Size1 = 1,
    padding: Padding | Size1 = 0,
    dilation: Size1 = 1,
    groups = 1,
    bias = true,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(0, 0, kernel_size, stride, padding, dilation, groups, false, padding_mode, device, dtype);
    this._uninitialize(out_channels, bias, device, dtype);
  }

  override get cls_to_become(): typeof Conv1d {
    return Conv1d;
  }

  override _get_num_spatial_dims(): number {
    return 1;
  }
}

/**
 * A Conv1d whose `in_channels` is found when it is called for the first time; then it becomes a Conv1d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyConv1d.html}
 */
export interface LazyConv1d extends Called<LazyConv1dModule, readonly ["input"]>, LazyConv1dModule {}
export const LazyConv1d = named<LazyConv1d>("LazyConv1d")(LazyConv1dModule, LAZY_CONV);

class LazyConv2dModule extends _LazyConvXdMixin(Conv2dModule) {
  constructor(
    out_channels: number,
    kernel_size: Size2,
    stride: Size2 = 1,
    padding: Padding | Size2 = 0,
    dilation: Size2 = 1,
    groups = 1,
    bias = true,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(0, 0, kernel_size, stride, padding, dilation, groups, false, padding_mode, device, dtype);
    this._uninitialize(out_channels, bias, device, dtype);
  }

  override get cls_to_become(): typeof Conv2d {
    return Conv2d;
  }

  override _get_num_spatial_dims(): number {
    return 2;
  }
}

/**
 * A Conv2d whose `in_channels` is found when it is called for the first time; then it becomes a Conv2d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyConv2d.html}
 */
export interface LazyConv2d extends Called<LazyConv2dModule, readonly ["input"]>, LazyConv2dModule {}
export const LazyConv2d = named<LazyConv2d>("LazyConv2d")(LazyConv2dModule, LAZY_CONV);

class LazyConv3dModule extends _LazyConvXdMixin(Conv3dModule) {
  constructor(
    out_channels: number,
    kernel_size: Size3,
    stride: Size3 = 1,
    padding: Padding | Size3 = 0,
    dilation: Size3 = 1,
    groups = 1,
    bias = true,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(0, 0, kernel_size, stride, padding, dilation, groups, false, padding_mode, device, dtype);
    this._uninitialize(out_channels, bias, device, dtype);
  }

  override get cls_to_become(): typeof Conv3d {
    return Conv3d;
  }

  override _get_num_spatial_dims(): number {
    return 3;
  }
}

/**
 * A Conv3d whose `in_channels` is found when it is called for the first time; then it becomes a Conv3d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyConv3d.html}
 */
export interface LazyConv3d extends Called<LazyConv3dModule, readonly ["input"]>, LazyConv3dModule {}
export const LazyConv3d = named<LazyConv3d>("LazyConv3d")(LazyConv3dModule, LAZY_CONV);
