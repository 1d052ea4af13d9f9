// Transforms of vectors and matrices.

import type { Tensor } from "../../_tensor.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import * as linalg from "../../linalg.js";
import { logsigmoid, pad, softplus } from "../../nn/functional.js";
import { round } from "../../python/numbers.js";
import { sizeOf } from "../../size.js";
import { finfo } from "../../torch_functions/dtypes.js";
import { publicClass } from "../_keywords.js";
import * as constraints from "../constraints.js";
import type { Sizes } from "../distribution.js";
import { tril_matrix_to_vec, vec_to_tril_matrix } from "../utils.js";
import { _clipped_sigmoid } from "./elementwise.js";
import { Transform } from "./transform.js";

/** A shape that has this many dimensions at least. */
function requireDims(shape: Sizes, least: number): Sizes {
  if (shape.length < least) throw new ValueError("Too few dimensions on input");
  return shape;
}

class CorrCholeskyTransform extends Transform {
  static override domain = constraints.real_vector;
  static override codomain = constraints.corr_cholesky;
  static override bijective = true;

  override _call(x: Tensor): Tensor {
    const { eps } = finfo(x.dtype);
    const partials = torch.tanh(x).clamp({ min: -1 + eps, max: 1 - eps });
    const r = vec_to_tril_matrix(partials, { diag: -1 });
    // What is left for the diagonal: a row's squares sum up to 1.
    const z1m_cumprod_sqrt = torch.rsub(r.pow(2), 1).sqrt().cumprod(-1);
    const identity = torch.eye(r.size(-1), { dtype: r.dtype, device: r.device });
    return r.add(identity).mul(pad(z1m_cumprod_sqrt["..., :-1"], [1, 0], { value: 1 }));
  }

  override _inverse(y: Tensor): Tensor {
    const y_cumsum = torch.rsub(torch.cumsum(y.mul(y), { dim: -1 }), 1);
    const y_cumsum_shifted = pad(y_cumsum["..., :-1"], [1, 0], { value: 1 });
    const y_vec = tril_matrix_to_vec(y, { diag: -1 });
    const y_cumsum_vec = tril_matrix_to_vec(y_cumsum_shifted, { diag: -1 });
    const t = y_vec.div(y_cumsum_vec.sqrt());
    return t.log1p().sub(t.neg().log1p()).div(2); // the inverse of tanh
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const y1m_cumsum = torch.rsub(y.mul(y).cumsum({ dim: -1 }), 1);
    const y1m_cumsum_tril = tril_matrix_to_vec(y1m_cumsum, { diag: -2 });
    const stick_breaking_logdet = y1m_cumsum_tril.log().sum(-1).mul(0.5);
    const tanh_logdet = x
      .add(softplus(x.mul(-2)))
      .sub(Math.log(2))
      .sum({ dim: -1 })
      .mul(-2);
    return stick_breaking_logdet.add(tanh_logdet);
  }

  override forward_shape(shape: Sizes): Sizes {
    requireDims(shape, 1);
    const N = shape[shape.length - 1];
    const D = round((0.25 + 2 * N) ** 0.5 + 0.5);
    if (Math.floor((D * (D - 1)) / 2) !== N) throw new ValueError("Input is not a flattened lower-diagonal number");
    return sizeOf([...shape.slice(0, -1), D, D]);
  }

  override inverse_shape(shape: Sizes): Sizes {
    requireDims(shape, 2);
    const [rows, D] = shape.slice(-2);
    if (rows !== D) throw new ValueError("Input is not square");
    return sizeOf([...shape.slice(0, -2), (D * (D - 1)) / 2]);
  }
}

/**
 * Makes of a vector of D(D - 1)/2 numbers the Cholesky factor of a D × D correlation matrix.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.CorrCholeskyTransform}
 */
const CorrCholeskyTransformClass = publicClass("transforms", CorrCholeskyTransform, ["cache_size"], {
  owner: Transform,
});
type CorrCholeskyTransformClass = CorrCholeskyTransform;

class SoftmaxTransform extends Transform {
  static override domain = constraints.real_vector;
  static override codomain = constraints.simplex;

  override __eq__(other: unknown): boolean {
    return other instanceof SoftmaxTransform;
  }

  override _call(x: Tensor): Tensor {
    const probs = x.sub(x.max(-1, true)[0]).exp();
    return probs.div(probs.sum(-1, true));
  }

  override _inverse(y: Tensor): Tensor {
    return y.log();
  }

  override forward_shape(shape: Sizes): Sizes {
    return requireDims(shape, 1);
  }

  override inverse_shape(shape: Sizes): Sizes {
    return requireDims(shape, 1);
  }
}

/**
 * y = exp(x) / Σ exp(x), over the last dimension; not bijective, so that it has no determinant.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.SoftmaxTransform}
 */
const SoftmaxTransformClass = publicClass("transforms", SoftmaxTransform, ["cache_size"], { owner: Transform });
type SoftmaxTransformClass = SoftmaxTransform;

class StickBreakingTransform extends Transform {
  static override domain = constraints.real_vector;
  static override codomain = constraints.simplex;
  static override bijective = true;

  override __eq__(other: unknown): boolean {
    return other instanceof StickBreakingTransform;
  }

  override _call(x: Tensor): Tensor {
    const z = _clipped_sigmoid(x.sub(offset(x).log()));
    const z_cumprod = torch.rsub(z, 1).cumprod(-1);
    return pad(z, [0, 1], { value: 1 }).mul(pad(z_cumprod, [1, 0], { value: 1 }));
  }

  override _inverse(y: Tensor): Tensor {
    const y_crop = y["..., :-1"];
    // Clamped, so that the end of the stick does not vanish by rounding.
    const sf = torch.clamp(torch.rsub(y_crop.cumsum(-1), 1), { min: finfo(y.dtype).tiny });
    return y_crop.log().sub(sf.log()).add(offset(y_crop).log());
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const shifted = x.sub(offset(x).log());
    return shifted.neg().add(logsigmoid(shifted)).add(y["..., :-1"].log()).sum(-1);
  }

  override forward_shape(shape: Sizes): Sizes {
    requireDims(shape, 1);
    return sizeOf([...shape.slice(0, -1), shape[shape.length - 1] + 1]);
  }

  override inverse_shape(shape: Sizes): Sizes {
    requireDims(shape, 1);
    return sizeOf([...shape.slice(0, -1), shape[shape.length - 1] - 1]);
  }
}

/** K, K - 1, ..., 1: how many parts the rest of the stick is broken into, at each of K numbers. */
function offset(x: Tensor): Tensor {
  const size = x.size(-1);
  return torch.rsub(x.new_ones(size).cumsum(-1), size + 1);
}

/**
 * Makes of a vector of K numbers one of K + 1 positive numbers that sum up to 1: each number tells which share of what is left
 * of a stick is broken off.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.StickBreakingTransform}
 */
const StickBreakingTransformClass = publicClass("transforms", StickBreakingTransform, ["cache_size"], {
  owner: Transform,
});
type StickBreakingTransformClass = StickBreakingTransform;

class LowerCholeskyTransform extends Transform {
  static override domain = constraints.independent(constraints.real, 2);
  static override codomain = constraints.lower_cholesky;

  override __eq__(other: unknown): boolean {
    return other instanceof LowerCholeskyTransform;
  }

  override _call(x: Tensor): Tensor {
    return x.tril(-1).add(x.diagonal({ dim1: -2, dim2: -1 }).exp().diag_embed());
  }

  override _inverse(y: Tensor): Tensor {
    return y.tril(-1).add(y.diagonal({ dim1: -2, dim2: -1 }).log().diag_embed());
  }
}

/**
 * Makes of a matrix a lower triangular one with a positive diagonal, by its exponential.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.LowerCholeskyTransform}
 */
const LowerCholeskyTransformClass = publicClass("transforms", LowerCholeskyTransform, ["cache_size"], {
  owner: Transform,
});
type LowerCholeskyTransformClass = LowerCholeskyTransform;

class PositiveDefiniteTransform extends Transform {
  static override domain = constraints.independent(constraints.real, 2);
  static override codomain = constraints.positive_definite;

  override __eq__(other: unknown): boolean {
    return other instanceof PositiveDefiniteTransform;
  }

  override _call(x: Tensor): Tensor {
    const factor = new LowerCholeskyTransform()(x);
    return factor.matmul(factor.mT);
  }

  override _inverse(y: Tensor): Tensor {
    return new LowerCholeskyTransform().inv(linalg.cholesky(y));
  }
}

/**
 * Makes of a matrix a positive definite one: L Lᵀ, where L is what LowerCholeskyTransform makes of it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/distributions.html#torch.distributions.transforms.PositiveDefiniteTransform}
 */
const PositiveDefiniteTransformClass = publicClass("transforms", PositiveDefiniteTransform, ["cache_size"], {
  owner: Transform,
});
type PositiveDefiniteTransformClass = PositiveDefiniteTransform;

export {
  CorrCholeskyTransformClass as CorrCholeskyTransform,
  LowerCholeskyTransformClass as LowerCholeskyTransform,
  PositiveDefiniteTransformClass as PositiveDefiniteTransform,
  SoftmaxTransformClass as SoftmaxTransform,
  StickBreakingTransformClass as StickBreakingTransform,
};
