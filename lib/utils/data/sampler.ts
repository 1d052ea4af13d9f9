// torch/utils/data/sampler.py

import type { Tensor } from "../../_tensor.js";
import { callable } from "../../callable.js";
import { float64, int64 } from "../../dtype.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { type Arguments, named } from "../../optim/_arguments.js";
import { str } from "../../python/repr.js";
import { iter, len, type PythonIterable } from "../../python/sequences.js";
import { Generator as TorchGenerator } from "../../random.js";
import { as_tensor, type TensorData } from "../../tensor_new.js";
import { getitem } from "./_utils/fetch.js";

/** What has a length, for `len()`. */
export type Sized = { __len__?(): number } | { readonly length: number } | { readonly size: number };

class Sampler<T = number> {
  /** The indices; every subclass writes this, or `*[Symbol.iterator]()`. */
  __iter__?(): Iterator<T>;
  __len__?(): number;

  [Symbol.iterator](): IterableIterator<T> {
    if (!this.__iter__) throw new NotImplementedError("");
    return iter({ __iter__: () => (this.__iter__ as () => Iterator<T>)() });
  }
}

/** The class of samplers, generic when it is extended. */
interface SamplerConstructor {
  new <T = number>(): Sampler<T>;
  <T = number>(): Sampler<T>;
  // biome-ignore lint/suspicious/noExplicitAny: of samplers of any indices
  readonly prototype: any;
}

/**
 * The base of samplers: a subclass has `*__iter__()`, which gives indices or lists of them, and may have `__len__()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.Sampler}
 */
const CallableSampler = callable(Sampler) as unknown as SamplerConstructor;
type CallableSampler<T = number> = Sampler<T>;

export { CallableSampler as Sampler };

class SequentialSampler extends CallableSampler {
  readonly data_source: Sized;

  constructor(data_source: Sized | { data_source: Sized }) {
    super();
    const given = named<{ data_source: Sized }>("SequentialSampler.__init__", ["data_source"], 1, [data_source]);
    this.data_source = given.data_source;
  }

  override *__iter__(): Generator<number, void, undefined> {
    const length = this.__len__();
    for (let i = 0; i < length; i++) yield i;
  }

  override __len__(): number {
    return len(this.data_source);
  }
}

/**
 * The indices of a dataset in their order.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.SequentialSampler}
 */
const CallableSequentialSampler = callable(SequentialSampler);
type CallableSequentialSampler = SequentialSampler;

export { CallableSequentialSampler as SequentialSampler };

/** Throws ValueError unless it is a positive whole number. */
function checkPositive(name: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) <= 0) {
    throw new ValueError(`${name} should be a positive integer value, but got ${name}=${str(value)}`);
  }
}

/** The keyword arguments of RandomSampler. */
export interface RandomSamplerOptions {
  /** Whether an index may come again. @default false */
  replacement?: boolean;
  /** @default null, which is the length of the dataset */
  num_samples?: number | null;
  generator?: TorchGenerator | null;
}

class RandomSampler extends CallableSampler {
  readonly data_source: Sized;
  readonly replacement: boolean;
  /** @internal */
  readonly _num_samples: number | null;
  generator: TorchGenerator | null;

  constructor(
    ...args: Arguments<
      [data_source: Sized],
      [replacement: boolean, num_samples: number | null, generator: TorchGenerator | null],
      RandomSamplerOptions
    >
  ) {
    super();
    type Given = RandomSamplerOptions & { data_source: Sized };
    const parameters = ["data_source", "replacement", "num_samples", "generator"];
    const given = named<Given>("RandomSampler.__init__", parameters, 1, args);
    const { data_source, replacement = false, num_samples = null, generator = null } = given;
    this.data_source = data_source;
    this.replacement = replacement;
    this._num_samples = num_samples;
    this.generator = generator;
    if (typeof replacement !== "boolean") {
      throw new TypeError(`replacement should be a boolean value, but got replacement=${str(replacement)}`);
    }
    checkPositive("num_samples", this.num_samples);
  }

  /** How many indices it gives. */
  get num_samples(): number {
    return this._num_samples ?? len(this.data_source);
  }

  override *__iter__(): Generator<number, void, undefined> {
    const n = len(this.data_source);
    const { num_samples } = this;
    const generator = this.generator ?? new TorchGenerator().manual_seed(drawSeed());
    if (this.replacement) {
      const draw = (count: number): number[] => torch.randint(n, [count], { dtype: int64, generator }).tolist();
      for (let i = 0; i < Math.floor(num_samples / 32); i++) yield* draw(32);
      yield* draw(num_samples % 32);
    } else {
      const permute = (): number[] => torch.randperm(n, { generator }).tolist();
      for (let i = 0; i < Math.floor(num_samples / n); i++) yield* permute();
      yield* permute().slice(0, num_samples % n);
    }
  }

  override __len__(): number {
    return this.num_samples;
  }
}

/** @internal A seed from a generator, the default one unless another is given. */
export function drawSeed(generator: TorchGenerator | null = null): number | bigint {
  return torch.empty([], { dtype: int64 }).random_({ generator }).item();
}

/**
 * The indices of a dataset in random order; with `replacement`, each drawn anew.
 *
 * Without a generator, it makes one for each pass, with a seed from the default generator. Throws ValueError unless
 * `num_samples` is a positive integer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.RandomSampler}
 */
const CallableRandomSampler = callable(RandomSampler);
type CallableRandomSampler = RandomSampler;

export { CallableRandomSampler as RandomSampler };

class SubsetRandomSampler<T = number> extends CallableSampler<T> {
  readonly indices: ArrayLike<T> | { __getitem__(index: number): T };
  generator: TorchGenerator | null;

  constructor(
    ...args: Arguments<
      [indices: ArrayLike<T> | { __getitem__(index: number): T }],
      [generator: TorchGenerator | null],
      { generator?: TorchGenerator | null }
    >
  ) {
    super();
    type Given = { indices: ArrayLike<T>; generator?: TorchGenerator | null };
    const given = named<Given>("SubsetRandomSampler.__init__", ["indices", "generator"], 1, args);
    this.indices = given.indices;
    this.generator = given.generator ?? null;
  }

  override *__iter__(): Generator<T, void, undefined> {
    const order: number[] = torch.randperm(this.__len__(), { generator: this.generator }).tolist();
    for (const i of order) yield getitem(this.indices, i) as T;
  }

  override __len__(): number {
    return len(this.indices);
  }
}

/**
 * The elements of a list of indices in random order.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.SubsetRandomSampler}
 */
const CallableSubsetRandomSampler = callable(SubsetRandomSampler);
type CallableSubsetRandomSampler<T = number> = SubsetRandomSampler<T>;

export { CallableSubsetRandomSampler as SubsetRandomSampler };

/** The keyword arguments of WeightedRandomSampler. */
export interface WeightedRandomSamplerOptions {
  num_samples?: number;
  /** Whether an index may come again. @default true */
  replacement?: boolean;
  generator?: TorchGenerator | null;
}

class WeightedRandomSampler extends CallableSampler {
  readonly weights: Tensor;
  readonly num_samples: number;
  readonly replacement: boolean;
  generator: TorchGenerator | null;

  constructor(
    ...args: Arguments<
      [weights: TensorData],
      [num_samples: number, replacement: boolean, generator: TorchGenerator | null],
      WeightedRandomSamplerOptions
    >
  ) {
    super();
    type Given = WeightedRandomSamplerOptions & { weights: TensorData; num_samples: number };
    const parameters = ["weights", "num_samples", "replacement", "generator"];
    const given = named<Given>("WeightedRandomSampler.__init__", parameters, 2, args);
    const { weights, num_samples, replacement = true, generator = null } = given;
    checkPositive("num_samples", num_samples);
    if (typeof replacement !== "boolean") {
      throw new ValueError(`replacement should be a boolean value, but got replacement=${str(replacement)}`);
    }
    const weights_tensor = as_tensor(weights, { dtype: float64 });
    if (weights_tensor.dim() !== 1) {
      const { shape } = weights_tensor;
      throw new ValueError(
        `weights should be a 1d sequence but given weights have shape (${shape.join(", ")}${shape.length === 1 ? "," : ""})`,
      );
    }
    this.weights = weights_tensor;
    this.num_samples = num_samples;
    this.replacement = replacement;
    this.generator = generator;
  }

  override *__iter__(): Generator<number, void, undefined> {
    const { weights, num_samples, replacement, generator } = this;
    yield* torch.multinomial(weights, num_samples, replacement, { generator }).tolist() as number[];
  }

  override __len__(): number {
    return this.num_samples;
  }
}

/**
 * Indices drawn with the probabilities that weights give them.
 *
 * Throws ValueError unless the weights are a list and `num_samples` is a positive integer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.WeightedRandomSampler}
 */
const CallableWeightedRandomSampler = callable(WeightedRandomSampler);
type CallableWeightedRandomSampler = WeightedRandomSampler;

export { CallableWeightedRandomSampler as WeightedRandomSampler };

class BatchSampler<T = number> extends CallableSampler<T[]> {
  readonly sampler: PythonIterable<T>;
  readonly batch_size: number;
  readonly drop_last: boolean;

  constructor(
    ...args: Arguments<
      [sampler: PythonIterable<T>],
      [batch_size: number, drop_last: boolean],
      { batch_size?: number; drop_last?: boolean }
    >
  ) {
    super();
    type Given = { sampler: PythonIterable<T>; batch_size: number; drop_last: boolean };
    const parameters = ["sampler", "batch_size", "drop_last"];
    const { sampler, batch_size, drop_last } = named<Given>("BatchSampler.__init__", parameters, 3, args);
    checkPositive("batch_size", batch_size);
    if (typeof drop_last !== "boolean") {
      throw new ValueError(`drop_last should be a boolean value, but got drop_last=${str(drop_last)}`);
    }
    this.sampler = sampler;
    this.batch_size = batch_size;
    this.drop_last = drop_last;
  }

  override *__iter__(): Generator<T[], void, undefined> {
    let batch: T[] = [];
    for (const index of iter(this.sampler)) {
      batch.push(index);
      if (batch.length < this.batch_size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.drop_last) yield batch;
  }

  override __len__(): number {
    const batches = len(this.sampler) / this.batch_size;
    return this.drop_last ? Math.floor(batches) : Math.ceil(batches);
  }
}

/**
 * Lists of `batch_size` indices of another sampler; the last one may be shorter, unless `drop_last` leaves it out.
 *
 * Throws ValueError unless `batch_size` is a positive integer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.BatchSampler}
 */
const CallableBatchSampler = callable(BatchSampler);
type CallableBatchSampler<T = number> = BatchSampler<T>;

export { CallableBatchSampler as BatchSampler };
