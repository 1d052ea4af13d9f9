// torch/utils/benchmark/op_fuzzers/binary.py

import { keywordClass } from "../../../arguments/class.js";
import { type dtype as DType, float32 } from "../../../dtype.js";
import { FuzzedTensor, FuzzerClass } from "../utils/fuzzer.js";
import { alias, dimensions, either, randomValue, sizes, steps, strided } from "./_parameters.js";

class BinaryOp extends FuzzerClass {
  constructor(seed: number | null, dtype: DType = float32, cuda = false) {
    const broadcast = either("y_k", [
      [alias("k"), 0.8],
      [() => 1, 0.2],
    ]);
    const y = FuzzedTensor({
      name: "y",
      size: ["y_k0", "y_k1", "y_k2"],
      steps: ["x_step_0", "x_step_1", "x_step_2"],
      probability_contiguous: 0.75,
      max_allocation_bytes: 2 * 1024 ** 3,
      dim_parameter: "dim",
      dtype,
      cuda,
    });
    super(
      [dimensions("dim"), ...sizes(), broadcast, steps("x_", "y_"), randomValue()],
      [strided("dim", "x_step_", dtype, cuda), y],
      null,
      seed,
    );
  }
}

/** Makes tensors x and y of 1 to 3 dimensions, y with the sizes of x or to be broadcast to them. */
export const BinaryOpFuzzer = keywordClass<BinaryOp>("BinaryOpFuzzer")(BinaryOp, ["seed", "dtype", "cuda"]);
export type BinaryOpFuzzer = BinaryOp;
