// tstorch/serve: what a service puts between its requests and its model.

export {
  Batcher,
  type BatcherKeywords,
  type BatchReport,
  type CallKeywords,
  type RunContext,
  type Runner,
} from "./batcher.js";
export { pack_batch, pad_batch, type Sequence, type Split, split_batch } from "./collate.js";
export { ClosedError, QueueFullError, TimeoutError, WorkerError } from "./errors.js";
export type { BatcherStatistics, Quantiles } from "./statistics.js";
export { WorkerPool, type WorkerPoolKeywords, type WorkerPoolStatistics } from "./worker_pool.js";
