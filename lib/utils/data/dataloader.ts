// torch/utils/data/dataloader.py

import { availableParallelism } from "node:os";
import { takeKeywords } from "../../arguments/class.js";
import { callable } from "../../callable.js";
import { ValueError } from "../../errors.js";
import { type Arguments, named } from "../../optim/_arguments.js";
import { str } from "../../python/repr.js";
import { len, type PythonIterable } from "../../python/sequences.js";
import type { Generator as TorchGenerator } from "../../random.js";
import { type _BaseDataLoaderIter, _SingleProcessDataLoaderIter, warn } from "./_iter.js";
import { _MultiProcessingDataLoaderIter } from "./_multiprocessing_iter.js";
import { type Collated, type Converted, default_collate, default_convert } from "./_utils/collate.js";
import { _DatasetKind, type CollateFn } from "./_utils/fetch.js";
import { IterDataPipe } from "./datapipes/datapipe.js";
import { type DatasetLike, IterableDataset } from "./dataset.js";
import { apply_shuffle_settings } from "./graph_settings.js";
import { BatchSampler, RandomSampler, Sampler, SequentialSampler, type Sized } from "./sampler.js";

export { default_collate, default_convert } from "./_utils/collate.js";
export { _DatasetKind } from "./_utils/fetch.js";
export { get_worker_info, type WorkerInfo } from "./_utils/worker.js";

// biome-ignore-start lint/suspicious/noExplicitAny: samples and batches of any type

/** Without an end: a stream needs no indices. */
class _InfiniteConstantSampler extends Sampler<null> {
  override *__iter__(): Generator<null, void, undefined> {
    while (true) yield null;
  }
}

/** The keyword arguments of DataLoader. */
export interface DataLoaderOptions<T = any, Batch = any> {
  /** How many samples a batch has; null for samples without batches. @default 1 */
  batch_size?: number | null;
  /** Whether the order is random, and another one in each pass. @default false */
  shuffle?: boolean | null;
  /** The indices to read, in place of `shuffle`. */
  sampler?: PythonIterable<any> | null;
  /** Lists of indices to read, in place of `batch_size`, `shuffle`, `sampler` and `drop_last`. */
  batch_sampler?: PythonIterable<any> | null;
  /** How many worker threads read samples; 0 for none, this thread reads. @default 0 */
  num_workers?: number;
  /** Makes a batch of a list of samples. @default default_collate */
  collate_fn?: ((samples: T[]) => Batch) | null;
  /** Whether batches are copied to pinned memory. @default false */
  pin_memory?: boolean;
  /** Whether a last batch of fewer samples is left out. @default false */
  drop_last?: boolean;
  /** How many seconds to wait for a batch; 0 for ever. @default 0 */
  timeout?: number;
  /** Called in each worker with its number. */
  worker_init_fn?: ((worker_id: number) => void) | null;
  multiprocessing_context?: unknown;
  /** The source of the order and of the workers' seeds. */
  generator?: TorchGenerator | null;
  /** How many batches each worker reads ahead. @default 2 */
  prefetch_factor?: number | null;
  /** Whether workers stay for the next pass. @default false */
  persistent_workers?: boolean;
  pin_memory_device?: string;
  /** Whether batches come in order, whichever worker is first. @default true */
  in_order?: boolean;
}

type Samples<T> = DatasetLike<T> | Iterable<T>;

const parameters = [
  ...["dataset", "batch_size", "shuffle", "sampler", "batch_sampler", "num_workers", "collate_fn", "pin_memory"],
  ...["drop_last", "timeout", "worker_init_fn", "multiprocessing_context", "generator"],
  ...["*", "prefetch_factor", "persistent_workers", "pin_memory_device", "in_order"],
];

/** What cannot be set once a loader is made. */
const FIXED = ["batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"] as const;

class DataLoader<T = any, Batch = Collated<T>> {
  declare readonly dataset: Samples<T>;
  declare readonly batch_size: number | null;
  declare num_workers: number;
  declare pin_memory: boolean;
  declare readonly drop_last: boolean;
  declare timeout: number;
  declare readonly sampler: PythonIterable<any>;
  declare readonly batch_sampler: PythonIterable<any> | null;
  declare collate_fn: (samples: any) => Batch;
  declare generator: TorchGenerator | null;
  declare prefetch_factor: number | null;
  declare readonly persistent_workers: boolean;
  declare pin_memory_device: string;
  declare worker_init_fn: ((worker_id: number) => void) | null;
  declare in_order: boolean;
  /** @internal */
  declare readonly _dataset_kind: number;
  /** @internal What `len()` was said to be, for a stream that gives more. */
  declare _IterableDataset_len_called: number | null;
  #iterator: _MultiProcessingDataLoaderIter<Batch> | null = null;

  constructor(...args: DataLoaderArguments<T, Batch>) {
    type Given = DataLoaderOptions & { dataset: Samples<T> };
    const given = named<Given>("DataLoader.__init__", parameters, 1, args);
    const { num_workers = 0, timeout = 0, persistent_workers = false, generator = null } = given;
    checkWorkers(given);

    const { dataset } = given;
    const isDatapipe = dataset instanceof IterDataPipe;
    // Datapipes shuffle by themselves. Where none does, Python warns that it adds one that does, but reads without it.
    if (isDatapipe) apply_shuffle_settings(dataset, given.shuffle ?? null);
    this.dataset = dataset;
    this.num_workers = num_workers;
    this.prefetch_factor = given.prefetch_factor ?? (num_workers > 0 ? 2 : null);
    this.pin_memory = given.pin_memory ?? false;
    this.pin_memory_device = given.pin_memory_device ?? "";
    this.timeout = timeout;
    this.worker_init_fn = given.worker_init_fn ?? null;
    this.in_order = given.in_order ?? true;

    const isStream = dataset instanceof IterableDataset;
    this._dataset_kind = isStream ? _DatasetKind.Iterable : _DatasetKind.Map;
    const { batch_size, drop_last } = isStream ? checkStream(given, isDatapipe) : checkSampling(given);
    this.sampler = given.sampler ?? defaultSampler(dataset, isStream, given.shuffle ?? false, generator);
    this.batch_sampler =
      given.batch_sampler ??
      (batch_size === null ? null : new BatchSampler(this.sampler as PythonIterable<number>, batch_size, drop_last));
    this.batch_size = batch_size;
    this.drop_last = drop_last;
    this.generator = generator;
    this.collate_fn = (given.collate_fn ?? (this._auto_collation ? default_collate : default_convert)) as CollateFn as (
      samples: any,
    ) => Batch;
    this.persistent_workers = persistent_workers;
    this._IterableDataset_len_called = null;

    for (const attribute of FIXED) fix(this, attribute);
    this.check_worker_number_rationality();
  }

  /** Warns of more workers than the system has processors for; every pass with new workers calls it. */
  check_worker_number_rationality(): void {
    const most = availableParallelism();
    if (this.num_workers <= most) return;
    warn(
      `This DataLoader will create ${this.num_workers} worker processes in total. Our suggested max number of worker in current system is ${most}, which is smaller than what this DataLoader is going to create. Please be aware that excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential slowness/freeze if necessary.`,
    );
  }

  /** An iterator over one pass through the dataset. */
  __iter__(): _BaseDataLoaderIter<Batch> {
    if (this.num_workers === 0) return new _SingleProcessDataLoaderIter(this);
    if (!this.persistent_workers) return new _MultiProcessingDataLoaderIter(this);
    if (this.#iterator) this.#iterator._reset();
    else this.#iterator = new _MultiProcessingDataLoaderIter(this);
    return this.#iterator;
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    return this.__iter__();
  }

  /** The same batches for `for await`; what `collate_fn` returns is awaited. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    if (this.num_workers === 0) for (const batch of this.__iter__()) yield await batch;
    else yield* this.#workers();
  }

  async *#workers(): AsyncGenerator<Batch, void, undefined> {
    let iterator = this.#iterator;
    if (iterator) await iterator._reset_async();
    else iterator = new _MultiProcessingDataLoaderIter<Batch>(this);
    if (this.persistent_workers) this.#iterator = iterator;
    try {
      for (let step = await iterator._next_async(); !step.done; step = await iterator._next_async()) yield step.value;
    } finally {
      iterator.return();
    }
  }

  /** @internal Whether samples are made into batches. */
  get _auto_collation(): boolean {
    return this.batch_sampler !== null;
  }

  /** @internal What gives the indices: of batches, or of samples. */
  get _index_sampler(): PythonIterable<unknown> {
    return this.batch_sampler ?? this.sampler;
  }

  /** The number of batches. */
  get length(): number {
    return this.__len__();
  }

  __len__(): number {
    if (this._dataset_kind === _DatasetKind.Map) return len(this._index_sampler);
    const length = len(this.dataset);
    this._IterableDataset_len_called = length;
    if (this.batch_size === null) return length;
    return this.drop_last ? Math.floor(length / this.batch_size) : Math.ceil(length / this.batch_size);
  }
}

takeKeywords("DataLoader", DataLoader.prototype, { check_worker_number_rationality: [] });

type DataLoaderArguments<T, Batch> = Arguments<
  [dataset: Samples<T>],
  [
    ...[batch_size: number | null, shuffle: boolean | null, sampler: PythonIterable<any> | null],
    ...[batch_sampler: PythonIterable<any> | null, num_workers: number],
    ...[collate_fn: ((samples: T[]) => Batch) | null, pin_memory: boolean, drop_last: boolean, timeout: number],
    ...[worker_init_fn: ((worker_id: number) => void) | null, multiprocessing_context: unknown],
    ...[generator: TorchGenerator | null],
  ],
  DataLoaderOptions<T, Batch>
>;

/** Throws ValueError for options of workers that do not go together. */
function checkWorkers({ num_workers = 0, timeout = 0, prefetch_factor = null, ...given }: DataLoaderOptions): void {
  if (num_workers < 0) {
    throw new ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
  }
  if (timeout < 0) throw new ValueError("timeout option should be non-negative");
  if (num_workers === 0 && prefetch_factor !== null) {
    throw new ValueError(
      "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
    );
  }
  if (prefetch_factor !== null && prefetch_factor < 0) {
    throw new ValueError("prefetch_factor option should be non-negative");
  }
  if (given.persistent_workers && num_workers === 0) {
    throw new ValueError("persistent_workers option needs num_workers > 0");
  }
  if ((given.multiprocessing_context ?? null) !== null && num_workers === 0) {
    throw new ValueError(
      `multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers=${num_workers}`,
    );
  }
}

interface Batches {
  batch_size: number | null;
  drop_last: boolean;
}

/** Throws ValueError for options that a stream does not take. */
function checkStream(given: DataLoaderOptions, isDatapipe: boolean): Batches {
  const { shuffle = null, sampler = null, batch_sampler = null } = given;
  const start = "DataLoader with IterableDataset: expected unspecified";
  if (!isDatapipe && shuffle !== null && shuffle !== false) {
    throw new ValueError(`${start} shuffle option, but got shuffle=${str(shuffle)}`);
  }
  if (sampler !== null) throw new ValueError(`${start} sampler option, but got sampler=${str(sampler)}`);
  if (batch_sampler !== null) {
    throw new ValueError(`${start} batch_sampler option, but got batch_sampler=${str(batch_sampler)}`);
  }
  return checkSampling(given);
}

/** Throws ValueError for options of sampling that exclude each other; returns those of batches. */
function checkSampling(given: DataLoaderOptions): Batches {
  const { batch_size = 1, shuffle = null, sampler = null, batch_sampler = null, drop_last = false } = given;
  if (sampler !== null && shuffle) throw new ValueError("sampler option is mutually exclusive with shuffle");
  if (batch_sampler !== null) {
    if (batch_size !== 1 || shuffle || sampler !== null || drop_last) {
      throw new ValueError(
        "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last",
      );
    }
    return { batch_size: null, drop_last: false };
  }
  if (batch_size === null && drop_last) {
    throw new ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
  }
  return { batch_size, drop_last };
}

function defaultSampler(
  dataset: unknown,
  isStream: boolean,
  shuffle: boolean,
  generator: TorchGenerator | null,
): PythonIterable<any> {
  if (isStream) return new _InfiniteConstantSampler();
  return shuffle ? new RandomSampler(dataset as Sized, { generator }) : new SequentialSampler(dataset as Sized);
}

/** Lets a field be read only. */
function fix<T, Batch>(loader: DataLoader<T, Batch>, attribute: (typeof FIXED)[number]): void {
  const value = loader[attribute];
  Object.defineProperty(loader, attribute, {
    get: () => value,
    set() {
      throw new ValueError(`${attribute} attribute should not be set after ${loader.constructor.name} is initialized`);
    },
    enumerable: true,
  });
}

/** The class of loaders: batches are typed by the samples, or by `collate_fn`. */
interface DataLoaderConstructor {
  new <T, Batch>(
    dataset: Samples<T>,
    keywords: DataLoaderOptions<T, Batch> & CollateWith<T, Batch>,
  ): DataLoader<T, Batch>;
  // Batch is what its bound says: `extends DataLoader<T>` wants but one signature with one parameter.
  new <T, Batch extends Converted<T>>(
    dataset: Samples<T>,
    keywords: DataLoaderOptions<T> & { batch_size: null },
  ): DataLoader<T, Batch>;
  new <T>(...args: DataLoaderArguments<T, Collated<T>>): DataLoader<T, Collated<T>>;
  <T, Batch>(dataset: Samples<T>, keywords: DataLoaderOptions<T, Batch> & CollateWith<T, Batch>): DataLoader<T, Batch>;
  <T>(dataset: Samples<T>, keywords: DataLoaderOptions<T> & { batch_size: null }): DataLoader<T, Converted<T>>;
  <T>(...args: DataLoaderArguments<T, Collated<T>>): DataLoader<T, Collated<T>>;
  readonly prototype: any;
}

interface CollateWith<T, Batch> {
  collate_fn: (samples: T[]) => Batch;
}

/**
 * Batches of a dataset's samples: an iterable for any number of passes, `for await` too.
 *
 * With `num_workers`, worker threads read the samples and make the batches, whose tensors come without a copy. What they
 * need crosses by ForkingPickler: get a dataset of your own, `collate_fn` and `worker_init_fn` from `torch.utils.data.from_module()`;
 * torch's own datasets cross as they are. Each worker has a default generator of its own, seeded as Python seeds it. A plain
 * `for` blocks this thread while it waits, `for await` does not; leaving either ends the workers.
 *
 * Throws ValueError for options that exclude each other.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.DataLoader}
 */
const CallableDataLoader = callable(DataLoader) as unknown as DataLoaderConstructor;
type CallableDataLoader<T = any, Batch = Collated<T>> = DataLoader<T, Batch>;

export { CallableDataLoader as DataLoader };

// biome-ignore-end lint/suspicious/noExplicitAny: see above
