// torch/utils/data/_utils/worker.py

/** What a worker of a DataLoader knows of itself. */
export interface WorkerInfo {
  readonly id: number;
  readonly num_workers: number;
  readonly seed: number | bigint;
  readonly dataset: unknown;
}

/**
 * What is known of the worker that runs, or null outside of workers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.get_worker_info}
 */
export function get_worker_info(): WorkerInfo | null {
  return null;
}
