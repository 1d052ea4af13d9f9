// torch/utils/benchmark/examples/compare.py: Timer and Compare

import type { Tensor } from "../../../_tensor.js";
import * as torch from "../../../index.js";
import { print } from "../../../python/repr.js";
import { Compare } from "../utils/compare.js";
import { Timer } from "../utils/timer.js";

type Torch = Pick<typeof torch, "add" | "mul" | "cat" | "matmul">;

/** Makes an operator of torch's slower by so much for each element of its result. */
function slower<F extends (...args: never[]) => Tensor>(operator: F, extra_ns_per_element: number): F {
  return ((...args: never[]) => {
    const result = operator(...args);
    const numel = result.numel();
    // Sleeping itself takes some time, which a small tensor would not.
    if (numel > 5000) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, numel * extra_ns_per_element * 1e-6);
    return result;
  }) as F;
}

/** Plays another version of torch, whose operators are slower: benchmarks compare the two. */
export class FauxTorch implements Torch {
  readonly add: Torch["add"];
  readonly mul: Torch["mul"];
  readonly cat: Torch["cat"];
  readonly matmul: Torch["matmul"];

  constructor(real_torch: Torch, extra_ns_per_element: number) {
    this.add = slower(real_torch.add, extra_ns_per_element);
    this.mul = slower(real_torch.mul, extra_ns_per_element);
    this.cat = slower(real_torch.cat, extra_ns_per_element);
    this.matmul = slower(real_torch.matmul, extra_ns_per_element);
  }
}

const branches = [
  ["master", torch],
  ["my_branch", 1],
  ["severe_regression", 5],
] as const;

const tasks = [
  ["add", "add", "torch.add(x, y)"],
  ["add", "add (extra +0)", "torch.add(x, torch.add(y, zero))"],
] as const;

/** Measures additions of several sizes in three versions, and prints the comparison twice. */
export function main(): void {
  const repeats = 2;
  const timers = branches.flatMap(([env, version]) =>
    tasks.flatMap(([label, sub_label, stmt]) =>
      [1, 10, 100, 1000, 10000, 50000].flatMap((size) =>
        [1, 4].map((num_threads) =>
          Timer({
            stmt,
            globals: {
              torch: typeof version === "number" ? new FauxTorch(torch, version) : version,
              x: torch.ones([size, 4]),
              y: torch.ones([1, 4]),
              zero: torch.zeros([]),
            },
            label,
            sub_label,
            description: `size: ${size}`,
            env,
            num_threads,
          }),
        ),
      ),
    ),
  );
  const results = Array.from({ length: timers.length * repeats }, (_, i) => {
    const result = timers[i % timers.length].blocked_autorange({ min_run_time: 0.05 });
    print(`\r${i + 1} / ${timers.length * repeats}`, { end: "" });
    return result;
  });
  print();
  const comparison = Compare(results);
  print(`== Unformatted ${"=".repeat(80)}\n${"/".repeat(95)}\n`);
  comparison.print();
  print(`== Formatted ${"=".repeat(80)}\n${"/".repeat(93)}\n`);
  comparison.trim_significant_figures();
  comparison.colorize();
  comparison.print();
}
