// torch/distributions/laplace.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, type Value } from "./utils.js";

class Laplace extends Distribution {
  static override arg_constraints = { loc: constraints.real, scale: constraints.positive };
  static override support = constraints.real;
  static override has_rsample = true;

  declare loc: Tensor;
  declare scale: Tensor;

  constructor(loc: Value, scale: Value, validate_args: boolean | null = null) {
    const [location, spread] = broadcast_all(loc, scale);
    super(location.size(), [], validate_args, { loc: location, scale: spread });
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(2);
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const [loc, scale] = [this.loc.expand(batch_shape), this.scale.expand(batch_shape)];
    return this._expanded(Laplace, _instance, batch_shape, [], { loc, scale });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const u = this.loc.new_empty(shape).uniform_(finfo(this.loc.dtype).eps - 1, 1);
    return this.loc.sub(this.scale.mul(u.sign()).mul(torch.log1p(u.abs().neg())));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return torch
      .log(this.scale.mul(2))
      .neg()
      .sub(torch.abs(value.sub(this.loc)).div(this.scale));
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const centred = value.sub(this.loc);
    return torch.rsub(
      centred
        .sign()
        .mul(0.5)
        .mul(torch.expm1(centred.abs().neg().div(this.scale))),
      0.5,
    );
  }

  override icdf(value: Tensor): Tensor {
    const term = value.sub(0.5);
    return this.loc.sub(this.scale.mul(term.sign()).mul(torch.log1p(term.abs().mul(-2))));
  }

  override entropy(): Tensor {
    return torch.log(this.scale.mul(2)).add(1);
  }
}

/**
 * The Laplace distribution: the density is exp(-|x - μ| / b) / 2b, with μ = `loc` and b = `scale`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#laplace}
 */
const LaplaceClass = publicClass("laplace", Laplace, ["loc", "scale", "validate_args"]);
type LaplaceClass = Laplace;

export { LaplaceClass as Laplace };
