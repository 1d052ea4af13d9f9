// torch/utils/benchmark/examples/spectral_ops_fuzz_test.py: benchmarks of torch.fft

import type { Tensor } from "../../../_tensor.js";
import { def } from "../../../arguments/function.js";
import { complex64, type dtype as DType, float32 } from "../../../dtype.js";
import { ValueError } from "../../../errors.js";
import { fftn, ifftn, irfftn, rfftn } from "../../../fft.js";
import { namedTupleClass } from "../../../named_tuple.js";
import { str } from "../../../python/repr.js";
import { SpectralOpFuzzer } from "../op_fuzzers/spectral.js";
import type { Measurement } from "../utils/common.js";
import { Timer } from "../utils/timer.js";

type Dim = number | number[] | null;
type Transform = (x: Tensor, keywords: { dim: Dim }) => Tensor;

const dimText = (dim: Dim) => (Array.isArray(dim) ? `(${dim.join(", ")})` : str(dim));

function dim_options(ndim: number): Dim[] {
  if (ndim === 1) return [null];
  if (ndim === 2) return [0, 1, null];
  if (ndim === 3) return [0, 1, 2, [0, 1], [0, 2], null];
  throw new ValueError(`Expected ndim in range 1-3, got ${ndim}`);
}

/** Measures a transform of random tensors over several dimensions and numbers of threads. */
export const run_benchmark = def(
  "run_benchmark",
  ["name", "function", "dtype", "seed", "device", "samples", "probability_regular", "min_run_time"],
  (
    name: string,
    transform: Transform,
    dtype: DType,
    seed: number,
    device: string,
    samples: number,
    probability_regular: number,
    min_run_time = 1,
  ): Measurement[] => {
    const cuda = device === "cuda";
    const results: Measurement[] = [];
    for (const [tensors, tensor_params, params] of SpectralOpFuzzer({ seed, dtype, cuda, probability_regular }).take(
      samples,
    )) {
      const shape = [params.k0, params.k1, params.k2].slice(0, params.ndim);
      const sizes = shape.map((size) => String(size).padEnd(4)).join(" x ");
      for (const dim of dim_options(params.ndim)) {
        for (const num_threads of cuda ? [1] : [1, 4, 16]) {
          const measurement = Timer({
            stmt: "func(x, { dim })",
            globals: { func: transform, x: tensors.x, dim },
            label: `${name}_${device}`,
            sub_label: `${sizes} ${tensor_params.x.is_contiguous ? "" : "(discontiguous)"}`,
            description: `dim=${dimText(dim)}`,
            num_threads,
          }).blocked_autorange({ min_run_time });
          measurement.metadata = { name, device, dim, shape, ...tensor_params.x };
          results.push(measurement);
        }
      }
    }
    return results;
  },
);

const Tuple = namedTupleClass("Benchmark", ["name", "function", "dtype"], "typing");

/** A transform and the dtype of its input: a named tuple. */
export type Benchmark = unknown[] & { readonly name: string; readonly function: Transform; readonly dtype: DType };

/** Makes a Benchmark. */
export function Benchmark(name: string, transform: unknown, dtype: DType): Benchmark {
  return new Tuple(name, transform, dtype) as Benchmark;
}

/** The benchmarks. */
export const BENCHMARKS: readonly Benchmark[] = [
  Benchmark("fft_real", fftn, float32),
  Benchmark("fft_complex", fftn, complex64),
  Benchmark("ifft", ifftn, complex64),
  Benchmark("rfft", rfftn, float32),
  Benchmark("irfft", irfftn, complex64),
];
export const BENCHMARK_MAP: Readonly<Record<string, Benchmark>> = Object.fromEntries(
  BENCHMARKS.map((benchmark) => [benchmark.name, benchmark]),
);
export const BENCHMARK_NAMES: readonly string[] = BENCHMARKS.map((benchmark) => benchmark.name);
export const DEVICE_NAMES: readonly string[] = ["cpu", "cuda"];
