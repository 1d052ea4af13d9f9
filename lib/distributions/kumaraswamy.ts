// torch/distributions/kumaraswamy.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import type { Sizes } from "./distribution.js";
import { TransformedDistribution } from "./transformed_distribution.js";
import { AffineTransform, PowerTransform } from "./transforms.js";
import { Uniform } from "./uniform.js";
import { broadcast_all, euler_constant, setFields, type Value } from "./utils.js";

/** The mean of the n-th power. */
function _moments(a: Tensor, b: Tensor, n: number): Tensor {
  const arg1 = a.reciprocal().mul(n).add(1);
  const log_value = torch
    .lgamma(arg1)
    .add(torch.lgamma(b))
    .sub(torch.lgamma(arg1.add(b)));
  return b.mul(torch.exp(log_value));
}

class Kumaraswamy extends TransformedDistribution {
  static override arg_constraints = { concentration1: constraints.positive, concentration0: constraints.positive };
  static override support = constraints.unit_interval;
  static override has_rsample = true;

  declare concentration1: Tensor;
  declare concentration0: Tensor;

  constructor(concentration1: Value, concentration0: Value, validate_args: boolean | null = null) {
    const [a, b] = broadcast_all(concentration1, concentration0);
    const base_dist = Uniform(torch.full_like(b, 0), torch.full_like(b, 1), validate_args);
    const transforms = [PowerTransform(b.reciprocal()), AffineTransform(1, -1), PowerTransform(a.reciprocal())];
    super(base_dist, transforms, validate_args, { concentration1: a, concentration0: b });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const expanded = this._get_checked_instance(Kumaraswamy, _instance);
    setFields(expanded, {
      concentration1: this.concentration1.expand(batch_shape),
      concentration0: this.concentration0.expand(batch_shape),
    });
    return super.expand(batch_shape, expanded);
  }

  override get mean(): Tensor {
    return _moments(this.concentration1, this.concentration0, 1);
  }

  override get mode(): Tensor {
    const { concentration1: a, concentration0: b } = this;
    // By its logarithm, which is more precise.
    const log_mode = b.reciprocal().mul(b.neg().log1p()).sub(b.neg().mul(a).log1p());
    log_mode.index_put_([b.lt(1).bitwise_or(a.lt(1))], Number.NaN);
    return log_mode.exp();
  }

  override get variance(): Tensor {
    return _moments(this.concentration1, this.concentration0, 2).sub(torch.pow(this.mean, 2));
  }

  override entropy(): Tensor {
    const { concentration1, concentration0 } = this;
    const t1 = torch.rsub(concentration1.reciprocal(), 1);
    const t0 = torch.rsub(concentration0.reciprocal(), 1);
    const H0 = torch.digamma(concentration0.add(1)).add(euler_constant);
    return t0.add(t1.mul(H0)).sub(torch.log(concentration1)).sub(torch.log(concentration0));
  }
}

/**
 * A distribution over numbers from 0 to 1: P(X ≤ x) = 1 - (1 - x^a)^b, with a = `concentration1` and b = `concentration0`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#kumaraswamy}
 */
const KumaraswamyClass = publicClass("kumaraswamy", Kumaraswamy, ["concentration1", "concentration0", "validate_args"]);
type KumaraswamyClass = Kumaraswamy;

export { KumaraswamyClass as Kumaraswamy };
