// torch/distributions/binomial.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { NotImplementedError } from "../errors.js";
import * as torch from "../generated/torch.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { countedFields, type Expand, enumerated, expandedFields } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { lazy_property, logits_to_probs, probs_to_logits, type Value } from "./utils.js";

/** max(x, 0), with the gradient 1/2 at 0. */
function _clamp_by_zero(x: Tensor): Tensor {
  return x
    .clamp({ min: 0 })
    .add(x)
    .sub(x.clamp({ max: 0 }))
    .div(2);
}

class Binomial extends Distribution {
  static override arg_constraints = {
    total_count: constraints.nonnegative_integer,
    probs: constraints.unit_interval,
    logits: constraints.real,
  };
  static override support = constraints.dependent_property(
    (self: Binomial) => constraints.integer_interval(0, self.total_count),
    { is_discrete: true, event_dim: 0 },
  );
  static override has_enumerate_support = true;

  declare total_count: Tensor;
  declare _param: Tensor;

  constructor(
    total_count: Value = 1,
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
    return this._expanded(Binomial, _instance, batch_shape, [], fields);
  }

  override get mean(): Tensor {
    return this.total_count.mul(this.probs);
  }

  override get mode(): Tensor {
    return this.total_count.add(1).mul(this.probs).floor().clamp({ max: this.total_count });
  }

  override get variance(): Tensor {
    return this.total_count.mul(this.probs).mul(torch.rsub(this.probs, 1));
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs, { is_binary: true });
  }

  get probs(): Tensor {
    return logits_to_probs(this.logits, { is_binary: true });
  }

  static {
    lazy_property(Binomial, "logits", "probs");
  }

  get param_shape(): Size {
    return this._param.size();
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => torch.binomial(this.total_count.expand(shape), this.probs.expand(shape)));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const { total_count, logits } = this;
    const log_factorial_n = torch.lgamma(total_count.add(1));
    const log_factorial_k = torch.lgamma(value.add(1));
    const log_factorial_nmk = torch.lgamma(total_count.sub(value).add(1));
    const normalize_term = total_count
      .mul(_clamp_by_zero(logits))
      .add(total_count.mul(torch.log1p(torch.exp(torch.abs(logits).neg()))))
      .sub(log_factorial_n);
    return value.mul(logits).sub(log_factorial_k).sub(log_factorial_nmk).sub(normalize_term);
  }

  override entropy(): Tensor {
    this.homogeneousCount("entropy");
    const log_prob = this.log_prob(this.enumerate_support(false));
    return torch.exp(log_prob).mul(log_prob).sum(0).neg();
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const total_count = this.homogeneousCount("enumerate_support");
    const values = torch.arange(1 + total_count, { dtype: this._param.dtype, device: this._param.device });
    return enumerated(values, this._batch_shape, expand);
  }

  private homogeneousCount(method: string): number {
    const total_count = Math.trunc(this.total_count.max().item());
    if (this.total_count.min().item() === total_count) return total_count;
    throw new NotImplementedError(`Inhomogeneous total count not supported by \`${method}\`.`);
  }
}

/**
 * How often an event of probability `probs` happens in `total_count` independent trials; given by `probs` or `logits`.
 *
 * Throws ValueError unless one of the two is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#binomial}
 */
const BinomialClass = publicClass("binomial", Binomial, ["total_count", "probs", "logits", "validate_args"]);
type BinomialClass = Binomial;

export { BinomialClass as Binomial };
