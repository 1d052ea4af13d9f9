// torch/distributions/distribution.py

import { inspect } from "node:util";
import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { isPlainObject } from "../arguments/function.js";
import { no_grad } from "../autograd/grad_mode.js";
import { AttributeError, NotImplementedError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { warn } from "../nn/functional/warn.js";
import { tupleText } from "../nn/modules/utils.js";
import { typeName } from "../python/objects.js";
import { format, repr } from "../python/repr.js";
import { type Size, sizeOf } from "../size.js";
import type { Keywords } from "../types.js";
import { classText, hasOwnConstructor, publicClass } from "./_keywords.js";
import { type Constraint, classConstraint, is_dependent } from "./constraints.js";
import { isLazy, sameSizes, setFields, zipReversed } from "./utils.js";

/** The sizes of a tensor. */
export type Sizes = readonly number[];

/** How many samples to draw, as `sample()` and `rsample()` take it. */
export type SampleShape = Sizes | Keywords<{ sample_shape?: Sizes }>;

/** The constraint of each parameter, by its name. */
export type ArgConstraints = Readonly<Record<string, Constraint>>;

/** A class of distributions, public or not. */
export interface HasPrototype {
  readonly prototype: object;
}

const allTrue = (valid: Tensor): boolean => Boolean(torch._is_all_true(valid).item());

class Distribution {
  /** The constraint of each parameter. What depends on the parameters is a getter of the objects. */
  static arg_constraints?: ArgConstraints;
  /** What samples satisfy. What depends on the parameters is a `dependent_property`. */
  static support?: Constraint;
  static has_rsample = false;
  static has_enumerate_support = false;

  declare _batch_shape: Size;
  declare _event_shape: Size;
  declare _validate_args: boolean;

  /**
   * Turns the validation of arguments on or off for all distributions that are not told otherwise; it is on by default.
   *
   * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.distribution.Distribution.set_default_validate_args}
   */
  static set_default_validate_args(value: boolean): void {
    if (typeof value !== "boolean") throw new ValueError();
    Distribution.prototype._validate_args = value;
  }

  constructor(
    batch_shape: Sizes = [],
    event_shape: Sizes = [],
    validate_args: boolean | null = null,
    fields: object = {},
  ) {
    this._initialize(batch_shape, event_shape, validate_args, fields);
  }

  /** What the constructor does, also to an object that expand() made without one. */
  _initialize(batch_shape: Sizes, event_shape: Sizes, validate_args: boolean | null, fields: object): void {
    setFields(this, fields);
    this._batch_shape = sizeOf(batch_shape);
    this._event_shape = sizeOf(event_shape);
    if (validate_args !== null) this._validate_args = validate_args;
    if (this._validate_args) validateParameters(this);
  }

  /**
   * A distribution like this one whose batch has the given shape, by `expand()` of the parameters.
   *
   * A subclass that hands its own object on, as `_instance`, gets it back with the rest of the fields.
   */
  expand(_batch_shape: Sizes, _instance: this | null = null): this {
    throw new NotImplementedError();
  }

  /** The shape over which parameters are batched. */
  get batch_shape(): Size {
    return this._batch_shape;
  }

  /** The shape of one sample of one of the batch. */
  get event_shape(): Size {
    return this._event_shape;
  }

  /** The constraints of the parameters, by their names; throws NotImplementedError if the class tells none. */
  get arg_constraints(): ArgConstraints {
    const { arg_constraints } = this.constructor as typeof Distribution;
    if (arg_constraints === undefined) throw new NotImplementedError();
    return arg_constraints;
  }

  /** The constraint that samples satisfy; throws NotImplementedError if the class tells none. */
  get support(): Constraint {
    const support = classConstraint(this, (this.constructor as typeof Distribution).support);
    if (support === undefined) throw new NotImplementedError();
    return support;
  }

  /** Whether `rsample()` gives samples through which gradients flow. */
  get has_rsample(): boolean {
    return (this.constructor as typeof Distribution).has_rsample;
  }

  get has_enumerate_support(): boolean {
    return (this.constructor as typeof Distribution).has_enumerate_support;
  }

  get mean(): Tensor {
    throw new NotImplementedError();
  }

  get mode(): Tensor {
    throw new NotImplementedError(`${classText(this)} does not implement mode`);
  }

  get variance(): Tensor {
    throw new NotImplementedError();
  }

  /** The square root of the variance. */
  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** Samples of shape `sample_shape + batch_shape + event_shape`. */
  sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }

  /** Samples, as a differentiable function of the parameters. */
  rsample(_sample_shape: SampleShape = []): Tensor {
    throw new NotImplementedError();
  }

  /** Deprecated: `sample([n])` does the same. */
  sample_n(n: number): Tensor {
    process.emitWarning("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", "FutureWarning");
    return this.sample([n]);
  }

  /** The logarithm of the density, or of the probability, at a value. */
  log_prob(_value: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /** The probability of being at most a value. */
  cdf(_value: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /** The value below which this share of the probability is. */
  icdf(_value: Tensor): Tensor {
    throw new NotImplementedError();
  }

  /**
   * All values of a discrete distribution, along dimension 0; with `expand: false` the dimensions of the batch have size 1.
   */
  enumerate_support(_expand: boolean | Keywords<{ expand?: boolean }> = true): Tensor {
    throw new NotImplementedError();
  }

  entropy(): Tensor {
    throw new NotImplementedError();
  }

  /** The exponential of the entropy. */
  perplexity(): Tensor {
    return torch.exp(this.entropy());
  }

  /** The shape of samples: `sample_shape + batch_shape + event_shape`. */
  _extended_shape(sample_shape: SampleShape = []): Size {
    return sizeOf([...sizesOf(sample_shape), ...this._batch_shape, ...this._event_shape]);
  }

  /**
   * Checks a value that `log_prob()`, `cdf()` or the like were given.
   *
   * Throws ValueError for a shape that does not go with the batch and event shape, and for values outside of the support.
   */
  _validate_sample(value: Tensor): void {
    if (!(value instanceof Tensor)) throw new ValueError("The value argument to log_prob must be a Tensor");
    const actual_shape = value.size();
    const event_dim_start = actual_shape.length - this._event_shape.length;
    if (!sameSizes(actual_shape.slice(event_dim_start), this._event_shape)) {
      throw new ValueError(
        `The right-most size of value must match event_shape: ${actual_shape} vs ${this._event_shape}.`,
      );
    }

    const expected_shape = this._extended_shape();
    for (const [i, j] of zipReversed(actual_shape, expected_shape)) {
      if (i === 1 || j === 1 || i === j) continue;
      throw new ValueError(
        `Value is not broadcastable with batch_shape+event_shape: ${actual_shape} vs ${expected_shape}.`,
      );
    }
    const support = orElse(
      () => this.support,
      () => {
        warn(
          `${classText(this)} does not define \`support\` to enable ` +
            "sample validation. Please initialize the distribution with " +
            "`validate_args=False` to turn off validation.",
        );
        return null;
      },
    );
    if (support === null || allTrue(support.check(value))) return;
    throw new ValueError(
      `Expected value argument (${typeName(value)} of shape ${tupleText([...value.shape])}) ` +
        `to be within the support (${repr(support)}) of the distribution ${repr(this)}, ` +
        `but found invalid values:\n${format(value)}`,
    );
  }

  /**
   * The object that expand() fills: `_instance`, or a new one.
   *
   * Throws NotImplementedError if a subclass of `cls` has a constructor of its own, but no expand().
   */
  _get_checked_instance(cls: HasPrototype, _instance: this | null = null): this {
    if (_instance !== null) return _instance;
    if (hasOwnConstructor(this, cls)) {
      throw new NotImplementedError(
        `Subclass ${this.constructor.name} of ${cls.prototype.constructor.name} that defines a custom __init__ method ` +
          "must also define a custom .expand() method.",
      );
    }
    return Object.create(Object.getPrototypeOf(this));
  }

  /** What most expand() methods of a class do: a checked instance with these shapes and fields. */
  _expanded(cls: HasPrototype, _instance: this | null, batch_shape: Sizes, event_shape: Sizes, fields: object): this {
    const expanded = this._get_checked_instance(cls, _instance);
    expanded._initialize(batch_shape, event_shape, false, fields);
    expanded._validate_args = this._validate_args;
    return expanded;
  }

  /** What Python's repr() prints. */
  __repr__(): string {
    const fields = this as unknown as Record<string, Tensor>;
    const param_names = Object.keys(this.arg_constraints).filter((k) => Object.hasOwn(this, k));
    const args = param_names.map((p) => `${p}: ${format(fields[p].numel() === 1 ? fields[p] : fields[p].size())}`);
    return `${this.constructor.name}(${args.join(", ")})`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("Distribution", Distribution, { set_default_validate_args: ["value"] }, { self: 0 });

Distribution.prototype._validate_args = true;

/** Throws ValueError if a parameter does not satisfy its constraint. */
function validateParameters(distribution: Distribution): void {
  const arg_constraints = orElse<ArgConstraints>(
    () => distribution.arg_constraints,
    () => {
      warn(
        `${classText(distribution)} does not define \`arg_constraints\`. ` +
          "Please set `arg_constraints = {}` or initialize the distribution " +
          "with `validate_args=False` to turn off validation.",
      );
      return {};
    },
  );
  for (const [param, constraint] of Object.entries(arg_constraints)) {
    if (is_dependent(constraint) || isLazy(distribution, param)) continue;
    const value = (distribution as unknown as Record<string, Tensor | undefined>)[param];
    if (value === undefined) throw new AttributeError(`'${typeName(distribution)}' object has no attribute '${param}'`);
    if (allTrue(constraint.check(value))) continue;
    throw new ValueError(
      `Expected parameter ${param} (${typeName(value)} of shape ${tupleText([...value.shape])}) ` +
        `of distribution ${repr(distribution)} to satisfy the constraint ${repr(constraint)}, ` +
        `but found invalid values:\n${format(value)}`,
    );
  }
}

/** What a property is, or what is to be done if there is none. */
function orElse<T>(property: () => T, otherwise: () => T): T {
  try {
    return property();
  } catch (error) {
    if (error instanceof NotImplementedError) return otherwise();
    throw error;
  }
}

/** The sizes in what `sample()` was given: keywords have been bound by the time that they come here. */
export function sizesOf(sample_shape: SampleShape): Size {
  return sizeOf((isPlainObject(sample_shape) ? (sample_shape.sample_shape ?? []) : sample_shape) as Sizes);
}

/**
 * The base of all distributions.
 *
 * `batch_shape` is the shape over which parameters are batched, `event_shape` that of one sample. A subclass has
 * `static arg_constraints` and `static support` (Python's class attributes), and hands its parameters to this
 * constructor as `fields`, which become fields of the object before they are validated:
 * `super(loc.shape, [], validate_args, { loc })`.
 *
 * Throws ValueError for parameters that do not satisfy their constraints, unless `validate_args` is false.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.distribution.Distribution}
 */
const DistributionClass = publicClass(
  "distribution",
  Distribution,
  ["batch_shape", "event_shape", "validate_args", "fields"],
  { dict: 3 },
);
type DistributionClass = Distribution;

// The class by its own name, too: declarations of types need it.
export { type Distribution as _Distribution, DistributionClass as Distribution };
