// torch/utils/benchmark/examples/fuzzer.py: Timer and Fuzzer

import { formatFixed } from "../../../python/format.js";
import { print } from "../../../python/repr.js";
import type { Measurement } from "../utils/common.js";
import { FuzzedParameter, FuzzedTensor, Fuzzer } from "../utils/fuzzer.js";
import { Timer } from "../utils/timer.js";

const numpyText = (order: readonly number[]) => `[${order.join(" ")}]`;

/** Measures additions of random sizes, and prints which take least and most time for an element. */
export function main(): void {
  const add_fuzzer = Fuzzer({
    parameters: [
      [0, 1, 2].map((i) => FuzzedParameter(`k${i}`, 16, 16 * 1024, { distribution: "loguniform" })),
      FuzzedParameter("d", {
        distribution: new Map([
          [2, 0.6],
          [3, 0.4],
        ]),
      }),
    ],
    tensors: [
      ["x", "y"].map((name) =>
        FuzzedTensor({
          name,
          size: ["k0", "k1", "k2"],
          dim_parameter: "d",
          probability_contiguous: 0.75,
          min_elements: 64 * 1024,
          max_elements: 128 * 1024,
        }),
      ),
    ],
    seed: 0,
  });
  const n = 250;
  const measurements: Measurement[] = [];
  for (const [tensors, properties] of add_fuzzer.take(n)) {
    const { x, y } = tensors;
    const shape = x.shape.map((size) => String(size).padStart(4)).join(", ");
    const order = (name: "x" | "y") =>
      (tensors[name].is_contiguous() ? "contiguous" : numpyText(properties[name].order)).padEnd(12);
    const timer = Timer("torch.add(x, y)", {
      globals: { x, y },
      description: `${String(x.numel()).padStart(7)} | ${shape.padEnd(16)} | ${order("x")} | ${order("y")} | `,
    });
    const measurement = timer.blocked_autorange({ min_run_time: 0.1 });
    measurement.metadata = { numel: x.numel() };
    measurements.push(measurement);
    print(`\r${measurements.length} / ${n}`, { end: "" });
  }
  print();
  print(`Average attempts per valid config: ${formatFixed(1 / (1 - add_fuzzer.rejection_rate), 1)}`);
  const time_fn = (m: Measurement) => m.median / (m.metadata?.numel as number);
  measurements.sort((a, b) => time_fn(a) - time_fn(b));
  const show = (title: string, shown: readonly Measurement[]) => {
    const columns = `${" ".repeat(19)}Size    Shape${" ".repeat(13)}X order        Y order`;
    print(`${title.padStart(6)}${columns}\n${"-".repeat(80)}`);
    for (const m of shown) print(`${formatFixed(time_fn(m) * 1e9, 1).padStart(4)} ns / element     ${m.description}`);
  };
  show("Best:", measurements.slice(0, 15));
  print();
  show("Worst:", measurements.slice(-15));
}
