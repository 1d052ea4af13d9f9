// torch/utils/benchmark/op_fuzzers/spectral.py

import { keywordClass } from "../../../arguments/class.js";
import { type dtype as DType, float64 } from "../../../dtype.js";
import { FuzzerClass } from "../utils/fuzzer.js";
import { _MIN_DIM_SIZE, alias, anySizes, dimensions, either, oneOf, steps, strided } from "./_parameters.js";

const MAX_DIM_SIZE = 16 * 1024;

function* powers(upper_bound: number, base: number): Generator<number> {
  for (let power = 1; power <= upper_bound; power *= base) yield power;
}

/** Products of 2, 3 and 5 alone, for which Fourier transforms are fastest. */
function regularSizes(): number[] {
  const sizes: number[] = [];
  for (const i of powers(MAX_DIM_SIZE, 2)) {
    for (const j of powers(Math.floor(MAX_DIM_SIZE / i), 3)) {
      for (const k of powers(Math.floor(MAX_DIM_SIZE / (i * j)), 5))
        if (i * j * k > _MIN_DIM_SIZE) sizes.push(i * j * k);
    }
  }
  return sizes.sort((a, b) => a - b);
}

class SpectralOp extends FuzzerClass {
  constructor(seed: number, dtype: DType = float64, cuda = false, probability_regular = 1.0) {
    const k = either("k", [
      [alias("k_regular_"), probability_regular],
      [alias("k_any_"), 1 - probability_regular],
    ]);
    super(
      [dimensions("ndim"), anySizes(MAX_DIM_SIZE), oneOf("k_regular", regularSizes()), k, steps("")],
      [strided("ndim", "step_", dtype, cuda)],
      null,
      seed,
    );
  }
}

/** Makes a tensor x of 1 to 3 dimensions for Fourier transforms, with a probability of sizes that suit them. */
export const SpectralOpFuzzer = keywordClass<SpectralOp>("SpectralOpFuzzer")(SpectralOp, [
  "*",
  "seed",
  "dtype",
  "cuda",
  "probability_regular",
]);
export type SpectralOpFuzzer = SpectralOp;
