// torch/nn/utils/parametrizations.py

import { Tensor } from "../../_tensor.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { IndexError, NotImplementedError, ValueError } from "../../errors.js";
import * as linalg from "../../generated/linalg.js";
import * as torch from "../../generated/torch.js";
import { contiguous_format } from "../../layout.js";
import { finfo } from "../../torch_functions/dtypes.js";
import * as F from "../functional.js";
import { getField } from "../modules/module/state.js";
import type { StateDict } from "../modules/module/state_dicts.js";
import { Module } from "../modules/module.js";
import { sameModule } from "./_same_module.js";
import { register_parametrization } from "./parametrize.js";
import { outputDim } from "./spectral_norm.js";

function _is_orthogonal(Q: Tensor): boolean {
  const [n, k] = [Q.size(-2), Q.size(-1)];
  const Id = torch.eye(k, { dtype: Q.dtype, device: Q.device });
  return torch.allclose(Q.mH.matmul(Q), Id, { atol: 10 * n * finfo(Q.dtype).eps });
}

function _make_orthogonal(A: Tensor): Tensor {
  const [X, tau] = torch.geqrf(A);
  const Q = linalg.householder_product(X, tau);
  // The diagonal of X is that of R: its signs make Q unique.
  return Q.mul_(diagonal(X).sgn().unsqueeze(-2));
}

const diagonal = (X: Tensor): Tensor => X.diagonal({ dim1: -2, dim2: -1 });

/** How an orthogonal matrix is computed from any other. */
type OrthogonalMap = "matrix_exp" | "cayley" | "householder";
const MAPS: readonly OrthogonalMap[] = ["matrix_exp", "cayley", "householder"];

class _Orthogonal extends Module {
  declare base: Tensor | null | undefined;
  shape: readonly number[];
  orthogonal_map: OrthogonalMap;

  constructor(weight: Tensor, orthogonal_map: OrthogonalMap, use_trivialization: boolean) {
    if (weight.is_complex() && orthogonal_map === "householder") {
      throw new ValueError("The householder parametrization does not support complex tensors.");
    }
    super();
    this.shape = weight.shape;
    this.orthogonal_map = orthogonal_map;
    if (use_trivialization) this.register_buffer("base", null);
  }

  override forward(given: Tensor): Tensor {
    const transposed = given.size(-2) < given.size(-1);
    let X = transposed ? given.mT : given;
    const [n, k] = [X.size(-2), X.size(-1)];
    let Q: Tensor;
    if (this.orthogonal_map === "householder") {
      const A = X.tril({ diagonal: -1 });
      const tau = torch.reciprocal(A.mul(A).sum({ dim: -2 }).add(1)).mul(2);
      Q = linalg.householder_product(A, tau);
      Q = Q.mul(diagonal(X).int().unsqueeze(-2));
    } else {
      X = X.tril();
      if (n !== k) {
        const zeros = X.new_zeros([n, n - k]).expand([...X.shape.slice(0, -2), -1, -1]);
        X = torch.cat([X, zeros], { dim: -1 });
      }
      const A = X.sub(X.mH);
      if (this.orthogonal_map === "matrix_exp") {
        Q = torch.matrix_exp(A);
      } else {
        const Id = torch.eye(n, { dtype: A.dtype, device: A.device });
        Q = linalg.solve(torch.add(Id, A, { alpha: -0.5 }), torch.add(Id, A, { alpha: 0.5 }));
      }
      if (n !== k) Q = Q.index("...", `:${k}`);
    }
    if (this.base !== undefined) Q = (this.base as Tensor).matmul(Q);
    return transposed ? Q.mT : Q;
  }

  /** What the map must be given for an orthogonal matrix. */
  right_inverse(given: Tensor): Tensor {
    return no_grad(() => {
      if (String([...given.shape]) !== String([...this.shape])) {
        throw new ValueError(
          `Expected a matrix or batch of matrices of shape ${this.shape}. Got a tensor of shape ${given.shape}.`,
        );
      }
      const transpose = given.size(-2) < given.size(-1);
      const Q = transpose ? given.mT : given;
      return this.base === undefined ? this._householder(Q, transpose) : this._trivialize(Q, given);
    });
  }

  /** @internal */
  _householder(Q: Tensor, transpose: boolean): Tensor {
    if (this.orthogonal_map !== "householder") {
      throw new NotImplementedError(
        "It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.",
      );
    }
    const [A, tau] = torch.geqrf(Q);
    const signs = diagonal(A).sign_();
    // A reflection of length 0 leaves its column as it is.
    signs.mul_(torch.where(tau.eq(0), -1, 1));
    return transpose ? A.mT : A;
  }

  /** @internal Takes the matrix as the base, to which minus the identity is mapped. */
  _trivialize(Q: Tensor, given: Tensor): Tensor {
    const [n, k] = [Q.size(-2), Q.size(-1)];
    if (n === k) {
      this.base = _is_orthogonal(Q) ? Q.clone() : _make_orthogonal(Q);
    } else {
      const sizes = [...Q.size().slice(0, -2), n, n - k];
      const N = torch.randn(sizes, { dtype: Q.dtype, device: Q.device });
      this.base = _make_orthogonal(torch.cat([Q, N], { dim: -1 }));
    }
    const neg_Id = torch.zeros_like(given);
    diagonal(neg_Id).fill_(-1);
    return neg_Id;
  }
}

/** The parameter or buffer of this name; throws ValueError if there is none. */
function tensorOf(module: Module, name: string): Tensor {
  const weight = getField(module, name);
  if (weight instanceof Tensor) return weight;
  throw new ValueError(`Module '${module}' has no parameter or buffer with name '${name}'`);
}

/**
 * Keeps a matrix, or a batch of them, orthogonal or unitary; of other than square ones the rows or columns.
 *
 * `orthogonal_map` says how it is computed: "matrix_exp", "cayley" or "householder"; if it is null, the first for square
 * matrices and the last for others. Without `use_trivialization` the first two cannot be assigned to.
 *
 * Throws ValueError for a name of no tensor, for vectors, and for an unknown map.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrizations.orthogonal.html}
 */
export const orthogonal = sameModule(
  "orthogonal",
  ["module", "name", "orthogonal_map", "*", "use_trivialization"],
  (module: Module, name = "weight", orthogonal_map: OrthogonalMap | null = null, use_trivialization = true): Module => {
    const weight = tensorOf(module, name);
    if (weight.ndim < 2) {
      throw new ValueError(`Expected a matrix or batch of matrices. Got a tensor of ${weight.ndim} dimensions.`);
    }
    const square = weight.size(-2) === weight.size(-1) || weight.is_complex();
    const map = orthogonal_map ?? (square ? "matrix_exp" : "householder");
    if (!MAPS.includes(map)) {
      throw new ValueError(`orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${map}`);
    }
    const orth = new _Orthogonal(weight, map, use_trivialization);
    return register_parametrization(module, name, orth, { unsafe: true });
  },
);

class _WeightNorm extends Module {
  dim: number;

  constructor(dim: number | null) {
    super();
    this.dim = dim ?? -1;
  }

  override forward(weight_g: Tensor, weight_v: Tensor): Tensor {
    return torch._weight_norm(weight_v, weight_g, this.dim);
  }

  /** The length and the direction of a weight. */
  right_inverse(weight: Tensor): Tensor[] {
    return [torch.norm_except_dim(weight, 2, this.dim), weight];
  }
}

/**
 * Computes a weight from its length, `original0`, and its direction, `original1`: w = g * v / ||v||, along all dimensions
 * but `dim`, or along all of them if it is null.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrizations.weight_norm.html}
 */
export const weight_norm = sameModule(
  "weight_norm",
  ["module", "name", "dim"],
  (module: Module, name = "weight", dim: number | null = 0): Module => {
    register_parametrization(module, name, new _WeightNorm(dim), { unsafe: true });
    // Reads the state dicts of nn.utils.weight_norm.
    module.register_load_state_dict_pre_hook((_module: Module, state_dict: StateDict, prefix: string) => {
      const keys = [`${prefix}${name}_g`, `${prefix}${name}_v`];
      if (!keys.every((key) => Object.hasOwn(state_dict, key))) return;
      for (const [i, key] of keys.entries()) {
        state_dict[`${prefix}parametrizations.${name}.original${i}`] = state_dict[key];
        delete state_dict[key];
      }
    });
    return module;
  },
);

class _SpectralNorm extends Module {
  declare _u: Tensor;
  declare _v: Tensor;
  dim: number;
  eps: number;
  n_power_iterations = 1;

  constructor(weight: Tensor, n_power_iterations: number, dim: number, eps: number) {
    super();
    const { ndim } = weight;
    if (dim >= ndim || dim < -ndim) {
      throw new IndexError(
        `Dimension out of range (expected to be in range of [-${ndim}, ${ndim - 1}] but got ${dim})`,
      );
    }
    if (n_power_iterations <= 0) {
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`,
      );
    }
    this.dim = dim >= 0 ? dim : dim + ndim;
    this.eps = eps;
    if (ndim <= 1) return;
    this.n_power_iterations = n_power_iterations;
    const weight_mat = this._reshape_weight_to_matrix(weight);
    const [h, w] = weight_mat.size();
    const u = weight_mat.new_empty([h]).normal_(0, 1);
    const v = weight_mat.new_empty([w]).normal_(0, 1);
    this.register_buffer("_u", F.normalize(u, { dim: 0, eps }));
    this.register_buffer("_v", F.normalize(v, { dim: 0, eps }));
    this._power_method(weight_mat, 15);
  }

  /** @internal */
  _reshape_weight_to_matrix(weight: Tensor): Tensor {
    const others = [...weight.shape.keys()].filter((d) => d !== this.dim);
    return (this.dim === 0 ? weight : weight.permute(this.dim, ...others)).flatten(1);
  }

  /** @internal Brings the singular vectors, in place, nearer to those of the largest singular value. */
  _power_method(weight_mat: Tensor, n_power_iterations: number): void {
    no_grad(() => {
      for (let i = 0; i < n_power_iterations; i++) {
        this._u = F.normalize(torch.mv(weight_mat, this._v), { dim: 0, eps: this.eps, out: this._u });
        this._v = F.normalize(torch.mv(weight_mat.H, this._u), { dim: 0, eps: this.eps, out: this._v });
      }
    });
  }

  override forward(weight: Tensor): Tensor {
    if (weight.ndim === 1) return F.normalize(weight, { dim: 0, eps: this.eps });
    const weight_mat = this._reshape_weight_to_matrix(weight);
    if (this.training) this._power_method(weight_mat, this.n_power_iterations);
    // The next call must not change what backward needs of this one.
    const u = this._u.clone({ memory_format: contiguous_format });
    const v = this._v.clone({ memory_format: contiguous_format });
    const sigma = torch.vdot(u, torch.mv(weight_mat, v));
    return weight.div(sigma);
  }

  /** The weight itself: its largest singular value may be anything. */
  right_inverse(value: Tensor): Tensor {
    return value;
  }
}

/**
 * Divides a weight by its largest singular value, which power iteration finds: one step for each call in training.
 *
 * `dim` is the dimension of the outputs: 0, or 1 for transposed convolutions, if it is null.
 *
 * Throws ValueError for a name of no tensor.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parametrizations.spectral_norm.html}
 */
export const spectral_norm = sameModule(
  "spectral_norm",
  ["module", "name", "n_power_iterations", "eps", "dim"],
  (module: Module, name = "weight", n_power_iterations = 1, eps = 1e-12, dim: number | null = null): Module => {
    const weight = tensorOf(module, name);
    const normalization = new _SpectralNorm(weight, n_power_iterations, dim ?? outputDim(module), eps);
    return register_parametrization(module, name, normalization);
  },
);
