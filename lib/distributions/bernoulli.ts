// torch/distributions/bernoulli.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import * as torch from "../generated/torch.js";
import { binary_cross_entropy_with_logits } from "../nn/functional.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { binaryFields, type Expand, enumerated, expandedFields } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { broadcast_all, lazy_property, logits_to_probs, probs_to_logits, type Value } from "./utils.js";

class Bernoulli extends ExponentialFamily {
  static override arg_constraints = { probs: constraints.unit_interval, logits: constraints.real };
  static override support = constraints.boolean;
  static override has_enumerate_support = true;

  declare _param: Tensor;

  constructor(probs: Value | null = null, logits: Value | null = null, validate_args: boolean | null = null) {
    const fields = binaryFields(probs, logits);
    super(fields._param.size(), [], validate_args, fields);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    return this._expanded(Bernoulli, _instance, batch_shape, [], expandedFields(this, batch_shape));
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }

  override get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    const mode = this.probs.ge(0.5).to(this.probs);
    return mode.index_put_([this.probs.eq(0.5)], Number.NaN);
  }

  override get variance(): Tensor {
    return this.probs.mul(torch.rsub(this.probs, 1));
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs, { is_binary: true });
  }

  get probs(): Tensor {
    return logits_to_probs(this.logits, { is_binary: true });
  }

  static {
    lazy_property(Bernoulli, "logits", "probs");
  }

  get param_shape(): Size {
    return this._param.size();
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => torch.bernoulli(this.probs.expand(shape)));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [logits, target] = broadcast_all(this.logits, value);
    return binary_cross_entropy_with_logits(logits, target, { reduction: "none" }).neg();
  }

  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: "none" });
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const values = torch.arange(2, { dtype: this._param.dtype, device: this._param.device });
    return enumerated(values, this._batch_shape, expand);
  }

  override get _natural_params(): Tensor[] {
    return [torch.logit(this.probs)];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return torch.log1p(torch.exp(x));
  }
}

/**
 * 1 with probability `probs`, else 0; given by `probs` or by `logits`, log(p / (1 - p)).
 *
 * Throws ValueError unless one of the two is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#bernoulli}
 */
const BernoulliClass = publicClass("bernoulli", Bernoulli, ["probs", "logits", "validate_args"]);
type BernoulliClass = Bernoulli;

export { BernoulliClass as Bernoulli };
