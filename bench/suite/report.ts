// The report of a run: on the terminal, as JSON, and as a page with charts.
import fs from "node:fs";
import path from "node:path";
import { type Bar, bars } from "./bars.js";
import { type Benchmark, goals, type Results } from "./benchmarks.js";
import type { Machine } from "./machine.js";
import type { Settings } from "./rounds.js";
import type { Summary } from "./summary.js";

/** The figures of one benchmark with one thread or with all. */
export interface Measured {
  benchmark: Benchmark;
  threads: "one" | "all";
  figures: Map<string, Summary>;
}

interface Verdict {
  text: string;
  limit: string;
  value: string;
  met: boolean;
}

/** A number with its unit, in one that reads well. */
export function quantity(value: number, unit: string): string {
  const times = ["ns", "us", "ms", "s"];
  let at = times.indexOf(unit);
  let scaled = value;
  while (at >= 0 && at < times.length - 1 && scaled >= 1000) {
    scaled /= 1000;
    at++;
  }
  const digits = scaled >= 100 || Number.isInteger(scaled) ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${at < 0 ? unit : times[at]}`;
}

/** The goals that this run says something about. */
export function judge(measured: readonly Measured[]): Verdict[] {
  const single = new Map(
    measured.filter((one) => one.threads === "one").map((one) => [one.benchmark.name, one.figures]),
  );
  const of: Results = (benchmark, figure) => single.get(benchmark)?.get(figure);
  const all = (benchmark: string) => [...(single.get(benchmark)?.values() ?? [])];
  return goals.flatMap(({ text, limit, unit, value }) => {
    const found = value(of, all);
    if (found === null) return [];
    const written = (number: number) => (unit === "x" ? `${number.toFixed(2)}x` : `${number.toFixed(1)} %`);
    return [{ text, limit: written(limit), value: written(found), met: found <= limit }];
  });
}

const heading = ({ benchmark, threads }: Measured) => benchmark.title + (threads === "all" ? ", all threads" : "");

function cells({ unit, typescript, python, native, ratio }: Summary): string[] {
  return [
    quantity(typescript, unit),
    python === undefined ? "" : quantity(python, unit),
    native === undefined ? "" : quantity(native, unit),
    ratio ? ratio.median.toFixed(2) : "",
    ratio ? `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}` : "",
  ];
}

export function print(one: Measured): void {
  const row = ([name, ...rest]: string[]) =>
    console.log(name.padEnd(36) + rest.map((cell) => cell.padStart(14)).join(""));
  console.log();
  row([heading(one), "TypeScript", "Python", "C++", "ratio", "spread"]);
  for (const [name, summary] of one.figures) row([name, ...cells(summary)]);
}

export function printGoals(verdicts: readonly Verdict[]): void {
  console.log();
  for (const { text, limit, value, met } of verdicts) {
    console.log(`${(met ? "met" : "NOT MET").padEnd(9)}${text.padEnd(48)}${value.padStart(10)}  (goal ${limit})`);
  }
}

export function writeJson(file: string, machine: Machine, settings: Settings, measured: readonly Measured[]): void {
  const { rounds, clock, quick } = settings;
  const results = measured.map(({ benchmark, threads, figures }) => {
    return { benchmark: benchmark.name, threads, figures: Object.fromEntries(figures) };
  });
  const content = { machine, rounds, clock, quick, results, goals: judge(measured) };
  fs.writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** What a chart shows: the ratios to Python, with C++ as the limit. */
function barsOf({ figures }: Measured): Bar[] {
  return [...figures].flatMap(([label, { ratio, python, native }]) => {
    if (!ratio || !python) return [];
    return [{ label, value: ratio.median, low: ratio.low, high: ratio.high, limit: native && native / python }];
  });
}

const table = (head: string[], rows: string[][]) =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const QUICK =
  "This was a quick run, a tenth of the full one: V8 was still compiling in parts of it, and p99.9 is of a hundred steps.";

/** Writes the page, and its charts into a folder beside it. */
export function writePage(
  file: string,
  machine: Machine,
  { rounds, clock, quick }: Settings,
  measured: readonly Measured[],
): void {
  const name = path.basename(file, ".md");
  const folder = path.join(path.dirname(file), name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const sections = measured.map((one) => {
    const chart = `${one.benchmark.name}${one.threads === "all" ? "-all" : ""}.svg`;
    const rows = barsOf(one);
    const legend = one.benchmark.native
      ? "TypeScript/Python, smaller is faster; grey: spread; green: C++"
      : "TypeScript/Python, smaller is better; grey: spread";
    if (rows.length > 0) fs.writeFileSync(path.join(folder, chart), bars(heading(one), legend, rows));
    return [
      `## ${heading(one)}`,
      ...(rows.length > 0 ? [`![${heading(one)}](${name}/${chart})`] : []),
      table(
        ["", "TypeScript", "Python", ...(one.benchmark.native ? ["C++"] : []), "ratio", "spread"],
        [...one.figures].map(([figure, summary]) => {
          const row = cells(summary);
          if (!one.benchmark.native) row.splice(2, 1);
          return [`\`${figure}\``, ...row];
        }),
      ),
    ].join("\n\n");
  });
  const load = machine.load.map((number) => number.toFixed(1));
  const timed = clock === "cpu" ? "the processes' CPU time, the machine being shared" : "the time on the clock";
  const text = [
    "# Benchmarks",
    "`PYTHON=/path/to/python npm run bench -- --page docs/benchmarks.md` wrote this page: do not edit it. [performance.md](performance.md) tells what the figures are made of.",
    `${machine.date}, commit ${machine.commit}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}; Node.js ${machine.node}; Python ${machine.python ?? "not measured"}. Load ${load[0]} at the begin, ${load[1]} at the end.`,
    `TypeScript and Python took turns, slice by slice, in ${rounds} ${rounds === 1 ? "round" : "rounds"}; the figures are medians of the slices, the ratio that of the slices' ratios, the spread the smallest and the largest. Measured is ${timed}; one thread, unless a heading says otherwise. Garbage collection is part of every time.${quick ? ` ${QUICK}` : ""}`,
    "## Goals",
    table(
      ["", "goal", "measured", ""],
      judge(measured).map(({ text, limit, value, met }) => [text, `<= ${limit}`, value, met ? "met" : "**not met**"]),
    ),
    ...sections,
  ];
  fs.writeFileSync(file, `${text.join("\n\n")}\n`);
}
