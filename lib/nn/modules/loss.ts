// torch/nn/modules/loss.py

import type { Tensor } from "../../_tensor.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { floatRepr } from "../../python/format.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype } from "../../types.js";
import type { Reduction } from "../_reduction.js";
import * as _Reduction from "../_reduction.js";
import type { LinearCrossEntropyOptions } from "../functional/linear_cross_entropy_options.js";
import { warn } from "../functional/warn.js";
import * as F from "../functional.js";
import { PairwiseDistance } from "./distance.js";
import { Linear } from "./linear.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { tupleText } from "./utils.js";

type Flag = boolean | null;

const loss = ["size_average", "reduce", "reduction"] as const;
const weighted = ["weight", ...loss] as const;
const nll = ["weight", "size_average", "ignore_index", "reduce", "reduction"] as const;
const forward = ["input", "target"] as const;
const ranked = ["input1", "input2", "target"] as const;
const triplet = ["anchor", "positive", "negative"] as const;

class _Loss<R extends string = Reduction> extends Module {
  reduction: R;

  constructor(size_average: Flag = null, reduce: Flag = null, reduction: R = "mean" as R) {
    super();
    if (size_average !== null || reduce !== null) {
      this.reduction = _Reduction.legacy_get_string(size_average, reduce) as R;
    } else {
      this.reduction = reduction;
    }
  }
}

/** The base of the losses: `reduction` says whether their elements' losses are averaged, summed or left as they are. */
const _LossClass = module(_Loss, loss, []);
type _LossClass<R extends string = Reduction> = _Loss<R>;

class _WeightedLoss extends _Loss {
  declare weight: Tensor | null;

  constructor(
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ) {
    super(size_average, reduce, reduction);
    this.register_buffer("weight", weight);
  }
}

/** The base of the losses that have a buffer `weight`. */
const _WeightedLossClass = module(_WeightedLoss, weighted, []);
type _WeightedLossClass = InstanceType<typeof _WeightedLossClass>;

class L1Loss extends _Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, { reduction: this.reduction });
  }
}

/**
 * The absolute difference of input and target.
 *
 * l = |x - y|; both have the same shape, and so has the loss with `reduction: "none"`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.L1Loss.html}
 */
const L1LossClass = module(L1Loss, loss, forward, { owner: _Loss });
type L1LossClass = InstanceType<typeof L1LossClass>;

class NLLLoss extends _WeightedLoss {
  ignore_index: number;

  constructor(
    weight: Tensor | null = null,
    size_average: Flag = null,
    ignore_index = -100,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ) {
    super(weight, size_average, reduce, reduction);
    this.ignore_index = ignore_index;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction } = this;
    return F.nll_loss(input, target, { weight, ignore_index, reduction });
  }
}

/**
 * The negative log-likelihood of the target classes, given their log-probabilities.
 *
 * The input is (N, C), (C) or (N, C, d1, ...), the target (N), () or (N, d1, ...). `weight`, a buffer of size C,
 * weights the classes; targets equal to `ignore_index` do not count.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.NLLLoss.html}
 */
const NLLLossClass = module(NLLLoss, nll, forward);
type NLLLossClass = InstanceType<typeof NLLLossClass>;

class NLLLoss2d extends NLLLoss {
  constructor(
    weight: Tensor | null = null,
    size_average: Flag = null,
    ignore_index = -100,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ) {
    warn(
      "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see https://pytorch.org/docs/main/nn.html#torch.nn.NLLLoss for more details.",
    );
    super(weight, size_average, ignore_index, reduce, reduction);
  }
}

/** Deprecated: NLLLoss does the same. */
const NLLLoss2dClass = module(NLLLoss2d, nll, forward);
type NLLLoss2dClass = InstanceType<typeof NLLLoss2dClass>;

class PoissonNLLLoss extends _Loss {
  log_input: boolean;
  full: boolean;
  eps: number;

  constructor(
    log_input = true,
    full = false,
    size_average: Flag = null,
    eps = 1e-8,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ) {
    super(size_average, reduce, reduction);
    this.log_input = log_input;
    this.full = full;
    this.eps = eps;
  }

  override forward(log_input: Tensor, target: Tensor): Tensor {
    const { full, eps, reduction } = this;
    return F.poisson_nll_loss(log_input, target, { log_input: this.log_input, full, eps, reduction });
  }
}

/**
 * The negative log-likelihood of targets that are Poisson distributed.
 *
 * l = exp(x) - y * x, or x - y * log(x + eps) without `log_input`; `full` adds Stirling's approximation of log(y!).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.PoissonNLLLoss.html}
 */
const PoissonNLLLossClass = module(
  PoissonNLLLoss,
  ["log_input", "full", "size_average", "eps", "reduce", "reduction"],
  ["log_input", "target"],
);
type PoissonNLLLossClass = InstanceType<typeof PoissonNLLLossClass>;

class GaussianNLLLoss extends _Loss {
  full: boolean;
  eps: number;

  constructor(full = false, eps = 1e-6, reduction: Reduction = "mean") {
    super(null, null, reduction);
    this.full = full;
    this.eps = eps;
  }

  override forward(input: Tensor, target: Tensor, var_: Tensor | number): Tensor {
    const { full, eps, reduction } = this;
    return F.gaussian_nll_loss(input, target, var_, { full, eps, reduction });
  }
}

/**
 * The negative log-likelihood of targets that are normally distributed with the input as mean.
 *
 * l = (log(max(var, eps)) + (x - y)^2 / max(var, eps)) / 2; `full` adds log(2 * pi) / 2. `var` has the input's shape,
 * or lacks its last dimension, or has size 1 in one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.GaussianNLLLoss.html}
 */
const GaussianNLLLossClass = module(GaussianNLLLoss, ["*", "full", "eps", "reduction"], ["input", "target", "var"]);
type GaussianNLLLossClass = InstanceType<typeof GaussianNLLLossClass>;

class KLDivLoss extends _Loss<Reduction | "batchmean"> {
  log_target: boolean;

  constructor(
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction | "batchmean" = "mean",
    log_target = false,
  ) {
    super(size_average, reduce, reduction);
    this.log_target = log_target;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.kl_div(input, target, { reduction: this.reduction, log_target: this.log_target });
  }
}

/**
 * The Kullback-Leibler divergence of the target from the input, which holds log-probabilities.
 *
 * l = y * (log(y) - x), or exp(y) * (y - x) with `log_target`. The reduction "batchmean" is the definition's.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.KLDivLoss.html}
 */
const KLDivLossClass = module(KLDivLoss, [...loss, "log_target"], forward);
type KLDivLossClass = InstanceType<typeof KLDivLossClass>;

class MSELoss extends _Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, { reduction: this.reduction });
  }
}

/**
 * The squared difference of input and target.
 *
 * l = (x - y)^2; both have the same shape, and so has the loss with `reduction: "none"`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MSELoss.html}
 */
const MSELossClass = module(MSELoss, loss, forward, { owner: _Loss });
type MSELossClass = InstanceType<typeof MSELossClass>;

class BCELoss extends _WeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

/**
 * The cross entropy of probabilities and targets between 0 and 1.
 *
 * l = -weight * (y * log(x) + (1 - y) * log(1 - x)); input and target have the same shape.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.BCELoss.html}
 */
const BCELossClass = module(BCELoss, weighted, forward, { owner: _WeightedLoss });
type BCELossClass = InstanceType<typeof BCELossClass>;

class BCEWithLogitsLoss extends _Loss {
  declare weight: Tensor | null;
  declare pos_weight: Tensor | null;

  constructor(
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    pos_weight: Tensor | null = null,
  ) {
    super(size_average, reduce, reduction);
    this.register_buffer("weight", weight);
    this.register_buffer("pos_weight", pos_weight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight, reduction } = this;
    return F.binary_cross_entropy_with_logits(input, target, { weight, pos_weight, reduction });
  }
}

/**
 * BCELoss of sigmoid(input), computed in one so that it neither overflows nor loses digits.
 *
 * `weight` weights the elements, `pos_weight` those of the positive class; both are buffers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.BCEWithLogitsLoss.html}
 */
const BCEWithLogitsLossClass = module(BCEWithLogitsLoss, [...weighted, "pos_weight"], forward);
type BCEWithLogitsLossClass = InstanceType<typeof BCEWithLogitsLossClass>;

class HingeEmbeddingLoss extends _Loss {
  margin: number;

  constructor(margin = 1, size_average: Flag = null, reduce: Flag = null, reduction: Reduction = "mean") {
    super(size_average, reduce, reduction);
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.hinge_embedding_loss(input, target, { margin: this.margin, reduction: this.reduction });
  }
}

/**
 * The distances of pairs that are alike, and how far those of others fall short of a margin.
 *
 * l = x where y = 1, max(0, margin - x) where y = -1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.HingeEmbeddingLoss.html}
 */
const HingeEmbeddingLossClass = module(HingeEmbeddingLoss, ["margin", ...loss], forward);
type HingeEmbeddingLossClass = InstanceType<typeof HingeEmbeddingLossClass>;

class MultiLabelMarginLoss extends _Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_margin_loss(input, target, { reduction: this.reduction });
  }
}

/**
 * The hinge loss of several classes for each sample.
 *
 * l = sum of max(0, 1 - (x[y] - x[i])) / C over targets y and other classes i. The input is (N, C) or (C); the target
 * of the same shape lists classes, as far as the first -1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MultiLabelMarginLoss.html}
 */
const MultiLabelMarginLossClass = module(MultiLabelMarginLoss, loss, forward, { owner: _Loss });
type MultiLabelMarginLossClass = InstanceType<typeof MultiLabelMarginLossClass>;

class SmoothL1Loss extends _Loss {
  beta: number;

  constructor(size_average: Flag = null, reduce: Flag = null, reduction: Reduction = "mean", beta = 1) {
    super(size_average, reduce, reduction);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.smooth_l1_loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

/**
 * The squared difference where it is small, the absolute one elsewhere.
 *
 * l = (x - y)^2 / (2 * beta) where |x - y| < beta, |x - y| - beta / 2 elsewhere.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.SmoothL1Loss.html}
 */
const SmoothL1LossClass = module(SmoothL1Loss, [...loss, "beta"], forward);
type SmoothL1LossClass = InstanceType<typeof SmoothL1LossClass>;

class HuberLoss extends _Loss {
  delta: number;

  constructor(reduction: Reduction = "mean", delta = 1) {
    const type = typeName(delta);
    if (!["float", "int", "bool"].includes(type)) {
      throw new TypeError(`delta must be a float or int, got: <class '${type}'>`);
    }
    super(null, null, reduction);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.huber_loss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}

/**
 * The squared difference where it is small, `delta` times the absolute one elsewhere.
 *
 * l = (x - y)^2 / 2 where |x - y| < delta, delta * (|x - y| - delta / 2) elsewhere. Throws TypeError for a `delta` that
 * is no number.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.HuberLoss.html}
 */
const HuberLossClass = module(HuberLoss, ["reduction", "delta"], forward);
type HuberLossClass = InstanceType<typeof HuberLossClass>;

class SoftMarginLoss extends _Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.soft_margin_loss(input, target, { reduction: this.reduction });
  }
}

/**
 * The logistic loss of targets 1 and -1.
 *
 * l = log(1 + exp(-y * x)); input and target have the same shape.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.SoftMarginLoss.html}
 */
const SoftMarginLossClass = module(SoftMarginLoss, loss, forward, { owner: _Loss });
type SoftMarginLossClass = InstanceType<typeof SoftMarginLossClass>;

class CrossEntropyLoss extends _WeightedLoss {
  ignore_index: number;
  label_smoothing: number;

  constructor(
    weight: Tensor | null = null,
    size_average: Flag = null,
    ignore_index = -100,
    reduce: Flag = null,
    reduction: Reduction = "mean",
    label_smoothing = 0,
  ) {
    super(weight, size_average, reduce, reduction);
    this.ignore_index = ignore_index;
    this.label_smoothing = label_smoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction, label_smoothing } = this;
    return F.cross_entropy(input, target, { weight, ignore_index, reduction, label_smoothing });
  }
}

/**
 * The negative log-likelihood of the targets under the softmax of the input, which holds unnormalized logits.
 *
 * The input is (N, C), (C) or (N, C, d1, ...). The target holds classes, (N), () or (N, d1, ...), or probabilities in
 * the input's shape. `weight`, a buffer of size C, weights the classes; targets equal to `ignore_index` do not count;
 * `label_smoothing` in 0 ... 1 mixes the target with the uniform distribution.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CrossEntropyLoss.html}
 */
const CrossEntropyLossClass = module(CrossEntropyLoss, [...nll, "label_smoothing"], forward);
type CrossEntropyLossClass = InstanceType<typeof CrossEntropyLossClass>;

class LinearCrossEntropyLoss extends _WeightedLoss {
  num_classes: number;
  out_features: readonly number[];
  ignore_index: number | null;
  label_smoothing: number;
  linear: Linear;
  options: LinearCrossEntropyOptions | null;

  constructor(
    in_features: number,
    num_classes: number,
    out_features: readonly number[] = [],
    bias = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    reduction: Reduction = "mean",
    weight: Tensor | null = null,
    ignore_index: number | null = null,
    label_smoothing = 0,
    options: LinearCrossEntropyOptions | null = null,
  ) {
    if (weight !== null && !(weight.dim() === 1 && weight.size(0) === num_classes)) {
      throw new RuntimeError(`expected weight shape to be (${num_classes},), got ${tupleText(weight.shape)}`);
    }
    if (label_smoothing < 0 || label_smoothing > 1) {
      throw new RuntimeError(`expected label_smoothing to be in range [0, 1], got ${repr(label_smoothing)}`);
    }
    super(weight, null, null, reduction);
    this.num_classes = num_classes;
    this.out_features = out_features;
    this.ignore_index = ignore_index;
    this.label_smoothing = label_smoothing;
    const linear_features = out_features.reduce((product, size) => product * size, num_classes);
    this.linear = new Linear(in_features, linear_features, { bias, device, dtype });
    this.options = options;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { num_classes, out_features, linear, weight, reduction, ignore_index, label_smoothing, options } = this;
    const linear_weight = linear.weight.reshape([num_classes, ...out_features, linear.in_features]);
    const linear_bias = linear.bias !== null ? linear.bias.reshape([num_classes, ...out_features]) : null;
    return F.linear_cross_entropy(input, linear_weight, target, {
      linear_bias,
      weight,
      reduction,
      ignore_index,
      label_smoothing,
      options,
    });
  }

  override extra_repr(): string {
    return [
      `in_features=${this.linear.in_features}`,
      `num_classes=${this.num_classes}`,
      `out_features=${tupleText(this.out_features)}`,
      `bias=${repr(this.linear.bias !== null)}`,
      `reduction=${this.reduction}`,
      `ignore_index=${repr(this.ignore_index)}`,
      `label_smoothing=${floatRepr(this.label_smoothing)}`,
      `options=${repr(this.options)}`,
    ].join(", ");
  }
}

/**
 * The cross entropy of what a linear layer of its own, `linear`, makes of the input.
 *
 * The input is (N, in_features) or (in_features), the logits are (N, num_classes, *out_features). Throws RuntimeError
 * for a `weight` that is not of size num_classes and a `label_smoothing` outside of 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LinearCrossEntropyLoss.html}
 */
const LinearCrossEntropyLossClass = module(
  LinearCrossEntropyLoss,
  [
    "in_features",
    "num_classes",
    "*",
    "out_features",
    "bias",
    "device",
    "dtype",
    "reduction",
    "weight",
    "ignore_index",
    "label_smoothing",
    "options",
  ],
  forward,
);
type LinearCrossEntropyLossClass = InstanceType<typeof LinearCrossEntropyLossClass>;

class MultiLabelSoftMarginLoss extends _WeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_soft_margin_loss(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

/**
 * The mean over the classes of the cross entropy of sigmoid(input) and targets of 0 and 1.
 *
 * Input and target are (N, C) or (C); `weight`, a buffer, weights the classes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MultiLabelSoftMarginLoss.html}
 */
const MultiLabelSoftMarginLossClass = module(MultiLabelSoftMarginLoss, weighted, forward, { owner: _WeightedLoss });
type MultiLabelSoftMarginLossClass = InstanceType<typeof MultiLabelSoftMarginLossClass>;

class CosineEmbeddingLoss extends _Loss {
  margin: number;

  constructor(margin = 0, size_average: Flag = null, reduce: Flag = null, reduction: Reduction = "mean") {
    super(size_average, reduce, reduction);
    this.margin = margin;
  }

  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosine_embedding_loss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

/**
 * How far the directions of two vectors are from being alike, or from being different enough.
 *
 * l = 1 - cos(x1, x2) where y = 1, max(0, cos(x1, x2) - margin) where y = -1. The inputs are (N, D) or (D).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CosineEmbeddingLoss.html}
 */
const CosineEmbeddingLossClass = module(CosineEmbeddingLoss, ["margin", ...loss], ranked);
type CosineEmbeddingLossClass = InstanceType<typeof CosineEmbeddingLossClass>;

class MarginRankingLoss extends _Loss {
  margin: number;

  constructor(margin = 0, size_average: Flag = null, reduce: Flag = null, reduction: Reduction = "mean") {
    super(size_average, reduce, reduction);
    this.margin = margin;
  }

  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.margin_ranking_loss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

/**
 * How far one input is from exceeding the other by a margin.
 *
 * l = max(0, -y * (x1 - x2) + margin), with y = 1 if the first is to be the greater one and -1 if the second.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MarginRankingLoss.html}
 */
const MarginRankingLossClass = module(MarginRankingLoss, ["margin", ...loss], ranked);
type MarginRankingLossClass = InstanceType<typeof MarginRankingLossClass>;

class MultiMarginLoss extends _WeightedLoss {
  p: number;
  margin: number;

  constructor(
    p = 1,
    margin = 1,
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ) {
    super(weight, size_average, reduce, reduction);
    if (Number(p) !== 1 && Number(p) !== 2) throw new ValueError("only p == 1 and p == 2 supported");
    if (weight !== null && weight.dim() !== 1) {
      throw new ValueError(`MultiMarginLoss: expected weight to be None or 1D tensor, got ${weight.dim()}D instead`);
    }
    this.p = p;
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return F.multi_margin_loss(input, target, { p, margin, weight, reduction });
  }
}

/**
 * The hinge loss of one class for each sample.
 *
 * l = sum of weight[y] * max(0, margin - x[y] + x[i])^p / C over the other classes i. The input is (N, C) or (C), the
 * target (N) or (). `p` is 1 or 2: ValueError otherwise.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MultiMarginLoss.html}
 */
const MultiMarginLossClass = module(MultiMarginLoss, ["p", "margin", ...weighted], forward);
type MultiMarginLossClass = InstanceType<typeof MultiMarginLossClass>;

function check_margin(name: string, margin: number): void {
  if (margin <= 0) throw new ValueError(`${name}: expected margin to be greater than 0, got ${repr(margin)} instead`);
}

class TripletMarginLoss extends _Loss {
  margin: number;
  p: number;
  eps: number;
  swap: boolean;

  constructor(
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = "mean",
  ) {
    super(size_average, reduce, reduction);
    check_margin("TripletMarginLoss", margin);
    this.margin = margin;
    this.p = p;
    this.eps = eps;
    this.swap = swap;
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return F.triplet_margin_loss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }
}

/**
 * How much nearer, in the p-norm, an anchor is to be to a positive sample than to a negative one.
 *
 * l = max(0, d(a, p) - d(a, n) + margin); `swap` takes d(p, n) where that is less than d(a, n). The inputs are (N, D)
 * or (D). Throws ValueError for a margin that is not positive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.TripletMarginLoss.html}
 */
const TripletMarginLossClass = module(TripletMarginLoss, ["margin", "p", "eps", "swap", ...loss], triplet);
type TripletMarginLossClass = InstanceType<typeof TripletMarginLossClass>;

type Distance = (x1: Tensor, x2: Tensor) => Tensor;

class TripletMarginWithDistanceLoss extends _Loss {
  distance_function: Distance;
  margin: number;
  swap: boolean;

  constructor(distance_function: Distance | null = null, margin = 1, swap = false, reduction: Reduction = "mean") {
    super(null, null, reduction);
    check_margin("TripletMarginWithDistanceLoss", margin);
    this.distance_function = distance_function ?? new PairwiseDistance();
    this.margin = margin;
    this.swap = swap;
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distance_function, margin, swap, reduction } = this;
    return F.triplet_margin_with_distance_loss(anchor, positive, negative, {
      distance_function,
      margin,
      swap,
      reduction,
    });
  }
}

/**
 * TripletMarginLoss with a distance of one's own: a function or a module of two tensors, PairwiseDistance by default.
 *
 * Throws ValueError for a margin that is not positive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.TripletMarginWithDistanceLoss.html}
 */
const TripletMarginWithDistanceLossClass = module(
  TripletMarginWithDistanceLoss,
  ["*", "distance_function", "margin", "swap", "reduction"],
  triplet,
);
type TripletMarginWithDistanceLossClass = InstanceType<typeof TripletMarginWithDistanceLossClass>;

class CTCLoss extends _Loss {
  blank: number;
  zero_infinity: boolean;

  constructor(blank = 0, reduction: Reduction = "mean", zero_infinity = false) {
    super(null, null, reduction);
    this.blank = blank;
    this.zero_infinity = zero_infinity;
  }

  override forward(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | readonly number[],
    target_lengths: Tensor | readonly number[],
  ): Tensor {
    const { blank, reduction, zero_infinity } = this;
    return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity);
  }
}

/**
 * Connectionist temporal classification: how unlikely the sequences of targets are, summed over all alignments.
 *
 * `log_probs` is (T, N, C) or (T, C), `targets` (N, S) or all targets in a row; the lengths are (N). `zero_infinity`
 * makes infinite losses and their gradients zero.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CTCLoss.html}
 */
const CTCLossClass = module(
  CTCLoss,
  ["blank", "reduction", "zero_infinity"],
  ["log_probs", "targets", "input_lengths", "target_lengths"],
);
type CTCLossClass = InstanceType<typeof CTCLossClass>;

export {
  _LossClass as _Loss,
  _WeightedLossClass as _WeightedLoss,
  BCELossClass as BCELoss,
  BCEWithLogitsLossClass as BCEWithLogitsLoss,
  CosineEmbeddingLossClass as CosineEmbeddingLoss,
  CrossEntropyLossClass as CrossEntropyLoss,
  CTCLossClass as CTCLoss,
  GaussianNLLLossClass as GaussianNLLLoss,
  HingeEmbeddingLossClass as HingeEmbeddingLoss,
  HuberLossClass as HuberLoss,
  KLDivLossClass as KLDivLoss,
  L1LossClass as L1Loss,
  LinearCrossEntropyLossClass as LinearCrossEntropyLoss,
  MarginRankingLossClass as MarginRankingLoss,
  MSELossClass as MSELoss,
  MultiLabelMarginLossClass as MultiLabelMarginLoss,
  MultiLabelSoftMarginLossClass as MultiLabelSoftMarginLoss,
  MultiMarginLossClass as MultiMarginLoss,
  NLLLoss2dClass as NLLLoss2d,
  NLLLossClass as NLLLoss,
  PoissonNLLLossClass as PoissonNLLLoss,
  SmoothL1LossClass as SmoothL1Loss,
  SoftMarginLossClass as SoftMarginLoss,
  TripletMarginLossClass as TripletMarginLoss,
  TripletMarginWithDistanceLossClass as TripletMarginWithDistanceLoss,
};
