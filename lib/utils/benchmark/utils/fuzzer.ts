// torch/utils/benchmark/utils/fuzzer.py

import { randomInt } from "node:crypto";
import type { Tensor } from "../../../_tensor.js";
import { keywordClass, takeKeywords } from "../../../arguments/class.js";
import { bool, type dtype as DType, float32 } from "../../../dtype.js";
import { AssertionError, ValueError } from "../../../errors.js";
import * as torch from "../../../generated/torch.js";
import { Printed } from "../../../python/printed.js";
import { str } from "../../../python/repr.js";
import { slice } from "../../../python/slice.js";
import { manual_seed } from "../../../random.js";
import { finfo, iinfo } from "../../../torch_functions/dtypes.js";
import { RandomState } from "./_random_state.js";

// biome-ignore lint/suspicious/noExplicitAny: a parameter's values are the user's
type Value = any;

/** The parameters of a step, by their names. */
export type Params = Record<string, Value>;

/** Values and their probabilities. */
export type Distribution = "loguniform" | "uniform" | ReadonlyMap<Value, number> | Readonly<Record<string, number>>;

/** A dict's entries; keys of an object that are numbers in Python are numbers. */
function entriesOf(distribution: ReadonlyMap<Value, number> | Readonly<Record<string, number>>): [Value, number][] {
  if (distribution instanceof Map) return [...distribution];
  return Object.entries(distribution).map(([key, value]) => [String(Number(key)) === key ? Number(key) : key, value]);
}

export class ParameterAliasClass extends Printed {
  constructor(readonly alias_to: string) {
    super();
  }

  override __repr__(): string {
    return `ParameterAlias[alias_to: ${this.alias_to}]`;
  }
}

/** Stands for the value of another parameter; aliases may lead to aliases, but not in a circle. */
export const ParameterAlias = keywordClass<ParameterAliasClass>("ParameterAlias")(ParameterAliasClass, ["alias_to"]);
export type ParameterAlias = ParameterAliasClass;

export class FuzzedParameterClass {
  readonly #choices: [Value, number][] | null;

  constructor(
    readonly name: string,
    readonly minval: number | null = null,
    readonly maxval: number | null = null,
    readonly distribution: Distribution | null = null,
    readonly strict = false,
  ) {
    if (typeof distribution !== "object" || distribution === null) {
      if (distribution !== "loguniform" && distribution !== "uniform") {
        throw new AssertionError(`Unknown distribution: ${str(distribution)}`);
      }
      this.#choices = null;
      return;
    }
    this.#choices = entriesOf(distribution);
    const probabilities = this.#choices.map(([, probability]) => probability);
    if (probabilities.some((probability) => probability < 0)) {
      throw new AssertionError("Probabilities cannot be negative");
    }
    if (Math.abs(probabilities.reduce((a, b) => a + b, 0) - 1) > 1e-5) {
      throw new AssertionError("Distribution is not normalized");
    }
    if (minval !== null) throw new AssertionError("When passing a custom distribution, 'minval' must be None");
    if (maxval !== null) throw new AssertionError("When passing a custom distribution, 'maxval' must be None");
  }

  /** Draws a value. */
  sample(state: RandomState): Value {
    if (this.#choices) return this.#choices[state.choice(this.#choices.map(([, probability]) => probability))][0];
    const [low, high] = [this.minval as number, this.maxval as number];
    if (this.distribution === "uniform") {
      if (!Number.isInteger(low) || !Number.isInteger(high)) return state.uniform(low, high);
      return Number(state.randint(BigInt(low), BigInt(high + 1)));
    }
    const output = Math.trunc(2 ** state.uniform(Math.log2(low), Math.log2(high)));
    return Math.min(Math.max(output, low), high);
  }
}

takeKeywords("FuzzedParameter", FuzzedParameterClass.prototype, { sample: ["state"] }, { dict: 0 });

/**
 * A parameter that a Fuzzer draws: from `minval` to `maxval`, "uniform" or "loguniform", or one of the values of a Map with
 * their probabilities. A strict one is drawn once for all attempts at a step.
 *
 * Throws AssertionError for probabilities whose sum is not 1.
 */
export const FuzzedParameter = keywordClass<FuzzedParameterClass>("FuzzedParameter")(
  FuzzedParameterClass,
  ["name", "minval", "maxval", "distribution", "strict"],
  { dict: 3 },
);
export type FuzzedParameter = FuzzedParameterClass;

/** The bytes of an element. */
export function dtype_size(dtype: DType): number {
  if (dtype === bool) return 1;
  return (dtype.is_floating_point || dtype.is_complex ? finfo(dtype).bits : iinfo(dtype).bits) / 8;
}

const prod = (values: readonly number[], base = 1) => values.reduce((product, value) => product * value, base);

/** Whether both are there, and the first is greater. */
const exceeds = (left: number | null, right: number | null) => left !== null && right !== null && left > right;

export type TensorConstructor = (keywords: Params & { size: number[]; dtype: DType }) => Tensor;

export class FuzzedTensorClass {
  constructor(
    readonly name: string,
    readonly size: readonly (string | number)[],
    readonly steps: readonly (string | number)[] | null = null,
    readonly probability_contiguous = 0.5,
    readonly min_elements: number | null = null,
    readonly max_elements: number | null = null,
    readonly max_allocation_bytes: number | null = null,
    readonly dim_parameter: string | null = null,
    readonly dtype: DType = float32,
    readonly cuda = false,
    readonly tensor_constructor: TensorConstructor | null = null,
  ) {}

  /** Random numbers: in [0, 1), or from 1 to 126. */
  static default_tensor_constructor({ size, dtype }: { size: number[]; dtype: DType }): Tensor {
    if (dtype.is_floating_point || dtype.is_complex) return torch.rand(size, { dtype, device: "cpu" });
    return torch.randint(1, 127, size, { dtype, device: "cpu" });
  }

  /** Makes the tensor for parameters, and tells of it. */
  _make_tensor(params: Params, state: RandomState): [Tensor, Record<string, unknown>] {
    const { size, steps, allocation_size } = this._get_size_and_steps(params);
    const construct = this.tensor_constructor ?? FuzzedTensorClass.default_tensor_constructor;
    let raw = construct({ ...params, size: allocation_size, dtype: this.dtype });
    if (this.cuda) raw = raw.cuda();
    let order = size.map((_, i) => i);
    if (state.rand() > this.probability_contiguous) {
      while (size.length > 1 && order.every((place, i) => place === i)) order = state.permutation(raw.dim());
      const inverse = order.map((_, i) => order.indexOf(i));
      raw = raw.permute(order).contiguous().permute(inverse);
    }
    const tensor = raw.index(...size.map((count, i) => slice(0, count * steps[i], steps[i])));
    const properties = {
      numel: tensor.numel(),
      order,
      steps,
      is_contiguous: tensor.is_contiguous(),
      dtype: String(this.dtype),
    };
    return [tensor, properties];
  }

  /** The sizes for parameters: of the tensor, and of what it is a part of. */
  _get_size_and_steps(params: Params): { size: number[]; steps: number[]; allocation_size: number[] } {
    const dim: number = this.dim_parameter === null ? this.size.length : params[this.dim_parameter];
    const resolve = (values: readonly (string | number)[]): number[] => {
      const resolved = values.slice(0, dim).map((value) => (value in params ? params[value] : value));
      return [...resolved, ...new Array(dim - resolved.length).fill(1)];
    };
    const size = resolve(this.size);
    const steps = resolve(this.steps ?? []);
    return { size, steps, allocation_size: size.map((count, i) => count * steps[i]) };
  }

  /** Whether a tensor for parameters has as many elements, and takes as much memory, as it may. */
  satisfies_constraints(params: Params): boolean {
    const { size, allocation_size } = this._get_size_and_steps(params);
    const num_elements = prod(size);
    if (num_elements < 0) throw new AssertionError("Computed number of elements is negative");
    return !(
      exceeds(num_elements, this.max_elements) ||
      exceeds(this.min_elements, num_elements) ||
      exceeds(prod(allocation_size, dtype_size(this.dtype)), this.max_allocation_bytes)
    );
  }
}

takeKeywords("FuzzedTensor", FuzzedTensorClass.prototype, { satisfies_constraints: ["params"] }, { dict: 0 });

/**
 * A tensor that a Fuzzer makes: `size` and `steps` are numbers or names of parameters; with steps it is every so manyeth
 * element of a larger one, and with a probability its memory is in another order.
 */
export const FuzzedTensor = keywordClass<FuzzedTensorClass>("FuzzedTensor")(FuzzedTensorClass, [
  "name",
  "size",
  "steps",
  "probability_contiguous",
  "min_elements",
  "max_elements",
  "max_allocation_bytes",
  "dim_parameter",
  "dtype",
  "cuda",
  "tensor_constructor",
]);
export type FuzzedTensor = FuzzedTensorClass;

/** The tensors of a step by their names, what is to be said of each, and the parameters. */
export type Step = [
  tensors: Record<string, Tensor>,
  tensor_properties: Record<string, Record<string, Value>>,
  params: Params,
];

export class FuzzerClass {
  readonly #parameters: readonly FuzzedParameter[];
  readonly #tensors: readonly FuzzedTensor[];
  readonly #constraints: readonly ((params: Params) => boolean)[];
  readonly #seed: number;
  #rejections = 0;
  #total_generated = 0;

  constructor(
    parameters: readonly (FuzzedParameter | readonly FuzzedParameter[])[],
    tensors: readonly (FuzzedTensor | readonly FuzzedTensor[])[],
    constraints: readonly ((params: Params) => boolean)[] | null = null,
    seed: number | null = null,
  ) {
    this.#seed = seed ?? randomInt(0, 2 ** 32 - 1);
    this.#parameters = parameters.flat();
    this.#tensors = tensors.flat();
    this.#constraints = constraints ?? [];
    const names = new Set(this.#parameters.map((parameter) => parameter.name));
    const overlap = new Set(this.#tensors.map((tensor) => tensor.name).filter((name) => names.has(name)));
    if (overlap.size) throw new ValueError(`Duplicate names in parameters and tensors: ${str(overlap)}`);
  }

  /** Makes the tensors of n steps, each when it is asked for; the same ones for the same seed. */
  *take(n: number): Generator<Step> {
    const state = new RandomState(this.#seed);
    manual_seed(state.randint(0n, 2n ** 63n));
    for (let i = 0; i < n; i++) {
      const params = this._generate(state);
      const made = this.#tensors.map((tensor) => [tensor.name, tensor._make_tensor(params, state)] as const);
      yield [
        Object.fromEntries(made.map(([name, [tensor]]) => [name, tensor])),
        Object.fromEntries(made.map(([name, [, properties]]) => [name, properties])),
        params,
      ];
    }
  }

  /** The share of parameters that did not do. */
  get rejection_rate(): number {
    return this.#total_generated ? this.#rejections / this.#total_generated : 0;
  }

  /** Draws parameters until all constraints hold. */
  _generate(state: RandomState): Params {
    const strict: Params = {};
    for (let attempt = 0; attempt < 1000; attempt++) {
      const candidate: Params = {};
      for (const parameter of this.#parameters) {
        const { name } = parameter;
        if (!parameter.strict) {
          candidate[name] = parameter.sample(state);
        } else {
          if (!(name in strict)) strict[name] = parameter.sample(state);
          candidate[name] = strict[name];
        }
      }
      const params = resolve_aliases(candidate);
      this.#total_generated++;
      const isValid =
        this.#constraints.every((constraint) => constraint(params)) &&
        this.#tensors.every((tensor) => tensor.satisfies_constraints(params));
      if (isValid) return params;
      this.#rejections++;
    }
    throw new ValueError("Failed to generate a set of valid parameters.");
  }
}

function resolve_aliases(given: Params): Params {
  const params = { ...given };
  const count = () => Object.values(params).filter((value) => value instanceof ParameterAliasClass).length;
  for (let before = count(); before > 0; ) {
    for (const [name, value] of Object.entries(params)) {
      if (value instanceof ParameterAliasClass) params[name] = params[value.alias_to];
    }
    const after = count();
    if (after === before) throw new ValueError(`ParameterAlias cycle detected\n${str(params)}`);
    before = after;
  }
  return params;
}

takeKeywords("Fuzzer", FuzzerClass.prototype, { take: ["n"] });

/**
 * Makes tensors of random sizes for benchmarks: it draws parameters until all constraints hold.
 *
 * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html}
 */
export const Fuzzer = keywordClass<FuzzerClass>("Fuzzer")(FuzzerClass, [
  "parameters",
  "tensors",
  "constraints",
  "seed",
]);
export type Fuzzer = FuzzerClass;
