// torch/_linalg_utils.py

import type { Tensor } from "./_tensor.js";
import { def } from "./arguments/function.js";
import { float16, float32, float64 } from "./dtype.js";
import { RuntimeError } from "./errors.js";
import * as linalg from "./generated/linalg.js";
import * as sparse from "./generated/sparse.js";
import * as torch from "./generated/torch.js";
import { sparse_coo } from "./layout.js";
import { typeName } from "./python/objects.js";
import { TensorBase } from "./tensor_base.js";
import type { dtype } from "./types.js";

/** Whether a tensor is sparse with coordinates; throws TypeError for what is no tensor. */
export function is_sparse(A: Tensor): boolean {
  if (A instanceof TensorBase) return A.layout === sparse_coo;
  throw new TypeError(`expected Tensor but got <class '${typeName(A)}'>`);
}

/** The tensor's floating point dtype; float32 for others. */
export function get_floating_dtype(A: Tensor): dtype {
  const { dtype } = A;
  return dtype === float16 || dtype === float32 || dtype === float64 ? dtype : float32;
}

/** The product of a matrix, dense or sparse, and a dense one; null stands for the identity. */
export function matmul(A: Tensor | null, B: Tensor): Tensor {
  if (A === null) return B;
  if (is_sparse(A)) return sparse.mm(A, B);
  return torch.matmul(A, B);
}

/** The bilinear form X^T A Y. */
export function bform(X: Tensor, A: Tensor | null, Y: Tensor): Tensor {
  return matmul(X.mT, matmul(A, Y));
}

/** The quadratic form S^T A S. */
export function qform(A: Tensor | null, S: Tensor): Tensor {
  return bform(S, A, S);
}

/** An orthogonal basis of the columns. */
export function basis(A: Tensor): Tensor {
  return linalg.qr(A).Q;
}

/** The eigenvalues, in ascending order or the reverse, and the eigenvectors. */
export function symeig(A: Tensor, largest = false): [Tensor, Tensor] {
  const [E, Z] = linalg.eigh(A, { UPLO: "U" });
  // assuming that E is ordered
  return largest ? [torch.flip(E, [-1]), torch.flip(Z, [-1])] : [E, Z];
}

const REMOVED = "This function was deprecated since version 1.9 and is now removed.";

/**
 * Removed from PyTorch: throws RuntimeError that names `linalg.cholesky`.
 *
 * `cholesky(input, upper=False, *, out=None) -> Tensor`
 */
export const cholesky = def(
  "cholesky",
  ["input", "upper", "*", "out"],
  (_input: Tensor, _upper = false, _out: Tensor | null = null): never => {
    throw new RuntimeError(
      `${REMOVED} \`torch.cholesky\` is deprecated in favor of \`torch.linalg.cholesky\`.
L = torch.cholesky(A) should be replaced with:
L = torch.linalg.cholesky(A)
U = torch.cholesky(A, upper=True) should be replaced with:
U = torch.linalg.cholesky(A).mH`,
    );
  },
);

/**
 * Removed from PyTorch: throws RuntimeError that names `linalg.matrix_rank`.
 *
 * `matrix_rank(input, tol=None, symmetric=False, *, out=None) -> Tensor`
 */
export const matrix_rank = def(
  "matrix_rank",
  ["input", "tol", "symmetric", "*", "out"],
  (_input: Tensor, _tol: number | null = null, _symmetric = false, _out: Tensor | null = null): never => {
    throw new RuntimeError(
      `${REMOVED}
Please use the \`torch.linalg.matrix_rank\` function instead. The parameter 'symmetric' was renamed in \`torch.linalg.matrix_rank()\` to 'hermitian'.`,
    );
  },
);

/**
 * Removed from PyTorch: throws RuntimeError that names `linalg.solve`.
 *
 * `solve(input, A, *, out=None) -> tuple[Tensor, Tensor]`
 */
export const solve = def(
  "solve",
  ["input", "A", "*", "out"],
  (_input: Tensor, _A: Tensor, _out: readonly Tensor[] | null = null): never => {
    throw new RuntimeError(
      `${REMOVED} \`torch.solve\` is deprecated in favor of \`torch.linalg.solve\`. \`torch.linalg.solve\` has its arguments reversed and does not return the LU factorization.

To get the LU factorization see \`torch.lu\`, which can be used with \`torch.lu_solve\` or \`torch.lu_unpack\`.
X = torch.solve(B, A).solution should be replaced with:
X = torch.linalg.solve(A, B)`,
    );
  },
);

/**
 * Removed from PyTorch: throws RuntimeError that names `linalg.lstsq`.
 *
 * `lstsq(input, A, *, out=None) -> tuple[Tensor, Tensor]`
 */
export const lstsq = def(
  "lstsq",
  ["input", "A", "*", "out"],
  (_input: Tensor, _A: Tensor, _out: readonly Tensor[] | null = null): never => {
    throw new RuntimeError(
      `${REMOVED} \`torch.lstsq\` is deprecated in favor of \`torch.linalg.lstsq\`.
\`torch.linalg.lstsq\` has reversed arguments and does not return the QR decomposition in the returned tuple (although it returns other information about the problem).

To get the QR decomposition consider using \`torch.linalg.qr\`.

The returned solution in \`torch.lstsq\` stored the residuals of the solution in the last m - n columns of the returned value whenever m > n. In torch.linalg.lstsq, the residuals are in the field 'residuals' of the returned named tuple.

The unpacking of the solution, as in
X, _ = torch.lstsq(B, A).solution[:A.size(1)]
should be replaced with:
X = torch.linalg.lstsq(A, B).solution`,
    );
  },
);

/**
 * `torch.symeig`, removed from PyTorch: throws RuntimeError that names `linalg.eigh`.
 *
 * `symeig(input, eigenvectors=False, upper=True, *, out=None) -> tuple[Tensor, Tensor]`
 */
export const _symeig = def(
  "_symeig",
  ["input", "eigenvectors", "upper", "*", "out"],
  (_input: Tensor, _eigenvectors = false, _upper = true, _out: readonly Tensor[] | null = null): never => {
    throw new RuntimeError(
      `${REMOVED} The default behavior has changed from using the upper triangular portion of the matrix by default to using the lower triangular portion.

L, _ = torch.symeig(A, upper=upper) should be replaced with:
L = torch.linalg.eigvalsh(A, UPLO='U' if upper else 'L')

and

L, V = torch.symeig(A, eigenvectors=True) should be replaced with:
L, V = torch.linalg.eigh(A, UPLO='U' if upper else 'L')`,
    );
  },
);

/**
 * Removed from PyTorch: throws RuntimeError that names `linalg.eig`.
 *
 * `eig(self, eigenvectors=False, *, e=None, v=None) -> tuple[Tensor, Tensor]`
 */
export const eig = def(
  "eig",
  ["self", "eigenvectors", "*", "e", "v"],
  (_self: Tensor, _eigenvectors = false, _e: Tensor | null = null, _v: Tensor | null = null): never => {
    throw new RuntimeError(
      `${REMOVED} \`torch.linalg.eig\` returns complex tensors of dtype \`cfloat\` or \`cdouble\` rather than real tensors mimicking complex tensors.

L, _ = torch.eig(A) should be replaced with:
L_complex = torch.linalg.eigvals(A)

and

L, V = torch.eig(A, eigenvectors=True) should be replaced with:
L_complex, V_complex = torch.linalg.eig(A)`,
    );
  },
);

/**
 * Removed from PyTorch: throws RuntimeError that names `linalg.qr`.
 *
 * `qr(input, some=True, *, out=None) -> tuple[Tensor, Tensor]`
 */
export const qr = def(
  "qr",
  ["input", "some", "*", "out"],
  (_input: Tensor, some = true, _out: readonly Tensor[] | null = null): never => {
    throw new RuntimeError(
      `${REMOVED} \`torch.qr\` is deprecated in favor of \`torch.linalg.qr\` and the boolean parameter \`some\` has been replaced with a string parameter \`mode\`.

Q, R = torch.qr(A) should be replaced with:
Q, R = torch.linalg.qr(A, mode='reduced')

and

Q, R = torch.qr(A, some=False) should be replaced with:
Q, R = torch.linalg.qr(A, mode='complete')

Since \`some\` was set to ${some ? "True" : "False"}, use mode='${some ? "reduced" : "complete"}'.`,
    );
  },
);
