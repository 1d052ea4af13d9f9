// torch/optim/lr_scheduler.py: schedulers of schedulers.

import { takeKeywords } from "../../arguments/class.js";
import { callable } from "../../callable.js";
import { ValueError } from "../../errors.js";
import { str } from "../../python/repr.js";
import { type Arguments, named } from "../_arguments.js";
import type { Num } from "../_scalar.js";
import type { Optimizer } from "../optimizer.js";
import {
  _param_groups_val_list,
  _update_param_group_val,
  bisect_right,
  fieldsOf,
  LATER,
  LRScheduler,
  type SchedulerState,
} from "./base.js";
import { ReduceLROnPlateau } from "./plateau.js";

/** What schedulers of schedulers share: the states of those stand in a list. */
abstract class Composed extends LRScheduler {
  /** @internal */
  declare _schedulers: LRScheduler[];

  override state_dict(): SchedulerState {
    const _schedulers = this._schedulers.map((scheduler) => scheduler.state_dict());
    return { ...fieldsOf(this, ["optimizer", "_schedulers"]), _schedulers };
  }

  override load_state_dict(state_dict: SchedulerState): void {
    const { _schedulers, ...fields } = "state_dict" in state_dict ? state_dict.state_dict : state_dict;
    Object.assign(this, fields);
    _schedulers.forEach((state: SchedulerState, i: number) => {
      this._schedulers[i].load_state_dict(state);
    });
  }
}

/** Throws unless all are schedulers of the optimizer that step without metrics. */
function check(name: string, schedulers: readonly LRScheduler[], optimizer: Optimizer): void {
  schedulers.forEach((scheduler, index) => {
    if (!("optimizer" in scheduler)) {
      throw new TypeError(`${name} at index ${index} should have \`optimizer\` as its attribute.`);
    }
    if ((scheduler as LRScheduler) instanceof ReduceLROnPlateau) {
      throw new ValueError(
        `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be specified when calling \`step\`, but got one at index ${index} in the given schedulers sequence.`,
      );
    }
    if (optimizer !== scheduler.optimizer) {
      throw new ValueError(
        `${name} expects all schedulers to belong to the same optimizer, but got scheduler ${scheduler.constructor.name} at index ${index} has ${str(scheduler.optimizer)}, which is different from ${optimizer.constructor.name}.`,
      );
    }
  });
}

/** The keyword arguments of SequentialLR. */
export interface SequentialLROptions {
  schedulers?: LRScheduler[];
  /** The steps at which the next scheduler takes over. */
  milestones?: number[];
  last_epoch?: number;
}

class SequentialLR extends Composed {
  /** @internal */
  declare _milestones: number[];

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer],
      [schedulers: LRScheduler[], milestones: number[], last_epoch: number],
      SequentialLROptions
    >
  ) {
    type Given = { optimizer: Optimizer; schedulers: LRScheduler[]; milestones: number[]; last_epoch?: number };
    const parameters = ["optimizer", "schedulers", "milestones", "last_epoch"];
    const given = named<Given>("SequentialLR.__init__", parameters, 3, args);
    const { optimizer, schedulers, milestones, last_epoch = -1 } = given;
    super(LATER);
    const { name } = this.constructor;
    if (schedulers.length < 1) {
      throw new ValueError(`${name} expects at least one scheduler, but got no scheduler.`);
    }
    check(name, schedulers, optimizer);
    if (milestones.length !== schedulers.length - 1) {
      throw new ValueError(
        `Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ${milestones.length}`,
      );
    }
    this._schedulers = schedulers;
    this._milestones = milestones;
    this.last_epoch = last_epoch + 1;
    this.optimizer = optimizer;

    // The first scheduler begins anew, since each of them has stepped when it was made.
    for (const group of optimizer.param_groups) _update_param_group_val(group, "lr", group.initial_lr);
    this.recursive_undo();
    const first = schedulers[bisect_right(milestones, 0)];
    first._initial_step();
    this._last_lr = first.get_last_lr();
  }

  /** Takes back the first step of all schedulers within. */
  recursive_undo(sched: LRScheduler | null = null): void {
    const { _schedulers } = (sched ?? this) as Composed;
    if (_schedulers) for (const scheduler of _schedulers) this.recursive_undo(scheduler);
    else if (sched && "last_epoch" in sched) sched.last_epoch -= 1;
  }

  override step(): void {
    this.last_epoch += 1;
    const index = bisect_right(this._milestones, this.last_epoch);
    const scheduler = this._schedulers[index];
    if (index > 0 && this._milestones[index - 1] === this.last_epoch) scheduler._update_lr(0);
    else scheduler.step();
    this._last_lr = scheduler.get_last_lr();
  }
}

takeKeywords("SequentialLR", SequentialLR.prototype, { recursive_undo: ["sched"], step: [], state_dict: [] });
takeKeywords("SequentialLR", SequentialLR.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/**
 * Schedulers one after the other: the next one takes over at each of the milestones.
 *
 * Throws ValueError for schedulers of another optimizer, and unless there is one milestone less than schedulers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.SequentialLR.html}
 */
const CallableSequentialLR = callable(SequentialLR);
type CallableSequentialLR = SequentialLR;

export { CallableSequentialLR as SequentialLR };

/** The learning rates that the last of schedulers left. */
function lrsAfter(schedulers: readonly LRScheduler[]): Num[] {
  return _param_groups_val_list((schedulers.at(-1) as LRScheduler).optimizer, "lr");
}

class ChainedScheduler extends Composed {
  constructor(
    ...args: Arguments<[schedulers: LRScheduler[]], [optimizer: Optimizer | null], { optimizer?: Optimizer | null }>
  ) {
    type Given = { schedulers: LRScheduler[]; optimizer?: Optimizer | null };
    const given = named<Given>("ChainedScheduler.__init__", ["schedulers", "optimizer"], 1, args);
    const { schedulers } = given;
    super(LATER);
    const { name } = this.constructor;
    if (schedulers.length < 1) {
      throw new ValueError(`${name} expects at least one scheduler to be chained, but got no scheduler.`);
    }
    const optimizer = given.optimizer ?? schedulers[0].optimizer;
    check(name, schedulers, optimizer);
    this._schedulers = schedulers;
    this.optimizer = optimizer;
    this._last_lr = lrsAfter(this._schedulers);
  }

  override step(): void {
    for (const scheduler of this._schedulers) scheduler.step();
    this._last_lr = lrsAfter(this._schedulers);
  }
}

takeKeywords("ChainedScheduler", ChainedScheduler.prototype, { step: [], state_dict: [] });
takeKeywords("ChainedScheduler", ChainedScheduler.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/**
 * Schedulers that all step at once, each on what the one before it made of the learning rate.
 *
 * Throws ValueError for schedulers of different optimizers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.ChainedScheduler.html}
 */
const CallableChainedScheduler = callable(ChainedScheduler);
type CallableChainedScheduler = ChainedScheduler;

export { CallableChainedScheduler as ChainedScheduler };
