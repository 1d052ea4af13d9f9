import * as torch from "tstorch";
import { default_collate, default_convert } from "tstorch/utils/data";
import { describe, expect, test } from "vitest";
import { collate, default_collate_fn_map } from "../../../../dist/utils/data/_utils/collate.js";

const { float } = torch.py;

describe("default_collate()", () => {
  test.each([
    [[0, 1, 2], "tensor([0, 1, 2])"],
    [[0.5, 1], "tensor([0.5000, 1.0000], dtype=torch.float64)"],
    [[1, 0.5], "tensor([1.0000, 0.5000], dtype=torch.float64)"],
    [[float(1), float(2)], "tensor([1., 2.], dtype=torch.float64)"],
    [[true, false], "tensor([ True, False])"],
    [[3n, 4n], "tensor([3, 4])"],
    [[torch.ones(2), torch.zeros(2)], "tensor([[1., 1.],\n        [0., 0.]])"],
    [[new Float32Array([1, 2]), new Float32Array([3, 4])], "tensor([[1., 2.],\n        [3., 4.]])"],
    [[torch.ones(1).numpy(), torch.zeros(1).numpy()], "tensor([[1.],\n        [0.]])"],
  ])("makes a tensor of %s", (batch, expected) => {
    expect(String(default_collate(batch as unknown[]))).toBe(expected);
  });

  test("leaves text and bytes", () => {
    expect(default_collate(["a", "b"])).toEqual(["a", "b"]);
    expect(default_collate([Buffer.from("a"), Buffer.from("b")])).toEqual([Buffer.from("a"), Buffer.from("b")]);
  });

  test("goes into lists, dicts, Maps and named tuples", () => {
    const [numbers, [more, text]] = default_collate([
      [1, [2, "x"]],
      [3, [4, "y"]],
    ] as [number, [number, string]][]);
    expect([String(numbers), String(more), text]).toEqual(["tensor([1, 3])", "tensor([2, 4])", ["x", "y"]]);
    const { A, B } = default_collate([
      { A: 0, B: [1.5] },
      { A: 100, B: [2.5] },
    ]);
    expect([String(A), String(B[0])]).toEqual(["tensor([  0, 100])", "tensor([1.5000, 2.5000], dtype=torch.float64)"]);
    const map = default_collate([new Map([["a", 1]]), new Map([["a", 2]])]);
    expect(map.get("a")?.tolist()).toEqual([1, 2]);
    const both = default_collate([torch.ones(2).max(0), torch.zeros(2).max(0)]);
    expect((both as unknown as { values: torch.Tensor }).values.tolist()).toEqual([1, 0]);
  });

  test.each([
    [
      [null],
      TypeError,
      "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class 'NoneType'>",
    ],
    [[[1], [1, 2]], torch.RuntimeError, "each element in list of batch should be of equal size"],
    [
      [torch.ones(2), torch.ones(3)],
      torch.RuntimeError,
      "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
    ],
    [
      [torch.eye(2).to_sparse()],
      torch.RuntimeError,
      "Batches of sparse tensors are not currently supported by the default collate_fn; please provide a custom collate_fn to handle them appropriately.",
    ],
  ])("refuses %s", (batch, type, message) => {
    expect(() => default_collate(batch as unknown[])).toThrow(new type(message));
  });

  test("learns other types", () => {
    class Point {
      constructor(readonly x: number) {}
    }
    default_collate_fn_map.set(Point, (batch, { collate_fn_map }) => [
      "points",
      collate(
        batch.map(({ x }: Point) => x),
        { collate_fn_map },
      ),
    ]);
    try {
      expect(String((default_collate([new Point(1), new Point(2)]) as unknown as unknown[])[1])).toBe("tensor([1, 2])");
    } finally {
      default_collate_fn_map.delete(Point);
    }
    expect(() => collate([1])).toThrow("found <class 'int'>");
  });
});

test("a sample that lacks a key of the first one's", () => {
  expect(() => default_collate([{ a: 1 }, { b: 2 }])).toThrow(new torch.KeyError("'a'"));
  expect(() => default_collate([new Map([[1, 2]]), new Map()])).toThrow(new torch.KeyError("1"));
});

test("default_convert()", () => {
  const converted = default_convert({ a: [new Int32Array([1, 2]), 0.5, "s"], b: new Map([[1, new Uint8Array([3])]]) });
  expect(String(converted.a[0])).toBe("tensor([1, 2], dtype=torch.int32)");
  expect(converted.a.slice(1)).toEqual([0.5, "s"]);
  expect(String(converted.b.get(1))).toBe("tensor([3], dtype=torch.uint8)");
  const t = torch.ones(1);
  expect(default_convert(t) === t).toBe(true);
  expect(default_convert(null)).toBeNull();
});
