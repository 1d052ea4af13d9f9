// torch/distributions/continuous_bernoulli.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { ValueError } from "../errors.js";
import * as special from "../generated/special.js";
import * as torch from "../generated/torch.js";
import { binary_cross_entropy_with_logits } from "../nn/functional.js";
import type { Size } from "../size.js";
import { publicClass } from "./_keywords.js";
import { expandedFields, givenOne } from "./_probs_or_logits.js";
import * as constraints from "./constraints.js";
import type { SampleShape, Sizes } from "./distribution.js";
import { ExponentialFamily } from "./exp_family.js";
import { broadcast_all, clamp_probs, lazy_property, logits_to_probs, probs_to_logits, type Value } from "./utils.js";

/** The fields that probs or logits make: probs are checked if `validate_args` is given at all, and clamped. */
function clampedFields(probs: Value | null, logits: Value | null, validate_args: boolean | null): { _param: Tensor } {
  const name = givenOne(probs, logits);
  const [given] = broadcast_all((probs ?? logits) as Value);
  if (name === "logits") return { logits: given, _param: given } as { _param: Tensor };
  if (validate_args !== null && !constraints.unit_interval.check(given).all().item()) {
    throw new ValueError("The parameter probs has invalid values");
  }
  const _param = clamp_probs(given);
  return { probs: _param, _param } as { _param: Tensor };
}

class ContinuousBernoulli extends ExponentialFamily {
  static override arg_constraints = { probs: constraints.unit_interval, logits: constraints.real };
  static override support = constraints.unit_interval;
  static override has_rsample = true;

  declare _param: Tensor;
  declare _lims: readonly [number, number];

  constructor(
    probs: Value | null = null,
    logits: Value | null = null,
    lims: readonly [number, number] = [0.499, 0.501],
    validate_args: boolean | null = null,
  ) {
    const fields = clampedFields(probs, logits, validate_args);
    super(fields._param.size(), [], validate_args, { ...fields, _lims: lims });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const fields = { _lims: this._lims, ...expandedFields(this, batch_shape) };
    return this._expanded(ContinuousBernoulli, _instance, batch_shape, [], fields);
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }

  _outside_unstable_region(): Tensor {
    return torch.max(torch.le(this.probs, this._lims[0]), torch.gt(this.probs, this._lims[1]));
  }

  _cut_probs(): Tensor {
    const limit = torch.ones_like(this.probs).mul(this._lims[0]);
    return torch.where(this._outside_unstable_region(), this.probs, limit);
  }

  /** The logarithm of the normalizing constant: by its Taylor series near 1/2. */
  _cont_bern_log_norm(): Tensor {
    const cut_probs = this._cut_probs();
    const isBelow = torch.le(cut_probs, 0.5);
    const below_half = torch.where(isBelow, cut_probs, torch.zeros_like(cut_probs));
    const above_half = torch.where(torch.ge(cut_probs, 0.5), cut_probs, torch.ones_like(cut_probs));
    const log_norm = torch
      .log(torch.abs(torch.log1p(cut_probs.neg()).sub(torch.log(cut_probs))))
      .sub(torch.where(isBelow, torch.log1p(below_half.mul(-2)), torch.log(above_half.mul(2).sub(1))));
    const x = torch.pow(this.probs.sub(0.5), 2);
    const taylor = x
      .mul(104 / 45)
      .add(4 / 3)
      .mul(x)
      .add(Math.log(2));
    return torch.where(this._outside_unstable_region(), log_norm, taylor);
  }

  override get mean(): Tensor {
    const cut_probs = this._cut_probs();
    const mus = cut_probs
      .div(cut_probs.mul(2).sub(1))
      .add(torch.log1p(cut_probs.neg()).sub(torch.log(cut_probs)).reciprocal());
    const x = this.probs.sub(0.5);
    const taylor = torch
      .pow(x, 2)
      .mul(16 / 45)
      .add(1 / 3)
      .mul(x)
      .add(0.5);
    return torch.where(this._outside_unstable_region(), mus, taylor);
  }

  override get stddev(): Tensor {
    return torch.sqrt(this.variance);
  }

  override get variance(): Tensor {
    const cut_probs = this._cut_probs();
    const vars = cut_probs
      .mul(cut_probs.sub(1))
      .div(torch.pow(torch.rsub(cut_probs.mul(2), 1), 2))
      .add(torch.pow(torch.log1p(cut_probs.neg()).sub(torch.log(cut_probs)), 2).reciprocal());
    const x = torch.pow(this.probs.sub(0.5), 2);
    const taylor = torch.rsub(torch.rsub(x.mul(128 / 945), 1 / 15).mul(x), 1 / 12);
    return torch.where(this._outside_unstable_region(), vars, taylor);
  }

  get logits(): Tensor {
    return probs_to_logits(this.probs, { is_binary: true });
  }

  get probs(): Tensor {
    return clamp_probs(logits_to_probs(this.logits, { is_binary: true }));
  }

  static {
    lazy_property(ContinuousBernoulli, "logits", "probs");
  }

  get param_shape(): Size {
    return this._param.size();
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.probs;
    return this.icdf(torch.rand(this._extended_shape(sample_shape), { dtype, device }));
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const [logits, target] = broadcast_all(this.logits, value);
    const cross_entropy = binary_cross_entropy_with_logits(logits, target, { reduction: "none" });
    return cross_entropy.neg().add(this._cont_bern_log_norm());
  }

  override cdf(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const cut_probs = this._cut_probs();
    const cdfs = torch
      .pow(cut_probs, value)
      .mul(torch.pow(torch.rsub(cut_probs, 1), torch.rsub(value, 1)))
      .add(cut_probs)
      .sub(1)
      .div(cut_probs.mul(2).sub(1));
    const unbounded_cdfs = torch.where(this._outside_unstable_region(), cdfs, value);
    return torch.where(
      torch.le(value, 0),
      torch.zeros_like(value),
      torch.where(torch.ge(value, 1), torch.ones_like(value), unbounded_cdfs),
    );
  }

  override icdf(value: Tensor): Tensor {
    const cut_probs = this._cut_probs();
    const log1mp = torch.log1p(cut_probs.neg());
    const inverse = torch
      .log1p(cut_probs.neg().add(value.mul(cut_probs.mul(2).sub(1))))
      .sub(log1mp)
      .div(torch.log(cut_probs).sub(log1mp));
    return torch.where(this._outside_unstable_region(), inverse, value);
  }

  override entropy(): Tensor {
    const log_probs0 = torch.log1p(this.probs.neg());
    const log_probs1 = torch.log(this.probs);
    return this.mean.mul(log_probs0.sub(log_probs1)).sub(this._cont_bern_log_norm()).sub(log_probs0);
  }

  override get _natural_params(): Tensor[] {
    return [this.logits];
  }

  override _log_normalizer(x: Tensor): Tensor {
    const [low, high] = this._lims;
    const out_unst_reg = torch.max(torch.le(x, low - 0.5), torch.gt(x, high - 0.5));
    const cut_nat_params = torch.where(out_unst_reg, x, torch.ones_like(x).mul(low - 0.5));
    const log_norm = torch.log(torch.abs(special.expm1(cut_nat_params))).sub(torch.log(torch.abs(cut_nat_params)));
    const taylor = x.mul(0.5).add(torch.pow(x, 2).div(24)).sub(torch.pow(x, 4).div(2880));
    return torch.where(out_unst_reg, log_norm, taylor);
  }
}

/**
 * A distribution over numbers from 0 to 1 with a density proportional to λ^x (1 - λ)^(1 - x), where λ is `probs`; given by
 * `probs` or `logits`. Between the two `lims` around 1/2 Taylor series stand in for what is not stable there.
 *
 * Throws ValueError unless one of the two is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#continuousbernoulli}
 */
const ContinuousBernoulliClass = publicClass("continuous_bernoulli", ContinuousBernoulli, [
  "probs",
  "logits",
  "lims",
  "validate_args",
]);
type ContinuousBernoulliClass = ContinuousBernoulli;

export { ContinuousBernoulliClass as ContinuousBernoulli };
