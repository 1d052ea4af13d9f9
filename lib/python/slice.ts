import { ValueError } from "../errors.js";
import { Printed } from "./printed.js";

/** One end of a slice, or its step: an integer, a tensor that holds one, or None. */
export type SliceBound = number | bigint | { item(): number } | null;

/** A part of an index, as Python's `slice` objects are, made by `slice(1, 3)`. */
export class Slice extends Printed {
  readonly start: SliceBound;
  readonly stop: SliceBound;
  readonly step: SliceBound;

  constructor(start: SliceBound, stop: SliceBound, step: SliceBound) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /** The start, stop and step with which to walk a sequence of this length. Throws ValueError for a step of zero. */
  indices(length: number): [start: number, stop: number, step: number] {
    const step = integer(this.step) ?? 1;
    if (step === 0) throw new ValueError("slice step cannot be zero");
    const [first, last] = step > 0 ? [0, length] : [length - 1, -1];
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const clip = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, low), high);
    const start = integer(this.start);
    const stop = integer(this.stop);
    return [start === null ? first : clip(start), stop === null ? last : clip(stop), step];
  }

  __repr__(): string {
    return `slice(${this.start ?? "None"}, ${this.stop ?? "None"}, ${this.step ?? "None"})`;
  }
}

function integer(bound: SliceBound): number | null {
  return bound === null ? null : Number(typeof bound === "object" ? bound.item() : bound);
}

/** A part of an index: `slice(n)` is `:n`, `slice(a, b, c)` is `a:b:c`; null stands for what is not written. */
export function slice(stop: SliceBound): Slice;
export function slice(start: SliceBound, stop: SliceBound, step?: SliceBound): Slice;
export function slice(...args: (SliceBound | undefined)[]): Slice {
  const bounds = args.filter((bound) => bound !== undefined);
  if (bounds.length === 0) throw new TypeError("slice expected at least 1 argument, got 0");
  if (bounds.length > 3) throw new TypeError(`slice expected at most 3 arguments, got ${bounds.length}`);
  const [start, stop, step] = bounds.length === 1 ? [null, bounds[0]] : bounds;
  return new Slice(start ?? null, stop ?? null, step ?? null);
}
