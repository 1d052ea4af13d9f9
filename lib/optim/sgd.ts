// torch/optim/sgd.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { is_grad_enabled } from "../autograd/grad_mode.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _update } from "./_joined.js";
import { _get_value, _to_scalar, type Num, neg } from "./_scalar.js";
import {
  _check_not_negative,
  _check_unscaled,
  _device_dtype_check_for_fused,
  _for_each_group,
  _for_each_param,
  _group_tensors_by_device_and_dtype,
  _kept,
  _setdefaults,
  _text,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of SGD. */
export interface SGDOptions {
  /** Learning rate. @default 1e-3 */
  lr?: Num;
  /** Momentum factor. @default 0 */
  momentum?: number;
  /** What the momentum takes less of the gradient. @default 0 */
  dampening?: number;
  /** L2 penalty. @default 0 */
  weight_decay?: Num;
  /** Nesterov momentum. @default false */
  nesterov?: boolean;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
  /** One call for all parameters, or, if false, one for each. @default null, which is true where it can be */
  foreach?: boolean | null;
  /** Lets autograd follow the step. @default false */
  differentiable?: boolean;
  /** One kernel for the whole step. @default null */
  fused?: boolean | null;
}

type SGDArguments = Arguments<
  [params: ParamsOr<SGDOptions>],
  [lr: Num, momentum: number, dampening: number, weight_decay: Num, nesterov: boolean],
  SGDOptions
>;

const parameters = [
  ...["params", "lr", "momentum", "dampening", "weight_decay", "nesterov"],
  ...["*", "maximize", "foreach", "differentiable", "fused"],
];

class SGD extends Optimizer {
  constructor(...args: SGDArguments) {
    const given = named<SGDOptions & { params: ParamsT }>("SGD.__init__", parameters, 1, args);
    const { params, lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0, nesterov = false } = given;
    const { maximize = false, foreach = null, differentiable = false, fused = null } = given;
    if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError("Tensor lr must be 1-element");
    if (_get_value(lr) < 0) throw new ValueError(`Invalid learning rate: ${_text(lr)}`);
    _check_not_negative("momentum", momentum);
    _check_not_negative("weight_decay", weight_decay);
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw new ValueError("Nesterov momentum requires a momentum and zero dampening");
    }
    super(params, { lr, momentum, dampening, weight_decay, nesterov, maximize, foreach, differentiable, fused });

    if (fused) {
      this._step_supports_amp_scaling = true;
      this._need_device_dtype_check_for_fused = true;
      if (differentiable) throw new RuntimeError("`fused` does not support `differentiable`");
      if (foreach) throw new RuntimeError("`fused` and `foreach` cannot be `True` together.");
    }
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) {
      _setdefaults(group, { nesterov: false, maximize: false, foreach: null, differentiable: false, fused: false });
    }
  }

  /** @internal */
  _init_group(group: ParamGroup, params: Tensor[], grads: Tensor[], momentum_buffer_list: (Tensor | null)[]): boolean {
    let has_sparse_grad = false;
    for (const p of group.params) {
      const grad = p.grad;
      if (grad === null) continue;
      if (group.fused && (this._need_device_dtype_check_for_fused ?? true)) {
        _device_dtype_check_for_fused(p);
        this._need_device_dtype_check_for_fused = false;
      }
      params.push(p);
      grads.push(grad);
      if (grad.is_sparse) has_sparse_grad = true;
      if (group.momentum !== 0) momentum_buffer_list.push(this.state.get(p).momentum_buffer ?? null);
    }
    return has_sparse_grad;
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const lists: Lists = [[], [], []];
        const has_sparse_grad = this._init_group(group, ...lists);
        _sgd(lists, {
          weight_decay: group.weight_decay,
          momentum: group.momentum,
          lr: group.lr,
          dampening: group.dampening,
          nesterov: group.nesterov,
          maximize: group.maximize,
          has_sparse_grad,
          foreach: group.foreach,
          fused: group.fused,
          grad_scale: this.grad_scale ?? null,
          found_inf: this.found_inf ?? null,
        });

        if (group.momentum !== 0) {
          const [params, , momentum_buffers] = lists;
          params.forEach((p, i) => {
            this.state.get(p).momentum_buffer = momentum_buffers[i];
          });
        }
      }
    });
  }
}

takeKeywords("SGD", SGD.prototype, { step: ["closure"] });

/**
 * Stochastic gradient descent, with momentum if wanted.
 *
 * g ← ∇f(θ) + λθ; b ← g in the first step, μb + (1 - dampening)g later; θ ← θ - lr · b, or lr · (g + μb) with `nesterov`.
 *
 * Throws ValueError for a negative `lr`, `momentum` or `weight_decay`, and RuntimeError for options that exclude each other.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.SGD.html}
 */
const CallableSGD = callable(SGD);
type CallableSGD = SGD;

export { CallableSGD as SGD };

/** The keyword arguments of sgd(). */
export interface SGDKeywords {
  has_sparse_grad?: boolean;
  foreach?: boolean | null;
  fused?: boolean | null;
  grad_scale?: Tensor | null;
  found_inf?: Tensor | null;
  weight_decay: Num;
  momentum: number;
  lr: Num;
  dampening: number;
  nesterov: boolean;
  maximize: boolean;
}

type Buffers = (Tensor | null)[];

/** params, grads, momentum buffers */
type Lists = [Tensor[], Tensor[], Buffers];

/**
 * SGD's update: changes parameters and momentum buffers in place; a buffer that is null is made.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function sgd(
  params: readonly Tensor[],
  d_p_list: readonly Tensor[],
  momentum_buffer_list: Buffers,
  keywords: SGDKeywords,
): void;
export function sgd(...args: unknown[]): void {
  type Given = SGDKeywords & { params: Tensor[]; d_p_list: Tensor[]; momentum_buffer_list: Buffers };
  const { params, d_p_list, momentum_buffer_list, ...keywords } = named<Given>("sgd", functionParameters, 3, args);
  const { weight_decay, momentum, lr, dampening, nesterov, maximize } = keywords;
  requireKeywords("sgd", { weight_decay, momentum, lr, dampening, nesterov, maximize });
  _sgd([params, d_p_list, momentum_buffer_list], keywords);
}

const functionParameters = [
  ...["params", "d_p_list", "momentum_buffer_list", "has_sparse_grad", "foreach", "fused", "grad_scale", "found_inf"],
  ...["*", "weight_decay", "momentum", "lr", "dampening", "nesterov", "maximize"],
];

function _sgd(lists: Lists, keywords: SGDKeywords): void {
  const { has_sparse_grad = false, grad_scale = null, found_inf = null } = keywords;
  const options = { ...keywords, has_sparse_grad, grad_scale, found_inf, differentiable: is_grad_enabled() };
  _update(lists, options, keywords, {
    single: _single_tensor_sgd,
    multi: _multi_tensor_sgd,
    one: keywords.foreach ? undefined : _fused_sgd,
    numbers: 0,
    able: !has_sparse_grad,
  });
}

type Options = Required<Omit<SGDKeywords, "foreach" | "fused">>;

function _single_tensor_sgd(
  [params, grads, momentum_buffer_list]: Lists,
  { grad_scale, found_inf, weight_decay, momentum, dampening, nesterov, maximize, ...options }: Options,
): void {
  _check_unscaled(grad_scale, found_inf);
  const lr = _to_scalar(options.lr);

  _for_each_param(params, (param, i) => {
    let grad = maximize ? grads[i].neg() : grads[i];

    if (_get_value(weight_decay) !== 0) {
      if (weight_decay instanceof Tensor && weight_decay.requires_grad) {
        grad = grad.addcmul_(param.clone(), weight_decay);
      } else {
        grad = grad.add(param, { alpha: weight_decay });
      }
    }

    if (momentum !== 0) {
      let buf = momentum_buffer_list[i];
      if (buf === null) {
        const first = grad;
        buf = momentum_buffer_list[i] = _kept(() => first.detach().clone());
      } else {
        buf.mul_(momentum).add_(grad, { alpha: 1 - dampening });
      }
      grad = nesterov ? grad.add(buf, { alpha: momentum }) : buf;
    }

    if (lr instanceof Tensor && lr.requires_grad) param.addcmul_(grad, lr, { value: -1 });
    else param.add_(grad, { alpha: neg(lr) });
  });
}

function _multi_tensor_sgd(
  [params, grads, momentum_buffer_list]: Lists,
  {
    grad_scale,
    found_inf,
    weight_decay,
    momentum,
    dampening,
    nesterov,
    maximize,
    has_sparse_grad,
    ...options
  }: Options,
): void {
  _check_unscaled(grad_scale, found_inf);
  if (params.length === 0) return;
  const lr = _to_scalar(options.lr);

  _for_each_group([params, grads, momentum_buffer_list], ({ lists, indices }) => {
    const [device_params, , device_momentum_buffer_list] = lists;
    let device_grads = lists[1];
    const device_has_sparse_grad = has_sparse_grad && device_grads.some((grad) => grad.is_sparse);

    if (maximize) device_grads = torch._foreach_neg(device_grads);

    if (_get_value(weight_decay) !== 0) {
      // Reuse the memory that maximize allocated.
      if (maximize) torch._foreach_add_(device_grads, device_params, { alpha: weight_decay });
      else device_grads = torch._foreach_add(device_grads, device_params, { alpha: weight_decay });
    }

    if (momentum !== 0) {
      let bufs = device_momentum_buffer_list as Tensor[];
      if (device_momentum_buffer_list.every((buf) => buf !== null)) {
        torch._foreach_mul_(bufs, momentum);
        torch._foreach_add_(bufs, device_grads, { alpha: 1 - dampening });
      } else {
        bufs = device_momentum_buffer_list.map((buf, i) => {
          if (buf !== null) return buf.mul_(momentum).add_(device_grads[i], { alpha: 1 - dampening });
          const made = _kept(() => device_grads[i].detach().clone());
          momentum_buffer_list[indices[i]] = made;
          return made;
        });
      }
      if (nesterov) device_grads = torch._foreach_add(device_grads, bufs, { alpha: momentum });
      else device_grads = bufs;
    }

    if (!device_has_sparse_grad) {
      torch._foreach_add_(device_params, device_grads, { alpha: neg(lr) });
    } else {
      device_params.forEach((param, i) => {
        param.add_(device_grads[i], { alpha: neg(lr) });
      });
    }
  });
}

function _fused_sgd(
  [params, grads, momentum_buffer_list]: Lists,
  { grad_scale, found_inf, weight_decay, momentum, lr, dampening, nesterov, maximize, has_sparse_grad }: Options,
): void {
  if (params.length === 0) return;
  if (has_sparse_grad) throw new RuntimeError("`_fused_sgd` does not support sparse gradients");

  const no_momentum_buffer = momentum === 0;
  // Parameters that have no buffer yet take their first step; the kernel knows of one kind at a time.
  const isFirst = (i: number) => !no_momentum_buffer && momentum_buffer_list[i] === null;
  const first = params.map((_, i) => i).filter(isFirst);
  const later = params.map((_, i) => i).filter((i) => !isFirst(i));
  for (const indices of [first, later]) {
    const is_first_step = indices === first;
    if (is_first_step) for (const i of indices) momentum_buffer_list[i] = _kept(() => torch.empty_like(grads[i]));
    const chosen = <T>(list: readonly T[]) => (list.length === 0 ? [] : indices.map((i) => list[i]));
    const lists = [chosen(params), chosen(grads), chosen(momentum_buffer_list)] as const;
    for (const { device, lists: grouped } of _group_tensors_by_device_and_dtype(lists)) {
      const [device_params, device_grads, device_momentum_buffer_list] = grouped;
      torch._fused_sgd_(
        device_params,
        device_grads,
        no_momentum_buffer ? [] : (device_momentum_buffer_list as Tensor[]),
        {
          weight_decay,
          momentum,
          lr,
          dampening,
          nesterov,
          maximize,
          is_first_step,
          grad_scale: grad_scale?.to(device) ?? null,
          found_inf: found_inf?.to(device) ?? null,
        },
      );
    }
  }
}
