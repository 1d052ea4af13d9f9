import { expect, test } from "vitest";
import { Random } from "../../dist/python/random.js";

const times = (count: number, draw: () => number) => Array.from({ length: count }, draw);

test("the numbers of Python's random.Random", () => {
  const r = new Random(0);
  expect(times(10, () => r.randint(0, 9))).toEqual([6, 6, 0, 4, 8, 7, 6, 4, 7, 5]);
  expect(r.sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 10)).toEqual([9, 3, 2, 7, 1, 0, 6, 8, 4, 5]);
  expect(r.random()).toBe(0.09876334465914771);
  const large = new Random(2n ** 63n - 5n);
  expect(times(5, () => large.randint(0, 999))).toEqual([479, 494, 734, 901, 717]);
  const bits = new Random(0);
  expect(times(5, () => bits.getrandbits(5))).toEqual([27, 12, 24, 28, 13]);
  expect(bits.random()).toBe(0.04048437818077755);
  const negative = new Random(-7);
  expect(times(6, () => negative.randint(-3, 3))).toEqual([-1, -2, 0, 2, -3, -3]);
});

test("its state", () => {
  const r = new Random(3);
  times(700, () => r.random());
  const state = r.getstate();
  const expected = times(3, () => r.random());
  const other = new Random();
  other.setstate(state);
  expect(times(3, () => other.random())).toEqual(expected);
  expect(new Random().random()).not.toBe(new Random().random());
  expect(() => r.randint(2, 1)).toThrow("empty range for randrange() (2, 2, 0)");
  expect(() => r.sample([1], 2)).toThrow("Sample larger than population or is negative");
});
