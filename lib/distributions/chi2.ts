// torch/distributions/chi2.py

import type { Tensor } from "../_tensor.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { Gamma } from "./gamma.js";
import { isNumber, type Value } from "./utils.js";

class Chi2 extends Gamma {
  static override arg_constraints = { df: constraints.positive };

  constructor(df: Value, validate_args: boolean | null = null) {
    super(isNumber(df) ? 0.5 * df : df.mul(0.5), 0.5, validate_args);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return super.expand(batch_shape, this._get_checked_instance(Chi2, _instance));
  }

  get df(): Tensor {
    return this.concentration.mul(2);
  }
}

/**
 * The sum of the squares of `df` standard normal numbers; `df` need not be whole. It is Gamma(df / 2, 1/2).
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#chi2}
 */
const Chi2Class = publicClass("chi2", Chi2, ["df", "validate_args"]);
type Chi2Class = Chi2;

export { Chi2Class as Chi2 };
