// torch/distributions/one_hot_categorical.py

import type { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { one_hot } from "../nn/functional.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { type Expand, wanted } from "./_probs_or_logits.js";
import { Categorical } from "./categorical.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";

class OneHotCategorical extends Distribution {
  static override arg_constraints = { probs: constraints.simplex, logits: constraints.real_vector };
  static override support = constraints.one_hot;
  static override has_enumerate_support = true;

  declare _categorical: Categorical;

  constructor(probs: Tensor | null = null, logits: Tensor | null = null, validate_args: boolean | null = null) {
    const _categorical = Categorical(probs, logits);
    super(_categorical.batch_shape, _categorical.param_shape.slice(-1), validate_args, { _categorical });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const _categorical = this._categorical.expand(batch_shape);
    return this._expanded(OneHotCategorical, _instance, batch_shape, this.event_shape, { _categorical });
  }

  get _param(): Tensor {
    return this._categorical._param;
  }

  get probs(): Tensor {
    return this._categorical.probs;
  }

  get logits(): Tensor {
    return this._categorical.logits;
  }

  override get mean(): Tensor {
    return this._categorical.probs;
  }

  override get mode(): Tensor {
    const { probs } = this._categorical;
    return one_hot(probs.argmax({ dim: -1 }), probs.size(-1)).to(probs);
  }

  override get variance(): Tensor {
    const { probs } = this._categorical;
    return probs.mul(torch.rsub(probs, 1));
  }

  get param_shape(): Size {
    return this._categorical.param_shape;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const { probs, _num_events } = this._categorical;
    return one_hot(this._categorical.sample(sample_shape), _num_events).to(probs);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [, indices] = value.max(-1);
    return this._categorical.log_prob(indices);
  }

  override entropy(): Tensor {
    return this._categorical.entropy();
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const [n] = this.event_shape;
    const { dtype, device } = this._param;
    const values = torch.eye(n, { dtype, device }).view([n, ...this.batch_shape.map(() => 1), n]);
    return wanted(expand) ? values.expand([n, ...this.batch_shape, n]) : values;
  }
}

/**
 * One of K categories as a vector with a 1 in its place and zeros else; given by `probs`, which are normalised, or by `logits`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#onehotcategorical}
 */
const OneHotCategoricalClass = publicClass("one_hot_categorical", OneHotCategorical, [
  "probs",
  "logits",
  "validate_args",
]);
type OneHotCategoricalClass = OneHotCategorical;

class OneHotCategoricalStraightThrough extends OneHotCategorical {
  static override has_rsample = true;

  override rsample(sample_shape: SampleShape = []): Tensor {
    const samples = this.sample(sample_shape);
    const { probs } = this._categorical; // computed anew from logits, with their graph
    return samples.add(probs.sub(probs.detach()));
  }
}

/**
 * OneHotCategorical with `rsample()`: the gradient of the probabilities stands in for that of the samples.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.one_hot_categorical.OneHotCategoricalStraightThrough}
 */
const OneHotCategoricalStraightThroughClass = publicClass(
  "one_hot_categorical",
  OneHotCategoricalStraightThrough,
  ["probs", "logits", "validate_args"],
  { owner: OneHotCategorical },
);
type OneHotCategoricalStraightThroughClass = OneHotCategoricalStraightThrough;

export {
  OneHotCategoricalClass as OneHotCategorical,
  OneHotCategoricalStraightThroughClass as OneHotCategoricalStraightThrough,
};
