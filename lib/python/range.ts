import { IndexError, ValueError } from "../errors.js";
import { isInt } from "./float.js";
import { has, typeName } from "./objects.js";
import { Printed } from "./printed.js";

/** A whole number, or a tensor that holds one. */
type Index = number | bigint | boolean | { item(): number };

/** Python's range object: the numbers are made as they are asked for. */
export class Range extends Printed {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly length: number;

  constructor(start: number, stop: number, step: number) {
    super();
    if (step === 0) throw new ValueError("range() arg 3 must not be zero");
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.start + i * this.step;
  }

  /** The number at a place, counted from the end if negative. Throws IndexError. */
  __getitem__(index: number): number {
    const place = index < 0 ? index + this.length : index;
    if (place < 0 || place >= this.length) throw new IndexError("range object index out of range");
    return this.start + place * this.step;
  }

  __reversed__(): Range {
    return new Range(this.start + (this.length - 1) * this.step, this.start - this.step, -this.step);
  }

  __repr__(): string {
    return `range(${this.start}, ${this.stop}${this.step === 1 ? "" : `, ${this.step}`})`;
  }
}

/** Python's `range()`: `range(stop)`, `range(start, stop, step)`. Throws TypeError or, for step 0, ValueError. */
export function range(stop: Index): Range;
export function range(start: Index, stop: Index, step?: Index): Range;
export function range(...args: (Index | undefined)[]): Range {
  const bounds = args.filter((bound) => bound !== undefined);
  if (bounds.length === 0) throw new TypeError("range expected at least 1 argument, got 0");
  if (bounds.length > 3) throw new TypeError(`range expected at most 3 arguments, got ${bounds.length}`);
  const [start, stop, step = 1] = bounds.map(integer);
  return stop === undefined ? new Range(0, start as number, 1) : new Range(start as number, stop, step);
}

function integer(x: Index): number {
  const value = has(x, "item") ? x.item() : x;
  if (isInt(value) || typeof value === "boolean") return Number(value);
  throw new TypeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
}
