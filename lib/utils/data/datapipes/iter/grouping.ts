// torch/utils/data/datapipes/iter/grouping.py

import { keywordClass } from "../../../../arguments/class.js";
import { AssertionError, IndexError, RuntimeError, ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { repr } from "../../../../python/repr.js";
import { iter } from "../../../../python/sequences.js";
import { functional_datapipe } from "../_decorator.js";
import { lengthOfSource } from "../_sized.js";
import { type ChunkClass, DataChunk, IterDataPipe } from "../datapipe.js";
import { _check_unpickable_fn } from "../utils/common.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

class BatcherIterDataPipe<T = any> extends IterDataPipe<DataChunk<T>> {
  datapipe: IterDataPipe<T>;
  batch_size: number;
  drop_last: boolean;
  wrapper_class: ChunkClass;

  constructor(
    datapipe: IterDataPipe<T>,
    batch_size: number,
    drop_last = false,
    wrapper_class: ChunkClass = DataChunk as unknown as ChunkClass,
  ) {
    if (batch_size <= 0) throw new AssertionError("Batch size is required to be larger than 0!");
    super();
    this.datapipe = datapipe;
    this.batch_size = batch_size;
    this.drop_last = drop_last;
    this.wrapper_class = wrapper_class;
  }

  override *__iter__(): Generator<DataChunk<T>, void, undefined> {
    let batch: T[] = [];
    for (const x of iter(this.datapipe as Iterable<T>)) {
      batch.push(x);
      if (batch.length < this.batch_size) continue;
      yield new this.wrapper_class(batch);
      batch = [];
    }
    if (batch.length > 0 && !this.drop_last) yield new this.wrapper_class(batch);
  }

  override __len__(): number {
    const batches = lengthOfSource(this, this.datapipe) / this.batch_size;
    return this.drop_last ? Math.floor(batches) : Math.ceil(batches);
  }
}

/**
 * Lists of `batch_size` samples; functional form `batch`. The last one may be shorter, unless `drop_last` leaves it out.
 *
 * Throws AssertionError for a `batch_size` below 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableBatcher = functional_datapipe("batch")(
  keywordClass<BatcherIterDataPipe>("BatcherIterDataPipe")(BatcherIterDataPipe, [
    "datapipe",
    "batch_size",
    "drop_last",
    "wrapper_class",
  ]),
);
type CallableBatcher<T = any> = BatcherIterDataPipe<T>;

export { CallableBatcher as BatcherIterDataPipe };

class UnBatcherIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipe: IterDataPipe;
  unbatch_level: number;

  constructor(datapipe: IterDataPipe, unbatch_level = 1) {
    super();
    this.datapipe = datapipe;
    this.unbatch_level = unbatch_level;
  }

  override *__iter__(): Generator<T, void, undefined> {
    for (const element of iter(this.datapipe as Iterable<unknown>)) yield* this._dive(element, this.unbatch_level);
  }

  /** @internal */
  *_dive(element: any, unbatch_level: number): Generator<T, void, undefined> {
    if (unbatch_level < -1) throw new ValueError("unbatch_level must be -1 or >= 0");
    if (unbatch_level === 0 || (unbatch_level === -1 && !Array.isArray(element))) {
      yield element;
      return;
    }
    if (!Array.isArray(element)) {
      throw new IndexError(`unbatch_level ${this.unbatch_level} exceeds the depth of the DataPipe`);
    }
    for (const item of element) yield* this._dive(item, unbatch_level === -1 ? -1 : unbatch_level - 1);
  }
}

/**
 * The samples within lists, `unbatch_level` levels deep; functional form `unbatch`. -1 goes to the end of all lists: those
 * that are tuples in Python, which stay whole there, are lists in JavaScript.
 *
 * Throws IndexError where there are fewer levels.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableUnBatcher = functional_datapipe("unbatch")(
  keywordClass<UnBatcherIterDataPipe>("UnBatcherIterDataPipe")(UnBatcherIterDataPipe, ["datapipe", "unbatch_level"]),
);
type CallableUnBatcher<T = any> = UnBatcherIterDataPipe<T>;

export { CallableUnBatcher as UnBatcherIterDataPipe };

class GrouperIterDataPipe<T = any> extends IterDataPipe<any> {
  datapipe: IterDataPipe<T>;
  group_key_fn: (data: T) => unknown;
  keep_key: boolean;
  max_buffer_size: number;
  buffer_elements = new Map<unknown, T[]>();
  curr_buffer_size = 0;
  group_size: number | null;
  guaranteed_group_size: number | null;
  drop_remaining: boolean;
  wrapper_class: ChunkClass;

  constructor(
    datapipe: IterDataPipe<T>,
    group_key_fn: (data: T) => unknown,
    keep_key = false,
    buffer_size = 10000,
    group_size: number | null = null,
    guaranteed_group_size: number | null = null,
    drop_remaining = false,
  ) {
    super();
    _check_unpickable_fn(group_key_fn);
    this.datapipe = datapipe;
    this.group_key_fn = group_key_fn;
    this.keep_key = keep_key;
    this.max_buffer_size = buffer_size;
    this.group_size = group_size;
    if (group_size !== null && buffer_size !== null && !(0 < group_size && group_size <= buffer_size)) {
      throw new AssertionError("group_size must be > 0 and <= buffer_size");
    }
    if (guaranteed_group_size !== null) {
      if (group_size === null || !(0 < guaranteed_group_size && guaranteed_group_size <= group_size)) {
        throw new AssertionError("guaranteed_group_size must be > 0 and <= group_size and group_size must be set");
      }
    }
    this.guaranteed_group_size = guaranteed_group_size ?? group_size;
    this.drop_remaining = drop_remaining;
    this.wrapper_class = DataChunk as unknown as ChunkClass;
  }

  /** @internal Takes the largest group out of the buffer; null if it is too small to be one. */
  _remove_biggest_key(): T[] | null {
    let biggest: [key: unknown, group: T[]] = [null, []];
    for (const entry of this.buffer_elements) if (entry[1].length > biggest[1].length) biggest = entry;
    const [key, group] = biggest;
    const isSmall = this.guaranteed_group_size !== null && group.length < this.guaranteed_group_size;
    if (isSmall && !this.drop_remaining) throw new RuntimeError(`Failed to group items ${repr(group)}`);
    this.curr_buffer_size -= group.length;
    this.buffer_elements.delete(key);
    return isSmall ? null : group;
  }

  override *__iter__(): Generator<any, void, undefined> {
    const made = (key: unknown, group: T[]) => {
      const chunk = new this.wrapper_class(group);
      return this.keep_key ? [key, chunk] : chunk;
    };
    for (const x of iter(this.datapipe as Iterable<T>)) {
      const key = this.group_key_fn(x);
      const group = this.buffer_elements.get(key) ?? [];
      this.buffer_elements.set(key, group);
      group.push(x);
      this.curr_buffer_size += 1;
      if (this.group_size !== null && this.group_size === group.length) {
        yield made(key, group);
        this.curr_buffer_size -= group.length;
        this.buffer_elements.delete(key);
      }
      if (this.curr_buffer_size === this.max_buffer_size) {
        const largest = this._remove_biggest_key();
        if (largest !== null) yield made(key, largest);
      }
    }
    for (const [key, group] of [...this.buffer_elements]) {
      this.buffer_elements.delete(key);
      this.curr_buffer_size -= group.length;
      yield made(key, group);
    }
  }

  override reset(): void {
    this.curr_buffer_size = 0;
    this.buffer_elements = new Map();
  }

  override __getstate__(): unknown {
    const { datapipe, group_key_fn, keep_key, max_buffer_size, group_size, guaranteed_group_size } = this;
    const state = [
      ...[datapipe, group_key_fn, keep_key, max_buffer_size, group_size, guaranteed_group_size, this.drop_remaining],
      ...[this.wrapper_class, this._valid_iterator_id, this._number_of_samples_yielded],
    ];
    return IterDataPipe.getstate_hook === null ? state : IterDataPipe.getstate_hook(state);
  }

  /** @internal */
  __setstate__(state: any[]): void {
    const [datapipe, group_key_fn, keep_key, max_buffer_size, group_size, guaranteed_group_size, ...more] = state;
    const [drop_remaining, wrapper_class, _valid_iterator_id, _number_of_samples_yielded] = more;
    Object.assign(this, { datapipe, group_key_fn, keep_key, max_buffer_size, group_size, guaranteed_group_size });
    Object.assign(this, { drop_remaining, wrapper_class, _valid_iterator_id, _number_of_samples_yielded });
    this.curr_buffer_size = 0;
    this.buffer_elements = new Map();
  }
}

/**
 * Groups of the samples for which a function gives the same key; functional form `groupby`.
 *
 * A group of `group_size` samples comes at once. When the buffer is full the largest group comes, if it has
 * `guaranteed_group_size` samples; else it is dropped with `drop_remaining`, or RuntimeError is thrown. All that is left comes
 * at the end. With `keep_key` groups are `[key, group]`; as in Python, the key beside a group that a full buffer gave is the
 * last sample's.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableGrouper = functional_datapipe("groupby")(
  keywordClass<GrouperIterDataPipe>("GrouperIterDataPipe")(GrouperIterDataPipe, [
    ...(["datapipe", "group_key_fn", "*", "keep_key", "buffer_size"] as const),
    ...(["group_size", "guaranteed_group_size", "drop_remaining"] as const),
  ]),
);
type CallableGrouper<T = any> = GrouperIterDataPipe<T>;

export { CallableGrouper as GrouperIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.Batcher", CallableBatcher as never);
registerFunction("torch.utils.data.datapipes.iter.UnBatcher", CallableUnBatcher as never);
registerFunction("torch.utils.data.datapipes.iter.Grouper", CallableGrouper as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
