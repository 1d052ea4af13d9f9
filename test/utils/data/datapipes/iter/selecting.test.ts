import * as torch from "tstorch";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

const { len, range } = torch.py;

test("filter", () => {
  const datapipe = IterableWrapper(range(10)).filter((x) => x % 3 === 0);
  expect(list(datapipe)).toEqual([0, 3, 6, 9]);
  expect(() => len(datapipe)).toThrow("object of type 'FilterIterDataPipe' has no len()");
  const rows = IterableWrapper([
    [1, 2],
    [3, 3],
  ]);
  expect(list(rows.filter((a: number, b: number) => a === b, { input_col: [0, 1] }))).toEqual([[3, 3]]);
  expect(() => list(rows.filter((() => 1) as never))).toThrow(
    "The function <lambda> takes 0 parameters, but 1 are required.",
  );
  expect(() => list(rows.filter(((_: unknown) => 1) as never))).toThrow(
    "Boolean output is required for `filter_fn` of FilterIterDataPipe, got <class 'int'>",
  );
});
