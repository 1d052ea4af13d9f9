// torch/optim/nadam.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, add, div, mul, type Num, neg, pow, sub } from "./_scalar.js";
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

/** The keyword arguments of NAdam. */
export interface NAdamOptions {
  /** Learning rate. @default 2e-3 */
  lr?: Num;
  /** Decay of the averages of the gradient and of its square. @default [0.9, 0.999] */
  betas?: readonly [number, number];
  /** Added to the denominator. @default 1e-8 */
  eps?: number;
  /** L2 penalty, or with `decoupled_weight_decay` the decay of the weights themselves. @default 0 */
  weight_decay?: number;
  /** Decay of the momentum. @default 4e-3 */
  momentum_decay?: number;
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

type NAdamArguments = Arguments<
  [params: ParamsOr<NAdamOptions>],
  [
    ...[lr: Num, betas: readonly [number, number], eps: number, weight_decay: number],
    ...[momentum_decay: number, decoupled_weight_decay: boolean],
  ],
  NAdamOptions
>;

const parameters = [
  ...["params", "lr", "betas", "eps", "weight_decay", "momentum_decay", "decoupled_weight_decay"],
  ...["*", "foreach", "maximize", "capturable", "differentiable"],
];

class NAdam extends Optimizer {
  constructor(...args: NAdamArguments) {
    const given = named<NAdamOptions & { params: ParamsT }>("NAdam.__init__", parameters, 1, args);
    const { params, lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, weight_decay = 0, momentum_decay = 4e-3 } = given;
    const { decoupled_weight_decay = false, foreach = null, maximize = false } = given;
    const { capturable = false, differentiable = false } = given;
    _check_lr(lr);
    _check_eps(eps);
    _check_betas(betas);
    _check_not_negative("weight_decay", weight_decay);
    _check_not_negative("momentum_decay", momentum_decay);
    super(params, {
      lr,
      betas,
      eps,
      weight_decay,
      momentum_decay,
      decoupled_weight_decay,
      maximize,
      foreach,
      capturable,
      differentiable,
    });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { maximize: false, foreach: null, capturable: false });
      _setdefaults(group, { differentiable: false, decoupled_weight_decay: false });
      _steps_to_tensors(this.state, group, { keys: ["step", "mu_product"] });
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    exp_avgs: Tensor[],
    exp_avg_sqs: Tensor[],
    mu_products: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) throw new RuntimeError("NAdam does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        // On the CPU unless kernels need them: each operation would be a kernel of its own.
        const place = group.capturable ? p.device : "cpu";
        state.step = _scalar_tensor(0, _get_scalar_dtype(), place);
        state.mu_product = _scalar_tensor(1, _get_scalar_dtype(), place);
        state.exp_avg = _zeros_like(p);
        state.exp_avg_sq = _zeros_like(p);
      }
      exp_avgs.push(state.exp_avg);
      exp_avg_sqs.push(state.exp_avg_sq);
      mu_products.push(state.mu_product);
      state_steps.push(state.step);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], [], []];
        const [beta1, beta2] = group.betas;
        const has_complex = this._init_group(group, ...lists);
        _nadam(lists, {
          beta1,
          beta2,
          lr: group.lr,
          weight_decay: group.weight_decay,
          momentum_decay: group.momentum_decay,
          eps: group.eps,
          maximize: group.maximize,
          decoupled_weight_decay: group.decoupled_weight_decay,
          foreach: group.foreach,
          capturable: group.capturable,
          differentiable: group.differentiable,
          has_complex,
        });
      }
    });
  }
}

takeKeywords("NAdam", NAdam.prototype, { step: ["closure"] });

/**
 * NAdam: Adam with Nesterov's momentum.
 *
 * μₜ = β₁(1 - 0.96^(t · momentum_decay)/2); the step weighs the gradient with (1 - μₜ)/(1 - Πμ) and Adam's average of
 * gradients with μₜ₊₁/(1 - Πμ · μₜ₊₁).
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.NAdam.html}
 */
const CallableNAdam = callable(NAdam);
type CallableNAdam = NAdam;

export { CallableNAdam as NAdam };

/** params, grads, exp_avgs, exp_avg_sqs, mu_products, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of nadam(). */
export interface NAdamKeywords {
  decoupled_weight_decay?: boolean;
  foreach?: boolean | null;
  capturable?: boolean;
  differentiable?: boolean;
  has_complex?: boolean;
  maximize?: boolean;
  beta1: number;
  beta2: number;
  lr: Num;
  weight_decay: number;
  momentum_decay: number;
  eps: number;
}

type Options = Required<Omit<NAdamKeywords, "foreach">>;

const DEVICES = "params, mu_products and state_steps";

function _single_tensor_nadam(
  [params, grads, exp_avgs, exp_avg_sqs, mu_products, state_steps]: Lists,
  { beta1, beta2, weight_decay, momentum_decay, eps, maximize, capturable, differentiable, ...options }: Options,
): void {
  if (capturable) _check_capturable(DEVICES, [params, mu_products, state_steps]);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let exp_avg = exp_avgs[i];
    let exp_avg_sq = exp_avg_sqs[i];
    const mu_product = mu_products[i];
    const step_t = state_steps[i];

    if (param.dtype.is_complex) {
      param = torch.view_as_real(param);
      grad = torch.view_as_real(grad);
      exp_avg = torch.view_as_real(exp_avg);
      exp_avg_sq = torch.view_as_real(exp_avg_sq);
    }

    step_t.add_(1);
    const step = capturable ? step_t : _get_value(step_t);
    const bias_correction2 = sub(1, pow(beta2, step));

    if (weight_decay !== 0) {
      if (options.decoupled_weight_decay) param.mul_(sub(1, mul(lr, weight_decay)));
      else grad = grad.add(param, { alpha: weight_decay });
    }

    const momentum = (at: Num) => mul(sub(1.0, mul(pow(0.96, mul(at, momentum_decay)), 0.5)), beta1);
    const mu = momentum(step);
    const mu_next = momentum(add(step, 1));
    mu_product.mul_(mu);

    exp_avg.lerp_(grad, 1 - beta1);
    exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
    let denom = exp_avg_sq.div(bias_correction2).sqrt();

    if (differentiable || capturable) {
      // By products that autograd follows, and not by addcdiv's value.
      denom = denom.add(eps);
      const mu_product_next = mu_product.mul(mu_next);
      grad = grad.mul(div(mul(neg(lr), sub(1.0, mu)), sub(1.0, mu_product)));
      exp_avg = exp_avg.mul(div(mul(neg(lr), mu_next), sub(1.0, mu_product_next)));
      param.addcdiv_(grad, denom);
      param.addcdiv_(exp_avg, denom);
    } else {
      const product = _get_value(mu_product);
      const mu_product_next = mul(product, mu_next);
      denom.add_(eps);
      param.addcdiv_(grad, denom, { value: div(mul(neg(lr), sub(1.0, mu)), 1.0 - product) });
      param.addcdiv_(exp_avg, denom, { value: div(mul(neg(lr), mu_next), sub(1.0, mu_product_next)) });
    }
  });
}

function _multi_tensor_nadam(
  lists: Lists,
  { beta1, beta2, weight_decay, momentum_decay, eps, maximize, capturable, has_complex, ...options }: Options,
): void {
  const [params, , , , mu_products, state_steps] = lists;
  if (params.length === 0) return;
  _check_foreach(options.differentiable);
  if (capturable) _check_capturable(DEVICES, [params, mu_products, state_steps], false);
  const lr = _to_scalar(options.lr);

  _for_each_group(lists, ({ lists: grouped }) => {
    const [grouped_params, , grouped_exp_avgs, grouped_exp_avg_sqs, grouped_mu_products, grouped_state_steps] = grouped;
    let grouped_grads = grouped[1];
    if (has_complex) _view_as_real(grouped_params, grouped_grads, grouped_exp_avgs, grouped_exp_avg_sqs);

    if (maximize) grouped_grads = torch._foreach_neg(grouped_grads);

    _increment(grouped_state_steps);

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

    const exp_avg_sq_sqrt = torch._foreach_sqrt(grouped_exp_avg_sqs);
    if (capturable) {
      const momentum = (exponent: Tensor[]) => {
        const mus = torch._foreach_pow(0.96, exponent);
        torch._foreach_mul_(mus, -0.5);
        torch._foreach_add_(mus, 1.0);
        torch._foreach_mul_(mus, beta1);
        return mus;
      };
      const exponent = torch._foreach_mul(grouped_state_steps, momentum_decay);
      const mus = momentum(exponent);
      torch._foreach_add_(exponent, momentum_decay);
      const mu_nexts = momentum(exponent);

      const bias_correction_sqrt = torch._foreach_pow(beta2, grouped_state_steps);
      torch._foreach_sub_(bias_correction_sqrt, 1.0);
      torch._foreach_neg_(bias_correction_sqrt);
      torch._foreach_sqrt_(bias_correction_sqrt);

      torch._foreach_mul_(grouped_mu_products, mus);
      torch._foreach_div_(exp_avg_sq_sqrt, bias_correction_sqrt);
      torch._foreach_add_(exp_avg_sq_sqrt, eps);

      // -lr * (1 - mu) / (1 - mu_product)
      torch._foreach_sub_(mus, 1.0);
      torch._foreach_mul_(mus, lr);
      const product = torch._foreach_sub(grouped_mu_products, 1.0);
      torch._foreach_neg_(product);
      torch._foreach_div_(mus, product);

      // -lr * mu_next / (1 - mu_product * mu_next)
      const product_next = torch._foreach_mul(grouped_mu_products, mu_nexts);
      torch._foreach_mul_(mu_nexts, lr);
      torch._foreach_sub_(product_next, 1.0);
      torch._foreach_div_(mu_nexts, product_next);

      const numerator = torch._foreach_mul(mus, grouped_grads);
      torch._foreach_addcmul_(numerator, mu_nexts, grouped_exp_avgs);
      torch._foreach_addcdiv_(grouped_params, numerator, exp_avg_sq_sqrt);
    } else {
      const steps = _get_values(grouped_state_steps);
      const bias_correction_sqrt = steps.map((step) => pow(1 - pow(beta2, step), 0.5));
      const momentum = (step: number) => beta1 * (1.0 - 0.5 * pow(0.96, step * momentum_decay));
      const mus = steps.map(momentum);
      const mu_nexts = steps.map((step) => momentum(step + 1));

      torch._foreach_mul_(grouped_mu_products, mus);
      const products = _get_values(grouped_mu_products);

      torch._foreach_div_(exp_avg_sq_sqrt, bias_correction_sqrt);
      torch._foreach_add_(exp_avg_sq_sqrt, eps);

      const rate = _get_value(lr);
      const step_size_grads = products.map((product, i) => (-rate * (1.0 - mus[i])) / (1.0 - product));
      const step_size_expavg = products.map((product, i) => (-rate * mu_nexts[i]) / (1.0 - product * mu_nexts[i]));
      torch._foreach_addcdiv_(grouped_params, grouped_grads, exp_avg_sq_sqrt, step_size_grads);
      torch._foreach_addcdiv_(grouped_params, grouped_exp_avgs, exp_avg_sq_sqrt, step_size_expavg);
    }
  });
}

function _nadam(lists: Lists, keywords: NAdamKeywords): void {
  const { decoupled_weight_decay = false, capturable = false, differentiable = false } = keywords;
  const { has_complex = false, maximize = false } = keywords;
  _check_steps(lists[5]);
  _check_steps(lists[4], "mu_products");
  _update(lists, { ...keywords, decoupled_weight_decay, capturable, differentiable, has_complex, maximize }, keywords, {
    single: _single_tensor_nadam,
    multi: _multi_tensor_nadam,
    numbers: 2,
    sameBits: false,
  });
}

const functionParameters = [
  ...["params", "grads", "exp_avgs", "exp_avg_sqs", "mu_products", "state_steps"],
  ...["decoupled_weight_decay", "foreach", "capturable", "differentiable", "has_complex", "maximize"],
  ...["*", "beta1", "beta2", "lr", "weight_decay", "momentum_decay", "eps"],
];

/**
 * NAdam's update: changes parameters, averages, products and steps in place.
 *
 * Throws RuntimeError unless steps and products are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function nadam(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  exp_avgs: readonly Tensor[],
  exp_avg_sqs: readonly Tensor[],
  mu_products: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: NAdamKeywords,
): void;
export function nadam(...args: unknown[]): void {
  type Name = "params" | "grads" | "exp_avgs" | "exp_avg_sqs" | "mu_products" | "state_steps";
  const given = named<NAdamKeywords & Record<Name, Tensor[]>>("nadam", functionParameters, 6, args);
  const { params, grads, exp_avgs, exp_avg_sqs, mu_products, state_steps, ...keywords } = given;
  const { beta1, beta2, lr, weight_decay, momentum_decay, eps } = keywords;
  requireKeywords("nadam", { beta1, beta2, lr, weight_decay, momentum_decay, eps });
  _nadam([params, grads, exp_avgs, exp_avg_sqs, mu_products, state_steps], keywords);
}
