// PYTHON=... npm run oracle [-- KIND... --only REGEX --seed N --samples N --dtype NAME --failures N]: records what Python
// does now, replays it, and prints which share is equal to the bit and which within tolerance.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { replayFiles } from "./recordings.js";

const kinds = ["ops", "errors", "modules", "optimizers", "printing", "indexing"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    seed: { type: "string", default: "0" },
    samples: { type: "string", default: "1000000" },
    dtype: { type: "string", default: "float32" },
    failures: { type: "string", default: "20" },
  },
});
const python = process.env.PYTHON;
if (!python) throw new Error("Set PYTHON to a Python that has torch 2.15.0, numpy, expecttest and pandas.");
const unknown = positionals.find((kind) => !kinds.includes(kind));
if (unknown) throw new Error(`${unknown} is none of ${kinds.join(", ")}`);

const { only, seed, samples, dtype, failures } = values;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-oracle-"));
const percent = (part: number, all: number) => `${((100 * part) / Math.max(1, all)).toFixed(2)} %`;
const rows = [
  ["kind", "cases", "to the bit", "in tolerance"].map((title, i) => (i ? title.padStart(14) : title.padEnd(12))),
];
try {
  for (const kind of positionals.length ? positionals : kinds) {
    const prefix = path.join(folder, kind);
    const options = ["--seed", seed, "--samples", samples, "--dtype", dtype, ...(only ? ["--only", only] : [])];
    const record = [path.join(import.meta.dirname, "record.py"), kind, prefix, ...options];
    const recorded = spawnSync(python, record, { stdio: "inherit", env: { ...process.env, OMP_NUM_THREADS: "1" } });
    if (recorded.status !== 0) throw new Error(`Recording ${kind} failed.`);
    const score = replayFiles(prefix, ["--bits", "--failures", failures, ...(only ? ["--only", only] : [])]);
    console.log(score.output.trimEnd().split("\n").slice(0, -1).join("\n"));
    const equal = Number(/^(\d+) of \d+ equal to the bit$/m.exec(score.output)?.[1]);
    const shares = [String(score.total), percent(equal, score.total), percent(score.passed, score.total)];
    rows.push([kind.padEnd(12), ...shares.map((share) => share.padStart(14))]);
    fs.rmSync(`${prefix}.json`);
    fs.rmSync(`${prefix}.bin`);
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${rows.map((row) => row.join("")).join("\n")}`);
