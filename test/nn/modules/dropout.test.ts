import * as torch from "tstorch";
import { nn } from "tstorch";
import { beforeEach, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

const { ones } = torch;
// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;

beforeEach(() => {
  torch.manual_seed(0);
});

test("Dropout in training and eval mode", () => {
  const m = nn.Dropout(0.5);
  expect(m(ones(8)).tolist()).toEqual([0, 0, 2, 0, 0, 0, 2, 2]);
  m.eval();
  expect(m(ones(3)).tolist()).toEqual([1, 1, 1]);
});

test("Dropout in place", () => {
  const x = ones(4);
  expect(nn.Dropout({ p: 1, inplace: true })(x)).toBe(x);
  expect(x.tolist()).toEqual([0, 0, 0, 0]);
});

test("whole channels", () => {
  expect(nn.Dropout1d()(ones(4, 3)).tolist()).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [2, 2, 2],
    [0, 0, 0],
  ]);
  expectClose(
    nn
      .FeatureAlphaDropout()(ones(1, 3, 1, 1))
      .flatten(),
    [-0.7792, -0.7792, 1.6656],
    1e-4,
  );
  expect(
    nn
      .Dropout2d()(ones(1, 4, 1, 1))
      .flatten()
      .tolist(),
  ).toEqual([2, 0, 2, 2]);
  expect(
    nn
      .Dropout3d(0)(ones(1, 2, 1, 1, 1))
      .flatten()
      .tolist(),
  ).toEqual([1, 1]);
});

test("AlphaDropout", () => {
  expectClose(nn.AlphaDropout(0.5)(ones(6)), [-0.7792, -0.7792, 1.6656, -0.7792, -0.7792, -0.7792], 1e-4);
});

test("prints p as a float", () => {
  expect(String(nn.Dropout())).toBe("Dropout(p=0.5, inplace=False)");
  expect(String(nn.Dropout(0, true))).toBe("Dropout(p=0.0, inplace=True)");
});

test("errors", () => {
  expect(thrown(() => nn.Dropout(1.5))).toBe("ValueError: dropout probability has to be between 0 and 1, but got 1.5");
  expect(thrown(() => untyped.Dropout(0.5, true, 1))).toBe(
    "TypeError: _DropoutNd.__init__() takes from 1 to 3 positional arguments but 4 were given",
  );
  expect(thrown(() => nn.Dropout1d()(ones(2)))).toContain(
    "RuntimeError: dropout1d: Expected 2D or 3D input, but received a 1D input.",
  );
});
