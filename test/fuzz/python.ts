// The same call in Python, to tell whose fault a crash is.

import { spawnSync } from "node:child_process";

const rules: [RegExp, string][] = [
  [/\{ (.*?) \}/g, "$1"], // keywords
  [/(?<![\w"])(\w+): /g, "$1="],
  [/torch\.py\.float\((\w+)\)/g, "float($1)"],
  [/torch\.py\.(complex|slice)/g, "$1"],
  [/(?<![\w.])(\d+)n\b/g, "$1"],
  [/(?<![\w.])(null|undefined)\b/g, "None"],
  [/(?<![\w.])true\b/g, "True"],
  [/(?<![\w.])false\b/g, "False"],
  [/(?<![\w.])NaN\b/g, "float('nan')"],
  [/(?<![\w.])Infinity\b/g, "float('inf')"],
  [/\bdisposed\(/g, "("],
  [/torch\.Tensor\.prototype/g, "torch.Tensor"],
  [/generated\.(\w+)\./g, "torch."],
  [/new Float32Array\((\d)\)/g, "[0.0] * $1"],
  [/new BigInt64Array\((\d)\)/g, "[0] * $1"],
];

/** What Python does with the call: that it ends too, its error, or that it returns. */
export function inPython(python: string, text: string): string {
  const line = rules.reduce((all, [pattern, by]) => all.replace(pattern, by), text);
  const { status, signal, stderr } = spawnSync(python, ["-W", "ignore", "-c", `import torch\n${line}`], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  if (signal) return `Python ends with ${signal} too: ${line}`;
  const error = stderr.trim().split("\n").at(-1);
  return status === 0 ? `Python returns: ${line}` : `Python: ${error} (${line})`;
}
