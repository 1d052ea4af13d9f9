// torch/optim/rmsprop.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _to_scalar, type Num, neg } from "./_scalar.js";
import {
  _check_capturable,
  _check_eps,
  _check_foreach,
  _check_lr,
  _check_not_negative,
  _check_steps,
  _for_each_group,
  _for_each_param,
  _get_scalar_dtype,
  _increment,
  _scalar_tensor,
  _setdefaults,
  _steps_to_tensors,
  _view_as_real,
  _zeros_like,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of RMSprop. */
export interface RMSpropOptions {
  /** Learning rate. @default 1e-2 */
  lr?: Num;
  /** Decay of the average of squares. @default 0.99 */
  alpha?: number;
  /** Added to the denominator. @default 1e-8 */
  eps?: number;
  /** L2 penalty. @default 0 */
  weight_decay?: number;
  /** Momentum factor. @default 0 */
  momentum?: number;
  /** Divides by the root of the variance instead. @default false */
  centered?: boolean;
  /** Keeps steps on the device, so that a CUDA graph can hold the update. @default false */
  capturable?: boolean;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
}

type RMSpropArguments = Arguments<
  [params: ParamsOr<RMSpropOptions>],
  [
    ...[lr: Num, alpha: number, eps: number, weight_decay: number, momentum: number, centered: boolean],
    ...[capturable: boolean, foreach: boolean | null, maximize: boolean, differentiable: boolean],
  ],
  RMSpropOptions
>;

const parameters = [
  ...["params", "lr", "alpha", "eps", "weight_decay", "momentum", "centered"],
  ...["capturable", "foreach", "maximize", "differentiable"],
];

class RMSprop extends Optimizer {
  constructor(...args: RMSpropArguments) {
    const given = named<RMSpropOptions & { params: ParamsT }>("RMSprop.__init__", parameters, 1, args);
    const { params, lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0, centered = false } = given;
    const { capturable = false, foreach = null, maximize = false, differentiable = false } = given;
    _check_lr(lr);
    _check_eps(eps);
    _check_not_negative("momentum", momentum);
    _check_not_negative("weight_decay", weight_decay);
    _check_not_negative("alpha", alpha);
    super(params, {
      lr,
      momentum,
      alpha,
      eps,
      centered,
      weight_decay,
      capturable,
      foreach,
      maximize,
      differentiable,
    });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { momentum: 0, centered: false, foreach: null });
      _setdefaults(group, { maximize: false, differentiable: false, capturable: false });
      _steps_to_tensors(this.state, group);
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    square_avgs: Tensor[],
    grad_avgs: Tensor[],
    momentum_buffer_list: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) throw new RuntimeError("RMSprop does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0, _get_scalar_dtype(), group.capturable ? p.device : "cpu");
        state.square_avg = _zeros_like(p);
        if (group.momentum > 0) state.momentum_buffer = _zeros_like(p);
        if (group.centered) state.grad_avg = _zeros_like(p);
      }
      square_avgs.push(state.square_avg);
      state_steps.push(state.step);
      if (group.momentum > 0) momentum_buffer_list.push(state.momentum_buffer);
      if (group.centered) grad_avgs.push(state.grad_avg);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], [], []];
        const has_complex = this._init_group(group, ...lists);
        _rmsprop(lists, {
          lr: group.lr,
          alpha: group.alpha,
          eps: group.eps,
          weight_decay: group.weight_decay,
          momentum: group.momentum,
          centered: group.centered,
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

takeKeywords("RMSprop", RMSprop.prototype, { step: ["closure"] });

/**
 * RMSprop: divides the gradient by the root of an average of its square.
 *
 * v ← αv + (1 - α)g²; b ← momentum · b + g/(√v + eps); θ ← θ - lr · b. With `centered`, v - ḡ² stands for v.
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.RMSprop.html}
 */
const CallableRMSprop = callable(RMSprop);
type CallableRMSprop = RMSprop;

export { CallableRMSprop as RMSprop };

/** params, grads, square_avgs, grad_avgs, momentum_buffer_list, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of rmsprop(). */
export interface RMSpropKeywords {
  foreach?: boolean | null;
  maximize?: boolean;
  differentiable?: boolean;
  capturable?: boolean;
  has_complex?: boolean;
  lr: Num;
  alpha: number;
  eps: number;
  weight_decay: number;
  momentum: number;
  centered: boolean;
}

type Options = Required<Omit<RMSpropKeywords, "foreach">>;

function _single_tensor_rmsprop(
  [params, grads, square_avgs, grad_avgs, momentum_buffer_list, state_steps]: Lists,
  { alpha, eps, weight_decay, momentum, centered, maximize, differentiable, capturable, ...options }: Options,
): void {
  if (capturable) _check_capturable("params and state_steps", [params, state_steps]);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let square_avg = square_avgs[i];

    state_steps[i].add_(1);

    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });

    const is_complex_param = param.dtype.is_complex;
    if (is_complex_param) {
      param = torch.view_as_real(param);
      grad = torch.view_as_real(grad);
      square_avg = torch.view_as_real(square_avg);
    }

    square_avg.mul_(alpha).addcmul_(grad, grad, { value: 1 - alpha });

    let avg: Tensor;
    if (centered) {
      const grad_avg = is_complex_param ? torch.view_as_real(grad_avgs[i]) : grad_avgs[i];
      grad_avg.lerp_(grad, 1 - alpha);
      avg = square_avg.addcmul(grad_avg, grad_avg, { value: -1 }).sqrt_();
    } else {
      avg = square_avg.sqrt();
    }
    avg = differentiable ? avg.add(eps) : avg.add_(eps);

    if (momentum > 0) {
      const buf = is_complex_param ? torch.view_as_real(momentum_buffer_list[i]) : momentum_buffer_list[i];
      buf.mul_(momentum).addcdiv_(grad, avg);
      param.add_(buf, { alpha: neg(lr) });
    } else {
      param.addcdiv_(grad, avg, { value: neg(lr) });
    }
  });
}

function _multi_tensor_rmsprop(
  lists: Lists,
  { alpha, eps, weight_decay, momentum, centered, maximize, capturable, has_complex, ...options }: Options,
): void {
  if (lists[0].length === 0) return;
  _check_foreach(options.differentiable);
  if (capturable) _check_capturable("params and state_steps", [lists[0], lists[5]]);
  const lr = _to_scalar(options.lr);

  _for_each_group(lists, ({ lists: grouped }) => {
    const [grouped_params, , grouped_square_avgs, grouped_grad_avgs, grouped_momentum_buffer_list] = grouped;
    let grouped_grads = grouped[1];

    if (has_complex) {
      const state_and_grads = [grouped_grads, grouped_square_avgs];
      if (momentum > 0) state_and_grads.push(grouped_momentum_buffer_list);
      if (centered) state_and_grads.push(grouped_grad_avgs);
      _view_as_real(grouped_params, ...state_and_grads);
    }

    if (maximize) grouped_grads = torch._foreach_neg(grouped_grads);

    _increment(grouped[5]);

    if (weight_decay !== 0) {
      // Reuse the memory that maximize allocated.
      if (maximize) torch._foreach_add_(grouped_grads, grouped_params, { alpha: weight_decay });
      else grouped_grads = torch._foreach_add(grouped_grads, grouped_params, { alpha: weight_decay });
    }

    torch._foreach_mul_(grouped_square_avgs, alpha);
    torch._foreach_addcmul_(grouped_square_avgs, grouped_grads, grouped_grads, 1 - alpha);

    let avg: Tensor[];
    if (centered) {
      torch._foreach_lerp_(grouped_grad_avgs, grouped_grads, 1 - alpha);
      avg = torch._foreach_addcmul(grouped_square_avgs, grouped_grad_avgs, grouped_grad_avgs, -1);
      torch._foreach_sqrt_(avg);
    } else {
      avg = torch._foreach_sqrt(grouped_square_avgs);
    }
    torch._foreach_add_(avg, eps);

    // While a CUDA graph is captured, the value of a tensor cannot be read.
    const onDevice = capturable && lr instanceof Tensor;
    if (momentum > 0) {
      torch._foreach_mul_(grouped_momentum_buffer_list, momentum);
      torch._foreach_addcdiv_(grouped_momentum_buffer_list, grouped_grads, avg);
      if (onDevice) {
        torch._foreach_add_(grouped_params, torch._foreach_mul(grouped_momentum_buffer_list, lr.neg()));
      } else {
        torch._foreach_add_(grouped_params, grouped_momentum_buffer_list, { alpha: neg(lr) });
      }
    } else if (onDevice) {
      torch._foreach_div_(avg, lr.neg());
      torch._foreach_addcdiv_(grouped_params, grouped_grads, avg, 1);
    } else {
      torch._foreach_addcdiv_(grouped_params, grouped_grads, avg, { value: neg(lr) });
    }
  });
}

function _rmsprop(lists: Lists, keywords: RMSpropKeywords): void {
  const { maximize = false, differentiable = false, capturable = false, has_complex = false } = keywords;
  _check_steps(lists[5]);
  _update(lists, { ...keywords, maximize, differentiable, capturable, has_complex }, keywords, {
    single: _single_tensor_rmsprop,
    multi: _multi_tensor_rmsprop,
    numbers: 1,
  });
}

const functionParameters = [
  ...["params", "grads", "square_avgs", "grad_avgs", "momentum_buffer_list", "state_steps"],
  ...["foreach", "maximize", "differentiable", "capturable", "has_complex"],
  ...["*", "lr", "alpha", "eps", "weight_decay", "momentum", "centered"],
];

/**
 * RMSprop's update: changes parameters, averages, momentum and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function rmsprop(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  square_avgs: readonly Tensor[],
  grad_avgs: readonly Tensor[],
  momentum_buffer_list: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: RMSpropKeywords,
): void;
export function rmsprop(...args: unknown[]): void {
  type Name = "params" | "grads" | "square_avgs" | "grad_avgs" | "momentum_buffer_list" | "state_steps";
  const given = named<RMSpropKeywords & Record<Name, Tensor[]>>("rmsprop", functionParameters, 6, args);
  const { params, grads, square_avgs, grad_avgs, momentum_buffer_list, state_steps, ...keywords } = given;
  const { lr, alpha, eps, weight_decay, momentum, centered } = keywords;
  requireKeywords("rmsprop", { lr, alpha, eps, weight_decay, momentum, centered });
  _rmsprop([params, grads, square_avgs, grad_avgs, momentum_buffer_list, state_steps], keywords);
}
