// Parameters that the fuzzers of operators share

import type { dtype as DType } from "../../../dtype.js";
import { FuzzedParameter, type FuzzedTensor, ParameterAlias, FuzzedTensor as Tensor } from "../utils/fuzzer.js";

export const _MIN_DIM_SIZE = 16;
export const _MAX_DIM_SIZE = 16 * 1024 ** 2;
export const _POW_TWO_SIZES: readonly number[] = Array.from({ length: 21 }, (_, i) => 2 ** (i + 4));

const three = <T>(make: (i: number) => T): T[] => [0, 1, 2].map(make);

/** The number of dimensions: 1, 2 or 3. */
export const dimensions = (name: string) =>
  FuzzedParameter(name, {
    distribution: new Map([
      [1, 0.3],
      [2, 0.4],
      [3, 0.3],
    ]),
    strict: true,
  });

/** Sizes of any length between two. */
export const anySizes = (maxval: number) =>
  three((i) => FuzzedParameter(`k_any_${i}`, _MIN_DIM_SIZE, maxval, { distribution: "loguniform" }));

/** Sizes that are one of these. */
export const oneOf = (name: string, sizes: readonly number[]) =>
  three((i) =>
    FuzzedParameter(`${name}_${i}`, { distribution: new Map(sizes.map((size) => [size, 1 / sizes.length])) }),
  );

/** Sizes that are one or the other parameter's, with a probability each. */
export const either = (name: string, choices: readonly [alias: (i: number) => ParameterAlias | number, p: number][]) =>
  three((i) =>
    FuzzedParameter(`${name}${i}`, { distribution: new Map(choices.map(([alias, p]) => [alias(i), p])), strict: true }),
  );

export const alias = (name: string) => (i: number) => ParameterAlias(`${name}${i}`);

/** The parameters of sizes: powers of two are more likely than others. */
export const sizes = () => [
  anySizes(_MAX_DIM_SIZE),
  oneOf("k_pow2", _POW_TWO_SIZES),
  either("k", [
    [alias("k_any_"), 0.8],
    [alias("k_pow2_"), 0.2],
  ]),
];

const STEPS = new Map([
  [1, 0.8],
  [2, 0.06],
  [4, 0.06],
  [8, 0.04],
  [16, 0.04],
]);

/** Steps through larger tensors. */
export const steps = (...names: readonly string[]) =>
  three((i) => names.map((name) => FuzzedParameter(`${name}step_${i}`, { distribution: STEPS }))).flat();

/** A number for what else is random. */
export const randomValue = () => FuzzedParameter("random_value", 0, 2 ** 32 - 1, { distribution: "uniform" });

/** Parameters of sparse tensors. */
export const sparseDim = () =>
  FuzzedParameter("sparse_dim", {
    distribution: new Map([
      [1, 0.4],
      [2, 0.4],
      [3, 0.2],
    ]),
    strict: true,
  });
export const sparsity = () => [
  FuzzedParameter("density", {
    distribution: new Map([
      [0.1, 0.4],
      [0.05, 0.3],
      [0.01, 0.3],
    ]),
  }),
  FuzzedParameter("coalesced", {
    distribution: new Map([
      [true, 0.5],
      [false, 0.5],
    ]),
  }),
];

/** The tensor x with sizes and steps. */
export const strided = (dim_parameter: string, step: string, dtype: DType, cuda: boolean): FuzzedTensor =>
  Tensor({
    name: "x",
    size: ["k0", "k1", "k2"],
    steps: [`${step}0`, `${step}1`, `${step}2`],
    probability_contiguous: 0.75,
    min_elements: 4 * 1024,
    max_elements: 32 * 1024 ** 2,
    max_allocation_bytes: 2 * 1024 ** 3,
    dim_parameter,
    dtype,
    cuda,
  });
