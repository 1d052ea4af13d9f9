// Runs the files of one benchmark, a process each, of which only one works at a time: they take turns.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
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

/** A process that works until it says "turn", and goes on when it is told to. */
class Runner {
  readonly #command: string[];
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly output: string[] = [];
  #errors = "";
  done = false;

  constructor(command: string[], env: NodeJS.ProcessEnv) {
    this.#command = command;
    const [program, ...args] = command;
    this.#process = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when it has done its slice, or has ended. */
  async work(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (value === "turn") return;
      if (done) break;
      this.output.push(value);
    }
    this.done = true;
    const { exitCode, signalCode } = this.#process;
    const [status] = exitCode === null && signalCode === null ? await once(this.#process, "close") : [exitCode];
    if (status !== 0) throw new Error(`${this.#command.join(" ")} failed:\n${this.#errors}`);
  }

  goOn(): Promise<void> {
    this.#process.stdin.write("\n");
    return this.work();
  }

  stop(): void {
    this.#process.kill();
  }
}

/** The figures of a benchmark with one thread or with all. */
export async function measure(
  benchmark: Benchmark,
  threads: "one" | "all",
  settings: Settings,
): Promise<Map<string, Figure>> {
  const { NODE_V8_COVERAGE: _, ...inherited } = process.env;
  const env: NodeJS.ProcessEnv = {
    ...inherited,
    PYTHONPATH: bench,
    NODE_NO_WARNINGS: "1",
    PYTHONWARNINGS: "ignore",
    BENCH_LENGTH: settings.quick ? "quick" : "full",
    BENCH_CLOCK: settings.clock,
    BENCH_TURNS: "1",
  };
  if (threads === "one") env.OMP_NUM_THREADS = "1";
  else delete env.OMP_NUM_THREADS;

  const file = (extension: string) => path.join(bench, `${benchmark.name}.${extension}`);
  const python = settings.python && fs.existsSync(file("py")) ? settings.python : null;
  const native = benchmark.native ? buildNative(file("cc")) : null;
  const commands: [keyof Omit<Figure, "unit">, string[]][] = [["typescript", [process.execPath, file("mjs")]]];
  if (python) commands.push(["python", [python, file("py")]]);
  if (native) commands.push(["native", [native]]);

  const figures = new Map<string, Figure>();
  for (let round = 0; round < settings.rounds; round++) {
    const runners: Runner[] = [];
    try {
      for (const [, command] of commands) {
        const runner = new Runner(command, env);
        runners.push(runner);
        await runner.work();
      }
      while (runners.some(({ done }) => !done)) {
        for (const runner of runners) if (!runner.done) await runner.goOn();
      }
    } finally {
      for (const runner of runners) if (!runner.done) runner.stop();
    }
    runners.forEach(({ output }, i) => {
      for (const { name, value, unit } of parse(output.join("\n"))) {
        const figure = figures.get(name) ?? { unit, typescript: [], python: [], native: [] };
        figures.set(name, figure);
        figure[commands[i][0]].push(value);
      }
    });
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
