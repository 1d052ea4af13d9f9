// torch/distributions/generalized_pareto.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { float } from "../python/numbers.js";
import { tensor } from "../tensor_new.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, type Value } from "./utils.js";

class GeneralizedPareto extends Distribution {
  static override arg_constraints = {
    loc: constraints.real,
    scale: constraints.positive,
    concentration: constraints.real,
  };
  static override support = constraints.dependent_property(
    ({ loc, scale, concentration }: GeneralizedPareto) => {
      const end = loc.sub(scale.div(concentration));
      return constraints.interval(loc, torch.where(concentration.lt(0), end, Number.POSITIVE_INFINITY));
    },
    { is_discrete: false, event_dim: 0 },
  );
  static override has_rsample = true;

  declare loc: Tensor;
  declare scale: Tensor;
  declare concentration: Tensor;

  constructor(loc: Value, scale: Value, concentration: Value, validate_args: boolean | null = null) {
    const [location, spread, shape] = broadcast_all(loc, scale, concentration);
    super(location.size(), [], validate_args, { loc: location, scale: spread, concentration: shape });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(GeneralizedPareto, _instance, batch_shape, [], {
      loc: this.loc.expand(batch_shape),
      scale: this.scale.expand(batch_shape),
      concentration: this.concentration.expand(batch_shape),
    });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.loc;
    return this.icdf(torch.rand(this._extended_shape(sample_shape), { dtype, device }));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const z = this._z(value);
    const [eq_zero, safe_conc] = this.safeConcentration();
    const y = safe_conc.reciprocal().add(torch.ones_like(z));
    const where_nonzero = torch.where(y.eq(0), y, y.mul(torch.log1p(safe_conc.mul(z))));
    return this.scale
      .log()
      .neg()
      .sub(torch.where(eq_zero, z, where_nonzero));
  }

  /** log P(X > x). */
  log_survival_function(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const z = this._z(value);
    const [eq_zero, safe_conc] = this.safeConcentration();
    const where_nonzero = torch.log1p(safe_conc.mul(z)).neg().div(safe_conc);
    return torch.where(eq_zero, z.neg(), where_nonzero);
  }

  /** log P(X ≤ x). */
  log_cdf(value: Tensor): Tensor {
    return torch.log1p(torch.exp(this.log_survival_function(value)).neg());
  }

  override cdf(value: Tensor): Tensor {
    return torch.exp(this.log_cdf(value));
  }

  override icdf(value: Tensor): Tensor {
    const { loc, scale, concentration } = this;
    const eq_zero = torch.isclose(concentration, torch.zeros_like(concentration));
    const safe_conc = torch.where(eq_zero, torch.ones_like(concentration), concentration);
    const logu = torch.log1p(value.neg());
    const where_nonzero = loc.add(scale.div(safe_conc).mul(torch.expm1(safe_conc.neg().mul(logu))));
    const where_zero = loc.sub(scale.mul(logu));
    return torch.where(eq_zero, where_zero, where_nonzero);
  }

  _z(x: Tensor): Tensor {
    return x.sub(this.loc).div(this.scale);
  }

  /** Where the concentration is zero, and what it is elsewhere. */
  private safeConcentration(): [eq_zero: Tensor, safe_conc: Tensor] {
    const { concentration } = this;
    const eq_zero = torch.isclose(concentration, tensor(float(0)));
    return [eq_zero, torch.where(eq_zero, torch.ones_like(concentration), concentration)];
  }

  override get mean(): Tensor {
    const { concentration } = this;
    const valid = concentration.lt(1);
    const safe_conc = torch.where(valid, concentration, 0.5);
    const result = this.loc.add(this.scale.div(torch.rsub(safe_conc, 1)));
    return torch.where(valid, result, Number.NaN);
  }

  override get variance(): Tensor {
    const { concentration } = this;
    const valid = concentration.lt(0.5);
    const safe_conc = torch.where(valid, concentration, 0.25);
    const denominator = torch
      .rsub(safe_conc, 1)
      .pow(2)
      .mul(torch.rsub(safe_conc.mul(2), 1));
    return torch.where(valid, this.scale.pow(2).div(denominator), Number.NaN);
  }

  override entropy(): Tensor {
    const ans = torch.log(this.scale).add(this.concentration).add(1);
    return torch.broadcast_to(ans, this._batch_shape);
  }

  override get mode(): Tensor {
    return this.loc;
  }
}

/**
 * The generalized Pareto distribution: P(X > x) = (1 + ξz)^(-1/ξ) with z = (x - μ) / σ, and exp(-z) for ξ = 0, where μ = `loc`,
 * σ = `scale` and ξ = `concentration`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#generalizedpareto}
 */
const GeneralizedParetoClass = publicClass("generalized_pareto", GeneralizedPareto, [
  "loc",
  "scale",
  "concentration",
  "validate_args",
]);
type GeneralizedParetoClass = GeneralizedPareto;

export { GeneralizedParetoClass as GeneralizedPareto };
