import * as torch from "tstorch";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { expect, test } from "vitest";
import { list, warnings } from "../helpers.js";

test("IterableWrapper copies what it reads, if it can", () => {
  const rows = [[1], [2]];
  expect(list(IterableWrapper(rows))[0]).not.toBe(rows[0]);
  expect(list(IterableWrapper(rows, { deepcopy: false }))[0]).toBe(rows[0]);
  expect(torch.py.len(IterableWrapper({ iterable: rows }))).toBe(2);
  expect(list(IterableWrapper(new Map([["a", 1]])))).toEqual(["a"]);
  const generator = (function* () {
    yield 1;
  })();
  expect(warnings(() => expect(list(IterableWrapper(generator))).toEqual([1]))).toEqual([
    "The input iterable can not be deepcopied, please be aware of in-place modification would affect source data.",
  ]);
  expect(() => torch.py.len(IterableWrapper(generator))).toThrow(
    "IterableWrapperIterDataPipe instance doesn't have valid length",
  );
});
