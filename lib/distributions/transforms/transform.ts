// class Transform, and the inverse of one.

import { inspect } from "node:util";
import type { Tensor } from "../../_tensor.js";
import { callableObject } from "../../callable.js";
import { AttributeError, NotImplementedError, ValueError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import { classText, hasOwnConstructor, publicClass } from "../_keywords.js";
import { type Constraint, classConstraint } from "../constraints.js";
import type { Sizes } from "../distribution.js";

// biome-ignore lint/correctness/noUnusedVariables: the class below is merged with it
interface Transform {
  // biome-ignore lint/style/useShorthandFunctionType: see above
  (x: Tensor): Tensor;
}

class Transform {
  /** The constraint of what the transform takes; what depends on its parameters is a `dependent_property`. */
  static domain?: Constraint;
  /** The constraint of what it gives. */
  static codomain?: Constraint;
  static bijective = false;
  static sign?: number;

  declare _cache_size: number;
  declare _inv: Transform | null;
  declare _cached_x_y: readonly [x: Tensor | null, y: Tensor | null];

  constructor(cache_size = 0) {
    if (cache_size !== 0 && cache_size !== 1) throw new ValueError("cache_size must be 0 or 1");
    const self = callableObject<Transform>(new.target.prototype as Transform);
    self._cache_size = cache_size;
    self._inv = null;
    if (cache_size === 1) self._cached_x_y = [null, null];
    // biome-ignore lint/correctness/noConstructorReturn: this is how a class makes objects that can be called
    return self;
  }

  get domain(): Constraint {
    return this.constraint("domain");
  }

  get codomain(): Constraint {
    return this.constraint("codomain");
  }

  /** Whether each value comes from one value alone. */
  get bijective(): boolean {
    return (this.constructor as typeof Transform).bijective;
  }

  private constraint(name: "domain" | "codomain"): Constraint {
    const constraint = classConstraint(this, (this.constructor as typeof Transform)[name]);
    if (constraint === undefined) throw new AttributeError(`'${typeName(this)}' object has no attribute '${name}'`);
    return constraint;
  }

  /** The number of dimensions of an event; throws ValueError if those of domain and codomain differ. */
  get event_dim(): number {
    if (this.domain.event_dim === this.codomain.event_dim) return this.domain.event_dim;
    throw new ValueError("Please use either .domain.event_dim or .codomain.event_dim");
  }

  /** The inverse transform, whose inverse is this one. */
  get inv(): Transform {
    this._inv ??= new _InverseTransform(this);
    return this._inv;
  }

  /** 1 if the transform increases, -1 if it decreases; throws NotImplementedError for what is not monotone. */
  get sign(): number | Tensor {
    const { sign } = this.constructor as typeof Transform;
    if (sign === undefined) throw new NotImplementedError();
    return sign;
  }

  /** The same transform, with or without the last value and result kept. */
  with_cache(cache_size = 1): Transform {
    if (this._cache_size === cache_size) return this;
    if (!hasOwnConstructor(this, Transform)) return new (this.constructor as typeof Transform)(cache_size);
    throw new NotImplementedError(`${classText(this)}.with_cache is not implemented`);
  }

  /** Python's ==. */
  __eq__(other: unknown): boolean {
    return this === other;
  }

  __ne__(other: unknown): boolean {
    return !this.__eq__(other);
  }

  /** What calling the transform does. */
  __call__(x: Tensor): Tensor {
    if (this._cache_size === 0) return this._call(x);
    const [x_old, y_old] = this._cached_x_y;
    if (x === x_old) return y_old as Tensor;
    const y = this._call(x);
    this._cached_x_y = [x, y];
    return y;
  }

  /** What calling the inverse does. */
  _inv_call(y: Tensor): Tensor {
    if (this._cache_size === 0) return this._inverse(y);
    const [x_old, y_old] = this._cached_x_y;
    if (y === y_old) return x_old as Tensor;
    const x = this._inverse(y);
    this._cached_x_y = [x, y];
    return x;
  }

  /** The transform itself: every subclass writes its own. */
  _call(_x: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /** Its inverse. */
  _inverse(_y: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /** log |dy/dx|, given input and output. */
  log_abs_det_jacobian(_x: Tensor, _y: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /** What Python's repr() prints. */
  __repr__(): string {
    return `${this.constructor.name}()`;
  }

  /** The shape of what the transform makes of a tensor of this shape. */
  forward_shape(shape: Sizes): Sizes {
    return shape;
  }

  /** The shape of what the inverse makes of a tensor of this shape. */
  inverse_shape(shape: Sizes): Sizes {
    return shape;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

/**
 * The base of the transforms: functions of a tensor with an inverse and the logarithm of their Jacobian's determinant.
 *
 * A subclass writes `_call()`, `_inverse()` and `log_abs_det_jacobian()`, and has `static domain`, `codomain` and `bijective`.
 * With `cache_size: 1` the last value and its result are kept, so that the inverse of a result is the very value.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.Transform}
 */
const TransformClass = publicClass("transforms", Transform, ["cache_size"]);
type TransformClass = Transform;

export { TransformClass as Transform };

class _InverseTransform extends Transform {
  declare _inv: Transform;

  constructor(transform: Transform) {
    super(transform._cache_size);
    this._inv = transform;
  }

  override get domain(): Constraint {
    return this._inv.codomain;
  }

  override get codomain(): Constraint {
    return this._inv.domain;
  }

  override get bijective(): boolean {
    return this._inv.bijective;
  }

  override get sign(): number | Tensor {
    return this._inv.sign;
  }

  override get inv(): Transform {
    return this._inv;
  }

  override with_cache(cache_size = 1): Transform {
    return this.inv.with_cache(cache_size).inv;
  }

  override __eq__(other: unknown): boolean {
    return other instanceof _InverseTransform && this._inv.__eq__(other._inv);
  }

  override __repr__(): string {
    return `${this.constructor.name}(${repr(this._inv)})`;
  }

  override __call__(x: Tensor): Tensor {
    return this._inv._inv_call(x);
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this._inv.log_abs_det_jacobian(y, x).neg();
  }

  override forward_shape(shape: Sizes): Sizes {
    return this._inv.inverse_shape(shape);
  }

  override inverse_shape(shape: Sizes): Sizes {
    return this._inv.forward_shape(shape);
  }
}

/** Whether two lists of transforms are equal. */
export function sameTransforms(a: readonly Transform[], b: readonly Transform[]): boolean {
  return a.length === b.length && a.every((transform, i) => transform === b[i] || transform.__eq__(b[i]));
}

/** The product of two transforms' signs. */
export function timesSign(a: number | Tensor, b: number | Tensor): number | Tensor {
  if (typeof a !== "number") return a.mul(b);
  return typeof b === "number" ? a * b : b.mul(a);
}
