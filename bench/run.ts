// npm run bench [-- --json FILE] measures; PYTHON=/path/to/python (with torch 2.15.0) measures it beside.
// A benchmark is a file in bench/ that prints lines of `name figure`, and its Python twin of the same name, if there can be one.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const ROUNDS = 5;
const here = import.meta.dirname;
const python = process.env.PYTHON;
const env = { ...process.env, OMP_NUM_THREADS: "1", NODE_NO_WARNINGS: "1" };
const { values } = parseArgs({ options: { json: { type: "string" } } });

type Figures = Map<string, number[]>;

function run(command: string, args: readonly string[], figures: Figures): void {
  const { stdout, stderr, status } = spawnSync(command, args, { env, cwd: here, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
  for (const line of stdout.trim().split("\n")) {
    const [, name, value] = /^(.*) ([\d.]+)$/.exec(line) as RegExpExecArray;
    figures.set(name, [...(figures.get(name) ?? []), Number(value)]);
  }
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const report: Record<string, Record<string, { typescript: number; python?: number; ratio?: number }>> = {};
for (const name of ["start", "small_operators", "files", "dataloader", "types"]) {
  const ours: Figures = new Map();
  const theirs: Figures = new Map();
  const script = path.join(here, `${name}.py`);
  for (let round = 0; round < ROUNDS; round++) {
    run(process.execPath, [path.join(here, `${name}.mjs`)], ours);
    if (python && fs.existsSync(script)) run(python, [script], theirs);
  }
  report[name] = {};
  console.log(
    `\n${name.padEnd(30)}${"TypeScript".padStart(14)}${python ? `${"Python".padStart(14)}${"ratio".padStart(9)}` : ""}`,
  );
  const ratios: number[] = [];
  for (const [figure, numbers] of ours) {
    const typescript = median(numbers);
    const other = theirs.get(figure);
    const twin = other && median(other);
    const ratio = twin && typescript / twin;
    if (ratio) ratios.push(ratio);
    report[name][figure] = { typescript, python: twin, ratio };
    const compared = twin && ratio ? `${twin.toFixed(0).padStart(14)}${ratio.toFixed(2).padStart(9)}` : "";
    console.log(`${figure.padEnd(30)}${typescript.toFixed(0).padStart(14)}${compared}`);
  }
  if (ratios.length > 2) {
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    console.log(`${"geometric mean".padEnd(58)}${mean.toFixed(2).padStart(9)}`);
  }
}
if (values.json) fs.writeFileSync(values.json, JSON.stringify(report, null, 2));
