// torch/distributions/constraint_registry.py

import { takeKeywords } from "../arguments/class.js";
import { callableObject } from "../callable.js";
import { NotImplementedError } from "../errors.js";
import { typeName } from "../python/objects.js";
import { format } from "../python/repr.js";
import * as constraints from "./constraints.js";
import { Constraint } from "./constraints.js";
import * as transforms from "./transforms.js";
import { isNumber, type Value } from "./utils.js";

/** Makes the transform for a constraint. */
export type Factory<C extends Constraint> = (constraint: C) => transforms.Transform;

/** A class of constraints, or one of its objects. */
export type ConstraintOrClass<C extends Constraint> = C | { readonly prototype: C };

export interface ConstraintRegistry {
  // biome-ignore lint/style/useShorthandFunctionType: the class below is merged with it
  (constraint: Constraint): transforms.Transform;
}

/**
 * Links constraints to transforms, by the class of the constraint.
 *
 * `registry(constraint)` is a transform from unconstrained numbers to those that satisfy the constraint; it throws
 * NotImplementedError if none is registered.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#module-torch.distributions.constraint_registry}
 */
export class ConstraintRegistry {
  // By prototype: public classes are not the classes that objects are made of.
  declare _registry: Map<object, Factory<Constraint>>;

  constructor() {
    const self = callableObject<ConstraintRegistry>(new.target.prototype);
    self._registry = new Map();
    // biome-ignore lint/correctness/noConstructorReturn: this is how a class makes objects that can be called
    return self;
  }

  /**
   * Registers a function that makes the transform for constraints of a class.
   *
   * Without the function it returns one that takes it. Throws TypeError for what is neither constraint nor class of them.
   */
  register<C extends Constraint>(constraint: ConstraintOrClass<C>): (factory: Factory<C>) => Factory<C>;
  register<C extends Constraint>(constraint: ConstraintOrClass<C>, factory: Factory<C>): Factory<C>;
  register<C extends Constraint>(
    constraint: ConstraintOrClass<C>,
    factory: Factory<C> | null = null,
  ): Factory<C> | ((factory: Factory<C>) => Factory<C>) {
    if (factory === null) return (given: Factory<C>) => this.register(constraint, given);
    const prototype = constraint instanceof Constraint ? Object.getPrototypeOf(constraint) : constraint?.prototype;
    if (prototype !== Constraint.prototype && !(prototype instanceof Constraint)) {
      throw new TypeError(
        `Expected constraint to be either a Constraint subclass or instance, but got ${format(constraint)}`,
      );
    }
    this._registry.set(prototype, factory as Factory<never> as Factory<Constraint>);
    return factory;
  }

  /** What calling the registry does. */
  __call__(constraint: Constraint): transforms.Transform {
    const factory = this._registry.get(Object.getPrototypeOf(constraint));
    if (!factory) throw new NotImplementedError(`Cannot transform ${typeName(constraint)} constraints`);
    return factory(constraint);
  }
}

takeKeywords("ConstraintRegistry", ConstraintRegistry.prototype, { register: ["constraint", "factory"] });

/** Bijective transforms from the real numbers to what satisfies a constraint; their determinants are known. */
export const biject_to = new ConstraintRegistry();

/** Transforms that need not be bijective, for optimization: not all coordinates have a meaning of their own. */
export const transform_to = new ConstraintRegistry();

/** Registers the same in both. */
function both<C extends Constraint>(constraint: ConstraintOrClass<C>, factory: Factory<C>): void {
  biject_to.register(constraint, factory);
  transform_to.register(constraint, factory);
}

/** Registers, in each of the two, a transform that is made with transforms of the same. */
function each<C extends Constraint>(
  constraint: ConstraintOrClass<C>,
  factory: (registry: ConstraintRegistry, constraint: C) => transforms.Transform,
): void {
  for (const registry of [biject_to, transform_to]) registry.register(constraint, (c: C) => factory(registry, c));
}

both(constraints.real, () => transforms.identity_transform);

each(constraints.independent, (registry, constraint) =>
  transforms.IndependentTransform(registry(constraint.base_constraint), constraint.reinterpreted_batch_ndims),
);

// So of constraints.positive and constraints.nonnegative, too, which are of these classes.
both(constraints.greater_than, ({ lower_bound }) => shiftedExp(lower_bound, 1));
both(constraints.greater_than_eq, ({ lower_bound }) => shiftedExp(lower_bound, 1));
both(constraints.less_than, ({ upper_bound }) => shiftedExp(upper_bound, -1));

function shiftedExp(bound: Value, sign: number): transforms.Transform {
  return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(bound, sign)]);
}

both(constraints.interval, _transform_to_interval);
both(constraints.half_open_interval, _transform_to_interval);

function _transform_to_interval({ lower_bound, upper_bound }: { lower_bound: Value; upper_bound: Value }) {
  const isUnit =
    isNumber(lower_bound) && Number(lower_bound) === 0 && isNumber(upper_bound) && Number(upper_bound) === 1;
  if (isUnit) return transforms.SigmoidTransform();
  const scale = difference(upper_bound, lower_bound);
  return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(lower_bound, scale)]);
}

function difference(a: Value, b: Value): Value {
  if (!isNumber(a)) return a.sub(b);
  return isNumber(b) ? Number(a) - Number(b) : b.neg().add(a);
}

biject_to.register(constraints.simplex, () => transforms.StickBreakingTransform());
transform_to.register(constraints.simplex, () => transforms.SoftmaxTransform());

transform_to.register(constraints.lower_cholesky, () => transforms.LowerCholeskyTransform());

transform_to.register(constraints.positive_definite, () => transforms.PositiveDefiniteTransform());
transform_to.register(constraints.positive_semidefinite, () => transforms.PositiveDefiniteTransform());

both(constraints.corr_cholesky, () => transforms.CorrCholeskyTransform());

each(constraints.cat, (registry, { cseq, dim, lengths }) => transforms.CatTransform(cseq.map(registry), dim, lengths));

each(constraints.stack, (registry, { cseq, dim }) => transforms.StackTransform(cseq.map(registry), dim));
