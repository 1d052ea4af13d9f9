// torch/utils/benchmark/utils/compare.py

import { keywordClass, takeKeywords } from "../../../arguments/class.js";
import { float32 } from "../../../dtype.js";
import { AssertionError, TypeError, ValueError } from "../../../errors.js";
import { enumeration, type Member } from "../../../python/enum.js";
import { formatFixed } from "../../../python/format.js";
import { typeName } from "../../../python/objects.js";
import { print } from "../../../python/repr.js";
import { tensor } from "../../../tensor_new.js";
import { Measurement, ordered_unique, select_unit, trim_sigfig, unit_to_english } from "./common.js";

const BEST = "\x1b[92m";
const GOOD = "\x1b[34m";
const BAD = "\x1b[2m\x1b[91m";
const VERY_BAD = "\x1b[31m";
const BOLD = "\x1b[1m";
const TERMINATE = "\x1b[0m";

/** Whether the best times of a table are coloured, in each column or in each row. */
export const Colorize = enumeration("Colorize", { NONE: "none", COLUMNWISE: "columnwise", ROWWISE: "rowwise" });
export type Colorize = Member<string>;

type Results = readonly (Measurement | null)[];

const length = (text: string) => [...text].length;
const ljust = (text: string, width: number, fill = " ") => text + fill.repeat(Math.max(0, width - length(text)));

/** Text in the middle of a column, as Python's str.center(). */
function center(text: string, width: number, fill = " "): string {
  const margin = Math.max(0, width - length(text));
  const left = (margin >> 1) + (margin & width & 1);
  return fill.repeat(left) + text + fill.repeat(margin - left);
}

const measured = (results: Results) => results.filter((result) => result !== null);

class Column {
  readonly #length: number;
  readonly #decimals: number;
  readonly #highlight_warnings: boolean;

  constructor(
    readonly grouped_results: readonly Results[],
    readonly time_scale: number,
    readonly trim_significant_figures: boolean,
    highlight_warnings: boolean,
  ) {
    const results = measured(grouped_results.flat());
    this.#highlight_warnings = highlight_warnings && results.some((result) => result.has_warnings);
    const digits = results.map((result) =>
      tensor(result.median / time_scale, { dtype: float32 })
        .log10()
        .ceil()
        .item(),
    ) as number[];
    const decimals = results.map((result, i) => Math.max(result.significant_figures - digits[i], 0));
    this.#decimals = trim_significant_figures ? Math.min(...decimals) : 1;
    this.#length = Math.max(...digits) + this.#decimals + (this.#decimals ? 1 : 0);
  }

  num_to_str(value: number | null, estimated_sigfigs: number, spread: number | null): string {
    if (value === null) return " ".repeat(this.num_to_str(1, estimated_sigfigs, null).length);
    const shown = this.trim_significant_figures ? trim_sigfig(value, estimated_sigfigs) : value;
    const number = formatFixed(shown, this.#decimals).padStart(this.#length);
    if (!this.#highlight_warnings) return number;
    return number + (spread === null ? "" : ` (! ${formatFixed(spread * 100, 0)}%)`).padStart(7);
  }
}

function color_segment(segment: string, value: number, best_value: number): string {
  const end = TERMINATE + TERMINATE;
  if (value <= best_value * 1.01 || value <= best_value + 100e-9) return BEST + BOLD + segment + end;
  if (value <= best_value * 1.1) return GOOD + BOLD + segment + end;
  if (value >= best_value * 5) return VERY_BAD + BOLD + segment + end;
  if (value >= best_value * 2) return BAD + segment + end;
  return segment;
}

interface Row {
  readonly results: Results;
  readonly group: number;
  readonly env: string;
  /** The number of threads, where the row is the first one with it. */
  readonly num_threads: number | null;
}

const order = (a: string | number | null, b: string | number | null): number => {
  if (a === b) return 0;
  if (a === null || b === null) {
    throw new TypeError("'<' not supported between instances of 'NoneType' and 'str'");
  }
  return a < b ? -1 : 1;
};

class Table {
  readonly #columns: readonly Column[];
  readonly #rows: readonly Row[];
  readonly #column_keys: readonly (string | null)[];
  readonly #time_unit: "ns" | "us" | "ms" | "s";
  readonly #time_scale: number;

  constructor(
    readonly results: readonly Measurement[],
    readonly colorize: Colorize,
    trim_significant_figures: boolean,
    readonly highlight_warnings: boolean,
  ) {
    if (new Set(results.map((result) => result.label)).size !== 1) {
      throw new AssertionError("All results must share the same label");
    }
    [this.#time_unit, this.#time_scale] = select_unit(Math.min(...results.map((result) => result.median)));
    this.#column_keys = ordered_unique(results.map((result) => result.description));
    this.#rows = this.#makeRows();
    const groups = [...new Set(this.#rows.map((row) => row.group))];
    this.#columns = this.#column_keys.map((_, i) => {
      const grouped = groups.map((group) =>
        this.#rows.filter((row) => row.group === group).map((row) => row.results[i]),
      );
      return new Column(grouped, this.#time_scale, trim_significant_figures, highlight_warnings);
    });
  }

  #makeRows(): Row[] {
    const found = new Map<string, { first: Measurement; results: (Measurement | null)[] }>();
    for (const result of this.results) {
      const key = JSON.stringify([result.num_threads, result.env, result.as_row_name]);
      const row = found.get(key) ?? { first: result, results: this.#column_keys.map(() => null) };
      found.set(key, row);
      row.results[this.#column_keys.indexOf(result.description)] = result;
    }
    const rows = [...found.values()].sort(
      ({ first: a }, { first: b }) => order(a.num_threads, b.num_threads) || order(a.env, b.env),
    );
    const envs = new Set(this.results.map((result) => result.env));
    const env_length = envs.size > 1 ? Math.max(...[...envs].map((env) => length(env ?? ""))) : 0;
    let prior_num_threads = -1;
    let prior_env: string | null = "";
    let group = -1;
    return rows.map(({ first, results }) => {
      const { num_threads, env } = first;
      const isNew = num_threads !== prior_num_threads;
      if (isNew) {
        prior_num_threads = num_threads;
        prior_env = "";
        group++;
      }
      const shown = envs.size > 1 && env !== prior_env ? `(${env})` : "";
      prior_env = env;
      return { results, group, env: ljust(shown, env_length + 4), num_threads: isNew ? num_threads : null };
    });
  }

  #strings({ results, env }: Row): string[] {
    const cells = results.map((result, i) =>
      result === null
        ? this.#columns[i].num_to_str(null, 1, null)
        : this.#columns[i].num_to_str(
            result.median / this.#time_scale,
            result.significant_figures,
            result.has_warnings ? result.iqr / result.median : null,
          ),
    );
    return [`  ${env}${measured(results)[0].as_row_name}`, ...cells];
  }

  #bestOf({ results, group }: Row): (number | null)[] {
    const best = (values: Results) => {
      const times = measured(values).map((result) => result.median);
      return times.length ? Math.min(...times) : null;
    };
    if (this.colorize === Colorize.ROWWISE) return results.map(() => best(results));
    return this.#columns.map((column) => best(column.grouped_results[group]));
  }

  #finish(row: Row, strings: readonly string[], widths: readonly number[]): string {
    const best = this.colorize === Colorize.NONE ? [] : this.#bestOf(row);
    const cells = row.results.map((result, i) => {
      const text = center(strings[i + 1], widths[i + 1]);
      const value = best[i] ?? null;
      return result !== null && value !== null ? color_segment(text, result.median, value) : text;
    });
    return [ljust(strings[0], widths[0]), ...cells].join("  |  ");
  }

  render(): string {
    const header = this.#column_keys.map((key) => {
      if (key === null) throw new TypeError("object of type 'NoneType' has no len()");
      return key;
    });
    const strings = [["", ...header], ...this.#rows.map((row) => this.#strings(row))];
    const widths = strings[0].map((_, i) => Math.max(...strings.map((cells) => length(cells[i]))));
    const lines = [strings[0].map((text, i) => center(text, widths[i])).join("  |  ")];
    const width = length(lines[0]);
    for (const [i, row] of this.#rows.entries()) {
      if (row.num_threads !== null) lines.push(ljust(`${row.num_threads} threads: `, width, "-"));
      lines.push(this.#finish(row, strings[i + 1], widths));
    }
    const warned = this.highlight_warnings && this.results.some((result) => result.has_warnings);
    const note = "(! XX%) Measurement has high variance, where XX is the IQR / median * 100.\n";
    return [
      `[${center(` ${this.results[0].label ?? ""} `, width - 2, "-")}]`,
      ...lines,
      "",
      `Times are in ${unit_to_english(this.#time_unit)}s (${this.#time_unit}).`,
      warned ? note : "",
    ].join("\n");
  }
}

class CompareClass {
  readonly #results: Measurement[] = [];
  #trim_significant_figures = false;
  #colorize: Colorize = Colorize.NONE;
  #highlight_warnings = false;

  constructor(results: Iterable<Measurement>) {
    this.extend_results(results);
  }

  __str__(): string {
    return this.#render().join("\n");
  }

  toString(): string {
    return this.__str__();
  }

  /** Adds measurements; throws ValueError for anything else. */
  extend_results(results: Iterable<Measurement>): void {
    const added = [...results];
    for (const result of added) {
      if (!(result instanceof Measurement)) {
        throw new ValueError(`Expected an instance of \`Measurement\`, got <class '${typeName(result)}'> instead.`);
      }
    }
    this.#results.push(...added);
  }

  /** Shows no more digits than are certain. */
  trim_significant_figures(): void {
    this.#trim_significant_figures = true;
  }

  /** Colours the best and the worst times of each column, or of each row. */
  colorize(rowwise = false): void {
    this.#colorize = rowwise ? Colorize.ROWWISE : Colorize.COLUMNWISE;
  }

  /** Marks times that vary much. */
  highlight_warnings(): void {
    this.#highlight_warnings = true;
  }

  /** Prints the tables. */
  print(): void {
    print(String(this));
  }

  #render(): string[] {
    const groups = new Map<string | null, Measurement[]>();
    for (const result of Measurement.merge(this.#results)) {
      const group = groups.get(result.label) ?? [];
      groups.set(result.label, group);
      group.push(result);
    }
    return [...groups.values()].map((group) =>
      new Table(group, this.#colorize, this.#trim_significant_figures, this.#highlight_warnings).render(),
    );
  }
}

takeKeywords("Compare", CompareClass.prototype, {
  highlight_warnings: [],
  print: [],
  trim_significant_figures: [],
  extend_results: ["results"],
  colorize: ["rowwise"],
});

/**
 * Prints measurements as a table for each label: a row for each number of threads, `env` and `sub_label`, a column for
 * each `description`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/benchmark_utils.html#torch.utils.benchmark.Compare}
 */
export const Compare = keywordClass<CompareClass>("Compare")(CompareClass, ["results"]);
export type Compare = CompareClass;
