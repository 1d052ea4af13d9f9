// torch/distributions/multivariate_normal.py

import type { Tensor } from "../_tensor.js";
import { ValueError } from "../errors.js";
import { broadcast_shapes } from "../functional.js";
import * as torch from "../generated/torch.js";
import * as linalg from "../linalg.js";
import { publicClass } from "./_keywords.js";
import * as constraints from "./constraints.js";
import { Distribution, type SampleShape, type Sizes } from "./distribution.js";
import { _standard_normal, lazy_property } from "./utils.js";

/** The product of (batches of) matrices and vectors, which need not have the same batch. */
export function _batch_mv(bmat: Tensor, bvec: Tensor): Tensor {
  return torch.matmul(bmat, bvec.unsqueeze(-1)).squeeze(-1);
}

/**
 * The squared Mahalanobis distance xᵀ (L Lᵀ)⁻¹ x.
 *
 * The batch of x may be larger than that of L: the parts that share a matrix are brought together, so that it is solved once.
 */
export function _batch_mahalanobis(bL: Tensor, bx: Tensor): Tensor {
  const n = bx.size(-1);
  const bx_batch_shape = bx.shape.slice(0, -1);
  const bL_batch_dims = bL.dim() - 2;
  const outer_batch_dims = bx_batch_shape.length - bL_batch_dims;
  const old_batch_dims = outer_batch_dims + bL_batch_dims;
  const new_batch_dims = outer_batch_dims + 2 * bL_batch_dims;
  // From (..., 1, j, i, 1, n) to (..., 1, j, i, 1, n) with each size of x split in two by L's.
  const bx_new_shape = bx.shape.slice(0, outer_batch_dims);
  for (let i = 0; i < bL_batch_dims; i++) {
    const sL = bL.size(i);
    bx_new_shape.push(Math.floor(bx.size(outer_batch_dims + i) / sL), sL);
  }
  const split = bx.reshape([...bx_new_shape, n]);
  const outer = Array.from({ length: outer_batch_dims }, (_, i) => i);
  const inner = Array.from({ length: bL_batch_dims }, (_, i) => i);
  const permuted = split.permute([
    ...outer,
    ...inner.map((i) => outer_batch_dims + 2 * i),
    ...inner.map((i) => outer_batch_dims + 2 * i + 1),
    new_batch_dims,
  ]);

  const flat_L = bL.reshape(-1, n, n);
  const flat_x_swap = permuted.reshape(-1, flat_L.size(0), n).permute(1, 2, 0);
  const M = linalg.solve_triangular(flat_L, flat_x_swap, { upper: false }).pow(2).sum(-2).t();

  const permuted_M = M.reshape(permuted.shape.slice(0, -1));
  const permute_inv_dims = [...outer, ...inner.flatMap((i) => [outer_batch_dims + i, old_batch_dims + i])];
  return permuted_M.permute(permute_inv_dims).reshape(bx_batch_shape);
}

/** The Cholesky factor of the inverse of a matrix. */
export function _precision_to_scale_tril(P: Tensor): Tensor {
  const Lf = linalg.cholesky(torch.flip(P, [-2, -1]));
  const L_inv = torch.transpose(torch.flip(Lf, [-2, -1]), -2, -1);
  const Id = torch.eye(P.size(-1), { dtype: P.dtype, device: P.device });
  return linalg.solve_triangular(L_inv, Id, { upper: false });
}

/** Throws ValueError unless exactly one of the matrices is given. */
function givenMatrix(matrices: Readonly<Record<string, Tensor | null>>): [name: string, matrix: Tensor] {
  const given = Object.entries(matrices).filter(([, matrix]) => matrix !== null);
  if (given.length === 1) return given[0] as [string, Tensor];
  throw new ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.");
}

class MultivariateNormal extends Distribution {
  static override arg_constraints = {
    loc: constraints.real_vector,
    covariance_matrix: constraints.positive_definite,
    precision_matrix: constraints.positive_definite,
    scale_tril: constraints.lower_cholesky,
  };
  static override support = constraints.real_vector;
  static override has_rsample = true;

  declare loc: Tensor;
  declare _unbroadcasted_scale_tril: Tensor;

  constructor(
    loc: Tensor,
    covariance_matrix: Tensor | null = null,
    precision_matrix: Tensor | null = null,
    scale_tril: Tensor | null = null,
    validate_args: boolean | null = null,
  ) {
    if (loc.dim() < 1) throw new ValueError("loc must be at least one-dimensional.");
    const [name, matrix] = givenMatrix({ covariance_matrix, precision_matrix, scale_tril });
    if (matrix.dim() < 2) {
      const what = name === "scale_tril" ? "scale_tril matrix" : name;
      throw new ValueError(`${what} must be at least two-dimensional, with optional leading batch dimensions`);
    }
    const batch_shape = broadcast_shapes(matrix.shape.slice(0, -2), loc.shape.slice(0, -1));
    const fields = { [name]: matrix.expand([...batch_shape, -1, -1]), loc: loc.expand([...batch_shape, -1]) };
    super(batch_shape, loc.shape.slice(-1), validate_args, fields);
    this._unbroadcasted_scale_tril =
      scale_tril ?? (covariance_matrix ? linalg.cholesky(covariance_matrix) : _precision_to_scale_tril(matrix));
  }

  override expand(batch_shape: Sizes, _instance: this | null = null): this {
    const { event_shape, _unbroadcasted_scale_tril } = this;
    const fields: Record<string, Tensor> = {
      loc: this.loc.expand([...batch_shape, ...event_shape]),
      _unbroadcasted_scale_tril,
    };
    for (const name of ["covariance_matrix", "scale_tril", "precision_matrix"] as const) {
      if (Object.hasOwn(this, name)) fields[name] = this[name].expand([...batch_shape, ...event_shape, ...event_shape]);
    }
    return this._expanded(MultivariateNormal, _instance, batch_shape, event_shape, fields);
  }

  /** A matrix, expanded to the batch. */
  private batched(matrix: Tensor): Tensor {
    return matrix.expand([...this._batch_shape, ...this._event_shape, ...this._event_shape]);
  }

  get scale_tril(): Tensor {
    return this.batched(this._unbroadcasted_scale_tril);
  }

  get covariance_matrix(): Tensor {
    return this.batched(torch.matmul(this._unbroadcasted_scale_tril, this._unbroadcasted_scale_tril.mT));
  }

  get precision_matrix(): Tensor {
    return this.batched(torch.cholesky_inverse(this._unbroadcasted_scale_tril));
  }

  static {
    lazy_property(MultivariateNormal, "scale_tril", "covariance_matrix", "precision_matrix");
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this._unbroadcasted_scale_tril
      .pow(2)
      .sum(-1)
      .expand([...this._batch_shape, ...this._event_shape]);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { dtype, device } = this.loc;
    const eps = _standard_normal(this._extended_shape(sample_shape), { dtype, device });
    return this.loc.add(_batch_mv(this._unbroadcasted_scale_tril, eps));
  }

  private halfLogDet(): Tensor {
    return this._unbroadcasted_scale_tril.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);
  }

  override log_prob(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const M = _batch_mahalanobis(this._unbroadcasted_scale_tril, value.sub(this.loc));
    return M.add(this._event_shape[0] * Math.log(2 * Math.PI))
      .mul(-0.5)
      .sub(this.halfLogDet());
  }

  override entropy(): Tensor {
    const H = this.halfLogDet().add(0.5 * this._event_shape[0] * (1 + Math.log(2 * Math.PI)));
    return this._batch_shape.length === 0 ? H : H.expand(this._batch_shape);
  }
}

/**
 * The multivariate normal distribution, given by a mean `loc` and one of three matrices: the `covariance_matrix` Σ, its inverse
 * `precision_matrix` or its Cholesky factor `scale_tril`, from which all is computed.
 *
 * Throws ValueError unless exactly one matrix is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#multivariatenormal}
 */
const MultivariateNormalClass = publicClass("multivariate_normal", MultivariateNormal, [
  "loc",
  "covariance_matrix",
  "precision_matrix",
  "scale_tril",
  "validate_args",
]);
type MultivariateNormalClass = MultivariateNormal;

export { MultivariateNormalClass as MultivariateNormal };
