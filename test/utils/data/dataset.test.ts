import * as torch from "tstorch";
import { slice } from "tstorch/python";
import {
  ChainDataset,
  ConcatDataset,
  Dataset,
  IterableDataset,
  random_split,
  StackDataset,
  Subset,
  TensorDataset,
} from "tstorch/utils/data";
import { describe, expect, test, vi } from "vitest";

const { len, range } = torch.py;

/** Squares of the indices below a length. */
class Squares extends Dataset<number> {
  n: number;

  constructor(n: number) {
    super();
    this.n = n;
  }

  override __getitem__(index: number): number {
    if (index >= this.n) throw new torch.IndexError(`index ${index} out of range`);
    return index ** 2;
  }

  override __len__(): number {
    return this.n;
  }
}

class Numbers extends IterableDataset<number> {
  end: number;

  constructor(end: number) {
    super();
    this.end = end;
  }

  override *__iter__(): Generator<number> {
    for (let i = 0; i < this.end; i++) yield i;
  }

  override __len__(): number {
    return this.end;
  }
}

describe("Dataset", () => {
  test("is indexed by brackets, and has a length", () => {
    const squares = new Squares(4);
    expect([squares[3], squares["2"], squares.length, len(squares)]).toEqual([9, 4, 4, 4]);
    expect([...squares]).toEqual([0, 1, 4, 9]);
  });

  test("gets the slice of a text between brackets", () => {
    const keys: unknown[] = [];
    class Keys extends Dataset {
      override __getitem__(key: unknown): unknown {
        keys.push(key);
        return key;
      }
    }
    const dataset = new Keys();
    void [dataset[-1], dataset["1:3"], dataset[":2"], dataset["::-1"], dataset["-3:"]];
    expect(keys).toEqual([-1, slice(1, 3), slice(2), slice(null, null, -1), slice(-3, null)]);
  });

  test("lets other names alone", () => {
    const dataset = new Squares(2) as Squares & Record<string, unknown>;
    expect([dataset.then, dataset.x, "__getitems__" in dataset]).toEqual([undefined, undefined, false]);
    dataset.x = 1;
    expect(dataset.x).toBe(1);
    class Own extends Dataset<number> {
      override length = 7;
    }
    expect(len(new Own())).toBe(7);
    class Unsized extends Dataset<number> {
      override __getitem__(index: number): number {
        if (index > 2) throw new torch.IndexError("end");
        return index;
      }
    }
    expect([...new Unsized()]).toEqual([0, 1, 2]);
    expect(() => len(new Unsized())).toThrow(new TypeError("object of type 'Unsized' has no len()"));
  });

  test("needs a __getitem__", () => {
    expect(() => Dataset()[0]).toThrow(
      new torch.NotImplementedError("Subclasses of Dataset should implement __getitem__."),
    );
    expect(Dataset()).toBeInstanceOf(Dataset);
    expect(new Numbers(2)).toBeInstanceOf(Dataset);
  });
});

describe("IterableDataset", () => {
  test("is iterated by __iter__ or Symbol.iterator", () => {
    class Letters extends IterableDataset<string> {
      override *[Symbol.iterator](): Generator<string, void, undefined> {
        yield* ["a", "b"];
      }
    }
    expect([...new Numbers(3), ...new Numbers(1)]).toEqual([0, 1, 2, 0]);
    expect([...new Letters()]).toEqual(["a", "b"]);
    expect(() => [...IterableDataset()]).toThrow(TypeError);
  });

  test("chains", () => {
    const chain = ChainDataset([new Numbers(2), new Numbers(3)]);
    expect([...chain]).toEqual([0, 1, 0, 1, 2]);
    expect(len(chain)).toBe(5);
    expect([...(new Numbers(1).__add__(new Numbers(2)) as Iterable<number>)]).toEqual([0, 0, 1]);
    expect(() => [...ChainDataset([new Squares(1) as never])]).toThrow(
      new torch.AssertionError("ChainDataset only supports IterableDataset"),
    );
  });
});

describe("TensorDataset", () => {
  const dataset = TensorDataset(torch.arange(4), torch.arange(8).reshape(4, 2));

  test("gives lists of elements", () => {
    expect(dataset[2].map(String)).toEqual(["tensor(2)", "tensor([4, 5])"]);
    expect(dataset[-1][0].item()).toBe(3);
    expect(dataset["1:3"].map(String)).toEqual(["tensor([1, 2])", "tensor([[2, 3],\n        [4, 5]])"]);
    expect(dataset.__getitem__([0, 3])[0].tolist()).toEqual([0, 3]);
    expect([dataset.length, [...dataset].length]).toEqual([4, 4]);
    expect(() => dataset[4]).toThrow(torch.IndexError);
  });

  test("takes tensors of one first size", () => {
    expect(() => TensorDataset(torch.zeros(2), torch.zeros(3))).toThrow(
      new torch.AssertionError("Size mismatch between tensors"),
    );
  });
});

describe("StackDataset", () => {
  test("gives lists, or objects", () => {
    expect(StackDataset(new Squares(3), ["a", "b", "c"])[2]).toEqual([4, "c"]);
    const named = StackDataset({ square: new Squares(3), letter: ["a", "b", "c"] });
    expect(named[1]).toEqual({ square: 1, letter: "b" });
    expect(named.__getitems__([0, 2])).toEqual([
      { square: 0, letter: "a" },
      { square: 4, letter: "c" },
    ]);
    expect([named.length, len(StackDataset([1, 2]))]).toEqual([3, 2]);
  });

  test("asks datasets for several samples at once", () => {
    class Batched extends Squares {
      override __getitems__(indices: number[]): number[] {
        return indices.map((index) => -index);
      }
    }
    expect(StackDataset(new Batched(3), new Squares(3)).__getitems__([1, 2])).toEqual([
      [-1, 1],
      [-2, 4],
    ]);
    class Broken extends Squares {
      override __getitems__(): number[] {
        return [];
      }
    }
    expect(() => StackDataset(new Broken(3)).__getitems__([1])).toThrow(
      new torch.ValueError("Nested dataset's output size mismatch. Expected 1, got 0"),
    );
  });

  test.each([
    [() => (StackDataset as unknown as () => void)(), "At least one dataset should be passed"],
    [() => StackDataset([1], [1, 2]), "Size mismatch between datasets"],
    [
      () => StackDataset([1], { a: [1] } as never),
      "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given.",
    ],
  ])("throws as Python does: %s", (make, message) => {
    expect(make).toThrow(new torch.ValueError(message));
  });
});

describe("ConcatDataset", () => {
  test("goes on in the next dataset", () => {
    const dataset = ConcatDataset([new Squares(2), new Squares(3), [7, 8]]);
    expect([dataset[1], dataset[2], dataset[4], dataset[-1], dataset[-7]]).toEqual([1, 0, 4, 8, 0]);
    expect([dataset.length, dataset.cumulative_sizes]).toEqual([7, [2, 5, 7]]);
    expect([...dataset]).toEqual([0, 1, 0, 1, 4, 7, 8]);
    expect(len(new Squares(2).__add__(new Squares(3)))).toBe(5);
  });

  test("refuses what Python refuses", () => {
    expect(() => ConcatDataset([])).toThrow(new torch.AssertionError("datasets should not be an empty iterable"));
    expect(() => ConcatDataset([new Numbers(2) as never])).toThrow(
      new torch.AssertionError("ConcatDataset does not support IterableDataset"),
    );
    const dataset = ConcatDataset([[1, 2, 3]]);
    expect(() => dataset[-5]).toThrow(new torch.ValueError("absolute value of index should not exceed dataset length"));
    expect(() => dataset[3]).toThrow(torch.IndexError);
    expect(() => dataset["0:2"]).toThrow(TypeError);
  });
});

describe("Subset", () => {
  test("takes the samples at indices", () => {
    const subset = Subset(new Squares(6), [4, 2, 5]);
    expect([subset[0], subset[-1], subset.length, [...subset]]).toEqual([16, 25, 3, [16, 4, 25]]);
    expect(subset.__getitems__([2, 0])).toEqual([25, 16]);
    const tensors = TensorDataset(torch.arange(6));
    expect(Subset(tensors, [4, 2, 5]).__getitem__([0, 2])[0].tolist()).toEqual([4, 5]);
    expect(new Subset([1, 2, 3], { indices: range(1, 3) })[0]).toBe(2);
  });

  test("asks its dataset for several samples at once", () => {
    class Batched extends Squares {
      override __getitems__(indices: number[]): number[] {
        return indices.map((index) => -index);
      }
    }
    expect(Subset(new Batched(5), [3, 1]).__getitems__([0, 1])).toEqual([-3, -1]);
  });

  test("must not be changed by halves", () => {
    class Half extends Subset {
      override __getitem__(): number {
        return 0;
      }
    }
    expect(() => new Half([1], [0])).toThrow("Half overrides __getitem__ but not __getitems__.");
  });
});

describe("random_split()", () => {
  const indices = (subsets: readonly Subset[]) => subsets.map((subset) => [...(subset.indices as number[])]);

  test("splits as Python does for the same seed", () => {
    torch.manual_seed(3);
    expect(indices(random_split(range(10), [3, 7]))).toEqual([
      [6, 0, 3],
      [7, 8, 5, 1, 9, 2, 4],
    ]);
    expect(indices(random_split(range(10), [0.25, 0.25, 0.5]))).toEqual([
      [9, 8, 5],
      [3, 0],
      [6, 7, 2, 1, 4],
    ]);
    const generator = torch.Generator().manual_seed(42);
    expect(indices(random_split(range(5), [2, 3], { generator }))).toEqual([
      [2, 4],
      [3, 0, 1],
    ]);
  });

  test("needs lengths that fit", () => {
    expect(() => random_split(range(5), [2, 2])).toThrow(
      new torch.ValueError("Sum of input lengths does not equal the length of the input dataset!"),
    );
    expect(() => random_split(range(3), [-0.5, 1.5])).toThrow(
      new torch.ValueError("Fraction at index 0 is not between 0 and 1"),
    );
  });

  test("warns of parts without samples", () => {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    try {
      expect(indices(random_split([1], [0.5, 0.5])).map(len)).toEqual([1, 0]);
      expect(emit.mock.calls[0][0]).toBe("Length of split at index 1 is 0. This might result in an empty dataset.");
    } finally {
      emit.mockRestore();
    }
  });
});
