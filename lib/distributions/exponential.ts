// torch/distributions/exponential.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { broadcast_all, type Value } from "./utils.js";

class Exponential extends ExponentialFamily {
  static override arg_constraints = { rate: constraints.positive };
  static override support = constraints.nonnegative;
  static override has_rsample = true;

  declare rate: Tensor;

  constructor(rate: Value, validate_args: boolean | null = null) {
    const [given] = broadcast_all(rate);
    super(given.size(), [], validate_args, { rate: given });
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }

  override get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return torch.zeros_like(this.rate);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  override get variance(): Tensor {
    return this.rate.pow(-2);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(Exponential, _instance, batch_shape, [], { rate: this.rate.expand(batch_shape) });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.rate.new_empty(this._extended_shape(sample_shape)).exponential_().div(this.rate);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return this.rate.log().sub(this.rate.mul(value));
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return torch.rsub(torch.exp(this.rate.neg().mul(value)), 1);
  }

  override icdf(value: Tensor): Tensor {
    return torch.log1p(value.neg()).neg().div(this.rate);
  }

  override entropy(): Tensor {
    return torch.rsub(torch.log(this.rate), 1);
  }

  override get _natural_params(): Tensor[] {
    return [this.rate.neg()];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return torch.log(x.neg()).neg();
  }
}

/**
 * The exponential distribution: the density is λ exp(-λx) for x ≥ 0, with λ = `rate`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#exponential}
 */
const ExponentialClass = publicClass("exponential", Exponential, ["rate", "validate_args"]);
type ExponentialClass = Exponential;

export { ExponentialClass as Exponential };
