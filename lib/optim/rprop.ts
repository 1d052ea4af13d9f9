// torch/optim/rprop.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { Complex } from "../python/complex.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, type Num } from "./_scalar.js";
import {
  _check_capturable,
  _check_foreach,
  _check_lr,
  _check_steps,
  _for_each_group,
  _for_each_param,
  _get_scalar_dtype,
  _increment,
  _kept,
  _scalar_tensor,
  _setdefaults,
  _steps_to_tensors,
  _text,
  _view_as_real,
  _zeros_like,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of Rprop. */
export interface RpropOptions {
  /** Size of the first step. @default 1e-2 */
  lr?: Num;
  /** Factors of the step size when the gradient's sign changes, and when it does not. @default [0.5, 1.2] */
  etas?: readonly [number, number];
  /** The smallest and the largest step size. @default [1e-6, 50] */
  step_sizes?: readonly [number, number];
  /** Keeps steps on the device, so that a CUDA graph can hold the update. @default false */
  capturable?: boolean;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
}

type RpropArguments = Arguments<
  [params: ParamsOr<RpropOptions>],
  [lr: Num, etas: readonly [number, number], step_sizes: readonly [number, number]],
  RpropOptions
>;

const parameters = [
  ...["params", "lr", "etas", "step_sizes"],
  ...["*", "capturable", "foreach", "maximize", "differentiable"],
];

class Rprop extends Optimizer {
  constructor(...args: RpropArguments) {
    const given = named<RpropOptions & { params: ParamsT }>("Rprop.__init__", parameters, 1, args);
    const { params, lr = 1e-2, etas = [0.5, 1.2], step_sizes = [1e-6, 50] } = given;
    const { capturable = false, foreach = null, maximize = false, differentiable = false } = given;
    _check_lr(lr);
    if (!(etas[0] > 0 && etas[0] < 1 && etas[1] > 1)) {
      throw new ValueError(`Invalid eta values: ${_text(etas[0])}, ${_text(etas[1])}`);
    }
    super(params, { lr, etas, step_sizes, foreach, maximize, differentiable, capturable });
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
    params: Tensor[],
    grads: Tensor[],
    prevs: Tensor[],
    step_sizes: Tensor[],
    state_steps: Tensor[],
  ): boolean {
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      has_complex ||= p.dtype.is_complex;
      params.push(p);
      if (grad.is_sparse) throw new RuntimeError("Rprop does not support sparse gradients");
      grads.push(grad);

      const state = this.state.get(p);
      if (state.step === undefined) {
        state.step = _scalar_tensor(0, _get_scalar_dtype(), group.capturable ? p.device : "cpu");
        state.prev = _zeros_like(p);
        const lr = _get_value(group.lr);
        // The imaginary parts count as numbers of their own.
        state.step_size = _kept(() => torch.full_like(grad, p.dtype.is_complex ? new Complex(lr, lr) : lr));
      }
      prevs.push(state.prev);
      step_sizes.push(state.step_size);
      state_steps.push(state.step);
    }
    return has_complex;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], [], []];
        const [etaminus, etaplus] = group.etas;
        const [step_size_min, step_size_max] = group.step_sizes;
        const has_complex = this._init_group(group, ...lists);
        _rprop(lists, {
          step_size_min,
          step_size_max,
          etaminus,
          etaplus,
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

takeKeywords("Rprop", Rprop.prototype, { step: ["closure"] });

/**
 * Rprop: each number has a step size of its own, which grows while the gradient keeps its sign, and shrinks when it turns.
 *
 * For whole data sets, not for batches. Where the sign turned, the number stays as it is for one step.
 *
 * Throws ValueError for a negative `lr`, and unless 0 < etas[0] < 1 < etas[1].
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Rprop.html}
 */
const CallableRprop = callable(Rprop);
type CallableRprop = Rprop;

export { CallableRprop as Rprop };

/** params, grads, prevs, step_sizes, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of rprop(). */
export interface RpropKeywords {
  foreach?: boolean | null;
  capturable?: boolean;
  maximize?: boolean;
  differentiable?: boolean;
  has_complex?: boolean;
  step_size_min: number;
  step_size_max: number;
  etaminus: number;
  etaplus: number;
}

type Options = Required<Omit<RpropKeywords, "foreach">>;

/** Puts the factors of the step sizes in the place of signs. */
function signsToFactors(sign: Tensor, etaminus: number, etaplus: number): void {
  sign.copy_(torch.where(sign.gt(0), etaplus, sign));
  sign.copy_(torch.where(sign.lt(0), etaminus, sign));
  sign.copy_(torch.where(sign.eq(0), 1, sign));
}

function _single_tensor_rprop(
  [params, grads, prevs, step_sizes, state_steps]: Lists,
  { step_size_min, step_size_max, etaminus, etaplus, maximize, capturable, differentiable }: Options,
): void {
  if (capturable) _check_capturable("params and state_steps", [params, state_steps]);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = maximize ? grads[i].neg() : grads[i];
    let prev = prevs[i];
    let step_size = step_sizes[i];

    state_steps[i].add_(1);

    if (param.dtype.is_complex) {
      grad = torch.view_as_real(grad);
      prev = torch.view_as_real(prev);
      param = torch.view_as_real(param);
      step_size = torch.view_as_real(step_size);
    }

    const sign = grad.mul(differentiable ? prev.clone() : prev).sign();
    signsToFactors(sign, etaminus, etaplus);

    step_size.mul_(sign).clamp_(step_size_min, step_size_max);

    grad = grad.clone({ memory_format: preserve_format });
    grad.copy_(torch.where(sign.eq(etaminus), 0, grad));

    param.addcmul_(grad.sign(), step_size, { value: -1 });
    prev.copy_(grad);
  });
}

function _multi_tensor_rprop(
  lists: Lists,
  { step_size_min, step_size_max, etaminus, etaplus, maximize, capturable, differentiable, has_complex }: Options,
): void {
  if (lists[0].length === 0) return;
  _check_foreach(differentiable);
  if (capturable) _check_capturable("params and state_steps", [lists[0], lists[4]]);

  _for_each_group(lists, ({ lists: grouped }) => {
    const [grouped_params, grouped_grads, grouped_prevs, grouped_step_sizes, grouped_state_steps] = grouped;
    _increment(grouped_state_steps);

    if (has_complex) _view_as_real(grouped_params, grouped_grads, grouped_prevs, grouped_step_sizes);

    const signs = torch._foreach_mul(grouped_grads, grouped_prevs);
    if (maximize) torch._foreach_neg_(signs);
    torch._foreach_sign_(signs);

    // From here on, the memory of the gradients before holds those of this step.
    torch._foreach_copy_(grouped_prevs, grouped_grads);
    if (maximize) torch._foreach_neg_(grouped_prevs);

    // 1 where the sign is as it was, and 1 where it turned; elsewhere 0.
    const same = torch._foreach_clamp_min(signs, 0);
    const turned = torch._foreach_clamp_max(signs, 0);
    torch._foreach_abs_(turned);
    torch._foreach_mul_(grouped_step_sizes, torch._foreach_pow(etaplus, same));
    torch._foreach_mul_(grouped_step_sizes, torch._foreach_pow(etaminus, turned));
    torch._foreach_clamp_min_(grouped_step_sizes, step_size_min);
    torch._foreach_clamp_max_(grouped_step_sizes, step_size_max);

    // The gradient counts as zero where its sign turned: the bound is 0 there, and elsewhere infinite.
    const bound = torch._foreach_reciprocal(turned);
    torch._foreach_sub_(bound, 1);
    torch._foreach_clamp_max_(grouped_prevs, bound);
    torch._foreach_neg_(bound);
    torch._foreach_clamp_min_(grouped_prevs, bound);

    const grad_signs = torch._foreach_sign(grouped_prevs);
    torch._foreach_addcmul_(grouped_params, grad_signs, grouped_step_sizes, -1);
  });
}

function _rprop(lists: Lists, keywords: RpropKeywords): void {
  const { capturable = false, maximize = false, differentiable = false, has_complex = false } = keywords;
  _check_steps(lists[4]);
  _update(lists, { ...keywords, capturable, maximize, differentiable, has_complex }, keywords, {
    single: _single_tensor_rprop,
    multi: _multi_tensor_rprop,
    numbers: 1,
  });
}

const functionParameters = [
  ...["params", "grads", "prevs", "step_sizes", "state_steps"],
  ...["foreach", "capturable", "maximize", "differentiable", "has_complex"],
  ...["*", "step_size_min", "step_size_max", "etaminus", "etaplus"],
];

/**
 * Rprop's update: changes parameters, the last gradients, step sizes and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function rprop(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  prevs: readonly Tensor[],
  step_sizes: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: RpropKeywords,
): void;
export function rprop(...args: unknown[]): void {
  type Given = RpropKeywords & Record<"params" | "grads" | "prevs" | "step_sizes" | "state_steps", Tensor[]>;
  const given = named<Given>("rprop", functionParameters, 5, args);
  const { params, grads, prevs, step_sizes, state_steps, ...keywords } = given;
  const { step_size_min, step_size_max, etaminus, etaplus } = keywords;
  requireKeywords("rprop", { step_size_min, step_size_max, etaminus, etaplus });
  _rprop([params, grads, prevs, step_sizes, state_steps], keywords);
}
