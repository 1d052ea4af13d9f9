// The tensors among a function's arguments and results, and their elements.

import type { Tensor } from "../../_tensor.js";
import { NotImplementedError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { _mkldnn, sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr, strided } from "../../layout.js";
import { Complex } from "../../python/complex.js";
import { TensorBase } from "../../tensor_base.js";
import { tensor as makeTensor } from "../../tensor_new.js";
import { sparse_coo_tensor } from "../../torch_functions/sparse_tensors.js";

// biome-ignore lint/suspicious/noExplicitAny: a function of any arguments
export type Func = (...inputs: any[]) => unknown;

export const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** One value, or several, as a list. */
export const asTuple = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

export const isSparseCompressed = (tensor: Tensor): boolean =>
  [sparse_csr, sparse_csc, sparse_bsr, sparse_bsc].includes(tensor.layout);

export const isSparse = (tensor: Tensor): boolean => isSparseCompressed(tensor) || tensor.layout === sparse_coo;

/** Whether a value is a tensor that can have a gradient. */
export const isDifferentiable = (value: unknown): value is Tensor =>
  isTensor(value) && (value.is_floating_point() || value.is_complex());

export const requiresGrad = (value: unknown): value is Tensor => isTensor(value) && value.requires_grad;

export const differentiableOutputs = (value: unknown): Tensor[] => (asTuple(value) as Tensor[]).filter(requiresGrad);

/** A number times the imaginary unit. */
export const imaginary = (value: number): Complex => new Complex(0, value);

export const dense = (tensor: Tensor): Tensor => (tensor.layout === strided ? tensor : tensor.to_dense());

function densifyCoo(x: Tensor): Tensor {
  const sizes = [...x.shape];
  const sparseDim = x.sparse_dim();
  const tmp = torch.ones(sizes.slice(0, sparseDim), { dtype: x._indices().dtype, device: x.device });
  const indices = tmp.nonzero().t().to(x._indices().dtype);
  const values = torch.zeros([tmp.numel(), ...sizes.slice(sparseDim)], { dtype: x.dtype, device: x.device });
  const coalesced = x.detach().coalesce();
  if (coalesced.numel() > 0) {
    const strides = torch.empty(tmp.shape, { device: "meta" }).stride();
    const flat = strides.reduce<Tensor>(
      (sum, stride, dim) => sum.add(coalesced.indices()[dim].mul(stride)),
      torch.zeros_like(coalesced.indices()[0]),
    );
    values.index_put_([flat], coalesced.values());
  }
  return sparse_coo_tensor(indices, values, sizes)._coalesced_(true).requires_grad_(x.requires_grad);
}

/** Sparse tensors, in lists too, as such that specify all their elements; anything else as it is. */
export function densify<T>(x: T): T;
export function densify(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(densify);
  if (!isTensor(x) || !isSparse(x)) return x;
  if (x.layout === sparse_coo) return densifyCoo(x);
  const blocked = x.layout === sparse_bsr || x.layout === sparse_bsc;
  const blocksize = blocked ? [...x.values().shape].slice(1, 3) : null;
  const coo = densifyCoo(x.detach().to_sparse({ layout: sparse_coo }));
  return coo.to_sparse({ layout: x.layout, blocksize }).requires_grad_(x.requires_grad);
}

/** An element that can be changed: a tensor, the index in it, and the index in the flattened whole. */
export type Element = [tensor: Tensor, index: number[], flat: number];

/** All indices of a tensor of these sizes, the last one changing fastest. */
export function* indicesOf(sizes: readonly number[]): Generator<number[]> {
  if (sizes.length === 0) {
    yield [];
    return;
  }
  const [first, ...rest] = sizes;
  for (let i = 0; i < first; i++) for (const tail of indicesOf(rest)) yield [i, ...tail];
}

function sparseParts(x: Tensor): [indices: Tensor, values: Tensor] {
  const coordinates = (transpose: boolean) =>
    torch._convert_indices_from_csr_to_coo(
      transpose ? x.ccol_indices() : x.crow_indices(),
      transpose ? x.row_indices() : x.col_indices(),
      { transpose },
    );
  switch (x.layout) {
    case sparse_coo:
      return [x._indices().t(), x._values()];
    case sparse_csr:
      return [coordinates(false).t(), x.values()];
    case sparse_csc:
      return [coordinates(true).t(), x.values()];
    case sparse_bsr:
    case sparse_bsc: {
      const [height, width] = [...x.values().shape].slice(1, 3);
      const block = torch.stack(torch.where(torch.ones([height, width])) as Tensor[]).repeat(1, x._nnz());
      const scale = makeTensor([height, width]).reshape(2, 1);
      const corners = coordinates(x.layout === sparse_bsc).repeat_interleave(height * width, 1);
      return [corners.mul(scale).add(block).t(), x.values().flatten(0, 2)];
    }
    default:
      throw new NotImplementedError(`_iter_tensor for ${x.layout} input`);
  }
}

/** The elements of a tensor: of a sparse one those that it specifies. */
export function* elementsOf(x: Tensor): Generator<Element> {
  if (!isSparse(x)) {
    const source = x.layout === _mkldnn ? null : x.data;
    let flat = 0;
    for (const index of indicesOf([...x.shape])) yield [source ?? x.to_dense(), index, flat++];
    return;
  }
  const strides: number[] = [];
  let step = 1;
  for (const size of [...x.shape].reverse()) {
    strides.unshift(step);
    step *= size;
  }
  const [indices, values] = sparseParts(x);
  const data = values.data;
  for (let i = 0; i < data.shape[0]; i++) {
    for (const index of indicesOf([...data.shape].slice(1))) {
      const place = [...(indices[i].tolist() as number[]), ...index];
      yield [data[i], index, place.reduce((sum, at, dim) => sum + at * strides[dim], 0)];
    }
  }
}
