// Python's multiprocessing.Pool, of worker threads.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ErrorParts, makeError } from "../_utils.js";
import { keywordClass, takeKeywords } from "../arguments/class.js";
import { RuntimeError, ValueError } from "../errors.js";
import { modules } from "../location.js";
import { iter, type PythonIterable } from "../python/sequences.js";
import { ForkingPickler, type Message } from "./reductions.js";

// biome-ignore lint/suspicious/noExplicitAny: functions of any type
type AnyFunction = (...args: any[]) => any;

interface Task {
  readonly message: Message;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Answer {
  readonly result?: Message;
  readonly error?: ErrorParts;
}

function errorOf({ name, message, stack }: ErrorParts): Error {
  const error = makeError(name, message);
  error.stack = stack;
  return error;
}

class PoolClass {
  readonly #initializer: Message | (() => Message) | null;
  readonly #maxtasksperchild: number | null;
  readonly #workers = new Map<Worker, { task: Task | null; count: number }>();
  readonly #tasks: Task[] = [];
  #isClosed = false;
  #ended: () => void = () => undefined;
  readonly #end = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });

  constructor(
    processes: number | null = null,
    initializer: AnyFunction | null = null,
    initargs: readonly unknown[] = [],
    maxtasksperchild: number | null = null,
  ) {
    const count = processes ?? availableParallelism();
    if (!Number.isInteger(count)) throw new TypeError("processes must be an integer");
    if (count < 1) throw new ValueError("Number of processes must be at least 1");
    this.#initializer = initializer && (() => ForkingPickler.dumps([initializer, initargs]));
    this.#maxtasksperchild = maxtasksperchild;
    for (let i = 0; i < count; i++) this.#start();
  }

  /** What `func(...args)` returns in a worker. */
  apply<T>(func: (...args: never[]) => T, args: readonly unknown[] = []): Promise<Awaited<T>> {
    if (this.#isClosed) return Promise.reject(new ValueError("Pool not running"));
    return new Promise((resolve, reject) => {
      this.#tasks.push({
        message: ForkingPickler.dumps([func, [...args]]),
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#assign();
    });
  }

  /** What the function returns for each element, in order; rejects with the first error. */
  async map<E, T>(func: (element: E) => T, iterable: PythonIterable<E>): Promise<Awaited<T>[]> {
    return Promise.all(Array.from(iter(iterable), (element) => this.apply(func, [element])));
  }

  /** The same, of lists of arguments. */
  async starmap<T>(func: (...args: never[]) => T, iterable: PythonIterable<readonly unknown[]>): Promise<Awaited<T>[]> {
    return Promise.all(Array.from(iter(iterable), (args) => this.apply(func, args)));
  }

  /** What the function returns for each element, in order, as it comes. */
  async *imap<E, T>(func: (element: E) => T, iterable: PythonIterable<E>): AsyncGenerator<Awaited<T>, void, undefined> {
    const results = Array.from(iter(iterable), (element) => this.apply(func, [element]));
    for (const result of results) result.catch(() => undefined); // an error is told in its turn
    for (const result of results) yield await result;
  }

  /** What the function returns for each element, whichever comes first. */
  async *imap_unordered<E, T>(
    func: (element: E) => T,
    iterable: PythonIterable<E>,
  ): AsyncGenerator<Awaited<T>, void, undefined> {
    const pending = new Map<number, Promise<[number, Awaited<T>]>>();
    for (const element of iter(iterable)) {
      const place = pending.size;
      const result = this.apply(func, [element]).then((value): [number, Awaited<T>] => [place, value]);
      result.catch(() => undefined);
      pending.set(place, result);
    }
    while (pending.size > 0) {
      const [place, value] = await Promise.race(pending.values());
      pending.delete(place);
      yield value;
    }
  }

  /** Takes no more work; the workers end when what was asked for is done. */
  close(): void {
    this.#isClosed = true;
    this.#assign();
  }

  /** Ends the workers at once; what they have not done is rejected. */
  terminate(): void {
    this.#isClosed = true;
    for (const { message, reject } of this.#tasks.splice(0)) {
      ForkingPickler.release(message);
      reject(new RuntimeError("the pool was terminated"));
    }
    for (const worker of this.#workers.keys()) void worker.terminate();
  }

  /** Waits until the workers have ended, after close() or terminate(). */
  async join(): Promise<void> {
    if (!this.#isClosed) throw new ValueError("Pool is still running");
    await this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }

  #start(): void {
    const initializer = typeof this.#initializer === "function" ? this.#initializer() : null;
    const worker = new Worker(new URL("multiprocessing/worker.js", modules), { workerData: initializer });
    const state = { task: null as Task | null, count: 0 };
    let failure: unknown = null;
    this.#workers.set(worker, state);
    worker.on("message", ({ result, error }: Answer) => {
      const { resolve, reject } = state.task as Task;
      state.task = null;
      state.count++;
      if (error) reject(errorOf(error));
      else ForkingPickler.loads_async(result).then(resolve, reject);
      if (state.count === this.#maxtasksperchild) this.#finish(worker);
      this.#assign();
    });
    worker.on("error", (error) => {
      failure = error;
    });
    worker.on("exit", (code) => {
      if (initializer) ForkingPickler.release(initializer);
      this.#workers.delete(worker);
      if (state.task) {
        ForkingPickler.release(state.task.message);
        state.task.reject(failure ?? new RuntimeError(`a worker of the pool ended with exit code ${code}`));
      }
      if (!this.#isClosed || this.#tasks.length > 0) this.#start();
      else if (this.#workers.size === 0) this.#ended();
    });
    worker.unref();
    this.#assign();
  }

  /** Lets a worker that has no task end. */
  #finish(worker: Worker): void {
    this.#workers.delete(worker);
    worker.ref();
    worker.once("exit", () => {
      if (!this.#isClosed || this.#tasks.length > 0) this.#start();
    });
    void worker.terminate();
  }

  #assign(): void {
    for (const [worker, state] of this.#workers) {
      if (state.task) continue;
      const task = this.#tasks.shift();
      if (task) {
        state.task = task;
        worker.ref();
        worker.postMessage(task.message);
      } else if (this.#isClosed) {
        void worker.terminate();
      } else {
        worker.unref();
      }
    }
  }
}

takeKeywords("Pool", PoolClass.prototype, {
  apply: ["func", "args"],
  map: ["func", "iterable"],
  starmap: ["func", "iterable"],
});

/**
 * Worker threads that run functions of modules: `const square = await from_module(url, "square")`, then
 * `await pool.map(square, [1, 2, 3])`. Arguments and results cross as messages of ForkingPickler: tensors are not copied.
 *
 * `Pool(processes=None, initializer=None, initargs=(), maxtasksperchild=None)`
 *
 * `processes` is the number of workers, by default that of the processors; each calls `initializer(...initargs)` first, and is
 * replaced after `maxtasksperchild` tasks. Results are promises; an error in a worker rejects with its class, message and stack.
 * A worker that dies rejects its task, and is replaced.
 *
 * {@link https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool}
 */
export const Pool = keywordClass<PoolClass>("Pool")(PoolClass, [
  "processes",
  "initializer",
  "initargs",
  "maxtasksperchild",
]);
export type Pool = PoolClass;
