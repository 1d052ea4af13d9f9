import * as torch from "tstorch";
import { RandomSampler } from "tstorch/utils/data";
import { IterableWrapper, Sampler } from "tstorch/utils/data/datapipes/iter";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

const { len, range } = torch.py;
const numbers = (count: number) => IterableWrapper(range(count));

test("shuffle gives Python's order", () => {
  torch.manual_seed(0);
  expect(list(numbers(10).shuffle())).toEqual([3, 5, 0, 1, 9, 6, 2, 7, 4, 8]);
  expect(list(numbers(10).shuffle({ buffer_size: 3 }))).toEqual([0, 3, 1, 5, 6, 7, 8, 4, 2, 9]);
  const datapipe = numbers(10).shuffle();
  expect(list(datapipe.set_seed(123))).toEqual([0, 5, 2, 9, 6, 4, 1, 3, 8, 7]);
  expect(list(datapipe.set_seed(123))).toEqual([0, 5, 2, 9, 6, 4, 1, 3, 8, 7]);
  expect(list(datapipe)).not.toEqual([0, 5, 2, 9, 6, 4, 1, 3, 8, 7]);
  expect(list(numbers(8).shuffle({ buffer_size: 4 }).set_seed(1))).toEqual([1, 0, 2, 5, 3, 4, 6, 7]);
  expect(list(numbers(3).shuffle().set_shuffle(false))).toEqual([0, 1, 2]);
  expect(len(datapipe)).toBe(10);
  expect(list(numbers(4).batch(2).shuffle({ unbatch_level: 1 })).sort()).toEqual([0, 1, 2, 3]);
  expect(() => numbers(1).shuffle({ buffer_size: 0 })).toThrow("buffer_size should be larger than 0");
});

test("Sampler", () => {
  expect(list(Sampler(IterableWrapper([5, 6, 7])))).toEqual([0, 1, 2]);
  torch.manual_seed(3);
  const random = Sampler(numbers(5), { sampler: RandomSampler as never });
  expect(list(random)).toEqual([2, 1, 0, 4, 3]);
  expect(len(random)).toBe(5);
  expect(() => Sampler(numbers(3).filter((_) => true))).toThrow(
    "Sampler class requires input datapipe implemented `__len__`",
  );
});
