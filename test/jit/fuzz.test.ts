// Files of TorchScript that are cut short or changed end in a module or an error that names the file, in a process of their own.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

const run = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, "fuzz", "mutate.js"), ...args], {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });

test.each(["scripted.pt", "traced.pt", "frozen.pt", "function.pt"])(
  "%s",
  (name) => {
    const { status, signal, stdout, stderr } = run(name, process.env.JIT_FUZZ ?? "150", "1");
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
    const { loaded, refused } = JSON.parse(stdout);
    expect(refused).toBeGreaterThan(50);
    expect(loaded + refused).toBe(2 * Number(process.env.JIT_FUZZ ?? "150"));
  },
  120_000,
);
