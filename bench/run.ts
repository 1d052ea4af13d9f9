// npm run bench -- [NAME ...] [--quick] [--rounds N] [--clock cpu] [--json FILE] [--page FILE]
// PYTHON=/path/to/python (with torch 2.15.0) measures Python beside. A benchmark is NAME.mjs in this folder, and NAME.py
// its twin; both print lines `name: number unit`. Which there are, and the goals: suite/benchmarks.ts.
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Benchmark, benchmarks } from "./suite/benchmarks.js";
import { describeMachine } from "./suite/machine.js";
import { judge, type Measured, print, printGoals, writeJson, writePage } from "./suite/report.js";
import { measure, type Settings } from "./suite/rounds.js";
import { summarize } from "./suite/summary.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    clock: { type: "string", default: "wall" },
    json: { type: "string" },
    page: { type: "string" },
  },
});
if (values.clock !== "wall" && values.clock !== "cpu") throw new Error("--clock is wall or cpu");
const settings: Settings = {
  rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
  quick: values.quick,
  clock: values.clock,
  python: process.env.PYTHON,
};

function chosen(): readonly Benchmark[] {
  if (positionals.length === 0) return benchmarks.filter(({ optional }) => !optional);
  return positionals.map((name) => {
    const found = benchmarks.find((benchmark) => benchmark.name === path.basename(name, ".mjs"));
    if (!found) throw new Error(`no benchmark ${name}; there are ${benchmarks.map((one) => one.name).join(", ")}`);
    return found;
  });
}

const machine = describeMachine(settings.python);
const measured: Measured[] = [];
for (const benchmark of chosen()) {
  const modes = benchmark.parallel && machine.cores > 1 ? (["one", "all"] as const) : (["one"] as const);
  for (const threads of modes) {
    const figures = await measure(benchmark, threads, settings);
    const one: Measured = {
      benchmark,
      threads,
      figures: new Map([...figures].map(([name, figure]) => [name, summarize(figure)])),
    };
    measured.push(one);
    print(one);
  }
  // A run that is interrupted leaves what it has.
  machine.load[1] = os.loadavg()[0];
  if (values.json) writeJson(values.json, machine, settings, measured);
  if (values.page) writePage(values.page, machine, settings, measured);
}
printGoals(judge(measured));
