// torch/distributions/relaxed_categorical.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { Categorical } from "./categorical.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { ExpTransform } from "./transforms.js";
import { broadcast_all, clamp_probs } from "./utils.js";

class ExpRelaxedCategorical extends Distribution {
  static override arg_constraints = { probs: constraints.simplex, logits: constraints.real_vector };
  static override support = constraints.real_vector; // the true one is a submanifold of it
  static override has_rsample = true;

  declare _categorical: Categorical;
  declare temperature: Tensor;

  constructor(
    temperature: Tensor,
    probs: Tensor | null = null,
    logits: Tensor | null = null,
    validate_args: boolean | null = null,
  ) {
    const _categorical = Categorical(probs, logits);
    const fields = { _categorical, temperature };
    super(_categorical.batch_shape, _categorical.param_shape.slice(-1), validate_args, fields);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const fields = { temperature: this.temperature, _categorical: this._categorical.expand(batch_shape) };
    return this._expanded(ExpRelaxedCategorical, _instance, batch_shape, this.event_shape, fields);
  }

  get param_shape(): Size {
    return this._categorical.param_shape;
  }

  get logits(): Tensor {
    return this._categorical.logits;
  }

  get probs(): Tensor {
    return this._categorical.probs;
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.logits;
    const uniforms = clamp_probs(torch.rand(this._extended_shape(sample_shape), { dtype, device }));
    const gumbels = uniforms.log().neg().log().neg();
    const scores = this.logits.add(gumbels).div(this.temperature);
    return scores.sub(scores.logsumexp({ dim: -1, keepdim: true }));
  }

  override log_prob(value: Tensor): Tensor {
    const K = this._categorical._num_events;
    if (this._validate_args) this._validate_sample(value);
    const [logits, x] = broadcast_all(this.logits, value);
    const log_scale = torch
      .full_like(this.temperature, K)
      .lgamma()
      .sub(this.temperature.log().mul(-(K - 1)));
    const unnormalized = logits.sub(x.mul(this.temperature));
    const score = unnormalized.sub(unnormalized.logsumexp({ dim: -1, keepdim: true })).sum(-1);
    return score.add(log_scale);
  }
}

/**
 * The logarithms of RelaxedOneHotCategorical.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.relaxed_categorical.ExpRelaxedCategorical}
 */
const ExpRelaxedCategoricalClass = publicClass("relaxed_categorical", ExpRelaxedCategorical, [
  "temperature",
  "probs",
  "logits",
  "validate_args",
]);
type ExpRelaxedCategoricalClass = ExpRelaxedCategorical;

class RelaxedOneHotCategorical extends TransformedDistribution {
  static override arg_constraints = { probs: constraints.simplex, logits: constraints.real_vector };
  static override support = constraints.simplex;
  static override has_rsample = true;

  declare base_dist: ExpRelaxedCategorical;

  constructor(
    temperature: Tensor,
    probs: Tensor | null = null,
    logits: Tensor | null = null,
    validate_args: boolean | null = null,
  ) {
    const base_dist = ExpRelaxedCategoricalClass(temperature, probs, logits, validate_args);
    super(base_dist, ExpTransform(), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(RelaxedOneHotCategorical, _instance));
  }

  get temperature(): Tensor {
    return this.base_dist.temperature;
  }

  get logits(): Tensor {
    return this.base_dist.logits;
  }

  get probs(): Tensor {
    return this.base_dist.probs;
  }
}

/**
 * OneHotCategorical made continuous: softmax((logits + G) / temperature), where G is Gumbel; `rsample()` has a gradient. Given
 * by `probs` or `logits`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#relaxedonehotcategorical}
 */
const RelaxedOneHotCategoricalClass = publicClass("relaxed_categorical", RelaxedOneHotCategorical, [
  "temperature",
  "probs",
  "logits",
  "validate_args",
]);
type RelaxedOneHotCategoricalClass = RelaxedOneHotCategorical;

export {
  ExpRelaxedCategoricalClass as ExpRelaxedCategorical,
  RelaxedOneHotCategoricalClass as RelaxedOneHotCategorical,
};
