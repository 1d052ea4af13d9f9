// torch/sparse/__init__.py

import type { Tensor } from "./_tensor.js";
import { takeKeywords } from "./arguments/class.js";
import { def } from "./arguments/function.js";
import { mode } from "./arguments/mode.js";
import { bool } from "./dtype.js";
import * as torch from "./generated/torch.js";
import { type layout, sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr } from "./layout.js";
import type { Entered } from "./modes.js";
import { TensorBase } from "./tensor_base.js";
import {
  checksInvariants,
  setChecksInvariants,
  sparse_compressed_tensor,
  sparse_coo_tensor,
} from "./torch_functions/sparse_tensors.js";
import type { dtype } from "./types.js";

export {
  addmm,
  log_softmax,
  mm,
  sampled_addmm,
  softmax,
  spdiags,
  spsolve,
} from "./generated/sparse.js";

/**
 * The sum of a sparse tensor's elements, or along dimensions: dense if all sparse dimensions are summed, else sparse.
 *
 * `sum(input, dim=None, dtype=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse.sum.html}
 */
export const sum = def(
  "sum",
  ["input", "dim", "dtype"],
  (input: Tensor, dim: number | readonly number[] | null = null, dtype: dtype | null = null): Tensor => {
    const keywords = dtype === null ? {} : { dtype };
    return dim === null ? torch._sparse_sum(input, keywords) : torch._sparse_sum(input, dim, keywords);
  },
);

function enterChecks(enable: boolean): () => void {
  const before = checksInvariants();
  setChecksInvariants(enable);
  return () => setChecksInvariants(before);
}

/** The type of check_sparse_tensor_invariants(). */
export interface CheckSparseTensorInvariants {
  <T>(body: () => T): T;
  <T>(enable: boolean, body: () => T): T;
  (enable?: boolean | { enable?: boolean }): Entered;
  is_enabled(): boolean;
  enable(): void;
  disable(): void;
}

/**
 * Makes the constructors of sparse tensors check their indices, or not, while a function runs or until the end of a
 * `using` block.
 *
 * `check_sparse_tensor_invariants(enable=True)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse.check_sparse_tensor_invariants.html}
 */
export const check_sparse_tensor_invariants: CheckSparseTensorInvariants = mode(
  "sparse.check_sparse_tensor_invariants",
  ["enable"],
  (enable = true) =>
    () =>
      enterChecks(enable),
  { called: "check_sparse_tensor_invariants.__init__" },
);

/** Whether indices are checked where the constructor is not told. */
check_sparse_tensor_invariants.is_enabled = () => checksInvariants();

/** Has indices checked from now on. */
check_sparse_tensor_invariants.enable = (): void => setChecksInvariants(true);

/** Has indices not checked from now on. */
check_sparse_tensor_invariants.disable = (): void => setChecksInvariants(false);

takeKeywords(
  "check_sparse_tensor_invariants",
  check_sparse_tensor_invariants,
  { is_enabled: [], enable: [], disable: [] },
  { self: 0 },
);

const blockLayouts: readonly layout[] = [sparse_bsr, sparse_bsc];
const rowLayouts: readonly layout[] = [sparse_csr, sparse_bsr];
const sparseLayouts: readonly layout[] = [sparse_coo, sparse_csr, sparse_csc, sparse_bsr, sparse_bsc];

const isTracked = (value: unknown): value is Tensor =>
  value instanceof TensorBase && (value as Tensor).requires_grad && sparseLayouts.includes((value as Tensor).layout);

/** The indices and the like of a sparse tensor, of which its values have been taken away. */
type Indices = { restore: (values: Tensor) => Tensor };

/** A sparse tensor as its indices and its values. */
function takeApart(given: Tensor, masked: boolean): [Indices, Tensor] {
  const { layout, shape: size } = given;
  let sparse = given;
  if (!masked) {
    const batch_dim = given.ndim - given.dense_dim() - given.sparse_dim();
    const blocksize = blockLayouts.includes(layout)
      ? given.values().shape.slice(batch_dim + 1, batch_dim + 3)
      : undefined;
    const full_mask = torch
      .ones(size, { device: given.device, dtype: bool })
      .to_sparse({ layout, blocksize, dense_dim: given.dense_dim() });
    sparse = given.to_dense().sparse_mask(full_mask);
  }
  if (layout === sparse_coo) {
    const [indices, is_coalesced] = [sparse._indices(), sparse.is_coalesced()];
    const restore = (values: Tensor) => sparse_coo_tensor(indices, values, size, { is_coalesced });
    return [{ restore }, sparse._values()];
  }
  const byRow = rowLayouts.includes(layout);
  const compressed_indices = byRow ? sparse.crow_indices() : sparse.ccol_indices();
  const plain_indices = byRow ? sparse.col_indices() : sparse.row_indices();
  const restore = (values: Tensor) =>
    sparse_compressed_tensor(compressed_indices, plain_indices, values, size, { layout });
  return [{ restore }, sparse.values()];
}

type Gradcheck = (
  func: (...args: unknown[]) => unknown,
  inputs: unknown,
  keywords?: Record<string, unknown>,
) => boolean;

/**
 * Lets `autograd.gradcheck` take sparse tensors: it is given their values in their place.
 *
 * `as_sparse_gradcheck(gradcheck)`
 *
 * With `masked` only the elements that are there are checked.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse.as_sparse_gradcheck.html}
 */
export const as_sparse_gradcheck = def(
  "as_sparse_gradcheck",
  ["gradcheck"],
  (gradcheck: Gradcheck): Gradcheck =>
    (func, inputs, { masked = false, ...keywords } = {}) => {
      const toStrided = (value: unknown) => {
        if (!isTracked(value)) return [value];
        const [indices, values] = takeApart(value, masked as boolean);
        return [indices, values.requires_grad_(true)];
      };
      const fromStrided = (args: readonly unknown[]) => {
        const restored: unknown[] = [];
        for (let i = 0; i < args.length; i++) {
          const indices = args[i] as Partial<Indices> | null;
          const apart = typeof indices === "object" && indices !== null && typeof indices.restore === "function";
          restored.push(apart ? (indices as Indices).restore(args[++i] as Tensor) : args[i]);
        }
        return restored;
      };
      const toDense = (value: unknown) =>
        isTracked(value) ? value.to_dense({ masked_grad: masked as boolean }) : value;
      const wrapped = (...args: unknown[]) => {
        const outputs = func(...fromStrided(args));
        return Array.isArray(outputs) ? outputs.map(toDense) : toDense(outputs);
      };
      return gradcheck(wrapped, (Array.isArray(inputs) ? inputs : [inputs]).flatMap(toStrided), keywords);
    },
);
