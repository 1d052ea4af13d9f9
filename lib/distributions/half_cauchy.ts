// torch/distributions/half_cauchy.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { as_tensor } from "../tensor_new.js";
import { publicClass } from "./_keywords.js";
import { Cauchy } from "./cauchy.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { AbsTransform } from "./transforms.js";
import type { Value } from "./utils.js";

class HalfCauchy extends TransformedDistribution {
  static override arg_constraints = { scale: constraints.positive };
  static override support = constraints.nonnegative;
  static override has_rsample = true;

  declare base_dist: Cauchy;

  constructor(scale: Value, validate_args: boolean | null = null) {
    super(Cauchy(0, scale, false), AbsTransform(), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(HalfCauchy, _instance));
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mean(): Tensor {
    const { dtype, device } = this.scale;
    return torch.full(this._extended_shape(), Number.POSITIVE_INFINITY, { dtype, device });
  }

  override get mode(): Tensor {
    return torch.zeros_like(this.scale);
  }

  override get variance(): Tensor {
    return this.base_dist.variance;
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const { dtype, device } = this.base_dist.scale;
    const x = as_tensor(value, { dtype, device });
    const log_prob = this.base_dist.log_prob(x).add(Math.log(2));
    return torch.where(x.ge(0), log_prob, Number.NEGATIVE_INFINITY);
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
 * |X|, where X is Cauchy with location 0 and this `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#halfcauchy}
 */
const HalfCauchyClass = publicClass("half_cauchy", HalfCauchy, ["scale", "validate_args"], {
  methods: { icdf: ["prob"] },
});
type HalfCauchyClass = HalfCauchy;

export { HalfCauchyClass as HalfCauchy };
