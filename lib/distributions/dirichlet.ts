// torch/distributions/dirichlet.py

import type { Tensor } from "../_tensor.js";
import { Function, type FunctionCtx, once_differentiable } from "../autograd/function.js";
import { ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { one_hot } from "../nn/functional.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";

/** The gradient of a sample x with respect to the concentration. */
export function _Dirichlet_backward(x: Tensor, concentration: Tensor, grad_output: Tensor): Tensor {
  const total = concentration.sum(-1, true).expand_as(concentration);
  const grad = torch._dirichlet_grad(x, concentration, total);
  return grad.mul(grad_output.sub(x.mul(grad_output).sum(-1, true)));
}

class _Dirichlet extends Function {
  static override forward(ctx: FunctionCtx, concentration: Tensor): Tensor {
    const x = torch._sample_dirichlet(concentration);
    ctx.save_for_backward(x, concentration);
    return x;
  }

  static override backward = once_differentiable((ctx: FunctionCtx, grad_output: Tensor): Tensor => {
    const [x, concentration] = ctx.saved_tensors;
    return _Dirichlet_backward(x, concentration, grad_output);
  });
}

class Dirichlet extends ExponentialFamily {
  static override arg_constraints = { concentration: constraints.independent(constraints.positive, 1) };
  static override support = constraints.simplex;
  static override has_rsample = true;

  declare concentration: Tensor;

  constructor(concentration: Tensor, validate_args: boolean | null = null) {
    if (concentration.dim() < 1) throw new ValueError("`concentration` parameter must be at least one-dimensional.");
    const { shape } = concentration;
    super(shape.slice(0, -1), shape.slice(-1), validate_args, { concentration });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const concentration = this.concentration.expand([...batch_shape, ...this.event_shape]);
    return this._expanded(Dirichlet, _instance, batch_shape, this.event_shape, { concentration });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return _Dirichlet.apply(this.concentration.expand(shape));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const { concentration } = this;
    return torch
      .xlogy(concentration.sub(1), value)
      .sum(-1)
      .add(torch.lgamma(concentration.sum(-1)))
      .sub(torch.lgamma(concentration).sum(-1));
  }

  override get mean(): Tensor {
    return this.concentration.div(this.concentration.sum(-1, true));
  }

  override get mode(): Tensor {
    const concentrationm1 = this.concentration.sub(1).clamp({ min: 0 });
    const mode = concentrationm1.div(concentrationm1.sum(-1, true));
    const mask = this.concentration.lt(1).all({ dim: -1 });
    const largest = mode.index(mask).argmax({ dim: -1 });
    return mode.index_put_([mask], one_hot(largest, concentrationm1.size(-1)).to(mode));
  }

  override get variance(): Tensor {
    const con0 = this.concentration.sum(-1, true);
    return this.concentration.mul(con0.sub(this.concentration)).div(con0.pow(2).mul(con0.add(1)));
  }

  override entropy(): Tensor {
    const { concentration } = this;
    const k = concentration.size(-1);
    const a0 = concentration.sum(-1);
    return torch
      .lgamma(concentration)
      .sum(-1)
      .sub(torch.lgamma(a0))
      .sub(torch.rsub(a0, k).mul(torch.digamma(a0)))
      .sub(concentration.sub(1).mul(torch.digamma(concentration)).sum(-1));
  }

  override get _natural_params(): Tensor[] {
    return [this.concentration];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return x
      .lgamma()
      .sum(-1)
      .sub(torch.lgamma(x.sum(-1)));
  }
}

/**
 * A distribution over vectors of positive numbers that sum up to 1, with a density proportional to ∏ x_i^(α_i - 1), where
 * α is the `concentration`, of shape (..., K).
 *
 * Throws ValueError for a concentration without dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#dirichlet}
 */
const DirichletClass = publicClass("dirichlet", Dirichlet, ["concentration", "validate_args"]);
type DirichletClass = Dirichlet;

export { DirichletClass as Dirichlet };
