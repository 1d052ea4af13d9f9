// torch/utils/data/_utils/worker.py

import { type MessagePort, threadId } from "node:worker_threads";
import { type ErrorParts, errorParts } from "../../../_utils.js";
import { def } from "../../../arguments/function.js";
import { native } from "../../../binding.js";
import { ForkingPickler, type Message } from "../../../multiprocessing/reductions.js";
import { StopIteration } from "../../../python/sequences.js";
import { manual_seed, Generator as TorchGenerator } from "../../../random.js";
import { set_num_threads } from "../../../torch_functions/settings.js";
import { isDataPipe } from "../graph.js";
import { apply_random_seed, apply_sharding } from "../graph_settings.js";
import "./reductions.js";
import { type _BaseDatasetFetcher, _DatasetKind, type CollateFn } from "./fetch.js";

/** What a worker of a DataLoader knows of itself. */
export interface WorkerInfo {
  readonly id: number;
  readonly num_workers: number;
  readonly seed: number | bigint;
  readonly dataset: unknown;
}

let _worker_info: WorkerInfo | null = null;

/**
 * What is known of the worker that runs, or null outside of workers.
 *
 * `get_worker_info() -> WorkerInfo | None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.get_worker_info}
 */
export const get_worker_info = def("get_worker_info", [], (): WorkerInfo | null => {
  return _worker_info;
});

/** @internal What a worker is given when it starts. */
export interface WorkerData {
  readonly port: MessagePort;
  /** The count of messages that workers have sent, and whether the loader is done. */
  readonly signal: Int32Array;
  readonly worker_id: number;
  readonly num_workers: number;
  readonly dataset_kind: number;
  readonly auto_collation: boolean;
  readonly drop_last: boolean;
  readonly base_seed: number | bigint;
  /** The seed of a datapipe's shuffling, the same in all workers. */
  readonly shared_seed: number | bigint | null;
  /** The dataset, collate_fn and worker_init_fn. */
  readonly objects: Message;
}

/** @internal What the loader sends: the next indices, another pass with its seed, or the end. */
export type Request = { idx: number; index: Message } | { resume: number | bigint | null } | null;

/** @internal What a worker answers. */
export type Answer =
  | { idx: number; data: Message }
  | { idx: number; error: ErrorParts; worker_id: number }
  | { idx: number; ended: number }
  | { started: number; thread: number }
  | { resumed: number }
  | { died: number; reason: string };

type Objects = [dataset: unknown, collate_fn: CollateFn, worker_init_fn: ((worker_id: number) => unknown) | null];

/** Gives a datapipe the seeds of a pass, if there are any. */
function seedDatapipe(dataset: unknown, shared_seed: number | bigint | null): void {
  if (shared_seed === null || !isDataPipe(dataset)) return;
  apply_random_seed(dataset, new TorchGenerator().manual_seed(shared_seed));
}

/** @internal Makes batches of the indices that the loader sends. */
export async function _worker_loop(given: WorkerData): Promise<void> {
  const { port, signal, worker_id, num_workers, dataset_kind } = given;
  const send = (answer: Answer) => {
    port.postMessage(answer);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  native.announceThread(threadId);
  send({ started: worker_id, thread: threadId });
  set_num_threads(1);
  const seed = BigInt(given.base_seed) + BigInt(worker_id);
  manual_seed(seed);

  let init_exception: ErrorParts | null = null;
  let make_fetcher: ((shared_seed: number | bigint | null) => _BaseDatasetFetcher) | null = null;
  let fetcher: _BaseDatasetFetcher | null = null;
  let iteration_end = false;

  async function initialise(): Promise<void> {
    const [dataset, collate_fn, init_fn] = (await ForkingPickler.loads_async(given.objects)) as Objects;
    const small = seed <= BigInt(Number.MAX_SAFE_INTEGER);
    _worker_info = Object.freeze({ id: worker_id, num_workers, seed: small ? Number(seed) : seed, dataset });
    seedDatapipe(dataset, given.shared_seed);
    if (isDataPipe(dataset)) apply_sharding(dataset, num_workers, worker_id);
    await init_fn?.(worker_id);
    make_fetcher = (shared_seed) => {
      seedDatapipe(dataset, shared_seed);
      return _DatasetKind.create_fetcher(dataset_kind, dataset, given.auto_collation, collate_fn, given.drop_last);
    };
    fetcher = make_fetcher(null);
  }

  async function answer(idx: number, index: Message): Promise<Answer> {
    try {
      if (init_exception) {
        const error = init_exception;
        init_exception = null;
        return { idx, error, worker_id };
      }
      const data = await (fetcher as _BaseDatasetFetcher).fetch(await ForkingPickler.loads_async(index));
      return { idx, data: ForkingPickler.dumps(data) };
    } catch (error) {
      if (error instanceof StopIteration && dataset_kind === _DatasetKind.Iterable) {
        iteration_end = true;
        return { idx, ended: worker_id };
      }
      return { idx, error: errorParts(error), worker_id };
    }
  }

  async function serve(request: Request): Promise<void> {
    if (request === null) {
      process.exit();
    } else if ("resume" in request) {
      iteration_end = false;
      try {
        if (make_fetcher) fetcher = make_fetcher(request.resume);
      } catch (error) {
        init_exception = errorParts(error);
      }
      send({ resumed: worker_id });
    } else if (Atomics.load(signal, 1) === 0 && !iteration_end) {
      const made = await answer(request.idx, request.index);
      if (Atomics.load(signal, 1) === 0) send(made);
      else if ("data" in made) ForkingPickler.release(made.data);
    }
  }

  let last = initialise().catch((error) => {
    init_exception = errorParts(error);
  });
  port.on("message", (request: Request) => {
    last = last.then(() => serve(request));
  });
}
