import * as torch from "tstorch";
import { Concater, Mapper, SequenceWrapper, Zipper } from "tstorch/utils/data/datapipes/map";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

const { len, range } = torch.py;
const five = SequenceWrapper([1, 2, 3, 4, 5]);

test("SequenceWrapper", () => {
  expect([five[0], five[-1], len(five)]).toEqual([1, 5, 5]);
  expect(SequenceWrapper({ a: 1 }).__getitem__("a")).toBe(1);
  const rows = [[1]];
  expect(SequenceWrapper(rows)[0]).not.toBe(rows[0]);
  expect(SequenceWrapper(rows, { deepcopy: false })[0]).toBe(rows[0]);
  expect(String(five)).toBe("SequenceWrapperMapDataPipe");
});

test("map, concat and zip", () => {
  const squares = five.map((x) => x * x);
  expect(squares).toBeInstanceOf(Mapper);
  expect([list(squares), len(squares), Mapper(five)[2]]).toEqual([[1, 4, 9, 16, 25], 5, 3]);
  expect([five.concat(five)[7], len(five.concat(five))]).toEqual([3, 10]);
  expect(() => five.concat(five)[11]).toThrow(new torch.IndexError("Index 11 is out of range."));
  expect([five.zip(squares)[2], len(five.zip(SequenceWrapper([1])))]).toEqual([[3, 9], 1]);
  expect(() => five.zip(squares)[9]).toThrow(
    "Index 9 is out of range for one of the input MapDataPipes SequenceWrapperMapDataPipe.",
  );
  for (const Class of [Concater, Zipper]) {
    expect(() => new Class()).toThrow("Expected at least one DataPipe, but got nothing");
    expect(() => new Class(1 as never)).toThrow("Expected all inputs to be `MapDataPipe`");
  }
});

test("batch", () => {
  const batches = five.batch(2);
  expect([list(batches), batches[2], len(batches), len(five.batch(2, { drop_last: true }))]).toEqual([
    [[1, 2], [3, 4], [5]],
    [5],
    3,
    2,
  ]);
  expect(() => five.batch(2, { drop_last: true })[2]).toThrow("Index 2 is out of bound.");
  expect(() => five.batch(0)).toThrow("Batch size is required to be larger than 0!");
});

test("shuffle gives Python's order", () => {
  torch.manual_seed(0);
  torch.utils.data.graph_settings.apply_random_seed(SequenceWrapper(range(1)).shuffle(), null); // a seed is drawn
  const ten = SequenceWrapper(range(10));
  expect(list(ten.shuffle().set_seed(7))).toEqual([8, 3, 1, 4, 7, 0, 9, 6, 2, 5]);
  expect(list(ten.shuffle().set_shuffle(false))).toEqual(list(range(10)));
  const chosen = ten.shuffle({ indices: [2, 4] });
  expect([list(chosen).sort(), len(chosen)]).toEqual([[2, 4], 10]);
});
