// torch/distributions/poisson.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { broadcast_all, type Value } from "./utils.js";

class Poisson extends ExponentialFamily {
  static override arg_constraints = { rate: constraints.nonnegative };
  static override support = constraints.nonnegative_integer;

  declare rate: Tensor;

  constructor(rate: Value, validate_args: boolean | null = null) {
    const [given] = broadcast_all(rate);
    super(given.size(), [], validate_args, { rate: given });
  }

  override get mean(): Tensor {
    return this.rate;
  }

  override get mode(): Tensor {
    return this.rate.floor();
  }

  override get variance(): Tensor {
    return this.rate;
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(Poisson, _instance, batch_shape, [], { rate: this.rate.expand(batch_shape) });
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => torch.poisson(this.rate.expand(shape)));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [rate, count] = broadcast_all(this.rate, value);
    return count.xlogy(rate).sub(rate).sub(count.add(1).lgamma());
  }

  override get _natural_params(): Tensor[] {
    return [torch.log(this.rate)];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return torch.exp(x);
  }
}

/**
 * The Poisson distribution: P(k) = λ^k exp(-λ) / k!, with λ = `rate`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#poisson}
 */
const PoissonClass = publicClass("poisson", Poisson, ["rate", "validate_args"]);
type PoissonClass = Poisson;

export { PoissonClass as Poisson };
