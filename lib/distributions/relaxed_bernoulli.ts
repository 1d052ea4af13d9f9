// torch/distributions/relaxed_bernoulli.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { binaryFields, expandedFields } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { SigmoidTransform } from "./transforms.js";
import { broadcast_all, clamp_probs, lazy_property, logits_to_probs, probs_to_logits, type Value } from "./utils.js";

class LogitRelaxedBernoulli extends Distribution {
  static override arg_constraints = { probs: constraints.unit_interval, logits: constraints.real };
  static override support = constraints.real;

  declare temperature: Tensor;
  declare _param: Tensor;

  constructor(
    temperature: Tensor,
    probs: Value | null = null,
    logits: Value | null = null,
    validate_args: boolean | null = null,
  ) {
    const fields = binaryFields(probs, logits);
    super(fields._param.size(), [], validate_args, { temperature, ...fields });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const fields = { temperature: this.temperature, ...expandedFields(this, batch_shape) };
    return this._expanded(LogitRelaxedBernoulli, _instance, batch_shape, [], fields);
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs, { is_binary: true });
  }

  get probs(): Tensor {
    return logits_to_probs(this.logits, { is_binary: true });
  }

  static {
    lazy_property(LogitRelaxedBernoulli, "logits", "probs");
  }

  get param_shape(): Size {
    return this._param.size();
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const probs = clamp_probs(this.probs.expand(shape));
    const uniforms = clamp_probs(torch.rand(shape, { dtype: probs.dtype, device: probs.device }));
    return uniforms.log().sub(uniforms.neg().log1p()).add(probs.log()).sub(probs.neg().log1p()).div(this.temperature);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [logits, x] = broadcast_all(this.logits, value);
    const diff = logits.sub(x.mul(this.temperature));
    return this.temperature.log().add(diff).sub(diff.exp().log1p().mul(2));
  }
}

/**
 * The logits of RelaxedBernoulli.
 *
 * Throws ValueError unless one of `probs` and `logits` is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#logitrelaxedbernoulli}
 */
const LogitRelaxedBernoulliClass = publicClass("relaxed_bernoulli", LogitRelaxedBernoulli, [
  "temperature",
  "probs",
  "logits",
  "validate_args",
]);
type LogitRelaxedBernoulliClass = LogitRelaxedBernoulli;

class RelaxedBernoulli extends TransformedDistribution {
  static override arg_constraints = { probs: constraints.unit_interval, logits: constraints.real };
  static override support = constraints.unit_interval;
  static override has_rsample = true;

  declare base_dist: LogitRelaxedBernoulli;

  constructor(
    temperature: Tensor,
    probs: Value | null = null,
    logits: Value | null = null,
    validate_args: boolean | null = null,
  ) {
    super(LogitRelaxedBernoulliClass(temperature, probs, logits), SigmoidTransform(), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(RelaxedBernoulli, _instance));
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
 * Bernoulli made continuous: sigmoid((logits + L) / temperature), where L is logistic; `rsample()` has a gradient. Given by
 * `probs` or `logits`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#relaxedbernoulli}
 */
const RelaxedBernoulliClass = publicClass("relaxed_bernoulli", RelaxedBernoulli, [
  "temperature",
  "probs",
  "logits",
  "validate_args",
]);
type RelaxedBernoulliClass = RelaxedBernoulli;

export { LogitRelaxedBernoulliClass as LogitRelaxedBernoulli, RelaxedBernoulliClass as RelaxedBernoulli };
