// torch/distributions/gumbel.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { AffineTransform, ExpTransform } from "./transforms.js";
import { Uniform } from "./uniform.js";
import { broadcast_all, euler_constant, setFields, type Value } from "./utils.js";

class Gumbel extends TransformedDistribution {
  static override arg_constraints = { loc: constraints.real, scale: constraints.positive };
  static override support = constraints.real;

  declare loc: Tensor;
  declare scale: Tensor;

  constructor(loc: Value, scale: Value, validate_args: boolean | null = null) {
    const [location, spread] = broadcast_all(loc, scale);
    const { tiny, eps } = finfo(location.dtype);
    const base_dist = Uniform(torch.full_like(location, tiny), torch.full_like(location, 1 - eps), validate_args);
    const transforms = [
      ExpTransform().inv,
      AffineTransform(0, torch.ones_like(spread).neg()),
      ExpTransform().inv,
      AffineTransform(loc, spread.neg()),
    ];
    super(base_dist, transforms, validate_args, { loc: location, scale: spread });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const expanded = this._get_checked_instance(Gumbel, _instance);
    setFields(expanded, { loc: this.loc.expand(batch_shape), scale: this.scale.expand(batch_shape) });
    return super.expand(batch_shape, expanded);
  }

  // By the definition, as the transforms lose precision.
  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const y = this.loc.sub(value).div(this.scale);
    return y.sub(y.exp()).sub(this.scale.log());
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.mul(euler_constant));
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.PI / Math.sqrt(6));
  }

  override get variance(): Tensor {
    return this.stddev.pow(2);
  }

  override entropy(): Tensor {
    return this.scale.log().add(1 + euler_constant);
  }
}

/**
 * The Gumbel distribution, of maxima: P(X ≤ x) = exp(-exp(-(x - μ) / β)), with μ = `loc` and β = `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#gumbel}
 */
const GumbelClass = publicClass("gumbel", Gumbel, ["loc", "scale", "validate_args"]);
type GumbelClass = Gumbel;

export { GumbelClass as Gumbel };
