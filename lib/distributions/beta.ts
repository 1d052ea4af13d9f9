// torch/distributions/beta.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { float } from "../python/numbers.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Dirichlet } from "./dirichlet.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { broadcast_all, type Value } from "./utils.js";

class Beta extends ExponentialFamily {
  static override arg_constraints = { concentration1: constraints.positive, concentration0: constraints.positive };
  static override support = constraints.unit_interval;
  static override has_rsample = true;

  declare _dirichlet: InstanceType<typeof Dirichlet>;

  constructor(concentration1: Value, concentration0: Value, validate_args: boolean | null = null) {
    const concentration = torch.stack(broadcast_all(concentration1, concentration0), -1);
    const _dirichlet = Dirichlet(concentration, validate_args);
    super(_dirichlet._batch_shape, [], validate_args, { _dirichlet });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const _dirichlet = this._dirichlet.expand(batch_shape);
    return this._expanded(Beta, _instance, batch_shape, [], { _dirichlet });
  }

  override get mean(): Tensor {
    return this.concentration1.div(this.concentration1.add(this.concentration0));
  }

  override get mode(): Tensor {
    return this._dirichlet.mode.select(-1, 0);
  }

  override get variance(): Tensor {
    const total = this.concentration1.add(this.concentration0);
    return this.concentration1.mul(this.concentration0).div(total.pow(2).mul(total.add(1)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this._dirichlet.rsample(sample_shape).select(-1, 0);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const heads_tails = torch.stack([value, torch.rsub(value, float(1))], -1);
    return this._dirichlet.log_prob(heads_tails);
  }

  override entropy(): Tensor {
    return this._dirichlet.entropy();
  }

  get concentration1(): Tensor {
    return this._dirichlet.concentration.select(-1, 0);
  }

  get concentration0(): Tensor {
    return this._dirichlet.concentration.select(-1, 1);
  }

  override get _natural_params(): Tensor[] {
    return [this.concentration1, this.concentration0];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    return torch
      .lgamma(x)
      .add(torch.lgamma(y))
      .sub(torch.lgamma(x.add(y)));
  }
}

/**
 * A distribution over numbers from 0 to 1, with a density proportional to x^(α - 1) (1 - x)^(β - 1), where α is
 * `concentration1` and β is `concentration0`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#beta}
 */
const BetaClass = publicClass("beta", Beta, ["concentration1", "concentration0", "validate_args"]);
type BetaClass = Beta;

export { BetaClass as Beta };
