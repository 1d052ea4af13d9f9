// torch/distributions/multinomial.py

import type { Tensor } from "../_tensor.js";
import { NotImplementedError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { contiguous_format } from "../layout.js";
import { isInt } from "../python/float.js";
import type { Size } from "../size.js";
import { tensor } from "../tensor_new.js";
import { publicClass } from "./_keywords.js";
import { Binomial } from "./binomial.js";
import { Categorical } from "./categorical.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes, sizesOf } from "./distribution.js";
import { broadcast_all } from "./utils.js";

class Multinomial extends Distribution {
  static override arg_constraints = { probs: constraints.simplex, logits: constraints.real_vector };
  static override support = constraints.dependent_property(
    (self: Multinomial) => constraints.multinomial(self.total_count),
    { is_discrete: true, event_dim: 1 },
  );

  declare total_count: number;
  declare _categorical: Categorical;
  declare _binomial: Binomial;

  constructor(
    total_count = 1,
    probs: Tensor | null = null,
    logits: Tensor | null = null,
    validate_args: boolean | null = null,
  ) {
    if (!isInt(total_count)) throw new NotImplementedError("inhomogeneous total_count is not supported");
    const _categorical = Categorical(probs, logits);
    const _binomial = Binomial(total_count, _categorical.probs);
    super(_categorical.batch_shape, _categorical.param_shape.slice(-1), validate_args, {
      total_count,
      _categorical,
      _binomial,
    });
  }

  override get mean(): Tensor {
    return this.probs.mul(this.total_count);
  }

  override get variance(): Tensor {
    return this.probs.mul(this.total_count).mul(torch.rsub(this.probs, 1));
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { total_count, event_shape } = this;
    return this._expanded(Multinomial, _instance, batch_shape, event_shape, {
      total_count,
      _categorical: this._categorical.expand(batch_shape),
      _binomial: this._binomial.expand([...batch_shape, ...event_shape]),
    });
  }

  get logits(): Tensor {
    return this._categorical.logits;
  }

  get probs(): Tensor {
    return this._categorical.probs;
  }

  get param_shape(): Size {
    return this._categorical.param_shape;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const samples = this._categorical.sample([this.total_count, ...sizesOf(sample_shape)]);
    // Brings the draws from the first dimension to the last.
    const shifted = samples.movedim(0, -1);
    const counts = samples.new_zeros(this._extended_shape(sample_shape));
    counts.scatter_add_(-1, shifted, torch.ones_like(shifted));
    return counts.type_as(this.probs);
  }

  override entropy(): Tensor {
    const { dtype, device } = this.probs;
    const n = tensor(this.total_count, { dtype, device });
    const term1 = n.mul(this._categorical.entropy()).sub(torch.lgamma(n.add(1)));
    const support = this._binomial.enumerate_support(false)["1:"];
    const binomial_probs = torch.exp(this._binomial.log_prob(support));
    const weights = torch.lgamma(support.add(1));
    const term2 = binomial_probs.mul(weights).sum([0, -1]);
    return term1.add(term2);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [given, counts] = broadcast_all(this.logits, value);
    const logits = given.clone({ memory_format: contiguous_format });
    const log_factorial_n = torch.lgamma(counts.sum(-1).add(1));
    const log_factorial_xs = torch.lgamma(counts.add(1)).sum(-1);
    logits.index_put_([counts.eq(0).bitwise_and(logits.eq(Number.NEGATIVE_INFINITY))], 0);
    const log_powers = logits.mul(counts).sum(-1);
    return log_factorial_n.sub(log_factorial_xs).add(log_powers);
  }
}

/**
 * How often each of K categories is drawn in `total_count` independent draws; given by `probs`, which are normalised, or by
 * `logits`.
 *
 * Throws NotImplementedError for a count that is no int, and ValueError unless one of the two is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#multinomial}
 */
const MultinomialClass = publicClass("multinomial", Multinomial, ["total_count", "probs", "logits", "validate_args"]);
type MultinomialClass = Multinomial;

export { MultinomialClass as Multinomial };
