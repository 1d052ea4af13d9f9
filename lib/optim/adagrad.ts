// torch/optim/adagrad.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { operator } from "../operator.js";
import { Complex } from "../python/complex.js";
import type { Size } from "../size.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, div, type Num, neg } from "./_scalar.js";
import {
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
  _kept,
  _scalar_tensor,
  _setdefaults,
  _steps_to_tensors,
  _view_as_real,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of Adagrad. */
export interface AdagradOptions {
  /** Learning rate. @default 1e-2 */
  lr?: Num;
  /** What the learning rate is divided by grows by this with each step. @default 0 */
  lr_decay?: number;
  /** L2 penalty. @default 0 */
  weight_decay?: number;
  /** Value with which the sums of squares begin. @default 0 */
  initial_accumulator_value?: number;
  /** Added to the denominator. @default 1e-10 */
  eps?: number;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
  /** One kernel for the whole step. @default null */
  fused?: boolean | null;
}

type AdagradArguments = Arguments<
  [params: ParamsOr<AdagradOptions>],
  [
    ...[lr: Num, lr_decay: number, weight_decay: number, initial_accumulator_value: number],
    ...[eps: number, foreach: boolean | null],
  ],
  AdagradOptions
>;

const parameters = [
  ...["params", "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps", "foreach"],
  ...["*", "maximize", "differentiable", "fused"],
];

class Adagrad extends Optimizer {
  constructor(...args: AdagradArguments) {
    const given = named<AdagradOptions & { params: ParamsT }>("Adagrad.__init__", parameters, 1, args);
    const { params, lr = 1e-2, lr_decay = 0, weight_decay = 0, initial_accumulator_value = 0, eps = 1e-10 } = given;
    const { foreach = null, maximize = false, differentiable = false, fused = null } = given;
    _check_lr(lr);
    _check_not_negative("lr_decay", lr_decay);
    _check_not_negative("weight_decay", weight_decay);
    _check_not_negative("initial_accumulator_value", initial_accumulator_value);
    _check_eps(eps);
    super(params, {
      lr,
      lr_decay,
      eps,
      weight_decay,
      initial_accumulator_value,
      foreach,
      maximize,
      differentiable,
      fused,
    });

    if (fused) {
      if (differentiable) throw new RuntimeError("`fused` does not support `differentiable`");
      if (foreach) throw new RuntimeError("`fused` and `foreach` cannot be `True` together.");
      this._need_device_dtype_check_for_fused = true;
      this._step_supports_amp_scaling = true;
    }

    for (const group of this.param_groups) for (const p of group.params) this._init_state(group, p);
  }

  /** @internal */
  _init_state(group: ParamGroup, p: Tensor): void {
    const value = this.defaults.initial_accumulator_value;
    const state = this.state.get(p);
    state.step = _scalar_tensor(0, _get_scalar_dtype(group.fused), group.fused ? p.device : "cpu");
    const init_value = p.dtype.is_complex ? new Complex(value, value) : value;
    state.sum = _kept(() => torch.full_like(p, init_value, { memory_format: preserve_format }));
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { foreach: null, maximize: false, differentiable: false, fused: null });
      _steps_to_tensors(this.state, group, { on_device: group.fused, is_fused: group.fused });
    }
  }

  /** @internal */
  _init_group(
    group: ParamGroup,
    params_with_grad: Tensor[],
    grads: Tensor[],
    state_sums: Tensor[],
    state_steps: Tensor[],
  ): [has_sparse_grad: boolean, has_complex: boolean] {
    let has_sparse_grad = false;
    let has_complex = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      if (group.fused && (this._need_device_dtype_check_for_fused ?? true)) {
        _device_dtype_check_for_fused(p);
        this._need_device_dtype_check_for_fused = false;
      }
      has_sparse_grad ||= grad.is_sparse;
      has_complex ||= p.dtype.is_complex;
      params_with_grad.push(p);
      grads.push(grad);
      const state = this.state.get(p);
      if (state.step === undefined) {
        if (group.fused) _device_dtype_check_for_fused(p);
        this._init_state(group, p);
      }
      state_sums.push(state.sum);
      state_steps.push(state.step);
    }
    return [has_sparse_grad, has_complex];
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], [], []];
        const [has_sparse_grad, has_complex] = this._init_group(group, ...lists);
        _adagrad(lists, {
          lr: group.lr,
          weight_decay: group.weight_decay,
          lr_decay: group.lr_decay,
          eps: group.eps,
          has_sparse_grad,
          foreach: group.foreach,
          maximize: group.maximize,
          differentiable: group.differentiable,
          has_complex,
          fused: group.fused,
          grad_scale: this.grad_scale,
          found_inf: this.found_inf,
        });
      }
    });
  }
}

takeKeywords("Adagrad", Adagrad.prototype, { step: ["closure"] });

/**
 * Adagrad: divides the gradient by the root of the sum of its squares so far; takes sparse gradients.
 *
 * s ← s + g²; θ ← θ - lr/(1 + (t - 1) · lr_decay) · g/(√s + eps).
 *
 * Throws ValueError for hyperparameters out of their range, and RuntimeError for options that exclude each other.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.Adagrad.html}
 */
const CallableAdagrad = callable(Adagrad);
type CallableAdagrad = Adagrad;

export { CallableAdagrad as Adagrad };

/** params, grads, state_sums, state_steps */
type Lists = [Tensor[], Tensor[], Tensor[], Tensor[]];

/** The keyword arguments of adagrad(). */
export interface AdagradKeywords {
  fused?: boolean | null;
  grad_scale?: Tensor | null;
  found_inf?: Tensor | null;
  has_sparse_grad?: boolean;
  foreach?: boolean | null;
  differentiable?: boolean;
  has_complex?: boolean;
  lr: Num;
  weight_decay: number;
  lr_decay: number;
  eps: number;
  maximize: boolean;
}

/**
 * Adagrad's update: changes parameters, sums and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function adagrad(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  state_sums: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: AdagradKeywords,
): void;
export function adagrad(...args: unknown[]): void {
  type Given = AdagradKeywords & Record<"params" | "grads" | "state_sums" | "state_steps", Tensor[]>;
  const { params, grads, state_sums, state_steps, ...keywords } = named<Given>("adagrad", functionParameters, 4, args);
  const { lr, weight_decay, lr_decay, eps, maximize } = keywords;
  requireKeywords("adagrad", { lr, weight_decay, lr_decay, eps, maximize });
  _adagrad([params, grads, state_sums, state_steps], keywords);
}

const functionParameters = [
  ...["params", "grads", "state_sums", "state_steps", "fused", "grad_scale", "found_inf"],
  ...["has_sparse_grad", "foreach", "differentiable", "has_complex"],
  ...["*", "lr", "weight_decay", "lr_decay", "eps", "maximize"],
];

function _adagrad(lists: Lists, keywords: AdagradKeywords): void {
  const { has_sparse_grad = false, differentiable = false, has_complex = false } = keywords;
  const { grad_scale = null, found_inf = null } = keywords;
  const options = { ...keywords, has_sparse_grad, differentiable, has_complex, grad_scale, found_inf };
  _check_steps(lists[3]);
  _update(lists, options, keywords, {
    single: _single_tensor_adagrad,
    multi: _multi_tensor_adagrad,
    one: _fused_adagrad,
    numbers: 1,
  });
}

type Options = Required<Omit<AdagradKeywords, "foreach" | "fused">>;

const sparse_coo_tensor: (indices: Tensor, values: Tensor, size: Size) => Tensor = operator("sparse_coo_tensor", [
  ["sparse_coo_tensor(Tensor indices, Tensor values, IntArrayRef size)", "aten::sparse_coo_tensor.indices_size"],
]);

/** @internal A sparse tensor like a gradient, with other values. */
export function _make_sparse(grad: Tensor, grad_indices: Tensor, values: Tensor): Tensor {
  return sparse_coo_tensor(grad_indices, values, grad.shape);
}

function _single_tensor_adagrad(
  [params, grads, state_sums, state_steps]: Lists,
  { grad_scale, found_inf, weight_decay, lr_decay, eps, maximize, differentiable, ...options }: Options,
): void {
  _check_unscaled(grad_scale, found_inf);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (parameter, i) => {
    let param = parameter;
    let grad = grads[i];
    let state_sum = state_sums[i];
    const step_t = state_steps[i];

    step_t.add_(1);
    const step = _get_value(step_t);
    if (maximize) grad = grad.neg();

    if (weight_decay !== 0) {
      if (grad.is_sparse) throw new RuntimeError("weight_decay option is not compatible with sparse gradients");
      grad = grad.add(param, { alpha: weight_decay });
    }

    const clr = div(lr, 1 + (step - 1) * lr_decay);

    if (grad.is_sparse) {
      grad = grad.coalesce(); // the update is not linear: each index must stand once
      const grad_indices = grad._indices();
      const grad_values = grad._values();

      state_sum.add_(_make_sparse(grad, grad_indices, grad_values.pow(2)));
      const std = state_sum.sparse_mask(grad);
      const std_values = std._values().sqrt_().add_(eps);
      param.add_(_make_sparse(grad, grad_indices, grad_values.div(std_values)), { alpha: neg(clr) });
    } else {
      if (param.dtype.is_complex) {
        grad = torch.view_as_real(grad);
        state_sum = torch.view_as_real(state_sum);
        param = torch.view_as_real(param);
      }
      state_sum.addcmul_(grad, grad, { value: 1 });
      const std = differentiable ? state_sum.sqrt().add(eps) : state_sum.sqrt().add_(eps);
      param.addcdiv_(grad, std, { value: neg(clr) });
    }
  });
}

function _multi_tensor_adagrad(lists: Lists, options: Options): void {
  const { grad_scale, found_inf, weight_decay, lr_decay, eps, maximize, has_sparse_grad, has_complex } = options;
  _check_foreach(options.differentiable, grad_scale, found_inf);
  const lr = _get_value(options.lr);

  _for_each_group(lists, ({ lists: grouped }) => {
    const [device_params, , device_state_sums, device_state_steps] = grouped;
    let device_grads = grouped[1];
    if (has_sparse_grad && device_grads.some((grad) => grad.is_sparse)) {
      _single_tensor_adagrad(grouped, options);
      return;
    }

    if (has_complex) _view_as_real(device_params, device_grads, device_state_sums);

    if (maximize) device_grads = torch._foreach_neg(device_grads);

    _increment(device_state_steps);

    if (weight_decay !== 0) {
      // Reuse the memory that maximize allocated.
      if (maximize) torch._foreach_add_(device_grads, device_params, { alpha: weight_decay });
      else device_grads = torch._foreach_add(device_grads, device_params, { alpha: weight_decay });
    }

    const minus_clr = _get_values(device_state_steps).map((step) => -lr / (1 + (step - 1) * lr_decay));

    torch._foreach_addcmul_(device_state_sums, device_grads, device_grads, 1);

    const std = torch._foreach_sqrt(device_state_sums);
    torch._foreach_add_(std, eps);
    torch._foreach_addcdiv_(device_params, device_grads, std, minus_clr);
  });
}

function _fused_adagrad(
  lists: Lists,
  { grad_scale, found_inf, weight_decay, lr_decay, eps, maximize, has_sparse_grad, has_complex, ...options }: Options,
): void {
  if (lists[0].length === 0) return;
  if (has_sparse_grad || has_complex) {
    throw new RuntimeError("`fused` does not support sparse grad or complex param");
  }
  if (options.differentiable) {
    throw new RuntimeError("adagrad with fused=True does not support differentiable=True");
  }

  for (const { device, lists: grouped } of _group_tensors_by_device_and_dtype(lists)) {
    const [device_params, device_grads, device_state_sums, device_state_steps] = grouped;
    const device_found_inf = found_inf?.to({ device, non_blocking: true }) ?? null;
    const onDevice = options.lr instanceof Tensor && options.lr.device.type !== "cpu";
    const lr = onDevice ? (options.lr as Tensor).to({ device, non_blocking: true }) : options.lr;
    torch._foreach_add_(device_state_steps, 1);
    torch._fused_adagrad_(device_params, device_grads, device_state_sums, device_state_steps, {
      lr,
      lr_decay,
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
