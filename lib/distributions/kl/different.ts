// Divergences of distributions of different families.

import type { Tensor } from "../../_tensor.js";
import * as special from "../../generated/special.js";
import * as torch from "../../generated/torch.js";
import { Bernoulli } from "../bernoulli.js";
import { Beta } from "../beta.js";
import { Binomial } from "../binomial.js";
import { ContinuousBernoulli } from "../continuous_bernoulli.js";
import type { Distribution } from "../distribution.js";
import { Exponential } from "../exponential.js";
import { Gamma } from "../gamma.js";
import { Gumbel } from "../gumbel.js";
import { Laplace } from "../laplace.js";
import { Normal } from "../normal.js";
import { Pareto } from "../pareto.js";
import { Poisson } from "../poisson.js";
import { Uniform } from "../uniform.js";
import { euler_constant } from "../utils.js";
import { type DistributionClass, register_kl } from "./registry.js";

const { POSITIVE_INFINITY: inf } = Number;

/** x log x, which is 0 for x = 0. */
const _x_log_x = (tensor: Tensor): Tensor => special.xlogy(tensor, tensor);

/** Registers that all divergences from p to any of these are infinite, where q is zero. */
function registerInfinite<P extends Distribution>(
  type_p: DistributionClass<P>,
  parameter: (p: P) => Tensor,
  types_q: readonly DistributionClass<Distribution>[],
): void {
  for (const type_q of types_q) register_kl(type_p, type_q)((p) => torch.full_like(parameter(p), inf));
}

register_kl(Bernoulli, Poisson)(_kl_bernoulli_poisson);

function _kl_bernoulli_poisson(p: Bernoulli, q: Poisson): Tensor {
  return p.entropy().neg().sub(p.probs.mul(q.rate.log()).sub(q.rate));
}

register_kl(Beta, ContinuousBernoulli)(_kl_beta_continuousbernoulli);

function _kl_beta_continuousbernoulli(p: Beta, q: ContinuousBernoulli): Tensor {
  return p.entropy().neg().sub(p.mean.mul(q.logits)).sub(torch.log1p(q.probs.neg())).sub(q._cont_bern_log_norm());
}

registerInfinite(Beta, (p) => p.concentration1, [Pareto]);

register_kl(Beta, Exponential)(_kl_beta_exponential);

function _kl_beta_exponential(p: Beta, q: Exponential): Tensor {
  return p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.mean));
}

register_kl(Beta, Gamma)(_kl_beta_gamma);

function _kl_beta_gamma(p: Beta, q: Gamma): Tensor {
  const sum = p.concentration1.add(p.concentration0);
  const t1 = p.entropy().neg();
  const t2 = q.concentration.lgamma().sub(q.concentration.mul(q.rate.log()));
  const t3 = q.concentration.sub(1).mul(p.concentration1.digamma().sub(sum.digamma()));
  const t4 = q.rate.mul(p.concentration1).div(sum);
  return t1.add(t2).sub(t3).add(t4);
}

register_kl(Beta, Normal)(_kl_beta_normal);

function _kl_beta_normal(p: Beta, q: Normal): Tensor {
  const sum = p.concentration1.add(p.concentration0);
  const E_beta = p.concentration1.div(sum);
  const var_normal = q.scale.pow(2);
  const t1 = p.entropy().neg();
  const t2 = var_normal.mul(2).mul(Math.PI).log().mul(0.5);
  const t3 = E_beta.mul(torch.rsub(E_beta, 1)).div(sum.add(1)).add(E_beta.pow(2)).mul(0.5);
  const t4 = q.loc.mul(E_beta);
  const t5 = q.loc.pow(2).mul(0.5);
  return t1.add(t2).add(t3.sub(t4).add(t5).div(var_normal));
}

register_kl(Beta, Uniform)(_kl_beta_uniform);

function _kl_beta_uniform(p: Beta, q: Uniform): Tensor {
  const result = p.entropy().neg().add(q.high.sub(q.low).log());
  return result.index_put_([q.low.gt(0).bitwise_or(q.high.lt(1))], inf);
}

registerInfinite(ContinuousBernoulli, (p) => p.probs, [Pareto]);

register_kl(ContinuousBernoulli, Exponential)(_kl_continuousbernoulli_exponential);

function _kl_continuousbernoulli_exponential(p: ContinuousBernoulli, q: Exponential): Tensor {
  return p.entropy().neg().sub(torch.log(q.rate)).add(q.rate.mul(p.mean));
}

register_kl(ContinuousBernoulli, Normal)(_kl_continuousbernoulli_normal);

function _kl_continuousbernoulli_normal(p: ContinuousBernoulli, q: Normal): Tensor {
  const t1 = p.entropy().neg();
  const t2 = torch
    .square(q.loc.div(q.scale))
    .add(Math.log(2 * Math.PI))
    .mul(0.5)
    .add(torch.log(q.scale));
  const t3 = p.variance.add(torch.square(p.mean)).sub(q.loc.mul(2).mul(p.mean)).div(torch.square(q.scale).mul(2));
  return t1.add(t2).add(t3);
}

register_kl(ContinuousBernoulli, Uniform)(_kl_continuousbernoulli_uniform);

function _kl_continuousbernoulli_uniform(p: ContinuousBernoulli, q: Uniform): Tensor {
  const result = p.entropy().neg().add(q.high.sub(q.low).log());
  const isInfinite = torch.max(torch.ge(q.low, 0), torch.le(q.high, 1));
  return torch.where(isInfinite, torch.full_like(result, inf), result);
}

registerInfinite(Exponential, (p) => p.rate, [Beta, ContinuousBernoulli, Pareto, Uniform]);

register_kl(Exponential, Gamma)(_kl_exponential_gamma);

function _kl_exponential_gamma(p: Exponential, q: Gamma): Tensor {
  const ratio = q.rate.div(p.rate);
  const t1 = q.concentration.neg().mul(torch.log(ratio));
  return t1
    .add(ratio)
    .add(q.concentration.lgamma())
    .add(q.concentration.mul(euler_constant))
    .sub(1 + euler_constant);
}

register_kl(Exponential, Gumbel)(_kl_exponential_gumbel);

function _kl_exponential_gumbel(p: Exponential, q: Gumbel): Tensor {
  const scale_rate_prod = p.rate.mul(q.scale);
  const loc_scale_ratio = q.loc.div(q.scale);
  const t1 = scale_rate_prod.log().sub(1);
  const t2 = torch.exp(loc_scale_ratio).mul(scale_rate_prod).div(scale_rate_prod.add(1));
  const t3 = scale_rate_prod.reciprocal();
  return t1.sub(loc_scale_ratio).add(t2).add(t3);
}

register_kl(Exponential, Normal)(_kl_exponential_normal);

function _kl_exponential_normal(p: Exponential, q: Normal): Tensor {
  const var_normal = q.scale.pow(2);
  const rate_sqr = p.rate.pow(2);
  const t1 = torch.log(rate_sqr.mul(var_normal).mul(2).mul(Math.PI)).mul(0.5);
  const t2 = rate_sqr.reciprocal();
  const t3 = q.loc.div(p.rate);
  const t4 = q.loc.pow(2).mul(0.5);
  return t1.sub(1).add(t2.sub(t3).add(t4).div(var_normal));
}

registerInfinite(Gamma, (p) => p.concentration, [Beta, ContinuousBernoulli, Pareto, Uniform]);

register_kl(Gamma, Exponential)(_kl_gamma_exponential);

function _kl_gamma_exponential(p: Gamma, q: Exponential): Tensor {
  return p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.concentration).div(p.rate));
}

register_kl(Gamma, Gumbel)(_kl_gamma_gumbel);

function _kl_gamma_gumbel(p: Gamma, q: Gumbel): Tensor {
  const beta_scale_prod = p.rate.mul(q.scale);
  const loc_scale_ratio = q.loc.div(q.scale);
  const t1 = p.concentration.sub(1).mul(p.concentration.digamma()).sub(p.concentration.lgamma()).sub(p.concentration);
  const t2 = beta_scale_prod.log().add(p.concentration.div(beta_scale_prod));
  const t3 = torch
    .exp(loc_scale_ratio)
    .mul(beta_scale_prod.reciprocal().add(1).pow(p.concentration.neg()))
    .sub(loc_scale_ratio);
  return t1.add(t2).add(t3);
}

register_kl(Gamma, Normal)(_kl_gamma_normal);

function _kl_gamma_normal(p: Gamma, q: Normal): Tensor {
  const var_normal = q.scale.pow(2);
  const beta_sqr = p.rate.pow(2);
  const t1 = torch
    .log(beta_sqr.mul(var_normal).mul(2).mul(Math.PI))
    .mul(0.5)
    .sub(p.concentration)
    .sub(p.concentration.lgamma());
  const t2 = p.concentration.pow(2).add(p.concentration).mul(0.5).div(beta_sqr);
  const t3 = q.loc.mul(p.concentration).div(p.rate);
  const t4 = q.loc.pow(2).mul(0.5);
  return t1.add(p.concentration.sub(1).mul(p.concentration.digamma())).add(t2.sub(t3).add(t4).div(var_normal));
}

registerInfinite(Gumbel, (p) => p.loc, [Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform]);

register_kl(Gumbel, Normal)(_kl_gumbel_normal);

function _kl_gumbel_normal(p: Gumbel, q: Normal): Tensor {
  const param_ratio = p.scale.div(q.scale);
  const t1 = param_ratio.div(Math.sqrt(2 * Math.PI)).log();
  const t2 = param_ratio.mul(Math.PI).mul(0.5).pow(2).div(3);
  const t3 = p.loc.add(p.scale.mul(euler_constant)).sub(q.loc).div(q.scale).pow(2).mul(0.5);
  return t1
    .neg()
    .add(t2)
    .add(t3)
    .sub(euler_constant + 1);
}

registerInfinite(Laplace, (p) => p.loc, [Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform]);

register_kl(Laplace, Normal)(_kl_laplace_normal);

function _kl_laplace_normal(p: Laplace, q: Normal): Tensor {
  const var_normal = q.scale.pow(2);
  const scale_sqr_var_ratio = p.scale.pow(2).div(var_normal);
  const t1 = torch.log(scale_sqr_var_ratio.mul(2).div(Math.PI)).mul(0.5);
  const t2 = p.loc.pow(2).mul(0.5);
  const t3 = p.loc.mul(q.loc);
  const t4 = q.loc.pow(2).mul(0.5);
  return t1.neg().add(scale_sqr_var_ratio).add(t2.sub(t3).add(t4).div(var_normal)).sub(1);
}

registerInfinite(Normal, (p) => p.loc, [Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform]);

register_kl(Normal, Gumbel)(_kl_normal_gumbel);

function _kl_normal_gumbel(p: Normal, q: Gumbel): Tensor {
  const mean_scale_ratio = p.loc.div(q.scale);
  const var_scale_sqr_ratio = p.scale.div(q.scale).pow(2);
  const loc_scale_ratio = q.loc.div(q.scale);
  const t1 = var_scale_sqr_ratio.log().mul(0.5);
  const t2 = mean_scale_ratio.sub(loc_scale_ratio);
  const t3 = torch.exp(mean_scale_ratio.neg().add(var_scale_sqr_ratio.mul(0.5)).add(loc_scale_ratio));
  return t1
    .neg()
    .add(t2)
    .add(t3)
    .sub(0.5 * (1 + Math.log(2 * Math.PI)));
}

register_kl(Normal, Laplace)(_kl_normal_laplace);

function _kl_normal_laplace(p: Normal, q: Laplace): Tensor {
  const loc_diff = p.loc.sub(q.loc);
  const scale_ratio = p.scale.div(q.scale);
  const loc_diff_scale_ratio = loc_diff.div(p.scale);
  const t1 = torch.log(scale_ratio);
  const t2 = p.scale.mul(Math.sqrt(2 / Math.PI)).mul(torch.exp(loc_diff_scale_ratio.pow(2).mul(-0.5)));
  const t3 = loc_diff.mul(torch.erf(loc_diff_scale_ratio.mul(Math.sqrt(0.5))));
  return t1
    .neg()
    .add(t2.add(t3).div(q.scale))
    .sub(0.5 * (1 + Math.log(0.5 * Math.PI)));
}

registerInfinite(Pareto, (p) => p.scale, [Beta, ContinuousBernoulli, Uniform]);

register_kl(Pareto, Exponential)(_kl_pareto_exponential);

function _kl_pareto_exponential(p: Pareto, q: Exponential): Tensor {
  const scale_rate_prod = p.scale.mul(q.rate);
  const t1 = p.alpha.div(scale_rate_prod).log();
  const t2 = p.alpha.reciprocal();
  const t3 = p.alpha.mul(scale_rate_prod).div(p.alpha.sub(1));
  return t1
    .sub(t2)
    .add(t3)
    .sub(1)
    .index_put_([p.alpha.le(1)], inf);
}

register_kl(Pareto, Gamma)(_kl_pareto_gamma);

function _kl_pareto_gamma(p: Pareto, q: Gamma): Tensor {
  const common_term = p.scale.log().add(p.alpha.reciprocal());
  const t1 = p.alpha.log().sub(common_term);
  const t2 = q.concentration.lgamma().sub(q.concentration.mul(q.rate.log()));
  const t3 = torch.rsub(q.concentration, 1).mul(common_term);
  const t4 = q.rate.mul(p.alpha).mul(p.scale).div(p.alpha.sub(1));
  return t1
    .add(t2)
    .add(t3)
    .add(t4)
    .sub(1)
    .index_put_([p.alpha.le(1)], inf);
}

register_kl(Pareto, Normal)(_kl_pareto_normal);

function _kl_pareto_normal(p: Pareto, q: Normal): Tensor {
  const var_normal = q.scale.pow(2).mul(2);
  const common_term = p.scale.div(p.alpha.sub(1));
  const t1 = q.scale
    .mul(Math.sqrt(2 * Math.PI))
    .mul(p.alpha)
    .div(p.scale)
    .log();
  const t2 = p.alpha.reciprocal();
  const t3 = p.alpha.mul(common_term.pow(2)).div(p.alpha.sub(2));
  const t4 = p.alpha.mul(common_term).sub(q.loc).pow(2);
  const result = t1.sub(t2).add(t3.add(t4).div(var_normal)).sub(1);
  return result.index_put_([p.alpha.le(2)], inf);
}

registerInfinite(Poisson, (p) => p.rate, [Bernoulli, Binomial]);

register_kl(Uniform, Beta)(_kl_uniform_beta);

function _kl_uniform_beta(p: Uniform, q: Beta): Tensor {
  const common_term = p.high.sub(p.low);
  const t1 = torch.log(common_term);
  const t2 = q.concentration1
    .sub(1)
    .mul(_x_log_x(p.high).sub(_x_log_x(p.low)).sub(common_term))
    .div(common_term);
  const t3 = q.concentration0
    .sub(1)
    .mul(
      _x_log_x(torch.rsub(p.high, 1))
        .sub(_x_log_x(torch.rsub(p.low, 1)))
        .add(common_term),
    )
    .div(common_term);
  const t4 = q.concentration1
    .lgamma()
    .add(q.concentration0.lgamma())
    .sub(q.concentration1.add(q.concentration0).lgamma());
  const result = t3.add(t4).sub(t1).sub(t2);
  return result.index_put_([p.high.gt(1).bitwise_or(p.low.lt(0))], inf);
}

register_kl(Uniform, ContinuousBernoulli)(_kl_uniform_continuousbernoulli);

function _kl_uniform_continuousbernoulli(p: Uniform, q: ContinuousBernoulli): Tensor {
  const result = p
    .entropy()
    .neg()
    .sub(p.mean.mul(q.logits))
    .sub(torch.log1p(q.probs.neg()))
    .sub(q._cont_bern_log_norm());
  const isInfinite = torch.max(torch.ge(p.high, 1), torch.le(p.low, 0));
  return torch.where(isInfinite, torch.full_like(result, inf), result);
}

register_kl(Uniform, Exponential)(_kl_uniform_exponential);

function _kl_uniform_exponential(p: Uniform, q: Exponential): Tensor {
  const result = q.rate.mul(p.high.add(p.low)).div(2).sub(p.high.sub(p.low).mul(q.rate).log());
  return result.index_put_([p.low.lt(0)], inf);
}

register_kl(Uniform, Gamma)(_kl_uniform_gamma);

function _kl_uniform_gamma(p: Uniform, q: Gamma): Tensor {
  const common_term = p.high.sub(p.low);
  const t1 = common_term.log();
  const t2 = q.concentration.lgamma().sub(q.concentration.mul(q.rate.log()));
  const t3 = torch
    .rsub(q.concentration, 1)
    .mul(_x_log_x(p.high).sub(_x_log_x(p.low)).sub(common_term))
    .div(common_term);
  const t4 = q.rate.mul(p.high.add(p.low)).div(2);
  return t1
    .neg()
    .add(t2)
    .add(t3)
    .add(t4)
    .index_put_([p.low.lt(0)], inf);
}

register_kl(Uniform, Gumbel)(_kl_uniform_gumbel);

function _kl_uniform_gumbel(p: Uniform, q: Gumbel): Tensor {
  const common_term = q.scale.div(p.high.sub(p.low));
  const high_loc_diff = p.high.sub(q.loc).div(q.scale);
  const low_loc_diff = p.low.sub(q.loc).div(q.scale);
  const t1 = common_term.log().add(high_loc_diff.add(low_loc_diff).mul(0.5));
  const t2 = common_term.mul(torch.exp(high_loc_diff.neg()).sub(torch.exp(low_loc_diff.neg())));
  return t1.sub(t2);
}

register_kl(Uniform, Normal)(_kl_uniform_normal);

function _kl_uniform_normal(p: Uniform, q: Normal): Tensor {
  const common_term = p.high.sub(p.low);
  const t1 = q.scale
    .mul(Math.sqrt(Math.PI * 2))
    .div(common_term)
    .log();
  const t2 = common_term.pow(2).div(12);
  const t3 = p.high.add(p.low).sub(q.loc.mul(2)).div(2).pow(2);
  return t1.add(t2.add(t3).mul(0.5).div(q.scale.pow(2)));
}

register_kl(Uniform, Pareto)(_kl_uniform_pareto);

function _kl_uniform_pareto(p: Uniform, q: Pareto): Tensor {
  const support_uniform = p.high.sub(p.low);
  const t1 = q.alpha.mul(q.scale.pow(q.alpha)).mul(support_uniform).log();
  const t2 = _x_log_x(p.high).sub(_x_log_x(p.low)).sub(support_uniform).div(support_uniform);
  return t2
    .mul(q.alpha.add(1))
    .sub(t1)
    .index_put_([p.low.lt(q.scale)], inf);
}
