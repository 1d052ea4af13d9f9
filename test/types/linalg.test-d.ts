import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const A = torch.randn(3, 3);
const B = torch.randn(3, 2);

expectTypeOf(torch.linalg.inv(A)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.linalg.solve(A, B, { left: true })).toEqualTypeOf<torch.Tensor>();

torch.linalg.norm(A);
torch.linalg.norm(A, "fro");
torch.linalg.norm(A, Number.POSITIVE_INFINITY, [0, 1]);
torch.linalg.vector_norm(A, 2, { dim: 1, keepdim: true });
torch.linalg.matrix_norm(A, { ord: "nuc" });
torch.linalg.matrix_rank(A, { hermitian: true });
torch.linalg.multi_dot([A, A, B]);
torch.linalg.cholesky(A, { upper: true });

const { eigenvalues, eigenvectors } = torch.linalg.eigh(A);
expectTypeOf([eigenvalues, eigenvectors]).toEqualTypeOf<torch.Tensor[]>();
const { sign, logabsdet } = torch.linalg.slogdet(A);
expectTypeOf([sign, logabsdet]).toEqualTypeOf<torch.Tensor[]>();
expectTypeOf(torch.linalg.lstsq(A, B).solution).toEqualTypeOf<torch.Tensor>();
const [Q, R] = torch.linalg.qr(A, { mode: "complete" });
expectTypeOf([Q, R]).toEqualTypeOf<torch.Tensor[]>();

A.matmul(B).mm(B.t());
torch.addmm(A, A, A, { beta: 0.5, alpha: 2 });

// @ts-expect-error no such function
torch.linalg.inverse(A);
// @ts-expect-error B is missing
torch.linalg.solve(A);
// @ts-expect-error no such field
torch.linalg.qr(A).q;
