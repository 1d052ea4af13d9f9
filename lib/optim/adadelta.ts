// torch/optim/adadelta.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
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
  _text,
  _view_as_real,
  _zeros_like,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of Adadelta. */
export interface AdadeltaOptions {
  /** Factor of the step. @default 1.0 */
  lr?: Num;
  /** Decay of the averages of squares. @default 0.9 */
  rho?: number;
  /** Added to the averages. @default 1e-6 */
  eps?: number;
  /** L2 penalty. @default 0 */
  weight_decay?: number;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Keeps steps on the device, so that a CUDA graph can hold the update. @default false */
  capturable?: boolean;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
}

type AdadeltaArguments = Arguments<
  [params: ParamsOr<AdadeltaOptions>],
  [lr: Num, rho: number, eps: number, weight_decay: number, foreach: boolean | null],
  AdadeltaOptions
>;

const parameters = [
  ...["params", "lr", "rho", "eps", "weight_decay", "foreach"],
  ...["*", "capturable", "maximize", "differentiable"],
];

class Adadelta extends Optimizer {
  constructor(...args: AdadeltaArguments) {
    const given = named<AdadeltaOptions & { params: ParamsT }>("Adadelta.__init__", parameters, 1, args);
    const { params, lr = 1.0, rho = 0.9, eps = 1e-6, weight_decay = 0, foreach = null } = given;
    const { capturable = false, maximize = false, differentiable = false } = given;
    _check_lr(lr);
    if (!(rho >= 0 && rho <= 1)) throw new ValueError(`Invalid rho value: ${_text(rho)}`);
    _check_eps(eps);
    _check_not_negative("weight_decay", weight_decay);
    super(params, { lr, rho, eps, weight_decay, maximize, capturable, foreach, differentiable });
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
    square_avgs: Tensor[],
    acc_deltas: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      if (grad.is_sparse) throw new RuntimeError("Adadelta does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0, _get_scalar_dtype(), group.capturable ? p.device : "cpu");
        state.square_avg = _zeros_like(p);
        state.acc_delta = _zeros_like(p);
      }
      square_avgs.push(state.square_avg);
      acc_deltas.push(state.acc_delta);
      state_steps.push(state.step);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], []];
        const has_complex = this._init_group(group, ...lists);
        _adadelta(lists, {
          lr: group.lr,
          rho: group.rho,
          eps: group.eps,
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

takeKeywords("Adadelta", Adadelta.prototype, { step: ["closure"] });

/**
 * Adadelta: steps as long as the average of the steps before, so that it hardly needs a learning rate.
 *
 * v ← ρv + (1 - ρ)g²; Δ ← √(u + eps)/√(v + eps) · g; u ← ρu + (1 - ρ)Δ²; θ ← θ - lr · Δ.
 *
 * Throws ValueError for hyperparameters out of their range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Adadelta.html}
 */
const CallableAdadelta = callable(Adadelta);
type CallableAdadelta = Adadelta;

export { CallableAdadelta as Adadelta };

/** params, grads, square_avgs, acc_deltas, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of adadelta(). */
export interface AdadeltaKeywords {
  capturable?: boolean;
  foreach?: boolean | null;
  differentiable?: boolean;
  has_complex?: boolean;
  lr: Num;
  rho: number;
  eps: number;
  weight_decay: number;
  maximize: boolean;
}

type Options = Required<Omit<AdadeltaKeywords, "foreach">>;

function _single_tensor_adadelta(
  [params, grads, square_avgs, acc_deltas, state_steps]: Lists,
  { rho, eps, weight_decay, maximize, differentiable, capturable, ...options }: Options,
): void {
  if (capturable) _check_capturable("params and state_steps", [params, state_steps], false);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (param, i) => {
    let grad = grads[i];
    let square_avg = square_avgs[i];
    let acc_delta = acc_deltas[i];
    state_steps[i].add_(1);
    if (maximize) grad = grad.neg();
    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
    const is_complex = param.dtype.is_complex;
    if (is_complex) {
      square_avg = torch.view_as_real(square_avg);
      acc_delta = torch.view_as_real(acc_delta);
      grad = torch.view_as_real(grad);
    }

    square_avg.mul_(rho).addcmul_(grad, grad, { value: 1 - rho });
    const std = square_avg.add(eps).sqrt_();
    let delta = acc_delta.add(eps).sqrt_();
    if (differentiable) delta = delta.clone();
    delta.div_(std).mul_(grad);
    acc_delta.mul_(rho).addcmul_(delta, delta, { value: 1 - rho });

    if (is_complex) delta = torch.view_as_complex(delta);
    param.add_(delta, { alpha: neg(lr) });
  });
}

function _multi_tensor_adadelta(
  lists: Lists,
  { rho, eps, weight_decay, maximize, capturable, has_complex, ...options }: Options,
): void {
  _check_foreach(options.differentiable);
  if (capturable) _check_capturable("params and state_steps", [lists[0], lists[4]], false);
  if (lists[0].length === 0) return;
  const lr = _to_scalar(options.lr);

  _for_each_group(lists, ({ lists: grouped }) => {
    const [device_params, , device_square_avgs, device_acc_deltas, device_state_steps] = grouped;
    let device_grads = grouped[1];
    if (has_complex) _view_as_real(device_params, device_grads, device_square_avgs, device_acc_deltas);

    _increment(device_state_steps);

    if (maximize) device_grads = torch._foreach_neg(device_grads);

    if (weight_decay !== 0) {
      // Reuse the memory that maximize allocated.
      if (maximize) torch._foreach_add_(device_grads, device_params, { alpha: weight_decay });
      else device_grads = torch._foreach_add(device_grads, device_params, { alpha: weight_decay });
    }

    torch._foreach_mul_(device_square_avgs, rho);
    torch._foreach_addcmul_(device_square_avgs, device_grads, device_grads, 1 - rho);

    const std = torch._foreach_add(device_square_avgs, eps);
    torch._foreach_sqrt_(std);

    const deltas = torch._foreach_add(device_acc_deltas, eps);
    torch._foreach_sqrt_(deltas);
    torch._foreach_div_(deltas, std);
    torch._foreach_mul_(deltas, device_grads);

    torch._foreach_mul_(device_acc_deltas, rho);
    torch._foreach_addcmul_(device_acc_deltas, deltas, deltas, 1 - rho);

    if (capturable && lr instanceof Tensor) {
      torch._foreach_mul_(deltas, lr.neg());
      torch._foreach_add_(device_params, deltas);
    } else {
      torch._foreach_add_(device_params, deltas, { alpha: neg(lr) });
    }
  });
}

function _adadelta(lists: Lists, keywords: AdadeltaKeywords): void {
  const { capturable = false, differentiable = false, has_complex = false } = keywords;
  _check_steps(lists[4]);
  _update(lists, { ...keywords, capturable, differentiable, has_complex }, keywords, {
    single: _single_tensor_adadelta,
    multi: _multi_tensor_adadelta,
    numbers: 1,
  });
}

const functionParameters = [
  ...["params", "grads", "square_avgs", "acc_deltas", "state_steps"],
  ...["capturable", "foreach", "differentiable", "has_complex", "*", "lr", "rho", "eps", "weight_decay", "maximize"],
];

/**
 * Adadelta's update: changes parameters, averages and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function adadelta(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  square_avgs: readonly Tensor[],
  acc_deltas: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: AdadeltaKeywords,
): void;
export function adadelta(...args: unknown[]): void {
  type Given = AdadeltaKeywords & Record<"params" | "grads" | "square_avgs" | "acc_deltas" | "state_steps", Tensor[]>;
  const given = named<Given>("adadelta", functionParameters, 5, args);
  const { params, grads, square_avgs, acc_deltas, state_steps, ...keywords } = given;
  const { lr, rho, eps, weight_decay, maximize } = keywords;
  requireKeywords("adadelta", { lr, rho, eps, weight_decay, maximize });
  _adadelta([params, grads, square_avgs, acc_deltas, state_steps], keywords);
}
