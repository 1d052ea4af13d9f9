// torch/optim/adam.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, div, mul, type Num, neg, pow, sub } from "./_scalar.js";
import {
  _check_betas,
  _check_capturable,
  _check_eps,
  _check_foreach,
  _check_lr,
  _check_not_negative,
  _check_steps,
  _check_unscaled,
  _device_dtype_check_for_fused,
  _for_each_group,
  _for_each_param,
  _get_scalar_dtype,
  _get_values,
  _group_tensors_by_device_and_dtype,
  _increment,
  _scalar_tensor,
  _setdefaults,
  _steps_to_tensors,
  _view_as_real,
  _zeros_like,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of Adam. */
export interface AdamOptions {
  /** Learning rate; as a tensor it needs `capturable` or `fused`, or one call for each parameter. @default 1e-3 */
  lr?: Num;
  /** Decay of the averages of the gradient and of its square. @default [0.9, 0.999] */
  betas?: readonly [Num, Num];
  /** Added to the denominator. @default 1e-8 */
  eps?: number;
  /** L2 penalty, or with `decoupled_weight_decay` the decay of the weights themselves. @default 0 */
  weight_decay?: number;
  /** The AMSGrad variant. @default false */
  amsgrad?: boolean;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Keeps steps on the device, so that a CUDA graph can hold the update. @default false */
  capturable?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
  /** One kernel for the whole step. @default null */
  fused?: boolean | null;
  /** Makes it AdamW. @default false */
  decoupled_weight_decay?: boolean;
}

type AdamArguments = Arguments<
  [params: ParamsOr<AdamOptions>],
  [lr: Num, betas: readonly [Num, Num], eps: number, weight_decay: number, amsgrad: boolean],
  AdamOptions
>;

const parameters = [
  ...["params", "lr", "betas", "eps", "weight_decay", "amsgrad"],
  ...["*", "foreach", "maximize", "capturable", "differentiable", "fused", "decoupled_weight_decay"],
];

class Adam extends Optimizer {
  constructor(...args: AdamArguments) {
    const given = named<AdamOptions & { params: ParamsT }>("Adam.__init__", parameters, 1, args);
    const { params, lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weight_decay = 0, amsgrad = false } = given;
    const { foreach = null, maximize = false, capturable = false, differentiable = false, fused = null } = given;
    const { decoupled_weight_decay = false } = given;
    if (lr instanceof Tensor && foreach && !capturable) {
      throw new ValueError("lr as a Tensor is not supported for capturable=False and foreach=True");
    }
    _check_lr(lr);
    _check_eps(eps);
    _check_betas(betas);
    _check_not_negative("weight_decay", weight_decay);
    if (betas[0] instanceof Tensor !== betas[1] instanceof Tensor) {
      throw new ValueError("betas must be either both floats or both Tensors");
    }
    for (const index of [0, 1]) {
      const beta = betas[index];
      if (!(beta instanceof Tensor)) continue;
      if (!capturable && foreach) {
        throw new ValueError(`betas[${index}] as a Tensor is not supported for capturable=False and foreach=True`);
      }
      if (beta.numel() !== 1) throw new ValueError(`Tensor betas[${index}] must be 1-element`);
    }
    super(params, {
      lr,
      betas: betas.map(_to_scalar),
      eps,
      weight_decay,
      amsgrad,
      maximize,
      foreach,
      capturable,
      differentiable,
      fused,
      decoupled_weight_decay,
    });

    if (fused) {
      if (differentiable) throw new RuntimeError("`fused` does not support `differentiable`");
      this._step_supports_amp_scaling = true;
      if (foreach) throw new RuntimeError("`fused` and `foreach` cannot be `True` together.");
    }
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { amsgrad: false, maximize: false, foreach: null, capturable: false, differentiable: false });
      _setdefaults(group, { decoupled_weight_decay: false, fused: null });
      _steps_to_tensors(this.state, group, { on_device: group.capturable || group.fused, is_fused: group.fused });
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    exp_avgs: Tensor[],
    exp_avg_sqs: Tensor[],
    max_exp_avg_sqs: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) {
        throw new RuntimeError("Adam does not support sparse gradients, please consider SparseAdam instead");
      }
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        if (group.fused) _device_dtype_check_for_fused(p);
        // On the CPU unless kernels need it: each addition would be a kernel of its own.
        const hosted = group.capturable || group.fused;
        state.step = _scalar_tensor(0, _get_scalar_dtype(group.fused), hosted ? p.device : "cpu");
        state.exp_avg = _zeros_like(p);
        state.exp_avg_sq = _zeros_like(p);
        if (group.amsgrad) state.max_exp_avg_sq = _zeros_like(p);
      }

      exp_avgs.push(state.exp_avg);
      exp_avg_sqs.push(state.exp_avg_sq);
      if (group.amsgrad) max_exp_avg_sqs.push(state.max_exp_avg_sq);
      if (group.differentiable && state.step.requires_grad) {
        throw new RuntimeError("`requires_grad` is not supported for `step` in differentiable mode");
      }
      if (group.foreach && group.lr instanceof Tensor && !group.capturable) {
        throw new RuntimeError("lr as a Tensor is not supported for capturable=False and foreach=True");
      }
      state_steps.push(state.step);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const params_with_grad: Tensor[] = [];
        const grads: Tensor[] = [];
        const exp_avgs: Tensor[] = [];
        const exp_avg_sqs: Tensor[] = [];
        const max_exp_avg_sqs: Tensor[] = [];
        const state_steps: Tensor[] = [];
        const [beta1, beta2] = group.betas;
        const lists: Lists = [params_with_grad, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps];
        const has_complex = this._init_group(group, ...lists);

        _adam(lists, {
          amsgrad: group.amsgrad,
          has_complex,
          beta1,
          beta2,
          lr: group.lr,
          weight_decay: group.weight_decay,
          eps: group.eps,
          maximize: group.maximize,
          foreach: group.foreach,
          capturable: group.capturable,
          differentiable: group.differentiable,
          fused: group.fused,
          grad_scale: this.grad_scale,
          found_inf: this.found_inf,
          decoupled_weight_decay: group.decoupled_weight_decay,
        });
      }
    });
  }
}

takeKeywords("Adam", Adam.prototype, { step: ["closure"] });

/**
 * Adam: steps by averages of the gradient, divided by the root of averages of its square.
 *
 * m ← β₁m + (1 - β₁)g; v ← β₂v + (1 - β₂)g²; θ ← θ - lr · m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + eps).
 *
 * Throws ValueError for hyperparameters out of their range, and RuntimeError for options that exclude each other and, in
 * `step()`, for sparse gradients.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Adam.html}
 */
const CallableAdam = callable(Adam);
type CallableAdam = Adam;

export { CallableAdam as Adam };

/** @internal params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps */
export type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of adamw(). */
export interface AdamWKeywords {
  foreach?: boolean | null;
  capturable?: boolean;
  differentiable?: boolean;
  fused?: boolean | null;
  grad_scale?: Tensor | null;
  found_inf?: Tensor | null;
  has_complex?: boolean;
  amsgrad: boolean;
  beta1: Num;
  beta2: Num;
  lr: Num;
  weight_decay: Num;
  eps: number;
  maximize: boolean;
}

/** The keyword arguments of adam(). */
export interface AdamKeywords extends AdamWKeywords {
  decoupled_weight_decay?: boolean;
}

type Options = Required<Omit<AdamKeywords, "foreach" | "fused">>;

function _single_tensor_adam(
  [params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps]: Lists,
  { grad_scale, found_inf, amsgrad, weight_decay, eps, maximize, capturable, differentiable, ...options }: Options,
): void {
  _check_unscaled(grad_scale, found_inf);
  if (capturable) _check_capturable("params and state_steps", [params, state_steps]);
  const lr = _to_scalar(options.lr);
  const beta1 = _to_scalar(options.beta1);
  const beta2 = _to_scalar(options.beta2);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let exp_avg = exp_avgs[i];
    let exp_avg_sq = exp_avg_sqs[i];
    let max_exp_avg_sq = max_exp_avg_sqs[i];
    const step_t = state_steps[i];

    step_t.add_(1);

    if (_get_value(weight_decay) !== 0) {
      if (options.decoupled_weight_decay) {
        param.mul_(sub(1, mul(lr, weight_decay)));
      } else if (differentiable && weight_decay instanceof Tensor && weight_decay.requires_grad) {
        grad = grad.addcmul_(param.clone(), weight_decay);
      } else {
        grad = grad.add(param, { alpha: weight_decay });
      }
    }

    if (param.dtype.is_complex) {
      grad = torch.view_as_real(grad);
      exp_avg = torch.view_as_real(exp_avg);
      exp_avg_sq = torch.view_as_real(exp_avg_sq);
      if (amsgrad) max_exp_avg_sq = torch.view_as_real(max_exp_avg_sq);
      param = torch.view_as_real(param);
    }

    const { device, dtype } = param;
    const device_beta1 = beta1 instanceof Tensor ? beta1.to({ device, dtype, non_blocking: true }) : beta1;

    exp_avg.lerp_(grad, sub(1, device_beta1));
    if (differentiable && beta2 instanceof Tensor && beta2.requires_grad) {
      // addcmul's value cannot be a tensor that needs a gradient: v + (g² - v)(1 - β₂) is the same.
      exp_avg_sq.lerp_(grad.square(), sub(1, beta2));
    } else {
      exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: sub(1, beta2) });
    }

    if (capturable || differentiable) {
      const stepFor = (beta: Num) => (beta instanceof Tensor && beta.requires_grad ? step_t.clone() : step_t);
      const bias_correction1 = sub(1, pow(beta1, stepFor(beta1))) as Tensor;
      const bias_correction2 = sub(1, pow(beta2, stepFor(beta2))) as Tensor;

      const step_size_neg = (div(lr, bias_correction1) as Tensor).neg();
      const bias_correction2_sqrt = bias_correction2.sqrt();

      let squares = exp_avg_sq;
      if (amsgrad) {
        max_exp_avg_sq.copy_(torch.maximum(differentiable ? max_exp_avg_sq.clone() : max_exp_avg_sq, exp_avg_sq));
        squares = max_exp_avg_sq;
      }
      // The step size goes into the denominator: addcdiv's value cannot be a tensor.
      const denom = squares.sqrt().div(bias_correction2_sqrt.mul(step_size_neg)).add_(div(eps, step_size_neg));
      param.addcdiv_(differentiable ? exp_avg.clone() : exp_avg, denom);
    } else {
      const step = _get_value(step_t);
      const bias_correction1 = sub(1, pow(beta1, step));
      const bias_correction2 = sub(1, pow(beta2, step));
      const step_size = div(lr, bias_correction1);
      const bias_correction2_sqrt = pow(bias_correction2, 0.5);

      if (amsgrad) torch.maximum(max_exp_avg_sq, exp_avg_sq, { out: max_exp_avg_sq });
      const squares = amsgrad ? max_exp_avg_sq : exp_avg_sq;
      const denom = squares.sqrt().div(bias_correction2_sqrt).add_(eps);
      param.addcdiv_(exp_avg, denom, { value: neg(step_size) });
    }
  });
}

function checkTensor(
  name: string,
  value: Num,
  capturable: boolean,
  error: typeof ValueError | typeof RuntimeError,
): void {
  if (!(value instanceof Tensor)) return;
  if (!capturable) throw new error(`${name} as a Tensor is not supported for capturable=False and foreach=True`);
  if (value.numel() !== 1) throw new ValueError(`Tensor ${name} must be 1-element`);
}

function _multi_tensor_adam(
  lists: Lists,
  { amsgrad, has_complex, weight_decay, eps, maximize, capturable, decoupled_weight_decay, ...options }: Options,
): void {
  const [params] = lists;
  const state_steps = lists[5];
  if (params.length === 0) return;
  checkTensor("lr", options.lr, capturable, RuntimeError);
  checkTensor("beta1", options.beta1, capturable, ValueError);
  checkTensor("beta2", options.beta2, capturable, ValueError);
  if (capturable) _check_capturable("params and state_steps", [params, state_steps], false);
  _check_foreach(options.differentiable, options.grad_scale, options.found_inf);

  const lr = _to_scalar(options.lr);
  const beta1 = _to_scalar(options.beta1);
  const beta2 = _to_scalar(options.beta2);

  _for_each_group(lists, ({ device, lists: grouped }) => {
    const [device_params, , device_exp_avgs, device_exp_avg_sqs, device_max_exp_avg_sqs, device_state_steps] = grouped;
    let device_grads = grouped[1];
    const onDevice = beta1 instanceof Tensor && beta1.device.type !== "cpu";
    const device_beta1 = onDevice ? beta1.to({ device, non_blocking: true }) : beta1;

    if (has_complex) {
      const states = [device_exp_avgs, device_exp_avg_sqs];
      if (amsgrad) states.push(device_max_exp_avg_sqs);
      _view_as_real(device_params, device_grads, ...states);
    }

    if (maximize) device_grads = torch._foreach_neg(device_grads);

    _increment(device_state_steps);

    if (_get_value(weight_decay) !== 0) {
      if (decoupled_weight_decay) {
        torch._foreach_mul_(device_params, sub(1, mul(lr, weight_decay)));
      } else if (maximize) {
        // Reuse the memory that maximize allocated.
        torch._foreach_add_(device_grads, device_params, { alpha: weight_decay });
      } else {
        device_grads = torch._foreach_add(device_grads, device_params, { alpha: weight_decay });
      }
    }

    torch._foreach_lerp_(device_exp_avgs, device_grads, sub(1, device_beta1));

    torch._foreach_mul_(device_exp_avg_sqs, beta2);
    if (beta2 instanceof Tensor) {
      const scaled_device_grads = torch._foreach_mul(device_grads, sub(1, beta2));
      torch._foreach_addcmul_(device_exp_avg_sqs, scaled_device_grads, device_grads, 1);
    } else {
      torch._foreach_addcmul_(device_exp_avg_sqs, device_grads, device_grads, 1 - beta2);
    }

    if (amsgrad) torch._foreach_maximum_(device_max_exp_avg_sqs, device_exp_avg_sqs);
    const exp_avg_sq_sqrt = torch._foreach_sqrt(amsgrad ? device_max_exp_avg_sqs : device_exp_avg_sqs);

    if (capturable) {
      const bias_correction1 = torch._foreach_pow(beta1, device_state_steps);
      const bias_correction2 = torch._foreach_pow(beta2, device_state_steps);
      torch._foreach_sub_(bias_correction1, 1);
      torch._foreach_sub_(bias_correction2, 1);
      // The first stays negative, as the step size is to be.
      torch._foreach_neg_(bias_correction2);

      torch._foreach_div_(bias_correction1, lr);
      torch._foreach_reciprocal_(bias_correction1);
      torch._foreach_sqrt_(bias_correction2);

      torch._foreach_div_(exp_avg_sq_sqrt, bias_correction2);
      torch._foreach_add_(exp_avg_sq_sqrt, eps);
      torch._foreach_div_(exp_avg_sq_sqrt, bias_correction1);
      torch._foreach_addcdiv_(device_params, device_exp_avgs, exp_avg_sq_sqrt);
    } else {
      const steps = _get_values(device_state_steps);
      // Without capturable, none of these is a tensor.
      const step_size = steps.map((step) => -((lr as number) / (1 - pow(beta1 as number, step))));
      const bias_correction2_sqrt = steps.map((step) => pow(1 - pow(beta2 as number, step), 0.5));

      torch._foreach_div_(exp_avg_sq_sqrt, bias_correction2_sqrt);
      torch._foreach_add_(exp_avg_sq_sqrt, eps);
      torch._foreach_addcdiv_(device_params, device_exp_avgs, exp_avg_sq_sqrt, step_size);
    }
  });
}

function _fused_adam(
  lists: Lists,
  { grad_scale, found_inf, amsgrad, weight_decay, eps, maximize, differentiable, ...options }: Options,
): void {
  if (lists[0].length === 0) return;
  if (differentiable) throw new RuntimeError("Adam with fused=True does not support differentiable=True");
  const beta1 = _to_scalar(options.beta1);
  const beta2 = _to_scalar(options.beta2);

  for (const { device, lists: grouped } of _group_tensors_by_device_and_dtype(lists)) {
    const [device_params, device_grads, device_exp_avgs, device_exp_avg_sqs, device_max_exp_avg_sqs] = grouped;
    const device_state_steps = grouped[5];
    const device_found_inf = found_inf?.to({ device, non_blocking: true }) ?? null;
    const onDevice = options.lr instanceof Tensor && options.lr.device.type !== "cpu";
    const lr = onDevice ? (options.lr as Tensor).to({ device, non_blocking: true }) : options.lr;
    torch._foreach_add_(device_state_steps, 1);
    const func = options.decoupled_weight_decay ? torch._fused_adamw_ : torch._fused_adam_;
    func(device_params, device_grads, device_exp_avgs, device_exp_avg_sqs, device_max_exp_avg_sqs, device_state_steps, {
      amsgrad,
      lr,
      beta1,
      beta2,
      weight_decay,
      eps,
      maximize,
      grad_scale: grad_scale?.to({ device, non_blocking: true }) ?? null,
      found_inf: device_found_inf,
    });
    if (device_found_inf !== null) {
      torch._foreach_sub_(device_state_steps, new Array<Tensor>(device_state_steps.length).fill(device_found_inf));
    }
  }
}

/** @internal The update, by the implementation that the keywords choose. */
export function _adam(lists: Lists, keywords: AdamKeywords): void {
  const { capturable = false, differentiable = false, has_complex = false, decoupled_weight_decay = false } = keywords;
  const { grad_scale = null, found_inf = null } = keywords;
  const options = {
    ...keywords,
    capturable,
    differentiable,
    has_complex,
    decoupled_weight_decay,
    grad_scale,
    found_inf,
  };
  _check_steps(lists[5]);
  const hasTensor = [keywords.lr, keywords.beta1, keywords.beta2].some((value) => value instanceof Tensor);
  _update(lists, options, keywords, {
    single: _single_tensor_adam,
    multi: _multi_tensor_adam,
    one: _fused_adam,
    numbers: 1,
    able: !hasTensor || capturable,
  });
}

/** @internal The parameters of adam() and adamw() by name. */
export const functionParameters = [
  ...["params", "grads", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs", "state_steps"],
  ...["foreach", "capturable", "differentiable", "fused", "grad_scale", "found_inf", "has_complex"],
];

/** @internal */
export const functionKeywords = ["*", "amsgrad", "beta1", "beta2", "lr", "weight_decay", "eps", "maximize"];

type Given = AdamKeywords & {
  params: Tensor[];
  grads: Tensor[];
  exp_avgs: Tensor[];
  exp_avg_sqs: Tensor[];
  max_exp_avg_sqs: Tensor[];
  state_steps: Tensor[];
};

/** @internal Reads the arguments of adam() or adamw(). */
export function _bind(name: string, names: readonly string[], args: readonly unknown[]): [Lists, AdamKeywords] {
  const given = named<Given>(name, names, 6, args);
  const { params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, ...keywords } = given;
  const { amsgrad, beta1, beta2, lr, weight_decay, eps, maximize } = keywords;
  requireKeywords(name, { amsgrad, beta1, beta2, lr, weight_decay, eps, maximize });
  return [[params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps], keywords];
}

/**
 * Adam's update: changes parameters, averages and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function adam(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  exp_avgs: readonly Tensor[],
  exp_avg_sqs: readonly Tensor[],
  max_exp_avg_sqs: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: AdamKeywords,
): void;
export function adam(...args: unknown[]): void {
  _adam(..._bind("adam", [...functionParameters, "decoupled_weight_decay", ...functionKeywords], args));
}
