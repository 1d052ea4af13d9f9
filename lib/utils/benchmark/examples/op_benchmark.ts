// torch/utils/benchmark/examples/op_benchmark.py: Timer and the fuzzers of operators

import { def } from "../../../arguments/function.js";
import { type dtype as DType, float32, int32 } from "../../../dtype.js";
import { AssertionError } from "../../../errors.js";
import { formatFixed } from "../../../python/format.js";
import { print, str } from "../../../python/repr.js";
import { BinaryOpFuzzer } from "../op_fuzzers/binary.js";
import { UnaryOpFuzzer } from "../op_fuzzers/unary.js";
import type { Fuzzer, Params, Step } from "../utils/fuzzer.js";
import { Timer } from "../utils/timer.js";

const _MEASURE_TIME = 1.0;

/** Throws AssertionError for dicts that have nothing but "dtype" in common. */
export const assert_dicts_equal = def(
  "assert_dicts_equal",
  ["dict_0", "dict_1"],
  (dict_0: Params, dict_1: Params): void => {
    const differing = Object.entries(dict_0).filter(([name]) => name !== "dtype");
    if (differing.every(([name, value]) => str(value) !== str(dict_1[name]))) {
      throw new AssertionError("dict values differ for keys other than 'dtype'");
    }
  },
  { dict: 1 },
);

type Description = [name: string, shape: string, order: string, steps: string];

const tuple = (values: readonly number[]) => `(${values.join(", ")}${values.length === 1 ? "," : ""})`;

function sizeText(size: number): string {
  const power = Math.floor(Math.log2(size));
  return 2 ** power === size && size > 1 ? `2 ** ${power}` : String(size);
}

function describe([tensors, properties]: Step): Description[] {
  return Object.keys(tensors).map((name) => {
    const order: number[] = properties[name].order;
    const steps: number[] = properties[name].steps;
    return [
      name,
      `(${tensors[name].shape.map(sizeText).join(", ")})`,
      order.every((place, i) => place === i) ? "" : tuple(order),
      steps.reduce((a, b) => a + b) > steps.length ? tuple(steps) : "",
    ];
  });
}

/**
 * Measures a statement with float32 and with int32 tensors of random sizes, and prints where the two differ least and
 * most.
 */
export const run = def(
  "run",
  ["n", "stmt", "fuzzer_cls"],
  (n: number, stmt: string, fuzzer_cls: (seed: number, dtype: DType) => Fuzzer): void => {
    const int_iter = fuzzer_cls(0, int32).take(n);
    const results: { t_float: number; t_int: number; rel_diff: number; descriptions: Description[] }[] = [];
    for (const float_step of fuzzer_cls(0, float32).take(n)) {
      const int_step = int_iter.next().value as Step;
      assert_dicts_equal(float_step[2], int_step[2]);
      assert_dicts_equal(float_step[1].x, int_step[1].x);
      const [t_float, t_int] = [float_step, int_step].map(
        ([globals]) => Timer(stmt, { globals }).blocked_autorange({ min_run_time: _MEASURE_TIME }).median * 1e6,
      );
      const rel_diff = (Math.abs(t_float - t_int) / (t_float + t_int)) * 2;
      results.push({ t_float, t_int, rel_diff, descriptions: describe(float_step) });
      print(`\r${results.length} / ${n}`, { end: "" });
    }
    print();
    results.sort((a, b) => a.rel_diff - b.rel_diff);
    const width = (i: number) =>
      Math.max(0, ...results.flatMap(({ descriptions }) => descriptions.map((description) => description[i].length)));
    const [name_len, shape_len, order_len] = [width(0), width(1), width(2)];
    print(`stmt: ${stmt}`);
    print(
      ` diff    faster${" ".repeat(17 + name_len)} ${"shape".padEnd(shape_len)}${" ".repeat(16)}${"order".padEnd(order_len)}          steps\n${"-".repeat(100)}`,
    );
    for (const [shown, spacer] of [
      [results.slice(0, 10), "..."],
      [results.slice(-10), ""],
    ] as const) {
      for (const { t_float, t_int, rel_diff, descriptions } of shown) {
        const first = `${formatFixed(rel_diff * 100, 1).padStart(4)}%    ${(t_int < t_float ? "int" : "float").padEnd(20)}`;
        for (const [i, [name, shape, order, steps]] of descriptions.entries()) {
          const start = i === 0 ? first : " ".repeat(first.length);
          print(
            `${start} ${`${name}:`.padEnd(name_len + 1)}  ${shape.padEnd(shape_len + 10)}|     ${order.padEnd(order_len)}      |   ${steps}`,
          );
        }
      }
      print(spacer);
    }
  },
);

/** Measures a median, a square and a sum. */
export function main(): void {
  run(100, "torch.median(x, 0)", UnaryOpFuzzer);
  run(100, "torch.square(x)", UnaryOpFuzzer);
  run(100, "torch.add(x, y)", BinaryOpFuzzer);
}
