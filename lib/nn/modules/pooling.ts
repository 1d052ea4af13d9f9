// torch/nn/modules/pooling.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { ValueError } from "../../errors.js";
import { float } from "../../python/numbers.js";
import { repr } from "../../python/repr.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { _pair, _single, _triple, type Size1, tupleText } from "./utils.js";

/** A size for each dimension, or one for all; null keeps the input's. */
type AdaptiveSizes = number | readonly (number | null)[];

const max_pool = ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"] as const;
const max_unpool = ["kernel_size", "stride", "padding"] as const;
const unpooled = ["input", "indices", "output_size"] as const;
const avg_pool = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"] as const;
const fractional = ["kernel_size", "output_size", "output_ratio", "return_indices", "_random_samples"] as const;
const lp_pool = ["norm_type", "kernel_size", "stride", "ceil_mode"] as const;
const adaptive_max_pool = ["output_size", "return_indices"] as const;
const input = ["input"] as const;

class _MaxPoolNd extends Module {
  kernel_size: Size1;
  stride: Size1;
  padding: Size1;
  dilation: Size1;
  return_indices: boolean;
  ceil_mode: boolean;

  constructor(
    kernel_size: Size1,
    stride: Size1 | null = null,
    padding: Size1 = 0,
    dilation: Size1 = 1,
    return_indices = false,
    ceil_mode = false,
  ) {
    super();
    this.kernel_size = kernel_size;
    this.stride = stride ?? kernel_size;
    this.padding = padding;
    this.dilation = dilation;
    this.return_indices = return_indices;
    this.ceil_mode = ceil_mode;
  }

  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, ceil_mode } = this;
    return `kernel_size=${tupleText(kernel_size)}, stride=${tupleText(stride)}, padding=${tupleText(padding)}, dilation=${tupleText(dilation)}, ceil_mode=${repr(ceil_mode)}`;
  }
}

takeKeywords("_MaxPoolNd", _MaxPoolNd.prototype, { extra_repr: [] });

class MaxPool1d extends _MaxPoolNd {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return F.max_pool1d(input, kernel_size, stride, padding, dilation, { ceil_mode, return_indices });
  }
}

/**
 * The maxima of windows over the last dimension.
 *
 * The input is (N, C, L) or (C, L). `stride` is `kernel_size` if it is not given; `padding` adds negative infinity on
 * both sides; `ceil_mode` rounds the output's size up. With `return_indices` the result is a pair: the maxima, and
 * their indices for MaxUnpool1d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MaxPool1d.html}
 */
const MaxPool1dClass = module(MaxPool1d, max_pool, input, { owner: _MaxPoolNd });
type MaxPool1dClass = InstanceType<typeof MaxPool1dClass>;

class MaxPool2d extends _MaxPoolNd {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return F.max_pool2d(input, kernel_size, stride, padding, dilation, { ceil_mode, return_indices });
  }
}

/**
 * The maxima of windows over the last two dimensions.
 *
 * The input is (N, C, H, W) or (C, H, W). `stride` is `kernel_size` if it is not given; `padding` adds negative
 * infinity on both sides; `ceil_mode` rounds the output's size up. With `return_indices` the result is a pair: the
 * maxima, and their indices for MaxUnpool2d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MaxPool2d.html}
 */
const MaxPool2dClass = module(MaxPool2d, max_pool, input, { owner: _MaxPoolNd });
type MaxPool2dClass = InstanceType<typeof MaxPool2dClass>;

class MaxPool3d extends _MaxPoolNd {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return F.max_pool3d(input, kernel_size, stride, padding, dilation, { ceil_mode, return_indices });
  }
}

/**
 * The maxima of windows over the last three dimensions.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). `stride` is `kernel_size` if it is not given; `padding` adds negative
 * infinity on both sides; `ceil_mode` rounds the output's size up. With `return_indices` the result is a pair: the
 * maxima, and their indices for MaxUnpool3d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MaxPool3d.html}
 */
const MaxPool3dClass = module(MaxPool3d, max_pool, input, { owner: _MaxPoolNd });
type MaxPool3dClass = InstanceType<typeof MaxPool3dClass>;

class _MaxUnpoolNd extends Module {
  declare kernel_size: readonly number[];
  declare stride: readonly number[];
  declare padding: readonly number[];

  override extra_repr(): string {
    const { kernel_size, stride, padding } = this;
    return `kernel_size=${tupleText(kernel_size)}, stride=${tupleText(stride)}, padding=${tupleText(padding)}`;
  }
}

takeKeywords("_MaxUnpoolNd", _MaxUnpoolNd.prototype, { extra_repr: [] });

class MaxUnpool1d extends _MaxUnpoolNd {
  constructor(kernel_size: Size1, stride: Size1 | null = null, padding: Size1 = 0) {
    super();
    this.kernel_size = _single(kernel_size);
    this.stride = _single(stride ?? kernel_size);
    this.padding = _single(padding);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool1d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

/**
 * Undoes MaxPool1d: puts the maxima back to their indices and zeros everywhere else.
 *
 * Input and indices are (N, C, L) or (C, L). `output_size` tells sizes that pool to the same size apart; throws
 * ValueError for one that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MaxUnpool1d.html}
 */
const MaxUnpool1dClass = module(MaxUnpool1d, max_unpool, unpooled);
type MaxUnpool1dClass = InstanceType<typeof MaxUnpool1dClass>;

class MaxUnpool2d extends _MaxUnpoolNd {
  constructor(kernel_size: Size1, stride: Size1 | null = null, padding: Size1 = 0) {
    super();
    this.kernel_size = _pair(kernel_size);
    this.stride = _pair(stride ?? kernel_size);
    this.padding = _pair(padding);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool2d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

/**
 * Undoes MaxPool2d: puts the maxima back to their indices and zeros everywhere else.
 *
 * Input and indices are (N, C, H, W) or (C, H, W). `output_size` tells sizes that pool to the same size apart; throws
 * ValueError for one that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MaxUnpool2d.html}
 */
const MaxUnpool2dClass = module(MaxUnpool2d, max_unpool, unpooled);
type MaxUnpool2dClass = InstanceType<typeof MaxUnpool2dClass>;

class MaxUnpool3d extends _MaxUnpoolNd {
  constructor(kernel_size: Size1, stride: Size1 | null = null, padding: Size1 = 0) {
    super();
    this.kernel_size = _triple(kernel_size);
    this.stride = _triple(stride ?? kernel_size);
    this.padding = _triple(padding);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool3d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

/**
 * Undoes MaxPool3d: puts the maxima back to their indices and zeros everywhere else.
 *
 * Input and indices are (N, C, D, H, W) or (C, D, H, W). `output_size` tells sizes that pool to the same size apart;
 * throws ValueError for one that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MaxUnpool3d.html}
 */
const MaxUnpool3dClass = module(MaxUnpool3d, max_unpool, unpooled);
type MaxUnpool3dClass = InstanceType<typeof MaxUnpool3dClass>;

class _AvgPoolNd extends Module {
  declare kernel_size: Size1;
  declare stride: Size1;
  declare padding: Size1;
  declare ceil_mode: boolean;
  declare count_include_pad: boolean;

  override extra_repr(): string {
    const { kernel_size, stride, padding } = this;
    return `kernel_size=${tupleText(kernel_size)}, stride=${tupleText(stride)}, padding=${tupleText(padding)}`;
  }
}

takeKeywords("_AvgPoolNd", _AvgPoolNd.prototype, { extra_repr: [] });

class AvgPool1d extends _AvgPoolNd {
  constructor(
    kernel_size: Size1,
    stride: Size1 | null = null,
    padding: Size1 = 0,
    ceil_mode = false,
    count_include_pad = true,
  ) {
    super();
    this.kernel_size = _single(kernel_size);
    this.stride = _single(stride ?? kernel_size);
    this.padding = _single(padding);
    this.ceil_mode = ceil_mode;
    this.count_include_pad = count_include_pad;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this;
    return F.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
  }
}

/**
 * The means of windows over the last dimension.
 *
 * The input is (N, C, L) or (C, L). `stride` is `kernel_size` if it is not given; `padding` adds zeros on both sides,
 * which count unless `count_include_pad` is false; `ceil_mode` rounds the output's size up.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AvgPool1d.html}
 */
const AvgPool1dClass = module(AvgPool1d, avg_pool);
type AvgPool1dClass = InstanceType<typeof AvgPool1dClass>;

class AvgPool2d extends _AvgPoolNd {
  divisor_override: number | null;

  constructor(
    kernel_size: Size1,
    stride: Size1 | null = null,
    padding: Size1 = 0,
    ceil_mode = false,
    count_include_pad = true,
    divisor_override: number | null = null,
  ) {
    super();
    this.kernel_size = kernel_size;
    this.stride = stride ?? kernel_size;
    this.padding = padding;
    this.ceil_mode = ceil_mode;
    this.count_include_pad = count_include_pad;
    this.divisor_override = divisor_override;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

/**
 * The means of windows over the last two dimensions.
 *
 * The input is (N, C, H, W) or (C, H, W). `stride` is `kernel_size` if it is not given; `padding` adds zeros on both
 * sides, which count unless `count_include_pad` is false; `ceil_mode` rounds the output's size up. The sums are divided
 * by `divisor_override`, if it is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AvgPool2d.html}
 */
const AvgPool2dClass = module(AvgPool2d, [...avg_pool, "divisor_override"]);
type AvgPool2dClass = InstanceType<typeof AvgPool2dClass>;

class AvgPool3d extends _AvgPoolNd {
  divisor_override: number | null;

  constructor(
    kernel_size: Size1,
    stride: Size1 | null = null,
    padding: Size1 = 0,
    ceil_mode = false,
    count_include_pad = true,
    divisor_override: number | null = null,
  ) {
    super();
    this.kernel_size = kernel_size;
    this.stride = stride ?? kernel_size;
    this.padding = padding;
    this.ceil_mode = ceil_mode;
    this.count_include_pad = count_include_pad;
    this.divisor_override = divisor_override;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

/**
 * The means of windows over the last three dimensions.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). `stride` is `kernel_size` if it is not given; `padding` adds zeros on
 * both sides, which count unless `count_include_pad` is false; `ceil_mode` rounds the output's size up. The sums are
 * divided by `divisor_override`, if it is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AvgPool3d.html}
 */
const AvgPool3dClass = module(AvgPool3d, [...avg_pool, "divisor_override"]);
type AvgPool3dClass = InstanceType<typeof AvgPool3dClass>;

function check_fractional(
  name: string,
  output_size: Size1 | null,
  output_ratio: Size1 | null,
  ratios: readonly number[] | null,
): void {
  if (output_size === null && output_ratio === null) {
    throw new ValueError(`${name} requires specifying either an output size, or a pooling ratio`);
  }
  if (output_size !== null && output_ratio !== null) {
    throw new ValueError("only one of output_size and output_ratio may be specified");
  }
  if (ratios?.some((ratio) => !(0 < ratio && ratio < 1))) {
    throw new ValueError(`output_ratio must be between 0 and 1 (got ${tupleText(output_ratio)})`);
  }
}

class FractionalMaxPool2d extends Module {
  kernel_size: readonly number[];
  return_indices: boolean;
  declare _random_samples: Tensor | null;
  output_size: readonly number[] | null;
  output_ratio: readonly number[] | null;

  constructor(
    kernel_size: Size1,
    output_size: Size1 | null = null,
    output_ratio: Size1 | null = null,
    return_indices = false,
    _random_samples: Tensor | null = null,
  ) {
    super();
    this.kernel_size = _pair(kernel_size);
    this.return_indices = return_indices;
    this.register_buffer("_random_samples", _random_samples);
    this.output_size = output_size !== null ? _pair(output_size) : null;
    this.output_ratio = output_ratio !== null ? _pair(output_ratio) : null;
    check_fractional("FractionalMaxPool2d", output_size, output_ratio, this.output_ratio);
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool2d(input, kernel_size, { output_size, output_ratio, return_indices, _random_samples });
  }
}

/**
 * The maxima of windows of random sizes over the last two dimensions.
 *
 * The input is (N, C, H, W) or (C, H, W). Either `output_size` or `output_ratio`, the output's size as a part of the
 * input's, must be given: ValueError otherwise. With `return_indices` the result is a pair: the maxima and their
 * indices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.FractionalMaxPool2d.html}
 */
const FractionalMaxPool2dClass = module(FractionalMaxPool2d, fractional);
type FractionalMaxPool2dClass = InstanceType<typeof FractionalMaxPool2dClass>;

class FractionalMaxPool3d extends Module {
  kernel_size: readonly number[];
  return_indices: boolean;
  declare _random_samples: Tensor | null;
  output_size: readonly number[] | null;
  output_ratio: readonly number[] | null;

  constructor(
    kernel_size: Size1,
    output_size: Size1 | null = null,
    output_ratio: Size1 | null = null,
    return_indices = false,
    _random_samples: Tensor | null = null,
  ) {
    super();
    if ((typeof kernel_size === "number" ? [kernel_size] : kernel_size).some((k) => k <= 0)) {
      throw new ValueError(`kernel_size must be greater than 0, but got ${tupleText(kernel_size)}`);
    }
    this.kernel_size = _triple(kernel_size);
    this.return_indices = return_indices;
    this.register_buffer("_random_samples", _random_samples);
    this.output_size = output_size !== null ? _triple(output_size) : null;
    this.output_ratio = output_ratio !== null ? _triple(output_ratio) : null;
    check_fractional("FractionalMaxPool3d", output_size, output_ratio, this.output_ratio);
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool3d(input, kernel_size, { output_size, output_ratio, return_indices, _random_samples });
  }
}

/**
 * The maxima of windows of random sizes over the last three dimensions.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). Either `output_size` or `output_ratio`, the output's size as a part of
 * the input's, must be given: ValueError otherwise. With `return_indices` the result is a pair: the maxima and their
 * indices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.FractionalMaxPool3d.html}
 */
const FractionalMaxPool3dClass = module(FractionalMaxPool3d, fractional);
type FractionalMaxPool3dClass = InstanceType<typeof FractionalMaxPool3dClass>;

class _LPPoolNd extends Module {
  norm_type: number;
  kernel_size: Size1;
  stride: Size1 | null;
  ceil_mode: boolean;

  constructor(norm_type: number, kernel_size: Size1, stride: Size1 | null = null, ceil_mode = false) {
    super();
    if (Number(norm_type) === 0) throw new ValueError(`norm_type must be a non-zero value, but got ${repr(norm_type)}`);
    this.norm_type = norm_type;
    this.kernel_size = kernel_size;
    this.stride = stride;
    this.ceil_mode = ceil_mode;
  }

  override extra_repr(): string {
    const { norm_type, kernel_size, stride, ceil_mode } = this;
    return `norm_type=${repr(norm_type)}, kernel_size=${tupleText(kernel_size)}, stride=${tupleText(stride)}, ceil_mode=${repr(ceil_mode)}`;
  }
}

takeKeywords("_LPPoolNd", _LPPoolNd.prototype, { extra_repr: [] });

class LPPool1d extends _LPPoolNd {
  override forward(input: Tensor): Tensor {
    return F.lp_pool1d(input, float(this.norm_type), this.kernel_size, this.stride, this.ceil_mode);
  }
}

/**
 * The p-norm of windows over the last dimension: (sum of x^p)^(1/p) with p = `norm_type`, the maximum if it is
 * infinite.
 *
 * The input is (N, C, L) or (C, L). `stride` is `kernel_size` if it is not given. Throws ValueError if `norm_type` is
 * 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LPPool1d.html}
 */
const LPPool1dClass = module(LPPool1d, lp_pool, input, { owner: _LPPoolNd });
type LPPool1dClass = InstanceType<typeof LPPool1dClass>;

class LPPool2d extends _LPPoolNd {
  override forward(input: Tensor): Tensor {
    return F.lp_pool2d(input, float(this.norm_type), this.kernel_size, this.stride, this.ceil_mode);
  }
}

/**
 * The p-norm of windows over the last two dimensions: (sum of x^p)^(1/p) with p = `norm_type`, the maximum if it is
 * infinite.
 *
 * The input is (N, C, H, W) or (C, H, W). `stride` is `kernel_size` if it is not given. Throws ValueError if
 * `norm_type` is 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LPPool2d.html}
 */
const LPPool2dClass = module(LPPool2d, lp_pool, input, { owner: _LPPoolNd });
type LPPool2dClass = InstanceType<typeof LPPool2dClass>;

class LPPool3d extends _LPPoolNd {
  override forward(input: Tensor): Tensor {
    return F.lp_pool3d(input, float(this.norm_type), this.kernel_size, this.stride, this.ceil_mode);
  }
}

/**
 * The p-norm of windows over the last three dimensions: (sum of x^p)^(1/p) with p = `norm_type`, the maximum if it is
 * infinite.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). `stride` is `kernel_size` if it is not given. Throws ValueError if
 * `norm_type` is 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LPPool3d.html}
 */
const LPPool3dClass = module(LPPool3d, lp_pool, input, { owner: _LPPoolNd });
type LPPool3dClass = InstanceType<typeof LPPool3dClass>;

class _AdaptiveMaxPoolNd extends Module {
  output_size: AdaptiveSizes;
  return_indices: boolean;

  constructor(output_size: AdaptiveSizes, return_indices = false) {
    super();
    this.output_size = output_size;
    this.return_indices = return_indices;
  }

  override extra_repr(): string {
    return `output_size=${tupleText(this.output_size)}`;
  }
}

takeKeywords("_AdaptiveMaxPoolNd", _AdaptiveMaxPoolNd.prototype, { extra_repr: [] });

class AdaptiveMaxPool1d extends _AdaptiveMaxPoolNd {
  override forward(input: Tensor): Tensor {
    return F.adaptive_max_pool1d(input, this.output_size, this.return_indices);
  }
}

/**
 * The maxima of as many windows over the last dimension as `output_size` says.
 *
 * The input is (N, C, L) or (C, L). With `return_indices` the result is a pair: the maxima and their indices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveMaxPool1d.html}
 */
const AdaptiveMaxPool1dClass = module(AdaptiveMaxPool1d, adaptive_max_pool, input, { owner: _AdaptiveMaxPoolNd });
type AdaptiveMaxPool1dClass = InstanceType<typeof AdaptiveMaxPool1dClass>;

class AdaptiveMaxPool2d extends _AdaptiveMaxPoolNd {
  override forward(input: Tensor): Tensor {
    return F.adaptive_max_pool2d(input, this.output_size, this.return_indices);
  }
}

/**
 * The maxima of as many windows over the last two dimensions as `output_size` says.
 *
 * The input is (N, C, H, W) or (C, H, W). A size of null keeps the input's. With `return_indices` the result is a pair:
 * the maxima and their indices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveMaxPool2d.html}
 */
const AdaptiveMaxPool2dClass = module(AdaptiveMaxPool2d, adaptive_max_pool, input, { owner: _AdaptiveMaxPoolNd });
type AdaptiveMaxPool2dClass = InstanceType<typeof AdaptiveMaxPool2dClass>;

class AdaptiveMaxPool3d extends _AdaptiveMaxPoolNd {
  override forward(input: Tensor): Tensor {
    return F.adaptive_max_pool3d(input, this.output_size, this.return_indices);
  }
}

/**
 * The maxima of as many windows over the last three dimensions as `output_size` says.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). A size of null keeps the input's. With `return_indices` the result is a
 * pair: the maxima and their indices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveMaxPool3d.html}
 */
const AdaptiveMaxPool3dClass = module(AdaptiveMaxPool3d, adaptive_max_pool, input, { owner: _AdaptiveMaxPoolNd });
type AdaptiveMaxPool3dClass = InstanceType<typeof AdaptiveMaxPool3dClass>;

class _AdaptiveAvgPoolNd extends Module {
  output_size: AdaptiveSizes;

  constructor(output_size: AdaptiveSizes) {
    super();
    this.output_size = output_size;
  }

  override extra_repr(): string {
    return `output_size=${tupleText(this.output_size)}`;
  }
}

takeKeywords("_AdaptiveAvgPoolNd", _AdaptiveAvgPoolNd.prototype, { extra_repr: [] });

class AdaptiveAvgPool1d extends _AdaptiveAvgPoolNd {
  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool1d(input, this.output_size as Size1);
  }
}

/**
 * The means of as many windows over the last dimension as `output_size` says.
 *
 * The input is (N, C, L) or (C, L).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveAvgPool1d.html}
 */
const AdaptiveAvgPool1dClass = module(AdaptiveAvgPool1d, ["output_size"], input, { owner: _AdaptiveAvgPoolNd });
type AdaptiveAvgPool1dClass = InstanceType<typeof AdaptiveAvgPool1dClass>;

class AdaptiveAvgPool2d extends _AdaptiveAvgPoolNd {
  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool2d(input, this.output_size);
  }
}

/**
 * The means of as many windows over the last two dimensions as `output_size` says.
 *
 * The input is (N, C, H, W) or (C, H, W). A size of null keeps the input's.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveAvgPool2d.html}
 */
const AdaptiveAvgPool2dClass = module(AdaptiveAvgPool2d, ["output_size"], input, { owner: _AdaptiveAvgPoolNd });
type AdaptiveAvgPool2dClass = InstanceType<typeof AdaptiveAvgPool2dClass>;

class AdaptiveAvgPool3d extends _AdaptiveAvgPoolNd {
  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool3d(input, this.output_size);
  }
}

/**
 * The means of as many windows over the last three dimensions as `output_size` says.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). A size of null keeps the input's.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveAvgPool3d.html}
 */
const AdaptiveAvgPool3dClass = module(AdaptiveAvgPool3d, ["output_size"], input, { owner: _AdaptiveAvgPoolNd });
type AdaptiveAvgPool3dClass = InstanceType<typeof AdaptiveAvgPool3dClass>;

export {
  AdaptiveAvgPool1dClass as AdaptiveAvgPool1d,
  AdaptiveAvgPool2dClass as AdaptiveAvgPool2d,
  AdaptiveAvgPool3dClass as AdaptiveAvgPool3d,
  AdaptiveMaxPool1dClass as AdaptiveMaxPool1d,
  AdaptiveMaxPool2dClass as AdaptiveMaxPool2d,
  AdaptiveMaxPool3dClass as AdaptiveMaxPool3d,
  AvgPool1dClass as AvgPool1d,
  AvgPool2dClass as AvgPool2d,
  AvgPool3dClass as AvgPool3d,
  FractionalMaxPool2dClass as FractionalMaxPool2d,
  FractionalMaxPool3dClass as FractionalMaxPool3d,
  LPPool1dClass as LPPool1d,
  LPPool2dClass as LPPool2d,
  LPPool3dClass as LPPool3d,
  MaxPool1dClass as MaxPool1d,
  MaxPool2dClass as MaxPool2d,
  MaxPool3dClass as MaxPool3d,
  MaxUnpool1dClass as MaxUnpool1d,
  MaxUnpool2dClass as MaxUnpool2d,
  MaxUnpool3dClass as MaxUnpool3d,
};
