// Every benchmark runs and prints figures; how large they are, `npm run bench` says.
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bars } from "../../bench/suite/bars.js";
import { benchmarks, goals } from "../../bench/suite/benchmarks.js";
import { judge } from "../../bench/suite/report.js";
import { parse } from "../../bench/suite/rounds.js";
import { summarize } from "../../bench/suite/summary.js";

const bench = path.join(import.meta.dirname, "../../bench");

test.each(benchmarks.map(({ name }) => name))("%s prints figures", async (name) => {
  const env = { ...process.env, BENCH_LENGTH: "once", OMP_NUM_THREADS: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(bench, `${name}.mjs`)], { env });
  const figures = parse(stdout);
  expect(figures.length).toBeGreaterThan(0);
  expect(new Set(figures.map((figure) => figure.name)).size).toBe(figures.length);
});

test("there is a benchmark for every file, and a twin in Python for all but the compiler's", () => {
  const files = fs.readdirSync(bench);
  const named = (extension: string) =>
    files.filter((file) => file.endsWith(extension)).map((file) => file.split(".")[0]);
  const names = benchmarks.map(({ name }) => name).sort();
  const shared = ["measure", "images", "operators"]; // the dataset of dataloader.mjs, the calls of small_operators.mjs
  expect(named(".mjs").filter((name) => !shared.includes(name))).toEqual(names);
  expect(named(".py").filter((name) => name !== "measure")).toEqual(names.filter((name) => name !== "types"));
});

test("lines that are no figures are refused", () => {
  expect(parse("x[:, 0]: 12.5 ns\nRSS: 200 MB")).toEqual([
    { name: "x[:, 0]", value: 12.5, unit: "ns" },
    { name: "RSS", value: 200, unit: "MB" },
  ]);
  expect(() => parse("x: NaN ns")).toThrow("not a figure: x: NaN ns");
  expect(() => parse("done")).toThrow("not a figure: done");
});

describe("the report", () => {
  const figure = { unit: "ns", typescript: [10, 30, 20], python: [20, 20, 20], native: [5, 5, 5] };

  test("takes the medians, and the ratios of the rounds", () => {
    expect(summarize(figure)).toEqual({
      unit: "ns",
      typescript: 20,
      python: 20,
      native: 5,
      ratio: { median: 1, low: 0.5, high: 1.5 },
    });
  });

  test("says which goals are met, of those that were measured", () => {
    const [benchmark] = benchmarks.filter(({ name }) => name === "cnn");
    const figures = new Map([["step", summarize(figure)]]);
    expect(judge([{ benchmark, threads: "one", figures }])).toEqual([
      { text: "small CNN with BatchNorm, step", limit: "1.05x", value: "1.00x", met: true },
    ]);
    expect(judge([{ benchmark, threads: "all", figures }])).toEqual([]);
    expect(judge([])).toEqual([]);
    expect(new Set(goals.map(({ text }) => text)).size).toBe(goals.length);
  });

  test("draws a bar for each ratio, cut off where it is far too long", () => {
    const chart = bars("a < b", "legend", [
      { label: "x", value: 0.5, low: 0.4, high: 0.6, limit: 0.2 },
      { label: "y", value: 9, low: 9, high: 9 },
    ]);
    expect(chart).toContain("a &lt; b");
    expect(chart.match(/<rect/g)).toHaveLength(2);
    expect(chart).toContain('width="470.0"');
    expect(chart).toContain(">9.00</text>");
  });
});
