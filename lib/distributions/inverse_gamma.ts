// torch/distributions/inverse_gamma.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { Gamma } from "./gamma.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { PowerTransform } from "./transforms.js";
import type { Value } from "./utils.js";

class InverseGamma extends TransformedDistribution {
  static override arg_constraints = { concentration: constraints.positive, rate: constraints.positive };
  static override support = constraints.positive;
  static override has_rsample = true;

  declare base_dist: Gamma;

  constructor(concentration: Value, rate: Value, validate_args: boolean | null = null) {
    const base_dist = Gamma(concentration, rate, validate_args);
    const neg_one = base_dist.rate.new_ones([]).neg();
    super(base_dist, PowerTransform(neg_one), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(InverseGamma, _instance));
  }

  get concentration(): Tensor {
    return this.base_dist.concentration;
  }

  get rate(): Tensor {
    return this.base_dist.rate;
  }

  override get mean(): Tensor {
    const result = this.rate.div(this.concentration.sub(1));
    return torch.where(this.concentration.gt(1), result, Number.POSITIVE_INFINITY);
  }

  override get mode(): Tensor {
    return this.rate.div(this.concentration.add(1));
  }

  override get variance(): Tensor {
    const { concentration } = this;
    const result = this.rate.square().div(concentration.sub(1).square().mul(concentration.sub(2)));
    return torch.where(concentration.gt(2), result, Number.POSITIVE_INFINITY);
  }

  override entropy(): Tensor {
    const { concentration, rate } = this;
    return concentration
      .add(rate.log())
      .add(concentration.lgamma())
      .sub(concentration.add(1).mul(concentration.digamma()));
  }
}

/**
 * 1 / X, where X is Gamma(`concentration`, `rate`).
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#inversegamma}
 */
const InverseGammaClass = publicClass("inverse_gamma", InverseGamma, ["concentration", "rate", "validate_args"]);
type InverseGammaClass = InverseGamma;

export { InverseGammaClass as InverseGamma };
