// torch/utils/benchmark/utils/common.py

import { keywordClass, takeKeywords } from "../../../arguments/class.js";
import { def, generic } from "../../../arguments/function.js";
import { mode } from "../../../arguments/mode.js";
import { float32, float64 } from "../../../dtype.js";
import { AssertionError } from "../../../errors.js";
import type { Enter, Entered } from "../../../modes.js";
import { formatFixed } from "../../../python/format.js";
import { Printed } from "../../../python/printed.js";
import { tensor } from "../../../tensor_new.js";
import { get_num_threads, set_num_threads } from "../../../torch_functions/settings.js";

const _MAX_SIGNIFICANT_FIGURES = 4;
const _MIN_CONFIDENCE_INTERVAL = 25e-9; // 25 ns
const _IQR_WARN_THRESHOLD = 0.1;
const _IQR_GROSS_WARN_THRESHOLD = 0.25;

/** Python calculates these with tensors of float32, whose rounding shows in a table. */
const single = (value: number) => tensor(value, { dtype: float32 });

const indent = (text: string, prefix: string) => text.replace(/^(?=.*\S)/gm, prefix);

class Spec {
  constructor(
    readonly stmt: string,
    readonly setup: string,
    readonly global_setup = "",
    readonly label: string | null = null,
    readonly sub_label: string | null = null,
    readonly description: string | null = null,
    readonly env: string | null = null,
    readonly num_threads = 1,
  ) {
    Object.freeze(this);
  }

  /** The label, or else the statement. */
  get title(): string {
    const more = this.sub_label ? `: ${this.sub_label}` : "";
    if (this.label !== null) return this.label + more;
    if (!this.stmt.includes("\n")) return this.stmt + more;
    return `stmt:${this.sub_label ? ` (${this.sub_label})` : ""}\n${indent(this.stmt, "  ")}`;
  }

  setup_str(): string {
    if (this.setup === "pass" || !this.setup) return "";
    return this.setup.includes("\n") ? `setup:\n${indent(this.setup, "  ")}` : `setup: ${this.setup}`;
  }

  /** What the printed form of other objects says of the task. */
  summarize(): string {
    const sections = [this.title, this.description ?? "", this.setup_str()];
    return sections
      .filter((section) => section)
      .map((section) => (section.includes("\n") ? `${section}\n` : section))
      .join("\n");
  }
}

takeKeywords("TaskSpec", Spec.prototype, { setup_str: [], summarize: [] });

/** What a Timer measures, but for the variables. */
export const TaskSpec = keywordClass<Spec>("TaskSpec")(Spec, [
  "stmt",
  "setup",
  "global_setup",
  "label",
  "sub_label",
  "description",
  "env",
  "num_threads",
]);
export type TaskSpec = Spec;

interface Statistics {
  readonly sorted: readonly number[];
  readonly median: number;
  readonly mean: number;
  readonly p25: number;
  readonly p75: number;
  readonly warnings: readonly string[];
}

let objects = 0;

/** What stands in print for the place of an object in memory. */
function newPlace(): string {
  objects++;
  return `0x${(0x7f0000000000 + 16 * objects).toString(16)}`;
}

export class MeasurementClass extends Printed {
  readonly #place = newPlace();
  #statistics: Statistics | null = null;

  constructor(
    public number_per_run: number,
    public raw_times: number[],
    public task_spec: TaskSpec,
    public metadata: Record<string, unknown> | null = null,
  ) {
    super();
  }

  /** Adds up measurements of the same task, each with one run. */
  static merge(measurements: Iterable<MeasurementClass>): MeasurementClass[] {
    const groups = new Map<string, MeasurementClass[]>();
    for (const measurement of measurements) {
      const key = JSON.stringify(measurement.task_spec);
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      group.push(measurement);
    }
    return [...groups.values()].map(
      (group) =>
        new MeasurementClass(
          1,
          group.flatMap((measurement) => measurement.times),
          group[0].task_spec,
        ),
    );
  }

  get stmt(): string {
    return this.task_spec.stmt;
  }

  get setup(): string {
    return this.task_spec.setup;
  }

  get global_setup(): string {
    return this.task_spec.global_setup;
  }

  get label(): string | null {
    return this.task_spec.label;
  }

  get sub_label(): string | null {
    return this.task_spec.sub_label;
  }

  get description(): string | null {
    return this.task_spec.description;
  }

  get env(): string | null {
    return this.task_spec.env;
  }

  get num_threads(): number {
    return this.task_spec.num_threads;
  }

  /** The seconds of one run in each measurement. */
  get times(): number[] {
    return this.raw_times.map((time) => time / this.number_per_run);
  }

  get median(): number {
    return this.#stats.median;
  }

  get mean(): number {
    return this.#stats.mean;
  }

  /** From the first quartile to the third. */
  get iqr(): number {
    return this.#stats.p75 - this.#stats.p25;
  }

  /** About how many digits of the median are certain: 1 to 4. */
  get significant_figures(): number {
    const { sorted, median } = this.#stats;
    const upper = single((3 * sorted.length) / 4)
      .ceil()
      .item();
    const points = sorted.slice(Math.floor(sorted.length / 4), upper as number);
    const std = tensor(points, { dtype: float32 }).std({ unbiased: false }).item() as number;
    const sqrt_n = single(points.length).sqrt().item() as number;
    const interval = [(1.645 * std) / sqrt_n, _MIN_CONFIDENCE_INTERVAL].reduce((a, b) => (b > a ? b : a));
    const figures = single(median / interval)
      .log10()
      .floor()
      .item() as number;
    return Math.min(Math.max(figures, 1), _MAX_SIGNIFICANT_FIGURES);
  }

  get has_warnings(): boolean {
    return this.#stats.warnings.length > 0;
  }

  get #stats(): Statistics {
    if (this.#statistics) return this.#statistics;
    if (this.raw_times.length === 0) return { sorted: [], median: -1, mean: -1, p25: -1, p75: -1, warnings: [] };
    const sorted = this.times.sort((a, b) => a - b);
    const values = tensor(sorted, { dtype: float64 });
    const quantile = (q: number) => values.quantile(q).item() as number;
    const median = quantile(0.5);
    const [p25, p75] = [quantile(0.25), quantile(0.75)];
    const share = (p75 - p25) / median;
    const warning = (message: string) =>
      `  WARNING: Interquartile range is ${formatFixed(((p75 - p25) / median) * 100, 1)}% of the median measurement.\n           ${message}`;
    const warnings: string[] = [];
    if (!(share < _IQR_GROSS_WARN_THRESHOLD)) {
      warnings.push(warning("This suggests significant environmental influence."));
    } else if (!(share < _IQR_WARN_THRESHOLD)) {
      warnings.push(warning("This could indicate system fluctuation."));
    }
    this.#statistics = { sorted, median, mean: values.mean().item() as number, p25, p75, warnings };
    return this.#statistics;
  }

  /** Whether the times lie together closely: the quartiles, as a share of the median. */
  meets_confidence(threshold = _IQR_WARN_THRESHOLD): boolean {
    return this.iqr / this.median < threshold;
  }

  get title(): string {
    return this.task_spec.title;
  }

  get as_row_name(): string {
    return this.sub_label || this.stmt || "[Unknown]";
  }

  override __repr__(): string {
    const { sorted, median, p25, p75, warnings } = this.#stats;
    const n = sorted.length;
    const [unit, scale] = select_unit(median);
    const time = (value: number) => formatFixed(value / scale, 2);
    const lines = [
      `<torch.utils.benchmark.utils.common.Measurement object at ${this.#place}>`,
      this.task_spec.summarize(),
      `  ${n > 1 ? "Median: " : ""}${time(median)} ${unit}`,
      ...(n >= 4 ? [`  IQR:    ${time(this.iqr)} ${unit} (${time(p25)} to ${time(p75)})`] : []),
      `  ${n} measurement${n > 1 ? "s" : ""}, ${this.number_per_run} runs ${n > 1 ? "per measurement," : ","} ${this.num_threads} thread${this.num_threads > 1 ? "s" : ""}`,
      ...warnings,
    ];
    return lines.join("\n").trim();
  }
}

takeKeywords("Measurement", MeasurementClass, { merge: ["measurements"] }, { self: 0 });

takeKeywords("Measurement", MeasurementClass.prototype, { meets_confidence: ["threshold"] });

/**
 * Times that a Timer measured, in seconds, with their statistics.
 *
 * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html#torch.utils.benchmark.Measurement}
 */
export const Measurement = keywordClass<MeasurementClass>("Measurement")(MeasurementClass, [
  "number_per_run",
  "raw_times",
  "task_spec",
  "metadata",
]);
export type Measurement = MeasurementClass;

/**
 * The unit that suits a time in seconds, and its length.
 *
 * `select_unit(t) -> tuple[str, float]`
 */
export const select_unit = def(
  "select_unit",
  ["t"],
  (t: number): [time_unit: "ns" | "us" | "ms" | "s", time_scale: number] => {
    const power = Math.floor((single(t).log10().item() as number) / 3);
    if (power === -3) return ["ns", 1e-9];
    if (power === -2) return ["us", 1e-6];
    if (power === -1) return ["ms", 1e-3];
    return ["s", 1];
  },
);

/**
 * A unit's English word.
 *
 * `unit_to_english(u) -> str`
 */
export const unit_to_english = def("unit_to_english", ["u"], (u: "ns" | "us" | "ms" | "s"): string => {
  return { ns: "nanosecond", us: "microsecond", ms: "millisecond", s: "second" }[u];
});

/**
 * A number with so many significant figures: 3.14159 with 2 is 3.1.
 *
 * `trim_sigfig(x, n) -> float`
 */
export const trim_sigfig = def("trim_sigfig", ["x", "n"], (x: number, n: number): number => {
  if (n !== Math.trunc(n)) throw new AssertionError("Number of significant figures must be an integer");
  const magnitude = single(x).abs().log10().ceil().item() as number;
  const scale = 10 ** (magnitude - n);
  return single(x / scale)
    .round()
    .mul(scale)
    .item() as number;
});

/**
 * The elements, each once, in the order in which they come first.
 *
 * `ordered_unique(elements) -> list[Any]`
 */
export const ordered_unique = generic("ordered_unique", ["elements"], <T>(elements: Iterable<T>): T[] => {
  return [...new Set(elements)];
});

interface SetTorchThreads {
  <T>(n: number, body: () => T): T;
  (n: number): Entered;
}

/**
 * Sets how many threads an operator uses: for a function, or until the end of a `using` block.
 *
 * `set_torch_threads(n) -> Iterator[None]`
 */
export const set_torch_threads: SetTorchThreads = mode(
  "utils.benchmark.set_torch_threads",
  ["n"],
  (n: number): Enter =>
    () => {
      const prior_num_threads = get_num_threads();
      set_num_threads(n);
      return () => set_num_threads(prior_num_threads);
    },
);
