// torch/distributions/constraints.py

import { inspect } from "node:util";
import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { generic } from "../arguments/function.js";
import { callableObject } from "../callable.js";
import { bool } from "../dtype.js";
import { AssertionError, IndexError, NotImplementedError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import * as linalg from "../linalg.js";
import { isInt } from "../python/float.js";
import { float } from "../python/numbers.js";
import { typeName } from "../python/objects.js";
import { format, repr } from "../python/repr.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import type { Value } from "./utils.js";

/**
 * The base of the constraints: a region in which a variable is valid. A subclass writes `check()`, and has
 * `static is_discrete` and `static event_dim`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#module-torch.distributions.constraints}
 */
export class Constraint {
  static is_discrete = false;
  static event_dim = 0;

  /** Whether the space is discrete. */
  get is_discrete(): boolean {
    return (this.constructor as typeof Constraint).is_discrete;
  }

  /** How many of the last dimensions make one event; `check()` has a result for each event. */
  get event_dim(): number {
    return (this.constructor as typeof Constraint).event_dim;
  }

  /** Whether each event in the value satisfies the constraint. */
  check(_value: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /** What Python's repr() prints. */
  __repr__(): string {
    return `${this._name()}()`;
  }

  /** @internal The class's name without the underscore that Python's has. */
  _name(): string {
    return this.constructor.name.slice(1);
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("Constraint", Constraint.prototype, { check: ["value"] });

/** What is known of a constraint before there is an object: `undefined` for what is not. */
export interface Known {
  is_discrete?: boolean;
  event_dim?: number;
}

export interface _Dependent {
  /** The same with other static attributes: `constraints.dependent({ is_discrete: true, event_dim: 1 })`. */
  // biome-ignore lint/style/useShorthandFunctionType: the class below is merged with it
  (known?: Known): _Dependent;
}

export class _Dependent extends Constraint {
  declare _is_discrete?: boolean;
  declare _event_dim?: number;

  constructor({ is_discrete, event_dim }: Known = {}) {
    super();
    const self = callableObject<_Dependent>(new.target.prototype as _Dependent);
    self._is_discrete = is_discrete;
    self._event_dim = event_dim;
    // biome-ignore lint/correctness/noConstructorReturn: this is how a class makes objects that can be called
    return self;
  }

  override get is_discrete(): boolean {
    if (this._is_discrete === undefined) {
      throw new NotImplementedError(".is_discrete cannot be determined statically");
    }
    return this._is_discrete;
  }

  override get event_dim(): number {
    if (this._event_dim === undefined) throw new NotImplementedError(".event_dim cannot be determined statically");
    return this._event_dim;
  }

  __call__({ is_discrete = this._is_discrete, event_dim = this._event_dim }: Known = {}): _Dependent {
    return new _Dependent({ is_discrete, event_dim });
  }

  override check(_x: Tensor): Tensor {
    throw new ValueError("Cannot determine validity of dependent constraint");
  }
}

/** Whether a constraint depends on other variables, so that it cannot be checked alone. */
export const is_dependent = generic(
  "is_dependent",
  ["constraint"],
  (constraint: Constraint): constraint is _Dependent => {
    return constraint instanceof _Dependent;
  },
);

/** What the constraint is for an object. */
type Getter<T> = (self: T) => Constraint;

// biome-ignore lint/suspicious/noExplicitAny: getters of any class
type AnyGetter = Getter<any>;

export class _DependentProperty extends _Dependent {
  declare fget?: AnyGetter;

  constructor(fn?: AnyGetter, known: Known = {}) {
    super(known);
    this.fget = fn;
  }

  override __call__(fn: Known & AnyGetter): _DependentProperty {
    return new _DependentProperty(fn, { is_discrete: this._is_discrete, event_dim: this._event_dim });
  }
}

/**
 * A class's constraint that depends on the object: the class has it as a dependent constraint, and its objects get what the
 * function gives for them.
 *
 * `static support = constraints.dependent_property((self: Uniform) => constraints.interval(self.low, self.high))`
 */
export function dependent_property<T>(fn: Getter<T>, known: Known = {}): Constraint {
  return new _DependentProperty(fn, known);
}

/** @internal What a constraint that a class has is for an object of the class. */
export function classConstraint<C extends Constraint | undefined>(instance: object, constraint: C): C {
  return constraint instanceof _DependentProperty ? (constraint.fget?.(instance) as C) : constraint;
}

function requireConstraint(value: unknown): void {
  if (value instanceof Constraint) return;
  throw new AssertionError(`base_constraint must be a Constraint, got ${typeName(value)}`);
}

export class _IndependentConstraint extends Constraint {
  readonly base_constraint: Constraint;
  readonly reinterpreted_batch_ndims: number;

  constructor(base_constraint: Constraint, reinterpreted_batch_ndims: number) {
    requireConstraint(base_constraint);
    if (!isInt(reinterpreted_batch_ndims)) {
      throw new AssertionError(`reinterpreted_batch_ndims must be an int, got ${typeName(reinterpreted_batch_ndims)}`);
    }
    if (reinterpreted_batch_ndims < 0) {
      throw new AssertionError(`reinterpreted_batch_ndims must be >= 0, got ${reinterpreted_batch_ndims}`);
    }
    super();
    this.base_constraint = base_constraint;
    this.reinterpreted_batch_ndims = reinterpreted_batch_ndims;
  }

  override get is_discrete(): boolean {
    return this.base_constraint.is_discrete;
  }

  override get event_dim(): number {
    return this.base_constraint.event_dim + this.reinterpreted_batch_ndims;
  }

  override check(value: Tensor): Tensor {
    const result = this.base_constraint.check(value);
    const kept = result.dim() - this.reinterpreted_batch_ndims;
    if (kept < 0) throw new ValueError(`Expected value.dim() >= ${this.event_dim} but got ${value.dim()}`);
    return result.reshape([...result.shape.slice(0, kept), -1]).all(-1);
  }

  override __repr__(): string {
    return `${this._name()}(${repr(this.base_constraint)}, ${this.reinterpreted_batch_ndims})`;
  }
}

takeKeywords("_IndependentConstraint", _IndependentConstraint.prototype, { check: ["value"] });

class MixtureSameFamilyConstraint extends Constraint {
  readonly base_constraint: Constraint;

  constructor(base_constraint: Constraint) {
    requireConstraint(base_constraint);
    super();
    this.base_constraint = base_constraint;
  }

  override get is_discrete(): boolean {
    return this.base_constraint.is_discrete;
  }

  override get event_dim(): number {
    return this.base_constraint.event_dim;
  }

  override check(value: Tensor): Tensor {
    const { event_dim } = this;
    const result = this.base_constraint.check(value.unsqueeze(-1 - event_dim));
    if (value.dim() < event_dim) {
      throw new ValueError(`Expected value.dim() >= ${event_dim} but got ${value.dim()}`);
    }
    const num_dim_to_keep = value.dim() - event_dim;
    return result.reshape([...result.shape.slice(0, num_dim_to_keep), -1]).all(-1);
  }

  override __repr__(): string {
    return `${this.constructor.name}(${repr(this.base_constraint)})`;
  }
}

takeKeywords("MixtureSameFamilyConstraint", MixtureSameFamilyConstraint.prototype, { check: ["value"] });

const isBoolean = (value: Tensor): Tensor => value.eq(0).bitwise_or(value.eq(1));
/** lower_bound <= value: as Python writes it, so that a shape that does not go is told of as there. */
function atLeast(value: Tensor, lower_bound: Value): Tensor {
  return lower_bound instanceof Tensor ? lower_bound.le(value) : value.ge(lower_bound);
}

const isInteger = (value: Tensor): Tensor => value.remainder(1).eq(0);

export class _Boolean extends Constraint {
  static override is_discrete = true;

  override check(value: Tensor): Tensor {
    return isBoolean(value);
  }
}

export class _OneHot extends Constraint {
  static override is_discrete = true;
  static override event_dim = 1;

  override check(value: Tensor): Tensor {
    const is_normalized = value.sum(-1).eq(1);
    return isBoolean(value).all(-1).bitwise_and(is_normalized);
  }
}

export class _IntegerInterval extends Constraint {
  static override is_discrete = true;

  constructor(
    readonly lower_bound: Value,
    readonly upper_bound: Value,
  ) {
    super();
  }

  override check(value: Tensor): Tensor {
    return isInteger(value).bitwise_and(atLeast(value, this.lower_bound)).bitwise_and(value.le(this.upper_bound));
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

takeKeywords("_IntegerInterval", _IntegerInterval.prototype, { check: ["value"] });

export class _IntegerLessThan extends Constraint {
  static override is_discrete = true;

  constructor(readonly upper_bound: Value) {
    super();
  }

  override check(value: Tensor): Tensor {
    return isInteger(value).bitwise_and(value.le(this.upper_bound));
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

export class _IntegerGreaterThan extends Constraint {
  static override is_discrete = true;

  constructor(readonly lower_bound: Value) {
    super();
  }

  override check(value: Tensor): Tensor {
    return isInteger(value).bitwise_and(atLeast(value, this.lower_bound));
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

export class _Real extends Constraint {
  override check(value: Tensor): Tensor {
    return value.eq(value); // false for NaN
  }
}

export class _GreaterThan extends Constraint {
  constructor(readonly lower_bound: Value) {
    super();
  }

  override check(value: Tensor): Tensor {
    return this.lower_bound instanceof Tensor ? this.lower_bound.lt(value) : value.gt(this.lower_bound);
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

takeKeywords("_GreaterThan", _GreaterThan.prototype, { check: ["value"] });

export class _GreaterThanEq extends Constraint {
  constructor(readonly lower_bound: Value) {
    super();
  }

  override check(value: Tensor): Tensor {
    return atLeast(value, this.lower_bound);
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

takeKeywords("_GreaterThanEq", _GreaterThanEq.prototype, { check: ["value"] });

export class _LessThan extends Constraint {
  constructor(readonly upper_bound: Value) {
    super();
  }

  override check(value: Tensor): Tensor {
    return value.lt(this.upper_bound);
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

takeKeywords("_LessThan", _LessThan.prototype, { check: ["value"] });

export class _Interval extends Constraint {
  constructor(
    readonly lower_bound: Value,
    readonly upper_bound: Value,
  ) {
    super();
  }

  override check(value: Tensor): Tensor {
    return atLeast(value, this.lower_bound).bitwise_and(value.le(this.upper_bound));
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

takeKeywords("_Interval", _Interval.prototype, { check: ["value"] });

export class _HalfOpenInterval extends Constraint {
  constructor(
    readonly lower_bound: Value,
    readonly upper_bound: Value,
  ) {
    super();
  }

  override check(value: Tensor): Tensor {
    return atLeast(value, this.lower_bound).bitwise_and(value.lt(this.upper_bound));
  }

  override __repr__(): string {
    return bounds(this, this);
  }
}

takeKeywords("_HalfOpenInterval", _HalfOpenInterval.prototype, { check: ["value"] });

/** A constraint with its bounds, as Python prints it. */
function bounds(constraint: Constraint, { lower_bound, upper_bound }: { lower_bound?: Value; upper_bound?: Value }) {
  const texts = Object.entries({ lower_bound, upper_bound }).filter(([, bound]) => bound !== undefined);
  return `${constraint._name()}(${texts.map(([name, bound]) => `${name}=${format(bound)}`).join(", ")})`;
}

export class _Simplex extends Constraint {
  static override event_dim = 1;

  override check(value: Tensor): Tensor {
    return torch.all(value.ge(0), { dim: -1 }).bitwise_and(value.sum(-1).sub(1).abs().lt(1e-6));
  }
}

export class _Multinomial extends Constraint {
  static override is_discrete = true;
  static override event_dim = 1;

  constructor(readonly upper_bound: Value) {
    super();
  }

  override check(x: Tensor): Tensor {
    return x
      .ge(0)
      .all({ dim: -1 })
      .bitwise_and(x.sum({ dim: -1 }).le(this.upper_bound));
  }
}

takeKeywords("_Multinomial", _Multinomial.prototype, { check: ["x"] });

function isLowerTriangular(value: Tensor): Tensor {
  return value
    .tril()
    .eq(value)
    .view([...value.shape.slice(0, -2), -1])
    .min(-1)[0];
}

export class _LowerTriangular extends Constraint {
  static override event_dim = 2;

  override check(value: Tensor): Tensor {
    return isLowerTriangular(value);
  }
}

export class _LowerCholesky extends Constraint {
  static override event_dim = 2;

  override check(value: Tensor): Tensor {
    const lower_triangular = isLowerTriangular(value);
    const positive_diagonal = value.diagonal({ dim1: -2, dim2: -1 }).gt(0).min(-1)[0];
    return lower_triangular.bitwise_and(positive_diagonal);
  }
}

export class _CorrCholesky extends Constraint {
  static override event_dim = 2;

  override check(value: Tensor): Tensor {
    const tol = finfo(value.dtype).eps * value.size(-1) * 10; // 10 is a guess of PyTorch's
    const row_norm = linalg.norm(value.detach(), { dim: -1 });
    const unit_row_norm = row_norm.sub(1).abs().le(tol).all({ dim: -1 });
    return new _LowerCholesky().check(value).bitwise_and(unit_row_norm);
  }
}

export class _Square extends Constraint {
  static override event_dim = 2;

  override check(value: Tensor): Tensor {
    if (value.dim() < 2) throw new IndexError("tuple index out of range");
    const [rows, columns] = value.shape.slice(-2);
    return torch.full(value.shape.slice(0, -2), rows === columns, { dtype: bool, device: value.device });
  }
}

export class _Symmetric extends _Square {
  override check(value: Tensor): Tensor {
    const square_check = super.check(value);
    if (!square_check.all().item()) return square_check;
    return torch.isclose(value, value.mT, { atol: 1e-6 }).all(-2).all(-1);
  }
}

export class _PositiveSemidefinite extends _Symmetric {
  override check(value: Tensor): Tensor {
    const sym_check = super.check(value);
    if (!sym_check.all().item()) return sym_check;
    return linalg.eigvalsh(value).ge(0).all(-1);
  }
}

export class _PositiveDefinite extends _Symmetric {
  override check(value: Tensor): Tensor {
    const sym_check = super.check(value);
    if (!sym_check.all().item()) return sym_check;
    return linalg.cholesky_ex(value).info.eq(0);
  }
}

function checkSequence(cseq: readonly Constraint[]): void {
  if (cseq.every((c) => c instanceof Constraint)) return;
  throw new AssertionError("All elements of cseq must be Constraint instances");
}

function checkDim(dim: number, value: Tensor): void {
  if (-value.dim() <= dim && dim < value.dim()) return;
  throw new AssertionError(`dim ${dim} out of range for value with ${value.dim()} dimensions`);
}

export class _Cat extends Constraint {
  readonly cseq: Constraint[];
  readonly dim: number;
  readonly lengths: number[];

  constructor(cseq: readonly Constraint[], dim = 0, lengths: readonly number[] | null = null) {
    checkSequence(cseq);
    super();
    this.cseq = [...cseq];
    this.lengths = [...(lengths ?? this.cseq.map(() => 1))];
    if (this.lengths.length !== this.cseq.length) {
      throw new AssertionError(`lengths (${this.lengths.length}) must match cseq (${this.cseq.length})`);
    }
    this.dim = dim;
  }

  override get is_discrete(): boolean {
    return this.cseq.some((c) => c.is_discrete);
  }

  override get event_dim(): number {
    return Math.max(...this.cseq.map((c) => c.event_dim));
  }

  override check(value: Tensor): Tensor {
    checkDim(this.dim, value);
    let start = 0;
    const checks = this.cseq.map((constr, i) => {
      const v = value.narrow(this.dim, start, this.lengths[i]);
      start += this.lengths[i];
      return constr.check(v);
    });
    return torch.cat(checks, this.dim);
  }
}

takeKeywords("_Cat", _Cat.prototype, { check: ["value"] });

export class _Stack extends Constraint {
  readonly cseq: Constraint[];
  readonly dim: number;

  constructor(cseq: readonly Constraint[], dim = 0) {
    checkSequence(cseq);
    super();
    this.cseq = [...cseq];
    this.dim = dim;
  }

  override get is_discrete(): boolean {
    return this.cseq.some((c) => c.is_discrete);
  }

  override get event_dim(): number {
    const dim = Math.max(...this.cseq.map((c) => c.event_dim));
    return this.dim + dim < 0 ? dim + 1 : dim;
  }

  override check(value: Tensor): Tensor {
    checkDim(this.dim, value);
    const count = Math.min(value.size(this.dim), this.cseq.length);
    const checks = this.cseq.slice(0, count).map((constr, i) => constr.check(value.select(this.dim, i)));
    return torch.stack(checks, this.dim);
  }
}

takeKeywords("_Stack", _Stack.prototype, { check: ["value"] });

/** Depends on other variables, so that it cannot be checked alone; called, it gives one of which more is known. */
export const dependent = new _Dependent();

/** Another constraint's over some of the last dimensions of the batch: an event is valid if all its parts are. */
const independent = publicClass("constraints", _IndependentConstraint, [
  "base_constraint",
  "reinterpreted_batch_ndims",
]);

/** The constraint of samples of a mixture: that of its components. */
const MixtureSameFamilyConstraintClass = publicClass("constraints", MixtureSameFamilyConstraint, ["base_constraint"]);
type MixtureSameFamilyConstraintClass = MixtureSameFamilyConstraint;

/** Whole numbers from `lower_bound` to `upper_bound`. */
const integer_interval = publicClass("constraints", _IntegerInterval, ["lower_bound", "upper_bound"]);

/** Numbers greater than `lower_bound`. */
const greater_than = publicClass("constraints", _GreaterThan, ["lower_bound"]);

/** Numbers of at least `lower_bound`. */
const greater_than_eq = publicClass("constraints", _GreaterThanEq, ["lower_bound"]);

/** Numbers less than `upper_bound`. */
const less_than = publicClass("constraints", _LessThan, ["upper_bound"]);

/** Numbers from `lower_bound` to `upper_bound`. */
const interval = publicClass("constraints", _Interval, ["lower_bound", "upper_bound"]);

/** Numbers from `lower_bound` to `upper_bound`, without the latter. */
const half_open_interval = publicClass("constraints", _HalfOpenInterval, ["lower_bound", "upper_bound"]);

/** Whole numbers of at least 0 that sum up, over the last dimension, to at most `upper_bound`. */
const multinomial = publicClass("constraints", _Multinomial, ["upper_bound"]);

/** Constraints for slices of a tensor along `dim`, of the given lengths. */
const cat = publicClass("constraints", _Cat, ["cseq", "dim", "lengths"]);

/** Constraints for the elements of a tensor along `dim`. */
const stack = publicClass("constraints", _Stack, ["cseq", "dim"]);

export {
  cat,
  greater_than,
  greater_than_eq,
  half_open_interval,
  independent,
  integer_interval,
  interval,
  less_than,
  MixtureSameFamilyConstraintClass as MixtureSameFamilyConstraint,
  multinomial,
  stack,
};

/** 0 or 1. */
export const boolean = new _Boolean();
/** Vectors of zeros with one 1. */
export const one_hot = new _OneHot();
export const nonnegative_integer = new _IntegerGreaterThan(0);
export const positive_integer = new _IntegerGreaterThan(1);
/** Any number but NaN. */
export const real = new _Real();
export const real_vector = independent(real, 1);
export const positive = new _GreaterThan(float(0));
export const nonnegative = new _GreaterThanEq(float(0));
export const unit_interval = new _Interval(float(0), float(1));
/** Vectors of numbers of at least 0 that sum up to 1. */
export const simplex = new _Simplex();
export const lower_triangular = new _LowerTriangular();
/** Lower triangular matrices with a positive diagonal. */
export const lower_cholesky = new _LowerCholesky();
/** Lower triangular matrices with a positive diagonal and rows of length 1. */
export const corr_cholesky = new _CorrCholesky();
export const square = new _Square();
export const symmetric = new _Symmetric();
export const positive_semidefinite = new _PositiveSemidefinite();
export const positive_definite = new _PositiveDefinite();
