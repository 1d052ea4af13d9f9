// torch.nn.modules.conv: transposed convolutions

import type { Tensor } from "../../../_tensor.js";
import { ValueError } from "../../../errors.js";
import { repr } from "../../../python/repr.js";
import { Size, sizeOf } from "../../../size.js";
import type { DeviceLike, dtype } from "../../../types.js";
import * as F from "../../functional.js";
import { type Called, named } from "../module/keywords.js";
import { _pair, _single, _triple, type Size1, type Size2, type Size3 } from "../utils.js";
import { _LazyConvXdMixin } from "./lazy.js";
import { _ConvNd, type PaddingMode } from "./nd.js";

/** The base of transposed convolutions. */
export class _ConvTransposeNd extends _ConvNd {
  declare padding: number[];

  constructor(...args: ConstructorParameters<typeof _ConvNd>) {
    const padding_mode = args[10];
    if (padding_mode !== "zeros") {
      throw new ValueError(`Only "zeros" padding mode is supported for ${new.target.name}`);
    }
    super(...args);
  }

  /** What is added to one side of the result so that it has the size that was asked for. */
  _output_padding(
    input: Tensor,
    output_size: readonly number[] | null,
    stride: readonly number[],
    padding: readonly number[],
    kernel_size: readonly number[],
    num_spatial_dims: number,
    dilation: readonly number[] | null = null,
  ): number[] {
    if (output_size === null) return this.output_padding;
    const has_batch_dim = input.dim() === num_spatial_dims + 2;
    const num_non_spatial_dims = has_batch_dim ? 2 : 1;
    if (output_size.length === num_non_spatial_dims + num_spatial_dims) {
      const spatial = output_size.slice(num_non_spatial_dims);
      output_size = output_size instanceof Size ? sizeOf(spatial) : spatial;
    }
    if (output_size.length !== num_spatial_dims) {
      throw new ValueError(
        `ConvTranspose${num_spatial_dims}D: for ${input.dim()}D input, output_size must have ${num_spatial_dims} or ${num_non_spatial_dims + num_spatial_dims} elements (got ${output_size.length})`,
      );
    }
    const min_sizes = kernel_size.map(
      (k, d) =>
        (input.size(d + num_non_spatial_dims) - 1) * stride[d] - 2 * padding[d] + (dilation?.[d] ?? 1) * (k - 1) + 1,
    );
    const max_sizes = min_sizes.map((min_size, d) => min_size + stride[d] - 1);
    for (const [i, size] of output_size.entries()) {
      if (size < min_sizes[i] || size > max_sizes[i]) {
        throw new ValueError(
          `requested an output size of ${repr(output_size)}, but valid sizes range from ${repr(min_sizes)} to ${repr(max_sizes)} (for an input of ${sizeOf(input.size().slice(2))})`,
        );
      }
    }
    return output_size.map((size, d) => size - min_sizes[d]);
  }
}

/** Throws what `forward` throws if the padding mode was changed after the module was made. */
function checkPaddingMode(padding_mode: PaddingMode, name: string): void {
  if (padding_mode !== "zeros") throw new ValueError(`Only \`zeros\` padding mode is supported for ${name}`);
}

const CONV_TRANSPOSE = [
  "in_channels",
  "out_channels",
  "kernel_size",
  "stride",
  "padding",
  "output_padding",
  "groups",
  "bias",
  "dilation",
  "padding_mode",
  "device",
  "dtype",
] as const;

const FORWARD = ["input", "output_size"] as const;

class ConvTranspose1dModule extends _ConvTransposeNd {
  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: Size1,
    stride: Size1 = 1,
    padding: Size1 = 0,
    output_padding: Size1 = 0,
    groups = 1,
    bias = true,
    dilation: Size1 = 1,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      in_channels,
      out_channels,
      _single(kernel_size),
      _single(stride),
      _single(padding),
      _single(dilation),
      true,
      _single(output_padding),
      groups,
      bias,
      padding_mode,
      device,
      dtype,
    );
  }

  override forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    checkPaddingMode(this.padding_mode, "ConvTranspose1d");
    const { stride, padding, kernel_size, dilation } = this;
    const output_padding = this._output_padding(input, output_size, stride, padding, kernel_size, 1, dilation);
    return F.conv_transpose1d(input, this.weight, this.bias, stride, padding, output_padding, this.groups, dilation);
  }
}

/**
 * Transposed convolution of an input (N, in_channels, L) or (in_channels, L): the gradient of Conv1d as a layer.
 *
 * `weight` is (in_channels, out_channels / groups, kernel size). Where a stride leaves several sizes of the result
 * possible, `output_padding`, or an `output_size` in the call, chooses one.
 *
 * Throws ValueError for a padding mode other than "zeros", and for an `output_size` that is not possible.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ConvTranspose1d.html}
 */
export interface ConvTranspose1d extends Called<ConvTranspose1dModule, typeof FORWARD>, ConvTranspose1dModule {}
export const ConvTranspose1d = named<ConvTranspose1d>("ConvTranspose1d")(
  ConvTranspose1dModule,
  CONV_TRANSPOSE,
  FORWARD,
);

class ConvTranspose2dModule extends _ConvTransposeNd {
  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: Size2,
    stride: Size2 = 1,
    padding: Size2 = 0,
    output_padding: Size2 = 0,
    groups = 1,
    bias = true,
    dilation: Size2 = 1,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      in_channels,
      out_channels,
      _pair(kernel_size),
      _pair(stride),
      _pair(padding),
      _pair(dilation),
      true,
      _pair(output_padding),
      groups,
      bias,
      padding_mode,
      device,
      dtype,
    );
  }

  override forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    checkPaddingMode(this.padding_mode, "ConvTranspose2d");
    const { stride, padding, kernel_size, dilation } = this;
    const output_padding = this._output_padding(input, output_size, stride, padding, kernel_size, 2, dilation);
    return F.conv_transpose2d(input, this.weight, this.bias, stride, padding, output_padding, this.groups, dilation);
  }
}

/**
 * Transposed convolution of an input (N, in_channels, H, W) or (in_channels, H, W), as ConvTranspose1d does it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ConvTranspose2d.html}
 */
export interface ConvTranspose2d extends Called<ConvTranspose2dModule, typeof FORWARD>, ConvTranspose2dModule {}
export const ConvTranspose2d = named<ConvTranspose2d>("ConvTranspose2d")(
  ConvTranspose2dModule,
  CONV_TRANSPOSE,
  FORWARD,
);

class ConvTranspose3dModule extends _ConvTransposeNd {
  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: Size3,
    stride: Size3 = 1,
    padding: Size3 = 0,
    output_padding: Size3 = 0,
    groups = 1,
    bias = true,
    dilation: Size3 = 1,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      in_channels,
      out_channels,
      _triple(kernel_size),
      _triple(stride),
      _triple(padding),
      _triple(dilation),
      true,
      _triple(output_padding),
      groups,
      bias,
      padding_mode,
      device,
      dtype,
    );
  }

  override forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    checkPaddingMode(this.padding_mode, "ConvTranspose3d");
    const { stride, padding, kernel_size, dilation } = this;
    const output_padding = this._output_padding(input, output_size, stride, padding, kernel_size, 3, dilation);
    return F.conv_transpose3d(input, this.weight, this.bias, stride, padding, output_padding, this.groups, dilation);
  }
}

/**
 * Transposed convolution of an input (N, in_channels, D, H, W) or (in_channels, D, H, W), as ConvTranspose1d does it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ConvTranspose3d.html}
 */
export interface ConvTranspose3d extends Called<ConvTranspose3dModule, typeof FORWARD>, ConvTranspose3dModule {}
export const ConvTranspose3d = named<ConvTranspose3d>("ConvTranspose3d")(
  ConvTranspose3dModule,
  CONV_TRANSPOSE,
  FORWARD,
);

const LAZY_CONV_TRANSPOSE = [
  "out_channels",
  "kernel_size",
  "stride",
  "padding",
  "output_padding",
  "groups",
  "bias",
  "dilation",
  "padding_mode",
  "device",
  "dtype",
] as const;

class LazyConvTranspose1dModule extends _LazyConvXdMixin(ConvTranspose1dModule) {
  constructor(
    out_channels: number,
    kernel_size: Size1,
    stride: Size1 = 1,
    padding: Size1 = 0,
    output_padding: Size1 = 0,
    groups = 1,
    bias = true,
    dilation: Size1 = 1,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(0, 0, kernel_size, stride, padding, output_padding, groups, false, dilation, padding_mode, device, dtype);
    this._uninitialize(out_channels, bias, device, dtype);
  }

  override get cls_to_become(): typeof ConvTranspose1d {
    return ConvTranspose1d;
  }

  override _get_num_spatial_dims(): number {
    return 1;
  }
}

/**
 * A ConvTranspose1d whose `in_channels` is found when it is called for the first time; then it becomes one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyConvTranspose1d.html}
 */
export interface LazyConvTranspose1d
  extends Called<LazyConvTranspose1dModule, readonly ["input", "output_size"]>,
    LazyConvTranspose1dModule {}
export const LazyConvTranspose1d = named<LazyConvTranspose1d>("LazyConvTranspose1d")(
  LazyConvTranspose1dModule,
  LAZY_CONV_TRANSPOSE,
  ["input", "output_size"],
);

class LazyConvTranspose2dModule extends _LazyConvXdMixin(ConvTranspose2dModule) {
  constructor(
    out_channels: number,
    kernel_size: Size2,
    stride: Size2 = 1,
    padding: Size2 = 0,
    output_padding: Size2 = 0,
    groups = 1,
    bias = true,
    dilation: Size2 = 1,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(0, 0, kernel_size, stride, padding, output_padding, groups, false, dilation, padding_mode, device, dtype);
    this._uninitialize(out_channels, bias, device, dtype);
  }

  override get cls_to_become(): typeof ConvTranspose2d {
    return ConvTranspose2d;
  }

  override _get_num_spatial_dims(): number {
    return 2;
  }
}

/**
 * A ConvTranspose2d whose `in_channels` is found when it is called for the first time; then it becomes one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyConvTranspose2d.html}
 */
export interface LazyConvTranspose2d
  extends Called<LazyConvTranspose2dModule, readonly ["input", "output_size"]>,
    LazyConvTranspose2dModule {}
export const LazyConvTranspose2d = named<LazyConvTranspose2d>("LazyConvTranspose2d")(
  LazyConvTranspose2dModule,
  LAZY_CONV_TRANSPOSE,
  ["input", "output_size"],
);

class LazyConvTranspose3dModule extends _LazyConvXdMixin(ConvTranspose3dModule) {
  constructor(
    out_channels: number,
    kernel_size: Size3,
    stride: Size3 = 1,
    padding: Size3 = 0,
    output_padding: Size3 = 0,
    groups = 1,
    bias = true,
    dilation: Size3 = 1,
    padding_mode: PaddingMode = "zeros",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(0, 0, kernel_size, stride, padding, output_padding, groups, false, dilation, padding_mode, device, dtype);
    this._uninitialize(out_channels, bias, device, dtype);
  }

  override get cls_to_become(): typeof ConvTranspose3d {
    return ConvTranspose3d;
  }

  override _get_num_spatial_dims(): number {
    return 3;
  }
}

/**
 * A ConvTranspose3d whose `in_channels` is found when it is called for the first time; then it becomes one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyConvTranspose3d.html}
 */
export interface LazyConvTranspose3d
  extends Called<LazyConvTranspose3dModule, readonly ["input", "output_size"]>,
    LazyConvTranspose3dModule {}
export const LazyConvTranspose3d = named<LazyConvTranspose3d>("LazyConvTranspose3d")(
  LazyConvTranspose3dModule,
  LAZY_CONV_TRANSPOSE,
  ["input", "output_size"],
);
