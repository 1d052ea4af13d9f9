// torch/optim/sparse_adam.py

import { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { callable } from "../callable.js";
import { RuntimeError, ValueError } from "../errors.js";
import { type Arguments, named } from "./_arguments.js";
import * as F from "./_functional.js";
import { _get_value, _to_scalar, type Num } from "./_scalar.js";
import { _check_betas, _text, _zeros_like } from "./_utils.js";
import { type Closure, Optimizer, type ParamsOr, type ParamsT } from "./optimizer.js";

/** The keyword arguments of SparseAdam. */
export interface SparseAdamOptions {
  /** Learning rate. @default 1e-3 */
  lr?: Num;
  /** Decay of the averages of the gradient and of its square. @default [0.9, 0.999] */
  betas?: readonly [number, number];
  /** Added to the denominator. @default 1e-8 */
  eps?: number;
  /** Maximizes instead of minimizing. @default false */
  maximize?: boolean;
}

type SparseAdamArguments = Arguments<
  [params: ParamsOr<SparseAdamOptions>],
  [lr: Num, betas: readonly [number, number], eps: number, maximize: boolean],
  SparseAdamOptions
>;

class SparseAdam extends Optimizer {
  constructor(...args: SparseAdamArguments) {
    const parameters = ["params", "lr", "betas", "eps", "maximize"];
    const given = named<SparseAdamOptions & { params: ParamsT }>("SparseAdam.__init__", parameters, 1, args);
    const { params, lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, maximize = false } = given;
    if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError("Tensor lr must be 1-element");
    if (!(_get_value(lr) > 0)) throw new ValueError(`Invalid learning rate: ${_text(lr)}`);
    if (!(eps > 0)) throw new ValueError(`Invalid epsilon value: ${_text(eps)}`);
    _check_betas(betas);
    super(params, { lr, betas, eps, maximize });

    const places = (test: (p: Tensor) => boolean) =>
      this.param_groups.flatMap((group, i) => group.params.flatMap((p, j) => (test(p) ? [`[${i}, ${j}]`] : [])));
    const sparse_params = places((p) => p.is_sparse);
    const complex_params = places((p) => p.dtype.is_complex);
    if (sparse_params.length > 0) {
      throw new ValueError(
        `Sparse params at indices [${sparse_params.join(", ")}]: SparseAdam requires dense parameter tensors`,
      );
    }
    if (complex_params.length > 0) {
      throw new ValueError(
        `Complex params at indices [${complex_params.join(", ")}]: SparseAdam does not support complex parameters`,
      );
    }
  }

  override step<T = null>(closure: Closure<T> = null): T {
    return this._use_grad_for_differentiable(closure, () => {
      for (const group of this.param_groups) {
        const params_with_grad: Tensor[] = [];
        const grads: Tensor[] = [];
        const exp_avgs: Tensor[] = [];
        const exp_avg_sqs: Tensor[] = [];
        const state_steps: number[] = [];
        const [beta1, beta2] = group.betas;

        for (const p of group.params) {
          const grad = p.grad;
          if (grad === null) continue;
          params_with_grad.push(p);
          if (!grad.is_sparse) {
            throw new RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead");
          }
          grads.push(grad);

          const state = this.state.get(p);
          if (state.step === undefined) {
            state.step = 0;
            state.exp_avg = _zeros_like(p);
            state.exp_avg_sq = _zeros_like(p);
          }
          exp_avgs.push(state.exp_avg);
          exp_avg_sqs.push(state.exp_avg_sq);
          state.step += 1;
          state_steps.push(state.step);
        }

        F.sparse_adam(params_with_grad, grads, exp_avgs, exp_avg_sqs, state_steps, {
          eps: group.eps,
          beta1,
          beta2,
          lr: _to_scalar(group.lr),
          maximize: group.maximize ?? false,
        });
      }
    });
  }
}

takeKeywords("SparseAdam", SparseAdam.prototype, { step: ["closure"] });

/**
 * Adam for dense parameters with sparse gradients, such as those of `nn.Embedding(..., { sparse: true })`: averages and
 * parameters change only where the gradient has elements.
 *
 * Throws ValueError for hyperparameters out of their range and for sparse or complex parameters, and RuntimeError, in
 * `step()`, for dense gradients.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.SparseAdam.html}
 */
const CallableSparseAdam = callable(SparseAdam);
type CallableSparseAdam = SparseAdam;

export { CallableSparseAdam as SparseAdam };
