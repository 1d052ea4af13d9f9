// torch/distributions/exp_family.py

import type { Tensor } from "../_tensor.js";
import { grad } from "../autograd/index.js";
import { NotImplementedError } from "../errors.js";
import { publicClass } from "./_keywords.js";
import { Distribution } from "./distribution.js";

class ExponentialFamily extends Distribution {
  /** The natural parameters. */
  get _natural_params(): Tensor[] {
    throw new NotImplementedError();
  }

  /** The log normalizer, as a function of the natural parameters. */
  _log_normalizer(..._natural_params: Tensor[]): Tensor {
    throw new NotImplementedError();
  }

  /** The mean of the carrier measure, which the entropy needs. */
  get _mean_carrier_measure(): number {
    throw new NotImplementedError();
  }

  /** The entropy, by the Bregman divergence of the log normalizer. */
  override entropy(): Tensor {
    const mean_carrier_measure = this._mean_carrier_measure;
    const nparams = this._natural_params.map((p) => p.detach().requires_grad_());
    const lg_normal = this._log_normalizer(...nparams);
    const gradients = grad(lg_normal.sum(), nparams, { create_graph: true }) as Tensor[];
    return nparams.reduce(
      (result, np, i) =>
        result.sub(
          np
            .mul(gradients[i])
            .reshape([...this._batch_shape, -1])
            .sum(-1),
        ),
      lg_normal.add(-mean_carrier_measure),
    );
  }
}

/**
 * The base of the distributions with a density exp(⟨t(x), θ⟩ - F(θ) + k(x)), where θ are the natural parameters, t(x) is the
 * sufficient statistic, F the log normalizer and k the carrier measure.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.exp_family.ExponentialFamily}
 */
const ExponentialFamilyClass = publicClass(
  "exp_family",
  ExponentialFamily,
  ["batch_shape", "event_shape", "validate_args", "fields"],
  { dict: 3, owner: Distribution },
);
type ExponentialFamilyClass = ExponentialFamily;

export { ExponentialFamilyClass as ExponentialFamily };
