// Masked reductions of sparse tensors: torch/masked/_ops.py

import type { Tensor } from "../../_tensor.js";
import * as dtypes from "../../dtype.js";
import { AssertionError } from "../../errors.js";
import { unique } from "../../functional.js";
import * as torch from "../../generated/torch.js";
import { tensor } from "../../tensor_new.js";
import { sparse_coo_tensor, sparse_csr_tensor } from "../../torch_functions/sparse_tensors.js";
import type { dtype } from "../../types.js";
import { _reduction_identity, type Operation } from "./masks.js";

/** N-dimensional indices as one number each. */
function flatten_indices(indices: Tensor, shape: readonly number[]): Tensor {
  const flat = indices.new_zeros(indices.size(1));
  for (const [d, size] of shape.entries()) flat.mul_(size).add_(indices.select(0, d));
  return flat;
}

/** Which numbers are in both lists, and where the counts of all numbers say so. */
function intersection(i1: Tensor, i2: Tensor): { values: Tensor; where: Tensor } {
  const [union, counts] = unique(torch.cat([i1, i2]), { return_counts: true });
  const where = counts.gt(1).nonzero().select(1, 0);
  return { values: union.index_select(0, where), where };
}

function minus(i1: Tensor, i2: Tensor): Tensor {
  const [union, counts] = unique(torch.cat([i1, i2]), { return_counts: true });
  return intersection(union.index_select(0, counts.eq(1).nonzero().select(1, 0)), i1).values;
}

/** The elements of a sparse tensor that a mask shows, the mask's other elements as zeros. */
export function _sparse_coo_where(mask: Tensor, given: Tensor, fill_value: Tensor): Tensor {
  if (mask.dense_dim() !== given.dense_dim()) {
    throw new AssertionError(
      `mask.dense_dim() must match input.dense_dim(): ${mask.dense_dim()} vs ${given.dense_dim()}`,
    );
  }
  const input = given.coalesce();
  const input_flat = flatten_indices(input.indices(), input.shape.slice(0, input.sparse_dim()));
  const mask_flat = flatten_indices(mask.indices(), mask.shape.slice(0, mask.sparse_dim()));
  let mask_values = mask.values();
  if (mask.dense_dim() > 0) {
    for (let d = input.sparse_dim(); d > 0; d--) mask_values = mask_values.any(d);
  }
  const maskin = mask_flat.index_select(0, mask_values.nonzero().select(1, 0));
  const maskin_input = intersection(maskin, input_flat).values;
  const { where: inputs } = intersection(input_flat, maskin_input);
  const where_indices = input.indices().index_select(1, inputs);
  let where_values = input.values().index_select(0, inputs);
  if (mask.dense_dim() > 0) {
    const { where } = intersection(mask_flat, maskin_input);
    where_values = torch.where(mask.values().index_select(0, where), where_values, fill_value);
  }
  const { where: zeros } = intersection(mask_flat, minus(maskin, maskin_input));
  const zero_indices = mask.indices().index_select(1, zeros);
  const n = zero_indices.size(1);
  if (n === 0) return sparse_coo_tensor(where_indices, where_values, input.shape)._coalesced_(true);
  const indices = torch.cat([where_indices, zero_indices], 1);
  const values = torch.cat([where_values, where_values.new_zeros([n, ...where_values.shape.slice(1)])]);
  return sparse_coo_tensor(indices, values, input.shape).coalesce();
}

type Reduction = "sum" | "prod" | "mean" | "amax" | "amin";

/** Reduces one dimension of dense values. */
function reduced(reduce: Reduction, values: Tensor, dim: number, keepdim = false): Tensor {
  switch (reduce) {
    case "sum":
      return values.sum(dim, keepdim);
    case "prod":
      return values.prod(dim, keepdim);
    case "mean":
      return values.mean(dim, keepdim);
    default:
      return values[reduce](dim, keepdim);
  }
}

/** A reduction of a tensor in COO format. */
export function _sparse_coo_scatter_reduction_helper(
  reduce: Exclude<Reduction, "mean">,
  mask_input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype: dtype,
): Tensor {
  const sparse_dims = mask_input.sparse_dim();
  const output_shape = keepdim
    ? mask_input.shape.map((size, i) => (dims.includes(i) ? 1 : size))
    : mask_input.shape.filter((_, i) => !dims.includes(i));
  const used = dims.filter((d) => d < mask_input.dim());
  const reduced_sparse = used.filter((d) => d < sparse_dims);
  const reduced_dense = used.filter((d) => d >= sparse_dims).map((d) => d + 1 - sparse_dims);

  let values = mask_input._values().to(dtype);
  if (reduced_dense.length) {
    // PyTorch returns Python's NotImplemented here.
    if (reduce !== "sum") throw new TypeError(`masked ${reduce} cannot reduce the dense dimensions of sparse tensors`);
    values = values.sum(reduced_dense, keepdim);
  } else {
    values = values.clone();
  }

  if (reduced_sparse.length === sparse_dims) {
    const isEmpty = (reduce === "amax" || reduce === "amin") && values.size(0) === 0;
    values = isEmpty ? _reduction_identity(reduce as Operation, values) : reduced(reduce, values, 0);
    if (keepdim) for (let i = 0; i < sparse_dims; i++) values = values.unsqueeze(0);
    return values.to(dtype).to_sparse();
  }
  let indices = mask_input._indices().clone();
  if (keepdim) {
    for (const d of reduced_sparse) indices.select(0, d).zero_();
  } else if (reduced_sparse.length) {
    const kept = Array.from({ length: sparse_dims }, (_, i) => i).filter((d) => !reduced_sparse.includes(d));
    indices = indices.index_select(0, tensor(kept).to(mask_input.device));
  }
  if (indices.numel() > 0) {
    const [folded, places] = unique(indices, { return_inverse: true, dim: 1 });
    indices = folded;
    const out_shape = [indices.shape[1], ...values.shape.slice(1)];
    let inverse = places;
    for (let i = 1; i < values.ndim; i++) inverse = inverse.unsqueeze(-1);
    const scatter_indices = inverse.expand(values.shape);
    // scatter_reduce_() accumulates in the dtype itself.
    const isHalf = dtype === dtypes.bfloat16 || dtype === dtypes.float16;
    const source = isHalf ? values.to(dtypes.float32) : values;
    values = source
      .new_empty(out_shape)
      .scatter_reduce_(0, scatter_indices, source, reduce, { include_self: false })
      .to(dtype);
  }
  return sparse_coo_tensor(indices, values, output_shape, { dtype, device: mask_input.device });
}

/** A reduction of a tensor in CSR format. */
export function _sparse_csr_segment_reduction_helper(
  reduce: Reduction,
  mask_input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype: dtype,
): Tensor {
  if (!keepdim) {
    throw new AssertionError("reduction operations on CSR tensors with keepdim=False is unsupported");
  }
  const { device } = mask_input;
  const values = mask_input.values().to(dtype);
  const [crow, col] = [mask_input.crow_indices(), mask_input.col_indices()];
  if (dims.length === 0) return mask_input;
  if (dims.length === 2) {
    const nnz = Math.min(1, values.numel());
    const total = nnz === 1 ? reduced(reduce, values, 0, true).to(dtype) : torch.empty([0], { dtype });
    return sparse_csr_tensor(tensor([0, nnz]), col.new_zeros(nnz), total, [1, nnz], { dtype, device });
  }
  if (dims[0] === 0) {
    const [columns, scatter_indices] = unique(col, { return_inverse: true });
    const folded = values.new_empty(columns.shape);
    folded.scatter_reduce_(0, scatter_indices, values, reduce, { include_self: false });
    const rows = tensor([0, columns.shape[0]]);
    return sparse_csr_tensor(rows, columns, folded, [1, mask_input.size(1)], { dtype, device });
  }
  if (dims[0] !== 1) {
    throw new AssertionError("Sparse CSR tensors are 2D and only support reduction along dim 0 or 1.");
  }
  const filled = torch.cumsum(torch.diff(crow).ne(0), 0);
  const rows = torch.cat([crow.new_zeros(1), filled], 0);
  const columns = col.new_zeros(Number(rows[-1].item()));
  const folded = torch.segment_reduce(values, reduce, { offsets: crow });
  return sparse_csr_tensor(rows, columns, folded, [mask_input.size(0), 1], { dtype, device });
}
