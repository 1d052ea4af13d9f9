// torch/utils/data/_utils/fetch.py

import { Tensor } from "../../../_tensor.js";
import { typeName } from "../../../arguments/kinds.js";
import { IndexError, KeyError, NotImplementedError } from "../../../errors.js";
import type { Index } from "../../../indexing.js";
import { has } from "../../../python/objects.js";
import { repr } from "../../../python/repr.js";
import { iter, len, next, type PythonIterable, StopIteration } from "../../../python/sequences.js";
import { Slice } from "../../../python/slice.js";
import { default_collate } from "./collate.js";

/** Python's `dataset[index]`, of datasets, lists, tensors and dicts. Throws IndexError or KeyError. */
export function getitem(dataset: unknown, index: unknown): unknown {
  if (dataset instanceof Tensor) return dataset.index(index as Index);
  if (has(dataset, "__getitem__")) return dataset.__getitem__(index);
  if (dataset instanceof Map) {
    if (!dataset.has(index)) throw new KeyError(repr(index));
    return dataset.get(index);
  }
  if (Array.isArray(dataset) || ArrayBuffer.isView(dataset)) return fromList(dataset as unknown as unknown[], index);
  if (typeof dataset === "object" && dataset !== null && (index as string) in dataset) {
    return (dataset as Record<string, unknown>)[index as string];
  }
  throw new KeyError(repr(index));
}

function fromList(list: readonly unknown[], index: unknown): unknown {
  if (index instanceof Slice) {
    const [start, stop, step] = index.indices(list.length);
    const result: unknown[] = [];
    for (let i = start; step > 0 ? i < stop : i > stop; i += step) result.push(list[i]);
    return result;
  }
  const place = Number(index instanceof Tensor ? index.item() : index);
  if (!Number.isInteger(place)) {
    throw new TypeError(`list indices must be integers or slices, not ${typeName(index)}`);
  }
  if (place >= list.length || place < -list.length) throw new IndexError("list index out of range");
  return list[place < 0 ? place + list.length : place];
}

/** A function that makes a batch of samples. */
// biome-ignore lint/suspicious/noExplicitAny: of samples of any type
export type CollateFn = (samples: any) => unknown;

/** What makes batches of a dataset's samples. */
export abstract class _BaseDatasetFetcher {
  constructor(
    readonly dataset: unknown,
    readonly auto_collation: boolean,
    readonly collate_fn: CollateFn,
    readonly drop_last: boolean,
  ) {}

  /** The batch for an index, or for a list of indices. */
  fetch(_possibly_batched_index: unknown): unknown {
    throw new NotImplementedError("");
  }
}

/** @internal Takes samples from a stream; throws StopIteration at its end. */
export class _IterableDatasetFetcher extends _BaseDatasetFetcher {
  readonly dataset_iter: Iterator<unknown>;
  ended = false;

  constructor(dataset: unknown, auto_collation: boolean, collate_fn: CollateFn, drop_last: boolean) {
    super(dataset, auto_collation, collate_fn, drop_last);
    this.dataset_iter = iter(dataset as PythonIterable<unknown>);
  }

  override fetch(possibly_batched_index: unknown): unknown {
    if (this.ended) throw new StopIteration();
    if (!this.auto_collation) return this.collate_fn(next(this.dataset_iter));
    const data: unknown[] = [];
    const size = len(possibly_batched_index);
    while (data.length < size) {
      const step = this.dataset_iter.next();
      if (step.done) {
        this.ended = true;
        break;
      }
      data.push(step.value);
    }
    if (data.length === 0 || (this.drop_last && data.length < size)) throw new StopIteration();
    return this.collate_fn(data);
  }
}

/** @internal Takes samples by index. */
export class _MapDatasetFetcher extends _BaseDatasetFetcher {
  override fetch(possibly_batched_index: unknown): unknown {
    const { dataset } = this;
    if (!this.auto_collation) return this.collate_fn(getitem(dataset, possibly_batched_index));
    if (this.collate_fn === default_collate && has(dataset, "__getbatch__") && Array.isArray(possibly_batched_index)) {
      const batch = dataset.__getbatch__(possibly_batched_index);
      if (batch !== null) return batch;
    }
    if (has(dataset, "__getitems__")) return this.collate_fn(dataset.__getitems__(possibly_batched_index));
    const indices = [...iter(possibly_batched_index as PythonIterable<unknown>)];
    return this.collate_fn(indices.map((index) => getitem(dataset, index)));
  }
}

/** How a dataset is read. */
export const _DatasetKind = {
  Map: 0,
  Iterable: 1,

  create_fetcher(
    kind: number,
    dataset: unknown,
    auto_collation: boolean,
    collate_fn: CollateFn,
    drop_last: boolean,
  ): _BaseDatasetFetcher {
    const Fetcher = kind === _DatasetKind.Map ? _MapDatasetFetcher : _IterableDatasetFetcher;
    return new Fetcher(dataset, auto_collation, collate_fn, drop_last);
  },
};
