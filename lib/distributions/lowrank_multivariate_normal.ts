// torch/distributions/lowrank_multivariate_normal.py

import type { Tensor } from "../_tensor.js";
import { RuntimeError, ValueError } from "../errors.js";
import { broadcast_tensors } from "../functional.js";
import * as torch from "../generated/torch.js";
import * as linalg from "../linalg.js";
import { sizeOf } from "../size.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes, sizesOf } from "./distribution.js";
import { _batch_mahalanobis, _batch_mv } from "./multivariate_normal.js";
import { _standard_normal, lazy_property, sameSizes } from "./utils.js";

/** A matrix plus the identity, in place of the matrix. */
function addIdentity(K: Tensor): Tensor {
  const n = K.size(-1);
  K.view(-1, n * n)
    .index(":", `::${n + 1}`)
    .add_(1);
  return K;
}

/** The Cholesky factor of I + Wᵀ D⁻¹ W, for batches of matrices W and vectors D. */
export function _batch_capacitance_tril(W: Tensor, D: Tensor): Tensor {
  const Wt_Dinv = W.mT.div(D.unsqueeze(-2));
  return linalg.cholesky(addIdentity(torch.matmul(Wt_Dinv, W).contiguous()));
}

/** log |W Wᵀ + D|, by the matrix determinant lemma. */
export function _batch_lowrank_logdet(_W: Tensor, D: Tensor, capacitance_tril: Tensor): Tensor {
  return capacitance_tril.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1).mul(2).add(D.log().sum(-1));
}

/** xᵀ (W Wᵀ + D)⁻¹ x, by Woodbury's formula. */
export function _batch_lowrank_mahalanobis(W: Tensor, D: Tensor, x: Tensor, capacitance_tril: Tensor): Tensor {
  const Wt_Dinv = W.mT.div(D.unsqueeze(-2));
  const Wt_Dinv_x = _batch_mv(Wt_Dinv, x);
  const mahalanobis_term1 = x.pow(2).div(D).sum(-1);
  const mahalanobis_term2 = _batch_mahalanobis(capacitance_tril, Wt_Dinv_x);
  return mahalanobis_term1.sub(mahalanobis_term2);
}

/** The parameters broadcast to one batch; throws ValueError if they do not. */
function broadcastParameters(loc: Tensor, cov_factor: Tensor, cov_diag: Tensor) {
  const event_shape = loc.shape.slice(-1);
  if (loc.dim() < 1) throw new ValueError("loc must be at least one-dimensional.");
  if (cov_factor.dim() < 2) {
    throw new ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions");
  }
  if (cov_factor.size(-2) !== event_shape[0]) {
    throw new ValueError(`cov_factor must be a batch of matrices with shape ${event_shape[0]} x m`);
  }
  if (!sameSizes(cov_diag.shape.slice(-1), event_shape)) {
    throw new ValueError(`cov_diag must be a batch of vectors with shape ${sizeOf(event_shape)}`);
  }
  try {
    const [loc_, factor, diag_] = broadcast_tensors(loc.unsqueeze(-1), cov_factor, cov_diag.unsqueeze(-1));
    return { loc: loc_.select(-1, 0), cov_factor: factor, cov_diag: diag_.select(-1, 0) };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new ValueError(
      `Incompatible batch shapes: loc ${loc.shape}, cov_factor ${cov_factor.shape}, cov_diag ${cov_diag.shape}`,
    );
  }
}

class LowRankMultivariateNormal extends Distribution {
  static override arg_constraints = {
    loc: constraints.real_vector,
    cov_factor: constraints.independent(constraints.real, 2),
    cov_diag: constraints.independent(constraints.positive, 1),
  };
  static override support = constraints.real_vector;
  static override has_rsample = true;

  declare loc: Tensor;
  declare cov_factor: Tensor;
  declare cov_diag: Tensor;
  declare _unbroadcasted_cov_factor: Tensor;
  declare _unbroadcasted_cov_diag: Tensor;
  declare _capacitance_tril: Tensor;

  constructor(loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: boolean | null = null) {
    const fields = broadcastParameters(loc, cov_factor, cov_diag);
    super(fields.loc.shape.slice(0, -1), loc.shape.slice(-1), validate_args, {
      ...fields,
      _unbroadcasted_cov_factor: cov_factor,
      _unbroadcasted_cov_diag: cov_diag,
      _capacitance_tril: _batch_capacitance_tril(cov_factor, cov_diag),
    });
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { event_shape, _unbroadcasted_cov_factor, _unbroadcasted_cov_diag, _capacitance_tril } = this;
    const loc_shape = [...batch_shape, ...event_shape];
    return this._expanded(LowRankMultivariateNormal, _instance, batch_shape, event_shape, {
      loc: this.loc.expand(loc_shape),
      cov_diag: this.cov_diag.expand(loc_shape),
      cov_factor: this.cov_factor.expand([...loc_shape, this.cov_factor.size(-1)]),
      _unbroadcasted_cov_factor,
      _unbroadcasted_cov_diag,
      _capacitance_tril,
    });
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    const variance = this._unbroadcasted_cov_factor.pow(2).sum(-1).add(this._unbroadcasted_cov_diag);
    return variance.expand([...this._batch_shape, ...this._event_shape]);
  }

  /** A matrix, expanded to the batch. */
  private batched(matrix: Tensor): Tensor {
    return matrix.expand([...this._batch_shape, ...this._event_shape, ...this._event_shape]);
  }

  // The Cholesky factor of W Wᵀ + D is D^½ times that of D^-½ W Wᵀ D^-½ + I, which is positive definite for sure.
  get scale_tril(): Tensor {
    const cov_diag_sqrt_unsqueeze = this._unbroadcasted_cov_diag.sqrt().unsqueeze(-1);
    const Dinvsqrt_W = this._unbroadcasted_cov_factor.div(cov_diag_sqrt_unsqueeze);
    const K = addIdentity(torch.matmul(Dinvsqrt_W, Dinvsqrt_W.mT).contiguous());
    return this.batched(cov_diag_sqrt_unsqueeze.mul(linalg.cholesky(K)));
  }

  get covariance_matrix(): Tensor {
    const W = this._unbroadcasted_cov_factor;
    return this.batched(torch.matmul(W, W.mT).add(torch.diag_embed(this._unbroadcasted_cov_diag)));
  }

  get precision_matrix(): Tensor {
    const Wt_Dinv = this._unbroadcasted_cov_factor.mT.div(this._unbroadcasted_cov_diag.unsqueeze(-2));
    const A = linalg.solve_triangular(this._capacitance_tril, Wt_Dinv, { upper: false });
    return this.batched(torch.diag_embed(this._unbroadcasted_cov_diag.reciprocal()).sub(A.mT.matmul(A)));
  }

  static {
    lazy_property(LowRankMultivariateNormal, "variance", "scale_tril", "covariance_matrix", "precision_matrix");
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.loc;
    const batch_shape = [...sizesOf(sample_shape), ...this._batch_shape, ...this._event_shape.slice(0, -1)];
    const eps_W = _standard_normal([...batch_shape, this.cov_factor.size(-1)], { dtype, device });
    const eps_D = _standard_normal(this._extended_shape(sample_shape), { dtype, device });
    return this.loc
      .add(_batch_mv(this._unbroadcasted_cov_factor, eps_W))
      .add(this._unbroadcasted_cov_diag.sqrt().mul(eps_D));
  }

  private logDet(): Tensor {
    const { _unbroadcasted_cov_factor, _unbroadcasted_cov_diag, _capacitance_tril } = this;
    return _batch_lowrank_logdet(_unbroadcasted_cov_factor, _unbroadcasted_cov_diag, _capacitance_tril);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const M = _batch_lowrank_mahalanobis(
      this._unbroadcasted_cov_factor,
      this._unbroadcasted_cov_diag,
      value.sub(this.loc),
      this._capacitance_tril,
    );
    return this.logDet()
      .add(this._event_shape[0] * Math.log(2 * Math.PI))
      .add(M)
      .mul(-0.5);
  }

  override entropy(): Tensor {
    const H = this.logDet()
      .add(this._event_shape[0] * (1 + Math.log(2 * Math.PI)))
      .mul(0.5);
    return this._batch_shape.length === 0 ? H : H.expand(this._batch_shape);
  }
}

/**
 * The multivariate normal distribution with mean `loc` and covariance W Wᵀ + D, where W is `cov_factor`, of shape (..., N, M),
 * and D has the diagonal `cov_diag`; matrices of size M alone are inverted.
 *
 * Throws ValueError for shapes that do not go together.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#lowrankmultivariatenormal}
 */
const LowRankMultivariateNormalClass = publicClass("lowrank_multivariate_normal", LowRankMultivariateNormal, [
  "loc",
  "cov_factor",
  "cov_diag",
  "validate_args",
]);
type LowRankMultivariateNormalClass = LowRankMultivariateNormal;

export { LowRankMultivariateNormalClass as LowRankMultivariateNormal };
