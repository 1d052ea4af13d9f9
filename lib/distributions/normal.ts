// torch/distributions/normal.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { _standard_normal, broadcast_all, type Value } from "./utils.js";

class Normal extends ExponentialFamily {
  static override arg_constraints = { loc: constraints.real, scale: constraints.positive };
  static override support = constraints.real;
  static override has_rsample = true;

  declare loc: Tensor;
  declare scale: Tensor;

  constructor(loc: Value, scale: Value, validate_args: boolean | null = null) {
    const [location, spread] = broadcast_all(loc, scale);
    super(location.size(), [], validate_args, { loc: location, scale: spread });
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    return this.stddev.pow(2);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const [loc, scale] = [this.loc.expand(batch_shape), this.scale.expand(batch_shape)];
    return this._expanded(Normal, _instance, batch_shape, [], { loc, scale });
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => torch.normal(this.loc.expand(shape), this.scale.expand(shape)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.loc;
    const eps = _standard_normal(this._extended_shape(sample_shape), { dtype, device });
    return this.loc.add(eps.mul(this.scale));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const variance = this.scale.pow(2);
    return value
      .sub(this.loc)
      .pow(2)
      .neg()
      .div(variance.mul(2))
      .sub(this.scale.log())
      .sub(Math.log(Math.sqrt(2 * Math.PI)));
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const z = value.sub(this.loc).mul(this.scale.reciprocal());
    return torch.erf(z.div(Math.SQRT2)).add(1).mul(0.5);
  }

  override icdf(value: Tensor): Tensor {
    return this.loc.add(this.scale.mul(torch.erfinv(value.mul(2).sub(1))).mul(Math.SQRT2));
  }

  override entropy(): Tensor {
    return torch.log(this.scale).add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }

  override get _natural_params(): Tensor[] {
    const variance = this.scale.pow(2);
    return [this.loc.div(variance), variance.reciprocal().mul(-0.5)];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    return x
      .pow(2)
      .mul(-0.25)
      .div(y)
      .add(torch.log(y.reciprocal().mul(-Math.PI)).mul(0.5));
  }
}

/**
 * The normal, or Gaussian, distribution: the density is exp(-(x - μ)² / 2σ²) / (σ √2π), with μ = `loc` and σ = `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#normal}
 */
const NormalClass = publicClass("normal", Normal, ["loc", "scale", "validate_args"]);
type NormalClass = Normal;

export { NormalClass as Normal };
