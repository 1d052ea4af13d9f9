// Micro-batching: concurrent calls are computed together.

import { AsyncLocalStorage } from "node:async_hooks";
import type { Tensor } from "../_tensor.js";
import { keywordClass } from "../arguments/class.js";
import { RuntimeError } from "../errors.js";
import { TensorBase } from "../tensor_base.js";
import { count, milliseconds } from "./_arguments.js";
import { split_batch } from "./collate.js";
import { ClosedError, QueueFullError, TimeoutError, WorkerError } from "./errors.js";
import { type BatcherStatistics, Durations, type Outcome } from "./statistics.js";

/** What a runner is told beside the batch. */
export interface RunContext {
  /** Aborted when nobody waits any more for any request of the batch. */
  readonly signal: AbortSignal;
}

/** Computes a batch: the list of inputs, or what `collate` made of it. */
export type Runner<Batch, Result> = (batch: Batch, context: RunContext) => Result | Promise<Result>;

/** What a call takes beside its input. */
export interface CallKeywords {
  /** Gives the request up with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds after which the request is given up, instead of the Batcher's. */
  timeout?: number | null;
}

/** A batch that has been computed, or has failed. */
export interface BatchReport {
  readonly size: number;
  /** Milliseconds that it took. */
  readonly duration: number;
  readonly error?: unknown;
}

/** What a Batcher takes by keyword. */
export interface BatcherKeywords<Input> {
  /** How many requests are computed together at most. Default: 32 */
  max_batch_size?: number;
  /** Milliseconds that a request waits for others while nothing else is computed. Default: 0 */
  max_wait?: number;
  /** How many requests may wait. Default: 1024 */
  max_queue?: number;
  /** Milliseconds from the call after which a request is given up; null: never. Default: null */
  timeout?: number | null;
  /** How many batches are computed at once. Default: 1 */
  concurrency?: number;
  /** Throws for an input that shall not be computed. */
  validate?: ((input: Input) => void) | null;
  /** Whether a batch that failed, or failed with such an error, is computed again in halves. Default: all but WorkerError */
  isolate?: boolean | ((error: unknown) => boolean);
  /** Is told of each batch. */
  on_batch?: ((report: BatchReport) => void) | null;
}

/** The same with the function that makes the batch of the list of inputs. */
interface Collating<Input, Batch> extends BatcherKeywords<Input> {
  collate: (inputs: Input[]) => Batch;
}

/** The same with the function that takes the runner's result apart. */
interface Splitting<Input, Output, Batch, Result> extends Partial<Collating<Input, Batch>> {
  split: (result: Result, count: number) => ArrayLike<Output>;
}

class Request<Input, Output> {
  readonly since = performance.now();
  settled = false;
  batch: Batch | null = null;
  /** Takes back the timer and the listener that would give the request up. */
  forget: () => void = () => undefined;

  constructor(
    readonly input: Input,
    readonly resolve: (output: Output) => void,
    readonly reject: (error: unknown) => void,
  ) {}
}

/** A batch while it is computed, and how many wait for it. */
interface Batch {
  readonly controller: AbortController;
  waiting: number;
}

/** The outputs of a list of them, or of a tensor along its first dimension. */
function outputsOf(result: unknown): ArrayLike<unknown> {
  if (result instanceof TensorBase) return split_batch(result);
  if (Array.isArray(result)) return result;
  throw new RuntimeError("the runner must give a list or a tensor: see 'split'");
}

class BatcherClass<Input, Output> {
  readonly #queue = new Set<Request<Input, Output>>();
  /** The requests that have no answer yet: those of the queue, and those that are computed. */
  readonly #unanswered = new Set<Request<Input, Output>>();
  readonly #counts = { accepted: 0, rejected: 0, batches: 0, completed: 0, failed: 0, timed_out: 0, aborted: 0 };
  readonly #batchSizes = new Map<number, number>();
  readonly #latency = new Durations();
  readonly #waiting = new Durations();
  readonly #computing = new Durations();
  readonly #run: Runner<unknown, unknown>;
  readonly #maxBatchSize: number;
  readonly #maxWait: number;
  readonly #maxQueue: number;
  readonly #timeout: number | null;
  readonly #concurrency: number;
  readonly #collate: (inputs: Input[]) => unknown;
  readonly #split: (result: unknown, count: number) => ArrayLike<Output>;
  readonly #validate: ((input: Input) => void) | null;
  readonly #isolates: (error: unknown) => boolean;
  readonly #onBatch: ((report: BatchReport) => void) | null;
  /** Batches do not run in the asynchronous context, and so not under the modes, of whoever called last. */
  readonly #context = AsyncLocalStorage.snapshot();
  #running = 0;
  /** Takes back what will start the next batch, if something will. */
  #cancelWake: (() => void) | null = null;
  #isClosed = false;
  readonly #drained: (() => void)[] = [];

  constructor(
    run: Runner<unknown, unknown>,
    max_batch_size = 32,
    max_wait = 0,
    max_queue = 1024,
    timeout: number | null = null,
    concurrency = 1,
    collate: ((inputs: Input[]) => unknown) | null = null,
    split: ((result: unknown, count: number) => ArrayLike<Output>) | null = null,
    validate: ((input: Input) => void) | null = null,
    isolate: boolean | ((error: unknown) => boolean) = true,
    on_batch: ((report: BatchReport) => void) | null = null,
  ) {
    if (typeof run !== "function") throw new TypeError("run must be a function");
    this.#run = run;
    this.#maxBatchSize = count("max_batch_size", max_batch_size);
    this.#maxWait = milliseconds("max_wait", max_wait);
    this.#maxQueue = count("max_queue", max_queue);
    this.#timeout = timeout === null ? null : milliseconds("timeout", timeout);
    this.#concurrency = count("concurrency", concurrency);
    this.#collate = collate ?? ((inputs) => inputs);
    this.#split = split ?? (outputsOf as (result: unknown, count: number) => ArrayLike<Output>);
    this.#validate = validate;
    this.#isolates = typeof isolate === "function" ? isolate : (error) => isolate && !(error instanceof WorkerError);
    this.#onBatch = on_batch;
  }

  /**
   * The output for an input.
   *
   * Rejects with what `validate` threw; with QueueFullError where `max_queue` requests wait; with ClosedError after close(); with
   * TimeoutError; with the reason of the signal; or with the error of the runner.
   */
  async call(input: Input, { signal, timeout = this.#timeout }: CallKeywords = {}): Promise<Output> {
    signal?.throwIfAborted();
    this.#validate?.(input);
    if (this.#isClosed) throw new ClosedError("the Batcher is closed");
    if (this.#queue.size >= this.#maxQueue) {
      this.#counts.rejected++;
      throw new QueueFullError(`the queue is full: ${this.#maxQueue} requests wait`);
    }
    return new Promise((resolve, reject) => {
      const request = new Request<Input, Output>(input, resolve, reject);
      this.#watch(request, signal, timeout);
      this.#counts.accepted++;
      this.#unanswered.add(request);
      this.#queue.add(request);
      this.#schedule();
    });
  }

  /** Gives a request up after its timeout or by its signal. */
  #watch(request: Request<Input, Output>, signal: AbortSignal | undefined, timeout: number | null): void {
    const abort = () => this.#giveUp(request, "aborted", signal?.reason);
    const expire = () => this.#giveUp(request, "timed_out", new TimeoutError(`no answer within ${timeout} ms`));
    const timer = timeout === null ? undefined : setTimeout(expire, milliseconds("timeout", timeout));
    signal?.addEventListener("abort", abort);
    request.forget = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  }

  #giveUp(request: Request<Input, Output>, outcome: Outcome, error: unknown): void {
    if (request.settled) return;
    this.#queue.delete(request);
    this.#end(request, outcome);
    request.reject(error);
    const { batch } = request;
    if (batch && --batch.waiting === 0) batch.controller.abort(error);
    if (this.#queue.size === 0) this.#stopWaiting();
    this.#tellIfDrained();
  }

  #end(request: Request<Input, Output>, outcome: Outcome): void {
    request.settled = true;
    request.forget();
    this.#unanswered.delete(request);
    this.#counts[outcome]++;
    this.#latency.add(performance.now() - request.since);
  }

  /** Starts what is due, and sees to it that the rest is when it will be. */
  #schedule(): void {
    if (this.#running >= this.#concurrency || this.#queue.size === 0) return;
    if (this.#queue.size >= this.#maxBatchSize || this.#isClosed) this.#startDue();
    else if (!this.#cancelWake) this.#wakeAfter(this.#left());
  }

  /** How long the oldest request may still wait for others. */
  #left(): number {
    const [oldest] = this.#queue;
    return Math.ceil(oldest.since + this.#maxWait - performance.now());
  }

  #wakeAfter(delay: number): void {
    const wake = () => this.#startDue();
    if (delay > 0) {
      const timer = setTimeout(wake, delay);
      this.#cancelWake = () => clearTimeout(timer);
    } else {
      // The calls of one turn of the event loop come together even where none is to wait.
      const immediate = setImmediate(wake);
      this.#cancelWake = () => clearImmediate(immediate);
    }
  }

  #stopWaiting(): void {
    this.#cancelWake?.();
    this.#cancelWake = null;
  }

  #startDue(): void {
    this.#stopWaiting();
    while (this.#running < this.#concurrency && this.#queue.size > 0) {
      if (this.#queue.size < this.#maxBatchSize && !this.#isClosed && this.#left() > 0) break;
      const requests = this.#take();
      this.#running++;
      this.#context(() => this.#compute(requests))
        .catch((error) => this.#fail(requests, error))
        .finally(() => {
          this.#running--;
          this.#startDue();
          this.#tellIfDrained();
        });
    }
    this.#schedule();
  }

  #take(): Request<Input, Output>[] {
    const now = performance.now();
    const requests: Request<Input, Output>[] = [];
    for (const request of this.#queue) {
      if (requests.length === this.#maxBatchSize) break;
      this.#queue.delete(request);
      this.#waiting.add(now - request.since);
      requests.push(request);
    }
    return requests;
  }

  /** Computes requests together; where that fails, the halves of them. */
  async #compute(requests: readonly Request<Input, Output>[]): Promise<void> {
    const alive = requests.filter((request) => !request.settled);
    if (alive.length === 0) return;
    try {
      const outputs = await this.#attempt(alive);
      for (const [i, request] of alive.entries()) {
        if (request.settled) continue;
        this.#end(request, "completed");
        request.resolve(outputs[i]);
      }
    } catch (error) {
      if (alive.length > 1 && this.#isolates(error)) {
        const middle = alive.length >> 1;
        await this.#compute(alive.slice(0, middle));
        await this.#compute(alive.slice(middle));
        return;
      }
      this.#fail(alive, error);
    }
  }

  #fail(requests: Iterable<Request<Input, Output>>, error: unknown): void {
    for (const request of requests) {
      if (request.settled) continue;
      this.#end(request, "failed");
      request.reject(error);
    }
  }

  async #attempt(requests: readonly Request<Input, Output>[]): Promise<ArrayLike<Output>> {
    const size = requests.length;
    const batch: Batch = { controller: new AbortController(), waiting: size };
    for (const request of requests) request.batch = batch;
    this.#counts.batches++;
    this.#batchSizes.set(size, (this.#batchSizes.get(size) ?? 0) + 1);
    const begin = performance.now();
    let failure: { error?: unknown } = {};
    try {
      const inputs = this.#collate(requests.map(({ input }) => input));
      const outputs = this.#split(await this.#run(inputs, { signal: batch.controller.signal }), size);
      if (outputs.length === size) return outputs;
      throw new RuntimeError(`the runner gave ${outputs.length} outputs for ${size} inputs`);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      const duration = performance.now() - begin;
      this.#computing.add(duration);
      this.#onBatch?.({ size, duration, ...failure });
    }
  }

  /** Whether a call would be refused now. */
  get is_full(): boolean {
    return this.#isClosed || this.#queue.size >= this.#maxQueue;
  }

  statistics(): BatcherStatistics {
    return {
      ...this.#counts,
      queue_length: this.#queue.size,
      running: this.#running,
      batch_sizes: new Map([...this.#batchSizes].sort(([a], [b]) => a - b)),
      latency: this.#latency.quantiles(),
      waiting: this.#waiting.quantiles(),
      computing: this.#computing.quantiles(),
    };
  }

  /**
   * Takes no more requests, and computes those that it has taken.
   *
   * After `timeout` milliseconds, if that is given, those without an answer are rejected with ClosedError.
   */
  async close({ timeout = null }: { timeout?: number | null } = {}): Promise<void> {
    this.#isClosed = true;
    this.#startDue();
    if (this.#isDrained) return;
    const timer = timeout === null ? undefined : setTimeout(() => this.#abandon(), timeout);
    await new Promise<void>((resolve) => this.#drained.push(resolve));
    clearTimeout(timer);
  }

  get #isDrained(): boolean {
    return this.#unanswered.size === 0 && this.#running === 0;
  }

  #tellIfDrained(): void {
    if (this.#isDrained) for (const resolve of this.#drained.splice(0)) resolve();
  }

  #abandon(): void {
    this.#queue.clear();
    this.#fail([...this.#unanswered], new ClosedError("the Batcher was closed before the request was answered"));
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** How a Batcher is made. */
interface BatcherConstructor {
  new <Input, Output, Result, Batch = Input[]>(
    run: Runner<Batch, Result>,
    keywords: Splitting<Input, Output, Batch, Result>,
  ): BatcherClass<Input, Output>;
  new <Input, Output>(
    run: Runner<Input[], ArrayLike<Output>>,
    keywords?: BatcherKeywords<Input>,
  ): BatcherClass<Input, Output>;
  new <Input, Batch>(run: Runner<Batch, Tensor>, keywords: Collating<Input, Batch>): BatcherClass<Input, Tensor>;
  new <Input, Batch, Output>(
    run: Runner<Batch, ArrayLike<Output>>,
    keywords: Collating<Input, Batch>,
  ): BatcherClass<Input, Output>;
  readonly prototype: BatcherClass<unknown, unknown>;
}

/**
 * Computes concurrent calls together: `await batcher.call(input)` from anywhere, and `run([input, ...])` once for many of them.
 *
 * A batch begins when `max_batch_size` requests wait, or when nothing else is computed and the oldest has waited for `max_wait`
 * milliseconds; with 0, which waits for nobody, the calls of one turn of the event loop, and those that came while the batch before
 * was computed, come together. At most `concurrency` batches are computed at once and `max_queue` requests wait: the next one is
 * refused with QueueFullError. `run` is any function, async ones too; it gets the list of inputs, or what `collate` makes of it, and
 * gives a list of outputs or a tensor, which is taken apart along its first dimension, or what `split` makes a list of.
 *
 * A batch that fails is computed again in halves, so that the error reaches only the requests that cause it. A request that is given up
 * (by `timeout`, or its signal) leaves the queue; when nobody waits for a batch any more, the signal that `run` got is aborted.
 */
export const Batcher = keywordClass<BatcherClass<unknown, unknown>>("Batcher")(BatcherClass, [
  "run",
  "max_batch_size",
  "max_wait",
  "max_queue",
  "timeout",
  "concurrency",
  "collate",
  "split",
  "validate",
  "isolate",
  "on_batch",
]) as unknown as BatcherConstructor;
export type Batcher<Input, Output> = BatcherClass<Input, Output>;
