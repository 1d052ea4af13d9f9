// Replays what record.py recorded of torch.func in Python.

import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { type AnyFunction, transforms } from "./transforms.js";

interface Recorded {
  name: string;
  call: string;
  transform?: string;
  shapes?: number[][];
  in_dims?: (number | null)[];
  result?: { shape: number[]; dtype: string; values: (number | string)[] }[];
  error?: string;
  message?: string;
}

const file = path.join(import.meta.dirname, "recordings", "func.json");
const recordings: Record<"vmap" | "transforms", Recorded[]> = JSON.parse(fs.readFileSync(file, "utf8"));

function values(shape: readonly number[], start: number): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const i = torch.arange(0, count, { dtype: torch.float64 });
  return i.mul(37).add(start * 11).remainder(23).add(1).div(16).reshape([...shape]); // biome-ignore format: the formula
}

const functionOf = (call: string, names: readonly string[]): AnyFunction =>
  new Function(...names, `return ${call};`) as AnyFunction;

const flat = (result: unknown): torch.Tensor[] =>
  result instanceof torch.Tensor ? [result] : (result as unknown[]).flatMap(flat);

const toNumber = (value: number | string) =>
  typeof value === "number" ? value : Number(value.replace("inf", "Infinity"));

function check(recorded: Recorded, run: () => unknown): void {
  if (recorded.error) {
    expect(run).toThrow(expect.objectContaining({ name: recorded.error, message: recorded.message }));
    return;
  }
  const results = flat(run());
  expect(results.map((t) => ({ shape: [...t.shape], dtype: String(t.dtype) }))).toEqual(
    recorded.result?.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  for (const [i, result] of results.entries()) {
    const expected = torch.tensor((recorded.result?.[i].values ?? []).map(toNumber), { dtype: torch.float64 });
    const actual = result.to(torch.float64).flatten();
    expect(torch.allclose(actual, expected, 1e-9, 1e-11, true), `${actual} is not ${expected}`).toBe(true);
  }
}

describe("vmap() of an operator", () => {
  test.each(recordings.vmap)("$name over $in_dims of $shapes", (recorded) => {
    const { shapes = [], in_dims = [] } = recorded;
    const function_ = functionOf(recorded.call, ["x", "y"].slice(0, shapes.length));
    check(recorded, () => torch.vmap(function_, in_dims)(...shapes.map(values)));
  });
});

describe("derivatives", () => {
  test.each(recordings.transforms)("$transform of $name", (recorded) => {
    const transform = transforms[recorded.transform ?? ""];
    const function_ = functionOf(recorded.call, ["x"]);
    check(recorded, () =>
      transform(function_)(recorded.transform?.startsWith("vmap") ? values([2, 3], 3) : values([3], 2)),
    );
  });
});
