// torch/utils/data/dataset.py

import { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { callable } from "../../callable.js";
import { AssertionError, IndexError, NotImplementedError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import type { Index } from "../../indexing.js";
import { strided } from "../../layout.js";
import { named } from "../../optim/_arguments.js";
import { has, typeName } from "../../python/objects.js";
import { iter, len, lengthOf, type PythonIterable } from "../../python/sequences.js";
import { type Slice, slice } from "../../python/slice.js";
import { default_generator, type Generator as TorchGenerator } from "../../random.js";
import { tensor as tensorOf } from "../../tensor_new.js";
import { getitem } from "./_utils/fetch.js";

// biome-ignore-start lint/suspicious/noExplicitAny: what a dataset's samples are, nobody knows by default

/** What serves as a dataset: an object with `__getitem__`, a list, or an object with `length` and elements. */
export type DatasetLike<T> = { __getitem__(index: any): T } | ArrayLike<T>;

class Dataset<T = any> {
  // Reading by index: what __getitem__ returns for a number, or for the slice of a key such as "0:3".
  readonly [index: number]: T;
  readonly [index: `${number}`]: T;
  readonly [index: `${string}:${string}`]: any;

  /** Several samples at once: a faster way for DataLoader, where a subclass has one. */
  __getitems__?(indices: any): T[];
  /** @internal What default_collate() makes of several samples, where that is faster made at once; null where it is not. */
  __getbatch__?(indices: readonly unknown[]): unknown;
  __len__?(): number;
  /** `len(dataset)`, if there is a `__len__`. */
  declare readonly length?: number;

  /** The sample of an index; every subclass writes its own. */
  __getitem__(_index: any): T {
    throw new NotImplementedError("Subclasses of Dataset should implement __getitem__.");
  }

  /** Python's `dataset + other`. */
  __add__(other: Dataset<T>): ConcatDataset<T> {
    return new CallableConcatDataset([this, other]);
  }

  /** The samples from 0 to the end. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    const length = lengthOf(this) ?? Number.POSITIVE_INFINITY;
    for (let index = 0; index < length; index++) {
      let sample: T;
      try {
        sample = this.__getitem__(index);
      } catch (error) {
        if (error instanceof IndexError) return;
        throw error;
      }
      yield sample;
    }
  }
}

const integerKey = /^-?\d+$/;
const sliceKey = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;

/** The index that a key's text stands for, or undefined. */
function indexOf(key: string): number | Slice | undefined {
  if (integerKey.test(key)) return Number(key);
  const bounds = sliceKey.exec(key)?.slice(1);
  return bounds && slice(...(bounds.map((bound) => (bound === undefined ? null : Number(bound))) as [number, number]));
}

/** What dataset[3], dataset["0:3"] and dataset.length reach, at the end of the prototype chain. */
const indexer = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    if (typeof key === "string") {
      if (key === "length" && has(receiver, "__len__")) return receiver.__len__();
      const index = indexOf(key);
      if (index !== undefined && has(receiver, "__getitem__")) return receiver.__getitem__(index);
    }
    return Reflect.get(target, key, receiver);
  },
});
Object.setPrototypeOf(Dataset.prototype, indexer);

/** The class of datasets, generic when it is extended. */
interface DatasetConstructor {
  new <T = any>(): Dataset<T>;
  <T = any>(): Dataset<T>;
  readonly prototype: any;
}

/**
 * The base of datasets: a subclass has `__getitem__(index)` and `__len__()`.
 *
 * `dataset[3]`, `dataset[-1]` and `dataset["0:3"]` call `__getitem__` with 3, -1 and `slice(0, 3)`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.Dataset}
 */
const CallableDataset = callable(Dataset) as unknown as DatasetConstructor;
type CallableDataset<T = any> = Dataset<T>;

export { CallableDataset as Dataset };

class IterableDataset<T = any> extends CallableDataset<T> {
  /** The samples; every subclass writes this, or `*[Symbol.iterator]()`. */
  __iter__?(): Iterator<T>;

  override __add__(other: Dataset<T>): never;
  override __add__(other: Dataset<T>): any {
    return new CallableChainDataset([this, other as IterableDataset<T>]);
  }

  override *[Symbol.iterator](): Generator<T, void, undefined> {
    if (!this.__iter__) {
      throw new TypeError(`Can't instantiate abstract class ${this.constructor.name} with abstract method __iter__`);
    }
    yield* iter({ __iter__: () => (this.__iter__ as () => Iterator<T>)() });
  }
}

interface IterableDatasetConstructor {
  new <T = any>(): IterableDataset<T>;
  <T = any>(): IterableDataset<T>;
  readonly prototype: any;
}

/**
 * The base of datasets that come as a stream: a subclass has `*__iter__()` or `*[Symbol.iterator]()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.IterableDataset}
 */
const CallableIterableDataset = callable(IterableDataset) as unknown as IterableDatasetConstructor;
type CallableIterableDataset<T = any> = IterableDataset<T>;

export { CallableIterableDataset as IterableDataset };

class TensorDataset<T extends Tensor[] = Tensor[]> extends CallableDataset<T> {
  readonly tensors: T;

  constructor(...tensors: T) {
    super();
    if (tensors.some((tensor) => tensor.size(0) !== tensors[0].size(0))) {
      throw new AssertionError("Size mismatch between tensors");
    }
    this.tensors = tensors;
  }

  override __getitem__(index: Index): T {
    return this.tensors.map((tensor) => tensor.index(index)) as T;
  }

  override __getbatch__(indices: readonly unknown[]): T | null {
    const isOwn = this.__getitem__ === TensorDataset.prototype.__getitem__ && !has(this, "__getitems__");
    // Of other tensors the elements' strides would decide about the batch's.
    const isPlain = this.tensors.every((tensor) => tensor.layout === strided && tensor.is_contiguous());
    if (!isOwn || !isPlain || indices.length === 0 || !indices.every(Number.isInteger)) return null;
    const places = tensorOf(indices as number[]);
    return this.tensors.map((tensor) => tensor.index(places)) as T;
  }

  override __len__(): number {
    return this.tensors[0].size(0);
  }

  declare readonly length: number;
}

/**
 * Samples are the lists of the tensors' elements along the first dimension.
 *
 * Throws AssertionError unless all tensors have the same first size.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.TensorDataset}
 */
const CallableTensorDataset = callable(TensorDataset) as unknown as typeof TensorDataset &
  (<T extends Tensor[]>(...tensors: T) => TensorDataset<T>);
type CallableTensorDataset<T extends Tensor[] = Tensor[]> = TensorDataset<T>;

export { CallableTensorDataset as TensorDataset };

/** The samples of datasets, in a list or an object of the same form. */
type Stacked<D> = { -readonly [Key in keyof D]: D[Key] extends DatasetLike<infer T> ? T : never };

type Named = Record<string, DatasetLike<any>>;

const hasItems = (dataset: unknown): dataset is { __getitems__(indices: readonly unknown[]): unknown[] } =>
  has(dataset, "__getitems__");

class StackDataset<D extends readonly DatasetLike<any>[] | Named = any> extends CallableDataset<Stacked<D>> {
  readonly datasets: D;
  /** @internal */
  readonly _length: number;

  constructor(...args: D extends readonly DatasetLike<any>[] ? D : [datasets: D]);
  constructor(...args: unknown[]) {
    super();
    const last = args.at(-1);
    const isNamed = typeof last === "object" && last !== null && isDict(last);
    if (isNamed && args.length > 1) {
      throw new ValueError(
        "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given.",
      );
    }
    const datasets = isNamed ? (last as Named) : args;
    const list = Object.values(datasets);
    if (list.length === 0) throw new ValueError("At least one dataset should be passed");
    this._length = len(list[0]);
    if (list.some((dataset) => len(dataset) !== this._length)) throw new ValueError("Size mismatch between datasets");
    this.datasets = datasets as D;
  }

  override __getitem__(index: any): Stacked<D> {
    return this.#map((dataset) => getitem(dataset, index)) as Stacked<D>;
  }

  override __getitems__(indices: readonly any[]): Stacked<D>[] {
    const columns = this.#map((dataset) => {
      if (!hasItems(dataset)) return indices.map((index) => getitem(dataset, index));
      const items = dataset.__getitems__(indices);
      if (items.length !== indices.length) {
        throw new ValueError(`Nested dataset's output size mismatch. Expected ${indices.length}, got ${items.length}`);
      }
      return items;
    });
    if (Array.isArray(columns)) return indices.map((_, i) => columns.map((items) => items[i])) as Stacked<D>[];
    const entries = Object.entries(columns);
    return indices.map((_, i) => Object.fromEntries(entries.map(([key, items]) => [key, items[i]]))) as Stacked<D>[];
  }

  #map<R>(f: (dataset: DatasetLike<unknown>) => R): R[] | Record<string, R> {
    const { datasets } = this;
    if (Array.isArray(datasets)) return datasets.map(f);
    return Object.fromEntries(Object.entries(datasets as Named).map(([key, dataset]) => [key, f(dataset)]));
  }

  override __len__(): number {
    return this._length;
  }

  declare readonly length: number;
}

function isDict(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype && !has(value, "__getitem__");
}

/**
 * Datasets of the same length side by side: samples are lists, or objects if the datasets are given as one.
 *
 * Throws ValueError for datasets of different lengths, and for none.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.StackDataset}
 */
const CallableStackDataset = callable(StackDataset) as unknown as {
  new <D extends readonly DatasetLike<any>[]>(...datasets: D): StackDataset<D>;
  new <D extends Named>(datasets: D): StackDataset<D>;
  <D extends readonly DatasetLike<any>[]>(...datasets: D): StackDataset<D>;
  <D extends Named>(datasets: D): StackDataset<D>;
  readonly prototype: any;
};
type CallableStackDataset<D extends readonly DatasetLike<any>[] | Named = any> = StackDataset<D>;

export { CallableStackDataset as StackDataset };

class ConcatDataset<T = any> extends CallableDataset<T> {
  datasets: DatasetLike<T>[];
  /** The lengths up to and with each of the datasets. */
  cumulative_sizes: number[];

  /** The lengths up to and with each of a list. */
  static cumsum(sequence: Iterable<unknown>): number[] {
    let sum = 0;
    return Array.from(sequence, (element) => {
      sum += len(element);
      return sum;
    });
  }

  constructor(datasets: Iterable<DatasetLike<T>> | { datasets: Iterable<DatasetLike<T>> }) {
    super();
    this.datasets = [...iter(listOf(datasets))];
    if (this.datasets.length === 0) throw new AssertionError("datasets should not be an empty iterable");
    if (this.datasets.some((dataset) => (dataset as unknown) instanceof CallableIterableDataset)) {
      throw new AssertionError("ConcatDataset does not support IterableDataset");
    }
    this.cumulative_sizes = ConcatDataset.cumsum(this.datasets);
  }

  override __len__(): number {
    return this.cumulative_sizes.at(-1) as number;
  }

  declare readonly length: number;

  override __getitem__(idx: any): T {
    let index: number = idx instanceof Tensor ? idx.item() : idx;
    if (typeof index !== "number") {
      throw new TypeError(`'<' not supported between instances of '${typeName(idx)}' and 'int'`);
    }
    if (index < 0) {
      if (-index > this.__len__()) throw new ValueError("absolute value of index should not exceed dataset length");
      index += this.__len__();
    }
    const dataset_idx = this.cumulative_sizes.findIndex((size) => size > index);
    if (dataset_idx < 0) throw new IndexError("list index out of range");
    const sample_idx = dataset_idx === 0 ? index : index - this.cumulative_sizes[dataset_idx - 1];
    return getitem(this.datasets[dataset_idx], sample_idx) as T;
  }
}

takeKeywords("ConcatDataset", ConcatDataset, { cumsum: ["sequence"] }, { self: 0 });

/** The datasets of a constructor's one argument, which may be named. */
function listOf<T>(datasets: Iterable<T> | { datasets: Iterable<T> }): PythonIterable<T> {
  return "datasets" in datasets && isDict(datasets) ? datasets.datasets : (datasets as Iterable<T>);
}

/**
 * Datasets one after the other.
 *
 * Throws AssertionError for no dataset and for an IterableDataset.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.ConcatDataset}
 */
const CallableConcatDataset = callable(ConcatDataset) as unknown as typeof ConcatDataset &
  (<T>(datasets: Iterable<DatasetLike<T>> | { datasets: Iterable<DatasetLike<T>> }) => ConcatDataset<T>);
type CallableConcatDataset<T = any> = ConcatDataset<T>;

export { CallableConcatDataset as ConcatDataset };

class ChainDataset<T = any> extends CallableIterableDataset<T> {
  readonly datasets: PythonIterable<IterableDataset<T>>;

  constructor(datasets: Iterable<IterableDataset<T>> | { datasets: Iterable<IterableDataset<T>> }) {
    super();
    this.datasets = listOf(datasets);
  }

  *#checked(): Generator<IterableDataset<T>, void, undefined> {
    for (const dataset of iter(this.datasets)) {
      if (!(dataset instanceof CallableIterableDataset)) {
        throw new AssertionError("ChainDataset only supports IterableDataset");
      }
      yield dataset;
    }
  }

  override *__iter__(): Generator<T, void, undefined> {
    for (const dataset of this.#checked()) yield* iter(dataset as Iterable<T>);
  }

  override __len__(): number {
    let total = 0;
    for (const dataset of this.#checked()) total += len(dataset);
    return total;
  }
}

/**
 * Streams one after the other.
 *
 * Throws AssertionError, when it comes to it, for what is no IterableDataset.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.ChainDataset}
 */
const CallableChainDataset = callable(ChainDataset) as unknown as typeof ChainDataset &
  (<T>(datasets: Iterable<IterableDataset<T>> | { datasets: Iterable<IterableDataset<T>> }) => ChainDataset<T>);
type CallableChainDataset<T = any> = ChainDataset<T>;

export { CallableChainDataset as ChainDataset };

class Subset<T = any> extends CallableDataset<T> {
  readonly dataset: DatasetLike<T>;
  readonly indices: ArrayLike<any> | { __getitem__(index: number): any };

  constructor(
    ...args:
      | [dataset: DatasetLike<T>, indices: Subset["indices"]]
      | [dataset: DatasetLike<T>, keywords: { indices: Subset["indices"] }]
  );
  constructor(...args: unknown[]) {
    super();
    type Given = { dataset: DatasetLike<T>; indices: Subset["indices"] };
    const { dataset, indices } = named<Given>("Subset.__init__", ["dataset", "indices"], 2, args);
    this.dataset = dataset;
    this.indices = indices;
    if (this.__getitem__ !== Subset.prototype.__getitem__ && this.__getitems__ === Subset.prototype.__getitems__) {
      throw new NotImplementedError(
        `${this.constructor.name} overrides __getitem__ but not __getitems__. When subclassing Subset and overriding __getitem__, you must also override __getitems__ to ensure DataLoader works correctly with your custom logic. A simple implementation:\n\ndef __getitems__(self, indices):\n    return [self.__getitem__(idx) for idx in indices]`,
      );
    }
  }

  override __getitem__(idx: any): T {
    const index = Array.isArray(idx) ? idx.map((i) => getitem(this.indices, i)) : getitem(this.indices, idx);
    return getitem(this.dataset, index) as T;
  }

  override __getitems__(indices: readonly any[]): T[] {
    const chosen = indices.map((idx) => getitem(this.indices, idx));
    if (hasItems(this.dataset)) return this.dataset.__getitems__(chosen) as T[];
    return chosen.map((index) => getitem(this.dataset, index) as T);
  }

  override __getbatch__(indices: readonly unknown[]): unknown {
    const isOwn =
      this.__getitem__ === Subset.prototype.__getitem__ && this.__getitems__ === Subset.prototype.__getitems__;
    if (!isOwn || !has(this.dataset, "__getbatch__")) return null;
    return this.dataset.__getbatch__(indices.map((idx) => getitem(this.indices, idx)));
  }

  override __len__(): number {
    return len(this.indices);
  }

  declare readonly length: number;
}

/**
 * The samples of a dataset at some indices.
 *
 * Throws NotImplementedError for a subclass that has a `__getitem__` and no `__getitems__`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.Subset}
 */
const CallableSubset = callable(Subset) as unknown as typeof Subset &
  (<T>(...args: ConstructorParameters<typeof Subset<T>>) => Subset<T>);
type CallableSubset<T = any> = Subset<T>;

export { CallableSubset as Subset };

/**
 * Splits a dataset at random into parts of these lengths, or of these fractions if they sum up to 1.
 *
 * `random_split(dataset, lengths, generator=...) -> list[Subset[_T]]`
 *
 * Throws ValueError unless the lengths sum up to that of the dataset.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.random_split}
 */
export function random_split<T>(
  dataset: DatasetLike<T>,
  lengths: readonly number[],
  generator?: TorchGenerator | null | { generator?: TorchGenerator | null },
): Subset<T>[];
export function random_split<T>(
  dataset: DatasetLike<T>,
  keywords: { lengths: readonly number[]; generator?: TorchGenerator | null },
): Subset<T>[];
export function random_split(...args: unknown[]): Subset[] {
  type Given = { dataset: DatasetLike<unknown>; lengths: number[]; generator?: TorchGenerator | null };
  const given = named<Given>("random_split", ["dataset", "lengths", "generator"], 2, args);
  const { dataset, generator = default_generator } = given;
  const size = len(dataset);
  const lengths = isFractions(given.lengths) ? lengthsOf(given.lengths, size) : given.lengths;
  const total = sum(lengths);
  if (total !== size) {
    throw new ValueError("Sum of input lengths does not equal the length of the input dataset!");
  }
  const indices: number[] = torch.randperm(total, { generator }).tolist();
  let offset = 0;
  return lengths.map((length) => {
    offset += length;
    return new CallableSubset(dataset, indices.slice(offset - length, offset));
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Whether numbers sum up to 1, as Python's math.isclose() has it. */
function isFractions(lengths: readonly number[]): boolean {
  const total = sum(lengths);
  return total <= 1 && 1 - total <= 1e-9;
}

/** The lengths of parts; what rounding leaves goes to the first ones. */
function lengthsOf(fractions: readonly number[], size: number): number[] {
  const lengths = fractions.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`);
    return Math.floor(size * fraction);
  });
  const remainder = size - sum(lengths);
  for (let i = 0; i < remainder; i++) lengths[i % lengths.length] += 1;
  lengths.forEach((length, i) => {
    if (length > 0) return;
    process.emitWarning(`Length of split at index ${i} is 0. This might result in an empty dataset.`, "UserWarning");
  });
  return lengths;
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above
