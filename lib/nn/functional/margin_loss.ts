// torch.nn.functional: losses of rankings, margins and embeddings

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import type { Reduction } from "../_reduction.js";
import { reduction_enum, reduction_string } from "./loss.js";

type Flag = boolean | null;

/**
 * max(0, -target * (input1 - input2) + margin): a target of 1 wants the first input to be the greater one, -1 the second.
 *
 * Throws RuntimeError unless all have the same number of dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.margin_ranking_loss.html}
 */
export const margin_ranking_loss = def(
  "margin_ranking_loss",
  ["input1", "input2", "target", "margin", "size_average", "reduce", "reduction"],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin = 0,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => {
    const reduction_ = reduction_enum(reduction, size_average, reduce);
    if (input1.dim() !== input2.dim() || input1.dim() !== target.dim()) {
      throw new RuntimeError(
        `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ${input1.size()}, input2: ${input2.size()}, target: ${target.size()} `,
      );
    }
    return torch.margin_ranking_loss(input1, input2, target, margin, reduction_);
  },
);

/**
 * The input, a distance, where the target is 1; max(0, margin - input) where it is -1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.hinge_embedding_loss.html}
 */
export const hinge_embedding_loss = def(
  "hinge_embedding_loss",
  ["input", "target", "margin", "size_average", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    margin = 1,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => torch.hinge_embedding_loss(input, target, margin, reduction_enum(reduction, size_average, reduce)),
);

/**
 * The sum of max(0, 1 - (input[target] - input[other])) over the target classes and all others, divided by the number of
 * classes.
 *
 * The input is (N, C) or (C); the target of the same size lists classes, as far as the first -1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.multilabel_margin_loss.html}
 */
export const multilabel_margin_loss = def(
  "multilabel_margin_loss",
  ["input", "target", "size_average", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => _nn.multilabel_margin_loss(input, target, reduction_enum(reduction, size_average, reduce)),
);

/**
 * log(1 + exp(-target * input)), with targets of 1 and -1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.soft_margin_loss.html}
 */
export const soft_margin_loss = def(
  "soft_margin_loss",
  ["input", "target", "size_average", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => _nn.soft_margin_loss(input, target, reduction_enum(reduction, size_average, reduce)),
);

/**
 * The mean over the classes of the cross entropy of sigmoid(input) and targets of 0 and 1; `weight` weights the classes.
 *
 * The input and the target are (N, C) or (C).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.multilabel_soft_margin_loss.html}
 */
export const multilabel_soft_margin_loss = def(
  "multilabel_soft_margin_loss",
  ["input", "target", "weight", "size_average", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => {
    reduction = reduction_string(reduction, size_average, reduce);

    const positive = target.mul(_nn.log_sigmoid(input));
    const negative = torch.rsub(target, 1).mul(_nn.log_sigmoid(input.neg()));
    let loss = positive.add(negative).neg();
    if (weight !== null) loss = loss.mul(weight);

    const class_dim = input.dim() - 1;
    const C = input.size(class_dim);
    loss = loss.sum(class_dim).div(C);

    switch (reduction) {
      case "none":
        return loss;
      case "mean":
        return loss.mean();
      case "sum":
        return loss.sum();
      default:
        throw new ValueError(`${reduction} is not valid`);
    }
  },
);

/**
 * 1 - cos(input1, input2) where the target is 1, max(0, cos(input1, input2) - margin) where it is -1.
 *
 * The inputs are (N, D) or (D), the target is (N) or ().
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.cosine_embedding_loss.html}
 */
export const cosine_embedding_loss = def(
  "cosine_embedding_loss",
  ["input1", "input2", "target", "margin", "size_average", "reduce", "reduction"],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin = 0,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor =>
    torch.cosine_embedding_loss(input1, input2, target, margin, reduction_enum(reduction, size_average, reduce)),
);

/**
 * The sum of max(0, margin - input[target] + input[other])^p over all other classes, divided by the number of classes.
 *
 * The input is (N, C) or (C), the target (N) or (); `weight` of size C weights the classes. `p` is 1 or 2: ValueError
 * otherwise.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.multi_margin_loss.html}
 */
export const multi_margin_loss = def(
  "multi_margin_loss",
  ["input", "target", "p", "margin", "weight", "size_average", "reduce", "reduction"],
  (
    input: Tensor,
    target: Tensor,
    p = 1,
    margin = 1,
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => {
    const reduction_ = reduction_enum(reduction, size_average, reduce);
    if (Number(p) !== 1 && Number(p) !== 2) throw new ValueError("only p == 1 and p == 2 supported");
    if (weight !== null && weight.dim() !== 1) throw new ValueError("weight must be one-dimensional");
    return _nn.multi_margin_loss(input, target, p, margin, weight, reduction_);
  },
);

function check_margin(margin: number): void {
  if (margin <= 0) throw new ValueError(`margin must be greater than 0, got ${floatRepr(Number(margin))}`);
}

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin), where d is the distance in the p-norm.
 *
 * `swap` takes the distance of positive and negative where that is the smaller one. Throws ValueError for a margin that is
 * not positive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.triplet_margin_loss.html}
 */
export const triplet_margin_loss = def(
  "triplet_margin_loss",
  ["anchor", "positive", "negative", "margin", "p", "eps", "swap", "size_average", "reduce", "reduction"],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ): Tensor => {
    const reduction_ = reduction_enum(reduction, size_average, reduce);
    check_margin(margin);
    return torch.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction_);
  },
);

/**
 * The triplet margin loss with a distance of one's own; without `distance_function` it is pairwise_distance().
 *
 * `swap` takes the distance of positive and negative where that is the smaller one. Throws ValueError for a margin that is
 * not positive, and RuntimeError unless the inputs have the same number of dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.triplet_margin_with_distance_loss.html}
 */
export const triplet_margin_with_distance_loss = def(
  "triplet_margin_with_distance_loss",
  ["anchor", "positive", "negative", "*", "distance_function", "margin", "swap", "reduction"],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance_function: ((x1: Tensor, x2: Tensor) => Tensor) | null = null,
    margin = 1,
    swap = false,
    reduction: Reduction = "mean",
  ): Tensor => {
    if (!["mean", "sum", "none"].includes(reduction)) {
      throw new ValueError(`${reduction} is not a valid value for reduction`);
    }
    check_margin(margin);

    const [a_dim, p_dim, n_dim] = [anchor.ndim, positive.ndim, negative.ndim];
    if (a_dim !== p_dim || p_dim !== n_dim) {
      throw new RuntimeError(
        `The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ${a_dim}D, positive ${p_dim}D, and negative ${n_dim}D inputs`,
      );
    }

    distance_function ??= torch.pairwise_distance;
    const dist_pos = distance_function(anchor, positive);
    let dist_neg = distance_function(anchor, negative);
    // As the paper of V. Balntas, E. Riba et al. on learning shallow descriptors has it.
    if (swap) dist_neg = torch.minimum(dist_neg, distance_function(positive, negative));

    const loss = torch.clamp_min(dist_pos.add(margin).sub(dist_neg), 0);
    return reduction === "sum" ? torch.sum(loss) : reduction === "mean" ? torch.mean(loss) : loss;
  },
);
