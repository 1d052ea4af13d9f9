// Runs calls in child processes with capped memory; a child that dies or stands still is followed by another one.

import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Call, callAt } from "./calls.js";
import { inPython } from "./python.js";

export interface Options {
  seed: number;
  first: number;
  calls: number;
  /** How long one call may take, in milliseconds. */
  limit: number;
  /** How much data a child may hold, in bytes. */
  memory: number;
}

export interface Fault extends Call {
  readonly index: number;
  /** How the process ended, and what it said. */
  readonly end: string;
  /** Whether the call does the same in a process of its own. */
  readonly alone: boolean;
}

export interface Report {
  returned: number;
  threw: number;
  leftOut: number;
  crashes: Fault[];
  slow: (Call & { index: number })[];
  /** What was thrown that is no Error. */
  notErrors: string[];
}

interface End {
  index: number;
  slow: boolean;
  /** Empty if all calls were made. */
  end: string;
  output: string;
}

const child = path.join(import.meta.dirname, "child.ts");

/** Makes the calls from `first` up to `last`, or up to the one that ends the process or takes too long. */
function round(options: Options, first: number, last: number, report: Report | null): Promise<End> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-fuzz-"));
  const file = path.join(folder, "progress");
  fs.writeFileSync(file, new Float64Array([first, 0, 0, 0]));
  const progress = () => new Float64Array(new Uint8Array(fs.readFileSync(file)).buffer);
  const command = [process.execPath, "--import", import.meta.resolve("tsx"), child];
  const args = [options.seed, first, last, file].map(String);
  const capped = process.platform === "linux" ? ["/bin/sh", "-c", 'ulimit -c 0; ulimit -d "$0"; exec "$@"'] : [];
  if (capped.length) capped.push(String(Math.round(options.memory / 1024)));
  const [program, ...rest] = [...capped, ...command, ...args];
  const env = { ...process.env, OMP_NUM_THREADS: "1", NODE_OPTIONS: "" };
  return new Promise((resolve) => {
    const running = spawn(program, rest, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let said = "";
    running.stdout.on("data", (data) => {
      output += data;
    });
    running.stderr.on("data", (data) => {
      said = (said + data).slice(-2000);
    });
    let slow = false;
    let seen = first;
    let since = Date.now() + 20_000; // the start
    const watch = setInterval(() => {
      const [index] = progress();
      if (index !== seen) [seen, since] = [index, Date.now()];
      else if (Date.now() - since > options.limit) {
        slow = true;
        running.kill("SIGKILL");
      }
    }, options.limit / 10);
    running.on("close", (code, signal) => {
      clearInterval(watch);
      const [index, returned, threw, leftOut] = progress();
      if (report) {
        report.returned += returned;
        report.threw += threw;
        report.leftOut += leftOut;
      }
      fs.rmSync(folder, { recursive: true, force: true });
      const lines = said.trim().split("\n");
      resolve({
        index,
        slow,
        output,
        end: code === 0 ? "" : `${signal ?? `exit ${code}`}: ${lines.slice(0, 3).join(" / ")}`,
      });
    });
  });
}

export async function fuzz(options: Options, onFault: (line: string) => void = () => {}): Promise<Report> {
  const report: Report = { returned: 0, threw: 0, leftOut: 0, crashes: [], slow: [], notErrors: [] };
  const last = options.first + options.calls;
  for (let next = options.first; next < last; ) {
    const { index, slow, end, output } = await round(options, next, last, report);
    report.notErrors.push(...(output.match(/^call \d+ threw .*$/gm) ?? [])); // aten::_print prints too
    if (end) {
      const call = callAt(options.seed, index);
      if (slow) {
        report.slow.push({ ...call, index });
        onFault(`slow ${index}: ${call.text}`);
      } else {
        const again = await round(options, index, index + 1, null);
        report.crashes.push({ ...call, index, end, alone: again.end !== "" });
        onFault(`crash ${index}${again.end ? "" : " (not alone)"}: ${call.text}\n  ${end}`);
        if (process.env.PYTHON) onFault(`  ${inPython(process.env.PYTHON, call.text)}`);
      }
    }
    next = end ? index + 1 : last;
  }
  return report;
}
