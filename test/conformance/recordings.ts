import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";

/** The recordings in cases/, each with the share of its cases, in per cent, that must pass. */
export const floors = {
  ops_float32: 100,
  ops_float64: 100,
  ops_complex64: 100,
  ops_bfloat16: 100,
  ops_int64: 100,
  ops_bool: 100,
  errors: 100,
  indexing: 100,
  printing: 100,
  modules: 99.5,
  optimizers: 95,
  schedulers: 100,
  func: 99.5,
  functions: 100,
};

export type Recording = keyof typeof floors;

export const recordings = Object.keys(floors) as Recording[];

const here = import.meta.dirname;

/** Writes a recording's files into a folder; returns the prefix that replay.mjs takes. */
function unpack(recording: Recording, folder: string): string {
  for (const extension of ["json", "bin"]) {
    const name = `${recording}.${extension}`;
    const packed = fs.readFileSync(path.join(here, "cases", `${name}.br`));
    fs.writeFileSync(path.join(folder, name), brotliDecompressSync(packed));
  }
  return path.join(folder, recording);
}

/** `left`: how many cases are exceptions of exceptions.mjs. */
export type Score = { passed: number; total: number; left: number; share: number; output: string };

/** Replays the files that record.py wrote, in a process of its own, on one thread as they were recorded. */
export function replayFiles(prefix: string, options: readonly string[]): Score {
  const entry = path.join(here, "../../dist/index.js");
  const args = [path.join(here, "replay.mjs"), entry, prefix, ...options];
  const env = { ...process.env, OMP_NUM_THREADS: "1", NODE_NO_WARNINGS: "1" };
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  const result = /^(\d+) passed, (\d+) failed\n*$/m.exec(stdout);
  if (!result) throw new Error(`The replay of ${path.basename(prefix)} broke off:\n${stdout}${stderr}`);
  const [passed, failed] = [Number(result[1]), Number(result[2])];
  const total = passed + failed;
  const output = stdout.replaceAll(path.dirname(prefix), "cases");
  const left = Number(/, (\d+) left out/.exec(stdout)?.[1] ?? 0);
  return { passed, total, left, share: (100 * passed) / Math.max(1, total), output };
}

/** Replays a recording of cases/, which another CPU may have made. */
export function replay(recording: Recording, options: readonly string[] = ["--failures", "10"]): Score {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-conformance-"));
  try {
    return replayFiles(unpack(recording, folder), ["--roundings", ...options]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** One line a recording: what passed, of how many, and the share that must pass. */
export function table(scores: Map<Recording, Score>): string {
  const row = (...cells: unknown[]) =>
    cells.map((cell, i) => (i ? String(cell).padStart(10) : String(cell).padEnd(15))).join("");
  const lines = [...scores].map(([name, { passed, total, share }]) =>
    row(name, passed, total, `${share.toFixed(2)} %`, `${floors[name]} %`),
  );
  return [row("recording", "passed", "of", "share", "floor"), ...lines].join("\n");
}
