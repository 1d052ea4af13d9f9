// Divergences of distributions of the same family.

import type { Tensor } from "../../_tensor.js";
import { grad } from "../../autograd/index.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import { broadcast_shapes } from "../../functional.js";
import * as torch from "../../generated/torch.js";
import * as linalg from "../../linalg.js";
import { softplus } from "../../nn/functional.js";
import { Bernoulli } from "../bernoulli.js";
import { Beta } from "../beta.js";
import { Binomial } from "../binomial.js";
import { Categorical } from "../categorical.js";
import { Cauchy } from "../cauchy.js";
import { ContinuousBernoulli } from "../continuous_bernoulli.js";
import { Dirichlet } from "../dirichlet.js";
import type { Distribution } from "../distribution.js";
import { ExponentialFamily } from "../exp_family.js";
import { Exponential } from "../exponential.js";
import { Gamma } from "../gamma.js";
import { Geometric } from "../geometric.js";
import { Gumbel } from "../gumbel.js";
import { HalfNormal } from "../half_normal.js";
import { Independent } from "../independent.js";
import { Laplace } from "../laplace.js";
import {
  _batch_lowrank_logdet,
  _batch_lowrank_mahalanobis,
  LowRankMultivariateNormal,
} from "../lowrank_multivariate_normal.js";
import { _batch_mahalanobis, MultivariateNormal } from "../multivariate_normal.js";
import { Normal } from "../normal.js";
import { OneHotCategorical } from "../one_hot_categorical.js";
import { Pareto } from "../pareto.js";
import { Poisson } from "../poisson.js";
import { TransformedDistribution } from "../transformed_distribution.js";
import { sameTransforms } from "../transforms/transform.js";
import { Uniform } from "../uniform.js";
import { _sum_rightmost, euler_constant, sameSizes } from "../utils.js";
import { kl_divergence, register_kl } from "./registry.js";

const { POSITIVE_INFINITY: inf } = Number;

/** tr(X Xᵀ) for batches of matrices. */
function _batch_trace_XXT(bmat: Tensor): Tensor {
  const [m, n] = bmat.shape.slice(-2);
  const flat_trace = bmat
    .reshape(-1, m * n)
    .pow(2)
    .sum(-1);
  return flat_trace.reshape(bmat.shape.slice(0, -2));
}

register_kl(Bernoulli, Bernoulli)(_kl_bernoulli_bernoulli);

function _kl_bernoulli_bernoulli(p: Bernoulli, q: Bernoulli): Tensor {
  const t1 = p.probs.mul(softplus(q.logits.neg()).sub(softplus(p.logits.neg())));
  t1.index_put_([q.probs.eq(0)], inf);
  t1.index_put_([p.probs.eq(0)], 0);
  const t2 = torch.rsub(p.probs, 1).mul(softplus(q.logits).sub(softplus(p.logits)));
  t2.index_put_([q.probs.eq(1)], inf);
  t2.index_put_([p.probs.eq(1)], 0);
  return t1.add(t2);
}

register_kl(Beta, Beta)(_kl_beta_beta);

function _kl_beta_beta(p: Beta, q: Beta): Tensor {
  const sum_params_p = p.concentration1.add(p.concentration0);
  const sum_params_q = q.concentration1.add(q.concentration0);
  const t1 = q.concentration1.lgamma().add(q.concentration0.lgamma()).add(sum_params_p.lgamma());
  const t2 = p.concentration1.lgamma().add(p.concentration0.lgamma()).add(sum_params_q.lgamma());
  const t3 = p.concentration1.sub(q.concentration1).mul(torch.digamma(p.concentration1));
  const t4 = p.concentration0.sub(q.concentration0).mul(torch.digamma(p.concentration0));
  const t5 = sum_params_q.sub(sum_params_p).mul(torch.digamma(sum_params_p));
  return t1.sub(t2).add(t3).add(t4).add(t5);
}

register_kl(Binomial, Binomial)(_kl_binomial_binomial);

function _kl_binomial_binomial(p: Binomial, q: Binomial): Tensor {
  if (p.total_count.lt(q.total_count).any().item()) {
    throw new NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented");
  }
  const per_trial = p.probs.mul(p.logits.sub(q.logits)).add(p.probs.neg().log1p()).sub(q.probs.neg().log1p());
  return p.total_count.mul(per_trial).index_put_([p.total_count.gt(q.total_count)], inf);
}

function _kl_categorical_categorical(p: Categorical, q: Categorical): Tensor {
  const t = p.probs.mul(p.logits.sub(q.logits));
  t.index_put_([q.probs.eq(0).expand_as(t)], inf);
  t.index_put_([p.probs.eq(0).expand_as(t)], 0);
  return t.sum(-1);
}

register_kl(Categorical, Categorical)(_kl_categorical_categorical);

register_kl(ContinuousBernoulli, ContinuousBernoulli)(_kl_continuousbernoulli_continuousbernoulli);

function _kl_continuousbernoulli_continuousbernoulli(p: ContinuousBernoulli, q: ContinuousBernoulli): Tensor {
  const t1 = p.mean.mul(p.logits.sub(q.logits));
  const t2 = p._cont_bern_log_norm().add(torch.log1p(p.probs.neg()));
  const t3 = q._cont_bern_log_norm().neg().sub(torch.log1p(q.probs.neg()));
  return t1.add(t2).add(t3);
}

register_kl(Dirichlet, Dirichlet)(_kl_dirichlet_dirichlet);

function _kl_dirichlet_dirichlet(p: Dirichlet, q: Dirichlet): Tensor {
  const sum_p_concentration = p.concentration.sum(-1);
  const sum_q_concentration = q.concentration.sum(-1);
  const t1 = sum_p_concentration.lgamma().sub(sum_q_concentration.lgamma());
  const t2 = p.concentration.lgamma().sub(q.concentration.lgamma()).sum(-1);
  const t3 = p.concentration.sub(q.concentration);
  const t4 = p.concentration.digamma().sub(sum_p_concentration.digamma().unsqueeze(-1));
  return t1.sub(t2).add(t3.mul(t4).sum(-1));
}

register_kl(Exponential, Exponential)(_kl_exponential_exponential);

function _kl_exponential_exponential(p: Exponential, q: Exponential): Tensor {
  const rate_ratio = q.rate.div(p.rate);
  return rate_ratio.log().neg().add(rate_ratio).sub(1);
}

register_kl(ExponentialFamily, ExponentialFamily)(_kl_exponentialfamily_exponentialfamily);

function _kl_exponentialfamily_exponentialfamily(p: ExponentialFamily, q: ExponentialFamily): Tensor {
  if (Object.getPrototypeOf(p) !== Object.getPrototypeOf(q)) {
    throw new NotImplementedError(
      `The cross KL-divergence between different exponential families cannot ${" ".repeat(28)}be computed using Bregman divergences`,
    );
  }
  const p_nparams = p._natural_params.map((np) => np.detach().requires_grad_());
  const q_nparams = q._natural_params;
  const lg_normal = p._log_normalizer(...p_nparams);
  const gradients = grad(lg_normal.sum(), p_nparams, { create_graph: true }) as Tensor[];
  return p_nparams.reduce(
    (result, pnp, i) => {
      const term = q_nparams[i].sub(pnp).mul(gradients[i]);
      return result.sub(_sum_rightmost(term, q.event_shape.length));
    },
    q._log_normalizer(...q_nparams).sub(lg_normal),
  );
}

register_kl(Gamma, Gamma)(_kl_gamma_gamma);

function _kl_gamma_gamma(p: Gamma, q: Gamma): Tensor {
  const t1 = q.concentration.mul(p.rate.div(q.rate).log());
  const t2 = torch.lgamma(q.concentration).sub(torch.lgamma(p.concentration));
  const t3 = p.concentration.sub(q.concentration).mul(torch.digamma(p.concentration));
  const t4 = q.rate.sub(p.rate).mul(p.concentration.div(p.rate));
  return t1.add(t2).add(t3).add(t4);
}

register_kl(Gumbel, Gumbel)(_kl_gumbel_gumbel);

function _kl_gumbel_gumbel(p: Gumbel, q: Gumbel): Tensor {
  const ct1 = p.scale.div(q.scale);
  const ct2 = q.loc.div(q.scale);
  const ct3 = p.loc.div(q.scale);
  const t1 = ct1.log().neg().sub(ct2).add(ct3);
  const t2 = ct1.mul(euler_constant);
  const t3 = torch.exp(ct2.add(ct1.add(1).lgamma()).sub(ct3));
  return t1
    .add(t2)
    .add(t3)
    .sub(1 + euler_constant);
}

register_kl(Geometric, Geometric)(_kl_geometric_geometric);

function _kl_geometric_geometric(p: Geometric, q: Geometric): Tensor {
  return p.entropy().neg().sub(torch.log1p(q.probs.neg()).div(p.probs)).sub(q.logits);
}

register_kl(HalfNormal, HalfNormal)(_kl_halfnormal_halfnormal);

function _kl_halfnormal_halfnormal(p: HalfNormal, q: HalfNormal): Tensor {
  return _kl_normal_normal(p.base_dist, q.base_dist);
}

register_kl(Laplace, Laplace)(_kl_laplace_laplace);

function _kl_laplace_laplace(p: Laplace, q: Laplace): Tensor {
  const scale_ratio = p.scale.div(q.scale);
  const loc_abs_diff = p.loc.sub(q.loc).abs();
  const t1 = scale_ratio.log().neg();
  const t2 = loc_abs_diff.div(q.scale);
  const t3 = scale_ratio.mul(torch.exp(loc_abs_diff.neg().div(p.scale)));
  return t1.add(t2).add(t3).sub(1);
}

/** Throws ValueError if events differ in shape. */
function requireSameEvents(p: Distribution, q: Distribution, kind: string): void {
  if (sameSizes(p.event_shape, q.event_shape)) return;
  throw new ValueError(
    `KL-divergence between two ${kind} with ${" ".repeat(25)}different event shapes cannot be computed`,
  );
}

const lowRankLogDet = (d: LowRankMultivariateNormal): Tensor =>
  _batch_lowrank_logdet(d._unbroadcasted_cov_factor, d._unbroadcasted_cov_diag, d._capacitance_tril);

const lowRankDistance = (d: LowRankMultivariateNormal, x: Tensor): Tensor =>
  _batch_lowrank_mahalanobis(d._unbroadcasted_cov_factor, d._unbroadcasted_cov_diag, x, d._capacitance_tril);

const halfLogDet = (d: MultivariateNormal): Tensor =>
  d._unbroadcasted_scale_tril.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);

/** A of q's precision D⁻¹ - Aᵀ A. */
function lowRankPrecision(q: LowRankMultivariateNormal): Tensor {
  const qWt_qDinv = q._unbroadcasted_cov_factor.mT.div(q._unbroadcasted_cov_diag.unsqueeze(-2));
  return linalg.solve_triangular(q._capacitance_tril, qWt_qDinv, { upper: false });
}

register_kl(
  LowRankMultivariateNormal,
  LowRankMultivariateNormal,
)(_kl_lowrankmultivariatenormal_lowrankmultivariatenormal);

function _kl_lowrankmultivariatenormal_lowrankmultivariatenormal(
  p: LowRankMultivariateNormal,
  q: LowRankMultivariateNormal,
): Tensor {
  requireSameEvents(p, q, "Low Rank Multivariate Normals");
  const term1 = lowRankLogDet(q).sub(lowRankLogDet(p));
  const term3 = lowRankDistance(q, q.loc.sub(p.loc));
  // The trace of q's precision times p's covariance.
  const A = lowRankPrecision(q);
  const term21 = p._unbroadcasted_cov_diag.div(q._unbroadcasted_cov_diag).sum(-1);
  const term22 = _batch_trace_XXT(p._unbroadcasted_cov_factor.mul(q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1)));
  const term23 = _batch_trace_XXT(A.mul(p._unbroadcasted_cov_diag.sqrt().unsqueeze(-2)));
  const term24 = _batch_trace_XXT(A.matmul(p._unbroadcasted_cov_factor));
  const term2 = term21.add(term22).sub(term23).sub(term24);
  return term1.add(term2).add(term3).sub(p.event_shape[0]).mul(0.5);
}

register_kl(MultivariateNormal, LowRankMultivariateNormal)(_kl_multivariatenormal_lowrankmultivariatenormal);

function _kl_multivariatenormal_lowrankmultivariatenormal(p: MultivariateNormal, q: LowRankMultivariateNormal): Tensor {
  requireSameEvents(p, q, "(Low Rank) Multivariate Normals");
  const term1 = lowRankLogDet(q).sub(halfLogDet(p).mul(2));
  const term3 = lowRankDistance(q, q.loc.sub(p.loc));
  const A = lowRankPrecision(q);
  const term21 = _batch_trace_XXT(p._unbroadcasted_scale_tril.mul(q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1)));
  const term22 = _batch_trace_XXT(A.matmul(p._unbroadcasted_scale_tril));
  const term2 = term21.sub(term22);
  return term1.add(term2).add(term3).sub(p.event_shape[0]).mul(0.5);
}

register_kl(LowRankMultivariateNormal, MultivariateNormal)(_kl_lowrankmultivariatenormal_multivariatenormal);

function _kl_lowrankmultivariatenormal_multivariatenormal(p: LowRankMultivariateNormal, q: MultivariateNormal): Tensor {
  requireSameEvents(p, q, "(Low Rank) Multivariate Normals");
  const term1 = halfLogDet(q).mul(2).sub(lowRankLogDet(p));
  const term3 = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc.sub(p.loc));
  const batch_shape = broadcast_shapes(
    q._unbroadcasted_scale_tril.shape.slice(0, -2),
    p._unbroadcasted_cov_factor.shape.slice(0, -2),
  );
  const [n] = p.event_shape;
  const q_scale_tril = q._unbroadcasted_scale_tril.expand([...batch_shape, n, n]);
  const p_cov_factor = p._unbroadcasted_cov_factor.expand([...batch_shape, n, p.cov_factor.size(-1)]);
  const p_cov_diag = torch.diag_embed(p._unbroadcasted_cov_diag.sqrt()).expand([...batch_shape, n, n]);
  const term21 = _batch_trace_XXT(linalg.solve_triangular(q_scale_tril, p_cov_factor, { upper: false }));
  const term22 = _batch_trace_XXT(linalg.solve_triangular(q_scale_tril, p_cov_diag, { upper: false }));
  const term2 = term21.add(term22);
  return term1.add(term2).add(term3).sub(n).mul(0.5);
}

register_kl(MultivariateNormal, MultivariateNormal)(_kl_multivariatenormal_multivariatenormal);

function _kl_multivariatenormal_multivariatenormal(p: MultivariateNormal, q: MultivariateNormal): Tensor {
  requireSameEvents(p, q, "Multivariate Normals");
  const half_term1 = halfLogDet(q).sub(halfLogDet(p));
  const batch_shape = broadcast_shapes(
    q._unbroadcasted_scale_tril.shape.slice(0, -2),
    p._unbroadcasted_scale_tril.shape.slice(0, -2),
  );
  const [n] = p.event_shape;
  const q_scale_tril = q._unbroadcasted_scale_tril.expand([...batch_shape, n, n]);
  const p_scale_tril = p._unbroadcasted_scale_tril.expand([...batch_shape, n, n]);
  const term2 = _batch_trace_XXT(linalg.solve_triangular(q_scale_tril, p_scale_tril, { upper: false }));
  const term3 = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc.sub(p.loc));
  return half_term1.add(term2.add(term3).sub(n).mul(0.5));
}

function _kl_normal_normal(p: Normal, q: Normal): Tensor {
  const var_ratio = p.scale.div(q.scale).pow(2);
  const t1 = p.loc.sub(q.loc).div(q.scale).pow(2);
  return var_ratio.add(t1).sub(1).sub(var_ratio.log()).mul(0.5);
}

register_kl(Normal, Normal)(_kl_normal_normal);

register_kl(OneHotCategorical, OneHotCategorical)(_kl_onehotcategorical_onehotcategorical);

function _kl_onehotcategorical_onehotcategorical(p: OneHotCategorical, q: OneHotCategorical): Tensor {
  return _kl_categorical_categorical(p._categorical, q._categorical);
}

register_kl(Pareto, Pareto)(_kl_pareto_pareto);

function _kl_pareto_pareto(p: Pareto, q: Pareto): Tensor {
  const scale_ratio = p.scale.div(q.scale);
  const alpha_ratio = q.alpha.div(p.alpha);
  const t1 = q.alpha.mul(scale_ratio.log());
  const t2 = alpha_ratio.log().neg();
  return t1
    .add(t2)
    .add(alpha_ratio)
    .sub(1)
    .index_put_([p.scale.lt(q.scale)], inf);
}

register_kl(Poisson, Poisson)(_kl_poisson_poisson);

function _kl_poisson_poisson(p: Poisson, q: Poisson): Tensor {
  return p.rate.mul(p.rate.log().sub(q.rate.log())).sub(p.rate.sub(q.rate));
}

register_kl(TransformedDistribution, TransformedDistribution)(_kl_transformeddistribution_transformeddistribution);

function _kl_transformeddistribution_transformeddistribution(
  p: TransformedDistribution,
  q: TransformedDistribution,
): Tensor {
  if (!sameTransforms(p.transforms, q.transforms)) throw new NotImplementedError();
  if (!sameSizes(p.event_shape, q.event_shape)) throw new NotImplementedError();
  return kl_divergence(p.base_dist, q.base_dist);
}

register_kl(Uniform, Uniform)(_kl_uniform_uniform);

function _kl_uniform_uniform(p: Uniform, q: Uniform): Tensor {
  const result = q.high.sub(q.low).div(p.high.sub(p.low)).log();
  return result.index_put_([q.low.gt(p.low).bitwise_or(q.high.lt(p.high))], inf);
}

register_kl(Independent, Independent)(_kl_independent_independent);

function _kl_independent_independent(p: Independent, q: Independent): Tensor {
  if (p.reinterpreted_batch_ndims !== q.reinterpreted_batch_ndims) throw new NotImplementedError();
  return _sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims);
}

register_kl(Cauchy, Cauchy)(_kl_cauchy_cauchy);

function _kl_cauchy_cauchy(p: Cauchy, q: Cauchy): Tensor {
  const t1 = p.scale.add(q.scale).pow(2).add(p.loc.sub(q.loc).pow(2)).log();
  const t2 = p.scale.mul(4).mul(q.scale).log();
  return t1.sub(t2);
}
