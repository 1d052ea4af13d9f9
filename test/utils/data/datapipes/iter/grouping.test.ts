import * as torch from "tstorch";
import { DataChunk } from "tstorch/utils/data";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

const { len, range } = torch.py;
const numbers = (count: number) => IterableWrapper(range(count));
const odd = (x: number) => x % 2;

test("batch", () => {
  const batches = numbers(10).batch(3);
  expect(list(batches)).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
  expect(list(batches)[0]).toBeInstanceOf(DataChunk);
  expect(list(numbers(10).batch({ batch_size: 3, drop_last: true }))).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ]);
  expect([len(batches), len(numbers(10).batch(3, true))]).toEqual([4, 3]);
  class Chunk extends DataChunk<number> {}
  expect(list(numbers(2).batch(2, { wrapper_class: Chunk }))[0]).toBeInstanceOf(Chunk);
  expect(() => numbers(1).batch(0)).toThrow(new torch.AssertionError("Batch size is required to be larger than 0!"));
  const filtered = numbers(3).filter((_) => true);
  expect(() => len(filtered.batch(2))).toThrow("BatcherIterDataPipe instance doesn't have valid length");
});

test("unbatch", () => {
  expect(list(numbers(10).batch(2).batch(2).unbatch({ unbatch_level: 2 }))).toEqual(list(numbers(10)));
  expect(list(IterableWrapper([[1, [2]], [3]]).unbatch(-1))).toEqual([1, 2, 3]);
  expect(list(IterableWrapper([[1, [2]], [3]]).unbatch())).toEqual([1, [2], 3]);
  expect(() => list(numbers(2).unbatch())).toThrow(
    new torch.IndexError(
      "unbatch_level 1 exceeds the depth of the DataPipe\nThis exception is thrown by __iter__ of UnBatcherIterDataPipe(datapipe=IterableWrapperIterDataPipe, unbatch_level=1)",
    ),
  );
  expect(() => list(numbers(2).unbatch(-2))).toThrow("unbatch_level must be -1 or >= 0");
});

test("groupby", () => {
  expect(list(numbers(10).groupby(odd))).toEqual([
    [0, 2, 4, 6, 8],
    [1, 3, 5, 7, 9],
  ]);
  expect(list(numbers(10).groupby(odd, { keep_key: true, group_size: 2 }))).toEqual([
    [0, [0, 2]],
    [1, [1, 3]],
    [0, [4, 6]],
    [1, [5, 7]],
    [0, [8]],
    [1, [9]],
  ]);
  const options = { buffer_size: 3, group_size: 2, guaranteed_group_size: 2 };
  expect(list(numbers(10).groupby((x) => x % 4, { ...options, drop_remaining: true }))).toEqual([[8], [9]]);
  const strict = numbers(10).groupby(odd, { buffer_size: 4, group_size: 3, guaranteed_group_size: 3 });
  expect(() => list(strict)).toThrow("Failed to group items [0, 2]");
  expect(() => numbers(1).groupby(odd, { group_size: 0 })).toThrow("group_size must be > 0 and <= buffer_size");
  expect(() => numbers(1).groupby(odd, { guaranteed_group_size: 2 })).toThrow(
    "guaranteed_group_size must be > 0 and <= group_size and group_size must be set",
  );
});
