// torch/utils/benchmark/op_fuzzers/sparse_binary.py

import { keywordClass } from "../../../arguments/class.js";
import { type dtype as DType, float32 } from "../../../dtype.js";
import { FuzzerClass } from "../utils/fuzzer.js";
import { alias, dimensions, either, randomValue, sizes, sparseDim, sparsity } from "./_parameters.js";
import { sparse } from "./sparse_unary.js";

class BinaryOpSparse extends FuzzerClass {
  constructor(seed: number | null, dtype: DType = float32, cuda = false) {
    super(
      [
        dimensions("dim_parameter"),
        sparseDim(),
        ...sizes(),
        either("y_k", [[alias("k"), 1.0]]),
        sparsity(),
        randomValue(),
      ],
      [sparse("x", ["k0", "k1", "k2"], dtype, cuda), sparse("y", ["y_k0", "y_k1", "y_k2"], dtype, cuda)],
      null,
      seed,
    );
  }
}

/** Makes sparse tensors x and y of the same sizes, of 1 to 3 dimensions. */
export const BinaryOpSparseFuzzer = keywordClass<BinaryOpSparse>("BinaryOpSparseFuzzer")(BinaryOpSparse, [
  "seed",
  "dtype",
  "cuda",
]);
export type BinaryOpSparseFuzzer = BinaryOpSparse;
