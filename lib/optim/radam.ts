// torch/optim/radam.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, div, mul, type Num, pow, sub } from "./_scalar.js";
import {
  _check_betas,
  _check_capturable,
  _check_eps,
  _check_foreach,
  _check_lr,
  _check_not_negative,
  _check_steps,
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

/** The keyword arguments of RAdam. */
export interface RAdamOptions {
  /** Learning rate. @default 1e-3 */
  lr?: Num;
  /** Decay of the averages of the gradient and of its square. @default [0.9, 0.999] */
  betas?: readonly [number, number];
  /** Added to the denominator. @default 1e-8 */
  eps?: number;
  /** L2 penalty, or with `decoupled_weight_decay` the decay of the weights themselves. @default 0 */
  weight_decay?: number;
  /** Lets the weight decay act on the parameters alone. @default false */
  decoupled_weight_decay?: boolean;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Keeps steps on the device, so that a CUDA graph can hold the update. @default false */
  capturable?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
}

type RAdamArguments = Arguments<
  [params: ParamsOr<RAdamOptions>],
  [
    ...[lr: Num, betas: readonly [number, number], eps: number, weight_decay: number],
    ...[decoupled_weight_decay: boolean],
  ],
  RAdamOptions
>;

const parameters = [
  ...["params", "lr", "betas", "eps", "weight_decay", "decoupled_weight_decay"],
  ...["*", "foreach", "maximize", "capturable", "differentiable"],
];

class RAdam extends Optimizer {
  constructor(...args: RAdamArguments) {
    const given = named<RAdamOptions & { params: ParamsT }>("RAdam.__init__", parameters, 1, args);
    const { params, lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weight_decay = 0 } = given;
    const { decoupled_weight_decay = false, foreach = null, maximize = false } = given;
    const { capturable = false, differentiable = false } = given;
    _check_lr(lr);
    _check_eps(eps);
    _check_betas(betas);
    _check_not_negative("weight_decay", weight_decay);
    super(params, {
      lr,
      betas,
      eps,
      weight_decay,
      maximize,
      foreach,
      capturable,
      decoupled_weight_decay,
      differentiable,
    });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { foreach: null, maximize: false, differentiable: false });
      _setdefaults(group, { decoupled_weight_decay: false, capturable: false });
      _steps_to_tensors(this.state, group);
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    exp_avgs: Tensor[],
    exp_avg_sqs: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) throw new RuntimeError("RAdam does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0, _get_scalar_dtype(), group.capturable ? p.device : "cpu");
        state.exp_avg = _zeros_like(p);
        state.exp_avg_sq = _zeros_like(p);
      }
      exp_avgs.push(state.exp_avg);
      exp_avg_sqs.push(state.exp_avg_sq);
      state_steps.push(state.step);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], []];
        const [beta1, beta2] = group.betas;
        const has_complex = this._init_group(group, ...lists);
        _radam(lists, {
          beta1,
          beta2,
          lr: group.lr,
          weight_decay: group.weight_decay,
          eps: group.eps,
          maximize: group.maximize,
          foreach: group.foreach,
          capturable: group.capturable,
          differentiable: group.differentiable,
          decoupled_weight_decay: group.decoupled_weight_decay,
          has_complex,
        });
      }
    });
  }
}

takeKeywords("RAdam", RAdam.prototype, { step: ["closure"] });

/**
 * RAdam: Adam that in its first steps, while the variance of the squares' average is too large, goes without it.
 *
 * With ρ∞ = 2/(1 - β₂) - 1 and ρₜ = ρ∞ - 2tβ₂ᵗ/(1 - β₂ᵗ), Adam's step is multiplied by the rectification
 * √((ρₜ - 4)(ρₜ - 2)ρ∞ / ((ρ∞ - 4)(ρ∞ - 2)ρₜ)) if ρₜ > 5, and else is lr · m/(1 - β₁ᵗ).
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.RAdam.html}
 */
const CallableRAdam = callable(RAdam);
type CallableRAdam = RAdam;

export { CallableRAdam as RAdam };

/** params, grads, exp_avgs, exp_avg_sqs, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of radam(). */
export interface RAdamKeywords {
  decoupled_weight_decay?: boolean;
  foreach?: boolean | null;
  differentiable?: boolean;
  capturable?: boolean;
  has_complex?: boolean;
  maximize?: boolean;
  beta1: number;
  beta2: number;
  lr: Num;
  weight_decay: number;
  eps: number;
}

type Options = Required<Omit<RAdamKeywords, "foreach">>;

/** The rectification for a ρ of more than 5. */
function rectification(rho_t: Num, rho_inf: number): Num {
  const numerator = mul(mul(sub(rho_t, 4), sub(rho_t, 2)), rho_inf);
  return pow(div(numerator, mul(rho_t, (rho_inf - 4) * (rho_inf - 2))), 0.5);
}

function _single_tensor_radam(
  [params, grads, exp_avgs, exp_avg_sqs, state_steps]: Lists,
  { beta1, beta2, weight_decay, eps, maximize, capturable, differentiable, ...options }: Options,
): void {
  if (capturable) _check_capturable("params and state_steps", [params, state_steps]);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let exp_avg = exp_avgs[i];
    let exp_avg_sq = exp_avg_sqs[i];
    const step_t = state_steps[i];

    if (param.dtype.is_complex) {
      param = torch.view_as_real(param);
      grad = torch.view_as_real(grad);
      exp_avg = torch.view_as_real(exp_avg);
      exp_avg_sq = torch.view_as_real(exp_avg_sq);
    }

    step_t.add_(1);
    const step = capturable ? step_t : _get_value(step_t);

    if (weight_decay !== 0) {
      if (options.decoupled_weight_decay) param.mul_(sub(1, mul(lr, weight_decay)));
      else grad = grad.add(param, { alpha: weight_decay });
    }

    exp_avg.lerp_(grad, 1 - beta1);
    exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });

    const bias_correction1 = sub(1, pow(beta1, step));
    const bias_correction2 = sub(1, pow(beta2, step));
    const bias_corrected_exp_avg = exp_avg.div(bias_correction1);

    const rho_inf = 2 / (1 - beta2) - 1;
    const rho_t = sub(rho_inf, div(mul(mul(step, 2), pow(beta2, step)), bias_correction2));

    const compute_adaptive_lr = () => {
      const root = exp_avg_sq.sqrt();
      return div(pow(bias_correction2, 0.5), differentiable ? root.add(eps) : root.add_(eps)) as Tensor;
    };

    if (capturable) {
      const rectified = mul(rectification(rho_t, rho_inf), compute_adaptive_lr()) as Tensor;
      const update = torch.where((rho_t as Tensor).gt(5.0), rectified, 1.0);
      param.add_(bias_corrected_exp_avg.mul(lr).mul(update), { alpha: -1.0 });
    } else if ((rho_t as number) > 5.0) {
      const update = bias_corrected_exp_avg.mul(lr).mul(compute_adaptive_lr()).mul(rectification(rho_t, rho_inf));
      param.add_(update, { alpha: -1.0 });
    } else {
      param.add_(bias_corrected_exp_avg.mul(lr), { alpha: -1.0 });
    }
  });
}

function _multi_tensor_radam(
  lists: Lists,
  { beta1, beta2, weight_decay, eps, maximize, capturable, has_complex, ...options }: Options,
): void {
  if (lists[0].length === 0) return;
  _check_foreach(options.differentiable);
  if (capturable) _check_capturable("params and state_steps", [lists[0], lists[4]], false);
  const lr = _to_scalar(options.lr);
  const rho_inf = 2 / (1 - beta2) - 1;

  _for_each_group(lists, ({ lists: grouped }) => {
    const [grouped_params, , grouped_exp_avgs, grouped_exp_avg_sqs, grouped_state_steps] = grouped;
    let grouped_grads = grouped[1];

    _increment(grouped_state_steps);

    if (has_complex) _view_as_real(grouped_params, grouped_grads, grouped_exp_avgs, grouped_exp_avg_sqs);

    if (maximize) grouped_grads = torch._foreach_neg(grouped_grads);

    if (weight_decay !== 0) {
      if (options.decoupled_weight_decay) {
        torch._foreach_mul_(grouped_params, sub(1, mul(lr, weight_decay)));
      } else if (maximize) {
        // Reuse the memory that maximize allocated.
        torch._foreach_add_(grouped_grads, grouped_params, { alpha: weight_decay });
      } else {
        grouped_grads = torch._foreach_add(grouped_grads, grouped_params, { alpha: weight_decay });
      }
    }

    torch._foreach_lerp_(grouped_exp_avgs, grouped_grads, 1 - beta1);
    torch._foreach_mul_(grouped_exp_avg_sqs, beta2);
    torch._foreach_addcmul_(grouped_exp_avg_sqs, grouped_grads, grouped_grads, 1 - beta2);

    let unrect_step_size: Tensor[] | number[];
    let rectified_step_size: Tensor[] | number[];
    if (capturable) {
      const one_minus_power = (beta: number) => {
        const power = torch._foreach_pow(beta, grouped_state_steps);
        torch._foreach_neg_(power);
        torch._foreach_add_(power, 1);
        return power;
      };
      const bias_correction1 = one_minus_power(beta1);
      const bias_correction2 = one_minus_power(beta2);
      const rho_t_list = torch._foreach_pow(beta2, grouped_state_steps);
      torch._foreach_mul_(rho_t_list, grouped_state_steps);
      torch._foreach_mul_(rho_t_list, -2);
      torch._foreach_div_(rho_t_list, bias_correction2);
      torch._foreach_add_(rho_t_list, rho_inf);

      const rect = rho_t_list.map((rho_t) => torch.where(rho_t.gt(5.0), rectification(rho_t, rho_inf), 0.0));
      unrect_step_size = rect.map((r) => torch.where(r.gt(0), 0.0, 1.0));
      torch._foreach_mul_(unrect_step_size, lr);
      torch._foreach_div_(unrect_step_size, bias_correction1);
      torch._foreach_neg_(unrect_step_size);

      torch._foreach_sqrt_(bias_correction2);
      torch._foreach_mul_(bias_correction2, lr);
      torch._foreach_mul_(bias_correction2, rect);
      torch._foreach_neg_(bias_correction2);
      torch._foreach_div_(bias_correction2, bias_correction1);
      rectified_step_size = bias_correction2;
    } else {
      const rate = _get_value(lr);
      const steps = _get_values(grouped_state_steps);
      const bias_correction1 = steps.map((step) => 1 - pow(beta1, step));
      const rect = steps.map((step) => {
        const rho_t = rho_inf - (2 * step * pow(beta2, step)) / (1 - pow(beta2, step));
        return rho_t > 5 ? (rectification(rho_t, rho_inf) as number) : 0;
      });
      unrect_step_size = rect.map((r, i) => -((rate * (r > 0 ? 0 : 1)) / bias_correction1[i]));
      rectified_step_size = rect.map(
        (r, i) => -(pow(1 - pow(beta2, steps[i]), 0.5) * ((rate * r) / bias_correction1[i])),
      );
    }

    // √(1 - β₂ᵗ) · rectified step / (√v + eps) + unrectified step, of which one is zero
    const buffer = torch._foreach_sqrt(grouped_exp_avg_sqs);
    torch._foreach_add_(buffer, eps);
    torch._foreach_div_(buffer, rectified_step_size as Tensor[]);
    torch._foreach_reciprocal_(buffer);
    torch._foreach_add_(buffer, unrect_step_size as Tensor[]);
    torch._foreach_addcmul_(grouped_params, grouped_exp_avgs, buffer);
  });
}

function _radam(lists: Lists, keywords: RAdamKeywords): void {
  const { decoupled_weight_decay = false, capturable = false, differentiable = false } = keywords;
  const { has_complex = false, maximize = false } = keywords;
  _check_steps(lists[4]);
  _update(lists, { ...keywords, decoupled_weight_decay, capturable, differentiable, has_complex, maximize }, keywords, {
    single: _single_tensor_radam,
    multi: _multi_tensor_radam,
    numbers: 1,
    sameBits: false,
  });
}

const functionParameters = [
  ...["params", "grads", "exp_avgs", "exp_avg_sqs", "state_steps"],
  ...["decoupled_weight_decay", "foreach", "differentiable", "capturable", "has_complex", "maximize"],
  ...["*", "beta1", "beta2", "lr", "weight_decay", "eps"],
];

/**
 * RAdam's update: changes parameters, averages and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function radam(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  exp_avgs: readonly Tensor[],
  exp_avg_sqs: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: RAdamKeywords,
): void;
export function radam(...args: unknown[]): void {
  type Given = RAdamKeywords & Record<"params" | "grads" | "exp_avgs" | "exp_avg_sqs" | "state_steps", Tensor[]>;
  const given = named<Given>("radam", functionParameters, 5, args);
  const { params, grads, exp_avgs, exp_avg_sqs, state_steps, ...keywords } = given;
  const { beta1, beta2, lr, weight_decay, eps } = keywords;
  requireKeywords("radam", { beta1, beta2, lr, weight_decay, eps });
  _radam([params, grads, exp_avgs, exp_avg_sqs, state_steps], keywords);
}
