// torch/distributions/transformed_distribution.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { AssertionError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { format } from "../python/repr.js";
import { sizeOf } from "../size.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { Independent } from "./independent.js";
import { timesSign } from "./transforms/transform.js";
import { ComposeTransform, Transform } from "./transforms.js";
import { _sum_rightmost, sameSizes } from "./utils.js";

/** The shapes and fields of a transformed distribution. */
interface Transformed {
  batch_shape: Sizes;
  event_shape: Sizes;
  fields: { base_dist: Distribution; transforms: Transform[] };
}

/** Fits a base distribution to the transforms: expanded where they broadcast, its batch in the event where they need it. */
export function transformed(base_distribution: Distribution, given: Transform | Transform[]): Transformed {
  const transforms = transformList(given);
  const base_shape = sizeOf([...base_distribution.batch_shape, ...base_distribution.event_shape]);
  const base_event_dim = base_distribution.event_shape.length;
  const transform = ComposeTransform(transforms);
  const { domain, codomain } = transform;
  if (base_shape.length < domain.event_dim) {
    throw new ValueError(
      `base_distribution needs to have shape with size at least ${domain.event_dim}, but got ${base_shape}.`,
    );
  }
  const forward_shape = transform.forward_shape(base_shape);
  const expanded_base_shape = transform.inverse_shape(forward_shape);
  let base_dist = base_distribution;
  if (!sameSizes(base_shape, expanded_base_shape)) {
    base_dist = base_dist.expand(expanded_base_shape.slice(0, expanded_base_shape.length - base_event_dim));
  }
  const reinterpreted_batch_ndims = domain.event_dim - base_event_dim;
  if (reinterpreted_batch_ndims > 0) base_dist = Independent(base_dist, reinterpreted_batch_ndims);

  const change_in_event_dim = codomain.event_dim - domain.event_dim;
  const event_dim = Math.max(codomain.event_dim, base_event_dim + change_in_event_dim);
  const cut = forward_shape.length - event_dim;
  if (cut < 0) {
    throw new AssertionError(`forward_shape length ${forward_shape.length} must be >= event_dim ${event_dim}`);
  }
  return {
    batch_shape: forward_shape.slice(0, cut),
    event_shape: forward_shape.slice(cut),
    fields: { base_dist, transforms },
  };
}

function transformList(transforms: Transform | Transform[]): Transform[] {
  if (transforms instanceof Transform) return [transforms];
  if (!Array.isArray(transforms)) {
    throw new ValueError(`transforms must be a Transform or list, but was ${format(transforms)}`);
  }
  if (!transforms.every((t) => t instanceof Transform)) {
    throw new ValueError("transforms must be a Transform or a list of Transforms");
  }
  return transforms;
}

class TransformedDistribution extends Distribution {
  static override arg_constraints: Readonly<Record<string, constraints.Constraint>> = {};
  static override support: constraints.Constraint = constraints.dependent_property(
    (self: TransformedDistribution) => {
      const last = self.transforms[self.transforms.length - 1];
      if (last === undefined) return self.base_dist.support;
      const support = last.codomain;
      const more = self.event_shape.length - support.event_dim;
      return more > 0 ? constraints.independent(support, more) : support;
    },
    { is_discrete: false },
  );

  declare base_dist: Distribution;
  declare transforms: Transform[];

  constructor(
    base_distribution: Distribution,
    transforms: Transform | Transform[],
    validate_args: boolean | null = null,
    fields: object = {},
  ) {
    const made = transformed(base_distribution, transforms);
    super(made.batch_shape, made.event_shape, validate_args, { ...fields, ...made.fields });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { transforms } = this;
    const shape = transforms.reduceRight<Sizes>(
      (sizes, t) => t.inverse_shape(sizes),
      sizeOf([...batch_shape, ...this.event_shape]),
    );
    const base_batch_shape = shape.slice(0, shape.length - this.base_dist.event_shape.length);
    const fields = { base_dist: this.base_dist.expand(base_batch_shape), transforms };
    return this._expanded(TransformedDistribution, _instance, batch_shape, this.event_shape, fields);
  }

  override get has_rsample(): boolean {
    return super.has_rsample || this.base_dist.has_rsample; // a subclass may tell it for itself
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => this.transforms.reduce((x, transform) => transform(x), this.base_dist.sample(sample_shape)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.transforms.reduce((x, transform) => transform(x), this.base_dist.rsample(sample_shape));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    let event_dim = this.event_shape.length;
    let log_prob: Tensor | null = null;
    let y = value;
    for (const transform of this.transforms.toReversed()) {
      const x = transform.inv(y);
      event_dim += transform.domain.event_dim - transform.codomain.event_dim;
      const jacobian = transform.log_abs_det_jacobian(x, y);
      const term = _sum_rightmost(jacobian, event_dim - transform.domain.event_dim);
      log_prob = log_prob === null ? torch.rsub(term, 0) : log_prob.sub(term);
      y = x;
    }
    const base = _sum_rightmost(this.base_dist.log_prob(y), event_dim - this.base_dist.event_shape.length);
    return log_prob === null ? base.add(0) : log_prob.add(base);
  }

  /** Turns probabilities over, in place of `cdf(x)` taking 1 - p, where the transforms decrease. */
  _monotonize_cdf(value: Tensor): Tensor {
    const sign = this.transforms.reduce<number | Tensor>((product, transform) => timesSign(product, transform.sign), 1);
    if (sign === 1) return value;
    return value.sub(0.5).mul(sign).add(0.5);
  }

  override cdf(value: Tensor): Tensor {
    const x = this.transforms.reduceRight((y, transform) => transform.inv(y), value);
    if (this._validate_args) this.base_dist._validate_sample(x);
    return this._monotonize_cdf(this.base_dist.cdf(x));
  }

  override icdf(value: Tensor): Tensor {
    const x = this.base_dist.icdf(this._monotonize_cdf(value));
    return this.transforms.reduce((y, transform) => transform(y), x);
  }
}

/**
 * The distribution of what transforms, one after the other, make of samples of another distribution.
 *
 * log p(y) = log p(x) - Σ log |dy/dx|. Throws ValueError for other things than transforms, and if the base distribution has fewer
 * dimensions than they need.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#transformeddistribution}
 */
const TransformedDistributionClass = publicClass(
  "transformed_distribution",
  TransformedDistribution,
  ["base_distribution", "transforms", "validate_args", "fields"],
  { dict: 3 },
);
type TransformedDistributionClass = TransformedDistribution;

export { TransformedDistributionClass as TransformedDistribution };
