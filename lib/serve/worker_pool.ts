// Worker threads that each have the model.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ErrorParts, makeError } from "../_utils.js";
import { keywordClass } from "../arguments/class.js";
import { ForkingPickler, type Message } from "../multiprocessing/reductions.js";
import { count, milliseconds } from "./_arguments.js";
import { ClosedError, TimeoutError, WorkerError } from "./errors.js";

/** What a thread begins with. */
export interface WorkerData {
  readonly url: string;
  readonly name: string;
  readonly args: Message;
  readonly num_threads: number;
}

/** What a thread sends: that it has loaded its model or has not, and how a task ended. */
export type Answer = { ready: true } | { failed: ErrorParts } | { result: Message } | { error: ErrorParts };

interface Task {
  readonly message: Message;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Takes back the timer and the listener. */
  forget: () => void;
}

interface Member {
  readonly worker: Worker;
  isReady: boolean;
  task: Task | null;
  /** What ended the thread. */
  cause: unknown;
}

/** How a WorkerPool stands. */
export interface WorkerPoolStatistics {
  /** How many threads have loaded their model. */
  readonly ready: number;
  /** How many compute. */
  readonly busy: number;
  /** How many tasks wait for a thread. */
  readonly queue_length: number;
  /** How many tasks were computed, with or without an error. */
  readonly tasks: number;
  /** How many threads were started in the place of one that ended. */
  readonly restarts: number;
}

const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;

function errorOf({ name, message, stack }: ErrorParts): Error {
  const error = makeError(name, message);
  error.stack = stack;
  return error;
}

class WorkerPoolClass<Input, Output> {
  readonly num_workers: number;
  readonly #begin: () => WorkerData;
  readonly #taskTimeout: number | null;
  readonly #members = new Set<Member>();
  readonly #tasks: Task[] = [];
  readonly #counts = { tasks: 0, restarts: 0 };
  readonly #restarts = new Set<NodeJS.Timeout>();
  /** How many threads in a row could not load their model. */
  #failures = 0;
  #isClosed = false;
  #settleReady: (error?: unknown) => void = () => undefined;
  readonly #ready = new Promise<void>((resolve, reject) => {
    this.#settleReady = (error) => (error === undefined ? resolve() : reject(error));
  });
  #tellEnd: () => void = () => undefined;
  readonly #end = new Promise<void>((resolve) => {
    this.#tellEnd = resolve;
  });

  constructor(
    url: URL | string,
    name = "default",
    args: readonly unknown[] = [],
    num_workers = availableParallelism(),
    num_threads = Math.max(Math.floor(availableParallelism() / num_workers), 1),
    task_timeout: number | null = null,
  ) {
    this.num_workers = count("num_workers", num_workers);
    this.#taskTimeout = task_timeout === null ? null : milliseconds("task_timeout", task_timeout);
    count("num_threads", num_threads);
    this.#begin = () => ({ url: String(url), name, args: ForkingPickler.dumps([...args]), num_threads });
    this.#ready.catch(() => undefined); // whoever waits for it is told
    for (let i = 0; i < num_workers; i++) this.#start();
  }

  /** Waits until each thread has loaded its model; rejects with the error of one that could not. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /**
   * What the model's function gives for an input, which crosses as a message of ForkingPickler: tensors are not copied.
   *
   * Rejects with the function's error; with WorkerError if the thread ends meanwhile, or needs more than `task_timeout`; with the
   * signal's reason, if it is aborted before a thread has begun.
   */
  readonly run = async (input: Input, { signal }: { signal?: AbortSignal } = {}): Promise<Output> => {
    if (this.#isClosed) throw new ClosedError("the WorkerPool is closed");
    signal?.throwIfAborted();
    const message = ForkingPickler.dumps(input);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#tasks.splice(this.#tasks.indexOf(task), 1);
        giveUp(task, signal?.reason);
        this.#endIfDone();
      };
      const forget = () => signal?.removeEventListener("abort", abort);
      const task: Task = { message, resolve: resolve as (value: unknown) => void, reject, forget };
      signal?.addEventListener("abort", abort);
      this.#tasks.push(task);
      this.#assign();
    });
  };

  statistics(): WorkerPoolStatistics {
    const members = [...this.#members];
    return {
      ready: members.filter(({ isReady }) => isReady).length,
      busy: members.filter(({ task }) => task !== null).length,
      queue_length: this.#tasks.length,
      ...this.#counts,
    };
  }

  /** Takes no more tasks, and ends the threads when those that it has taken are done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endIfDone();
    await this.#end;
  }

  /** Ends the threads at once; the tasks that are not done reject with ClosedError. */
  async terminate(): Promise<void> {
    this.#isClosed = true;
    const error = new ClosedError("the WorkerPool was terminated");
    for (const task of this.#tasks.splice(0)) giveUp(task, error);
    for (const member of this.#members) {
      if (member.task) giveUp(member.task, error);
      member.task = null;
    }
    this.#endIfDone();
    await this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #start(): void {
    const workerData = this.#begin();
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData });
    const member: Member = { worker, isReady: false, task: null, cause: undefined };
    this.#members.add(member);
    worker.on("message", (answer: Answer) => this.#receive(member, answer));
    worker.on("error", (error) => {
      member.cause ??= error;
    });
    worker.on("exit", (code) => {
      ForkingPickler.release(workerData.args);
      this.#replace(member, code);
    });
  }

  #receive(member: Member, answer: Answer): void {
    if ("failed" in answer) {
      member.cause = errorOf(answer.failed);
      void member.worker.terminate();
      return;
    }
    if ("ready" in answer) {
      member.isReady = true;
      this.#failures = 0;
      if (this.statistics().ready === this.num_workers) this.#settleReady();
    } else if (member.task) {
      const { task } = member;
      member.task = null;
      this.#counts.tasks++;
      task.forget();
      if ("error" in answer) task.reject(errorOf(answer.error));
      else ForkingPickler.loads_async(answer.result).then(task.resolve, task.reject);
    } else if ("result" in answer) {
      ForkingPickler.release(answer.result);
    }
    this.#assign();
    this.#endIfDone();
  }

  /** Fails the task of a thread that has ended, and starts another one: later and later, if they cannot load the model. */
  #replace(member: Member, code: number): void {
    this.#members.delete(member);
    const { task, cause } = member;
    if (task) {
      const why = cause instanceof Error ? `: ${cause.message}` : ` with exit code ${code}`;
      giveUp(task, new WorkerError(`the worker thread ended${why}`, { cause }));
    }
    if (!member.isReady && !this.#isClosed) this.#tellFailure(cause ?? new WorkerError(`exit code ${code}`));
    this.#endIfDone();
    if (this.#isOver) return;
    const delay = member.isReady ? 0 : Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY);
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#counts.restarts++;
      this.#start();
    }, delay);
    this.#restarts.add(timer);
  }

  /** Where no thread can load the model, the tasks that wait for one would wait for ever. */
  #tellFailure(error: unknown): void {
    this.#settleReady(error);
    if ([...this.#members].some(({ isReady }) => isReady)) return;
    for (const task of this.#tasks.splice(0))
      giveUp(task, new WorkerError("no worker can load its model", { cause: error }));
  }

  #assign(): void {
    for (const member of this.#members) {
      if (!member.isReady) continue;
      while (!member.task && this.#tasks.length > 0) this.#send(member, this.#tasks.shift() as Task);
      if (member.task) member.worker.ref();
      else member.worker.unref();
    }
  }

  #send(member: Member, task: Task): void {
    task.forget();
    try {
      member.worker.postMessage(task.message);
    } catch (error) {
      giveUp(task, error); // what cannot be cloned, such as a detached buffer
      return;
    }
    member.task = task;
    const expire = () => {
      member.cause = new TimeoutError(`no answer within ${this.#taskTimeout} ms`);
      void member.worker.terminate();
    };
    const timer = this.#taskTimeout === null ? undefined : setTimeout(expire, this.#taskTimeout);
    task.forget = () => clearTimeout(timer);
  }

  get #isOver(): boolean {
    return this.#isClosed && this.#tasks.length === 0 && [...this.#members].every(({ task }) => task === null);
  }

  #endIfDone(): void {
    if (!this.#isOver) return;
    for (const timer of this.#restarts) clearTimeout(timer);
    this.#restarts.clear();
    for (const { worker } of this.#members) void worker.terminate();
    if (this.#members.size === 0) this.#tellEnd();
  }
}

function giveUp(task: Task, error: unknown): void {
  ForkingPickler.release(task.message);
  task.forget();
  task.reject(error);
}

/** How a WorkerPool is made. */
interface WorkerPoolConstructor {
  new <Input, Output>(url: URL | string, keywords?: WorkerPoolKeywords): WorkerPoolClass<Input, Output>;
  readonly prototype: WorkerPoolClass<unknown, unknown>;
}

/** What a WorkerPool takes by keyword. */
export interface WorkerPoolKeywords {
  /** The name under which the module exports the function that loads the model. Default: "default" */
  name?: string;
  /** The arguments of that function, which cross as a message of ForkingPickler. Default: [] */
  args?: readonly unknown[];
  /** How many threads there are. Default: as many as the machine has processors */
  num_workers?: number;
  /** How many threads libtorch takes in each of them. Default: the processors divided by `num_workers` */
  num_threads?: number;
  /** Milliseconds after which a thread that computes is ended and replaced; null: never. Default: null */
  task_timeout?: number | null;
}

/**
 * Worker threads that each load a model and compute what they are given: one task at a time.
 *
 * The module at `url` exports, as `name`, a function (async ones too) that gets `args`, loads the model and returns the function (async
 * ones too) that computes: `new Batcher(pool.run, { concurrency: pool.num_workers })` sends it batches.
 *
 * A thread that throws outside of its task, exits, is terminated, or takes longer than `task_timeout`, fails its task with
 * WorkerError, and is replaced. Idle threads do not keep the process from ending.
 */
export const WorkerPool = keywordClass<WorkerPoolClass<unknown, unknown>>("WorkerPool")(WorkerPoolClass, [
  "url",
  "name",
  "args",
  "num_workers",
  "num_threads",
  "task_timeout",
]) as unknown as WorkerPoolConstructor;
export type WorkerPool<Input, Output> = WorkerPoolClass<Input, Output>;
