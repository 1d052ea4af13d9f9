import * as torch from "tstorch";
import { expect } from "vitest";

type Nested = number | readonly Nested[];

/** A float32 tensor of given values. */
export const f32 = (values: Nested): torch.Tensor => torch.tensor(values, { dtype: torch.float32 });

/** 0, 1, 2, ... as a float32 tensor of a shape. */
export const iota = (...shape: number[]): torch.Tensor =>
  torch
    .arange(
      shape.reduce((n, size) => n * size, 1),
      { dtype: torch.float32 },
    )
    .view(shape);

/** Expects a tensor of the shape of the values, each within 1e-5 of them. */
export function expectClose(actual: torch.Tensor, values: Nested, tolerance = 1e-5): void {
  const shape: number[] = [];
  for (let at = values; Array.isArray(at); at = at[0]) shape.push(at.length);
  expect([...actual.shape]).toEqual(shape);
  const [got, wanted] = [[actual.tolist()], [values]].map((list) => list.flat(Infinity) as number[]);
  wanted.forEach((value, i) => {
    if (Number.isFinite(value)) expect(Math.abs(got[i] - value), `element ${i} is ${got[i]}`).toBeLessThan(tolerance);
    else expect(got[i]).toBe(value);
  });
}

/** What a function throws, as "Class: text". */
export function thrown(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing";
}
