// torch/_lobpcg.py

import * as _utils from "./_linalg_utils.js";
import { _symeig_backward } from "./_lobpcg/backward.js";
import type { Tensor } from "./_tensor.js";
import { def } from "./arguments/function.js";
import { Function, type FunctionCtx } from "./autograd/function.js";
import { complex64, complex128, float32, float64 } from "./dtype.js";
import { AssertionError, KeyError, ValueError } from "./errors.js";
import * as linalg from "./generated/linalg.js";
import * as torch from "./generated/torch.js";
import { slice } from "./python/slice.js";

type Method = "basic" | "ortho";

/** Called after each iteration with the state of the algorithm. */
type Tracker = (worker: LOBPCG) => void;

type Parameters = [
  A: Tensor,
  k: number | null,
  B: Tensor | null,
  X: Tensor | null,
  n: number | null,
  iK: Tensor | null,
  niter: number | null,
  tol: number | null,
  largest: boolean | null,
  method: Method | null,
  tracker: Tracker | null,
  ortho_iparams: Record<string, number> | null,
  ortho_fparams: Record<string, number> | null,
  ortho_bparams: Record<string, boolean> | null,
];

const isComplex = (A: Tensor) => A.dtype === complex64 || A.dtype === complex128;

class LOBPCGAutogradFunction extends Function {
  static override forward(ctx: FunctionCtx, ...[A, k, B, ...rest]: Parameters): [Tensor, Tensor] {
    // contiguous for backward, which works with the matrices' memory
    const contiguous = (matrix: Tensor) => (matrix.is_sparse ? matrix : matrix.contiguous());
    const [matrix, weight] = [contiguous(A), B && contiguous(B)];
    const [D, U] = _lobpcg(matrix, k, weight, ...rest);
    ctx.save_for_backward(matrix, weight, D, U);
    ctx.largest = rest[5];
    return [D, U];
  }

  static override backward(ctx: FunctionCtx, D_grad: Tensor, U_grad: Tensor): (Tensor | null)[] {
    const [A, B, D, U] = ctx.saved_tensors as [Tensor, Tensor | null, Tensor, Tensor];
    if (A.is_sparse || (B?.is_sparse && ctx.needs_input_grad[2])) {
      throw new ValueError("lobpcg.backward does not support sparse input yet. Note that lobpcg.forward does though.");
    }
    if (isComplex(A) || (B !== null && isComplex(B))) {
      throw new ValueError("lobpcg.backward does not support complex input yet. Note that lobpcg.forward does though.");
    }
    if (B !== null) throw new ValueError("lobpcg.backward does not support backward with B != I yet.");
    const grads = new Array<Tensor | null>(14).fill(null);
    grads[0] = _symeig_backward(D_grad, U_grad, A, D, U, ctx.largest ?? true);
    return grads;
  }
}

/**
 * The k largest (or smallest) eigenvalues of a symmetric matrix and their eigenvectors, by the locally optimal block
 * preconditioned conjugate gradient method: A X = B X diag(E).
 *
 * `lobpcg(A, k=None, B=None, X=None, n=None, iK=None, niter=None, tol=None, largest=None, method=None, tracker=None,
 * ortho_iparams=None, ortho_fparams=None, ortho_bparams=None) -> tuple[Tensor, Tensor]`
 *
 * `A` is (m, m), dense or sparse, or a batch of such; `B` defaults to the identity; `X` (m, n) is where to begin, random
 * numbers by default; `iK` is a preconditioner. `niter` and `tol` limit the iterations; `method` is "basic" or "ortho".
 *
 * Throws ValueError if A has fewer than 3 n rows.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.lobpcg.html}
 */
export const lobpcg = def(
  "lobpcg",
  [
    "A",
    "k",
    "B",
    "X",
    "n",
    "iK",
    "niter",
    "tol",
    "largest",
    "method",
    "tracker",
    "ortho_iparams",
    "ortho_fparams",
    "ortho_bparams",
  ],
  (
    A: Tensor,
    k: number | null = null,
    B: Tensor | null = null,
    X: Tensor | null = null,
    n: number | null = null,
    iK: Tensor | null = null,
    niter: number | null = null,
    tol: number | null = null,
    largest: boolean | null = null,
    method: Method | null = null,
    tracker: Tracker | null = null,
    ortho_iparams: Record<string, number> | null = null,
    ortho_fparams: Record<string, number> | null = null,
    ortho_bparams: Record<string, boolean> | null = null,
  ): [Tensor, Tensor] => {
    const rest = [X, n, iK, niter, tol, largest, method, tracker, ortho_iparams, ortho_fparams, ortho_bparams] as const;
    if (A.requires_grad || B?.requires_grad) {
      // so that the gradients are symmetric
      const A_sym = A.add(A.mT).div(2);
      const B_sym = B?.add(B.mT).div(2) ?? null;
      return LOBPCGAutogradFunction.apply(A_sym, k, B_sym, ...rest);
    }
    return _lobpcg(A, k, B, ...rest);
  },
);

const shapeText = (shape: readonly number[]) => `torch.Size([${shape.join(", ")}])`;

function checkStart(name: string, X: Tensor, m: number, n: number): void {
  if (X.dim() === 2 && X.size(0) === m && X.size(1) === n) return;
  throw new AssertionError(`${name} shape mismatch: got ${shapeText(X.shape)}, expected (${m}, ${n})`);
}

function _lobpcg(
  ...[
    A,
    k_,
    B,
    X,
    n_,
    iK,
    niter,
    tol_,
    largest,
    method_,
    tracker,
    ortho_iparams,
    ortho_fparams,
    ortho_bparams,
  ]: Parameters
): [Tensor, Tensor] {
  if (A.size(-2) !== A.size(-1)) throw new AssertionError(`A must be square, got shape ${shapeText(A.shape)}`);
  if (B !== null && String([...A.shape]) !== String([...B.shape])) {
    throw new AssertionError(`A and B must have same shape, got ${shapeText(A.shape)} vs ${shapeText(B.shape)}`);
  }
  const dtype = _utils.get_floating_dtype(A);
  const { device } = A;
  const feps = dtype === float32 ? 1.2e-7 : dtype === float64 ? 2.23e-16 : null;
  if (tol_ === null && feps === null) throw new KeyError(String(dtype));
  const tol = tol_ ?? Math.sqrt(feps as number);
  const m = A.size(-1);
  const k = k_ ?? (X === null ? 1 : X.size(-1));
  const n = X === null ? (n_ ?? k) : X.size(-1);
  if (m < 3 * n) {
    throw new ValueError(
      `LOBPCG algorithm is not applicable when the number of A rows (=${m}) is smaller than 3 x the number of requested eigenpairs (=${n})`,
    );
  }
  const method = method_ ?? "ortho";
  const iparams: Record<string, number> = { m, n, k, niter: niter ?? 1000 };
  const fparams: Record<string, number> = { tol };
  const bparams: Record<string, boolean> = { largest: largest ?? true };
  if (method === "ortho") {
    Object.assign(iparams, { ortho_i_max: 3, ortho_j_max: 3 }, ortho_iparams);
    Object.assign(fparams, { ortho_tol: tol, ortho_tol_drop: tol, ortho_tol_replace: tol }, ortho_fparams);
    Object.assign(bparams, { ortho_use_drop: false }, ortho_bparams);
  }
  const run = (A: Tensor, B: Tensor | null, X: Tensor) => {
    const worker = new LOBPCG(A, B, X, iK, iparams, fparams, bparams, method, tracker);
    worker.run();
    return [worker.E.index(slice(k)), worker.X.index(":", slice(k))];
  };

  if (A.dim() > 2) {
    const batch = A.shape.slice(0, -2);
    const N = batch.reduce((product, size) => product * size, 1);
    const bA = A.reshape([N, m, m]);
    const bB = B?.reshape([N, m, m]) ?? null;
    const bX = X?.reshape([N, ...X.shape.slice(-2)]) ?? null;
    const bE = torch.empty([N, k], { dtype, device });
    const bXret = torch.empty([N, m, k], { dtype, device });
    for (let i = 0; i < N; i++) {
      const X_ = bX === null ? torch.randn([m, n], { dtype, device }) : bX[i];
      checkStart("X_", X_, m, n);
      iparams.batch_index = i;
      const [E, vectors] = run(bA[i], bB?.[i] ?? null, X_);
      bE[i].copy_(E);
      bXret[i].copy_(vectors);
    }
    return [bE.reshape([...batch, k]), bXret.reshape([...batch, m, k])];
  }
  const start = X ?? torch.randn([m, n], { dtype, device });
  checkStart("X", start, m, n);
  const [E, vectors] = run(A, B, start);
  return [E, vectors];
}

/** The columns of a matrix from `start` to `stop`. */
const columns = (matrix: Tensor, start: number, stop: number | null = null) => matrix.index(":", slice(start, stop));

const norm = (matrix: Tensor) => linalg.vector_norm(matrix);

/** The worker of lobpcg(): the eigenpairs so far, the search space, and variables that a tracker can read. */
export class LOBPCG {
  E: Tensor;
  R: Tensor;
  S: Tensor;
  /** Tensors, ints, floats and bools that change from one iteration to the next. */
  readonly tvars: Record<string, Tensor> = {};
  readonly ivars: Record<string, number> = { istep: 0 };
  readonly fvars: Record<string, number> = { _: 0 };
  readonly bvars: Record<string, boolean> = { _: false };

  constructor(
    readonly A: Tensor,
    readonly B: Tensor | null,
    public X: Tensor,
    readonly iK: Tensor | null,
    readonly iparams: Record<string, number>,
    readonly fparams: Record<string, number>,
    readonly bparams: Record<string, boolean>,
    readonly method: Method,
    readonly tracker: Tracker | null,
  ) {
    const { m, n } = iparams;
    const options = { dtype: X.dtype, device: X.device };
    this.E = torch.zeros([n], options);
    this.R = torch.zeros([m, n], options);
    this.S = torch.zeros([m, 3 * n], options);
  }

  /** One iteration. */
  update(): void {
    if (this.ivars.istep === 0) {
      const X_norm = norm(this.X).item();
      const iX_norm = 1 / X_norm;
      this.fvars.X_norm = X_norm;
      this.fvars.A_norm = norm(_utils.matmul(this.A, this.X)).item() * iX_norm;
      this.fvars.B_norm = norm(_utils.matmul(this.B, this.X)).item() * iX_norm;
      this.ivars.iterations_left = this.iparams.niter;
      this.ivars.converged_count = 0;
      this.ivars.converged_end = 0;
    }
    if (this.method === "ortho") this._update_ortho();
    else this._update_basic();
    this.ivars.iterations_left--;
    this.ivars.istep++;
  }

  /** R = A X - B X diag(E) */
  update_residual(): void {
    const mm = _utils.matmul;
    this.R = mm(this.A, this.X).sub(mm(this.B, this.X).mul(this.E));
  }

  /** Counts the eigenpairs, from the first on, whose residual is small enough. */
  update_converged_count(): number {
    const prev_count = this.ivars.converged_count;
    const { A_norm, B_norm } = this.fvars;
    const { E, X, R } = this;
    const norms = (matrix: Tensor) => linalg.vector_norm(matrix, { ord: 2, dim: [0] });
    const scale = torch
      .abs(E.index(slice(X.size(-1))))
      .mul(B_norm)
      .add(A_norm);
    const rerr = norms(R).div(norms(X).mul(scale));
    const converged = rerr.lt(this.fparams.tol).tolist() as boolean[];
    const first = converged.indexOf(false);
    const count = first < 0 ? converged.length : first;
    if (count < prev_count) {
      throw new AssertionError(`the number of converged eigenpairs (was ${prev_count}, got ${count}) cannot decrease`);
    }
    this.ivars.converged_count = count;
    this.tvars.rerr = rerr;
    return count;
  }

  /** Whether to stop: a tracker asks for it by `bvars.force_stop`. */
  stop_iteration(): boolean {
    return (
      (this.bvars.force_stop ?? false) ||
      this.ivars.iterations_left === 0 ||
      this.ivars.converged_count >= this.iparams.k
    );
  }

  run(): void {
    do {
      this.update();
      this.tracker?.(this);
    } while (!this.stop_iteration());
  }

  /** Puts X, then P, then W into the columns of the search space. */
  private fill(P: Tensor | null, W: Tensor): void {
    const { n } = this.iparams;
    const np = P?.size(-1) ?? 0;
    const ns = n + np + W.size(-1);
    this.ivars.converged_end = ns;
    columns(this.S, n + np, ns).copy_(W);
  }

  /** An iteration of the basic method: Rayleigh-Ritz with the preconditioned residuals. */
  _update_basic(): void {
    const mm = torch.matmul;
    const ns = this.ivars.converged_end;
    let nc = this.ivars.converged_count;
    const { n } = this.iparams;
    const { largest } = this.bparams;
    if (this.ivars.istep === 0) {
      const Ri = this._get_rayleigh_ritz_transform(this.X);
      const M = _utils.qform(_utils.qform(this.A, this.X), Ri);
      const [E, Z] = _utils.symeig(M, largest);
      this.X.copy_(mm(this.X, mm(Ri, Z)));
      this.E.copy_(E);
      this.update_residual();
      nc = this.update_converged_count();
      columns(this.S, 0, n).copy_(this.X);
      this.fill(null, _utils.matmul(this.iK, this.R));
    } else {
      const S_ = columns(this.S, nc, ns);
      const Ri = this._get_rayleigh_ritz_transform(S_);
      const M = _utils.qform(_utils.qform(this.A, S_), Ri);
      const [E_, Z] = _utils.symeig(M, largest);
      columns(this.X, nc).copy_(mm(S_, mm(Ri, columns(Z, 0, n - nc))));
      this.E.index(slice(nc, null)).copy_(E_.index(slice(n - nc)));
      const P = mm(S_, mm(Ri, columns(Z, n, 2 * n - nc)));
      this.update_residual();
      nc = this.update_converged_count();
      columns(this.S, 0, n).copy_(this.X);
      columns(this.S, n, n + P.size(-1)).copy_(P);
      this.fill(P, _utils.matmul(this.iK, columns(this.R, nc)));
    }
  }

  /** An iteration of the method that orthogonalizes the search space. */
  _update_ortho(): void {
    const mm = torch.matmul;
    const ns = this.ivars.converged_end;
    let nc = this.ivars.converged_count;
    const { n } = this.iparams;
    const { largest } = this.bparams;
    if (this.ivars.istep === 0) {
      const Ri = this._get_rayleigh_ritz_transform(this.X);
      const M = _utils.qform(_utils.qform(this.A, this.X), Ri);
      const [, Z] = _utils.symeig(M, largest);
      this.X = mm(this.X, mm(Ri, Z));
      this.update_residual();
      nc = this.update_converged_count();
      columns(this.S, 0, n).copy_(this.X);
      this.fill(null, this._get_ortho(this.R, this.X));
    } else {
      const S_ = columns(this.S, nc, ns);
      const [E_, Z] = _utils.symeig(_utils.qform(this.A, S_), largest);
      columns(this.X, nc).copy_(mm(S_, columns(Z, 0, n - nc)));
      this.E.index(slice(nc, null)).copy_(E_.index(slice(n - nc)));
      const basis = _utils.basis(Z.index(slice(n - nc), slice(n - nc, null)).mT);
      const P = mm(S_, mm(columns(Z, n - nc), basis));
      const np = P.size(-1);
      this.update_residual();
      nc = this.update_converged_count();
      columns(this.S, 0, n).copy_(this.X);
      columns(this.S, n, n + np).copy_(P);
      this.fill(P, this._get_ortho(columns(this.R, nc), columns(this.S, 0, n + np)));
    }
  }

  /** A matrix that scales and triangulates S such that its product with S is B-orthonormal. */
  _get_rayleigh_ritz_transform(S: Tensor): Tensor {
    const SBS = _utils.qform(this.B, S);
    const d_row = SBS.diagonal(0, -2, -1).pow(-0.5);
    const d_col = d_row.reshape(d_row.size(0), 1);
    const R = linalg.cholesky(SBS.mul(d_row).mul(d_col), { upper: true });
    return linalg.solve_triangular(R, d_row.diag_embed(), { upper: true, left: false });
  }

  /** A B-orthonormal basis of the columns of U; columns that depend on others are dropped, or replaced. */
  _get_svqb(U: Tensor, drop: boolean, tau: number): Tensor {
    if (U.numel() === 0) return U;
    let UBU = _utils.qform(this.B, U);
    let d = UBU.diagonal(0, -2, -1);
    // leave out exact zero columns
    const [nonzero] = torch.where(d.abs().ne(0));
    if (nonzero.length < d.length) {
      U = U.index(":", nonzero);
      if (U.numel() === 0) return U;
      UBU = _utils.qform(this.B, U);
      d = UBU.diagonal(0, -2, -1);
      const [rest] = torch.where(d.abs().ne(0));
      if (rest.length !== d.length) {
        throw new AssertionError(`expected nz[0] length ${d.length}, got ${rest.length}`);
      }
    }
    let d_col = d.pow(-0.5).reshape(d.size(0), 1);
    const DUBUD = UBU.mul(d_col).mul(d_col.mT);
    let [E, Z] = _utils.symeig(DUBUD);
    const t = E.abs().max().mul(tau);
    if (drop) {
      const [keep] = torch.where(E.gt(t));
      E = E.index(keep);
      Z = Z.index(":", keep);
      d_col = d_col.index(keep);
    } else {
      E.index_put_([torch.where(E.lt(t))[0]], t);
    }
    return torch.matmul(U.mul(d_col.mT), Z.mul(E.pow(-0.5)));
  }

  /** A B-orthonormal basis of the columns of U that is B-orthogonal to V. */
  _get_ortho(U: Tensor, V: Tensor): Tensor {
    const mm = torch.matmul;
    const mm_B = _utils.matmul;
    const { m, ortho_i_max, ortho_j_max } = this.iparams;
    const { ortho_tol: tau_ortho, ortho_tol_drop: tau_drop, ortho_tol_replace: tau_replace } = this.fparams;
    const { ortho_use_drop: use_drop } = this.bparams;
    for (const key of Object.keys(this.fvars)) {
      if (key.startsWith("ortho_") && key.endsWith("_rerr")) delete this.fvars[key];
    }
    const BV_norm = norm(mm_B(this.B, V));
    let BU = mm_B(this.B, U);
    let VBU = mm(V.mT, BU);
    let i = 0;
    let j = 0;
    for (i = 0; i < ortho_i_max; i++) {
      U = U.sub(mm(V, VBU));
      let drop = false;
      let tau_svqb = tau_drop;
      for (j = 0; j < ortho_j_max; j++) {
        if (use_drop) {
          U = this._get_svqb(U, drop, tau_svqb);
          drop = true;
          tau_svqb = tau_replace;
        } else {
          U = this._get_svqb(U, false, tau_replace);
        }
        if (U.numel() === 0) {
          // all initial U columns are B-collinear to V
          Object.assign(this.ivars, { ortho_i: i, ortho_j: j });
          return U;
        }
        BU = mm_B(this.B, U);
        const UBU = mm(U.mT, BU);
        const R = UBU.sub(torch.eye(UBU.size(-1), { device: UBU.device, dtype: UBU.dtype }));
        const rerr = norm(R).item() / norm(BU).mul(norm(U)).item();
        this.fvars[`ortho_UBUmI_rerr[${i}, ${j}]`] = rerr;
        if (rerr < tau_ortho) break;
      }
      VBU = mm(V.mT, BU);
      const rerr = norm(VBU).item() / BV_norm.mul(norm(U)).item();
      this.fvars[`ortho_VBU_rerr[${i}]`] = rerr;
      if (rerr < tau_ortho) break;
      if (m < U.size(-1) + V.size(-1)) {
        if (this.B === null) throw new AssertionError("B must not be None");
        throw new ValueError(
          `Overdetermined shape of U: #B-cols(=${this.B.size(-1)}) >= #U-cols(=${U.size(-1)}) + #V-cols(=${V.size(-1)}) must hold`,
        );
      }
    }
    Object.assign(this.ivars, { ortho_i: Math.min(i, ortho_i_max - 1), ortho_j: Math.min(j, ortho_j_max - 1) });
    return U;
  }
}
