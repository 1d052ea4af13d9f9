// The service's figures in the form that Prometheus reads.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Batcher, BatchReport, WorkerPool } from "tstorch/serve";

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: "serve_request_duration_seconds",
    help: "From a request to its answer",
    labelNames: ["route", "status"],
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #batches = new Histogram({
    name: "serve_batch_duration_seconds",
    help: "How long batches were computed",
    labelNames: ["outcome"],
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #sizes = new Histogram({
    name: "serve_batch_size",
    help: "How many requests were computed together",
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  readonly observeBatch = ({ size, duration, error }: BatchReport): void => {
    this.#sizes.observe(size);
    this.#batches.observe({ outcome: error === undefined ? "completed" : "failed" }, duration / 1000);
  };

  observeRequest(route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ route, status }, milliseconds / 1000);
  }

  /** Figures that are read when Prometheus asks. */
  watch(batcher: Batcher<never, unknown>, pool?: WorkerPool<never, unknown>): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value());
        },
      });
    gauge("serve_queue_length", "How many requests wait", () => batcher.statistics().queue_length);
    gauge("serve_rejected_total", "Requests refused because the queue was full", () => batcher.statistics().rejected);
    if (!pool) return;
    gauge("serve_workers_ready", "Worker threads that have the model", () => pool.statistics().ready);
    gauge(
      "serve_worker_restarts_total",
      "Worker threads that ended and were replaced",
      () => pool.statistics().restarts,
    );
  }
}
