// torch/utils/benchmark/examples/simple_timeit.py: the simplest use of Timer

import * as torch from "../../../index.js";
import { print } from "../../../python/repr.js";
import { Timer } from "../utils/timer.js";

/** Measures an addition three times in two ways, and prints the times. */
export function main(): void {
  const timer = Timer({
    stmt: "torch.add(x, y)",
    globals: { x: torch.ones([4, 8]), y: torch.ones([1, 8]) },
    label: "Broadcasting add (4x8)",
  });
  for (let i = 0; i < 3; i++) {
    print(`Run: ${i}\n${"-".repeat(40)}`);
    print(`timeit:\n${timer.timeit(10000)}\n`);
    print(`autorange:\n${timer.blocked_autorange()}\n\n`);
  }
}
