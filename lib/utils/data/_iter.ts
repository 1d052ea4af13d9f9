// torch/utils/data/dataloader.py: passes through a dataset

import { native } from "../../binding.js";
import { AssertionError } from "../../errors.js";
import { str } from "../../python/repr.js";
import { iter, len, next, StopIteration } from "../../python/sequences.js";
import { Generator as TorchGenerator } from "../../random.js";
import { type _BaseDatasetFetcher, _DatasetKind } from "./_utils/fetch.js";
import { pin_memory } from "./_utils/pin_memory.js";
import type { DataLoader } from "./dataloader.js";
import { IterDataPipe } from "./datapipes/datapipe.js";
import { isDataPipe } from "./graph.js";
import { apply_random_seed, apply_sharding } from "./graph_settings.js";
import { drawSeed } from "./sampler.js";

// biome-ignore-start lint/suspicious/noExplicitAny: samples and batches of any type

/** @internal */
export function warn(message: string): void {
  process.emitWarning(message, "UserWarning");
}

/** One pass through a dataset. */
export abstract class _BaseDataLoaderIter<Batch> implements IterableIterator<Batch> {
  readonly #loader: DataLoader<any, Batch>;
  #sampler_iter: Iterator<unknown>;
  /** @internal What datapipes are seeded with, the same in all workers; null for other datasets. */
  _shared_seed: number | bigint | null = null;
  /** @internal */
  readonly _pin_memory: boolean;
  /** @internal The seed of workers, which is drawn without them too, as Python draws it. */
  readonly _base_seed: number | bigint;
  /** @internal */
  _num_yielded = 0;

  constructor(loader: DataLoader<any, Batch>) {
    this.#loader = loader;
    this.#seed();
    const hasAccelerator = native.accelerator() !== null && native.deviceCount() > 0;
    if (loader.pin_memory && loader.pin_memory_device) {
      warn(
        `pin_memory_device is deprecated, the current accelerator will be used as the device,ignore pin_memory_device='${loader.pin_memory_device}'.`,
      );
    }
    if (loader.pin_memory && !hasAccelerator) {
      warn(
        "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
      );
    }
    this._pin_memory = loader.pin_memory && hasAccelerator;
    this.#sampler_iter = iter(loader._index_sampler);
    this._base_seed = drawSeed(loader.generator);
  }

  /** @internal Begins another pass. */
  _reset(): void {
    this.#sampler_iter = iter(this.#loader._index_sampler);
    this._num_yielded = 0;
    this.#seed();
  }

  /** Draws the seeds of a pass through a datapipe. */
  #seed(): void {
    const { dataset, generator } = this.#loader;
    if (!(dataset instanceof IterDataPipe)) return;
    this._shared_seed = drawSeed(generator);
    apply_random_seed(dataset, new TorchGenerator().manual_seed(this._shared_seed));
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** @internal The index of the next batch; throws StopIteration at the end. */
  _next_index(): unknown {
    return next(this.#sampler_iter);
  }

  /** @internal The next batch; throws StopIteration at the end. */
  abstract _next_data(): Batch;

  /** The next batch; throws StopIteration at the end. */
  __next__(): Batch {
    const data = this._next_data();
    this._count();
    return data;
  }

  /** @internal Counts a batch, and warns of a stream that is longer than it said. */
  _count(): void {
    this._num_yielded += 1;
    const { dataset, _dataset_kind, _IterableDataset_len_called: length } = this.#loader;
    if (_dataset_kind === _DatasetKind.Iterable && length !== null && this._num_yielded > length) {
      warn(
        `Length of IterableDataset ${str(dataset)} was reported to be ${length}(when accessing len(dataloader)), but ${this._num_yielded} samples have been fetched. `,
      );
    }
  }

  next(): IteratorResult<Batch, undefined> {
    try {
      return { done: false, value: this.__next__() };
    } catch (error) {
      if (error instanceof StopIteration) return { done: true, value: undefined };
      throw error;
    }
  }

  __len__(): number {
    return len(this.#loader._index_sampler);
  }
}

/** @internal Reads samples when they are asked for. */
export class _SingleProcessDataLoaderIter<Batch> extends _BaseDataLoaderIter<Batch> {
  readonly #dataset_fetcher: _BaseDatasetFetcher;

  constructor(loader: DataLoader<any, Batch>) {
    super(loader);
    if (loader.timeout !== 0) throw new AssertionError("_SingleProcessDataLoaderIter requires timeout == 0");
    if (isDataPipe(loader.dataset)) apply_sharding(loader.dataset, 1, 0);
    this.#dataset_fetcher = _DatasetKind.create_fetcher(
      loader._dataset_kind,
      loader.dataset,
      loader._auto_collation,
      loader.collate_fn,
      loader.drop_last,
    );
  }

  override _next_data(): Batch {
    const data = this.#dataset_fetcher.fetch(this._next_index());
    return (this._pin_memory ? pin_memory(data) : data) as Batch;
  }
}
// biome-ignore-end lint/suspicious/noExplicitAny: see above
