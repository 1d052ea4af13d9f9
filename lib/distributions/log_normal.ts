// torch/distributions/log_normal.py

import type { Tensor } from "../_tensor.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { Normal } from "./normal.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { ExpTransform } from "./transforms.js";
import type { Value } from "./utils.js";

class LogNormal extends TransformedDistribution {
  static override arg_constraints = { loc: constraints.real, scale: constraints.positive };
  static override support = constraints.positive;
  static override has_rsample = true;

  declare base_dist: Normal;

  constructor(loc: Value, scale: Value, validate_args: boolean | null = null) {
    super(Normal(loc, scale, validate_args), ExpTransform(), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(LogNormal, _instance));
  }

  get loc(): Tensor {
    return this.base_dist.loc;
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.pow(2).div(2)).exp();
  }

  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  override get variance(): Tensor {
    const scale_sq = this.scale.pow(2);
    return scale_sq.expm1().mul(this.loc.mul(2).add(scale_sq).exp());
  }

  override entropy(): Tensor {
    return this.base_dist.entropy().add(this.loc);
  }
}

/**
 * exp(X), where X is normal with mean `loc` and standard deviation `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#lognormal}
 */
const LogNormalClass = publicClass("log_normal", LogNormal, ["loc", "scale", "validate_args"]);
type LogNormalClass = LogNormal;

export { LogNormalClass as LogNormal };
