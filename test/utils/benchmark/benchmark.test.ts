import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import {
  Colorize,
  Compare,
  FuzzedParameter,
  FuzzedTensor,
  Fuzzer,
  Language,
  Measurement,
  ordered_unique,
  ParameterAlias,
  select_unit,
  set_torch_threads,
  TaskSpec,
  Timer,
  timer,
  trim_sigfig,
  unit_to_english,
} from "tstorch/utils/benchmark";
import { BinaryOpFuzzer } from "tstorch/utils/benchmark/op_fuzzers/binary";
import { BinaryOpSparseFuzzer } from "tstorch/utils/benchmark/op_fuzzers/sparse_binary";
import { UnaryOpSparseFuzzer } from "tstorch/utils/benchmark/op_fuzzers/sparse_unary";
import { SpectralOpFuzzer } from "tstorch/utils/benchmark/op_fuzzers/spectral";
import { UnaryOpFuzzer } from "tstorch/utils/benchmark/op_fuzzers/unary";
import { RandomState } from "tstorch/utils/benchmark/utils/_random_state";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

type Spec = { stmt: string; setup: string };
interface Given {
  number_per_run: number;
  raw_times: number[];
  spec: number | Spec;
}

const recorded = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "recordings/benchmark.json"), "utf8"));
const threads = torch.get_num_threads();
beforeAll(() => torch.set_num_threads(1));
afterAll(() => torch.set_num_threads(threads));

function measurement({ number_per_run, raw_times, spec }: Given): Measurement {
  return Measurement(number_per_run, raw_times, TaskSpec(typeof spec === "number" ? recorded.specs[spec] : spec));
}

describe("Measurement", () => {
  test.each(recorded.measurements as (Given & Record<string, unknown>)[])("prints as Python's: $title", (given) => {
    const one = measurement(given);
    expect(one.__repr__().replace(/0x[0-9a-f]+/, "0x")).toBe(given.repr);
    for (const name of ["median", "mean", "iqr"] as const) expect(one[name]).toBeCloseTo(given[name] as number, 15);
    for (const name of ["significant_figures", "has_warnings", "title", "as_row_name"] as const) {
      expect(one[name]).toBe(given[name]);
    }
  });

  test("merge adds up what is of one task", () => {
    const [a, b] = recorded.specs.map((spec: Spec) => TaskSpec(spec));
    const merged = Measurement.merge([Measurement(2, [4], a), Measurement(1, [5], b), Measurement(1, [3], a)]);
    expect(merged.map((one) => [one.task_spec, one.number_per_run, one.raw_times])).toEqual([
      [a, 1, [2, 3]],
      [b, 1, [5]],
    ]);
  });

  test("units, figures and unique elements", () => {
    for (const [time, unit] of recorded.units) expect(select_unit(time)).toEqual(unit);
    for (const [x, n, trimmed] of recorded.trimmed) expect(trim_sigfig(x, n)).toBe(trimmed);
    expect(() => trim_sigfig(1, 1.5)).toThrow("Number of significant figures must be an integer");
    expect(unit_to_english("us")).toBe("microsecond");
    expect(ordered_unique([3, 1, 3, 2, 1])).toEqual([3, 1, 2]);
  });
});

describe("Compare", () => {
  const measurements = recorded.compared.map(measurement);

  test.each(recorded.tables as { trim: boolean; rowwise: boolean | null; highlight: boolean; text: string }[])(
    "Python's table: trim $trim, rowwise $rowwise, highlight $highlight",
    ({ trim, rowwise, highlight, text }) => {
      const compare = Compare(measurements);
      if (trim) compare.trim_significant_figures();
      if (rowwise !== null) compare.colorize(rowwise);
      if (highlight) compare.highlight_warnings();
      expect(String(compare)).toBe(text);
    },
  );

  test("prints, and takes measurements alone", () => {
    const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const compare = Compare(measurements);
    compare.print();
    expect(write.mock.calls[0][0]).toBe(`${compare}\n`);
    write.mockRestore();
    expect(() => compare.extend_results([1] as never)).toThrow(
      "Expected an instance of `Measurement`, got <class 'int'> instead.",
    );
    expect(Colorize.NONE.__repr__()).toBe("<Colorize.NONE: 'none'>");
  });
});

describe("Timer", () => {
  // a clock that a statement turns
  let now = 0;
  const clock = () => now;
  const turn = (seconds: number) => {
    now += seconds;
  };

  test("timeit measures runs of text with the variables of globals and setup", () => {
    const calls: number[] = [];
    const f = (a: number, n: number) => {
      calls.push(a * n);
      turn(0.5);
    };
    const one = Timer({
      stmt: "f(a, torch.ones(2).numel())",
      setup: "const a = 5;",
      globals: { f },
      timer: clock,
    }).timeit(200);
    expect(calls).toHaveLength(202);
    expect(new Set(calls)).toEqual(new Set([10]));
    expect([one.number_per_run, one.raw_times, one.median]).toEqual([200, [100], 0.5]);
    expect(one.title).toBe("f(a, torch.ones(2).numel())");
  });

  test("a statement may be a function", () => {
    const one = Timer(() => turn(2), { timer: clock, label: "turn", num_threads: 2 }).timeit(10);
    expect([one.raw_times, one.stmt, one.title, one.num_threads]).toEqual([[20], "turn(2)", "turn", 2]);
    expect(() => Timer(() => {}, "const x = 1")).toThrow("either both functions or both text");
  });

  test("blocked_autorange takes blocks until the time is over", () => {
    const seen: [number, number][] = [];
    const one = Timer(() => turn(1e-4), { timer: clock }).blocked_autorange(
      (number, time) => seen.push([number, time]),
      0.5,
    );
    expect(seen).toHaveLength(one.raw_times.length);
    expect(one.raw_times.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(0.5);
    expect(one.median).toBeCloseTo(1e-4, 10);
    expect(one.number_per_run).toBe(10);
  });

  test("adaptive_autorange goes on while times vary", () => {
    let run = 0;
    const one = Timer(() => turn(run++ < 400 ? 1e-4 * (1 + (run % 40)) : 1e-4), { timer: clock }).adaptive_autorange(
      0.1,
      {
        min_run_time: 0.001,
      },
    );
    expect(one.meets_confidence(0.1)).toBe(true);
    expect(one.raw_times.length).toBeGreaterThan(3);
    const late = Timer(() => turn(Math.random()), { timer: clock }).adaptive_autorange({
      threshold: 0,
      max_run_time: 20,
    });
    expect(late.raw_times.reduce((a, b) => a + b)).toBeGreaterThan(20);
  });

  test("libtorch has as many threads as were asked for, and then as many as before", () => {
    const seen = new Set<number>();
    Timer("seen.add(torch.get_num_threads())", { globals: { seen }, num_threads: 3 }).timeit(5);
    expect([...seen]).toEqual([3]);
    expect(torch.get_num_threads()).toBe(1);
    expect(set_torch_threads(2, () => torch.get_num_threads())).toBe(2);
    expect(torch.get_num_threads()).toBe(1);
  });

  test("what is refused", () => {
    expect(() => Timer(5 as never)).toThrow("Currently only a `str` stmt is supported.");
    expect(() => Timer("1", { global_setup: "#include" })).toThrow("global_setup is C++ only, got `#include`.");
    expect(() => Timer("1", { language: "rust" })).toThrow("Invalid language `rust`.");
    expect(() => Timer("1", { language: Language.CPP })).toThrow(torch.NotImplementedError);
    expect(() => Timer("1").autorange()).toThrow("See `Timer.blocked_autorange.`");
    expect(() => Timer("missing()").timeit(1)).toThrow(ReferenceError);
    expect(timer()).toBeGreaterThan(0);
    expect(Timer("\n    pass", { setup: "\n  let a = 1;\n  let b = 2;\n" }).timeit(2).setup).toBe(
      "let a = 1;\nlet b = 2;",
    );
  });
});

function describeSteps(fuzzer: Fuzzer, n: number) {
  const steps = [...fuzzer.take(n)].map(([tensors, properties, params]) => {
    const each = <T>(of: (tensor: torch.Tensor) => T) =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, of(tensor)]));
    return {
      shapes: each((tensor) => [...tensor.shape]),
      strides: each((tensor) => (tensor.is_sparse ? tensor._nnz() : tensor.stride())),
      sums: each((tensor) => {
        const double = tensor.to(torch.float64);
        return (tensor.is_sparse ? torch.sparse.sum(double) : double.sum()).item();
      }),
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, values]) => [
          name,
          Object.fromEntries(Object.entries(values).map(([key, v]) => [key, Array.isArray(v) ? [...v] : v])),
        ]),
      ),
      params,
    };
  });
  return { steps, rejection_rate: fuzzer.rejection_rate };
}

describe("Fuzzer", () => {
  const distribution = (...entries: [unknown, number][]) => ({ distribution: new Map(entries) });
  const three = [0, 1, 2];
  const small = (seed: number) =>
    Fuzzer({
      parameters: [
        three.map((i) => FuzzedParameter(`k${i}`, 2, 64, { distribution: "loguniform" })),
        FuzzedParameter("n", 1, 5, { distribution: "uniform" }),
        FuzzedParameter("p", 0.5, 2, { distribution: "uniform" }),
        FuzzedParameter("d", { distribution: { 2: 0.6, 3: 0.4 }, strict: true }),
        FuzzedParameter("y1", distribution([ParameterAlias("k1"), 0.7], [1, 0.3])),
        three.map((i) => FuzzedParameter(`s${i}`, distribution([1, 0.5], [2, 0.25], [3, 0.25]))),
      ],
      tensors: [
        FuzzedTensor("x", ["k0", "k1", "k2"], ["s0", "s1", "s2"], {
          probability_contiguous: 0.3,
          dim_parameter: "d",
          max_elements: 4096,
          min_elements: 16,
        }),
        FuzzedTensor("y", ["k0", "y1", 3], {
          probability_contiguous: 0.5,
          dim_parameter: "d",
          dtype: torch.int64,
          max_allocation_bytes: 40000,
        }),
      ],
      constraints: [(params) => params.k0 !== 7],
      seed,
    });

  test.each(recorded.fuzzed as { seed: number; steps: unknown; rejection_rate: number }[])(
    "the tensors of Python for seed $seed",
    ({ seed, steps, rejection_rate }) => {
      expect(describeSteps(small(seed), 4)).toEqual({ steps, rejection_rate });
    },
  );

  test("sparse tensors", () => {
    const found = [UnaryOpSparseFuzzer(3), BinaryOpSparseFuzzer({ seed: 3 })].map((fuzzer) => describeSteps(fuzzer, 1));
    for (const [i, { steps, rejection_rate }] of found.entries()) {
      expect(rejection_rate).toBe(recorded.sparse[i].rejection_rate);
      const [{ sums, ...step }] = steps;
      const [{ sums: expected, ...rest }] = recorded.sparse[i].steps;
      expect(step).toEqual(rest);
      for (const name of Object.keys(expected)) expect(sums[name]).toBeCloseTo(expected[name], 3);
    }
  });

  test("what the fuzzers of operators draw", () => {
    const draw = (fuzzer: Fuzzer, seed: number) => fuzzer._generate(new RandomState(seed));
    const classes = { UnaryOpFuzzer, BinaryOpFuzzer, UnaryOpSparseFuzzer, BinaryOpSparseFuzzer };
    for (const [name, make] of Object.entries(classes)) {
      for (const [seed, params] of recorded.drawn[name].entries()) {
        expect(draw(make(seed), seed), `${name} ${seed}`).toEqual(params);
      }
    }
    for (const [seed, params] of recorded.drawn.SpectralOpFuzzer.entries()) {
      expect(draw(SpectralOpFuzzer({ seed }), seed)).toEqual(params);
    }
  });

  test("what is refused", () => {
    expect(() => FuzzedParameter("a", distribution([1, 0.5]))).toThrow("Distribution is not normalized");
    expect(() => FuzzedParameter("a", distribution([1, 2], [2, -1]))).toThrow("Probabilities cannot be negative");
    expect(() => FuzzedParameter("a", 1, null, { distribution: new Map([[1, 1]]) })).toThrow(
      "When passing a custom distribution, 'minval' must be None",
    );
    expect(() => FuzzedParameter("a", 1, 2)).toThrow("Unknown distribution: None");
    const a = FuzzedParameter("a", 1, 2, { distribution: "uniform" });
    expect(() => Fuzzer([a], [FuzzedTensor("a", [1])])).toThrow("Duplicate names in parameters and tensors: {'a'}");
    const never = Fuzzer([a], [FuzzedTensor("x", ["a"], { min_elements: 10 })], { seed: 1 });
    expect(() => [...never.take(1)]).toThrow("Failed to generate a set of valid parameters.");
    const circle = Fuzzer([FuzzedParameter("a", distribution([ParameterAlias("a"), 1]))], [], { seed: 1 });
    expect(() => [...circle.take(1)]).toThrow("ParameterAlias cycle detected\n{'a': ParameterAlias[alias_to: a]}");
  });
});
