// Transforms that are made of others, and the one that changes the shape of an event.

import type { Tensor } from "../../_tensor.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { repr } from "../../python/repr.js";
import { type Size, sizeOf } from "../../size.js";
import { publicClass } from "../_keywords.js";
import * as constraints from "../constraints.js";
import type { Sizes } from "../distribution.js";
import { _sum_rightmost, lazy_property, sameSizes } from "../utils.js";
import { sameTransforms, Transform, timesSign } from "./transform.js";

class ComposeTransform extends Transform {
  static override domain = constraints.dependent_property(
    (self: ComposeTransform) => {
      if (self.parts.length === 0) return constraints.real;
      const domain = self.parts[0].domain;
      // Adjust the number of an event's dimensions to be the most that any part needs.
      let { event_dim } = self.parts[self.parts.length - 1].codomain;
      for (const part of self.parts.toReversed()) {
        event_dim += part.domain.event_dim - part.codomain.event_dim;
        event_dim = Math.max(event_dim, part.domain.event_dim);
      }
      return widened("domain", domain, event_dim);
    },
    { is_discrete: false },
  );
  static override codomain = constraints.dependent_property(
    (self: ComposeTransform) => {
      if (self.parts.length === 0) return constraints.real;
      const codomain = self.parts[self.parts.length - 1].codomain;
      let { event_dim } = self.parts[0].domain;
      for (const part of self.parts) {
        event_dim += part.codomain.event_dim - part.domain.event_dim;
        event_dim = Math.max(event_dim, part.codomain.event_dim);
      }
      return widened("codomain", codomain, event_dim);
    },
    { is_discrete: false },
  );

  readonly parts: Transform[];

  constructor(parts: Transform[], cache_size = 0) {
    super(cache_size);
    this.parts = cache_size ? parts.map((part) => part.with_cache(cache_size)) : parts;
  }

  override __eq__(other: unknown): boolean {
    return other instanceof ComposeTransform && sameTransforms(this.parts, other.parts);
  }

  override get bijective(): boolean {
    return this.parts.every((p) => p.bijective);
  }

  override get sign(): number | Tensor {
    return this.parts.reduce<number | Tensor>((sign, p) => timesSign(sign, p.sign), 1);
  }

  static {
    lazy_property(ComposeTransform, "bijective", "sign");
  }

  override get inv(): Transform {
    if (this._inv === null) {
      this._inv = new ComposeTransform(this.parts.map((p) => p.inv).reverse());
      this._inv._inv = this;
    }
    return this._inv;
  }

  override with_cache(cache_size = 1): Transform {
    return this._cache_size === cache_size ? this : new ComposeTransform(this.parts, cache_size);
  }

  override __call__(x: Tensor): Tensor {
    return this.parts.reduce((value, part) => part(value), x);
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    if (this.parts.length === 0) return torch.zeros_like(x);

    // All values between x and y.
    const xs = [x];
    for (const part of this.parts.slice(0, -1)) xs.push(part(xs[xs.length - 1]));
    xs.push(y);

    let { event_dim } = this.domain;
    const terms = this.parts.map((part, i) => {
      const jacobian = part.log_abs_det_jacobian(xs[i], xs[i + 1]);
      const term = _sum_rightmost(jacobian, event_dim - part.domain.event_dim);
      event_dim += part.codomain.event_dim - part.domain.event_dim;
      return term;
    });
    return terms.reduce((sum, term) => sum.add(term));
  }

  override forward_shape(shape: Sizes): Sizes {
    return this.parts.reduce((sizes, part) => part.forward_shape(sizes), shape);
  }

  override inverse_shape(shape: Sizes): Sizes {
    return this.parts.reduceRight((sizes, part) => part.inverse_shape(sizes), shape);
  }

  override __repr__(): string {
    return `${this.constructor.name}(\n    ${this.parts.map(repr).join(",\n    ")}\n)`;
  }
}

function widened(name: string, constraint: constraints.Constraint, event_dim: number): constraints.Constraint {
  if (event_dim < constraint.event_dim) {
    throw new AssertionError(`event_dim ${event_dim} must be >= ${name}.event_dim ${constraint.event_dim}`);
  }
  if (event_dim === constraint.event_dim) return constraint;
  return constraints.independent(constraint, event_dim - constraint.event_dim);
}

/**
 * Several transforms, one after the other.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.ComposeTransform}
 */
const ComposeTransformClass = publicClass("transforms", ComposeTransform, ["parts", "cache_size"]);
type ComposeTransformClass = ComposeTransform;

/** Gives what it is given. */
export const identity_transform = new ComposeTransform([]);

class IndependentTransform extends Transform {
  static override domain = constraints.dependent_property(
    (self: IndependentTransform) => constraints.independent(self.base_transform.domain, self.reinterpreted_batch_ndims),
    { is_discrete: false },
  );
  static override codomain = constraints.dependent_property(
    (self: IndependentTransform) =>
      constraints.independent(self.base_transform.codomain, self.reinterpreted_batch_ndims),
    { is_discrete: false },
  );

  readonly base_transform: Transform;
  readonly reinterpreted_batch_ndims: number;

  constructor(base_transform: Transform, reinterpreted_batch_ndims: number, cache_size = 0) {
    super(cache_size);
    this.base_transform = base_transform.with_cache(cache_size);
    this.reinterpreted_batch_ndims = reinterpreted_batch_ndims;
  }

  override with_cache(cache_size = 1): Transform {
    if (this._cache_size === cache_size) return this;
    return new IndependentTransform(this.base_transform, this.reinterpreted_batch_ndims, cache_size);
  }

  override get bijective(): boolean {
    return this.base_transform.bijective;
  }

  override get sign(): number | Tensor {
    return this.base_transform.sign;
  }

  override _call(x: Tensor): Tensor {
    if (x.dim() < this.domain.event_dim) throw new ValueError("Too few dimensions on input");
    return this.base_transform(x);
  }

  override _inverse(y: Tensor): Tensor {
    if (y.dim() < this.codomain.event_dim) throw new ValueError("Too few dimensions on input");
    return this.base_transform.inv(y);
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return _sum_rightmost(this.base_transform.log_abs_det_jacobian(x, y), this.reinterpreted_batch_ndims);
  }

  override __repr__(): string {
    return `${this.constructor.name}(${repr(this.base_transform)}, ${this.reinterpreted_batch_ndims})`;
  }

  override forward_shape(shape: Sizes): Sizes {
    return this.base_transform.forward_shape(shape);
  }

  override inverse_shape(shape: Sizes): Sizes {
    return this.base_transform.inverse_shape(shape);
  }
}

/**
 * Another transform, of which the last `reinterpreted_batch_ndims` dimensions count as dimensions of the event.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.IndependentTransform}
 */
const IndependentTransformClass = publicClass("transforms", IndependentTransform, [
  "base_transform",
  "reinterpreted_batch_ndims",
  "cache_size",
]);
type IndependentTransformClass = IndependentTransform;

class ReshapeTransform extends Transform {
  static override domain = constraints.dependent_property((self: ReshapeTransform) =>
    constraints.independent(constraints.real, self.in_shape.length),
  );
  static override codomain = constraints.dependent_property((self: ReshapeTransform) =>
    constraints.independent(constraints.real, self.out_shape.length),
  );
  static override bijective = true;

  readonly in_shape: Size;
  readonly out_shape: Size;

  constructor(in_shape: Sizes, out_shape: Sizes, cache_size = 0) {
    super(cache_size);
    this.in_shape = sizeOf(in_shape);
    this.out_shape = sizeOf(out_shape);
    if (this.in_shape.numel() !== this.out_shape.numel()) {
      throw new ValueError("in_shape, out_shape have different numbers of elements");
    }
  }

  override with_cache(cache_size = 1): Transform {
    if (this._cache_size === cache_size) return this;
    return new ReshapeTransform(this.in_shape, this.out_shape, cache_size);
  }

  override _call(x: Tensor): Tensor {
    const batch_shape = x.shape.slice(0, x.dim() - this.in_shape.length);
    return x.reshape([...batch_shape, ...this.out_shape]);
  }

  override _inverse(y: Tensor): Tensor {
    const batch_shape = y.shape.slice(0, y.dim() - this.out_shape.length);
    return y.reshape([...batch_shape, ...this.in_shape]);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return x.new_zeros(x.shape.slice(0, x.dim() - this.in_shape.length));
  }

  override forward_shape(shape: Sizes): Sizes {
    return reshaped(shape, this.in_shape, this.out_shape);
  }

  override inverse_shape(shape: Sizes): Sizes {
    return reshaped(shape, this.out_shape, this.in_shape);
  }
}

/** A shape whose last dimensions, which must be `from`, are replaced by others. */
function reshaped(shape: Sizes, from: Size, to: Size): Sizes {
  if (shape.length < from.length) throw new ValueError("Too few dimensions on input");
  const cut = shape.length - from.length;
  const last = sizeOf(shape.slice(cut));
  if (!sameSizes(last, from)) throw new ValueError(`Shape mismatch: expected ${last} but got ${from}`);
  return sizeOf([...shape.slice(0, cut), ...to]);
}

/**
 * Gives events another shape with as many elements; throws ValueError if their numbers differ.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.ReshapeTransform}
 */
const ReshapeTransformClass = publicClass("transforms", ReshapeTransform, ["in_shape", "out_shape", "cache_size"]);
type ReshapeTransformClass = ReshapeTransform;

export {
  ComposeTransformClass as ComposeTransform,
  IndependentTransformClass as IndependentTransform,
  ReshapeTransformClass as ReshapeTransform,
};
