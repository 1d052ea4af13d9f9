// What a Batcher counts and measures.

/** How durations were distributed, in milliseconds. */
export interface Quantiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** How requests ended: answered, failed by an error, given up after their timeout or by their signal. */
export type Outcome = "completed" | "failed" | "timed_out" | "aborted";

/** The statistics of a Batcher since it was made; durations are those of the latest 2048 requests or batches. */
export interface BatcherStatistics extends Readonly<Record<Outcome, number>> {
  /** How many requests wait now. */
  readonly queue_length: number;
  /** How many batches are computed now. */
  readonly running: number;
  readonly accepted: number;
  /** How many requests were refused because the queue was full. */
  readonly rejected: number;
  readonly batches: number;
  /** How many batches there were of each size. */
  readonly batch_sizes: ReadonlyMap<number, number>;
  /** From the call to its answer. */
  readonly latency: Quantiles;
  /** From the call to the beginning of its batch. */
  readonly waiting: Quantiles;
  /** The time that a batch took. */
  readonly computing: Quantiles;
}

const WINDOW = 2048;

/** The latest durations. */
export class Durations {
  readonly #values = new Float64Array(WINDOW);
  #count = 0;

  add(milliseconds: number): void {
    this.#values[this.#count++ % WINDOW] = milliseconds;
  }

  /** NaN where there are no durations yet. */
  quantiles(): Quantiles {
    const sorted = this.#values.slice(0, Math.min(this.#count, WINDOW)).sort();
    const at = (share: number) => sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN;
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    return { mean, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  }
}
