import * as torch from "tstorch";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

const { len, range } = torch.py;
const add = (a: number, b: number) => a + b;

test("map", () => {
  expect(list(IterableWrapper(range(3)).map((x) => x + 1))).toEqual([1, 2, 3]);
  expect(len(IterableWrapper(range(3)).map(String))).toBe(3);
  const filtered = IterableWrapper(range(3)).filter((_) => true);
  expect(() => len(filtered.map(String))).toThrow("MapperIterDataPipe instance doesn't have valid length");
});

test("map with columns of lists", () => {
  const rows = IterableWrapper([0, 1, 2].map((i) => [i, i * 10, i * 100]));
  expect(list(rows.map(add, { input_col: [0, 1] }))).toEqual([
    [0, 0],
    [11, 100],
    [22, 200],
  ]);
  expect(list(rows.map(add, { input_col: [0, 2], output_col: -1 }))).toEqual([
    [0, 0, 0, 0],
    [1, 10, 100, 101],
    [2, 20, 200, 202],
  ]);
  expect(list(rows.map((x: number) => x % 2, 1, 0))).toEqual([
    [0, 0, 0],
    [0, 10, 100],
    [0, 20, 200],
  ]);
  const kept = [1, 2];
  list(IterableWrapper([kept], { deepcopy: false }).map((x: number) => x + 1, 0));
  expect(kept).toEqual([1, 2]); // what is a tuple in Python stays as it is
});

test("map with columns of dicts", () => {
  const rows = IterableWrapper([{ a: 1, b: 2 }]);
  expect(list(rows.map((x: number) => x + 1, "a"))).toEqual([{ a: 2, b: 2 }]);
  expect(list(rows.map(add, ["a", "b"], "c"))).toEqual([{ a: 1, b: 2, c: 3 }]);
  expect(list(rows.map(add, ["a", "b"]))).toEqual([{ a: 3 }]);
});

test("functions that do not fit", () => {
  const rows = IterableWrapper([[1, 2]]);
  expect(() => rows.map(add as never)).toThrow(
    new torch.ValueError("The function add takes 2 positional parameters, but 1 are required."),
  );
  expect(() => rows.map((x: number) => x, { input_col: [0, 1] })).toThrow(
    new torch.ValueError("The function <lambda> takes 1 parameters, but 2 are required."),
  );
  expect(() => rows.map((x: number) => x, { output_col: 1 })).toThrow(
    "`output_col` must be None when `input_col` is None.",
  );
  expect(() => rows.map((x: number) => x, 0, [0, 1] as never)).toThrow(
    "`output_col` must be a single-element list or tuple",
  );
  expect(() => rows.map(3 as never)).toThrow("A callable function is expected, but <class 'int'> is provided.");
  expect(list(rows.map((...values: number[]) => values.length, [0, 1]))).toEqual([[2]]);
  expect(list(rows.map(Math.max, [0, 1]))).toEqual([[2]]);
});

test("collate", () => {
  const batches = list(IterableWrapper(range(5)).batch(3).collate());
  expect(batches.map((batch) => batch.tolist())).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
  expect(batches[0].dtype).toBe(torch.int64);
  const sums = IterableWrapper(range(4))
    .batch(2)
    .collate({ collate_fn: (batch) => batch[0] + batch[1] });
  expect(list(sums)).toEqual([1, 5]);
  expect(
    list(
      IterableWrapper(range(4))
        .batch(2)
        .collate((batch) => batch.length),
    ),
  ).toEqual([2, 2]);
  // Lists of lists keep their class, as in Python.
  const nested = list(IterableWrapper(range(4)).batch(2).batch(2).collate())[0] as unknown as torch.Tensor[];
  expect(nested.map((column) => column.tolist())).toEqual([
    [0, 2],
    [1, 3],
  ]);
});
