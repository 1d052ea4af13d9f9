// torch/optim/lr_scheduler.py: the base class, and what all schedulers share.

import { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { typeName } from "../../arguments/kinds.js";
import { callable } from "../../callable.js";
import { KeyError, NotImplementedError, ValueError } from "../../errors.js";
import { zip } from "../../python/iteration.js";
import { named } from "../_arguments.js";
import { _to_scalar, type Num } from "../_scalar.js";
import { _kept } from "../_utils.js";
import { Optimizer, type ParamGroup } from "../optimizer.js";

/** What `state_dict()` of a scheduler returns. */
// biome-ignore lint/suspicious/noExplicitAny: each scheduler has fields of its own
export type SchedulerState = Record<string, any>;

/** @internal */
export function warn(message: string): void {
  process.emitWarning(message, "UserWarning");
}

const HOW_TO = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate";

/** @internal */
export const EPOCH_DEPRECATION_WARNING =
  "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form is used instead of the new chainable form, where available. Please open an issue if you are unable to replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.";

const copyOf = (value: Num): Num => (value instanceof Tensor ? _kept(() => value.clone()) : value);

/** @internal One value for each group: those of a list, or the same for all. */
export function _format_param(name: string, optimizer: Optimizer, param: Num | readonly Num[]): Num[] {
  const { length } = optimizer.param_groups;
  if (!Array.isArray(param)) return Array.from({ length }, () => copyOf(param as Num));
  if (param.length !== length) {
    throw new ValueError(
      `${name} must have the same length as optimizer.param_groups. ${name} has ${param.length} values, param_groups has ${length}.`,
    );
  }
  return param.map(copyOf);
}

/** @internal An option of all groups; tensors as copies. */
export function _param_groups_val_list(optimizer: Optimizer, key: string): Num[] {
  return optimizer.param_groups.map((group) => copyOf(group[key]));
}

/** @internal Sets an option of a group: in place if it is a tensor. */
export function _update_param_group_val(param_group: ParamGroup, key: string, value: Num): void {
  if (param_group[key] instanceof Tensor) param_group[key].fill_(_to_scalar(value));
  else param_group[key] = value;
}

/** @internal How many items, of a sorted list, are at most x. */
export function bisect_right(sorted: readonly number[], x: number): number {
  const index = sorted.findIndex((item) => item > x);
  return index < 0 ? sorted.length : index;
}

/** @internal Throws TypeError unless it is an optimizer. */
export function checkOptimizer(optimizer: unknown): asserts optimizer is Optimizer {
  if (!(optimizer instanceof Optimizer)) throw new TypeError(`${typeName(optimizer)} is not an Optimizer`);
}

/** @internal Stands for the optimizer where a subclass begins by itself. */
export const LATER = Symbol("later");

type Epoch = number | { epoch?: number | null } | null;

class LRScheduler {
  /** The optimizer whose learning rates are scheduled. */
  declare optimizer: Optimizer;
  /** The learning rates with which the groups began. */
  declare base_lrs: Num[];
  /** The number of the last step. */
  declare last_epoch: number;
  /** @internal */
  declare _step_count: number;
  /** @internal */
  declare _is_initial?: boolean;
  /** @internal */
  declare _get_lr_called_within_step?: boolean;
  /** @internal */
  declare _last_lr: Num[];

  /** `fields` are set first: `get_lr()`, which reads them, is called before a subclass could set them itself. */
  constructor(optimizer: Optimizer, last_epoch?: number | { last_epoch?: number }, fields?: object);
  /** @internal */
  constructor(later: typeof LATER);
  constructor(...args: unknown[]) {
    if (args[0] === LATER) return;
    type Given = { optimizer: Optimizer; last_epoch?: number; fields?: object };
    const fields = args.length > 2 ? (args.pop() as object) : {};
    const { optimizer, last_epoch = -1 } = named<Given>("LRScheduler.__init__", ["optimizer", "last_epoch"], 1, args);
    Object.assign(this, fields);
    checkOptimizer(optimizer);
    this.optimizer = optimizer;
    optimizer.param_groups.forEach((group, i) => {
      if (last_epoch === -1) {
        if (!("initial_lr" in group)) group.initial_lr = copyOf(group.lr);
      } else if (!("initial_lr" in group)) {
        throw new KeyError(
          `param 'initial_lr' is not specified in param_groups[${i}] when resuming scheduler with last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)`,
        );
      }
    });
    this.base_lrs = _param_groups_val_list(optimizer, "initial_lr");
    this.last_epoch = last_epoch;
    trackStepCalls(optimizer);
    this._initial_step();
  }

  /** @internal The first step, which sets the first learning rates. */
  _initial_step(): void {
    this._step_count = 0;
    this._is_initial = true;
    try {
      this.step();
    } finally {
      this._is_initial = false;
    }
  }

  /** All fields but the optimizer, as a plain object. */
  state_dict(): SchedulerState {
    return fieldsOf(this, ["optimizer"]);
  }

  /** Takes over what `state_dict()` returned. */
  load_state_dict(state_dict: SchedulerState): void {
    Object.assign(this, "state_dict" in state_dict ? state_dict.state_dict : state_dict);
  }

  /** The learning rates of the groups since the last step. */
  get_last_lr(): Num[] {
    return this._last_lr;
  }

  /** The learning rates of the groups for the step `last_epoch`: subclasses write it, and `step()` calls it. */
  get_lr(): Num[] {
    throw new NotImplementedError("");
  }

  /** Sets the next learning rates; call it after `optimizer.step()`. */
  step(epoch: Epoch = null): void {
    const chosen = typeof epoch === "object" ? (epoch?.epoch ?? null) : epoch;
    if (this._step_count === 1) {
      if (!("_wrapped_by_lr_sched" in this.optimizer.step)) {
        warn(
          `Seems like \`optimizer.step()\` has been overridden after learning rate scheduler initialization. Please, make sure to call \`optimizer.step()\` before \`lr_scheduler.step()\`. ${HOW_TO}`,
        );
      } else if (!this.optimizer._opt_called) {
        warn(
          `Detected call of \`lr_scheduler.step()\` before \`optimizer.step()\`. In PyTorch 1.1.0 and later, you should call them in the opposite order: \`optimizer.step()\` before \`lr_scheduler.step()\`.  Failure to do this will result in PyTorch skipping the first value of the learning rate schedule. ${HOW_TO}`,
        );
      }
    }
    this._step_count += 1;
    if (chosen !== null) warn(EPOCH_DEPRECATION_WARNING);
    this._update_lr(chosen);
  }

  /** @internal */
  _get_closed_form_lr?(): Num[];

  /** @internal */
  _update_lr(epoch: number | null = null): void {
    const values = _enable_get_lr_call(this, () => {
      this.last_epoch = epoch ?? this.last_epoch + 1;
      return epoch !== null && this._get_closed_form_lr ? this._get_closed_form_lr() : this.get_lr();
    });
    for (const [param_group, lr] of zip(this.optimizer.param_groups, values, { strict: true })) {
      _update_param_group_val(param_group, "lr", lr);
    }
    this._last_lr = _param_groups_val_list(this.optimizer, "lr");
  }
}

takeKeywords("LRScheduler", LRScheduler.prototype, { get_last_lr: [], get_lr: [], state_dict: [], step: ["epoch"] });

takeKeywords("LRScheduler", LRScheduler.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/** Lets the optimizer note that its `step()` was called. */
function trackStepCalls(optimizer: Optimizer): void {
  const { step } = optimizer;
  if ("_wrapped_by_lr_sched" in step) return;
  const wrapper = function (this: Optimizer, ...args: Parameters<Optimizer["step"]>) {
    optimizer._opt_called = true;
    return step.apply(optimizer, args);
  };
  const value = Object.assign(wrapper, { _wrapped_by_lr_sched: true });
  Object.defineProperty(optimizer, "step", { value, writable: true, configurable: true });
}

/** @internal The fields of a scheduler without some of them. */
export function fieldsOf(scheduler: object, without: readonly string[]): SchedulerState {
  return Object.fromEntries(Object.entries(scheduler).filter(([key]) => !without.includes(key)));
}

/** @internal Calls get_lr() as step() does. */
export function _enable_get_lr_call<T>(scheduler: LRScheduler, body: () => T): T {
  scheduler._get_lr_called_within_step = true;
  try {
    return body();
  } finally {
    scheduler._get_lr_called_within_step = false;
  }
}

/** @internal */
export function _warn_get_lr_called_within_step(scheduler: LRScheduler): void {
  if (!scheduler._get_lr_called_within_step) {
    warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.");
  }
}

/**
 * The base of learning rate schedulers; a scheduler of one's own has `get_lr()`.
 *
 * What `get_lr()` reads goes to `super(optimizer, last_epoch, { ... })`, since it is called while that runs.
 *
 * Throws KeyError if `last_epoch` is given and the groups have no `initial_lr`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.LRScheduler.html}
 */
const CallableLRScheduler = callable(LRScheduler);
type CallableLRScheduler = LRScheduler;

export { CallableLRScheduler as LRScheduler };
