// torch/utils/data/dataloader.py: a pass through a dataset with worker threads

import { ExceptionWrapper } from "../../_utils.js";
import { AssertionError } from "../../errors.js";
import { ForkingPickler, type Message } from "../../multiprocessing/reductions.js";
import { StopIteration } from "../../python/sequences.js";
import { get_num_threads } from "../../torch_functions/settings.js";
import { _BaseDataLoaderIter } from "./_iter.js";
import { pin_memory } from "./_utils/pin_memory.js";
import "./_utils/reductions.js";
import type { Answer } from "./_utils/worker.js";
import { Workers } from "./_utils/workers.js";
import type { DataLoader } from "./dataloader.js";

/** A batch, or the error in its place. */
type Data = { message: Message } | ExceptionWrapper;

interface Task {
  readonly worker_id: number;
  readonly index: Message;
  data?: Data;
}

/** The task of which an answer must come before there is a batch. */
const WAIT = Symbol("wait");

// Ends the workers of an iterator that was left without return().
const abandoned = new FinalizationRegistry<Workers>((workers) => workers.shutdown());

// biome-ignore-start lint/suspicious/noExplicitAny: samples of any type

/** @internal Reads samples in worker threads, ahead of time. */
export class _MultiProcessingDataLoaderIter<Batch> extends _BaseDataLoaderIter<Batch> {
  readonly #loader: DataLoader<any, Batch>;
  readonly #workers: Workers;
  readonly #num_workers: number;
  readonly #max_tasks: number;
  readonly #timeout: number;
  #tasks = new Map<number, Task>();
  #send_idx = 0;
  #rcvd_idx = 0;
  #workers_status: boolean[] = [];
  #workers_num_tasks: number[] = [];
  #next_worker = 0;
  #is_shut_down = false;

  constructor(loader: DataLoader<any, Batch>) {
    super(loader);
    const { num_workers, prefetch_factor, dataset, collate_fn, worker_init_fn } = loader;
    if ((prefetch_factor as number) <= 0) {
      throw new AssertionError("prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter");
    }
    loader.check_worker_number_rationality();
    get_num_threads(); // a worker's setting would else become this thread's
    this.#loader = loader;
    this.#num_workers = num_workers;
    this.#max_tasks = (prefetch_factor as number) * num_workers;
    this.#timeout = loader.timeout;
    this.#workers = new Workers(
      num_workers,
      {
        dataset_kind: loader._dataset_kind,
        auto_collation: loader._auto_collation,
        drop_last: loader.drop_last,
        base_seed: this._base_seed,
        shared_seed: this._shared_seed,
      },
      () => ForkingPickler.dumps([dataset, collate_fn, worker_init_fn]),
    );
    abandoned.register(this, this.#workers, this);
    super._reset(); // the first pass begins with a reset, too: it draws a seed that nobody uses
    this.#begin();
  }

  #begin(): void {
    this.#send_idx = 0;
    this.#rcvd_idx = 0;
    this.#tasks = new Map();
    this.#workers_status = new Array(this.#num_workers).fill(true);
    this.#workers_num_tasks = new Array(this.#num_workers).fill(0);
    this.#next_worker = 0;
    for (let i = 0; i < this.#max_tasks; i++) this.#try_put_index();
  }

  override _reset(): void {
    super._reset();
    for (let i = 0; i < this.#num_workers; i++) this.#workers.send(i, { resume: this._shared_seed });
    for (let left = this.#num_workers; left > 0; ) if (isResumed(this.#workers.receive(this.#timeout))) left--;
    this.#begin();
  }

  async _reset_async(): Promise<void> {
    super._reset();
    for (let i = 0; i < this.#num_workers; i++) this.#workers.send(i, { resume: this._shared_seed });
    for (let left = this.#num_workers; left > 0; ) {
      if (isResumed(await this.#workers.receive_async(this.#timeout))) left--;
    }
    this.#begin();
  }

  #try_put_index(): void {
    let index: unknown;
    try {
      index = this._next_index();
    } catch (error) {
      if (error instanceof StopIteration) return;
      throw error;
    }
    const worker_id = this.#choose_worker();
    if (worker_id === null) return;
    const message = ForkingPickler.dumps(index);
    this.#workers.send(worker_id, { idx: this.#send_idx, index: message });
    this.#tasks.set(this.#send_idx, { worker_id, index: message });
    this.#workers_num_tasks[worker_id]++;
    this.#send_idx++;
  }

  /** The next worker in turn that has not ended; unless batches come in order, one that has not its share of tasks. */
  #choose_worker(): number | null {
    const share = Math.floor(this.#max_tasks / this.#workers_status.filter(Boolean).length);
    for (let i = 0; i < this.#num_workers; i++) {
      const worker_id = this.#next_worker;
      this.#next_worker = (worker_id + 1) % this.#num_workers;
      if (!this.#workers_status[worker_id]) continue;
      if (this.#loader.in_order || this.#workers_num_tasks[worker_id] < share) return worker_id;
    }
    return null;
  }

  /** The next batch, as far as answers have come; throws StopIteration at the end. */
  #advance(): Batch | typeof WAIT {
    for (; ; this.#rcvd_idx++) {
      if (this.#rcvd_idx >= this.#send_idx) {
        if (!this.#loader.persistent_workers) this._shutdown_workers();
        throw new StopIteration();
      }
      const task = this.#tasks.get(this.#rcvd_idx);
      if (task === undefined) continue;
      if (task.data !== undefined || this.#workers_status[task.worker_id]) break;
      this.#tasks.delete(this.#rcvd_idx); // its worker's stream has ended
    }
    if (this.#tasks.get(this.#rcvd_idx)?.data === undefined) return WAIT;
    return this.#take(this.#rcvd_idx++);
  }

  /** Notes an answer; returns the batch that it gives, where batches do not come in order. */
  #note(answer: Answer): Batch | typeof WAIT {
    if (!("idx" in answer)) return WAIT;
    const { idx } = answer;
    if ("ended" in answer) {
      if (!this.#loader.persistent_workers) this.#workers.send(answer.ended, null);
      this.#workers_status[answer.ended] = false;
      this.#try_put_index();
      return WAIT;
    }
    const task = this.#tasks.get(idx) as Task;
    task.data =
      "data" in answer
        ? { message: answer.data }
        : new ExceptionWrapper(answer.error, `in DataLoader worker process ${answer.worker_id}`);
    return idx !== this.#rcvd_idx && !this.#loader.in_order ? this.#take(idx) : WAIT;
  }

  #take(idx: number): Batch {
    const { worker_id, data } = this.#tasks.get(idx) as Required<Task>;
    this.#tasks.delete(idx);
    this.#workers_num_tasks[worker_id]--;
    this.#try_put_index();
    if (data instanceof ExceptionWrapper) return data.reraise();
    const batch = ForkingPickler.loads(data.message);
    return (this._pin_memory ? pin_memory(batch) : batch) as Batch;
  }

  #check(): void {
    if (this.#is_shut_down) throw new StopIteration();
  }

  override _next_data(): Batch {
    this.#check();
    for (;;) {
      const batch = this.#advance();
      if (batch !== WAIT) return batch;
      const noted = this.#note(this.#workers.receive(this.#timeout));
      if (noted !== WAIT) return noted;
    }
  }

  /** The next batch, for which the event loop turns. */
  async _next_async(): Promise<IteratorResult<Batch, undefined>> {
    try {
      this.#check();
      for (;;) {
        let batch = this.#advance();
        if (batch === WAIT) batch = this.#note(await this.#workers.receive_async(this.#timeout));
        if (batch === WAIT) continue;
        this._count();
        return { done: false, value: batch };
      }
    } catch (error) {
      if (error instanceof StopIteration) return { done: true, value: undefined };
      throw error;
    }
  }

  /** A loop ends with the first error, and is not told: the workers end too. `__next__()` goes on, as Python's does. */
  override next(): IteratorResult<Batch, undefined> {
    try {
      return super.next();
    } catch (error) {
      this.return();
      throw error;
    }
  }

  /** Called where a loop is left: ends the workers, unless they are to stay. */
  return(): IteratorResult<Batch, undefined> {
    if (!this.#loader.persistent_workers) this._shutdown_workers();
    return { done: true, value: undefined };
  }

  /** Ends the workers. */
  _shutdown_workers(): void {
    if (this.#is_shut_down) return;
    this.#is_shut_down = true;
    abandoned.unregister(this);
    for (const { index, data } of this.#tasks.values()) {
      ForkingPickler.release(index);
      if (data && !(data instanceof ExceptionWrapper)) ForkingPickler.release(data.message);
    }
    this.#workers.shutdown();
  }
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** Whether a worker is ready for another pass; batches of the last one are given up. */
function isResumed(answer: Answer): boolean {
  if ("data" in answer) ForkingPickler.release(answer.data);
  return "resumed" in answer;
}
