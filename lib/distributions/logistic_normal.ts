// torch/distributions/logistic_normal.py

import type { Tensor } from "../_tensor.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import type { Independent } from "./independent.js";
import { Normal } from "./normal.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { StickBreakingTransform } from "./transforms.js";
import type { Value } from "./utils.js";

class LogisticNormal extends TransformedDistribution {
  static override arg_constraints = { loc: constraints.real, scale: constraints.positive };
  static override support = constraints.simplex;
  static override has_rsample = true;

  declare base_dist: Independent<Normal>;

  constructor(loc: Value, scale: Value, validate_args: boolean | null = null) {
    const base_dist = Normal(loc, scale, validate_args);
    const isScalar = base_dist.batch_shape.length === 0;
    super(isScalar ? base_dist.expand([1]) : base_dist, StickBreakingTransform(), validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(LogisticNormal, _instance));
  }

  get loc(): Tensor {
    return this.base_dist.base_dist.loc;
  }

  get scale(): Tensor {
    return this.base_dist.base_dist.scale;
  }
}

/**
 * What stick breaking makes of a vector of independent normal numbers, with means `loc` and standard deviations `scale`:
 * positive numbers, one more than there were, that sum up to 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#logisticnormal}
 */
const LogisticNormalClass = publicClass("logistic_normal", LogisticNormal, ["loc", "scale", "validate_args"]);
type LogisticNormalClass = LogisticNormal;

export { LogisticNormalClass as LogisticNormal };
