// torch/_lowrank.py

import * as _utils from "./_linalg_utils.js";
import type { Tensor } from "./_tensor.js";
import { def } from "./arguments/function.js";
import { ValueError } from "./errors.js";
import * as linalg from "./generated/linalg.js";
import * as torch from "./generated/torch.js";
import * as sparse from "./sparse.js";
import { sparse_coo_tensor } from "./torch_functions/sparse_tensors.js";

/** Matrices U (m, q) and V (n, q) and the q singular values S, such that A is about U diag(S) V^H. */
type Factors = [U: Tensor, S: Tensor, V: Tensor];

/**
 * A matrix Q of q orthonormal columns such that Q Q^H A approximates A, or Q Q^H (A - M) approximates A - M: algorithm
 * 4.4 of Halko et al., "Finding structure with randomness", 2009.
 */
export const get_approximate_basis = def(
  "get_approximate_basis",
  ["A", "q", "niter", "M"],
  (A: Tensor, q: number, niter: number | null = 2, M: Tensor | null = null): Tensor => {
    const { matmul } = _utils;
    const dtype = A.is_complex() ? A.dtype : _utils.get_floating_dtype(A);
    const R = torch.randn(A.size(-1), q, { dtype, device: A.device });
    const project = (A: Tensor, Q: Tensor, M: Tensor | null) => {
      const X = matmul(A, Q);
      return linalg.qr(M === null ? X : X.sub(matmul(M, Q))).Q;
    };
    let Q = project(A, R, M);
    for (let i = 0; i < (niter ?? 2); i++) {
      Q = project(A.mH, Q, M?.mH ?? null);
      Q = project(A, Q, M);
    }
    return Q;
  },
);

/**
 * An approximate singular value decomposition of matrices, dense or sparse, of low rank; of A - M if M is given.
 *
 * `svd_lowrank(A, q=6, niter=2, M=None) -> tuple[Tensor, Tensor, Tensor]`
 *
 * `q` is an estimate of the rank that should exceed it a little, `niter` the number of subspace iterations. The method
 * draws random numbers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.svd_lowrank.html}
 */
export const svd_lowrank = def(
  "svd_lowrank",
  ["A", "q", "niter", "M"],
  (A: Tensor, q: number | null = 6, niter: number | null = 2, M: Tensor | null = null): Factors =>
    _svd_lowrank(A, q, niter, M),
);

function _svd_lowrank(A: Tensor, q: number | null, niter: number | null, M: Tensor | null): Factors {
  // Algorithm 5.1 in Halko et al., 2009
  const [m, n] = A.shape.slice(-2);
  const { matmul } = _utils;
  if (M !== null) M = M.broadcast_to(A.size());
  // Assume that A is tall
  if (m < n) {
    A = A.mH;
    if (M !== null) M = M.mH;
  }
  const Q = get_approximate_basis(A, q ?? 6, niter, M);
  let B = matmul(Q.mH, A);
  if (M !== null) B = B.sub(matmul(Q.mH, M));
  const [left, S, Vh] = linalg.svd(B, { full_matrices: false });
  const U = Q.matmul(left);
  const V = Vh.mH;
  return m < n ? [V, S, U] : [U, S, V];
}

/**
 * The principal components of a matrix of m samples and n features, or of a batch of them: the approximate singular
 * value decomposition of the matrix with its columns centred, unless `center` is false.
 *
 * `pca_lowrank(A, q=None, center=True, niter=2) -> tuple[Tensor, Tensor, Tensor]`
 *
 * The columns of V are the principal directions; `q` is min(6, m, n) by default.
 *
 * Throws ValueError for a `q` that is negative or exceeds min(m, n), and for a negative `niter`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.pca_lowrank.html}
 */
export const pca_lowrank = def(
  "pca_lowrank",
  ["A", "q", "center", "niter"],
  (A: Tensor, q: number | null = null, center = true, niter = 2): Factors => {
    const [m, n] = A.shape.slice(-2);
    const rank = q ?? Math.min(6, m, n);
    if (!(rank >= 0 && rank <= Math.min(m, n))) {
      throw new ValueError(`q(=${rank}) must be non-negative integer and not greater than min(m, n)=${Math.min(m, n)}`);
    }
    if (!(niter >= 0)) throw new ValueError(`niter(=${niter}) must be non-negative integer`);
    const dtype = _utils.get_floating_dtype(A);
    if (!center) return _svd_lowrank(A, rank, niter, null);
    if (_utils.is_sparse(A)) {
      if (A.dim() !== 2) throw new ValueError("pca_lowrank input is expected to be 2-dimensional tensor");
      const c = sparse.sum(A, [-2]).div(m);
      // reshape c
      const column_indices = c.indices()[0];
      const { device } = column_indices;
      const indices = torch.zeros(2, column_indices.length, { dtype: column_indices.dtype, device });
      indices[0].copy_(column_indices);
      const C_t = sparse_coo_tensor(indices, c.values(), [n, 1], { dtype, device: A.device });
      const ones_m1_t = torch.ones([...A.shape.slice(0, -2), 1, m], { dtype, device: A.device });
      const M = sparse.mm(C_t, ones_m1_t).mT;
      return _svd_lowrank(A, rank, niter, M);
    }
    const C = A.mean([-2], { keepdim: true });
    return _svd_lowrank(A.sub(C), rank, niter, null);
  },
);
