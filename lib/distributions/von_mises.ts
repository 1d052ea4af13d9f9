// torch/distributions/von_mises.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { bool, float64 } from "../dtype.js";
import { AssertionError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { broadcast_all, lazy_property, type Value } from "./utils.js";

/** A polynomial, by Horner's rule; the constant comes first. */
function _eval_poly(y: Tensor, coef: readonly number[]): Tensor {
  const [last, ...rest] = coef.toReversed();
  return rest.reduce((result, c) => result.mul(y).add(c), torch.full_like(y, last));
}

const _I0_COEF_SMALL = [1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.360768e-1, 0.45813e-2];
const _I0_COEF_LARGE = [
  ...[0.39894228, 0.1328592e-1, 0.225319e-2, -0.157565e-2, 0.916281e-2],
  ...[-0.2057706e-1, 0.2635537e-1, -0.1647633e-1, 0.392377e-2],
];
const _I1_COEF_SMALL = [0.5, 0.87890594, 0.51498869, 0.15084934, 0.2658733e-1, 0.301532e-2, 0.32411e-3];
const _I1_COEF_LARGE = [
  ...[0.39894228, -0.3988024e-1, -0.362018e-2, 0.163801e-2, -0.1031555e-1],
  ...[0.2282967e-1, -0.2895312e-1, 0.1787654e-1, -0.420059e-2],
];

const _COEF_SMALL = [_I0_COEF_SMALL, _I1_COEF_SMALL];
const _COEF_LARGE = [_I0_COEF_LARGE, _I1_COEF_LARGE];

/** log of the modified Bessel function of the first kind, of order 0 or 1, for x > 0. */
function _log_modified_bessel_fn(x: Tensor, order: number): Tensor {
  if (order !== 0 && order !== 1) throw new AssertionError(`order must be 0 or 1, got ${order}`);
  const y = x.div(3.75);
  const polynomial = _eval_poly(y.mul(y), _COEF_SMALL[order]);
  const small = (order === 1 ? x.abs().mul(polynomial) : polynomial).log();
  const large = x.sub(x.log().mul(0.5)).add(_eval_poly(x.reciprocal().mul(3.75), _COEF_LARGE[order]).log());
  return torch.where(x.lt(3.75), small, large);
}

/** Draws until all elements of x have been accepted (Best and Fisher's algorithm). */
function _rejection_sample(loc: Tensor, concentration: Tensor, proposal_r: Tensor, x: Tensor): Tensor {
  const { dtype, device } = loc;
  let result = x;
  let done = torch.zeros(x.shape, { dtype: bool, device });
  while (!done.all().item()) {
    const [u1, u2, u3] = torch.rand([3, ...x.shape], { dtype, device }).unbind();
    const z = torch.cos(u1.mul(Math.PI));
    const f = proposal_r.mul(z).add(1).div(proposal_r.add(z));
    const c = concentration.mul(proposal_r.sub(f));
    const accept = c.mul(torch.rsub(c, 2)).sub(u2).gt(0).bitwise_or(c.div(u2).log().add(1).sub(c).ge(0));
    if (accept.any().item()) {
      result = torch.where(accept, u3.sub(0.5).sign().mul(f.acos()), result);
      done = done.bitwise_or(accept);
    }
  }
  return result
    .add(Math.PI)
    .add(loc)
    .remainder(2 * Math.PI)
    .sub(Math.PI);
}

class VonMises extends Distribution {
  static override arg_constraints = { loc: constraints.real, concentration: constraints.positive };
  static override support = constraints.real;

  declare loc: Tensor;
  declare concentration: Tensor;

  constructor(loc: Value, concentration: Value, validate_args: boolean | null = null) {
    const [mode, kappa] = broadcast_all(loc, concentration);
    super(mode.shape, [], validate_args, { loc: mode, concentration: kappa });
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    return this.concentration
      .mul(torch.cos(value.sub(this.loc)))
      .sub(Math.log(2 * Math.PI))
      .sub(_log_modified_bessel_fn(this.concentration, 0));
  }

  get _loc(): Tensor {
    return this.loc.to(float64);
  }

  get _concentration(): Tensor {
    return this.concentration.to(float64);
  }

  get _proposal_r(): Tensor {
    const kappa = this._concentration;
    const tau = kappa.pow(2).mul(4).add(1).sqrt().add(1);
    const rho = tau.sub(tau.mul(2).sqrt()).div(kappa.mul(2));
    const _proposal_r = rho.pow(2).add(1).div(rho.mul(2));
    const _proposal_r_taylor = kappa.reciprocal().add(kappa); // for small kappa
    return torch.where(kappa.lt(1e-5), _proposal_r_taylor, _proposal_r);
  }

  // In double precision: samples of small concentrations would hang in single.
  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => {
      const shape = this._extended_shape(sample_shape);
      const x = torch.empty(shape, { dtype: this._loc.dtype, device: this.loc.device });
      return _rejection_sample(this._loc, this._concentration, this._proposal_r, x).to(this.loc.dtype);
    });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const validate_args = Object.hasOwn(this, "_validate_args") ? this._validate_args : null;
    const loc = this.loc.expand(batch_shape);
    const concentration = this.concentration.expand(batch_shape);
    return new (this.constructor as typeof VonMises)(loc, concentration, validate_args) as this;
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  /** The circular variance. */
  override get variance(): Tensor {
    const { concentration } = this;
    const log_ratio = _log_modified_bessel_fn(concentration, 1).sub(_log_modified_bessel_fn(concentration, 0));
    return torch.rsub(log_ratio.exp(), 1);
  }

  static {
    lazy_property(VonMises, "_loc", "_concentration", "_proposal_r", "variance");
  }
}

/**
 * The von Mises distribution, over angles from -π to π: the density is proportional to exp(κ cos(x - μ)), with μ = `loc` and
 * κ = `concentration`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#vonmises}
 */
const VonMisesClass = publicClass("von_mises", VonMises, ["loc", "concentration", "validate_args"]);
type VonMisesClass = VonMises;

export { VonMisesClass as VonMises };
