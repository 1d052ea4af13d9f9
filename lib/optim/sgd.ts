// torch/optim/sgd.py

import { Tensor } from "../_tensor.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { tidy } from "../tidy.js";
import { type Arguments, named, requireKeywords } from "./_arguments.js";
import { _get_value, _to_scalar, type Num, neg } from "./_scalar.js";
import {
  _check_not_negative,
  _check_unscaled,
  _default_to_fused_or_foreach,
  _device_dtype_check_for_fused,
  _group_tensors_by_device_and_dtype,
  _kept,
  _text,
} from "./_utils.js";
import { type Closure, Optimizer, type ParamGroup, type ParamState, type ParamsT } from "./optimizer.js";

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
  [params: ParamsT],
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
      group.nesterov ??= false;
      group.maximize ??= false;
      group.foreach ??= null;
      group.differentiable ??= false;
      group.fused ??= false;
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
        const params: Tensor[] = [];
        const grads: Tensor[] = [];
        const momentum_buffer_list: (Tensor | null)[] = [];
        const has_sparse_grad = this._init_group(group, params, grads, momentum_buffer_list);

        update(params, grads, momentum_buffer_list, {
          weight_decay: group.weight_decay,
          momentum: group.momentum,
          lr: group.lr,
          dampening: group.dampening,
          nesterov: group.nesterov,
          maximize: group.maximize,
          has_sparse_grad,
          foreach: group.foreach,
          fused: group.fused,
          differentiable: group.differentiable,
          grad_scale: this.grad_scale,
          found_inf: this.found_inf,
        });

        if (group.momentum !== 0) {
          params.forEach((p, i) => {
            this.state.get(p).momentum_buffer = momentum_buffer_list[i];
          });
        }
      }
    });
  }
}

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

const functionParameters = [
  ...["params", "d_p_list", "momentum_buffer_list", "has_sparse_grad", "foreach", "fused", "grad_scale", "found_inf"],
  ...["*", "weight_decay", "momentum", "lr", "dampening", "nesterov", "maximize"],
];

/**
 * The update of SGD: changes the parameters, and the momentum buffers, in place; buffers that are null are put in.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function sgd(
  params: readonly Tensor[],
  d_p_list: readonly Tensor[],
  momentum_buffer_list: (Tensor | null)[],
  keywords: SGDKeywords,
): void;
export function sgd(...args: unknown[]): void {
  type Given = SGDKeywords & { params: Tensor[]; d_p_list: Tensor[]; momentum_buffer_list: (Tensor | null)[] };
  const { params, d_p_list, momentum_buffer_list, ...keywords } = named<Given>("sgd", functionParameters, 3, args);
  const { weight_decay, momentum, lr, dampening, nesterov, maximize } = keywords;
  requireKeywords("sgd", { weight_decay, momentum, lr, dampening, nesterov, maximize });
  update(params, d_p_list, args[2] === momentum_buffer_list ? args[2] as typeof momentum_buffer_list : momentum_buffer_list, keywords);
}
