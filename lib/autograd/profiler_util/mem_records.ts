// torch/autograd/profiler_util.py: MemRecordsAcc

import { keywordClass, takeKeywords } from "../../arguments/class.js";

/** Something that happened at a time, and whether it was counted. */
export type MemRecord<E extends { start_ns(): number } = { start_ns(): number }> = [event: E, counted: boolean];

class MemRecordsAccClass {
  readonly #records: readonly MemRecord[];
  readonly #starts: number[];

  constructor(mem_records: readonly MemRecord[]) {
    this.#records = mem_records
      .map((record, i) => ({ record, i, start: record[0].start_ns() }))
      .sort((a, b) => a.start - b.start || a.i - b.i)
      .map(({ record }) => record);
    this.#starts = this.#records.map(([event]) => event.start_ns());
  }

  /** The records from a time on to another one, both included. */
  *in_interval(start_ns: number, end_ns: number): Generator<MemRecord> {
    const end = this.#bisect((start) => start <= end_ns);
    for (let i = this.#bisect((start) => start < start_ns); i < end; i++) yield this.#records[i];
  }

  /** How many of the starts come before a place, which a test tells. */
  #bisect(isBefore: (start: number) => boolean): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#starts[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

takeKeywords("MemRecordsAcc", MemRecordsAccClass.prototype, { in_interval: ["start_ns", "end_ns"] });

/** Records of memory, to be found by their time. */
export const MemRecordsAcc = keywordClass<MemRecordsAccClass>("MemRecordsAcc")(MemRecordsAccClass, ["mem_records"]);
export type MemRecordsAcc = MemRecordsAccClass;
