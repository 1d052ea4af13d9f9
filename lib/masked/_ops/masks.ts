// Masks and the values that stand for masked-out elements: torch/masked/_ops.py

import type { Tensor } from "../../_tensor.js";
import * as dtypes from "../../dtype.js";
import { AssertionError, IndexError, NotImplementedError, RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { sparse_coo, sparse_csr, strided } from "../../layout.js";
import { tensor } from "../../tensor_new.js";
import { iinfo } from "../../torch_functions/dtypes.js";
import { is_masked_tensor } from "../maskedtensor/core.js";
import { _sparse_coo_where } from "./sparse.js";

/** The dimensions to reduce: one, several, or null for all. */
export type DimOrDims = number | readonly number[] | null;

/** The operations whose identity values stand for what a mask hides. */
export type Operation =
  | "sum"
  | "prod"
  | "amax"
  | "amin"
  | "argmax"
  | "argmin"
  | "mean"
  | "median"
  | "norm"
  | "logaddexp"
  | "logsumexp";

/** The value that does not change the result of an operation. */
export function _reduction_identity(op: Operation, input: Tensor, ord = 2): Tensor {
  const { dtype, device } = input;
  const of = (value: number | bigint) => tensor(value as number, { dtype, device });
  const isInteger = dtype.is_signed || dtype === dtypes.uint8;
  const { is_floating_point, is_complex } = dtype;
  const infinity = Number.POSITIVE_INFINITY;
  switch (op) {
    case "sum":
    case "mean": // it has none; for sparse tensors nothing is filled in
      return of(0);
    case "prod":
      return of(1);
    case "amax":
    case "argmax":
    case "logaddexp":
      if (is_floating_point) return of(-infinity);
      if (isInteger) return of(iinfo(dtype).min);
      break;
    case "logsumexp":
      if (is_floating_point || is_complex) return of(-infinity);
      if (isInteger) return of(iinfo(dtype).min);
      break;
    case "amin":
    case "argmin":
      if (is_floating_point) return of(infinity);
      if (isInteger) return of(iinfo(dtype).max);
      break;
    case "norm":
      if (ord !== -infinity) return of(0);
      if (!is_floating_point) throw new AssertionError(`input must be floating point, got ${dtype}`);
      return of(infinity);
    case "median":
      return tensor(Number.NaN, { dtype: is_floating_point ? dtype : dtypes.float32, device });
  }
  throw new NotImplementedError(`identity of ${op} on ${dtype} input`);
}

/** The dimensions in order, none negative; throws for one that is out of range or given twice. */
export function _canonical_dim(dim: DimOrDims, ndim: number): number[] {
  if (dim === null || (Array.isArray(dim) && !dim.length)) return Array.from({ length: ndim }, (_, i) => i);
  const count = Math.max(ndim, 1);
  const dims: number[] = [];
  for (const d of typeof dim === "number" ? [dim] : dim) {
    if (dims.includes(d)) throw new RuntimeError(`dim=${d} appears multiple times in the list of dims`);
    if (d >= count || d < -count) {
      throw new IndexError(
        `Dimension out of range (expected to be in range of [${-count}, ${count - 1}], but got ${d})`,
      );
    }
    dims.push((d + count) % count);
  }
  return dims.sort((a, b) => a - b);
}

function _where(mask: Tensor, input: Tensor, fill_value: Tensor): Tensor {
  if (mask.layout === strided) return torch.where(mask, input, fill_value);
  if (mask.layout === sparse_coo) return _sparse_coo_where(mask, input, fill_value);
  return _sparse_coo_where(mask.to_sparse(), input.to_sparse(), fill_value).to_sparse_csr();
}

/** The mask in the input's shape and layout, as booleans; throws IndexError for one of more dimensions. */
export function _input_mask(input: Tensor, given: Tensor): Tensor {
  const layouts = [strided, sparse_coo, sparse_csr];
  if (!layouts.includes(input.layout)) {
    throw new ValueError(`_input_mask expects strided or sparse COO or sparse CSR tensor but got ${input.layout}`);
  }
  let mask = given;
  if (String(mask.shape) !== String(input.shape)) {
    if (mask.ndim > input.ndim) {
      throw new IndexError(
        "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)",
      );
    }
    if (mask.layout === strided) mask = torch.broadcast_to(mask.clone(), input.shape).to(dtypes.bool);
    else if (mask.layout === sparse_coo) mask = torch._sparse_broadcast_to(mask, input.shape);
    else mask = torch._sparse_broadcast_to(mask.to_sparse(), input.shape).to_sparse_csr();
  }
  if (mask.layout !== input.layout) {
    if (input.layout === strided) mask = mask.to_dense();
    else if (input.layout === sparse_csr) mask = mask.to_sparse_csr();
    else mask = mask.layout === strided ? mask.to_sparse(input.sparse_dim()) : mask.to_sparse();
  }
  if (mask.layout === sparse_coo) mask = mask.coalesce();
  return mask.to(dtypes.bool);
}

/** The input with an operation's identity value in place of what the mask hides. */
export function _combine_input_and_mask(op: Operation, input: Tensor, mask: Tensor | null, ord?: number): Tensor {
  if (is_masked_tensor(input)) return _combine_input_and_mask(op, input.get_data(), input.get_mask(), ord);
  if (mask === null) return input;
  const canonical_mask = _input_mask(input, mask);
  return _where(canonical_mask, input, _reduction_identity(op, input, ord));
}
