// torch/utils/benchmark/utils/sparse_fuzzer.py

import type { Tensor } from "../../../_tensor.js";
import { keywordClass, takeKeywords } from "../../../arguments/class.js";
import { type dtype as DType, float32, int64 } from "../../../dtype.js";
import { AssertionError } from "../../../errors.js";
import * as torch from "../../../generated/torch.js";
import { tensor as makeTensor } from "../../../tensor_new.js";
import { sparse_coo_tensor } from "../../../torch_functions.js";
import { FuzzedTensorClass, type Params } from "./fuzzer.js";

class FuzzedSparseTensorClass extends FuzzedTensorClass {
  constructor(
    name: string,
    size: readonly (string | number)[],
    min_elements: number | null = null,
    max_elements: number | null = null,
    dim_parameter: string | null = null,
    readonly sparse_dim: string | null = null,
    readonly nnz: string | null = null,
    readonly density: string | null = null,
    readonly coalesced: string | null = null,
    dtype: DType = float32,
    cuda = false,
  ) {
    super(name, size, null, undefined, min_elements, max_elements, null, dim_parameter, dtype, cuda);
  }

  /** A sparse tensor at random places; one that is not coalesced has each of them twice. */
  static sparse_tensor_constructor(
    size: readonly number[],
    dtype: DType,
    sparse_dim: number,
    nnz: number,
    is_coalesced: boolean,
  ): Tensor {
    if (size.slice(0, sparse_dim).every((count) => count <= 0) && nnz !== 0) {
      throw new AssertionError("invalid arguments");
    }
    const v_size = [nnz, ...size.slice(sparse_dim)];
    let values = FuzzedTensorClass.default_tensor_constructor({ size: v_size, dtype });
    const scale = makeTensor(size.slice(0, sparse_dim), { dtype: float32 }).unsqueeze(1);
    let places = torch.rand(sparse_dim, nnz, { device: "cpu" }).mul_(scale).to(int64);
    if (!is_coalesced) {
      values = torch.cat([values, torch.randn_like(values)], 0);
      places = torch.cat([places, places], 1);
    }
    const made = sparse_coo_tensor(places, values, [...size]);
    return is_coalesced ? made.coalesce() : made;
  }

  override _make_tensor(params: Params): [Tensor, Record<string, unknown>] {
    const { size } = this._get_size_and_steps(params);
    const total = size.reduce((a, b) => a + b, 0);
    const nnz = Math.ceil(total * params.density);
    if (nnz > total) throw new AssertionError("nnz cannot exceed total number of elements");
    const wanted = Math.min(this.sparse_dim ? params.sparse_dim : size.length, size.length);
    let tensor = FuzzedSparseTensorClass.sparse_tensor_constructor(size, this.dtype, wanted, nnz, params.coalesced);
    if (this.cuda) tensor = tensor.cuda();
    const sparse_dim = tensor.sparse_dim();
    const properties = {
      numel: tensor.numel(),
      shape: tensor.size(),
      is_coalesced: tensor.is_coalesced(),
      density: params.density,
      sparsity: 1.0 - params.density,
      sparse_dim,
      dense_dim: tensor.dense_dim(),
      is_hybrid: size.length > sparse_dim,
      dtype: String(this.dtype),
    };
    return [tensor, properties];
  }
}

takeKeywords(
  "FuzzedSparseTensor",
  FuzzedSparseTensorClass,
  { sparse_tensor_constructor: ["size", "dtype", "sparse_dim", "nnz", "is_coalesced"] },
  { self: 0 },
);

/** A sparse tensor that a Fuzzer makes, of the parameters "density", "coalesced" and "sparse_dim". */
export const FuzzedSparseTensor = keywordClass<FuzzedSparseTensorClass>("FuzzedSparseTensor")(FuzzedSparseTensorClass, [
  "name",
  "size",
  "min_elements",
  "max_elements",
  "dim_parameter",
  "sparse_dim",
  "nnz",
  "density",
  "coalesced",
  "dtype",
  "cuda",
]);
export type FuzzedSparseTensor = FuzzedSparseTensorClass;
