// torch.optim.swa_utils: torch/optim/swa_utils.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { no_grad } from "../autograd/grad_mode.js";
import { callable } from "../callable.js";
import { int64 } from "../dtype.js";
import { AssertionError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { _BatchNorm } from "../nn/modules/batchnorm.js";
import { Module } from "../nn/modules/module.js";
import { deepcopy } from "../python/copy.js";
import { floatRepr } from "../python/format.js";
import { cos } from "../python/math.js";
import { str } from "../python/repr.js";
import { iter, type PythonIterable } from "../python/sequences.js";
import { tensor } from "../tensor_new.js";
import type { DeviceLike } from "../types.js";
import { type Arguments, named, type OrNamed } from "./_arguments.js";
import { _get_value, add, div, mul, type Num, sub } from "./_scalar.js";
import { _for_each_group, _group_tensors_by_device_and_dtype } from "./_utils.js";
import { _format_param, fieldsOf, LRScheduler, type SchedulerState, warn } from "./lr_scheduler/base.js";
import type { Optimizer } from "./optimizer.js";

type Params = readonly Tensor[];
type AvgFn = (averaged_param: Tensor, current_param: Tensor, num_averaged: Num) => Tensor;
type MultiAvgFn = (averaged_param_list: Params, current_param_list: Params, num_averaged: Num) => void;
type Decay = number | { decay?: number };

/** The decay, if it is between 0 and 1. */
function decayOf(given: Decay): number {
  const decay = Number(typeof given === "object" && "decay" in given ? given.decay : given);
  if (decay < 0.0 || decay > 1.0) {
    throw new ValueError(`Invalid decay value ${floatRepr(decay)} provided. Please provide a value in [0,1] range.`);
  }
  return decay;
}

const isFractional = ([{ dtype }]: Params) => dtype.is_floating_point || dtype.is_complex;

/**
 * A function that moves all averages towards the current parameters: ema ← decay · ema + (1 - decay) · param.
 *
 * Throws ValueError unless the decay is between 0 and 1.
 */
export const get_ema_multi_avg_fn = def("get_ema_multi_avg_fn", ["decay"], (decay: Decay = 0.999): MultiAvgFn => {
  const weight = decayOf(decay);
  return function ema_update(ema_param_list, current_param_list) {
    no_grad(() => {
      if (isFractional(ema_param_list)) {
        torch._foreach_lerp_(ema_param_list, current_param_list, 1 - weight);
      } else {
        ema_param_list.forEach((p_ema, i) => {
          p_ema.copy_(p_ema.mul(weight).add(current_param_list[i].mul(1 - weight)));
        });
      }
    });
  };
});

/** A function that takes the current parameters into averages of as many as there were before. */
export const get_swa_multi_avg_fn = def("get_swa_multi_avg_fn", [], (): MultiAvgFn => {
  return function swa_update(averaged_param_list, current_param_list, num_averaged) {
    no_grad(() => {
      const weight = 1 / (_get_value(num_averaged) + 1);
      if (isFractional(averaged_param_list)) {
        torch._foreach_lerp_(averaged_param_list, current_param_list, weight);
      } else {
        averaged_param_list.forEach((averaged, i) => {
          averaged.copy_(averaged.add(current_param_list[i].sub(averaged).mul(weight)));
        });
      }
    });
  };
});

/**
 * A function that returns decay · ema + (1 - decay) · param for one parameter.
 *
 * Throws ValueError unless the decay is between 0 and 1.
 */
export const get_ema_avg_fn = def("get_ema_avg_fn", ["decay"], (decay: Decay = 0.999): AvgFn => {
  const weight = decayOf(decay);
  return function ema_update(ema_param, current_param) {
    return no_grad(() => ema_param.mul(weight).add(current_param.mul(1 - weight)));
  };
});

/** A function that returns the average of a parameter with the current value taken in. */
export const get_swa_avg_fn = def("get_swa_avg_fn", [], (): AvgFn => {
  return function swa_update(averaged_param, current_param, num_averaged) {
    return no_grad(() => averaged_param.add(current_param.sub(averaged_param).div(add(num_averaged, 1))));
  };
});

/** What get_swa_avg_fn() does, for all parameters at once and to the bit. */
function swaUpdate(averaged: Params, current: Params, num_averaged: number): void {
  _for_each_group([averaged, current], ({ lists: [averages, params] }) => {
    const diffs = torch._foreach_div(torch._foreach_sub(params, averages), num_averaged + 1);
    torch._foreach_copy_(averages, torch._foreach_add(averages, diffs));
  });
}

/** The keyword arguments of AveragedModel. */
export interface AveragedModelOptions {
  /** Where the averages are kept. @default null, which is where the model is */
  device?: DeviceLike | null;
  /** Makes the average of one parameter. @default null, which takes the mean */
  avg_fn?: AvgFn | null;
  /** Changes all averages of a device and dtype in place. @default null */
  multi_avg_fn?: MultiAvgFn | null;
  /** Averages buffers too, instead of copying them. @default false */
  use_buffers?: boolean;
}

class AveragedModel<M extends Module = Module> extends Module {
  declare module: M;
  /** How many models were averaged. */
  declare n_averaged: Tensor;
  declare avg_fn: AvgFn | null;
  declare multi_avg_fn: MultiAvgFn | null;
  declare use_buffers: boolean;

  constructor(
    ...args: Arguments<
      [model: M],
      [device: DeviceLike | null, avg_fn: AvgFn | null, multi_avg_fn: MultiAvgFn | null, use_buffers: boolean],
      AveragedModelOptions
    >
  ) {
    const parameters = ["model", "device", "avg_fn", "multi_avg_fn", "use_buffers"];
    const given = named<AveragedModelOptions & { model: M }>("AveragedModel.__init__", parameters, 1, args);
    const { model, device = null, avg_fn = null, multi_avg_fn = null, use_buffers = false } = given;
    super();
    if (avg_fn !== null && multi_avg_fn !== null) {
      throw new AssertionError("Only one of avg_fn and multi_avg_fn should be provided");
    }
    this.module = deepcopy(model);
    if (device !== null) this.module = this.module.to(device);
    this.register_buffer("n_averaged", tensor(0, { dtype: int64, device }));
    this.avg_fn = avg_fn;
    this.multi_avg_fn = multi_avg_fn;
    this.use_buffers = use_buffers;
  }

  override forward(...args: Parameters<M["forward"]>): ReturnType<M["forward"]> {
    return this.module(...args);
  }

  /** Takes the parameters of a model into the averages. */
  update_parameters(model: Module): void {
    const listed = (module: Module) =>
      this.use_buffers ? [...module.parameters(), ...module.buffers()] : [...module.parameters()];
    const averaged = listed(this.module).map((p) => p.detach());
    const current = listed(model)
      .slice(0, averaged.length)
      .map((p, i) => p.detach().to(averaged[i].device));
    const count = this.n_averaged.item();
    if (count === 0) {
      averaged.forEach((p, i) => {
        p.copy_(current[i]);
      });
    } else if (this.multi_avg_fn !== null || this.avg_fn === null) {
      for (const { device, lists } of _group_tensors_by_device_and_dtype([averaged, current])) {
        if (this.multi_avg_fn) this.multi_avg_fn(...lists, this.n_averaged.to(device));
        else if (device.type === "cuda") get_swa_multi_avg_fn()(...lists, this.n_averaged);
        else swaUpdate(...lists, count);
      }
    } else {
      const { avg_fn } = this;
      averaged.forEach((p, i) => {
        p.copy_(avg_fn(p, current[i], this.n_averaged.to(p.device)));
      });
    }

    if (!this.use_buffers) {
      const buffers = [...model.buffers()];
      [...this.module.buffers()].forEach((b_swa, i) => {
        b_swa.detach().copy_(buffers[i].detach().to(b_swa.device));
      });
    }
    this.n_averaged.add_(1);
  }
}

takeKeywords("AveragedModel", AveragedModel.prototype, { update_parameters: ["model"] });

/**
 * A copy of a model whose parameters are averages: `update_parameters(model)` takes the model's current ones in.
 *
 * Throws AssertionError for both avg_fn and multi_avg_fn.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html#torch.optim.swa_utils.AveragedModel}
 */
const CallableAveragedModel = callable(AveragedModel) as typeof AveragedModel &
  (<M extends Module>(model: M, ...rest: Rest<ConstructorParameters<typeof AveragedModel>>) => AveragedModel<M>);
type Rest<T extends unknown[]> = T extends [unknown, ...infer Others] ? Others : never;
type CallableAveragedModel<M extends Module = Module> = AveragedModel<M>;

export { CallableAveragedModel as AveragedModel };

/**
 * Computes the running statistics of a model's batch normalizations anew, from all batches of a loader.
 *
 * The model gets each batch, or its first element if it is a list.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html#torch.optim.swa_utils.update_bn}
 */
export const update_bn = def(
  "update_bn",
  ["loader", "model", "device"],
  (
    loader: Iterable<unknown>,
    model: Module,
    device: DeviceLike | null | { device?: DeviceLike | null } = null,
  ): void => {
    const isKeywords = typeof device === "object" && device !== null && "device" in device;
    const place = isKeywords ? (device.device ?? null) : (device as DeviceLike | null);
    no_grad(() => {
      const momenta = new Map<{ momentum: number | null }, number | null>();
      for (const module of model.modules()) {
        if (!((module as unknown) instanceof _BatchNorm)) continue;
        const normalization = module as unknown as InstanceType<typeof _BatchNorm>;
        normalization.reset_running_stats();
        momenta.set(normalization, normalization.momentum);
      }
      if (momenta.size === 0) return;

      const was_training = model.training;
      model.train();
      for (const module of momenta.keys()) module.momentum = null;
      for (const batch of iter(loader as PythonIterable<unknown>)) {
        const input = (Array.isArray(batch) ? batch[0] : batch) as Tensor;
        model(place === null ? input : input.to(place));
      }
      for (const [module, momentum] of momenta) module.momentum = momentum;
      model.train(was_training);
    });
  },
);

type Anneal = (t: number) => number;

/** The keyword arguments of SWALR. */
export interface SWALROptions {
  /** The learning rate in the end, of all groups or of each. */
  swa_lr?: Num | readonly Num[];
  /** @default 10 */
  anneal_epochs?: number;
  /** @default "cos" */
  anneal_strategy?: "cos" | "linear";
  last_epoch?: number;
}

class SWALR extends LRScheduler {
  /** @internal */
  declare _anneal_strategy: "cos" | "linear";
  declare anneal_func: Anneal;
  declare anneal_epochs: number;

  constructor(
    ...args: Arguments<
      [optimizer: Optimizer, swa_lr: OrNamed<SWALROptions, "swa_lr">],
      [anneal_epochs: number, anneal_strategy: "cos" | "linear", last_epoch: number],
      SWALROptions
    >
  ) {
    type Given = SWALROptions & { optimizer: Optimizer; swa_lr: Num | readonly Num[] };
    const parameters = ["optimizer", "swa_lr", "anneal_epochs", "anneal_strategy", "last_epoch"];
    const given = named<Given>("SWALR.__init__", parameters, 2, args);
    const { optimizer, anneal_epochs = 10, anneal_strategy = "cos", last_epoch = -1 } = given;
    const swa_lrs = _format_param("swa_lr", optimizer, given.swa_lr);
    optimizer.param_groups.forEach((group, i) => {
      group.swa_lr = swa_lrs[i];
    });
    if (anneal_strategy !== "cos" && anneal_strategy !== "linear") {
      throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${anneal_strategy}`);
    }
    if (!Number.isInteger(anneal_epochs) || anneal_epochs < 0) {
      throw new ValueError(`anneal_epochs must be equal or greater than 0, got ${str(anneal_epochs)}`);
    }
    super(optimizer, last_epoch, { ...annealing(anneal_strategy), anneal_epochs });
  }

  override get_lr(): Num[] {
    if (!this._get_lr_called_within_step) {
      warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.");
    }
    // The learning rate may be another scheduler's, or the user's: what it would be without annealing is computed back.
    const step = this.anneal_epochs === 0 ? Math.max(1, this._step_count - 1) : this._step_count - 1;
    const alphaAt = (at: number) => this.anneal_func(Math.max(0, Math.min(1, at / Math.max(1, this.anneal_epochs))));
    const prev_alpha = alphaAt(step - 1);
    const alpha = alphaAt(step);
    return this.optimizer.param_groups.map(({ lr, swa_lr }) => {
      const initial_lr = prev_alpha === 1 ? swa_lr : div(sub(lr, mul(swa_lr, prev_alpha)), 1 - prev_alpha);
      return add(mul(swa_lr, alpha), mul(initial_lr, 1 - alpha));
    });
  }

  override state_dict(): SchedulerState {
    return fieldsOf(this, ["optimizer", "anneal_func"]);
  }

  override load_state_dict(state_dict: SchedulerState): void {
    super.load_state_dict(state_dict);
    Object.assign(this, annealing(this._anneal_strategy));
  }
}

takeKeywords("SWALR", SWALR.prototype, { get_lr: [], state_dict: [] });

takeKeywords("SWALR", SWALR.prototype, { load_state_dict: ["state_dict"] }, { dict: 0 });

/** The way from 0 to 1. */
function annealing(_anneal_strategy: "cos" | "linear"): { _anneal_strategy: "cos" | "linear"; anneal_func: Anneal } {
  const anneal_func: Anneal = _anneal_strategy === "cos" ? (t) => (1 - cos(Math.PI * t)) / 2 : (t) => t;
  return { _anneal_strategy, anneal_func };
}

/**
 * Takes the learning rate to `swa_lr` in `anneal_epochs` steps, and keeps it there.
 *
 * Throws ValueError for an unknown strategy and for a negative number of steps.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html#torch.optim.swa_utils.SWALR}
 */
const CallableSWALR = callable(SWALR);
type CallableSWALR = SWALR;

export { CallableSWALR as SWALR };
