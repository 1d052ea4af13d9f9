// npm run profile -- OPERATOR [CALLS]: where the nanoseconds of a call go (Linux; needs perf). Operators: operators.mjs.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** The parts of a call: the first whose patterns a symbol and its library fit. */
const PARTS: readonly [part: string, symbol: RegExp, library?: RegExp][] = [
  [
    "collection",
    /Scaveng|GarbageCollect|IterateObjectCache|SemiSpace|GlobalHandles|FlagList|Implication|Heap::|Sweeper|new_slab|finalize/,
  ],
  [
    "result",
    /wrap|fits_slab|count_live_tensors|ConstructStub|FindNonDefaultConstructor|FastNewObject|JS:.*(TensorBase|Tensor\$?\d* )|napi_create/,
  ],
  [
    "Node-API",
    /FunctionCallbackWrapper|CallApiCallback|napi_get_cb_info|napi_get_instance_data|define<|Call::Call|housekeep|report_memory/,
  ],
  ["reading the frame", /FrameReader|tensor_of|push_arguments|framed_operator|napi_get_value|IsExternal|at_place/],
  ["arguments and matching", /./, /^\[JIT\]|^node$/],
  [
    "dispatch",
    /OperatorEntry|_ops::.*::(call|redispatch)|KernelFunction|Dispatcher|wrap_kernel_functor|VariableType|ADInplaceOrView|DispatchKey|StepCallbacks|GradMode|AutogradState|run_operator|call_operator|TypedCall/,
  ],
  ["memory", /./, /^(libc|ld-linux)/],
  ["kernel", /./],
];

const [operator, calls = "3000000"] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-profile-"));
try {
  const data = path.join(folder, "perf.data");
  const [control, answer] = ["control", "answer"].map((name) => path.join(folder, name));
  execFileSync("mkfifo", [control, answer]);
  const program = `
    const fs = await import("node:fs");
    const { operators } = await import(${JSON.stringify(path.join(import.meta.dirname, "operators.mjs"))});
    const call = operators[process.argv[1]];
    if (!call) throw new Error("no operator " + process.argv[1] + "; there are " + Object.keys(operators).join(", "));
    for (let i = 0; i < 100_000; i++) call();
    fs.writeFileSync(${JSON.stringify(control)}, "enable\\n");
    fs.readSync(fs.openSync(${JSON.stringify(answer)}), new Uint8Array(16));
    const started = performance.now();
    for (let i = 0; i < ${Number(calls)}; i++) call();
    console.log((performance.now() - started) / ${Number(calls)} * 1e6);`;
  const command = [process.execPath, "--perf-basic-prof", "--input-type=module", "-e", program, operator ?? ""];
  const options = [
    "-q",
    "-e",
    "task-clock",
    "-F",
    "5000",
    "-D",
    "-1",
    "--control",
    `fifo:${control},${answer}`,
    "-o",
    data,
  ];
  const recorded = spawnSync("perf", ["record", ...options, ...command], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  if (recorded.error) throw new Error("perf is needed: Debian has it in linux-perf", { cause: recorded.error });
  if (recorded.status !== 0) throw new Error(recorded.stderr);
  const nanoseconds = Number(recorded.stdout);
  const report = execFileSync("perf", ["report", "-i", data, "--no-children", "--stdio", "-F", "overhead,dso,symbol"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 28,
  });
  const shares = new Map(PARTS.map(([part]) => [part, 0]));
  for (const line of report.split("\n")) {
    const match = /^\s*([\d.]+)%\s+(\[JIT\]|\S+).*?\[.\] (.*)$/.exec(line);
    if (!match) continue;
    const [, share, library, symbol] = match;
    const [part] = PARTS.find(
      ([, pattern, of]) => pattern.test(symbol) && (of?.test(library) ?? true),
    ) as (typeof PARTS)[0];
    shares.set(part, (shares.get(part) ?? 0) + Number(share));
  }
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  console.log(`${operator}: ${nanoseconds.toFixed(0)} ns a call`);
  for (const [part, share] of shares) {
    console.log(
      `${part.padEnd(26)}${((share / total) * nanoseconds).toFixed(0).padStart(6)} ns${((100 * share) / total).toFixed(0).padStart(5)} %`,
    );
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
