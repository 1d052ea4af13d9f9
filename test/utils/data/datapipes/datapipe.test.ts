import { inspect } from "node:util";
import * as torch from "tstorch";
import {
  DataChunk,
  DFIterDataPipe,
  functional_datapipe,
  guaranteed_datapipes_determinism,
  IterDataPipe,
  MapDataPipe,
  non_deterministic,
} from "tstorch/utils/data";
import { IterableWrapper, Mapper } from "tstorch/utils/data/datapipes/iter";
import { expect, expectTypeOf, test } from "vitest";
import { list } from "./helpers.js";

const { iter, next, range, repr } = torch.py;

class Count extends IterDataPipe<number> {
  resets = 0;
  readonly end: number;

  constructor(end: number) {
    super();
    this.end = end;
  }

  override *__iter__() {
    for (let i = 0; i < this.end; i++) yield i;
  }

  override reset() {
    this.resets++;
  }
}

test("every iterator resets, and makes the one before invalid", () => {
  const datapipe = new Count(3);
  expect(list(datapipe)).toEqual([0, 1, 2]);
  expect(datapipe.resets).toBe(1);
  const first = iter(datapipe);
  expect(next(first)).toBe(0);
  const second = iter(datapipe);
  expect(next(first)).toBe(1); // a generator begins with its first element
  expect(next(second)).toBe(0);
  expect(datapipe.resets).toBe(3);
  expect(() => next(first)).toThrow(
    new torch.RuntimeError(
      "This iterator has been invalidated because another iterator has been created from the same IterDataPipe: Count(end=3)\nThis may be caused by multiple references to the same IterDataPipe. We recommend using `.fork()` if that is necessary.\nFor feedback regarding this single iterator per IterDataPipe constraint, feel free to comment on this issue: https://github.com/pytorch/data/issues/45.",
    ),
  );
  expect(list(second)).toEqual([1, 2]);
  expect(datapipe._number_of_samples_yielded).toBe(3);
});

test("a class with __next__, with next or with [Symbol.iterator]", () => {
  class Python extends IterDataPipe<number> {
    at = 0;
    override __iter__() {
      this.at = 0;
      return this as unknown as Iterator<number>;
    }
    __next__() {
      if (this.at === 2) throw new torch.py.StopIteration();
      return this.at++;
    }
  }
  const python = new Python();
  expect([list(python), list(python)]).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(python._number_of_samples_yielded).toBe(2);
  const first = iter(python);
  iter(python);
  expect(() => next(first)).toThrow("This iterator has been invalidated");
  class JavaScript extends IterDataPipe<string> {
    override *[Symbol.iterator]() {
      yield* ["a", "b"];
    }
  }
  expect(list(new JavaScript().map((letter) => letter.toUpperCase()))).toEqual(["A", "B"]);
});

test("an error tells in which datapipe it came up, and is the same error", () => {
  const error = new torch.ValueError("no 2");
  const bad = (x: number) => {
    if (x === 2) throw error;
    return x;
  };
  const datapipe = IterableWrapper(range(4)).map(bad).batch(2);
  let caught: unknown;
  try {
    list(datapipe);
  } catch (thrown) {
    caught = thrown;
  }
  expect(caught).toBe(error);
  expect(error.message).toBe(
    "no 2\nThis exception is thrown by __iter__ of MapperIterDataPipe(datapipe=IterableWrapperIterDataPipe, fn=bad, input_col=None, output_col=None)",
  );
});

test("leaving a loop closes the iterators of all datapipes", () => {
  const closed: string[] = [];
  class Open extends IterDataPipe<number> {
    override *__iter__() {
      try {
        yield* [1, 2, 3];
      } finally {
        closed.push("closed");
      }
    }
  }
  for (const x of new Open().map((x) => x).zip(new Open())) {
    expect(x).toEqual([1, 1]);
    break;
  }
  expect(closed).toEqual(["closed", "closed"]);
});

test("datapipes print as their class", () => {
  const datapipe = IterableWrapper([1]).map(String);
  expect([repr(datapipe), String(datapipe), inspect(datapipe)]).toEqual(new Array(3).fill("MapperIterDataPipe"));
  expect(datapipe).toBeInstanceOf(Mapper);
  expect(new DFIterDataPipe()._is_dfpipe()).toBe(true);
});

test("a functional form of one's own", () => {
  class Times extends IterDataPipe<number> {
    constructor(
      readonly source: Iterable<number>,
      readonly factor: number,
    ) {
      super();
    }
    override *__iter__() {
      for (const x of this.source) yield x * this.factor;
    }
  }
  expect(functional_datapipe("times_")(Times)).toBe(Times);
  const made = (IterableWrapper([1, 2]) as unknown as { times_(factor: number): Times }).times_(10);
  expect(list(made)).toEqual([10, 20]);
  expect(() => functional_datapipe("map")(Times)).toThrow(
    "Unable to add DataPipe function name map as it is already taken",
  );
  MapDataPipe.register_function("first_", (datapipe) => datapipe[0]);
  const sequence = torch.utils.data.datapipes.map.SequenceWrapper([7]);
  expect((sequence as unknown as { first_(): number }).first_()).toBe(7);
});

test("non_deterministic and guaranteed_datapipes_determinism", () => {
  class Chance extends IterDataPipe<number> {
    constructor(readonly random: boolean) {
      super();
    }
    override *__iter__() {
      yield 1;
    }
  }
  const Always = non_deterministic(Chance);
  const Sometimes = non_deterministic((random: boolean) => random)(Chance);
  expect(list(new Always(true))).toEqual([1]);
  guaranteed_datapipes_determinism(() => {
    expect(() => new Always(false)).toThrow(
      "Chance is non-deterministic, but you set 'guaranteed_datapipes_determinism'. You can turn off determinism for this DataPipe if that is acceptable for your application",
    );
    expect(() => new Sometimes(true)).toThrow("Chance is non-deterministic with the inputs, but you set");
    expect(list(new Sometimes(false))).toEqual([1]);
  });
  expect(list(new Sometimes(true))).toEqual([1]);
  expect(() => new (non_deterministic((() => 1) as unknown as () => boolean)(Chance))(true)).toThrow(
    "deterministic_fn of `non_deterministic` decorator is required to return a boolean value, but <class 'int'> is found",
  );
});

test("DataChunk", () => {
  const chunk = DataChunk([1, 2]);
  expect([chunk.as_str("  "), repr(chunk), chunk.length, chunk.items]).toEqual(["  [1, 2]", "[1, 2]", 2, [1, 2]]);
  expect([...chunk.raw_iterator()]).toEqual([1, 2]);
  expect(chunk.map((x) => x + 1)).toEqual([2, 3]);
});

test("types follow the samples", () => {
  const datapipe = IterableWrapper([1, 2, 3]);
  expect(list(datapipe.map((x) => `${x}`))).toEqual(["1", "2", "3"]);
  if (datapipe.batch(2).length === 2) return; // what follows is for the compiler
  expectTypeOf(datapipe.map((x) => `${x}`)).toEqualTypeOf<IterDataPipe<string>>();
  expectTypeOf(list(datapipe.batch(2))).toEqualTypeOf<DataChunk<number>[]>();
  expectTypeOf(list(datapipe.batch(2).unbatch())).toEqualTypeOf<number[]>();
  expectTypeOf(list(datapipe.batch(2).collate())).toEqualTypeOf<torch.Tensor[]>();
  expectTypeOf(list(datapipe.zip(datapipe.map(String)))).toEqualTypeOf<[number, string][]>();
  expectTypeOf(list(datapipe.filter((x) => x > 1).shuffle())).toEqualTypeOf<number[]>();
  // @ts-expect-error the function takes numbers
  datapipe.map((x: string) => x);
});
