// torch/distributions/categorical.py

import type { Tensor } from "../_tensor.js";
import { int64 } from "../dtype.js";
import { ValueError } from "../errors.js";
import { broadcast_tensors } from "../functional.js";
import * as torch from "../generated/torch.js";
import type { Size } from "../size.js";
import { finfo } from "../torch_functions/dtypes.js";
import { publicClass } from "./_keywords.js";
import { type Expand, enumerated, expandedFields, givenOne } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes, sizesOf } from "./distribution.js";
import { lazy_property, logits_to_probs, probs_to_logits } from "./utils.js";

/** The fields of a distribution of categories along the last dimension of probs or logits, which are normalised. */
function normalizedFields(probs: Tensor | null, logits: Tensor | null): { _param: Tensor } {
  const name = givenOne(probs, logits);
  const given = (probs ?? logits) as Tensor;
  if (given.dim() < 1) throw new ValueError(`\`${name}\` parameter must be at least one-dimensional.`);
  const _param =
    name === "probs"
      ? given.div(given.sum(-1, { keepdim: true }))
      : given.sub(given.logsumexp({ dim: -1, keepdim: true }));
  return { [name]: _param, _param };
}

class Categorical extends Distribution {
  static override arg_constraints = { probs: constraints.simplex, logits: constraints.real_vector };
  static override support = constraints.dependent_property(
    (self: Categorical) => constraints.integer_interval(0, self._num_events - 1),
    { is_discrete: true, event_dim: 0 },
  );
  static override has_enumerate_support = true;

  declare _param: Tensor;
  declare _num_events: number;

  constructor(probs: Tensor | null = null, logits: Tensor | null = null, validate_args: boolean | null = null) {
    const fields = normalizedFields(probs, logits);
    const _num_events = fields._param.size(-1);
    super(fields._param.size().slice(0, -1), [], validate_args, { ...fields, _num_events });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { _num_events } = this;
    const fields = { ...expandedFields(this, [...batch_shape, _num_events]), _num_events };
    return this._expanded(Categorical, _instance, batch_shape, [], fields);
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs);
  }

  get probs(): Tensor {
    return logits_to_probs(this.logits);
  }

  static {
    lazy_property(Categorical, "logits", "probs");
  }

  get param_shape(): Size {
    return this._param.size();
  }

  override get mean(): Tensor {
    const { dtype, device } = this.probs;
    return torch.full(this._extended_shape(), Number.NaN, { dtype, device });
  }

  override get mode(): Tensor {
    return this.probs.argmax({ dim: -1 });
  }

  override get variance(): Tensor {
    return this.mean;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const probs_2d = this.probs.reshape(-1, this._num_events);
    const samples_2d = torch.multinomial(probs_2d, sizesOf(sample_shape).numel(), true).T;
    return samples_2d.reshape(this._extended_shape(sample_shape));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [index, log_pmf] = broadcast_tensors(value.long().unsqueeze(-1), this.logits);
    return log_pmf.gather(-1, index["..., :1"]).squeeze(-1);
  }

  override entropy(): Tensor {
    const { min } = finfo(this.logits.dtype);
    const logits = torch.clamp(this.logits, { min });
    return logits.mul(this.probs).sum(-1).neg();
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const values = torch.arange(this._num_events, { dtype: int64, device: this._param.device });
    return enumerated(values, this._batch_shape, expand);
  }
}

/**
 * A number from 0 to K - 1, the i-th with probability `probs[..., i]`; given by `probs`, which are normalised, or by `logits`.
 *
 * Throws ValueError unless one of the two is given, with a dimension at least.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#categorical}
 */
const CategoricalClass = publicClass("categorical", Categorical, ["probs", "logits", "validate_args"]);
type CategoricalClass = Categorical;

export { CategoricalClass as Categorical };
