import * as torch from "tstorch";
import {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "tstorch/utils/data";
import { beforeEach, describe, expect, test } from "vitest";

const { len, range } = torch.py;

beforeEach(() => {
  torch.manual_seed(3);
});

test("Sampler is for classes of one's own", () => {
  class Every extends Sampler {
    override *__iter__(): Generator<number> {
      yield* [0, 2, 4];
    }
  }
  class Lists extends Sampler<number[]> {
    override *[Symbol.iterator](): IterableIterator<number[]> {
      yield [1, 2];
    }
  }
  expect([[...new Every()], [...torch.py.iter(new Every())], [...new Lists()]]).toEqual([
    [0, 2, 4],
    [0, 2, 4],
    [[1, 2]],
  ]);
  expect(() => [...Sampler()]).toThrow(torch.NotImplementedError);
});

test("SequentialSampler", () => {
  const sampler = SequentialSampler(["a", "b", "c"]);
  expect([[...sampler], [...sampler], len(sampler)]).toEqual([[0, 1, 2], [0, 1, 2], 3]);
  expect([...SequentialSampler({ data_source: [1] })]).toEqual([0]);
});

describe("RandomSampler", () => {
  test("has Python's order, and leaves the default generator where Python leaves it", () => {
    const sampler = RandomSampler(range(6));
    expect([[...sampler], [...sampler]]).toEqual([
      [1, 4, 5, 2, 0, 3],
      [2, 4, 0, 1, 3, 5],
    ]);
    expect(torch.rand(1).item()).toBeCloseTo(0.47161436080932617, 7);
    expect(len(sampler)).toBe(6);
  });

  test("with more samples than there are", () => {
    const sampler = RandomSampler(range(4), { num_samples: 10 });
    expect([...sampler]).toEqual([3, 1, 0, 2, 3, 0, 2, 1, 0, 1]);
    expect(len(sampler)).toBe(10);
  });

  test("with replacement", () => {
    expect([...RandomSampler(range(4), true, 6)]).toEqual([3, 0, 3, 3, 2, 2]);
  });

  test("with a generator, which goes on", () => {
    const sampler = RandomSampler(range(6), { generator: torch.Generator().manual_seed(5) });
    expect([[...sampler], [...sampler]]).toEqual([
      [5, 0, 1, 3, 4, 2],
      [1, 0, 5, 2, 4, 3],
    ]);
  });

  test("refuses what Python refuses", () => {
    expect(() => RandomSampler([])).toThrow(
      new torch.ValueError("num_samples should be a positive integer value, but got num_samples=0"),
    );
    expect(() => RandomSampler(range(3), 1 as never)).toThrow(
      new TypeError("replacement should be a boolean value, but got replacement=1"),
    );
  });
});

test("SubsetRandomSampler", () => {
  const sampler = SubsetRandomSampler([10, 20, 30, 40]);
  expect([[...sampler], len(sampler)]).toEqual([[30, 40, 20, 10], 4]);
});

test("WeightedRandomSampler", () => {
  expect([...WeightedRandomSampler([0.1, 0.9, 0, 0.7], 6)]).toEqual([0, 1, 3, 1, 3, 3]);
  expect([...WeightedRandomSampler(torch.tensor([0.1, 0.9, 0.2, 0.7]), 3, { replacement: false })]).toEqual([1, 3, 0]);
  expect(() => WeightedRandomSampler([[1]], 2)).toThrow(
    new torch.ValueError("weights should be a 1d sequence but given weights have shape (1, 1)"),
  );
  expect(() => WeightedRandomSampler([1], 0)).toThrow(
    new torch.ValueError("num_samples should be a positive integer value, but got num_samples=0"),
  );
});

describe("BatchSampler", () => {
  test("keeps a last short batch, or drops it", () => {
    const [kept, dropped] = [
      BatchSampler(range(5), 2, false),
      BatchSampler(range(5), { batch_size: 2, drop_last: true }),
    ];
    expect([...kept]).toEqual([[0, 1], [2, 3], [4]]);
    expect([...dropped]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect([len(kept), len(dropped)]).toEqual([3, 2]);
    expect([...BatchSampler(SequentialSampler("ab"), 1, true)]).toEqual([[0], [1]]);
  });

  test.each([
    [0, false, "batch_size should be a positive integer value, but got batch_size=0"],
    [1.5, false, "batch_size should be a positive integer value, but got batch_size=1.5"],
    [true, false, "batch_size should be a positive integer value, but got batch_size=True"],
    [2, 1, "drop_last should be a boolean value, but got drop_last=1"],
  ])("refuses %s and %s", (batch_size, drop_last, message) => {
    expect(() => BatchSampler(range(3), batch_size as never, drop_last as never)).toThrow(
      new torch.ValueError(message),
    );
  });
});
