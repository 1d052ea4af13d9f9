// torch/distributions/cauchy.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, type Value } from "./utils.js";

class Cauchy extends Distribution {
  static override arg_constraints = { loc: constraints.real, scale: constraints.positive };
  static override support = constraints.real;
  static override has_rsample = true;

  declare loc: Tensor;
  declare scale: Tensor;

  constructor(loc: Value, scale: Value, validate_args: boolean | null = null) {
    const [location, spread] = broadcast_all(loc, scale);
    super(location.size(), [], validate_args, { loc: location, scale: spread });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const [loc, scale] = [this.loc.expand(batch_shape), this.scale.expand(batch_shape)];
    return this._expanded(Cauchy, _instance, batch_shape, [], { loc, scale });
  }

  override get mean(): Tensor {
    const { dtype, device } = this.loc;
    return torch.full(this._extended_shape(), Number.NaN, { dtype, device });
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    const { dtype, device } = this.loc;
    return torch.full(this._extended_shape(), Number.POSITIVE_INFINITY, { dtype, device });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const eps = this.loc.new_empty(this._extended_shape(sample_shape)).cauchy_();
    return this.loc.add(eps.mul(this.scale));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const z = value.sub(this.loc).div(this.scale);
    return torch.rsub(this.scale.log(), -Math.log(Math.PI)).sub(z.pow(2).log1p());
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return torch.atan(value.sub(this.loc).div(this.scale)).div(Math.PI).add(0.5);
  }

  override icdf(value: Tensor): Tensor {
    return torch.tan(value.sub(0.5).mul(Math.PI)).mul(this.scale).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}

/**
 * The Cauchy, or Lorentz, distribution: the density is 1 / (πγ (1 + ((x - x₀) / γ)²)), with x₀ = `loc` and γ = `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#cauchy}
 */
const CauchyClass = publicClass("cauchy", Cauchy, ["loc", "scale", "validate_args"]);
type CauchyClass = Cauchy;

export { CauchyClass as Cauchy };
