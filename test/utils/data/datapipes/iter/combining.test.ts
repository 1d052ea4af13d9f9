import * as torch from "tstorch";
import { Concater, IterableWrapper, Multiplexer, Zipper } from "tstorch/utils/data/datapipes/iter";
import { describe, expect, test } from "vitest";
import { list, warnings } from "../helpers.js";

const { iter, len, next, range, zip } = torch.py;
const numbers = (count: number) => IterableWrapper(range(count));

test("concat, mux and zip", () => {
  const letters = IterableWrapper("abc");
  expect(list(numbers(3).concat<number | string>(letters))).toEqual([0, 1, 2, "a", "b", "c"]);
  expect(list(numbers(5).mux<number | string>(letters))).toEqual([0, "a", 1, "b", 2, "c"]);
  expect(list(numbers(5).zip(letters))).toEqual([
    [0, "a"],
    [1, "b"],
    [2, "c"],
  ]);
  expect([numbers(5).concat(numbers(2)), numbers(5).mux(numbers(2)), numbers(5).zip(numbers(2))].map(len)).toEqual([
    7, 4, 2,
  ]);
  const endless = numbers(3).filter((_) => true);
  for (const Class of [Concater, Multiplexer, Zipper]) {
    expect(() => len(new Class(endless))).toThrow(`${Class.name} instance doesn't have valid length`);
  }
  expect(() => Concater()).toThrow("Expected at least one DataPipe, but got nothing");
  expect(() => numbers(1).concat([1] as never)).toThrow("Expected all inputs to be `IterDataPipe`");
  expect(() => numbers(1).zip([1] as never)).toThrow(
    "All inputs are required to be `IterDataPipe` for `ZipIterDataPipe`.",
  );
});

describe("fork", () => {
  test("gives the samples to each", () => {
    const [a, b] = numbers(5).fork({ num_instances: 2 });
    expect(list(zip(a, b))).toEqual([0, 1, 2, 3, 4].map((x) => [x, x]));
    expect([list(a), list(b), len(a)]).toEqual([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 5]);
    const datapipe = numbers(1);
    expect(datapipe.fork(1)).toBe(datapipe);
  });

  test("copies", () => {
    const sample = [[1]];
    const [a, b] = IterableWrapper([sample], { deepcopy: false }).fork(2, { copy: "shallow" });
    const [[x], [y]] = [list(a), list(b)];
    expect(x).not.toBe(y);
    expect(x[0]).toBe(y[0]);
    const [c] = IterableWrapper([sample], { deepcopy: false }).fork(2, { copy: "deep" });
    expect(list(c)[0][0]).not.toBe(sample[0]);
    const [d] = IterableWrapper([sample], { deepcopy: false }).fork(2);
    expect(list(d)[0]).toBe(sample);
  });

  test("a second iterator of one begins all anew, and warns", () => {
    const [a, b] = numbers(3).fork(2);
    const [first, second] = [iter(a), iter(b)];
    expect([next(first), next(second)]).toEqual([0, 0]);
    const told = warnings(() => {
      expect(next(iter(a))).toBe(0);
    });
    expect(told).toEqual([
      "Some child DataPipes are not exhausted when __iter__ is called. We are resetting the buffer and each child DataPipe will read from the start again.",
    ]);
    expect(() => next(second)).toThrow(
      "This iterator has been invalidated, because a new iterator has been created from one of the ChildDataPipes of _ForkerIterDataPipe(buffer_size=1000, num_instances=2).",
    );
  });

  test("a full buffer, and other errors", () => {
    const [a] = numbers(10).fork({ num_instances: 2, buffer_size: 3 });
    const got: number[] = [];
    expect(() => {
      for (const x of a) got.push(x);
    }).toThrow(new torch.BufferError("ForkerIterDataPipe buffer overflow,buffer size 3 is insufficient."));
    expect(got).toEqual([0, 1, 2]);
    expect(() => numbers(1).fork(0)).toThrow("Expected `num_instances` larger than 0, but 0 is found");
    expect(() => numbers(1).fork(2, { copy: "x" as never })).toThrow(
      "Unknown copy method `x` requested, choose one of None, `shallow` or `deep`.",
    );
    expect(warnings(() => numbers(1).fork(2, -1))).toEqual([
      "Unlimited buffer size is set for `fork`, please be aware of OOM at random places",
    ]);
  });

  test("the buffer keeps only what a branch has yet to read", () => {
    const [a, b] = numbers(2000).fork(2, 5);
    expect(list(zip(a, b)).length).toBe(2000);
  });
});

describe("demux", () => {
  const odd = (x: number) => x % 2;

  test("shares the samples", () => {
    const [a, b] = numbers(6).demux(2, odd);
    expect([list(a), list(b), list(a)]).toEqual([
      [0, 2, 4],
      [1, 3, 5],
      [0, 2, 4],
    ]);
    expect(() => len(a)).toThrow(TypeError);
    const rest = (x: number) => (x < 2 ? null : x % 2);
    const [c, d] = numbers(4).demux({ num_instances: 2, classifier_fn: rest, drop_none: true });
    expect([list(c), list(d)]).toEqual([[2], [3]]);
  });

  test("errors", () => {
    const [a] = numbers(10).demux(2, odd, { buffer_size: 2 });
    expect(() => list(a)).toThrow(
      new torch.BufferError("DemultiplexerIterDataPipe buffer overflow, buffer size 2 is insufficient."),
    );
    const [b] = numbers(4).demux(2, () => 5);
    expect(() => list(b)).toThrow(
      new torch.ValueError("Output of the classification fn should be between 0 and 1. 5 is returned."),
    );
    const [c] = numbers(4).demux(2, () => null);
    expect(() => list(c)).toThrow("between 0 and 1. None is returned.");
    expect(() => numbers(4).demux(0, odd)).toThrow("Expected `num_instances` larger than 0, but 0 is found");
  });
});
