// torch/optim/_functional.py

import type { Tensor } from "../_tensor.js";
import { named, requireKeywords } from "./_arguments.js";
import { _to_scalar, div, mul, type Num, neg, pow } from "./_scalar.js";
import { _for_each_param } from "./_utils.js";
import { _make_sparse } from "./adagrad.js";

export { adadelta } from "./adadelta.js";
export { adagrad } from "./adagrad.js";
export { adam } from "./adam.js";
export { adamax } from "./adamax.js";
export { adamw } from "./adamw.js";
export { asgd } from "./asgd.js";
export { nadam } from "./nadam.js";
export { radam } from "./radam.js";
export { rmsprop } from "./rmsprop.js";
export { rprop } from "./rprop.js";
export { sgd } from "./sgd.js";

/** The keyword arguments of sparse_adam(). */
export interface SparseAdamKeywords {
  eps: number;
  beta1: number;
  beta2: number;
  lr: Num;
  maximize: boolean;
}

const parameters = [
  ...["params", "grads", "exp_avgs", "exp_avg_sqs", "state_steps"],
  ...["*", "eps", "beta1", "beta2", "lr", "maximize"],
];

/**
 * SparseAdam's update: changes parameters and averages in place, where the sparse gradients have elements.
 *
 * The steps are numbers, which the caller has counted up.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function sparse_adam(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  exp_avgs: readonly Tensor[],
  exp_avg_sqs: readonly Tensor[],
  state_steps: readonly number[],
  keywords: SparseAdamKeywords,
): void;
export function sparse_adam(...args: unknown[]): void {
  type Given = SparseAdamKeywords &
    Record<"params" | "grads" | "exp_avgs" | "exp_avg_sqs", Tensor[]> & { state_steps: number[] };
  const given = named<Given>("sparse_adam", parameters, 5, args);
  const { params, eps, beta1, beta2, lr, maximize } = given;
  requireKeywords("sparse_adam", { eps, beta1, beta2, lr, maximize });
  _for_each_param(params, (_, i) => update(i, given));
}

function update(
  i: number,
  {
    params,
    grads,
    exp_avgs,
    exp_avg_sqs,
    state_steps,
    eps,
    beta1,
    beta2,
    ...options
  }: SparseAdamKeywords & Record<"params" | "grads" | "exp_avgs" | "exp_avg_sqs", Tensor[]> & { state_steps: number[] },
): void {
  const lr = _to_scalar(options.lr);
  let grad = options.maximize ? grads[i].neg() : grads[i];
  grad = grad.coalesce(); // the update is not linear: each index must stand once
  const grad_indices = grad._indices();
  const grad_values = grad._values();
  if (grad_values.numel() === 0) return;

  const exp_avg = exp_avgs[i];
  const exp_avg_sq = exp_avg_sqs[i];
  const step = state_steps[i];
  const make_sparse = (values: Tensor) => _make_sparse(grad, grad_indices, values);

  // old += (1 - b) * (new - old)
  const old_exp_avg_values = exp_avg.sparse_mask(grad)._values();
  const exp_avg_update_values = grad_values.sub(old_exp_avg_values).mul_(1 - beta1);
  exp_avg.add_(make_sparse(exp_avg_update_values));
  const old_exp_avg_sq_values = exp_avg_sq.sparse_mask(grad)._values();
  const exp_avg_sq_update_values = grad_values
    .pow(2)
    .sub_(old_exp_avg_sq_values)
    .mul_(1 - beta2);
  exp_avg_sq.add_(make_sparse(exp_avg_sq_update_values));

  // The dense values, without another mask.
  const numer = exp_avg_update_values.add_(old_exp_avg_values);
  exp_avg_sq_update_values.add_(old_exp_avg_sq_values);
  const denom = exp_avg_sq_update_values.sqrt_().add_(eps);

  const bias_correction1 = 1 - pow(beta1, step);
  const bias_correction2 = 1 - pow(beta2, step);
  const step_size = div(mul(lr, Math.sqrt(bias_correction2)), bias_correction1);

  params[i].add_(make_sparse(numer.div_(denom).mul(neg(step_size))));
}
