// torch/optim/lr_scheduler.py: the schedulers that multiply the learning rate by a factor of the step.

import { takeKeywords } from "../../arguments/class.js";
import { typeName } from "../../arguments/kinds.js";
import { callable } from "../../callable.js";
import { ValueError } from "../../errors.js";
import { pow } from "../../python/math.js";
import { iter, type PythonIterable } from "../../python/sequences.js";
import { type Arguments, named, type OrNamed } from "../_arguments.js";
import { mul, type Num } from "../_scalar.js";
import type { Optimizer } from "../optimizer.js";
import {
  _param_groups_val_list,
  _warn_get_lr_called_within_step,
  fieldsOf,
  LRScheduler,
  type SchedulerState,
} from "./base.js";

/** A function of the step's number. */
export type LrLambda = (epoch: number) => Num;

type LambdaKeywords = { lr_lambda?: LrLambda | readonly LrLambda[]; last_epoch?: number };
type LambdaArguments = Arguments<
  [optimizer: Optimizer, lr_lambda: OrNamed<LambdaKeywords, "lr_lambda">],
  [last_epoch: number],
  LambdaKeywords
>;

/** One function for each group. */
function lambdasOf(optimizer: Optimizer, lr_lambda: LrLambda | readonly LrLambda[]): LrLambda[] {
  const { length } = optimizer.param_groups;
  if (!Array.isArray(lr_lambda)) return new Array(length).fill(lr_lambda);
  if (lr_lambda.length !== length) {
    throw new ValueError(`Expected ${length} lr_lambdas, but got ${lr_lambda.length}`);
  }
  return [...lr_lambda];
}

/** What LambdaLR and MultiplicativeLR share: functions are no part of their state, only what was set on them is loaded. */
abstract class WithLambdas extends LRScheduler {
  declare lr_lambdas: LrLambda[];

  override state_dict(): SchedulerState {
    return { ...fieldsOf(this, ["optimizer", "lr_lambdas"]), lr_lambdas: this.lr_lambdas.map(() => null) };
  }

  override load_state_dict(state_dict: SchedulerState): void {
    const { lr_lambdas, ...fields } = "state_dict" in state_dict ? state_dict.state_dict : state_dict;
    Object.assign(this, fields);
    lr_lambdas.forEach((fields: object | null, i: number) => {
      if (fields !== null) Object.assign(this.lr_lambdas[i], fields);
    });
  }
}

type LambdaGiven = { optimizer: Optimizer; lr_lambda: LrLambda | readonly LrLambda[]; last_epoch?: number };
const lambdaParameters = ["optimizer", "lr_lambda", "last_epoch"];

class LambdaLR extends WithLambdas {
  constructor(...args: LambdaArguments) {
    const given = named<LambdaGiven>("LambdaLR.__init__", lambdaParameters, 2, args);
    const { optimizer, lr_lambda, last_epoch = -1 } = given;
    super(optimizer, last_epoch, { optimizer, lr_lambdas: lambdasOf(optimizer, lr_lambda) });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    return this.base_lrs.map((base_lr, i) => mul(base_lr, this.lr_lambdas[i](this.last_epoch)));
  }
}

takeKeywords("LambdaLR", LambdaLR.prototype, { get_lr: [], state_dict: [] });
takeKeywords("LambdaLR", LambdaLR.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/**
 * The first learning rate times a function of the step's number.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.LambdaLR.html}
 */
const CallableLambdaLR = callable(LambdaLR);
type CallableLambdaLR = LambdaLR;

export { CallableLambdaLR as LambdaLR };

class MultiplicativeLR extends WithLambdas {
  constructor(...args: LambdaArguments) {
    const given = named<LambdaGiven>("MultiplicativeLR.__init__", lambdaParameters, 2, args);
    const { optimizer, lr_lambda, last_epoch = -1 } = given;
    const lr_lambdas = lambdasOf(optimizer, lr_lambda);
    for (const lambda of lr_lambdas) {
      if (typeof lambda !== "function") {
        throw new TypeError(`lr_lambda should be a function, but got ${typeName(lambda)}`);
      }
    }
    super(optimizer, last_epoch, { optimizer, lr_lambdas });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    if (this._is_initial) return _param_groups_val_list(this.optimizer, "lr");
    return this.optimizer.param_groups.map((group, i) => mul(group.lr, this.lr_lambdas[i](this.last_epoch)));
  }
}

takeKeywords("MultiplicativeLR", MultiplicativeLR.prototype, { get_lr: [], state_dict: [] });
takeKeywords("MultiplicativeLR", MultiplicativeLR.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/**
 * The last learning rate times a function of the step's number.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.MultiplicativeLR.html}
 */
const CallableMultiplicativeLR = callable(MultiplicativeLR);
type CallableMultiplicativeLR = MultiplicativeLR;

export { CallableMultiplicativeLR as MultiplicativeLR };

/** The arguments of a scheduler: after the optimizer, the required ones and the others may come by keyword. */
type SchedulerArguments<Positional extends unknown[], Keywords, Required extends unknown[] = []> = Arguments<
  [optimizer: Optimizer, ...Required],
  Positional,
  Keywords
>;

/** The keyword arguments of StepLR. */
export interface StepLROptions {
  /** After so many steps the learning rate falls. */
  step_size?: number;
  /** @default 0.1 */
  gamma?: number;
  last_epoch?: number;
}

class StepLR extends LRScheduler {
  declare step_size: number;
  declare gamma: number;

  constructor(
    ...args: SchedulerArguments<
      [gamma: number, last_epoch: number],
      StepLROptions,
      [step_size: OrNamed<StepLROptions, "step_size">]
    >
  ) {
    type Given = StepLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "step_size", "gamma", "last_epoch"];
    const { optimizer, step_size, gamma = 0.1, last_epoch = -1 } = named<Given>("StepLR.__init__", parameters, 2, args);
    super(optimizer, last_epoch, { step_size, gamma });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    if (this.last_epoch === 0 || this.last_epoch % this.step_size !== 0) {
      return _param_groups_val_list(this.optimizer, "lr");
    }
    return this.optimizer.param_groups.map((group) => mul(group.lr, this.gamma));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    const power = Math.floor(this.last_epoch / this.step_size);
    return this.base_lrs.map((base_lr) => mul(base_lr, pow(this.gamma, power)));
  }
}

takeKeywords("StepLR", StepLR.prototype, { get_lr: [] });

/**
 * Multiplies the learning rate by `gamma` every `step_size` steps.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.StepLR.html}
 */
const CallableStepLR = callable(StepLR);
type CallableStepLR = StepLR;

export { CallableStepLR as StepLR };

/** The keyword arguments of MultiStepLR. */
export interface MultiStepLROptions {
  /** The steps at which the learning rate falls. */
  milestones?: Iterable<number>;
  /** @default 0.1 */
  gamma?: number;
  last_epoch?: number;
}

/** How often each number occurs. */
function counted(numbers: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

class MultiStepLR extends LRScheduler {
  /** How often the learning rate falls at each of the milestones. */
  declare milestones: Map<number, number>;
  declare gamma: number;

  constructor(
    ...args: SchedulerArguments<
      [gamma: number, last_epoch: number],
      MultiStepLROptions,
      [milestones: OrNamed<MultiStepLROptions, "milestones">]
    >
  ) {
    type Given = MultiStepLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "milestones", "gamma", "last_epoch"];
    const given = named<Given>("MultiStepLR.__init__", parameters, 2, args);
    const { optimizer, milestones, gamma = 0.1, last_epoch = -1 } = given;
    super(optimizer, last_epoch, { milestones: counted(iter(milestones as PythonIterable<number>)), gamma });
  }

  override load_state_dict(state_dict: SchedulerState): void {
    super.load_state_dict(state_dict);
    const { milestones } = this;
    // A dict of numbers may come as a plain object.
    if (!(milestones instanceof Map)) {
      this.milestones = new Map(Object.entries<number>(milestones).map(([step, count]) => [Number(step), count]));
    }
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const count = this.milestones.get(this.last_epoch);
    if (count === undefined) return _param_groups_val_list(this.optimizer, "lr");
    return this.optimizer.param_groups.map((group) => mul(group.lr, pow(this.gamma, count)));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    const milestones = [...this.milestones].flatMap(([step, count]) => new Array<number>(count).fill(step));
    const power = milestones.filter((step) => step <= this.last_epoch).length;
    return this.base_lrs.map((base_lr) => mul(base_lr, pow(this.gamma, power)));
  }
}

takeKeywords("MultiStepLR", MultiStepLR.prototype, { get_lr: [] });

/**
 * Multiplies the learning rate by `gamma` at each of the milestones.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.MultiStepLR.html}
 */
const CallableMultiStepLR = callable(MultiStepLR);
type CallableMultiStepLR = MultiStepLR;

export { CallableMultiStepLR as MultiStepLR };

/** The keyword arguments of ConstantLR. */
export interface ConstantLROptions {
  /** @default 1/3 */
  factor?: number;
  /** @default 5 */
  total_iters?: number;
  last_epoch?: number;
}

class ConstantLR extends LRScheduler {
  declare factor: number;
  declare total_iters: number;

  constructor(
    ...args: SchedulerArguments<[factor: number, total_iters: number, last_epoch: number], ConstantLROptions>
  ) {
    type Given = ConstantLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "factor", "total_iters", "last_epoch"];
    const given = named<Given>("ConstantLR.__init__", parameters, 1, args);
    const { optimizer, factor = 1.0 / 3, total_iters = 5, last_epoch = -1 } = given;
    if (factor > 1.0 || factor < 0) {
      throw new ValueError("Constant multiplicative factor expected to be between 0 and 1.");
    }
    super(optimizer, last_epoch, { factor, total_iters });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const { param_groups } = this.optimizer;
    if (this.last_epoch === 0) return param_groups.map((group) => mul(group.lr, this.factor));
    if (this.last_epoch !== this.total_iters) return _param_groups_val_list(this.optimizer, "lr");
    return param_groups.map((group) => mul(group.lr, 1.0 / this.factor));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    const factor = this.factor + (this.last_epoch >= this.total_iters ? 1 - this.factor : 0);
    return this.base_lrs.map((base_lr) => mul(base_lr, factor));
  }
}

takeKeywords("ConstantLR", ConstantLR.prototype, { get_lr: [] });

/**
 * The learning rate times `factor` for the first `total_iters` steps.
 *
 * Throws ValueError for a factor that is not between 0 and 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.ConstantLR.html}
 */
const CallableConstantLR = callable(ConstantLR);
type CallableConstantLR = ConstantLR;

export { CallableConstantLR as ConstantLR };

/** The keyword arguments of LinearLR. */
export interface LinearLROptions {
  /** @default 1/3 */
  start_factor?: number;
  /** @default 1.0 */
  end_factor?: number;
  /** @default 5 */
  total_iters?: number;
  last_epoch?: number;
}

class LinearLR extends LRScheduler {
  declare start_factor: number;
  declare end_factor: number;
  declare total_iters: number;

  constructor(
    ...args: SchedulerArguments<
      [start_factor: number, end_factor: number, total_iters: number, last_epoch: number],
      LinearLROptions
    >
  ) {
    type Given = LinearLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "start_factor", "end_factor", "total_iters", "last_epoch"];
    const given = named<Given>("LinearLR.__init__", parameters, 1, args);
    const { optimizer, start_factor = 1.0 / 3, end_factor = 1.0, total_iters = 5, last_epoch = -1 } = given;
    if (start_factor > 1.0 || start_factor <= 0) {
      throw new ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.");
    }
    if (end_factor > 1.0 || end_factor < 0) {
      throw new ValueError("Ending multiplicative factor expected to be between 0 and 1.");
    }
    super(optimizer, last_epoch, { start_factor, end_factor, total_iters });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const { start_factor, total_iters, last_epoch } = this;
    const { param_groups } = this.optimizer;
    if (last_epoch === 0) return param_groups.map((group) => mul(group.lr, start_factor));
    if (this._is_initial || last_epoch > total_iters) return _param_groups_val_list(this.optimizer, "lr");
    const range = this.end_factor - start_factor;
    const factor = 1.0 + range / (total_iters * start_factor + (last_epoch - 1) * range);
    return param_groups.map((group) => mul(group.lr, factor));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    const { start_factor, end_factor, total_iters, last_epoch } = this;
    const factor = start_factor + ((end_factor - start_factor) * Math.min(total_iters, last_epoch)) / total_iters;
    return this.base_lrs.map((base_lr) => mul(base_lr, factor));
  }
}

takeKeywords("LinearLR", LinearLR.prototype, { get_lr: [] });

/**
 * The learning rate times a factor that goes from `start_factor` to `end_factor` in `total_iters` steps.
 *
 * Throws ValueError for factors that are not between 0 and 1, and for a `start_factor` of 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.LinearLR.html}
 */
const CallableLinearLR = callable(LinearLR);
type CallableLinearLR = LinearLR;

export { CallableLinearLR as LinearLR };

/** The keyword arguments of ExponentialLR. */
export interface ExponentialLROptions {
  gamma?: number;
  last_epoch?: number;
}

class ExponentialLR extends LRScheduler {
  declare gamma: number;

  constructor(
    ...args: SchedulerArguments<
      [last_epoch: number],
      ExponentialLROptions,
      [gamma: OrNamed<ExponentialLROptions, "gamma">]
    >
  ) {
    type Given = ExponentialLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "gamma", "last_epoch"];
    const { optimizer, gamma, last_epoch = -1 } = named<Given>("ExponentialLR.__init__", parameters, 2, args);
    super(optimizer, last_epoch, { gamma });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    if (this._is_initial) return _param_groups_val_list(this.optimizer, "lr");
    return this.optimizer.param_groups.map((group) => mul(group.lr, this.gamma));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    return this.base_lrs.map((base_lr) => mul(base_lr, pow(this.gamma, this.last_epoch)));
  }
}

takeKeywords("ExponentialLR", ExponentialLR.prototype, { get_lr: [] });

/**
 * Multiplies the learning rate by `gamma` at each step.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.ExponentialLR.html}
 */
const CallableExponentialLR = callable(ExponentialLR);
type CallableExponentialLR = ExponentialLR;

export { CallableExponentialLR as ExponentialLR };

/** The keyword arguments of PolynomialLR. */
export interface PolynomialLROptions {
  /** @default 5 */
  total_iters?: number;
  /** @default 1.0 */
  power?: number;
  last_epoch?: number;
}

class PolynomialLR extends LRScheduler {
  declare total_iters: number;
  declare power: number;

  constructor(
    ...args: SchedulerArguments<[total_iters: number, power: number, last_epoch: number], PolynomialLROptions>
  ) {
    type Given = PolynomialLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "total_iters", "power", "last_epoch"];
    const given = named<Given>("PolynomialLR.__init__", parameters, 1, args);
    const { optimizer, total_iters = 5, power = 1.0, last_epoch = -1 } = given;
    super(optimizer, last_epoch, { total_iters, power });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const { total_iters, last_epoch } = this;
    if (this._is_initial || last_epoch > total_iters) return _param_groups_val_list(this.optimizer, "lr");
    const decay_factor = pow((1.0 - last_epoch / total_iters) / (1.0 - (last_epoch - 1) / total_iters), this.power);
    return this.optimizer.param_groups.map((group) => mul(group.lr, decay_factor));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    const { total_iters, last_epoch } = this;
    const factor = pow(1.0 - Math.min(total_iters, last_epoch) / total_iters, this.power);
    return this.base_lrs.map((base_lr) => mul(base_lr, factor));
  }
}

takeKeywords("PolynomialLR", PolynomialLR.prototype, { get_lr: [] });

/**
 * The first learning rate times (1 - step/total_iters)^power, and 0 after `total_iters` steps.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.PolynomialLR.html}
 */
const CallablePolynomialLR = callable(PolynomialLR);
type CallablePolynomialLR = PolynomialLR;

export { CallablePolynomialLR as PolynomialLR };
