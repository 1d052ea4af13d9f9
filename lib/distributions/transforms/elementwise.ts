// Transforms of each element by itself.

import { Tensor } from "../../_tensor.js";
import { broadcast_shapes } from "../../functional.js";
import * as torch from "../../generated/torch.js";
import { softplus } from "../../nn/functional.js";
import { float } from "../../python/numbers.js";
import { finfo } from "../../torch_functions/dtypes.js";
import { publicClass } from "../_keywords.js";
import * as constraints from "../constraints.js";
import type { Distribution, Sizes } from "../distribution.js";
import { broadcast_all, isNumber, lazy_property, type Value } from "../utils.js";
import { Transform } from "./transform.js";

const shapeOf = (value: Value): Sizes => (value instanceof Tensor ? value.shape : []);

class ExpTransform extends Transform {
  static override domain = constraints.real;
  static override codomain = constraints.positive;
  static override bijective = true;
  static override sign = 1;

  override __eq__(other: unknown): boolean {
    return other instanceof ExpTransform;
  }

  override _call(x: Tensor): Tensor {
    return x.exp();
  }

  override _inverse(y: Tensor): Tensor {
    return y.log();
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return x;
  }
}

/**
 * y = exp(x).
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.ExpTransform}
 */
const ExpTransformClass = publicClass("transforms", ExpTransform, ["cache_size"], { owner: Transform });
type ExpTransformClass = ExpTransform;

class PowerTransform extends Transform {
  static override domain = constraints.positive;
  static override codomain = constraints.positive;
  static override bijective = true;

  readonly exponent: Tensor;

  constructor(exponent: Value, cache_size = 0) {
    super(cache_size);
    [this.exponent] = broadcast_all(exponent);
  }

  override with_cache(cache_size = 1): Transform {
    return this._cache_size === cache_size ? this : new PowerTransform(this.exponent, cache_size);
  }

  override get sign(): Tensor {
    return this.exponent.sign();
  }

  static {
    lazy_property(PowerTransform, "sign");
  }

  override __eq__(other: unknown): boolean {
    return other instanceof PowerTransform && Boolean(this.exponent.eq(other.exponent).all().item());
  }

  override _call(x: Tensor): Tensor {
    return x.pow(this.exponent);
  }

  override _inverse(y: Tensor): Tensor {
    return y.pow(this.exponent.reciprocal());
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this.exponent.mul(y).div(x).abs().log();
  }

  override forward_shape(shape: Sizes): Sizes {
    return broadcast_shapes(shape, this.exponent.shape);
  }

  override inverse_shape(shape: Sizes): Sizes {
    return broadcast_shapes(shape, this.exponent.shape);
  }
}

/**
 * y = x^exponent.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.PowerTransform}
 */
const PowerTransformClass = publicClass("transforms", PowerTransform, ["exponent", "cache_size"]);
type PowerTransformClass = PowerTransform;

/** The sigmoid, kept within the open interval from 0 to 1. */
export function _clipped_sigmoid(x: Tensor): Tensor {
  const { tiny, eps } = finfo(x.dtype);
  return torch.clamp(torch.sigmoid(x), { min: tiny, max: 1 - eps });
}

class SigmoidTransform extends Transform {
  static override domain = constraints.real;
  static override codomain = constraints.unit_interval;
  static override bijective = true;
  static override sign = 1;

  override __eq__(other: unknown): boolean {
    return other instanceof SigmoidTransform;
  }

  override _call(x: Tensor): Tensor {
    return _clipped_sigmoid(x);
  }

  override _inverse(y: Tensor): Tensor {
    const { tiny, eps } = finfo(y.dtype);
    const clamped = y.clamp({ min: tiny, max: 1 - eps });
    return clamped.log().sub(clamped.neg().log1p());
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return softplus(x.neg()).neg().sub(softplus(x));
  }
}

/**
 * y = 1 / (1 + exp(-x)).
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.SigmoidTransform}
 */
const SigmoidTransformClass = publicClass("transforms", SigmoidTransform, ["cache_size"], { owner: Transform });
type SigmoidTransformClass = SigmoidTransform;

class SoftplusTransform extends Transform {
  static override domain = constraints.real;
  static override codomain = constraints.positive;
  static override bijective = true;
  static override sign = 1;

  override __eq__(other: unknown): boolean {
    return other instanceof SoftplusTransform;
  }

  override _call(x: Tensor): Tensor {
    return softplus(x);
  }

  override _inverse(y: Tensor): Tensor {
    return y.neg().expm1().neg().log().add(y);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return softplus(x.neg()).neg();
  }
}

/**
 * y = log(1 + exp(x)).
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.SoftplusTransform}
 */
const SoftplusTransformClass = publicClass("transforms", SoftplusTransform, ["cache_size"], { owner: Transform });
type SoftplusTransformClass = SoftplusTransform;

class TanhTransform extends Transform {
  static override domain = constraints.real;
  static override codomain = constraints.interval(float(-1), float(1));
  static override bijective = true;
  static override sign = 1;

  override __eq__(other: unknown): boolean {
    return other instanceof TanhTransform;
  }

  override _call(x: Tensor): Tensor {
    return x.tanh();
  }

  override _inverse(y: Tensor): Tensor {
    return torch.atanh(y);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return torch
      .rsub(x, Math.log(2))
      .sub(softplus(x.mul(-2)))
      .mul(2);
  }
}

/**
 * y = tanh(x).
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.TanhTransform}
 */
const TanhTransformClass = publicClass("transforms", TanhTransform, ["cache_size"], { owner: Transform });
type TanhTransformClass = TanhTransform;

class AbsTransform extends Transform {
  static override domain = constraints.real;
  static override codomain = constraints.positive;

  override __eq__(other: unknown): boolean {
    return other instanceof AbsTransform;
  }

  override _call(x: Tensor): Tensor {
    return x.abs();
  }

  override _inverse(y: Tensor): Tensor {
    return y;
  }
}

/**
 * y = |x|; the inverse gives what it is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.AbsTransform}
 */
const AbsTransformClass = publicClass("transforms", AbsTransform, ["cache_size"], { owner: Transform });
type AbsTransformClass = AbsTransform;

class AffineTransform extends Transform {
  static override domain = constraints.dependent_property(realEvents, { is_discrete: false });
  static override codomain = constraints.dependent_property(realEvents, { is_discrete: false });
  static override bijective = true;

  readonly loc: Value;
  readonly scale: Value;
  readonly _event_dim: number;

  constructor(loc: Value, scale: Value, event_dim = 0, cache_size = 0) {
    super(cache_size);
    this.loc = loc;
    this.scale = scale;
    this._event_dim = event_dim;
  }

  override get event_dim(): number {
    return this._event_dim;
  }

  override with_cache(cache_size = 1): Transform {
    if (this._cache_size === cache_size) return this;
    return new AffineTransform(this.loc, this.scale, this.event_dim, cache_size);
  }

  override __eq__(other: unknown): boolean {
    return other instanceof AffineTransform && equal(this.loc, other.loc) && equal(this.scale, other.scale);
  }

  override get sign(): number | Tensor {
    return this.scale instanceof Tensor ? this.scale.sign() : Math.sign(this.scale);
  }

  override _call(x: Tensor): Tensor {
    const scaled = this.scale instanceof Tensor ? this.scale.mul(x) : x.mul(this.scale);
    return this.loc instanceof Tensor ? this.loc.add(scaled) : scaled.add(this.loc);
  }

  override _inverse(y: Tensor): Tensor {
    return y.sub(this.loc).div(this.scale);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    const { scale, event_dim } = this;
    const result =
      scale instanceof Tensor ? torch.abs(scale).log() : torch.full_like(x, Math.log(Math.abs(Number(scale))));
    if (event_dim === 0) return result.expand(x.shape);
    const summed = result.view([...result.size().slice(0, -event_dim), -1]).sum(-1);
    return summed.expand(x.shape.slice(0, -event_dim));
  }

  override forward_shape(shape: Sizes): Sizes {
    return broadcast_shapes(shape, shapeOf(this.loc), shapeOf(this.scale));
  }

  override inverse_shape(shape: Sizes): Sizes {
    return broadcast_shapes(shape, shapeOf(this.loc), shapeOf(this.scale));
  }
}

function realEvents({ event_dim }: AffineTransform): constraints.Constraint {
  return event_dim === 0 ? constraints.real : constraints.independent(constraints.real, event_dim);
}

function equal(a: Value, b: Value): boolean {
  if (a instanceof Tensor) return Boolean(a.eq(b).all().item());
  return isNumber(b) ? Number(a) === Number(b) : equal(b, a);
}

/**
 * y = loc + scale · x.
 *
 * `event_dim` is 0 for numbers, 1 for vectors, 2 for matrices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.AffineTransform}
 */
const AffineTransformClass = publicClass("transforms", AffineTransform, ["loc", "scale", "event_dim", "cache_size"]);
type AffineTransformClass = AffineTransform;

class CumulativeDistributionTransform extends Transform {
  static override codomain = constraints.unit_interval;
  static override bijective = true;
  static override sign = 1;

  readonly distribution: Distribution;

  constructor(distribution: Distribution, cache_size = 0) {
    super(cache_size);
    this.distribution = distribution;
  }

  override get domain(): constraints.Constraint {
    return this.distribution.support;
  }

  override _call(x: Tensor): Tensor {
    return this.distribution.cdf(x);
  }

  override _inverse(y: Tensor): Tensor {
    return this.distribution.icdf(y);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return this.distribution.log_prob(x);
  }

  override with_cache(cache_size = 1): Transform {
    if (this._cache_size === cache_size) return this;
    return new CumulativeDistributionTransform(this.distribution, cache_size);
  }
}

/**
 * The cumulative distribution function of a distribution, which makes its samples uniform.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.CumulativeDistributionTransform}
 */
const CumulativeDistributionTransformClass = publicClass("transforms", CumulativeDistributionTransform, [
  "distribution",
  "cache_size",
]);
type CumulativeDistributionTransformClass = CumulativeDistributionTransform;

export {
  AbsTransformClass as AbsTransform,
  AffineTransformClass as AffineTransform,
  CumulativeDistributionTransformClass as CumulativeDistributionTransform,
  ExpTransformClass as ExpTransform,
  PowerTransformClass as PowerTransform,
  SigmoidTransformClass as SigmoidTransform,
  SoftplusTransformClass as SoftplusTransform,
  TanhTransformClass as TanhTransform,
};
