// torch/distributions/independent.py

import type { Tensor } from "../_tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { publicClass } from "./_keywords.js";
import type { Expand } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { _sum_rightmost } from "./utils.js";

class Independent<D extends Distribution = Distribution> extends Distribution {
  static override arg_constraints = {};
  static override support = constraints.dependent_property((self: Independent) => {
    const { support } = self.base_dist;
    if (self.reinterpreted_batch_ndims === 0) return support;
    return constraints.independent(support, self.reinterpreted_batch_ndims);
  });

  declare base_dist: D;
  declare reinterpreted_batch_ndims: number;

  constructor(base_distribution: D, reinterpreted_batch_ndims: number, validate_args: boolean | null = null) {
    const { batch_shape, event_shape } = base_distribution;
    if (reinterpreted_batch_ndims > batch_shape.length) {
      throw new ValueError(
        "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), " +
          `actual ${reinterpreted_batch_ndims} vs ${batch_shape.length}`,
      );
    }
    const shape = [...batch_shape, ...event_shape];
    const cut = batch_shape.length - reinterpreted_batch_ndims;
    super(shape.slice(0, cut), shape.slice(cut), validate_args, {
      base_dist: base_distribution,
      reinterpreted_batch_ndims,
    });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { reinterpreted_batch_ndims } = this;
    const base_shape = [...batch_shape, ...this.event_shape.slice(0, reinterpreted_batch_ndims)];
    const fields = { base_dist: this.base_dist.expand(base_shape), reinterpreted_batch_ndims };
    return this._expanded(Independent, _instance, batch_shape, this.event_shape, fields);
  }

  override get has_rsample(): boolean {
    return this.base_dist.has_rsample;
  }

  override get has_enumerate_support(): boolean {
    return this.reinterpreted_batch_ndims > 0 ? false : this.base_dist.has_enumerate_support;
  }

  override get mean(): Tensor {
    return this.base_dist.mean;
  }

  override get mode(): Tensor {
    return this.base_dist.mode;
  }

  override get variance(): Tensor {
    return this.base_dist.variance;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return this.base_dist.sample(sample_shape);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.base_dist.rsample(sample_shape);
  }

  override log_prob(value: Tensor): Tensor {
    return _sum_rightmost(this.base_dist.log_prob(value), this.reinterpreted_batch_ndims);
  }

  override entropy(): Tensor {
    return _sum_rightmost(this.base_dist.entropy(), this.reinterpreted_batch_ndims);
  }

  override enumerate_support(expand: Expand = true): Tensor {
    if (this.reinterpreted_batch_ndims > 0) {
      throw new NotImplementedError("Enumeration over cartesian product is not implemented");
    }
    return this.base_dist.enumerate_support(expand);
  }

  override __repr__(): string {
    return `${this.constructor.name}(${this.base_dist}, ${this.reinterpreted_batch_ndims})`;
  }
}

/**
 * Another distribution, of which the last `reinterpreted_batch_ndims` dimensions of the batch count as dimensions of an event:
 * their log-probabilities are summed up.
 *
 * Throws ValueError if the batch has fewer dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#independent}
 */
const IndependentClass = publicClass("independent", Independent, [
  "base_distribution",
  "reinterpreted_batch_ndims",
  "validate_args",
]);
type IndependentClass<D extends Distribution = Distribution> = Independent<D>;

export { IndependentClass as Independent };
