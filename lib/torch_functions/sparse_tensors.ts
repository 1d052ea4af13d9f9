// Constructors of sparse tensors: torch/csrc/utils/tensor_new.cpp

import type { Tensor } from "../_tensor.js";
import { parser } from "../arguments/parser.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { type layout, sparse_bsc, sparse_bsr, sparse_csc, sparse_csr } from "../layout.js";
import { operator } from "../operator.js";
import { handleOf, TensorBase } from "../tensor_base.js";
import { get_default_device, type TensorData, tensor } from "../tensor_new.js";
import type { DeviceLike, dtype, Keywords } from "../types.js";

interface SparseKeywords {
  dtype?: dtype | null;
  device?: DeviceLike | null;
  pin_memory?: boolean;
  requires_grad?: boolean;
  /** Whether to check the indices; by default what torch.sparse.check_sparse_tensor_invariants says. */
  check_invariants?: boolean | null;
}

let checks = false;

/** @internal Whether the constructors check the indices where they are not told. */
export function checksInvariants(): boolean {
  return checks;
}

/** @internal */
export function setChecksInvariants(enabled: boolean): void {
  checks = enabled;
}

/** Data as a tensor: a tensor itself, converted where the options say so, or a copy of other data. */
function toTensor(data: TensorData, dtype: dtype | null = null, device: DeviceLike | null = null): Tensor {
  if (data instanceof TensorBase) return (data as Tensor).to({ dtype, device });
  return tensor(data, { dtype, device });
}

const TENSOR_OPTIONS = "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None";
const OPTIONS = "bool pin_memory=False, bool requires_grad=False, bool check_invariants=None";

const _sparse_coo_tensor = operator("sparse_coo_tensor", [
  [
    `sparse_coo_tensor(Tensor indices, Tensor values, *, ${TENSOR_OPTIONS}, bool? is_coalesced=None)`,
    "aten::sparse_coo_tensor.indices",
  ],
  [
    `sparse_coo_tensor(Tensor indices, Tensor values, IntArrayRef size, *, ${TENSOR_OPTIONS}, bool? is_coalesced=None)`,
    "aten::sparse_coo_tensor.indices_size",
  ],
  [`sparse_coo_tensor(IntArrayRef size, *, ${TENSOR_OPTIONS})`, "aten::sparse_coo_tensor.size"],
]);

const parseCoo = parser(
  `sparse_coo_tensor(PyObject indices, PyObject values, *, ScalarType dtype=None, Device? device=None, ${OPTIONS}, bool? is_coalesced=None)`,
  `sparse_coo_tensor(PyObject indices, PyObject values, IntArrayRef size, *, ScalarType dtype=None, Device? device=None, ${OPTIONS}, bool? is_coalesced=None)`,
  "sparse_coo_tensor(IntArrayRef size, *, ScalarType dtype=None, Device? device=None, bool requires_grad=False, bool check_invariants=None)",
);

type CooKeywords = SparseKeywords & { is_coalesced?: boolean | null };

/**
 * A sparse tensor from the coordinates of its elements, (dimensions, count), and their values, (count, ...).
 *
 * `sparse_coo_tensor(indices, values, size=None, *, dtype=None, device=None, pin_memory=False, requires_grad=False,
 * check_invariants=None, is_coalesced=None) -> Tensor`
 *
 * Without a size the least that holds the coordinates; with a size alone, a tensor of zeros.
 *
 * Throws RuntimeError for coordinates that are no matrix, and, with `check_invariants`, for those outside of the size.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse_coo_tensor.html}
 */
export function sparse_coo_tensor(indices: TensorData, values: TensorData, keywords?: Keywords<CooKeywords>): Tensor;
export function sparse_coo_tensor(
  indices: TensorData,
  values: TensorData,
  size: readonly number[],
  keywords?: Keywords<CooKeywords>,
): Tensor;
export function sparse_coo_tensor(
  indices: TensorData,
  values: TensorData,
  keywords: Keywords<CooKeywords & { size: readonly number[] }>,
): Tensor;
export function sparse_coo_tensor(
  size: readonly number[],
  keywords?: Keywords<Omit<SparseKeywords, "pin_memory">>,
): Tensor;
export function sparse_coo_tensor(...args: unknown[]): Tensor {
  const parsed = parseCoo<CooKeywords & { indices: TensorData; values: TensorData; size?: readonly number[] }>(args);
  const { size, dtype, device, pin_memory, requires_grad = false, is_coalesced = null } = parsed;
  const checked = parsed.check_invariants ?? checks;
  if (parsed.overload === 2)
    return withGrad(_sparse_coo_tensor(size, { dtype, device: device ?? get_default_device() }), requires_grad);
  const values = toTensor(parsed.values, dtype, device);
  const indices = toTensor(parsed.indices, null, device ?? values.device);
  const options = { dtype: values.dtype, device: values.device, pin_memory, is_coalesced };
  if (size === undefined) {
    const result = _sparse_coo_tensor(indices, values, options);
    if (checked) torch._validate_sparse_coo_tensor_args(indices, values, result.shape, is_coalesced);
    return withGrad(result, requires_grad);
  }
  if (checked) torch._validate_sparse_coo_tensor_args(indices, values, size, is_coalesced);
  return withGrad(_sparse_coo_tensor(indices, values, size, options), requires_grad);
}

// A result that the values' graph made keeps it.
function withGrad(result: Tensor, requires_grad: boolean): Tensor {
  if (requires_grad || result.is_leaf) native.setRequiresGrad(handleOf(result), requires_grad);
  return result;
}

const _sparse_compressed_tensor = operator("sparse_compressed_tensor", [
  [
    `sparse_compressed_tensor(Tensor compressed_indices, Tensor plain_indices, Tensor values, SymIntArrayRef size, *, ${TENSOR_OPTIONS})`,
    "aten::sparse_compressed_tensor.comp_plain_value_size",
  ],
  [
    `sparse_compressed_tensor(Tensor compressed_indices, Tensor plain_indices, Tensor values, *, ${TENSOR_OPTIONS})`,
    "aten::sparse_compressed_tensor.comp_plain_value",
  ],
]);

interface Compressed extends SparseKeywords {
  compressed_indices: TensorData;
  plain_indices: TensorData;
  values: TensorData;
  size?: readonly number[];
  layout?: layout | null;
}

const layoutNames: Record<string, string> = {
  strided: "Strided",
  sparse_coo: "Sparse",
  sparse_csr: "SparseCsr",
  sparse_csc: "SparseCsc",
  sparse_bsr: "SparseBsr",
  sparse_bsc: "SparseBsc",
  _mkldnn: "Mkldnn",
  jagged: "Jagged",
};

/** Parses the arguments of a constructor whose indices have these names. */
function compressedParser(name: string, compressed: string, plain: string) {
  const start = `${name}(PyObject ${compressed}, PyObject ${plain}, PyObject values`;
  const end = `*, ScalarType dtype=None, Layout? layout=None, Device? device=None, ${OPTIONS})`;
  const parse = parser(`${start}, IntArrayRef size, ${end}`, `${start}, ${end}`);
  return (args: readonly unknown[]): Compressed => {
    const parsed = parse<Compressed & Record<string, TensorData>>(args);
    return { ...parsed, compressed_indices: parsed[compressed], plain_indices: parsed[plain] };
  };
}

function construct(name: string, parsed: Compressed, required: layout | null): Tensor {
  const { size, dtype, device, pin_memory, requires_grad = false } = parsed;
  const values = toTensor(parsed.values, dtype, device);
  const compressed_indices = toTensor(parsed.compressed_indices, null, device ?? values.device);
  const plain_indices = toTensor(parsed.plain_indices, null, device ?? values.device);
  const layout = parsed.layout ?? required;
  if (required !== null && layout !== required) {
    throw new RuntimeError(
      `${name}: layout must be ${layoutNames[required.name]} but got ${layoutNames[layout?.name ?? ""]}`,
    );
  }
  const options = { dtype: values.dtype, layout, device: values.device, pin_memory };
  const checked = (parsed.check_invariants ?? checks) && layout !== null;
  const check = (sizes: readonly number[]) => {
    if (!checked) return;
    torch._validate_sparse_compressed_tensor_args(compressed_indices, plain_indices, values, sizes, layout);
  };
  if (size === undefined) {
    const result = _sparse_compressed_tensor(compressed_indices, plain_indices, values, options);
    check(result.shape);
    return withGrad(result, requires_grad);
  }
  check(size);
  return withGrad(_sparse_compressed_tensor(compressed_indices, plain_indices, values, size, options), requires_grad);
}

type CompressedKeywords = SparseKeywords & { layout?: layout | null };

/** A constructor of compressed sparse tensors; `Names` are the names of its indices. */
interface CompressedConstructor<Names extends string> {
  (
    compressed_indices: TensorData,
    plain_indices: TensorData,
    values: TensorData,
    size: readonly number[],
    keywords?: Keywords<CompressedKeywords>,
  ): Tensor;
  (
    compressed_indices: TensorData,
    plain_indices: TensorData,
    values: TensorData,
    keywords?: Keywords<CompressedKeywords & { size?: readonly number[] }>,
  ): Tensor;
  (
    keywords: Keywords<
      CompressedKeywords & { [Name in Names]: TensorData } & { values: TensorData; size?: readonly number[] }
    >,
  ): Tensor;
}

function compressedConstructor<Compressed extends string, Plain extends string>(
  name: string,
  compressed: Compressed,
  plain: Plain,
  required: layout | null,
): CompressedConstructor<Compressed | Plain> {
  const parse = compressedParser(name, compressed, plain);
  const named = { [name]: (...args: unknown[]) => construct(name, parse(args), required) };
  return named[name] as CompressedConstructor<Compressed | Plain>;
}

/**
 * A sparse tensor of one of the compressed layouts from the compressed and the plain indices and the values.
 *
 * `sparse_compressed_tensor(compressed_indices, plain_indices, values, size=None, *, dtype=None, layout=None,
 * device=None, pin_memory=False, requires_grad=False, check_invariants=None) -> Tensor`
 *
 * Throws RuntimeError if no compressed `layout` is given, and, with `check_invariants`, for indices that do not fit.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse_compressed_tensor.html}
 */
export const sparse_compressed_tensor = compressedConstructor(
  "sparse_compressed_tensor",
  "compressed_indices",
  "plain_indices",
  null,
);

/**
 * A sparse tensor with compressed rows: where each row begins, the columns, and the values.
 *
 * `sparse_csr_tensor(crow_indices, col_indices, values, size=None, *, dtype=None, device=None, pin_memory=False,
 * requires_grad=False, check_invariants=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse_csr_tensor.html}
 */
export const sparse_csr_tensor = compressedConstructor("sparse_csr_tensor", "crow_indices", "col_indices", sparse_csr);

/**
 * A sparse tensor with compressed columns: where each column begins, the rows, and the values.
 *
 * `sparse_csc_tensor(ccol_indices, row_indices, values, size=None, *, dtype=None, device=None, pin_memory=False,
 * requires_grad=False, check_invariants=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse_csc_tensor.html}
 */
export const sparse_csc_tensor = compressedConstructor("sparse_csc_tensor", "ccol_indices", "row_indices", sparse_csc);

/**
 * A sparse tensor of dense blocks with compressed rows of blocks; the values are (blocks, rows, columns).
 *
 * `sparse_bsr_tensor(crow_indices, col_indices, values, size=None, *, dtype=None, device=None, pin_memory=False,
 * requires_grad=False, check_invariants=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse_bsr_tensor.html}
 */
export const sparse_bsr_tensor = compressedConstructor("sparse_bsr_tensor", "crow_indices", "col_indices", sparse_bsr);

/**
 * A sparse tensor of dense blocks with compressed columns of blocks; the values are (blocks, rows, columns).
 *
 * `sparse_bsc_tensor(ccol_indices, row_indices, values, size=None, *, dtype=None, device=None, pin_memory=False,
 * requires_grad=False, check_invariants=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.sparse_bsc_tensor.html}
 */
export const sparse_bsc_tensor = compressedConstructor("sparse_bsc_tensor", "ccol_indices", "row_indices", sparse_bsc);
