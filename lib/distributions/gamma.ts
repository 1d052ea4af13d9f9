// torch/distributions/gamma.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import * as special from "../generated/special.js";
import * as torch from "../generated/torch.js";
import { as_tensor } from "../tensor_new.js";
import { finfo } from "../torch_functions/dtypes.js";
import type { Generator } from "../types.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { broadcast_all, type Value } from "./utils.js";

class Gamma extends ExponentialFamily {
  static override arg_constraints: Readonly<Record<string, constraints.Constraint>> = {
    concentration: constraints.positive,
    rate: constraints.positive,
  };
  static override support = constraints.nonnegative;
  static override has_rsample = true;

  declare concentration: Tensor;
  declare rate: Tensor;

  constructor(concentration: Value, rate: Value, validate_args: boolean | null = null) {
    const [shape, inverseScale] = broadcast_all(concentration, rate);
    super(shape.size(), [], validate_args, { concentration: shape, rate: inverseScale });
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }

  override get mean(): Tensor {
    return this.concentration.div(this.rate);
  }

  override get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp({ min: 0 });
  }

  override get variance(): Tensor {
    return this.concentration.div(this.rate.pow(2));
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const concentration = this.concentration.expand(batch_shape);
    const rate = this.rate.expand(batch_shape);
    return this._expanded(Gamma, _instance, batch_shape, [], { concentration, rate });
  }

  override sample(sample_shape: SampleShape = [], generator: Generator | null = null): Tensor {
    return no_grad(() => this.rsample(sample_shape, generator));
  }

  override rsample(sample_shape: SampleShape = [], generator: Generator | null = null): Tensor {
    const shape = this._extended_shape(sample_shape);
    const value = torch._standard_gamma(this.concentration.expand(shape), { generator }).div(this.rate.expand(shape));
    value.detach().clamp_({ min: finfo(value.dtype).tiny }); // autograd shall not see it
    return value;
  }

  override log_prob(value: Tensor | number): Tensor {
    const { concentration, rate } = this;
    const x = as_tensor(value, { dtype: rate.dtype, device: rate.device });
    if (this._validate_args) this._validate_sample(x);
    return torch
      .xlogy(concentration, rate)
      .add(torch.xlogy(concentration.sub(1), x))
      .sub(rate.mul(x))
      .sub(torch.lgamma(concentration));
  }

  override entropy(): Tensor {
    const { concentration, rate } = this;
    return concentration
      .sub(torch.log(rate))
      .add(torch.lgamma(concentration))
      .add(torch.rsub(concentration, 1).mul(torch.digamma(concentration)));
  }

  override get _natural_params(): Tensor[] {
    return [this.concentration.sub(1), this.rate.neg()];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    return torch.lgamma(x.add(1)).add(x.add(1).mul(torch.log(y.reciprocal().neg())));
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return special.gammainc(this.concentration, this.rate.mul(value));
  }
}

/**
 * The Gamma distribution: the density is β^α / Γ(α) x^(α - 1) exp(-βx), with α = `concentration` and β = `rate`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#gamma}
 */
const GammaClass = publicClass("gamma", Gamma, ["concentration", "rate", "validate_args"], {
  methods: { sample: ["sample_shape", "*", "generator"], rsample: ["sample_shape", "generator"] },
});
type GammaClass = Gamma;

export { GammaClass as Gamma };
