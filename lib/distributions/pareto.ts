// torch/distributions/pareto.py

import type { Tensor } from "../_tensor.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { Exponential } from "./exponential.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { AffineTransform, ExpTransform } from "./transforms.js";
import { broadcast_all, setFields, type Value } from "./utils.js";

class Pareto extends TransformedDistribution {
  static override arg_constraints = { alpha: constraints.positive, scale: constraints.positive };
  static override support = constraints.dependent_property((self: Pareto) => constraints.greater_than_eq(self.scale), {
    is_discrete: false,
    event_dim: 0,
  });

  declare scale: Tensor;
  declare alpha: Tensor;

  constructor(scale: Value, alpha: Value, validate_args: boolean | null = null) {
    const [least, shape] = broadcast_all(scale, alpha);
    const transforms = [ExpTransform(), AffineTransform(0, least)];
    super(Exponential(shape, validate_args), transforms, validate_args, { scale: least, alpha: shape });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const expanded = this._get_checked_instance(Pareto, _instance);
    setFields(expanded, { scale: this.scale.expand(batch_shape), alpha: this.alpha.expand(batch_shape) });
    return super.expand(batch_shape, expanded);
  }

  override get mean(): Tensor {
    const a = this.alpha.clamp({ min: 1 }); // infinite below
    return a.mul(this.scale).div(a.sub(1));
  }

  override get mode(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    const a = this.alpha.clamp({ min: 2 }); // infinite below
    return this.scale
      .pow(2)
      .mul(a)
      .div(a.sub(1).pow(2).mul(a.sub(2)));
  }

  override entropy(): Tensor {
    return this.scale.div(this.alpha).log().add(this.alpha.reciprocal().add(1));
  }
}

/**
 * The Pareto distribution, of type 1: P(X > x) = (s / x)^α for x ≥ s, with s = `scale` and α = `alpha`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#pareto}
 */
const ParetoClass = publicClass("pareto", Pareto, ["scale", "alpha", "validate_args"]);
type ParetoClass = Pareto;

export { ParetoClass as Pareto };
