// torch/optim/adamax.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, div, type Num, neg, pow } from "./_scalar.js";
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

/** The keyword arguments of Adamax. */
export interface AdamaxOptions {
  /** Learning rate. @default 2e-3 */
  lr?: Num;
  /** Decay of the average of the gradient and of the largest gradient. @default [0.9, 0.999] */
  betas?: readonly [number, number];
  /** Added to the gradient's size. @default 1e-8 */
  eps?: number;
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

type AdamaxArguments = Arguments<
  [params: ParamsOr<AdamaxOptions>],
  [lr: Num, betas: readonly [number, number], eps: number, weight_decay: number, foreach: boolean | null],
  AdamaxOptions
>;

const parameters = [
  ...["params", "lr", "betas", "eps", "weight_decay", "foreach"],
  ...["*", "maximize", "differentiable", "capturable"],
];

class Adamax extends Optimizer {
  constructor(...args: AdamaxArguments) {
    const given = named<AdamaxOptions & { params: ParamsT }>("Adamax.__init__", parameters, 1, args);
    const { params, lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, weight_decay = 0, foreach = null } = given;
    const { maximize = false, differentiable = false, capturable = false } = given;
    _check_lr(lr);
    _check_eps(eps);
    _check_betas(betas);
    _check_not_negative("weight_decay", weight_decay);
    super(params, { lr, betas, eps, weight_decay, foreach, maximize, differentiable, capturable });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { foreach: null, maximize: false, differentiable: false, capturable: false });
      _steps_to_tensors(this.state, group);
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    exp_avgs: Tensor[],
    exp_infs: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) throw new RuntimeError("Adamax does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0, _get_scalar_dtype(), group.capturable ? p.device : "cpu");
        state.exp_avg = _zeros_like(p);
        state.exp_inf = _zeros_like(p);
      }
      exp_avgs.push(state.exp_avg);
      exp_infs.push(state.exp_inf);
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
        _adamax(lists, {
          eps: group.eps,
          beta1,
          beta2,
          lr: group.lr,
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

takeKeywords("Adamax", Adamax.prototype, { step: ["closure"] });

/**
 * Adamax: Adam with the largest gradient so far in place of the root of the average of squares.
 *
 * m ← β₁m + (1 - β₁)g; u ← max(β₂u, |g| + eps); θ ← θ - lr · m / ((1 - β₁ᵗ)u).
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Adamax.html}
 */
const CallableAdamax = callable(Adamax);
type CallableAdamax = Adamax;

export { CallableAdamax as Adamax };

/** params, grads, exp_avgs, exp_infs, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of adamax(). */
export interface AdamaxKeywords {
  foreach?: boolean | null;
  maximize?: boolean;
  differentiable?: boolean;
  capturable?: boolean;
  has_complex?: boolean;
  eps: number;
  beta1: number;
  beta2: number;
  lr: Num;
  weight_decay: number;
}

type Options = Required<Omit<AdamaxKeywords, "foreach">>;

function _single_tensor_adamax(
  [params, grads, exp_avgs, exp_infs, state_steps]: Lists,
  { eps, beta1, beta2, weight_decay, maximize, differentiable, capturable, ...options }: Options,
): void {
  if (capturable) _check_capturable("params and state_steps", [params, state_steps]);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let exp_avg = exp_avgs[i];
    let exp_inf = exp_infs[i];
    const step_t = state_steps[i];

    step_t.add_(1);

    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });

    if (param.dtype.is_complex) {
      param = torch.view_as_real(param);
      grad = torch.view_as_real(grad);
      exp_avg = torch.view_as_real(exp_avg);
      exp_inf = torch.view_as_real(exp_inf);
    }

    exp_avg.lerp_(grad, 1 - beta1);
    if (!differentiable) {
      torch.maximum(exp_inf.mul_(beta2), grad.abs().add_(eps), { out: exp_inf });
    } else {
      const norm_buf = torch.cat([exp_inf.mul_(beta2).unsqueeze(0), grad.abs().add_(eps).unsqueeze_(0)], 0);
      exp_inf.copy_(torch.amax(norm_buf, 0, false));
    }

    if (capturable) {
      const neg_bias_correction = (pow(beta1, step_t) as Tensor).sub(1);
      neg_bias_correction.div_(lr);
      param.addcdiv_(exp_avg, exp_inf.mul(neg_bias_correction));
    } else {
      const bias_correction = 1 - pow(beta1, _get_value(step_t));
      param.addcdiv_(exp_avg, exp_inf, { value: neg(div(lr, bias_correction)) });
    }
  });
}

function _multi_tensor_adamax(
  lists: Lists,
  { eps, beta1, beta2, weight_decay, maximize, capturable, has_complex, ...options }: Options,
): void {
  _check_foreach(options.differentiable);
  if (lists[0].length === 0) return;
  if (capturable) _check_capturable("params and state_steps", [lists[0], lists[4]], false);
  const lr = _to_scalar(options.lr);

  _for_each_group(lists, ({ lists: grouped }) => {
    const [grouped_params, , grouped_exp_avgs, grouped_exp_infs, grouped_state_steps] = grouped;
    let grouped_grads = grouped[1];
    if (has_complex) _view_as_real(grouped_params, grouped_grads, grouped_exp_avgs, grouped_exp_infs);

    if (maximize) grouped_grads = torch._foreach_neg(grouped_grads);

    _increment(grouped_state_steps);

    if (weight_decay !== 0) {
      // Reuse the memory that maximize allocated.
      if (maximize) torch._foreach_add_(grouped_grads, grouped_params, { alpha: weight_decay });
      else grouped_grads = torch._foreach_add(grouped_grads, grouped_params, { alpha: weight_decay });
    }

    torch._foreach_lerp_(grouped_exp_avgs, grouped_grads, 1 - beta1);

    torch._foreach_mul_(grouped_exp_infs, beta2);
    // The parameters' own gradients must stay as they are.
    if (!maximize && weight_decay === 0) grouped_grads = torch._foreach_abs(grouped_grads);
    else torch._foreach_abs_(grouped_grads);
    torch._foreach_add_(grouped_grads, eps);
    torch._foreach_maximum_(grouped_exp_infs, grouped_grads);

    if (capturable) {
      const bias_corrections = torch._foreach_pow(beta1, grouped_state_steps);
      torch._foreach_sub_(bias_corrections, 1);
      torch._foreach_div_(bias_corrections, lr);
      const denom = torch._foreach_mul(grouped_exp_infs, bias_corrections);
      torch._foreach_addcdiv_(grouped_params, grouped_exp_avgs, denom);
    } else {
      const rate = _get_value(lr);
      const step_size = _get_values(grouped_state_steps).map((step) => -(rate / (1 - pow(beta1, step))));
      torch._foreach_addcdiv_(grouped_params, grouped_exp_avgs, grouped_exp_infs, step_size);
    }
  });
}

function _adamax(lists: Lists, keywords: AdamaxKeywords): void {
  const { maximize = false, differentiable = false, capturable = false, has_complex = false } = keywords;
  _check_steps(lists[4]);
  _update(lists, { ...keywords, maximize, differentiable, capturable, has_complex }, keywords, {
    single: _single_tensor_adamax,
    multi: _multi_tensor_adamax,
    numbers: 1,
  });
}

const functionParameters = [
  ...["params", "grads", "exp_avgs", "exp_infs", "state_steps"],
  ...["foreach", "maximize", "differentiable", "capturable", "has_complex"],
  ...["*", "eps", "beta1", "beta2", "lr", "weight_decay"],
];

/**
 * Adamax's update: changes parameters, averages and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function adamax(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  exp_avgs: readonly Tensor[],
  exp_infs: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: AdamaxKeywords,
): void;
export function adamax(...args: unknown[]): void {
  type Given = AdamaxKeywords & Record<"params" | "grads" | "exp_avgs" | "exp_infs" | "state_steps", Tensor[]>;
  const { params, grads, exp_avgs, exp_infs, state_steps, ...keywords } = named<Given>(
    "adamax",
    functionParameters,
    5,
    args,
  );
  const { eps, beta1, beta2, lr, weight_decay } = keywords;
  requireKeywords("adamax", { eps, beta1, beta2, lr, weight_decay });
  _adamax([params, grads, exp_avgs, exp_infs, state_steps], keywords);
}
