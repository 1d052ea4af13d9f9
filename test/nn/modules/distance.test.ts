import * as torch from "tstorch";
import { nn } from "tstorch";
import { expect, test } from "vitest";
import { expectClose } from "../functional/helpers/values.js";

/** -0.5, -0.4, ... in a given shape. */
const ramp = (...shape: number[]) =>
  torch
    .arange(shape.reduce((n, size) => n * size, 1))
    .reshape(shape)
    .float()
    .div(10)
    .sub(0.5);

const x = ramp(3, 4);

test("PairwiseDistance", () => {
  const m = nn.PairwiseDistance({ p: 1, keepdim: true });
  expectClose(m(x, x.mul(2)), [[1.4], [0.4], [1.8]], 1e-4);
  expect([String(m), m.norm]).toEqual(["PairwiseDistance()", 1]);
});

test("CosineSimilarity", () => {
  expectClose(nn.CosineSimilarity(0)(x, { x2: x.add(1) }), [0.05096, 0.31046, 0.55282, 0.72786], 1e-4);
});
