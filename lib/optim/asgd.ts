// torch/optim/asgd.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { tensor } from "../tensor_new.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, add, div, mul, type Num, pow, sub } from "./_scalar.js";
import {
  _check_capturable,
  _check_foreach,
  _check_lr,
  _check_not_negative,
  _for_each_group,
  _for_each_param,
  _get_scalar_dtype,
  _get_values,
  _increment,
  _scalar_tensor,
  _setdefaults,
  _steps_to_tensors,
  _view_as_real,
  _zeros_like,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of ASGD. */
export interface ASGDOptions {
  /** Learning rate. @default 1e-2 */
  lr?: Num;
  /** Decay term. @default 1e-4 */
  lambd?: number;
  /** Power with which the learning rate falls. @default 0.75 */
  alpha?: number;
  /** Step after which averaging begins. @default 1e6 */
  t0?: number;
  /** L2 penalty. @default 0 */
  weight_decay?: number;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
  /** Keeps steps on the device, so that a CUDA graph can hold the update. @default false */
  capturable?: boolean;
}

type ASGDArguments = Arguments<
  [params: ParamsOr<ASGDOptions>],
  [
    ...[lr: Num, lambd: number, alpha: number, t0: number, weight_decay: number],
    ...[foreach: boolean | null, maximize: boolean, differentiable: boolean, capturable: boolean],
  ],
  ASGDOptions
>;

const parameters = [
  ...["params", "lr", "lambd", "alpha", "t0", "weight_decay"],
  ...["foreach", "maximize", "differentiable", "capturable"],
];

class ASGD extends Optimizer {
  constructor(...args: ASGDArguments) {
    const given = named<ASGDOptions & { params: ParamsT }>("ASGD.__init__", parameters, 1, args);
    const { params, lr = 1e-2, lambd = 1e-4, alpha = 0.75, t0 = 1e6, weight_decay = 0 } = given;
    const { foreach = null, maximize = false, differentiable = false, capturable = false } = given;
    _check_lr(lr);
    _check_not_negative("lambd", lambd);
    _check_not_negative("alpha", alpha);
    _check_not_negative("weight_decay", weight_decay);
    super(params, { lr, lambd, alpha, t0, weight_decay, foreach, maximize, differentiable, capturable });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { foreach: null, maximize: false, differentiable: false, capturable: false });
      _steps_to_tensors(this.state, group, { keys: ["step", "eta", "mu"], on_device: true });
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    axs: Tensor[],
    mus: Tensor[],
    etas: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) throw new RuntimeError("ASGD does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0, _get_scalar_dtype(), p.device);
        state.eta = _scalar_tensor(group.lr, _get_scalar_dtype(), p.device);
        state.mu = _scalar_tensor(1, _get_scalar_dtype(), p.device);
        state.ax = _zeros_like(p);
      }
      mus.push(state.mu);
      axs.push(state.ax);
      etas.push(state.eta);
      state_steps.push(state.step);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], [], []];
        const has_complex = this._init_group(group, ...lists);
        _asgd(lists, {
          lambd: group.lambd,
          lr: group.lr,
          t0: group.t0,
          alpha: group.alpha,
          weight_decay: group.weight_decay,
          foreach: group.foreach,
          maximize: group.maximize,
          differentiable: group.differentiable,
          capturable: group.capturable,
          has_complex,
        });
      }
    });
  }
}

takeKeywords("ASGD", ASGD.prototype, { step: ["closure"] });

/**
 * Averaged stochastic gradient descent: the average of the parameters over the steps is in `state.get(param).ax`.
 *
 * θ ← (1 - λη)θ - ηg, with η = lr / (1 + λ · lr · t)^alpha.
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.ASGD.html}
 */
const CallableASGD = callable(ASGD);
type CallableASGD = ASGD;

export { CallableASGD as ASGD };

/** params, grads, axs, mus, etas, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of asgd(). */
export interface ASGDKeywords {
  foreach?: boolean | null;
  maximize?: boolean;
  differentiable?: boolean;
  capturable?: boolean;
  has_complex?: boolean;
  lambd: number;
  lr: Num;
  t0: number;
  alpha: number;
  weight_decay: number;
}

type Options = Required<Omit<ASGDKeywords, "foreach">>;

function _single_tensor_asgd(
  [params, grads, axs, mus, etas, state_steps]: Lists,
  { lambd, t0, alpha, weight_decay, maximize, capturable, ...options }: Options,
): void {
  if (capturable) _check_capturable("params, mus, etas, and state_steps", [params, mus, etas, state_steps]);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let ax = axs[i];
    const mu = mus[i];
    const eta = etas[i];
    const step_t = state_steps[i];

    if (param.dtype.is_complex) {
      grad = torch.view_as_real(grad);
      param = torch.view_as_real(param);
      ax = torch.view_as_real(ax);
    }

    step_t.add_(1);

    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });

    if (capturable) {
      param.mul_(sub(1, mul(lambd, eta)));
      param.addcmul_(grad, eta, { value: -1 });
    } else {
      const eta_value = _get_value(eta);
      param.mul_(1 - lambd * eta_value);
      param.add_(grad, { alpha: -eta_value });
    }

    if (capturable || mu.item() !== 1) ax.add_(param.sub(ax).mul_(mu));
    else ax.copy_(param);

    if (capturable) {
      eta.copy_(div(lr, pow(add(1, mul(mul(lambd, lr), step_t)), alpha)));
      mu.copy_(div(1, torch.maximum(step_t.sub(t0), torch.ones_like(step_t))));
    } else {
      const step = _get_value(step_t);
      eta.copy_(div(lr, pow(add(1, mul(mul(lambd, lr), step)), alpha)));
      mu.copy_(tensor(1 / Math.max(1, step - t0)));
    }
  });
}

function _multi_tensor_asgd(
  lists: Lists,
  { lambd, t0, alpha, weight_decay, maximize, capturable, has_complex, ...options }: Options,
): void {
  const [params, , , mus, etas, state_steps] = lists;
  if (params.length === 0) return;
  _check_foreach(options.differentiable);
  if (capturable) _check_capturable("params, mus, etas, and state_steps", [params, mus, etas, state_steps], false);
  const lr = _to_scalar(options.lr);

  _for_each_group(lists, ({ device, lists: grouped }) => {
    const [grouped_params, , grouped_axs, grouped_mus, grouped_etas, grouped_state_steps] = grouped;
    let grouped_grads = grouped[1];
    if (has_complex) _view_as_real(grouped_params, grouped_grads, grouped_axs);

    if (maximize) grouped_grads = torch._foreach_neg(grouped_grads);

    _increment(grouped_state_steps);

    // param - eta * (grad + lambd * param)
    let intermediate: Tensor[];
    if (weight_decay !== 0) {
      intermediate = grouped_grads;
      // Reuse the memory that maximize allocated.
      if (maximize) torch._foreach_add_(intermediate, grouped_params, { alpha: weight_decay });
      else intermediate = torch._foreach_add(grouped_grads, grouped_params, { alpha: weight_decay });
      torch._foreach_add_(intermediate, grouped_params, { alpha: lambd });
    } else {
      intermediate = torch._foreach_add(grouped_grads, grouped_params, { alpha: lambd });
    }
    torch._foreach_addcmul_(grouped_params, intermediate, grouped_etas, -1);
    torch._foreach_addcmul_(grouped_axs, torch._foreach_sub(grouped_params, grouped_axs), grouped_mus, 1);

    if (capturable) {
      const new_mus = torch._foreach_sub(grouped_state_steps, t0);
      torch._foreach_maximum_(new_mus, 1.0);
      torch._foreach_reciprocal_(new_mus);
      torch._foreach_copy_(grouped_mus, new_mus);

      const new_etas = torch._foreach_mul(grouped_state_steps, lambd);
      torch._foreach_mul_(new_etas, lr);
      torch._foreach_add_(new_etas, 1);
      torch._foreach_pow_(new_etas, alpha);
      torch._foreach_reciprocal_(new_etas);
      torch._foreach_mul_(new_etas, lr);
      torch._foreach_copy_(grouped_etas, new_etas);
    } else {
      const { dtype } = grouped_etas[0];
      const new_etas = grouped_state_steps.map(
        (step) => div(lr, pow(add(1, mul(mul(lambd, lr), step)), alpha)) as Tensor,
      );
      const new_mus = _get_values(grouped_state_steps).map((step) => 1 / Math.max(1, step - t0));
      torch._foreach_copy_(grouped_etas, new_etas);
      torch._foreach_copy_(grouped_mus, [...tensor(new_mus, { dtype, device }).unbind()]);
    }
  });
}

function _asgd(lists: Lists, keywords: ASGDKeywords): void {
  const { maximize = false, differentiable = false, capturable = false, has_complex = false } = keywords;
  _update(lists, { ...keywords, maximize, differentiable, capturable, has_complex }, keywords, {
    single: _single_tensor_asgd,
    multi: _multi_tensor_asgd,
    numbers: 3,
    sameBits: false,
  });
}

const functionParameters = [
  ...["params", "grads", "axs", "mus", "etas", "state_steps"],
  ...["foreach", "maximize", "differentiable", "capturable", "has_complex"],
  ...["*", "lambd", "lr", "t0", "alpha", "weight_decay"],
];

/**
 * ASGD's update: changes parameters, averages, rates and steps in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function asgd(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  axs: readonly Tensor[],
  mus: readonly Tensor[],
  etas: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: ASGDKeywords,
): void;
export function asgd(...args: unknown[]): void {
  type Given = ASGDKeywords & Record<"params" | "grads" | "axs" | "mus" | "etas" | "state_steps", Tensor[]>;
  const given = named<Given>("asgd", functionParameters, 6, args);
  const { params, grads, axs, mus, etas, state_steps, ...keywords } = given;
  const { lambd, lr, t0, alpha, weight_decay } = keywords;
  requireKeywords("asgd", { lambd, lr, t0, alpha, weight_decay });
  _asgd([params, grads, axs, mus, etas, state_steps], keywords);
}
