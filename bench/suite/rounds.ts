// Runs the files of one benchmark in turn, a process each.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Benchmark } from "./benchmarks.js";
import { buildNative } from "./native.js";
import type { Figure } from "./summary.js";

const bench = path.dirname(import.meta.dirname);

export interface Settings {
  rounds: number;
  quick: boolean;
  clock: "wall" | "cpu";
  /** A Python with torch, or none. */
  python?: string;
}

/** Reads the lines `name: number unit` that a benchmark prints. */
export function parse(output: string): { name: string; value: number; unit: string }[] {
  return output
    .trim()
    .split("\n")
    .map((line) => {
      const match = /^(.+): ([-+.\de]+) (\S+)$/.exec(line);
      if (!match || Number.isNaN(Number(match[2]))) throw new Error(`not a figure: ${line}`);
      return { name: match[1], value: Number(match[2]), unit: match[3] };
    });
}

/** The figures of a benchmark with one thread or with all. */
export function measure(benchmark: Benchmark, threads: "one" | "all", settings: Settings): Map<string, Figure> {
  const { NODE_V8_COVERAGE: _, ...inherited } = process.env;
  const env: NodeJS.ProcessEnv = {
    ...inherited,
    PYTHONPATH: bench,
    NODE_NO_WARNINGS: "1",
    PYTHONWARNINGS: "ignore",
    BENCH_LENGTH: settings.quick ? "quick" : "full",
    BENCH_CLOCK: settings.clock,
  };
  if (threads === "one") env.OMP_NUM_THREADS = "1";
  else delete env.OMP_NUM_THREADS;

  const figures = new Map<string, Figure>();
  const run = (language: "typescript" | "python" | "native", command: string, ...args: string[]) => {
    const { stdout, stderr, status, error } = spawnSync(command, args, { env, encoding: "utf8" });
    if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
    for (const { name, value, unit } of parse(stdout)) {
      const figure = figures.get(name) ?? { unit, typescript: [], python: [], native: [] };
      figures.set(name, figure);
      figure[language].push(value);
    }
  };

  const file = (extension: string) => path.join(bench, `${benchmark.name}.${extension}`);
  const python = settings.python && fs.existsSync(file("py")) ? settings.python : null;
  const native = benchmark.native ? buildNative(file("cc")) : null;
  for (let round = 0; round < settings.rounds; round++) {
    run("typescript", process.execPath, file("mjs"));
    if (python) run("python", python, file("py"));
    if (native) run("native", native);
  }
  checkLosses(benchmark, figures);
  return figures;
}

/** The twins have to have calculated the same. */
function checkLosses({ name }: Benchmark, figures: Map<string, Figure>): void {
  for (const [text, { unit, typescript, python }] of figures) {
    if (unit !== "loss") continue;
    const other = python.find((loss, round) => Math.abs(loss - typescript[round]) > 1e-3 * Math.abs(loss));
    if (other !== undefined) throw new Error(`${name}: ${text}: ${typescript[0]}, in Python ${other}`);
    figures.delete(text);
  }
}
