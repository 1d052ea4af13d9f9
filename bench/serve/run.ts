// npm run bench:serve: requests a second and latency of examples/serve, and with PYTHON=/path/to/python (torch 2.15.0, fastapi,
// uvicorn) of its Python twin: the same model, load and machine. Then what awaitable work does to the event loop.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import autocannon from "autocannon";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "8" }, connections: { type: "string", default: "32" } },
});
const root = path.resolve(import.meta.dirname, "../..");
const python = process.env.PYTHON;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-bench-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true }));
const cores = os.availableParallelism();

interface Figures {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}

const TEXTS = [
  "hello, my parcel has not arrived yet",
  "i was charged twice for my invoice, please help",
  "the app crashes when i open the settings since the update and the screen stays black",
  "i love your product",
];

async function cannon(url: string, seconds: number): Promise<Figures> {
  const headers = { "content-type": "application/json" };
  const requests = TEXTS.map((text) => ({ method: "POST" as const, headers, body: JSON.stringify({ text }) }));
  const result = await autocannon({
    url: `${url}/classify`,
    connections: Number(values.connections),
    duration: seconds,
    timeout: 60,
    requests: requests.map((request) => ({ ...request, path: "/classify" })),
  });
  const { errors, non2xx, requests: answered, latency } = result;
  if (errors + non2xx > 0) throw new Error(`${errors} errors and ${non2xx} other statuses than 200`);
  return { rate: answered.average, p50: latency.p50, p99: latency.p99 };
}

/** Starts a service, measures it, and ends it. */
async function measure(command: string, args: string[], env: NodeJS.ProcessEnv, port: number): Promise<Figures> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  try {
    const isUp = () =>
      fetch(`${url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
    while (!(await isUp())) {
      if (child.exitCode !== null) throw new Error(stderr);
      await sleep(100);
    }
    await cannon(url, 2); // warm-up
    return await cannon(url, Number(values.seconds));
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

async function ours(model: string, workers: number, threads: number): Promise<Figures> {
  const port = await freePort();
  const env = { MODEL: model, PORT: `${port}`, WORKERS: `${workers}`, THREADS: `${threads}`, NODE_ENV: "production" };
  return measure(process.execPath, ["--import", "tsx", "examples/serve/server.ts"], env, port);
}

async function theirs(model: string, workers: number, threads: number, mode: string): Promise<Figures> {
  const port = await freePort();
  const env = { MODEL: model, THREADS: `${threads}`, MODE: mode, OMP_NUM_THREADS: `${threads}` };
  const options = ["--port", `${port}`, "--workers", `${workers}`, "--log-level", "warning", "--no-access-log"];
  return measure(
    python as string,
    ["-m", "uvicorn", "server:app", "--app-dir", "examples/serve", ...options],
    env,
    port,
  );
}

const line = (name: string, { rate, p50, p99 }: Figures) =>
  console.log(
    `  ${name.padEnd(44)}${rate.toFixed(0).padStart(8)}/s${p50.toFixed(1).padStart(9)}${p99.toFixed(1).padStart(9)}`,
  );

async function best(all: [name: string, run: () => Promise<Figures>][]): Promise<Figures> {
  let result: Figures | undefined;
  for (const [name, run] of all) {
    const figures = await run();
    line(name, figures);
    if (!result || figures.rate > result.rate) result = figures;
  }
  return result as Figures;
}

for (const [name, hidden_size] of [
  ["small", 32],
  ["large", 768],
] as const) {
  const model = path.join(folder, `${name}.pt`);
  const steps = hidden_size > 100 ? 1 : 100;
  spawnSync(process.execPath, ["--import", "tsx", "examples/serve/train.ts", model, `${hidden_size}`, `${steps}`], {
    cwd: root,
    stdio: "inherit",
  });
  console.log(
    `\n${name} model (${hidden_size} hidden units), ${values.connections} connections${"p50 ms".padStart(24)}${"p99 ms".padStart(9)}`,
  );
  const all: Parameters<typeof best>[0] = [["tstorch, 1 worker of 1 thread", () => ours(model, 1, 1)]];
  if (cores > 1) {
    all.push([`tstorch, ${cores} workers of 1 thread`, () => ours(model, cores, 1)]);
    all.push([`tstorch, 1 worker of ${cores} threads`, () => ours(model, 1, cores)]);
  }
  const mine = await best(all);
  if (!python) continue;
  const twin = await best([
    ["Python, 1 process, on the event loop", () => theirs(model, 1, cores, "loop")],
    ["Python, 1 process, in its thread pool", () => theirs(model, 1, 1, "threads")],
    [`Python, ${cores} processes, on the event loop`, () => theirs(model, cores, 1, "loop")],
  ]);
  console.log(
    `  best against best: ${(mine.rate / twin.rate).toFixed(2)}x requests a second, p99 ${(mine.p99 / twin.p99).toFixed(2)}x`,
  );
}

console.log("\nevent-loop delay, 99th percentile");
const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(import.meta.dirname, "event_loop.mjs")], {
  encoding: "utf8",
});
if (status !== 0) throw new Error(stderr);
console.log(stdout.trimEnd().replace(/^/gm, "  "));
