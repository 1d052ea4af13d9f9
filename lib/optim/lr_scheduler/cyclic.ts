// torch/optim/lr_scheduler.py: the schedulers that rise and fall, and take momentum the other way.

import { takeKeywords } from "../../arguments/class.js";
import { callable } from "../../callable.js";
import { ValueError } from "../../errors.js";
import { floatRepr } from "../../python/format.js";
import { cos, pow } from "../../python/math.js";
import { str } from "../../python/repr.js";
import { type Arguments, named } from "../_arguments.js";
import { add, div, mul, type Num, sub } from "../_scalar.js";
import type { Optimizer, ParamGroup } from "../optimizer.js";
import {
  _format_param,
  _update_param_group_val,
  _warn_get_lr_called_within_step,
  checkOptimizer,
  LRScheduler,
  type SchedulerState,
} from "./base.js";

/** One value for all groups, or one for each. */
type PerGroup = Num | readonly Num[];

/** Throws ValueError unless the optimizer has momentum; returns whether it is the first of betas. */
function usesBeta1({ defaults }: Optimizer): boolean {
  if (!("momentum" in defaults) && !("betas" in defaults)) {
    throw new ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
  }
  return "betas" in defaults;
}

function setMomentum(group: ParamGroup, momentum: Num, use_beta1: boolean): void {
  if (use_beta1) group.betas = [momentum, ...group.betas.slice(1)];
  else group.momentum = momentum;
}

/** Begins at the largest momentum. */
function initMomentums(optimizer: Optimizer, max_momentums: Num[], base_momentums: Num[], use_beta1: boolean): void {
  optimizer.param_groups.forEach((group, i) => {
    setMomentum(group, max_momentums[i], use_beta1);
    group.max_momentum = max_momentums[i];
    group.base_momentum = base_momentums[i];
  });
}

type ScaleFn = (x: number) => number;

/** The keyword arguments of CyclicLR. */
export interface CyclicLROptions {
  /** The least learning rate, of all groups or of each. */
  base_lr?: PerGroup;
  /** The largest learning rate, of all groups or of each. */
  max_lr?: PerGroup;
  /** @default 2000 */
  step_size_up?: number;
  /** @default null, which is step_size_up */
  step_size_down?: number | null;
  /** @default "triangular" */
  mode?: "triangular" | "triangular2" | "exp_range";
  /** For mode "exp_range". @default 1.0 */
  gamma?: number;
  /** Scales the height of the cycles; `mode` does not matter then. @default null */
  scale_fn?: ScaleFn | null;
  /** What scale_fn is called with. @default "cycle" */
  scale_mode?: "cycle" | "iterations";
  /** Whether momentum falls when the learning rate rises. @default true */
  cycle_momentum?: boolean;
  /** @default 0.8 */
  base_momentum?: PerGroup;
  /** @default 0.9 */
  max_momentum?: PerGroup;
  last_epoch?: number;
}

class CyclicLR extends LRScheduler {
  declare max_lrs: Num[];
  declare total_size: number;
  declare step_ratio: number;
  declare mode: string;
  declare gamma: number;
  /** @internal */
  declare _scale_fn_ref: ScaleFn;
  /** @internal */
  declare _scale_fn_custom: ScaleFn | null;
  declare scale_mode: string;
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;
  declare base_momentums: Num[];
  declare max_momentums: Num[];

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer],
      [
        ...[base_lr: PerGroup, max_lr: PerGroup, step_size_up: number, step_size_down: number | null],
        ...[mode: "triangular" | "triangular2" | "exp_range", gamma: number, scale_fn: ScaleFn | null],
        ...[scale_mode: "cycle" | "iterations", cycle_momentum: boolean, base_momentum: PerGroup],
        ...[max_momentum: PerGroup, last_epoch: number],
      ],
      CyclicLROptions
    >
  ) {
    const parameters = [
      ...["optimizer", "base_lr", "max_lr", "step_size_up", "step_size_down", "mode", "gamma", "scale_fn"],
      ...["scale_mode", "cycle_momentum", "base_momentum", "max_momentum", "last_epoch"],
    ];
    type Given = CyclicLROptions & { optimizer: Optimizer; base_lr: PerGroup; max_lr: PerGroup };
    const given = named<Given>("CyclicLR.__init__", parameters, 3, args);
    const { optimizer, step_size_up = 2000, mode = "triangular", gamma = 1.0, scale_fn = null } = given;
    const { scale_mode = "cycle", cycle_momentum = true, base_momentum = 0.8, max_momentum = 0.9 } = given;
    const { last_epoch = -1 } = given;
    checkOptimizer(optimizer);

    const base_lrs = _format_param("base_lr", optimizer, given.base_lr);
    if (last_epoch === -1) {
      optimizer.param_groups.forEach((group, i) => {
        _update_param_group_val(group, "lr", base_lrs[i]);
      });
    }
    const max_lrs = _format_param("max_lr", optimizer, given.max_lr);
    const total_size = step_size_up + (given.step_size_down ?? step_size_up);
    if (!["triangular", "triangular2", "exp_range"].includes(mode) && scale_fn === null) {
      throw new ValueError("mode is invalid and scale_fn is None");
    }
    const fields: Record<string, unknown> = {
      optimizer,
      max_lrs,
      total_size,
      step_ratio: step_size_up / total_size,
      mode,
      gamma,
      _scale_fn_custom: scale_fn,
      scale_mode,
      ...(scale_fn === null ? scaling(mode, gamma) : {}),
      cycle_momentum,
    };
    if (cycle_momentum) {
      const use_beta1 = usesBeta1(optimizer);
      const base_momentums = _format_param("base_momentum", optimizer, base_momentum);
      const max_momentums = _format_param("max_momentum", optimizer, max_momentum);
      if (last_epoch === -1) initMomentums(optimizer, max_momentums, base_momentums, use_beta1);
      Object.assign(fields, { use_beta1, base_momentums, max_momentums });
    }
    super(optimizer, last_epoch, fields);
    this.base_lrs = base_lrs;
  }

  /** The factor of a cycle's height. */
  scale_fn(x: number): number {
    return (this._scale_fn_custom ?? this._scale_fn_ref)(x);
  }

  /** As if `last_epoch` were the index of the last batch; cycles momentum too. */
  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const cycle = Math.floor(1 + this.last_epoch / this.total_size);
    const x = 1.0 + this.last_epoch / this.total_size - cycle;
    const scale_factor = x <= this.step_ratio ? x / this.step_ratio : (x - 1) / (this.step_ratio - 1);
    const scale = () => this.scale_fn(this.scale_mode === "cycle" ? cycle : this.last_epoch);
    const height = (low: Num, high: Num) => mul(mul(sub(high, low), scale_factor), scale());

    const lrs = this.base_lrs.map((base_lr, i) => add(base_lr, height(base_lr, this.max_lrs[i])));
    if (this.cycle_momentum) {
      this.optimizer.param_groups.forEach((group, i) => {
        const momentum = sub(this.max_momentums[i], height(this.base_momentums[i], this.max_momentums[i]));
        setMomentum(group, momentum, this.use_beta1);
      });
    }
    return lrs;
  }

  override state_dict(): SchedulerState {
    const { _scale_fn_ref, _scale_fn_custom, ...state } = super.state_dict();
    return { ...state, _scale_fn_custom: null };
  }

  override load_state_dict(state_dict: SchedulerState): void {
    const { _scale_fn_custom, ...fields } = "state_dict" in state_dict ? state_dict.state_dict : state_dict;
    super.load_state_dict(fields);
    if (this._scale_fn_custom === null) Object.assign(this, scaling(this.mode, this.gamma));
    else if (_scale_fn_custom) Object.assign(this._scale_fn_custom, _scale_fn_custom);
  }
}

takeKeywords("CyclicLR", CyclicLR.prototype, { get_lr: [], scale_fn: ["x"], state_dict: [] });

takeKeywords("CyclicLR", CyclicLR.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/** How a mode scales the height of cycles. */
function scaling(mode: string, gamma: number): { _scale_fn_ref: ScaleFn; scale_mode: string } {
  switch (mode) {
    case "triangular":
      return { _scale_fn_ref: () => 1.0, scale_mode: "cycle" };
    case "triangular2":
      return { _scale_fn_ref: (x) => 1 / pow(2.0, x - 1), scale_mode: "cycle" };
    default:
      return { _scale_fn_ref: (x) => pow(gamma, x), scale_mode: "iterations" };
  }
}

/**
 * The learning rate up and down between two bounds, and momentum the other way; to be stepped after each batch.
 *
 * Throws ValueError for an unknown mode, and for an optimizer without momentum unless `cycle_momentum` is false.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.CyclicLR.html}
 */
const CallableCyclicLR = callable(CyclicLR);
type CallableCyclicLR = CyclicLR;

export { CallableCyclicLR as CyclicLR };

/** The keyword arguments of OneCycleLR. */
export interface OneCycleLROptions {
  /** The largest learning rate, of all groups or of each. */
  max_lr?: PerGroup;
  /** The length of the cycle, or else `epochs` times `steps_per_epoch`. */
  total_steps?: number | null;
  epochs?: number | null;
  steps_per_epoch?: number | null;
  /** The part of the cycle in which the learning rate rises. @default 0.3 */
  pct_start?: number;
  /** @default "cos" */
  anneal_strategy?: "cos" | "linear";
  /** Whether momentum falls when the learning rate rises. @default true */
  cycle_momentum?: boolean;
  /** @default 0.85 */
  base_momentum?: PerGroup;
  /** @default 0.95 */
  max_momentum?: PerGroup;
  /** The first learning rate is max_lr divided by it. @default 25.0 */
  div_factor?: number;
  /** The last learning rate is the first divided by it. @default 1e4 */
  final_div_factor?: number;
  /** Goes down to the first learning rate as fast as up, and from there to the last. @default false */
  three_phase?: boolean;
  last_epoch?: number;
}

/** Part of the cycle: the options of the groups between which it goes. */
interface SchedulePhase {
  end_step: number;
  start_lr: string;
  end_lr: string;
  start_momentum: string;
  end_momentum: string;
}

const phase = (
  end_step: number,
  lrs: readonly [string, string],
  momentums: readonly [string, string],
): SchedulePhase => ({
  end_step,
  start_lr: lrs[0],
  end_lr: lrs[1],
  start_momentum: momentums[0],
  end_momentum: momentums[1],
});

const FALL = ["max_momentum", "base_momentum"] as const;
const RISE = ["base_momentum", "max_momentum"] as const;
const STAY = ["max_momentum", "max_momentum"] as const;

/** The number of steps of the cycle. */
function stepsOf({ total_steps = null, epochs = null, steps_per_epoch = null }: OneCycleLROptions): number {
  const positive = (name: string, value: number) => {
    if (value <= 0 || !Number.isInteger(value)) {
      throw new ValueError(`Expected positive integer ${name}, but got ${str(value)}`);
    }
    return value;
  };
  if (total_steps !== null) return positive("total_steps", total_steps);
  if (epochs === null || steps_per_epoch === null) {
    throw new ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)");
  }
  return positive("epochs", epochs) * positive("steps_per_epoch", steps_per_epoch);
}

class OneCycleLR extends LRScheduler {
  declare total_steps: number;
  /** @internal */
  declare _schedule_phases: SchedulePhase[];
  /** @internal */
  declare _anneal_func_type: "cos" | "linear";
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer],
      [
        ...[max_lr: PerGroup, total_steps: number | null, epochs: number | null, steps_per_epoch: number | null],
        ...[pct_start: number, anneal_strategy: "cos" | "linear", cycle_momentum: boolean],
        ...[base_momentum: PerGroup, max_momentum: PerGroup, div_factor: number, final_div_factor: number],
        ...[three_phase: boolean, last_epoch: number],
      ],
      OneCycleLROptions
    >
  ) {
    const parameters = [
      ...["optimizer", "max_lr", "total_steps", "epochs", "steps_per_epoch", "pct_start", "anneal_strategy"],
      ...["cycle_momentum", "base_momentum", "max_momentum", "div_factor", "final_div_factor", "three_phase"],
      "last_epoch",
    ];
    type Given = OneCycleLROptions & { optimizer: Optimizer; max_lr: PerGroup };
    const given = named<Given>("OneCycleLR.__init__", parameters, 2, args);
    const { optimizer, pct_start = 0.3, anneal_strategy = "cos", cycle_momentum = true, base_momentum = 0.85 } = given;
    const { max_momentum = 0.95, div_factor = 25.0, final_div_factor = 1e4, three_phase = false } = given;
    const { last_epoch = -1 } = given;
    checkOptimizer(optimizer);

    const total_steps = stepsOf(given);
    const top = pct_start * total_steps - 1;
    const _schedule_phases = three_phase
      ? [
          phase(top, ["initial_lr", "max_lr"], FALL),
          phase(2 * pct_start * total_steps - 2, ["max_lr", "initial_lr"], RISE),
          phase(total_steps - 1, ["initial_lr", "min_lr"], STAY),
        ]
      : [phase(top, ["initial_lr", "max_lr"], FALL), phase(total_steps - 1, ["max_lr", "min_lr"], RISE)];
    if (!(pct_start >= 0 && pct_start <= 1)) {
      throw new ValueError(`Expected float between 0 and 1 pct_start, but got ${floatRepr(pct_start)}`);
    }
    if (anneal_strategy !== "cos" && anneal_strategy !== "linear") {
      throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${anneal_strategy}`);
    }

    const max_lrs = _format_param("max_lr", optimizer, given.max_lr);
    if (last_epoch === -1) {
      optimizer.param_groups.forEach((group, i) => {
        group.initial_lr = div(max_lrs[i], div_factor);
        group.max_lr = max_lrs[i];
        group.min_lr = div(group.initial_lr, final_div_factor);
      });
    }
    const fields: Record<string, unknown> = {
      optimizer,
      total_steps,
      _schedule_phases,
      _anneal_func_type: anneal_strategy,
      cycle_momentum,
    };
    if (cycle_momentum) {
      fields.use_beta1 = usesBeta1(optimizer);
      const max_momentums = _format_param("max_momentum", optimizer, max_momentum);
      const base_momentums = _format_param("base_momentum", optimizer, base_momentum);
      if (last_epoch === -1) {
        initMomentums(optimizer, max_momentums, base_momentums, fields.use_beta1 as boolean);
      }
    }
    super(optimizer, last_epoch, fields);
  }

  /** @internal Between start and end, which are reached at 0 and 1. */
  _anneal_func(start: Num, end: Num, pct: number): Num {
    if (this._anneal_func_type === "linear") return add(mul(sub(end, start), pct), start);
    return add(end, mul(div(sub(start, end), 2.0), cos(Math.PI * pct) + 1));
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const step_num = this.last_epoch;
    if (step_num > this.total_steps) {
      throw new ValueError(
        `Tried to step ${step_num} times. The specified number of total steps is ${this.total_steps}`,
      );
    }
    const found = this._schedule_phases.findIndex(({ end_step }) => step_num <= end_step);
    const index = found < 0 ? this._schedule_phases.length - 1 : found;
    const start_step = index === 0 ? 0.0 : this._schedule_phases[index - 1].end_step;
    const { end_step, start_lr, end_lr, start_momentum, end_momentum } = this._schedule_phases[index];
    const pct = (step_num - start_step) / (end_step - start_step);
    return this.optimizer.param_groups.map((group) => {
      if (this.cycle_momentum) {
        setMomentum(group, this._anneal_func(group[start_momentum], group[end_momentum], pct), this.use_beta1);
      }
      return this._anneal_func(group[start_lr], group[end_lr], pct);
    });
  }
}

takeKeywords("OneCycleLR", OneCycleLR.prototype, { get_lr: [] });

/**
 * One cycle for the whole training: the learning rate rises to its largest and falls far below where it began, and
 * momentum goes the other way; to be stepped after each batch.
 *
 * Throws ValueError without a number of steps, when it is stepped more often, and for an optimizer without momentum
 * unless `cycle_momentum` is false.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.OneCycleLR.html}
 */
const CallableOneCycleLR = callable(OneCycleLR);
type CallableOneCycleLR = OneCycleLR;

export { CallableOneCycleLR as OneCycleLR };
