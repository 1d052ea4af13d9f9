import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { expect, test } from "vitest";
import { expectClose, f32, iota, thrown } from "./helpers/values.js";

test.each([
  ["constant", [0, 0, 1, 2, 0, 0]],
  ["reflect", [1, 0, 1, 2, 1, 0]],
  ["replicate", [0, 0, 1, 2, 2, 2]],
  ["circular", [2, 0, 1, 2, 0, 1]],
] as const)("pad: %s", (mode, values) => {
  expectClose(F.pad(iota(1, 1, 3), [1, 2], mode).view(6), values);
});

test("pad with a value, and with negative sizes", () => {
  expectClose(F.pad(torch.ones(1, 2), [1, 0, 0, 1], { value: 5 }), [
    [5, 1, 1],
    [5, 5, 5],
  ]);
  expect(F.pad(torch.arange(4), [-1, -1]).tolist()).toEqual([1, 2]);
  // @ts-expect-error: no such mode
  expect(thrown(() => F.pad(f32([1]), [1, 1], "wrap"))).toBe("NotImplementedError: Unrecognised padding mode wrap");
});

test("unfold and fold", () => {
  const columns = F.unfold(iota(1, 1, 2, 2), 2, { padding: 1 });
  expect([...columns.shape]).toEqual([1, 4, 9]);
  expectClose(columns[0][0], [0, 0, 0, 0, 0, 1, 0, 2, 3]);
  expectClose(F.fold(columns, 2, [2, 2], { padding: 1 }), [
    [
      [
        [0, 4],
        [8, 12],
      ],
    ],
  ]);
});

test("assert_int_or_pair", () => {
  F.assert_int_or_pair(2, "size", "{} is wrong");
  expect(thrown(() => F.assert_int_or_pair([1, 2, 3], "size", "{} is wrong"))).toBe("AssertionError: size is wrong");
});
