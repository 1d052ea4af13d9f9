// torch/distributions/half_normal.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { Normal } from "./normal.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { AbsTransform } from "./transforms.js";
import type { Value } from "./utils.js";

class HalfNormal extends TransformedDistribution {
  static override arg_constraints = { scale: constraints.positive };
  static override support = constraints.nonnegative;
  static override has_rsample = true;

  declare base_dist: Normal;

  constructor(scale: Value, validate_args: boolean | null = null) {
    super(Normal(0, scale, false), AbsTransform(), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(HalfNormal, _instance));
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }

  override get mode(): Tensor {
    return torch.zeros_like(this.scale);
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(1 - 2 / Math.PI);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const log_prob = this.base_dist.log_prob(value).add(Math.log(2));
    return torch.where(value.ge(0), log_prob, Number.NEGATIVE_INFINITY);
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return this.base_dist.cdf(value).mul(2).sub(1);
  }

  override icdf(prob: Tensor): Tensor {
    return this.base_dist.icdf(prob.add(1).div(2));
  }

  override entropy(): Tensor {
    return this.base_dist.entropy().sub(Math.log(2));
  }
}

/**
 * |X|, where X is normal with mean 0 and the standard deviation `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#halfnormal}
 */
const HalfNormalClass = publicClass("half_normal", HalfNormal, ["scale", "validate_args"], {
  methods: { icdf: ["prob"] },
});
type HalfNormalClass = HalfNormal;

export { HalfNormalClass as HalfNormal };
