// torch/distributions/uniform.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { type ArgConstraints, Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, type Value } from "./utils.js";

class Uniform extends Distribution {
  static override support = constraints.dependent_property(
    (self: Uniform) => constraints.interval(self.low, self.high),
    { is_discrete: false, event_dim: 0 },
  );
  static override has_rsample = true;

  declare low: Tensor;
  declare high: Tensor;

  constructor(low: Value, high: Value, validate_args: boolean | null = null) {
    const [from, to] = broadcast_all(low, high);
    super(from.size(), [], validate_args, { low: from, high: to });
  }

  override get arg_constraints(): ArgConstraints {
    return { low: constraints.less_than(this.high), high: constraints.greater_than(this.low) };
  }

  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }

  override get mode(): Tensor {
    return this.high.mul(Number.NaN);
  }

  override get stddev(): Tensor {
    return this.high.sub(this.low).div(12 ** 0.5);
  }

  override get variance(): Tensor {
    return this.high.sub(this.low).pow(2).div(12);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const [low, high] = [this.low.expand(batch_shape), this.high.expand(batch_shape)];
    return this._expanded(Uniform, _instance, batch_shape, [], { low, high });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.low;
    const rand = torch.rand(this._extended_shape(sample_shape), { dtype, device });
    return this.low.add(rand.mul(this.high.sub(this.low)));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const lb = this.low.le(value).type_as(this.low);
    const ub = this.high.gt(value).type_as(this.low);
    return torch.log(lb.mul(ub)).sub(torch.log(this.high.sub(this.low)));
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return value.sub(this.low).div(this.high.sub(this.low)).clamp({ min: 0, max: 1 });
  }

  override icdf(value: Tensor): Tensor {
    return value.mul(this.high.sub(this.low)).add(this.low);
  }

  override entropy(): Tensor {
    return torch.log(this.high.sub(this.low));
  }
}

/**
 * The uniform distribution from `low`, included, to `high`, excluded.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#uniform}
 */
const UniformClass = publicClass("uniform", Uniform, ["low", "high", "validate_args"]);
type UniformClass = Uniform;

export { UniformClass as Uniform };
