// Python's tqdm: a progress bar on the terminal, and nothing anywhere else

import { keywordClass } from "./arguments/class.js";
import { isPlainObject } from "./arguments/function.js";
import { isInt } from "./python/float.js";
import { round } from "./python/numbers.js";
import { str } from "./python/repr.js";
import { iter, lengthOf, type PythonIterable } from "./python/sequences.js";
import type { Keywords } from "./types.js";

/** What a bar writes to: a terminal if `isTTY`. */
export interface BarStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The open bars; those of one stream are drawn on a line each. */
const open: Tqdm<unknown>[] = [];

const eighths = " ▏▎▍▌▋▊▉█";

/** Seconds as [hours:]minutes:seconds. */
export function format_interval(t: number): string {
  const seconds = Math.trunc(t);
  const two = (n: number) => `${n}`.padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** A number with a metric prefix and about three digits. */
export function format_sizeof(num: number, suffix = "", divisor = 1000): string {
  let n = num;
  for (const unit of ["", "k", "M", "G", "T", "P", "E", "Z"]) {
    if (Math.abs(n) < 999.5) {
      const digits = Math.abs(n) < 9.995 ? 2 : Math.abs(n) < 99.95 ? 1 : 0;
      return `${n.toFixed(digits)}${unit}${suffix}`;
    }
    n /= divisor;
  }
  return `${n.toFixed(1)}Y${suffix}`;
}

/** A number in three significant digits at most. */
export function format_num(n: number): string {
  const short = Number(n.toPrecision(3));
  const text = (
    Math.abs(short) >= 1e3 || (short !== 0 && Math.abs(short) < 1e-4) ? short.toExponential() : `${short}`
  ).replace(/\.?0+(?=e)/, "");
  return text.length < `${n}`.length ? text : `${n}`;
}

function bar(fraction: number, width: number, ascii: boolean): string {
  const symbols = ascii ? " 123456789#" : eighths;
  const steps = symbols.length - 1;
  const filled = Math.floor(Math.min(fraction, 1) * width * steps);
  const full = symbols[steps].repeat(Math.floor(filled / steps));
  return (full.length < width ? full + symbols[filled % steps] : full).padEnd(width);
}

/** What a bar shows. */
export interface Meter {
  n: number;
  total: number | null;
  elapsed: number;
  ncols: number | null;
  prefix: string;
  ascii: boolean;
  unit: string;
  unit_scale: boolean;
  rate: number | null;
  postfix: string;
  initial: number;
}

/** The text of a bar: `desc:  50%|█████     | 5/10 [00:01<00:01,  5.00it/s, postfix]`. */
export function format_meter(meter: Meter): string {
  const { n, total, elapsed, ncols, ascii, unit, unit_scale, initial } = meter;
  const rate = meter.rate ?? (elapsed > 0 ? (n - initial) / elapsed : null);
  const number = (x: number) => (unit_scale ? format_sizeof(x) : `${x}`);
  const five = (x: number) => x.toFixed(2).padStart(5);
  const scaled = (x: number) => (unit_scale ? format_sizeof(x) : five(x));
  const speed = !rate ? `?${unit}/s` : rate < 1 ? `${scaled(1 / rate)}s/${unit}` : `${scaled(rate)}${unit}/s`;
  const postfix = meter.postfix ? `, ${meter.postfix}` : "";
  const prefix = meter.prefix ? (meter.prefix.endsWith(": ") ? meter.prefix : `${meter.prefix}: `) : "";
  const time = format_interval(elapsed);
  if (!total || n > total + 0.5) return `${prefix}${number(n)}${unit} [${time}, ${speed}${postfix}]`;
  const remaining = rate ? format_interval((total - n) / rate) : "?";
  const left = `${prefix}${`${round((n / total) * 100)}`.padStart(3)}%|`;
  const right = `| ${number(n)}/${number(total)} [${time}<${remaining}, ${speed}${postfix}]`;
  const width = ncols === null ? 10 : Math.max(ncols - left.length - right.length, 1);
  return `${left}${bar(n / total, width, ascii)}${right}`;
}

class Tqdm<T> {
  readonly iterable: PythonIterable<T> | AsyncIterable<T> | null;
  desc: string;
  total: number | null;
  readonly leave: boolean;
  readonly disable: boolean;
  n: number;
  postfix = "";
  readonly #file: BarStream;
  readonly #meter: Pick<Meter, "ascii" | "unit" | "unit_scale" | "initial"> & { ncols: number | null };
  readonly #mininterval: number;
  readonly #smoothing: number;
  readonly #start = performance.now();
  #printed: { time: number; n: number };
  #averages = { items: 0, time: 0 };
  #width = 0;
  #isOpen = true;

  constructor(
    iterable: PythonIterable<T> | AsyncIterable<T> | null = null,
    desc: string | null = null,
    total: number | null = null,
    leave: boolean | null = true,
    file: BarStream | null = null,
    ncols: number | null = null,
    mininterval = 0.1,
    ascii = false,
    disable: boolean | null = false,
    unit = "it",
    unit_scale = false,
    smoothing = 0.3,
    initial = 0,
    postfix: object | string | null = null,
  ) {
    this.iterable = iterable;
    this.desc = desc ?? "";
    this.total = total ?? (iterable === null ? null : (lengthOf(iterable) ?? null));
    this.leave = leave ?? open.length === 0;
    this.#file = file ?? process.stderr;
    this.disable = disable === true || !this.#file.isTTY;
    this.#meter = { ncols, ascii, unit, unit_scale, initial };
    this.#mininterval = mininterval * 1000;
    this.#smoothing = smoothing;
    this.n = initial;
    this.#printed = { time: this.#start, n: initial };
    if (postfix !== null) this.#setPostfix(postfix);
    if (this.disable) return;
    open.push(this as Tqdm<unknown>);
    this.refresh();
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    try {
      for (const element of iter(this.iterable as PythonIterable<T>)) {
        yield element;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const { iterable } = this;
    const isAsync = iterable !== null && Symbol.asyncIterator in Object(iterable);
    try {
      for await (const element of isAsync ? (iterable as AsyncIterable<T>) : iter(iterable as PythonIterable<T>)) {
        yield element as T;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  __len__(): number {
    return this.total ?? 0;
  }

  /** Counts n more; draws the bar unless it was drawn a moment ago. Returns whether it did. */
  update(n = 1): boolean {
    this.n += n;
    const now = performance.now();
    if (this.disable || !this.#isOpen || now - this.#printed.time < this.#mininterval) return false;
    const averages = this.#averages;
    averages.items = this.#smoothing * (this.n - this.#printed.n) + (1 - this.#smoothing) * averages.items;
    averages.time = (this.#smoothing * (now - this.#printed.time)) / 1000 + (1 - this.#smoothing) * averages.time;
    this.#printed = { time: now, n: this.n };
    return this.refresh();
  }

  /** Draws the bar now. */
  refresh(): boolean {
    if (this.disable || !this.#isOpen) return false;
    this.#draw(`${this}`);
    return true;
  }

  /** The line of the bar below the first one of its stream. */
  get #line(): number {
    return open.filter((each) => each.#file === this.#file).indexOf(this as Tqdm<unknown>);
  }

  #draw(text: string, line = this.#line): void {
    const down = line > 0 ? "\n".repeat(line) : "";
    const up = line > 0 ? "\x1b[A".repeat(line) : "";
    this.#file.write(`${down}\r${text.padEnd(this.#width)}${up}`);
    this.#width = text.length;
  }

  toString(): string {
    const { items, time } = this.#averages;
    const rate = time > 0 ? items / time : null;
    const columns = this.#file.columns;
    return format_meter({
      ...this.#meter,
      ncols: this.#meter.ncols ?? (columns ? columns : null),
      n: this.n,
      total: this.total,
      elapsed: (performance.now() - this.#start) / 1000,
      prefix: this.desc,
      postfix: this.postfix,
      rate,
    });
  }

  /** Sets the text in front of the bar. */
  set_description(desc: string | null = null, refresh = true): void {
    this.desc = desc ? `${desc}: ` : "";
    if (refresh) this.refresh();
  }

  /** The same without a colon. */
  set_description_str(desc: string | null = null, refresh = true): void {
    this.desc = desc ?? "";
    if (refresh) this.refresh();
  }

  #setPostfix(values: object | string): void {
    if (typeof values === "string") {
      this.postfix = values;
      return;
    }
    const show = (x: unknown) => (typeof x !== "number" ? str(x).trim() : isInt(x) ? `${x}` : format_num(x));
    const entries = Object.entries(values);
    this.postfix = entries.map(([key, value]) => `${key}=${show(value)}`).join(", ");
  }

  /** Sets what stands after the rate: `set_postfix({ loss: 0.5 })`. */
  set_postfix(values: Keywords<Record<string, unknown>>): void {
    if (!isPlainObject(values)) throw new TypeError("set_postfix() takes names and values");
    this.#setPostfix(values);
    this.refresh();
  }

  set_postfix_str(s = "", refresh = true): void {
    this.postfix = s;
    if (refresh) this.refresh();
  }

  /** Starts over, with another total if one is given. */
  reset(total: number | null = null): void {
    this.n = 0;
    if (total !== null) this.total = total;
    this.refresh();
  }

  /** Takes the bar away. */
  clear(): void {
    if (!this.disable) this.#draw("");
  }

  /** Ends the bar: it stays on the terminal if `leave`. */
  close(): void {
    if (!this.#isOpen || this.disable) return;
    if (this.leave) {
      this.#averages.time = 0; // The last rate is that of the whole.
      this.#draw(`${this}`, 0);
      this.#file.write("\n");
    } else {
      this.#draw("");
      this.#file.write("\r");
    }
    this.#isOpen = false;
    open.splice(open.indexOf(this as Tqdm<unknown>), 1);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Prints a line above the bars. */
  static write(s: string, file: BarStream = process.stdout, end = "\n"): void {
    for (const each of open) each.clear();
    file.write(`${s}${end}`);
    for (const each of open) each.refresh();
  }
}

const parameters = [
  "iterable",
  "desc",
  "total",
  "leave",
  "file",
  "ncols",
  "mininterval",
  "ascii",
  "disable",
  "unit",
  "unit_scale",
  "smoothing",
  "initial",
  "postfix",
] as const;

/** The keyword arguments of tqdm. */
export interface TqdmOptions {
  /** The text in front of the bar. */
  desc?: string | null;
  /** How many elements come; by default what `len()` says. */
  total?: number | null;
  /** Whether the bar stays when it ends; null: if it is the first. @default true */
  leave?: boolean | null;
  /** @default process.stderr */
  file?: BarStream | null;
  /** The width; by default that of the terminal. */
  ncols?: number | null;
  /** The least number of seconds between two drawings. @default 0.1 */
  mininterval?: number;
  ascii?: boolean;
  disable?: boolean | null;
  unit?: string;
  /** Whether numbers have prefixes such as k and M. */
  unit_scale?: boolean;
  smoothing?: number;
  initial?: number;
  postfix?: object | string | null;
}

/** The class of bars, generic in the elements. */
interface TqdmConstructor {
  new <T>(iterable: PythonIterable<T> | AsyncIterable<T>, keywords?: TqdmOptions): Tqdm<T>;
  new (keywords?: TqdmOptions): Tqdm<never>;
  <T>(iterable: PythonIterable<T> | AsyncIterable<T>, keywords?: TqdmOptions): Tqdm<T>;
  (keywords?: TqdmOptions): Tqdm<never>;
  readonly prototype: Tqdm<unknown>;
  write(s: string, file?: BarStream, end?: string): void;
}

/**
 * A progress bar around what is iterated over, or one that `update()` moves.
 *
 * `for (const batch of tqdm(loader, { desc: "epoch 1" }))`. Where the stream is no terminal, nothing is written.
 *
 * {@link https://tqdm.github.io/docs/tqdm/}
 */
const tqdm = keywordClass<Tqdm<unknown>>("tqdm")(Tqdm, parameters, { dict: 0 }) as unknown as TqdmConstructor;
type tqdm<T = unknown> = Tqdm<T>;

export { tqdm };
export default tqdm;

/** `tqdm(range(n))`. */
export function trange(n: number, keywords: TqdmOptions = {}): Tqdm<number> {
  return tqdm(
    Array.from({ length: n }, (_, i) => i),
    keywords,
  );
}
