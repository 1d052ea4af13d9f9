// torch/utils/benchmark/op_fuzzers/sparse_unary.py

import { keywordClass } from "../../../arguments/class.js";
import { type dtype as DType, float32 } from "../../../dtype.js";
import { FuzzerClass } from "../utils/fuzzer.js";
import { FuzzedSparseTensor } from "../utils/sparse_fuzzer.js";
import { dimensions, randomValue, sizes, sparseDim, sparsity } from "./_parameters.js";

/** @internal A sparse tensor with these sizes. */
export const sparse = (name: string, size: readonly string[], dtype: DType, cuda: boolean) =>
  FuzzedSparseTensor({
    name,
    size,
    dim_parameter: "dim_parameter",
    sparse_dim: "sparse_dim",
    min_elements: 4 * 1024,
    max_elements: 32 * 1024 ** 2,
    density: "density",
    coalesced: "coalesced",
    dtype,
    cuda,
  });

class UnaryOpSparse extends FuzzerClass {
  constructor(seed: number | null, dtype: DType | null = null, cuda = false) {
    super(
      [dimensions("dim_parameter"), sparseDim(), ...sizes(), sparsity(), randomValue()],
      [sparse("x", ["k0", "k1", "k2"], dtype ?? float32, cuda)],
      null,
      seed,
    );
  }
}

/** Makes a sparse tensor x of 1 to 3 dimensions. */
export const UnaryOpSparseFuzzer = keywordClass<UnaryOpSparse>("UnaryOpSparseFuzzer")(UnaryOpSparse, [
  "seed",
  "dtype",
  "cuda",
]);
export type UnaryOpSparseFuzzer = UnaryOpSparse;
