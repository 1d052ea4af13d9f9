// torch/optim/lr_scheduler.py: ReduceLROnPlateau

import { takeKeywords } from "../../arguments/class.js";
import { callable } from "../../callable.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { type Arguments, named } from "../_arguments.js";
import { _get_value, type Num } from "../_scalar.js";
import type { Optimizer } from "../optimizer.js";
import {
  _param_groups_val_list,
  _update_param_group_val,
  checkOptimizer,
  EPOCH_DEPRECATION_WARNING,
  LATER,
  LRScheduler,
  type SchedulerState,
  warn,
} from "./base.js";

/** The keyword arguments of ReduceLROnPlateau. */
export interface ReduceLROnPlateauOptions {
  /** Whether the metric is to fall or to rise. @default "min" */
  mode?: "min" | "max";
  /** @default 0.1 */
  factor?: number;
  /** How many bad steps are let pass. @default 10 */
  patience?: number;
  /** How much better counts as better. @default 1e-4 */
  threshold?: number;
  /** Whether the threshold is a part of the best metric or a number of its own. @default "rel" */
  threshold_mode?: "rel" | "abs";
  /** Steps after a reduction in which bad ones do not count. @default 0 */
  cooldown?: number;
  /** The least learning rate, of all groups or of each. @default 0 */
  min_lr?: number | readonly number[];
  /** Less of a reduction is left out. @default 1e-8 */
  eps?: number;
}

const parameters = [
  ...["optimizer", "mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps"],
];

class ReduceLROnPlateau extends LRScheduler {
  declare factor: number;
  declare default_min_lr: number | null;
  declare min_lrs: number[];
  declare patience: number;
  declare cooldown: number;
  declare eps: number;
  declare mode: "min" | "max";
  declare mode_worse: number;
  declare threshold: number;
  declare threshold_mode: "rel" | "abs";
  declare best: number;
  declare cooldown_counter: number;
  declare num_bad_epochs: number;

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer],
      [
        ...[mode: "min" | "max", factor: number, patience: number, threshold: number],
        ...[threshold_mode: "rel" | "abs", cooldown: number, min_lr: number | readonly number[], eps: number],
      ],
      ReduceLROnPlateauOptions
    >
  ) {
    type Given = ReduceLROnPlateauOptions & { optimizer: Optimizer };
    const given = named<Given>("ReduceLROnPlateau.__init__", parameters, 1, args);
    const { optimizer, mode = "min", factor = 0.1, patience = 10, threshold = 1e-4 } = given;
    const { threshold_mode = "rel", cooldown = 0, min_lr = 0, eps = 1e-8 } = given;
    super(LATER);
    if (factor >= 1.0) throw new ValueError("Factor should be < 1.0.");
    this.factor = factor;
    checkOptimizer(optimizer);
    this.optimizer = optimizer;
    const { length } = optimizer.param_groups;
    if (Array.isArray(min_lr)) {
      if (min_lr.length !== length) throw new ValueError(`expected ${length} min_lrs, got ${min_lr.length}`);
      this.default_min_lr = null;
      this.min_lrs = [...min_lr];
    } else {
      this.default_min_lr = min_lr as number;
      this.min_lrs = new Array(length).fill(min_lr);
    }
    this.patience = patience;
    this.cooldown = cooldown;
    this.eps = eps;
    this.last_epoch = 0;
    this._last_lr = _param_groups_val_list(optimizer, "lr");
    this._init_is_better(mode, threshold, threshold_mode);
    this._reset();
  }

  /** @internal */
  _reset(): void {
    this.best = this.mode_worse;
    this.cooldown_counter = 0;
    this.num_bad_epochs = 0;
  }

  /** Counts the metric as good or bad, and reduces the learning rates if there were too many bad ones. */
  override step(
    metrics: Num | { metrics?: Num; epoch?: number | null } | null | undefined,
    epoch: number | null = null,
  ): void {
    const current = Number(_get_value(metrics as Num));
    if (epoch !== null) warn(EPOCH_DEPRECATION_WARNING);
    this.last_epoch = epoch ?? this.last_epoch + 1;

    if (this._is_better(current, this.best)) {
      this.best = current;
      this.num_bad_epochs = 0;
    } else {
      this.num_bad_epochs += 1;
    }
    if (this.in_cooldown) {
      this.cooldown_counter -= 1;
      this.num_bad_epochs = 0;
    }
    if (this.num_bad_epochs > this.patience) {
      this._reduce_lr();
      this.cooldown_counter = this.cooldown;
      this.num_bad_epochs = 0;
    }
    this._last_lr = _param_groups_val_list(this.optimizer, "lr");
  }

  /** @internal */
  _reduce_lr(): void {
    const { param_groups } = this.optimizer;
    if (param_groups.length !== this.min_lrs.length) {
      if (this.default_min_lr === null) {
        throw new RuntimeError(
          `The number of param groups in the \`optimizer\` (${param_groups.length}) differs from when \`ReduceLROnPlateau\` was initialized (${this.min_lrs.length}), usually due to a new param group being added to the optimizer. Please modify the \`min_lrs\` field to match the length of the \`optimizer\` param groups.`,
        );
      }
      this.min_lrs = new Array(param_groups.length).fill(this.default_min_lr);
    }
    param_groups.forEach((param_group, i) => {
      const old_lr = _get_value(param_group.lr);
      const new_lr = Math.max(old_lr * this.factor, this.min_lrs[i]);
      if (old_lr - new_lr > this.eps) _update_param_group_val(param_group, "lr", new_lr);
    });
  }

  /** Whether bad steps do not count, after a reduction. */
  get in_cooldown(): boolean {
    return this.cooldown_counter > 0;
  }

  /** @internal */
  _is_better(a: number, best: number): boolean {
    const { threshold } = this;
    if (this.mode === "min") {
      return this.threshold_mode === "rel" ? a < best * (1.0 - threshold) : a < best - threshold;
    }
    return this.threshold_mode === "rel" ? a > best * (threshold + 1.0) : a > best + threshold;
  }

  /** @internal */
  _init_is_better(mode: "min" | "max", threshold: number, threshold_mode: "rel" | "abs"): void {
    if (mode !== "min" && mode !== "max") throw new ValueError(`mode ${mode} is unknown!`);
    if (threshold_mode !== "rel" && threshold_mode !== "abs") {
      throw new ValueError(`threshold mode ${threshold_mode} is unknown!`);
    }
    this.mode_worse = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    this.mode = mode;
    this.threshold = threshold;
    this.threshold_mode = threshold_mode;
  }

  override load_state_dict(state_dict: SchedulerState): void {
    super.load_state_dict(state_dict);
    this._init_is_better(this.mode, this.threshold, this.threshold_mode);
  }
}

takeKeywords("ReduceLROnPlateau", ReduceLROnPlateau.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

takeKeywords("ReduceLROnPlateau", ReduceLROnPlateau.prototype, { step: ["metrics", "epoch"] });

/**
 * Reduces the learning rate when a metric has not become better for a while: `step(metric)`.
 *
 * Throws ValueError for a factor of 1 or more and for unknown modes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html}
 */
const CallableReduceLROnPlateau = callable(ReduceLROnPlateau);
type CallableReduceLROnPlateau = ReduceLROnPlateau;

export { CallableReduceLROnPlateau as ReduceLROnPlateau };
