// torch.nn.functional: pooling

import { boolean_dispatch } from "../../_jit_internal.js";
import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { ValueError } from "../../errors.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { float } from "../../python/numbers.js";
import { repr } from "../../python/repr.js";
import type { Int, Keywords } from "../../types.js";
import { _pair, _single, _triple, type Size1 } from "../modules/utils.js";
import { relu } from "./activation.js";

/** One size for all dimensions, or one for each. */
type Sizes = Int | readonly Int[];
type Ratios = number | readonly number[];

/** What pooling with `return_indices` gives. */
export type Pooled = [output: Tensor, indices: Tensor];

// fractional_max_pool2d, fractional_max_pool3d

interface FractionalKeywords {
  output_size?: Sizes | null;
  output_ratio?: Ratios | null;
  _random_samples?: Tensor | null;
}

interface FractionalMaxPool {
  (input: Tensor, kernel_size: Sizes, keywords: Keywords<FractionalKeywords & { return_indices: true }>): Pooled;
  (
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | null,
    output_ratio: Ratios | null,
    return_indices: true,
    _random_samples?: Tensor | null,
  ): Pooled;
  (...args: Parameters<typeof fractional_max_pool2d_with_indices>): Tensor;
}

const fractionalParameters = [
  "input",
  "kernel_size",
  "output_size",
  "output_ratio",
  "return_indices",
  "_random_samples",
] as const;

/** The two functions, 2d and 3d, differ in the number of dimensions alone. */
const fractional_max_pool_with_indices = (
  name: string,
  dims: number,
  pool: (input: Tensor, kernel_size: Sizes, output_size: Sizes, random_samples: Tensor) => Pooled,
) =>
  def(
    `${name}_with_indices`,
    fractionalParameters,
    (
      input: Tensor,
      kernel_size: Sizes,
      output_size: Sizes | null = null,
      output_ratio: Ratios | null = null,
      _return_indices = false,
      _random_samples: Tensor | null = null,
    ): Pooled => {
      if (output_size === null && output_ratio === null) {
        throw new ValueError(`${name} requires specifying either an output_size or an output_ratio`);
      }
      if (output_size === null) {
        const _output_ratio = (dims === 2 ? _pair : _triple)(output_ratio as Ratios);
        if (dims === 2 && _output_ratio.length > 2) {
          throw new ValueError(`${name} requires output_ratio to either be a single Int or tuple of Ints.`);
        }
        output_size = input
          .size()
          .slice(-dims)
          .map((size, i) => Math.trunc(size * _output_ratio[i]));
      }
      if (_random_samples === null) {
        const n_batch = input.dim() === dims + 1 ? 1 : input.size(0);
        _random_samples = torch.rand(n_batch, input.size(-dims - 1), dims, {
          dtype: input.dtype,
          device: input.device,
        });
      }
      return pool(input, kernel_size, output_size, _random_samples);
    },
  );

const fractional_max_pool = (
  name: string,
  with_indices: ReturnType<typeof fractional_max_pool_with_indices>,
): FractionalMaxPool =>
  boolean_dispatch(
    "return_indices",
    4,
    false,
    with_indices,
    def(
      `_${name}`,
      fractionalParameters,
      (
        input: Tensor,
        kernel_size: Sizes,
        output_size: Sizes | null = null,
        output_ratio: Ratios | null = null,
        return_indices = false,
        _random_samples: Tensor | null = null,
      ): Tensor => with_indices(input, kernel_size, output_size, output_ratio, return_indices, _random_samples)[0],
    ),
    name,
  );

/** fractional_max_pool2d(), and the indices of the maxima. */
export const fractional_max_pool2d_with_indices = fractional_max_pool_with_indices(
  "fractional_max_pool2d",
  2,
  _nn.fractional_max_pool2d,
);

/**
 * Max pooling over the last two dimensions in regions of random sizes; with `return_indices` also the indices of the
 * maxima.
 *
 * Either `output_size` or `output_ratio`, the output's size as a part of the input's, must be given: ValueError otherwise.
 * The input is (N, C, H, W) or (C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.fractional_max_pool2d.html}
 */
export const fractional_max_pool2d = fractional_max_pool("fractional_max_pool2d", fractional_max_pool2d_with_indices);

/** fractional_max_pool3d(), and the indices of the maxima. */
export const fractional_max_pool3d_with_indices = fractional_max_pool_with_indices(
  "fractional_max_pool3d",
  3,
  _nn.fractional_max_pool3d,
);

/**
 * Max pooling over the last three dimensions in regions of random sizes; with `return_indices` also the indices of the
 * maxima.
 *
 * Either `output_size` or `output_ratio`, the output's size as a part of the input's, must be given: ValueError otherwise.
 * The input is (N, C, T, H, W) or (C, T, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.fractional_max_pool3d.html}
 */
export const fractional_max_pool3d = fractional_max_pool("fractional_max_pool3d", fractional_max_pool3d_with_indices);

// max_pool1d, max_pool2d, max_pool3d

interface MaxPoolKeywords {
  stride?: Sizes | null;
  padding?: Sizes;
  dilation?: Sizes;
  ceil_mode?: boolean;
}

interface MaxPool {
  (input: Tensor, kernel_size: Sizes, keywords: Keywords<MaxPoolKeywords & { return_indices: true }>): Pooled;
  (
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | null,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: boolean,
    return_indices: true,
  ): Pooled;
  (...args: Parameters<typeof max_pool1d_with_indices>): Tensor;
}

type Pool<R> = (
  input: Tensor,
  kernel_size: Sizes,
  stride: readonly Int[] | Int,
  padding: Sizes,
  dilation: Sizes,
  ceil_mode: boolean,
) => R;

/** A max pooling function of Python: `torch.nn.functional` names its parameters and gives them their defaults. */
const max_pool = <R>(name: string, pool: Pool<R>) =>
  def(
    name,
    ["input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"],
    (
      input: Tensor,
      kernel_size: Sizes,
      stride: Sizes | null = null,
      padding: Sizes = 0,
      dilation: Sizes = 1,
      ceil_mode = false,
      _return_indices = false,
    ): R => pool(input, kernel_size, stride ?? [], padding, dilation, ceil_mode),
  );

/** max_pool1d(), and the indices of the maxima. */
export const max_pool1d_with_indices = max_pool<Pooled>("max_pool1d_with_indices", torch.max_pool1d_with_indices);

/**
 * The maxima of windows over the last dimension; with `return_indices` also their indices.
 *
 * The input is (N, C, L) or (C, L). `stride` is `kernel_size` if it is not given; `padding` adds negative infinity on both
 * sides; `ceil_mode` rounds the output's size up.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.max_pool1d.html}
 */
export const max_pool1d: MaxPool = boolean_dispatch(
  "return_indices",
  6,
  false,
  max_pool1d_with_indices,
  max_pool("_max_pool1d", torch.max_pool1d),
  "max_pool1d",
);

/** max_pool2d(), and the indices of the maxima. */
export const max_pool2d_with_indices = max_pool<Pooled>("max_pool2d_with_indices", _nn.max_pool2d_with_indices);

/**
 * The maxima of windows over the last two dimensions; with `return_indices` also their indices.
 *
 * The input is (N, C, H, W) or (C, H, W). `stride` is `kernel_size` if it is not given; `padding` adds negative infinity
 * on both sides; `ceil_mode` rounds the output's size up.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.max_pool2d.html}
 */
export const max_pool2d: MaxPool = boolean_dispatch(
  "return_indices",
  6,
  false,
  max_pool2d_with_indices,
  max_pool("_max_pool2d", torch.max_pool2d),
  "max_pool2d",
);

/** max_pool3d(), and the indices of the maxima. */
export const max_pool3d_with_indices = max_pool<Pooled>("max_pool3d_with_indices", _nn.max_pool3d_with_indices);

/**
 * The maxima of windows over the last three dimensions; with `return_indices` also their indices.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). `stride` is `kernel_size` if it is not given; `padding` adds negative
 * infinity on both sides; `ceil_mode` rounds the output's size up.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.max_pool3d.html}
 */
export const max_pool3d: MaxPool = boolean_dispatch(
  "return_indices",
  6,
  false,
  max_pool3d_with_indices,
  max_pool("_max_pool3d", torch.max_pool3d),
  "max_pool3d",
);

// max_unpool1d, max_unpool2d, max_unpool3d

function unpool_output_size(
  input: Tensor,
  kernel_size: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
  output_size: readonly number[] | null,
): readonly number[] {
  const dims = kernel_size.length;
  const input_size = input.size().slice(-dims);
  const default_size = kernel_size.map((size, d) => (input_size[d] - 1) * stride[d] + size - 2 * padding[d]);
  let ret: readonly number[] = default_size;
  if (output_size !== null) {
    if (output_size.length === dims + 2) output_size = output_size.slice(2);
    if (output_size.length !== dims) {
      throw new ValueError(
        `output_size should be a sequence containing ${dims} or ${dims + 2} elements, but it has a length of '${output_size.length}'`,
      );
    }
    for (let d = 0; d < dims; d++) {
      const min_size = default_size[d] - stride[d];
      const max_size = default_size[d] + stride[d];
      if (!(min_size < output_size[d] && output_size[d] < max_size)) {
        throw new ValueError(
          `invalid output_size "${repr(output_size)}" (dim ${d} must be between ${min_size} and ${max_size})`,
        );
      }
    }
    ret = output_size;
  }
  for (let d = 0; d < dims; d++) {
    if (ret[d] < 0) {
      throw new ValueError(
        `max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[${d}]=${ret[d]}`,
      );
    }
  }
  return ret;
}

/** A function that undoes max pooling, as Python has three: they differ in the number of dimensions alone. */
const max_unpool = (
  name: string,
  tuple: (size: Size1) => readonly number[],
  unpool: (
    input: Tensor,
    indices: Tensor,
    output_size: readonly number[],
    stride: readonly number[],
    padding: readonly number[],
  ) => Tensor,
) =>
  def(
    name,
    ["input", "indices", "kernel_size", "stride", "padding", "output_size"],
    (
      input: Tensor,
      indices: Tensor,
      kernel_size: number | readonly number[],
      stride: number | readonly number[] | null = null,
      padding: number | readonly number[] = 0,
      output_size: readonly number[] | null = null,
    ): Tensor => {
      const kernel = tuple(kernel_size);
      const _stride = stride !== null ? tuple(stride) : kernel;
      const _padding = tuple(padding);
      const size = unpool_output_size(input, kernel, _stride, _padding, output_size);
      return unpool(input, indices, size, _stride, _padding);
    },
  );

/**
 * Undoes max_pool1d(): puts the maxima back to their indices and zeros everywhere else.
 *
 * `output_size` tells sizes that pool to the same size apart. Throws ValueError for one that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.max_unpool1d.html}
 */
export const max_unpool1d = max_unpool("max_unpool1d", _single, (input, indices, output_size) =>
  _nn.max_unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...output_size, 1]).squeeze(-1),
);

/**
 * Undoes max_pool2d(): puts the maxima back to their indices and zeros everywhere else.
 *
 * `output_size` tells sizes that pool to the same size apart. Throws ValueError for one that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.max_unpool2d.html}
 */
export const max_unpool2d = max_unpool("max_unpool2d", _pair, (input, indices, output_size) =>
  _nn.max_unpool2d(input, indices, output_size),
);

/**
 * Undoes max_pool3d(): puts the maxima back to their indices and zeros everywhere else.
 *
 * `output_size` tells sizes that pool to the same size apart. Throws ValueError for one that cannot be.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.max_unpool3d.html}
 */
export const max_unpool3d = max_unpool("max_unpool3d", _triple, (input, indices, output_size, stride, padding) =>
  _nn.max_unpool3d(input, indices, output_size, stride, padding),
);

// lp_pool1d, lp_pool2d, lp_pool3d

type MaxPoolFunction = (
  input: Tensor,
  kernel_size: Sizes,
  stride: Sizes | null,
  padding: Sizes,
  dilation: Sizes,
  ceil_mode: boolean,
) => Tensor;
type AvgPoolFunction = (
  input: Tensor,
  kernel_size: Sizes,
  stride: Sizes | null,
  padding: Sizes,
  ceil_mode: boolean,
) => Tensor;

/** The three functions differ in the number of dimensions alone. */
const lp_pool = (name: string, tuple: (size: Size1) => readonly number[], max: MaxPoolFunction, avg: AvgPoolFunction) =>
  def(
    name,
    ["input", "norm_type", "kernel_size", "stride", "ceil_mode"],
    (
      input: Tensor,
      norm_type: number,
      kernel_size: number | readonly number[],
      stride: Sizes | null = null,
      ceil_mode = false,
    ): Tensor => {
      const elements = tuple(kernel_size).reduce((product, size) => product * size, 1);
      const norm = Number(norm_type);
      if (norm === 0) throw new ValueError(`norm_type must be a non-zero value, but got ${repr(norm_type)}`);
      if (norm === Infinity) return max(input.abs(), kernel_size, stride, 0, 1, ceil_mode);
      if (norm === -Infinity) return max(input.abs().neg(), kernel_size, stride, 0, 1, ceil_mode).neg();
      const out = avg(input.pow(norm_type), kernel_size, stride, 0, ceil_mode);
      return torch
        .sign(out)
        .mul(relu(torch.abs(out)))
        .mul(elements)
        .pow(float(1 / norm));
    },
  );

/**
 * The p-norm of windows over the last three dimensions: (sum of x^p)^(1/p) with p = `norm_type`, the maximum if it is
 * infinite.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). Throws ValueError if `norm_type` is 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.lp_pool3d.html}
 */
export const lp_pool3d = lp_pool("lp_pool3d", _triple, max_pool3d, _nn.avg_pool3d);

/**
 * The p-norm of windows over the last two dimensions: (sum of x^p)^(1/p) with p = `norm_type`, the maximum if it is
 * infinite.
 *
 * The input is (N, C, H, W) or (C, H, W). Throws ValueError if `norm_type` is 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.lp_pool2d.html}
 */
export const lp_pool2d = lp_pool("lp_pool2d", _pair, max_pool2d, _nn.avg_pool2d);

/**
 * The p-norm of windows over the last dimension: (sum of x^p)^(1/p) with p = `norm_type`, the maximum if it is infinite.
 *
 * The input is (N, C, L) or (C, L). Throws ValueError if `norm_type` is 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.lp_pool1d.html}
 */
export const lp_pool1d = lp_pool("lp_pool1d", _single, max_pool1d, torch.avg_pool1d);
