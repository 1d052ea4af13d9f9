// torch/utils/benchmark/op_fuzzers/unary.py

import { keywordClass } from "../../../arguments/class.js";
import { type dtype as DType, float32 } from "../../../dtype.js";
import { FuzzerClass } from "../utils/fuzzer.js";
import { dimensions, randomValue, sizes, steps, strided } from "./_parameters.js";

class UnaryOp extends FuzzerClass {
  constructor(seed: number | null, dtype: DType = float32, cuda = false) {
    super(
      [dimensions("dim"), ...sizes(), steps("x_"), randomValue()],
      [strided("dim", "x_step_", dtype, cuda)],
      null,
      seed,
    );
  }
}

/** Makes a tensor x of 1 to 3 dimensions, of any memory order, with 4 Ki to 32 Mi elements. */
export const UnaryOpFuzzer = keywordClass<UnaryOp>("UnaryOpFuzzer")(UnaryOp, ["seed", "dtype", "cuda"]);
export type UnaryOpFuzzer = UnaryOp;
