// The gradient of torch/_lobpcg.py

import type { Tensor } from "../_tensor.js";
import * as linalg from "../generated/linalg.js";
import * as torch from "../generated/torch.js";
import { slice } from "../python/slice.js";
import { Generator } from "../random.js";

function _symeig_backward_complete_eigenspace(D_grad: Tensor, U_grad: Tensor, D: Tensor, U: Tensor): Tensor {
  // compute F, such that F_ij = (d_j - d_i)^{-1} for i != j, F_ii = 0
  const F = D.unsqueeze(-2).sub(D.unsqueeze(-1));
  F.diagonal({ dim1: -2, dim2: -1 }).fill_(Number.POSITIVE_INFINITY);
  F.pow_(-1);
  // A.grad = U (D.grad + (U^T U.grad * F)) U^T
  const Ut = U.mT.contiguous();
  return torch.matmul(U, torch.matmul(torch.diag_embed(D_grad).add(torch.matmul(Ut, U_grad).mul(F)), Ut));
}

/** The coefficients of the polynomial with leading coefficient 1 that has these roots, in ascending order. */
function _polynomial_coefficients_given_roots(roots: Tensor): Tensor {
  const poly_order = roots.size(-1);
  const shape = [...roots.shape.slice(0, -1), poly_order + 2];
  let poly_coeffs = roots.new_zeros(shape);
  poly_coeffs.index_put_(["...", 0], 1);
  poly_coeffs.index_put_(["...", -1], 1);
  // multiplies by (x - r_1), then by (x - r_2), and so on
  for (let i = 1; i <= poly_order; i++) {
    const poly_coeffs_new = roots.requires_grad ? poly_coeffs.clone() : poly_coeffs;
    const out = poly_coeffs_new.narrow(-1, poly_order - i, i + 1);
    out.sub_(roots.narrow(-1, i - 1, 1).mul(poly_coeffs.narrow(-1, poly_order - i + 1, i + 1)));
    poly_coeffs = poly_coeffs_new;
  }
  return poly_coeffs.narrow(-1, 1, poly_order + 1);
}

type Transition = (value: Tensor, x: Tensor, poly_coeff: Tensor) => Tensor;

/** The polynomial's value by Horner's rule: `zero_power` is the unit, `transition` multiplies and adds. */
function _polynomial_value(poly: Tensor, x: Tensor, zero_power: Tensor, transition: Transition): Tensor {
  let res = zero_power.clone();
  for (let k = poly.size(-1) - 2; k >= 0; k--) res = transition(res, x, poly.index("...", k));
  return res;
}

function _matrix_polynomial_value(poly: Tensor, x: Tensor): Tensor {
  const transition = (curr_poly_val: Tensor, x: Tensor, poly_coeff: Tensor) => {
    const res = x.matmul(curr_poly_val);
    res.diagonal({ dim1: -2, dim2: -1 }).add_(poly_coeff.unsqueeze(-1));
    return res;
  };
  const size = x.size(-1);
  const zero_power = torch
    .eye(size, size, { dtype: x.dtype, device: x.device })
    .view(...x.shape.slice(0, -2).map(() => 1), size, size);
  return _polynomial_value(poly, x, zero_power, transition);
}

function _vector_polynomial_value(poly: Tensor, x: Tensor): Tensor {
  const transition = (curr_poly_val: Tensor, x: Tensor, poly_coeff: Tensor) =>
    torch.addcmul(poly_coeff.unsqueeze(-1), x, curr_poly_val);
  return _polynomial_value(poly, x, x.new_ones(1).expand(x.shape), transition);
}

function _symeig_backward_partial_eigenspace(
  D_grad: Tensor,
  U_grad: Tensor,
  A: Tensor,
  D: Tensor,
  U: Tensor,
  largest: boolean,
): Tensor {
  // the projection onto the orthogonal complement of span(U)
  const Ut = U.mT.contiguous();
  const proj_U_ortho = U.matmul(Ut).neg();
  proj_U_ortho.diagonal({ dim1: -2, dim2: -1 }).add_(1);
  // a basis of the complement: a random one is almost surely one
  const generator = new Generator(A.device);
  const random = torch.randn([...A.shape.slice(0, -1), A.size(-1) - D.size(-1)], {
    dtype: A.dtype,
    device: A.device,
    generator,
  });
  const U_ortho = proj_U_ortho.matmul(random);
  const U_ortho_t = U_ortho.mT.contiguous();

  // the characteristic polynomial of the eigenvalues that were found
  const chr_poly_D = _polynomial_coefficients_given_roots(D);
  let U_grad_projected = U_grad;
  const series_acc = U_grad_projected.new_zeros(U_grad_projected.shape);
  let k = 1;
  for (; k < chr_poly_D.size(-1); k++) {
    const poly_D = _vector_polynomial_value(chr_poly_D.index("...", slice(k, null)), D);
    series_acc.add_(U_grad_projected.mul(poly_D.unsqueeze(-2)));
    U_grad_projected = A.matmul(U_grad_projected);
  }
  const last = k - 1;

  // chr_poly_D(A) is invertible on the complement, and definite there
  const chr_poly_D_at_A = _matrix_polynomial_value(chr_poly_D, A);
  const chr_poly_D_at_A_to_U_ortho = torch.matmul(U_ortho_t, torch.matmul(chr_poly_D_at_A, U_ortho));
  const sign = largest && last % 2 === 1 ? -1 : 1;
  const L = linalg.cholesky(chr_poly_D_at_A_to_U_ortho.mul(sign));

  const res = _symeig_backward_complete_eigenspace(D_grad, U_grad, D, U);
  const solved = torch.cholesky_solve(U_ortho_t.matmul(series_acc), L).mul(sign);
  return res.sub_(U_ortho.matmul(solved).matmul(Ut));
}

/** The gradient of a symmetric matrix from those of its eigenvalues D and its eigenvectors U. */
export function _symeig_backward(
  D_grad: Tensor,
  U_grad: Tensor,
  A: Tensor,
  D: Tensor,
  U: Tensor,
  largest: boolean,
): Tensor {
  if (U.size(-1) === U.size(-2)) return _symeig_backward_complete_eigenspace(D_grad, U_grad, D, U);
  return _symeig_backward_partial_eigenspace(D_grad, U_grad, A, D, U, largest);
}
