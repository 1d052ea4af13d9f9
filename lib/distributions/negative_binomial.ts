// torch/distributions/negative_binomial.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import * as torch from "../generated/torch.js";
import { logsigmoid } from "../nn/functional.js";
import { float } from "../python/numbers.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { countedFields, expandedFields } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { Gamma } from "./gamma.js";
import { lazy_property, logits_to_probs, probs_to_logits, type Value } from "./utils.js";

class NegativeBinomial extends Distribution {
  static override arg_constraints = {
    total_count: constraints.greater_than_eq(0),
    probs: constraints.half_open_interval(float(0), float(1)),
    logits: constraints.real,
  };
  static override support = constraints.nonnegative_integer;

  declare total_count: Tensor;
  declare _param: Tensor;

  constructor(
    total_count: Value,
    probs: Value | null = null,
    logits: Value | null = null,
    validate_args: boolean | null = null,
  ) {
    const fields = countedFields(total_count, probs, logits);
    super(fields._param.size(), [], validate_args, fields);
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const total_count = this.total_count.expand(batch_shape);
    const fields = { total_count, ...expandedFields(this, batch_shape) };
    return this._expanded(NegativeBinomial, _instance, batch_shape, [], fields);
  }

  override get mean(): Tensor {
    return this.total_count.mul(torch.exp(this.logits));
  }

  override get mode(): Tensor {
    return this.total_count.sub(1).mul(this.logits.exp()).floor().clamp({ min: 0 });
  }

  override get variance(): Tensor {
    return this.mean.div(torch.sigmoid(this.logits.neg()));
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs, { is_binary: true });
  }

  get probs(): Tensor {
    return logits_to_probs(this.logits, { is_binary: true });
  }

  get param_shape(): Size {
    return this._param.size();
  }

  get _gamma(): Gamma {
    // Gamma's own checks would be of no use.
    return Gamma(this.total_count, torch.exp(this.logits.neg()), false);
  }

  static {
    lazy_property(NegativeBinomial, "logits", "probs", "_gamma");
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => torch.poisson(this._gamma.sample(sample_shape)));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const { total_count, logits } = this;
    const log_unnormalized_prob = total_count.mul(logsigmoid(logits.neg())).add(value.mul(logsigmoid(logits)));
    const log_normalization = torch
      .lgamma(total_count.add(value))
      .neg()
      .add(torch.lgamma(value.add(float(1))))
      .add(torch.lgamma(total_count))
      .masked_fill(total_count.add(value).eq(0), 0);
    return log_unnormalized_prob.sub(log_normalization);
  }
}

/**
 * The number of successes, each of probability `probs`, before `total_count` failures, which need not be whole; given by `probs`
 * or `logits`.
 *
 * Throws ValueError unless one of the two is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#negativebinomial}
 */
const NegativeBinomialClass = publicClass("negative_binomial", NegativeBinomial, [
  "total_count",
  "probs",
  "logits",
  "validate_args",
]);
type NegativeBinomialClass = NegativeBinomial;

export { NegativeBinomialClass as NegativeBinomial };
