// torch/optim/lr_scheduler.py: the schedulers that follow a cosine.

import { takeKeywords } from "../../arguments/class.js";
import { typeName } from "../../arguments/kinds.js";
import { callable } from "../../callable.js";
import { ValueError } from "../../errors.js";
import { cos, log, pow } from "../../python/math.js";
import { str } from "../../python/repr.js";
import { type Arguments, named, type OrNamed } from "../_arguments.js";
import { add, div, mul, type Num, sub } from "../_scalar.js";
import type { Optimizer } from "../optimizer.js";
import {
  _enable_get_lr_call,
  _param_groups_val_list,
  _update_param_group_val,
  _warn_get_lr_called_within_step,
  LRScheduler,
} from "./base.js";

/** The keyword arguments of CosineAnnealingLR. */
export interface CosineAnnealingLROptions {
  /** The steps from the first to the least learning rate. */
  T_max?: number;
  /** The least learning rate. @default 0.0 */
  eta_min?: number;
  last_epoch?: number;
}

class CosineAnnealingLR extends LRScheduler {
  declare T_max: number;
  declare eta_min: number;

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer, T_max: OrNamed<CosineAnnealingLROptions, "T_max">],
      [eta_min: number, last_epoch: number],
      CosineAnnealingLROptions
    >
  ) {
    type Given = CosineAnnealingLROptions & { optimizer: Optimizer };
    const parameters = ["optimizer", "T_max", "eta_min", "last_epoch"];
    const given = named<Given>("CosineAnnealingLR.__init__", parameters, 2, args);
    const { optimizer, T_max, eta_min = 0.0, last_epoch = -1 } = given;
    super(optimizer, last_epoch, { T_max, eta_min });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const { T_max, eta_min, last_epoch, base_lrs } = this;
    const { param_groups } = this.optimizer;
    if (this._is_initial) return _param_groups_val_list(this.optimizer, "lr");
    if (this._step_count === 1 && last_epoch > 0) {
      const cosine = 1 + cos((last_epoch * Math.PI) / T_max);
      return base_lrs.map((base_lr) => add(div(mul(sub(base_lr, eta_min), cosine), 2), eta_min));
    }
    if ((last_epoch - 1 - T_max) % (2 * T_max) === 0) {
      const rise = 1 - cos(Math.PI / T_max);
      return param_groups.map((group, i) => add(group.lr, div(mul(sub(base_lrs[i], eta_min), rise), 2)));
    }
    const cosine = (step: number) => 1 + cos((Math.PI * step) / T_max);
    const ratio = cosine(last_epoch) / cosine(last_epoch - 1);
    return param_groups.map((group) => add(mul(sub(group.lr, eta_min), ratio), eta_min));
  }

  /** @internal */
  override _get_closed_form_lr(): Num[] {
    const { T_max, eta_min, last_epoch } = this;
    const cosine = 1 + cos((Math.PI * last_epoch) / T_max);
    return this.base_lrs.map((base_lr) => add(div(mul(sub(base_lr, eta_min), cosine), 2), eta_min));
  }
}

takeKeywords("CosineAnnealingLR", CosineAnnealingLR.prototype, { get_lr: [] });

/**
 * The learning rate along a cosine: eta_min + (lr - eta_min)(1 + cos(π · step/T_max))/2.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html}
 */
const CallableCosineAnnealingLR = callable(CosineAnnealingLR);
type CallableCosineAnnealingLR = CosineAnnealingLR;

export { CallableCosineAnnealingLR as CosineAnnealingLR };

/** The keyword arguments of CosineAnnealingWarmRestarts. */
export interface CosineAnnealingWarmRestartsOptions {
  /** The steps to the first restart. */
  T_0?: number;
  /** By how much each time between restarts is longer than the one before. @default 1 */
  T_mult?: number;
  /** The least learning rate. @default 0.0 */
  eta_min?: number;
  last_epoch?: number;
}

class CosineAnnealingWarmRestarts extends LRScheduler {
  declare T_0: number;
  declare T_i: number;
  declare T_mult: number;
  declare eta_min: number;
  declare T_cur: number;

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer, T_0: OrNamed<CosineAnnealingWarmRestartsOptions, "T_0">],
      [T_mult: number, eta_min: number, last_epoch: number],
      CosineAnnealingWarmRestartsOptions
    >
  ) {
    type Given = CosineAnnealingWarmRestartsOptions & { optimizer: Optimizer; T_0: number };
    const parameters = ["optimizer", "T_0", "T_mult", "eta_min", "last_epoch"];
    const given = named<Given>("CosineAnnealingWarmRestarts.__init__", parameters, 2, args);
    const { optimizer, T_0, T_mult = 1, eta_min = 0.0, last_epoch = -1 } = given;
    if (T_0 <= 0 || !Number.isInteger(T_0)) throw new ValueError(`Expected positive integer T_0, but got ${str(T_0)}`);
    if (T_mult < 1 || !Number.isInteger(T_mult)) {
      throw new ValueError(`Expected integer T_mult >= 1, but got ${str(T_mult)}`);
    }
    if (typeof eta_min !== "number") {
      throw new ValueError(
        `Expected float or int eta_min, but got ${str(eta_min)} of type <class '${typeName(eta_min)}'>`,
      );
    }
    super(optimizer, last_epoch, { T_0, T_i: T_0, T_mult, eta_min, T_cur: last_epoch });
  }

  override get_lr(): Num[] {
    _warn_get_lr_called_within_step(this);
    const { eta_min } = this;
    const cosine = 1 + cos((Math.PI * this.T_cur) / this.T_i);
    return this.base_lrs.map((base_lr) => add(div(mul(sub(base_lr, eta_min), cosine), 2), eta_min));
  }

  /** The next step, or with an epoch, which may be a fraction, the one for it. */
  override step(epoch: number | { epoch?: number | null } | null = null): void {
    let chosen = typeof epoch === "object" ? (epoch?.epoch ?? null) : epoch;
    if (chosen === null && this.last_epoch < 0) chosen = 0;
    if (chosen === null) {
      chosen = this.last_epoch + 1;
      this.T_cur += 1;
      if (this.T_cur >= this.T_i) {
        this.T_cur %= this.T_i;
        this.T_i *= this.T_mult;
      }
    } else {
      if (chosen < 0) throw new ValueError(`Expected non-negative epoch, but got ${str(chosen)}`);
      jumpTo(this, chosen);
    }
    this.last_epoch = Math.floor(chosen);

    const lrs = _enable_get_lr_call(this, () => this.get_lr());
    this.optimizer.param_groups.forEach((group, i) => {
      _update_param_group_val(group, "lr", lrs[i]);
    });
    this._last_lr = _param_groups_val_list(this.optimizer, "lr");
  }
}

takeKeywords("CosineAnnealingWarmRestarts", CosineAnnealingWarmRestarts.prototype, { get_lr: [], step: ["epoch"] });

/** Takes a scheduler with restarts to the step for an epoch. */
function jumpTo(scheduler: CosineAnnealingWarmRestarts, epoch: number): void {
  const { T_0, T_mult } = scheduler;
  if (epoch < T_0) {
    scheduler.T_i = T_0;
    scheduler.T_cur = epoch;
  } else if (T_mult === 1) {
    scheduler.T_cur = epoch % T_0;
  } else {
    const n = Math.trunc(log((epoch / T_0) * (T_mult - 1) + 1) / log(T_mult));
    scheduler.T_cur = epoch - (T_0 * (pow(T_mult, n) - 1)) / (T_mult - 1);
    scheduler.T_i = T_0 * pow(T_mult, n);
  }
}

/**
 * The learning rate along a cosine that begins anew after T_0 steps, T_0 · T_mult more, and so on.
 *
 * Throws ValueError for a T_0 or T_mult that is no positive integer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html}
 */
const CallableCosineAnnealingWarmRestarts = callable(CosineAnnealingWarmRestarts);
type CallableCosineAnnealingWarmRestarts = CosineAnnealingWarmRestarts;

export { CallableCosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts };
