// torch/optim/adamw.py

import type { Tensor } from "../_tensor.js";
import { callable } from "../callable.js";
import { type Arguments, named } from "./_arguments.js";
import type { Num } from "./_scalar.js";
import {
  _adam,
  _bind,
  Adam,
  type AdamOptions,
  type AdamWKeywords,
  functionKeywords,
  functionParameters,
} from "./adam.js";
import type { ParamState, ParamsOr, ParamsT } from "./optimizer.js";

/** The keyword arguments of AdamW: Adam's, but `weight_decay` is 1e-2 by default. */
export type AdamWOptions = Omit<AdamOptions, "decoupled_weight_decay">;

type AdamWArguments = Arguments<
  [params: ParamsOr<AdamWOptions>],
  [lr: Num, betas: readonly [Num, Num], eps: number, weight_decay: number, amsgrad: boolean],
  AdamWOptions
>;

const parameters = [
  ...["params", "lr", "betas", "eps", "weight_decay", "amsgrad"],
  ...["*", "maximize", "foreach", "capturable", "differentiable", "fused"],
];

class AdamW extends Adam {
  constructor(...args: AdamWArguments) {
    const given = named<AdamWOptions & { params: ParamsT }>("AdamW.__init__", parameters, 1, args);
    const { params, weight_decay = 1e-2, ...options } = given;
    super(params, { ...options, weight_decay, decoupled_weight_decay: true });
  }

  override __setstate__(state: ParamState): void {
    super.__setstate__(state);
    for (const group of this.param_groups) group.decoupled_weight_decay = true;
  }
}

/**
 * Adam whose weight decay acts on the parameters alone: θ ← θ - lr · λθ before Adam's step.
 *
 * Throws what Adam throws.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.optim.AdamW.html}
 */
const CallableAdamW = callable(AdamW);
type CallableAdamW = AdamW;

export { CallableAdamW as AdamW };

/**
 * AdamW's update: changes parameters, averages and steps in place.
 *
 * Throws RuntimeError unless the steps are tensors.
 *
 * {@link https://docs.pytorch.org/docs/2.15/optim.html}
 */
export function adamw(
  params: readonly Tensor[],
  grads: readonly Tensor[],
  exp_avgs: readonly Tensor[],
  exp_avg_sqs: readonly Tensor[],
  max_exp_avg_sqs: readonly Tensor[],
  state_steps: readonly Tensor[],
  keywords: AdamWKeywords,
): void;
export function adamw(...args: unknown[]): void {
  const [lists, keywords] = _bind("adamw", [...functionParameters, ...functionKeywords], args);
  _adam(lists, { ...keywords, decoupled_weight_decay: true });
}
