// torch.nn.functional: normalization

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { native } from "../../binding.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { norm } from "../../functional.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";

const cudnn_enabled = () => native.getSetting("cudnn_enabled") as boolean;

function _verify_batch_size(size: readonly number[]): void {
  let size_prods = size[0];
  for (let i = 2; i < size.length; i++) size_prods *= size[i];
  if (size_prods === 1) {
    throw new ValueError(`Expected more than 1 value per channel when training, got input size ${repr(size)}`);
  }
}

/**
 * Subtracts each channel's mean and divides by its standard deviation, over the batch and all positions.
 *
 * In `training` they are the batch's own, and the running ones, if there are any, are changed in place: by `momentum`
 * towards the batch's. Otherwise they are the running ones. Then the result is multiplied by `weight` and `bias` is added,
 * each of size C. The input is (N, C, ...).
 *
 * Throws ValueError when training with one value per channel, and for an `eps` that is not positive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.batch_norm.html}
 */
export const batch_norm = def(
  "batch_norm",
  ["input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"],
  (
    input: Tensor,
    running_mean: Tensor | null,
    running_var: Tensor | null,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
  ): Tensor => {
    if (training) _verify_batch_size(input.size());
    if (training && eps <= 0) {
      throw new ValueError(`batch_norm eps must be positive during training, but got ${floatRepr(Number(eps))}`);
    } else if (eps < 0) {
      throw new ValueError(`batch_norm eps must be non-negative, but got ${floatRepr(Number(eps))}`);
    }
    return torch.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled());
  },
);

function _verify_spatial_size(size: readonly number[]): void {
  let size_prods = 1;
  for (let i = 2; i < size.length; i++) size_prods *= size[i];
  if (size_prods === 1) {
    throw new ValueError(`Expected more than 1 spatial element when training, got input size ${repr(size)}`);
  }
}

/**
 * Subtracts the mean and divides by the standard deviation of each channel of each sample on its own.
 *
 * With `use_input_stats` they are the input's own, and the running ones, if there are any, are changed in place; otherwise
 * they are the running ones. `weight` and `bias` are of size C. The input is (N, C, ...).
 *
 * Throws ValueError when the input's own statistics would be over one element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.instance_norm.html}
 */
export const instance_norm = def(
  "instance_norm",
  ["input", "running_mean", "running_var", "weight", "bias", "use_input_stats", "momentum", "eps"],
  (
    input: Tensor,
    running_mean: Tensor | null = null,
    running_var: Tensor | null = null,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    use_input_stats = true,
    momentum = 0.1,
    eps = 1e-5,
  ): Tensor => {
    if (use_input_stats) _verify_spatial_size(input.size());
    return torch.instance_norm(
      input,
      weight,
      bias,
      running_mean,
      running_var,
      use_input_stats,
      momentum,
      eps,
      cudnn_enabled(),
    );
  },
);

/**
 * Subtracts the mean and divides by the standard deviation over the last dimensions, those of `normalized_shape`.
 *
 * `weight` and `bias`, of that shape, scale and shift the result.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.layer_norm.html}
 */
export const layer_norm = def(
  "layer_norm",
  ["input", "normalized_shape", "weight", "bias", "eps"],
  (
    input: Tensor,
    normalized_shape: readonly number[],
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    eps = 1e-5,
  ): Tensor => torch.layer_norm(input, normalized_shape, weight, bias, eps, cudnn_enabled()),
);

/**
 * Divides by the root of the mean of the squares over the last dimensions, those of `normalized_shape`.
 *
 * `weight`, of that shape, scales the result. An `eps` of null is the smallest step of the input's dtype.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.rms_norm.html}
 */
export const rms_norm = def(
  "rms_norm",
  ["input", "normalized_shape", "weight", "eps"],
  (
    input: Tensor,
    normalized_shape: readonly number[],
    weight: Tensor | null = null,
    eps: number | null = null,
  ): Tensor => torch.rms_norm(input, normalized_shape, weight, eps),
);

/**
 * Subtracts the mean and divides by the standard deviation over groups of channels of each sample.
 *
 * `weight` and `bias` are of size C. The input is (N, C, ...); `num_groups` divides C.
 *
 * Throws RuntimeError for an input of fewer than two dimensions, and ValueError for one value per group.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.group_norm.html}
 */
export const group_norm = def(
  "group_norm",
  ["input", "num_groups", "weight", "bias", "eps"],
  (input: Tensor, num_groups: number, weight: Tensor | null = null, bias: Tensor | null = null, eps = 1e-5): Tensor => {
    if (input.dim() < 2) {
      throw new RuntimeError(`Expected at least 2 dimensions for input tensor but received ${input.dim()}`);
    }
    const per_group = Math.floor((input.size(0) * input.size(1)) / num_groups);
    _verify_batch_size([per_group, num_groups, ...input.size().slice(2)]);
    return torch.group_norm(input, num_groups, weight, bias, eps, cudnn_enabled());
  },
);

/**
 * Divides each element by (k + alpha * the mean of the squares at its position in `size` neighbouring channels)^beta.
 *
 * The input is (N, C, ...). Throws ValueError for fewer than three dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.local_response_norm.html}
 */
export const local_response_norm = def(
  "local_response_norm",
  ["input", "size", "alpha", "beta", "k"],
  (input: Tensor, size: number, alpha = 0.0001, beta = 0.75, k = 1): Tensor => {
    const dim = input.dim();
    if (dim < 3) {
      throw new ValueError(
        `Expected 3D or higher dimensionality                          input (got ${dim} dimensions)`,
      );
    }
    if (input.numel() === 0) return input;

    const [before, after] = [Math.floor(size / 2), Math.floor((size - 1) / 2)];
    let div = input.mul(input);
    if (dim === 3) {
      div = div.unsqueeze(1);
      div = _nn.pad(div, [0, 0, before, after]);
      div = _nn.avg_pool2d(div, [size, 1], { stride: 1 }).squeeze(1);
    } else {
      const sizes = input.size();
      div = div.view(sizes[0], 1, sizes[1], sizes[2], -1);
      div = _nn.pad(div, [0, 0, 0, 0, before, after]);
      div = _nn.avg_pool3d(div, [size, 1, 1], { stride: 1 }).squeeze(1);
      div = div.view(sizes);
    }
    div = div.mul(alpha).add(k).pow(beta);
    return input.div(div);
  },
);

/**
 * Divides by the p-norm along `dim`, or by `eps` where that is greater.
 *
 * Given `out`, the result is written there.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.normalize.html}
 */
export const normalize = def(
  "normalize",
  ["input", "p", "dim", "eps", "out"],
  (input: Tensor, p = 2, dim: number | readonly number[] = 1, eps = 1e-12, out: Tensor | null = null): Tensor => {
    const denom = norm(input, p, dim, { keepdim: true });
    if (out === null) return input.div(denom.clamp_min(eps).expand_as(input));
    return torch.div(input, denom.clamp_min_(eps).expand_as(input), { out });
  },
);
