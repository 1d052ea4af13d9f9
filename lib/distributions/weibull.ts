// torch/distributions/weibull.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { Exponential } from "./exponential.js";
import { TransformedDistribution, transformed } from "./transformed_distribution.js";
import { AffineTransform, PowerTransform } from "./transforms.js";
import { broadcast_all, euler_constant, type Value } from "./utils.js";

class Weibull extends TransformedDistribution {
  static override arg_constraints = { scale: constraints.positive, concentration: constraints.positive };
  static override support = constraints.positive;

  declare scale: Tensor;
  declare concentration: Tensor;
  declare concentration_reciprocal: Tensor;

  constructor(scale: Value, concentration: Value, validate_args: boolean | null = null) {
    const [spread, shape] = broadcast_all(scale, concentration);
    const reciprocal = shape.reciprocal();
    const fields = { scale: spread, concentration: shape, concentration_reciprocal: reciprocal };
    const base_dist = Exponential(torch.ones_like(spread), validate_args);
    super(base_dist, [PowerTransform(reciprocal), AffineTransform(0, spread)], validate_args, fields);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const scale = this.scale.expand(batch_shape);
    const concentration = this.concentration.expand(batch_shape);
    const concentration_reciprocal = concentration.reciprocal();
    const base_dist = this.base_dist.expand(batch_shape);
    const made = transformed(base_dist, [PowerTransform(concentration_reciprocal), AffineTransform(0, scale)]);
    const fields = { scale, concentration, concentration_reciprocal, ...made.fields };
    return this._expanded(Weibull, _instance, made.batch_shape, made.event_shape, fields);
  }

  override get mean(): Tensor {
    return this.scale.mul(torch.exp(torch.lgamma(this.concentration_reciprocal.add(1))));
  }

  override get mode(): Tensor {
    const { scale, concentration } = this;
    return scale.mul(concentration.sub(1).div(concentration).pow(concentration.reciprocal()));
  }

  override get variance(): Tensor {
    const { scale, concentration_reciprocal } = this;
    const second = torch.exp(torch.lgamma(concentration_reciprocal.mul(2).add(1)));
    const first = torch.exp(torch.lgamma(concentration_reciprocal.add(1)).mul(2));
    return scale.pow(2).mul(second.sub(first));
  }

  override entropy(): Tensor {
    const { scale, concentration_reciprocal } = this;
    return torch
      .rsub(concentration_reciprocal, 1)
      .mul(euler_constant)
      .add(torch.log(scale.mul(concentration_reciprocal)))
      .add(1);
  }
}

/**
 * The Weibull distribution: P(X > x) = exp(-(x / λ)^k), with λ = `scale` and k = `concentration`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#weibull}
 */
const WeibullClass = publicClass("weibull", Weibull, ["scale", "concentration", "validate_args"]);
type WeibullClass = Weibull;

export { WeibullClass as Weibull };
