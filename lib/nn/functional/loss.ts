// torch.nn.functional: losses of likelihoods and of distances to a target

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { ValueError } from "../../errors.js";
import { broadcast_shapes, broadcast_tensors } from "../../functional.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { TensorBase } from "../../tensor_base.js";
import type { Reduction } from "../_reduction.js";
import * as _Reduction from "../_reduction.js";
import { equal } from "./shapes.js";
import { warn } from "./warn.js";

type Flag = boolean | null;

/** The number of a reduction, whether it is given by name or by the two deprecated flags. */
export function reduction_enum(reduction: string, size_average: Flag, reduce: Flag): number {
  if (size_average !== null || reduce !== null) return _Reduction.legacy_get_enum(size_average, reduce);
  return _Reduction.get_enum(reduction);
}

/** The name of a reduction, whether it is given so or by the two deprecated flags. */
export function reduction_string(reduction: Reduction, size_average: Flag, reduce: Flag): Reduction {
  if (size_average !== null || reduce !== null) return _Reduction.legacy_get_string(size_average, reduce);
  return reduction;
}

/**
 * Connectionist temporal classification: how unlikely the sequences of targets are, summed over all alignments.
 *
 * `log_probs` is (T, N, C) or (T, C), `targets` (N, S) or all targets in a row; the lengths are (N). `zero_infinity` makes
 * infinite losses, of inputs too short to be aligned, and their gradients zero. "mean" divides by the targets' lengths
 * first.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.ctc_loss.html}
 */
export const ctc_loss = def(
  "ctc_loss",
  ["log_probs", "targets", "input_lengths", "target_lengths", "blank", "reduction", "zero_infinity"],
  (
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | readonly number[],
    target_lengths: Tensor | readonly number[],
    blank = 0,
    reduction: Reduction = "mean",
    zero_infinity = false,
  ): Tensor =>
    torch.ctc_loss(
      log_probs,
      targets,
      input_lengths as Tensor,
      target_lengths as Tensor,
      blank,
      _Reduction.get_enum(reduction),
      zero_infinity,
    ),
);

/**
 * The negative log-likelihood of the target classes: minus the input, which holds log-probabilities, at the targets.
 *
 * The input is (N, C), (C) or (N, C, d1, ...), the target (N), () or (N, d1, ...). `weight` of size C weights the classes;
 * targets equal to `ignore_index` do not count.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.nll_loss.html}
 */
export const nll_loss = def(
  "nll_loss",
  ["input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    size_average: Flag = null,
    ignore_index = -100,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => _nn.nll_loss_nd(input, target, weight, reduction_enum(reduction, size_average, reduce), ignore_index),
);

/**
 * The negative log-likelihood of targets that are Poisson distributed with the input as mean, or as its logarithm.
 *
 * exp(input) - target * input with `log_input`, input - target * log(input + eps) without; `full` adds Stirling's
 * approximation of log(target!).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.poisson_nll_loss.html}
 */
export const poisson_nll_loss = def(
  "poisson_nll_loss",
  ["input", "target", "log_input", "full", "size_average", "eps", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    log_input = true,
    full = false,
    size_average: Flag = null,
    eps = 1e-8,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => {
    reduction = reduction_string(reduction, size_average, reduce);
    if (reduction !== "none" && reduction !== "mean" && reduction !== "sum") {
      throw new ValueError(`${reduction} is not a valid value for reduction`);
    }
    return torch.poisson_nll_loss(input, target, log_input, full, eps, _Reduction.get_enum(reduction));
  },
);

/**
 * The negative log-likelihood of targets that are normally distributed with the input as mean and `var` as variance.
 *
 * 0.5 * (log(var) + (input - target)^2 / var), with `var` not below `eps`; `full` adds 0.5 * log(2 * pi). `var` has the
 * input's shape, or lacks its last dimension, or has size 1 in one, or is a number.
 *
 * Throws ValueError for a negative variance or one of another shape.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.gaussian_nll_loss.html}
 */
export const gaussian_nll_loss = def(
  "gaussian_nll_loss",
  ["input", "target", "var", "full", "eps", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    var_: Tensor | number,
    full = false,
    eps = 1e-6,
    reduction: Reduction = "mean",
  ): Tensor => {
    let variance: Tensor;
    if (var_ instanceof TensorBase) {
      if (var_.lt(0).any().item()) throw new ValueError("var has negative entry/entries");
      variance = var_;
    } else {
      if (var_ < 0) throw new ValueError("var has negative entry/entries");
      variance = torch.ones_like(input).mul(var_);
    }

    const [input_size, var_size] = [input.size(), variance.size()];
    if (!equal(var_size, input_size)) {
      if (equal(input_size.slice(0, -1), var_size)) {
        variance = torch.unsqueeze(variance, -1);
      } else {
        const differing = var_size.filter((size, i) => size !== input_size[i]);
        if (input.ndim !== variance.ndim || differing.reduce((sum, size) => sum + size, 0) !== 1) {
          throw new ValueError("var is of incorrect size");
        }
      }
    }
    if (reduction !== "none" && reduction !== "mean" && reduction !== "sum") {
      throw new ValueError(`${reduction} is not valid`);
    }

    variance = variance.clone();
    no_grad(() => variance.clamp_({ min: eps }));

    const loss = torch.log(variance).add(input.sub(target).pow(2).div(variance)).mul(0.5);
    if (full) loss.add_(0.5 * Math.log(2 * Math.PI));
    return reduction === "mean" ? loss.mean() : reduction === "sum" ? loss.sum() : loss;
  },
);

/**
 * The Kullback-Leibler divergence, element by element target * (log(target) - input): the input holds log-probabilities,
 * and with `log_target` the target too.
 *
 * "batchmean" divides the sum by the size of the batch, as the definition does; "mean" by the number of elements.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.kl_div.html}
 */
export const kl_div = def(
  "kl_div",
  ["input", "target", "size_average", "reduce", "reduction", "log_target"],
  (
    input: Tensor,
    target: Tensor,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction | "batchmean" = "mean",
    log_target = false,
  ): Tensor => {
    if (reduction === "mean" && size_average === null && reduce === null) {
      warn(
        "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release.",
      );
    }
    const summed = reduction === "batchmean" ? "sum" : reduction;
    const reduced = torch.kl_div(input, target, reduction_enum(summed, size_average, reduce), { log_target });
    if (reduction === "batchmean" && input.dim() !== 0) return reduced.div(input.size(0));
    return reduced;
  },
);

/**
 * The negative log-likelihood of the targets under the softmax of the input, which holds unnormalized logits.
 *
 * The input is (N, C), (C) or (N, C, d1, ...). The target holds classes, (N), () or (N, d1, ...), or probabilities in the
 * input's shape. `weight` of size C weights the classes, targets equal to `ignore_index` do not count, and
 * `label_smoothing` in 0 ... 1 mixes the target with the uniform distribution.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.cross_entropy.html}
 */
export const cross_entropy = def(
  "cross_entropy",
  ["input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction", "label_smoothing"],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    size_average: Flag = null,
    ignore_index = -100,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    label_smoothing = 0,
  ): Tensor =>
    _nn.cross_entropy_loss(
      input,
      target,
      weight,
      reduction_enum(reduction, size_average, reduce),
      ignore_index,
      label_smoothing,
    ),
);

/**
 * The cross entropy of probabilities and targets: -(target * log(input) + (1 - target) * log(1 - input)).
 *
 * Throws ValueError unless both have the same size.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.binary_cross_entropy.html}
 */
export const binary_cross_entropy = def(
  "binary_cross_entropy",
  ["input", "target", "weight", "size_average", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => {
    const reduction_ = reduction_enum(reduction, size_average, reduce);
    if (!equal(target.size(), input.size())) {
      throw new ValueError(
        `Using a target size (${target.size()}) that is different to the input size (${input.size()}) is deprecated. Please ensure they have the same size.`,
      );
    }
    if (weight !== null) weight = weight.expand(broadcast_shapes(target.size(), weight.size()));
    return _nn.binary_cross_entropy(input, target, weight, reduction_);
  },
);

/**
 * The cross entropy of sigmoid(input) and targets, computed in one so that it neither overflows nor loses digits.
 *
 * `weight` weights the elements, `pos_weight` those of the positive class. Throws ValueError unless input and target have
 * the same size.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.binary_cross_entropy_with_logits.html}
 */
export const binary_cross_entropy_with_logits = def(
  "binary_cross_entropy_with_logits",
  ["input", "target", "weight", "size_average", "reduce", "reduction", "pos_weight"],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    pos_weight: Tensor | null = null,
  ): Tensor => {
    const reduction_ = reduction_enum(reduction, size_average, reduce);
    if (!equal(target.size(), input.size())) {
      throw new ValueError(`Target size (${target.size()}) must be the same as input size (${input.size()})`);
    }
    return torch.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction_);
  },
);

function warn_of_broadcasting(input: Tensor, target: Tensor): void {
  if (equal(target.size(), input.size())) return;
  warn(
    `Using a target size (${target.size()}) that is different to the input size (${input.size()}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
  );
}

function check_weight(weight: Tensor, input: Tensor): void {
  if (!equal(weight.size(), input.size())) throw new ValueError("Weights and input must have the same size.");
}

/** Reduces weighted losses; the mean is that of `mean`. */
function reduce_weighted(losses: Tensor, reduction: Reduction, mean: () => Tensor): Tensor {
  switch (reduction) {
    case "none":
      return losses;
    case "sum":
      return torch.sum(losses);
    case "mean":
      return mean();
    default:
      throw new ValueError(`Invalid reduction mode: ${reduction}. Expected one of 'none', 'mean', 'sum'.`);
  }
}

/**
 * 0.5 * (input - target)^2 / beta where the two are closer than `beta`, |input - target| - 0.5 * beta elsewhere.
 *
 * Warns where the sizes differ, which then broadcast.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.smooth_l1_loss.html}
 */
export const smooth_l1_loss = def(
  "smooth_l1_loss",
  ["input", "target", "size_average", "reduce", "reduction", "beta"],
  (
    input: Tensor,
    target: Tensor,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    beta = 1,
  ): Tensor => {
    warn_of_broadcasting(input, target);
    reduction = reduction_string(reduction, size_average, reduce);
    const [expanded_input, expanded_target] = broadcast_tensors(input, target);
    if (Number(beta) === 0) return _nn.l1_loss(expanded_input, expanded_target, _Reduction.get_enum(reduction));
    return _nn.smooth_l1_loss(expanded_input, expanded_target, _Reduction.get_enum(reduction), beta);
  },
);

/**
 * 0.5 * (input - target)^2 where the two are closer than `delta`, delta * (|input - target| - 0.5 * delta) elsewhere.
 *
 * `weight`, of the input's size, weights the elements. Warns where the sizes of input and target differ.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.huber_loss.html}
 */
export const huber_loss = def(
  "huber_loss",
  ["input", "target", "reduction", "delta", "weight"],
  (input: Tensor, target: Tensor, reduction: Reduction = "mean", delta = 1, weight: Tensor | null = null): Tensor => {
    warn_of_broadcasting(input, target);
    const [expanded_input, expanded_target] = broadcast_tensors(input, target);
    if (weight === null) {
      return _nn.huber_loss(expanded_input, expanded_target, _Reduction.get_enum(reduction), delta);
    }
    check_weight(weight, input);
    const unweighted_loss = _nn.huber_loss(expanded_input, expanded_target, _Reduction.get_enum("none"), delta);
    const weighted_loss = unweighted_loss.mul(weight);
    return reduce_weighted(weighted_loss, reduction, () => weighted_loss.mean());
  },
);

/**
 * |input - target|.
 *
 * `weight`, of the input's size, weights the elements, and "mean" then divides by the sum of the weights. Warns where the
 * sizes of input and target differ.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.l1_loss.html}
 */
export const l1_loss = def(
  "l1_loss",
  ["input", "target", "size_average", "reduce", "reduction", "weight"],
  (
    input: Tensor,
    target: Tensor,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    weight: Tensor | null = null,
  ): Tensor => {
    warn_of_broadcasting(input, target);
    reduction = reduction_string(reduction, size_average, reduce);
    const [expanded_input, expanded_target] = broadcast_tensors(input, target);
    if (weight === null) return _nn.l1_loss(expanded_input, expanded_target, _Reduction.get_enum(reduction));
    check_weight(weight, input);
    const weighted_absolute_errors = torch.abs(expanded_input.sub(expanded_target)).mul(weight);
    return reduce_weighted(weighted_absolute_errors, reduction, () =>
      torch.sum(weighted_absolute_errors).div(torch.sum(weight)),
    );
  },
);

/**
 * (input - target)^2.
 *
 * `weight`, of the input's size, weights the elements, and "mean" then divides by the sum of the weights. Warns where the
 * sizes of input and target differ.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.mse_loss.html}
 */
export const mse_loss = def(
  "mse_loss",
  ["input", "target", "size_average", "reduce", "reduction", "weight"],
  (
    input: Tensor,
    target: Tensor,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    weight: Tensor | null = null,
  ): Tensor => {
    warn_of_broadcasting(input, target);
    reduction = reduction_string(reduction, size_average, reduce);
    const [expanded_input, expanded_target] = broadcast_tensors(input, target);
    if (weight === null) return _nn.mse_loss(expanded_input, expanded_target, _Reduction.get_enum(reduction));
    check_weight(weight, input);
    const weighted_squared_errors = torch.pow(expanded_input.sub(expanded_target), 2).mul(weight);
    return reduce_weighted(weighted_squared_errors, reduction, () =>
      torch.sum(weighted_squared_errors).div(torch.sum(weight)),
    );
  },
);
