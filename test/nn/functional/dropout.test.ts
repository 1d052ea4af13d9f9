import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { beforeEach, expect, test } from "vitest";
import { expectClose, f32, thrown } from "./helpers/values.js";

beforeEach(() => {
  torch.manual_seed(0);
});

test("dropout", () => {
  expectClose(F.dropout(torch.ones(8)), [0, 0, 2, 0, 0, 0, 2, 2]);
  torch.manual_seed(0);
  expectClose(F.dropout(torch.ones(8), { p: 0.25 }), [0, 4 / 3, 4 / 3, 0, 4 / 3, 0, 4 / 3, 4 / 3]);
});

test("dropout does nothing when not training, everything with p=1", () => {
  expectClose(F.dropout(torch.ones(3), 0.5, false), [1, 1, 1]);
  expectClose(F.dropout(torch.ones(3), 1), [0, 0, 0]);
  expectClose(F.alpha_dropout(torch.ones(3)), [1, 1, 1]);
});

test("inplace changes and returns the input", () => {
  const x = torch.ones(8);
  expect(F.dropout(x, { inplace: true })).toBe(x);
  expectClose(x, [0, 0, 2, 0, 0, 0, 2, 2]);
  const y = torch.ones(3, 2);
  torch.manual_seed(0);
  expect(F.dropout1d(y, { inplace: true })).toBe(y);
  expectClose(y, [
    [0, 0],
    [0, 0],
    [2, 2],
  ]);
});

test("alpha_dropout", () => {
  const [low, high] = [-0.779194, 1.665599];
  expectClose(F.alpha_dropout(torch.ones(6), 0.5, true), [low, low, high, low, low, low]);
  torch.manual_seed(0);
  expectClose(F.feature_alpha_dropout(torch.ones(1, 4, 2), { training: true }), [
    [
      [low, low],
      [low, low],
      [high, high],
      [low, low],
    ],
  ]);
});

test("dropout1d, dropout2d and dropout3d drop whole channels", () => {
  expectClose(F.dropout1d(torch.ones(2, 3, 2)).select(2, 0), [
    [0, 0, 2],
    [0, 0, 0],
  ]);
  torch.manual_seed(0);
  expectClose(F.dropout1d(torch.ones(3, 2)).select(1, 0), [0, 0, 2]);
  torch.manual_seed(0);
  expectClose(
    F.dropout2d(torch.ones(1, 4, 1, 2))
      .select(3, 0)
      .view(4),
    [0, 0, 2, 0],
  );
  torch.manual_seed(0);
  expectClose(
    F.dropout3d(torch.ones(4, 1, 1, 2))
      .select(3, 0)
      .view(4),
    [0, 0, 2, 0],
  );
});

test("errors", () => {
  for (const f of [F.dropout, F.alpha_dropout, F.dropout1d, F.dropout2d, F.dropout3d, F.feature_alpha_dropout]) {
    expect(thrown(() => f(f32([1]), 2))).toBe("ValueError: dropout probability has to be between 0 and 1, but got 2.0");
    expect(thrown(() => f(f32([1]), -0.1))).toBe(
      "ValueError: dropout probability has to be between 0 and 1, but got -0.1",
    );
  }
  expect(thrown(() => F.dropout1d(f32([1])))).toMatch(
    /^RuntimeError: dropout1d: Expected 2D or 3D input, but received a 1D input\. Note that/,
  );
});
