// torch/distributions/mixture_same_family.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { sizeOf } from "../size.js";
import { publicClass } from "./_keywords.js";
import { Categorical } from "./categorical.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes, sizesOf } from "./distribution.js";
import { zipReversed } from "./utils.js";

/** Throws ValueError unless the mixture has as many components as the other distribution, and their batches broadcast. */
function checkMixture(mixture: Categorical, component: Distribution): void {
  if (!(mixture instanceof Categorical)) {
    throw new ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical");
  }
  if (!(component instanceof Distribution)) {
    throw new ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution");
  }
  const mdbs = mixture.batch_shape;
  const cdbs = sizeOf(component.batch_shape.slice(0, -1));
  for (const [size1, size2] of zipReversed(mdbs, cdbs)) {
    if (size1 === 1 || size2 === 1 || size1 === size2) continue;
    throw new ValueError(
      `\`mixture_distribution.batch_shape\` (${mdbs}) is not compatible with \`component_distribution.batch_shape\`(${cdbs})`,
    );
  }
  const km = mixture.logits.size(-1);
  const kc = component.batch_shape.at(-1);
  if (km === kc) return;
  throw new ValueError(
    `\`mixture_distribution component\` (${km}) does not equal \`component_distribution.batch_shape[-1]\` (${kc})`,
  );
}

class MixtureSameFamily extends Distribution {
  static override arg_constraints = {};
  static override support = constraints.dependent_property((self: MixtureSameFamily) =>
    constraints.MixtureSameFamilyConstraint(self._component_distribution.support),
  );

  declare _mixture_distribution: Categorical;
  declare _component_distribution: Distribution;
  declare _num_component: number;
  declare _event_ndims: number;

  constructor(
    mixture_distribution: Categorical,
    component_distribution: Distribution,
    validate_args: boolean | null = null,
  ) {
    checkMixture(mixture_distribution, component_distribution);
    const { batch_shape, event_shape } = component_distribution;
    super(batch_shape.slice(0, -1), event_shape, validate_args, {
      _mixture_distribution: mixture_distribution,
      _component_distribution: component_distribution,
      _num_component: batch_shape.at(-1),
      _event_ndims: event_shape.length,
    });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { _num_component, _event_ndims } = this;
    const _component_distribution = this._component_distribution.expand([...batch_shape, _num_component]);
    return this._expanded(MixtureSameFamily, _instance, batch_shape, _component_distribution.event_shape, {
      _component_distribution,
      _mixture_distribution: this._mixture_distribution.expand(batch_shape),
      _num_component,
      _event_ndims,
    });
  }

  get mixture_distribution(): Categorical {
    return this._mixture_distribution;
  }

  get component_distribution(): Distribution {
    return this._component_distribution;
  }

  /** The mean of a property of the components, weighted by the mixture. */
  private mixed(component: Tensor): Tensor {
    const probs = this._pad_mixture_dimensions(this.mixture_distribution.probs);
    return torch.sum(probs.mul(component), { dim: -1 - this._event_ndims });
  }

  override get mean(): Tensor {
    return this.mixed(this.component_distribution.mean);
  }

  // Var(Y) = E[Var(Y|X)] + Var(E[Y|X])
  override get variance(): Tensor {
    const mean_cond_var = this.mixed(this.component_distribution.variance);
    const var_cond_mean = this.mixed(this.component_distribution.mean.sub(this._pad(this.mean)).pow(2));
    return mean_cond_var.add(var_cond_mean);
  }

  override cdf(x: Tensor): Tensor {
    const cdf_x = this.component_distribution.cdf(this._pad(x));
    return torch.sum(cdf_x.mul(this.mixture_distribution.probs), { dim: -1 });
  }

  override log_prob(x: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(x);
    const log_prob_x = this.component_distribution.log_prob(this._pad(x));
    const log_mix_prob = torch.log_softmax(this.mixture_distribution.logits, { dim: -1 });
    return torch.logsumexp(log_prob_x.add(log_mix_prob), { dim: -1 });
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => {
      const gather_dim = sizesOf(sample_shape).length + this.batch_shape.length;
      const es = this.event_shape;
      const mix_sample = this.mixture_distribution.sample(sample_shape);
      const mix_shape = mix_sample.shape;
      const comp_samples = this.component_distribution.sample(sample_shape);
      const mix_sample_r = mix_sample
        .reshape([...mix_shape, 1, ...es.map(() => 1)])
        .repeat([...mix_shape.map(() => 1), 1, ...es]);
      return torch.gather(comp_samples, gather_dim, mix_sample_r).squeeze(gather_dim);
    });
  }

  _pad(x: Tensor): Tensor {
    return x.unsqueeze(-1 - this._event_ndims);
  }

  _pad_mixture_dimensions(x: Tensor): Tensor {
    const cat_batch_ndims = this.mixture_distribution.batch_shape.length;
    const pad_ndims = cat_batch_ndims === 1 ? 0 : this.batch_shape.length - cat_batch_ndims;
    const ones = (count: number) => new Array<number>(Math.max(0, count)).fill(1);
    return x.reshape([...x.shape.slice(0, -1), ...ones(pad_ndims), x.size(-1), ...ones(this._event_ndims)]);
  }

  override __repr__(): string {
    return `MixtureSameFamily(\n  ${this.mixture_distribution},\n  ${this.component_distribution})`;
  }
}

/**
 * A mixture of distributions of one kind, which are the last dimension of `component_distribution`'s batch: which of them a
 * sample is from is told by `mixture_distribution`.
 *
 * Throws ValueError if their numbers of components differ or their batches do not broadcast.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#mixturesamefamily}
 */
const MixtureSameFamilyClass = publicClass(
  "mixture_same_family",
  MixtureSameFamily,
  ["mixture_distribution", "component_distribution", "validate_args"],
  { methods: { cdf: ["x"], log_prob: ["x"] } },
);
type MixtureSameFamilyClass = MixtureSameFamily;

export { MixtureSameFamilyClass as MixtureSameFamily };
