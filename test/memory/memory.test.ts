import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** How far the resident memory of a loop's process rose above that after import, in MB. */
type Course = { growth: number; quarters: [number, number, number, number] };

function run(loop: string): Course {
  const args = ["--import", "tsx", path.join(root, "test/memory/loop.ts"), loop];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe("the memory of a synchronous loop stays flat", { timeout: 300_000 }, () => {
  test.for([
    "small operators",
    "small operators of many kinds",
    "1 MB tensors",
    "views of 1 MB tensors",
    "1 MB in place",
    "1 MB of gradients",
    "training steps",
    "backward passes with hooks",
    "backward passes inside of hooks",
    "hooks that come and go",
    "from_numpy of 1 MB",
    "tolist of 10,000 numbers",
    "torch.tensor of an array",
    "disposed 16 MB tensors",
    "hooks on saved tensors",
    "hooks on saved tensors without backward()",
    "checkpoints",
    "checkpoints without backward()",
    "reentrant checkpoints",
    "selective checkpoints",
    "selective checkpoints without backward()",
    "changed saved tensors",
    "autograd functions",
    "autograd functions without backward()",
    "autocast and gradients",
    "errors",
    "transforms",
  ])("%s", (loop) => {
    const { growth, quarters } = run(loop);
    expect(growth).toBeLessThan(300);
    const [first, second, , last] = quarters;
    expect(last).toBeLessThan(1.1 * Math.max(first, second) + 20);
  });
});

test("tensors that die young need no collection of all objects", () => {
  const { stdout } = spawnSync(process.execPath, [path.join(root, "test/memory/collection.mjs")], { encoding: "utf8" });
  const { all, young } = JSON.parse(stdout);
  expect(young).toBeGreaterThan(20);
  expect(all).toBeLessThan(5);
});
