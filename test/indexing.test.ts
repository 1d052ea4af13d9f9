// biome-ignore-all lint/suspicious/noExplicitAny: keys that the types refuse
import fc from "fast-check";
import * as torch from "tstorch";
import { complex, float, slice } from "tstorch/python";
import { describe, expect, test } from "vitest";

const { tensor, ones, zeros, arange } = torch;

const sample = () => arange(24).reshape(2, 3, 4);
const shapeAt = (x: torch.Tensor, key: string) => [...(x as any)[key].shape];

describe("reading by text", () => {
  test("integers", () => {
    const x = sample();
    expect(x[1].tolist()).toEqual([[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]); // biome-ignore format: rows
    expect(x[-1][0].tolist()).toEqual([12, 13, 14, 15]);
    expect(x["1, 2, 3"].item()).toBe(23);
    expect(x["-2,-3,-4"].item()).toBe(0);
    expect(x["+1,0,0"].item()).toBe(12);
    expect((x as any)["0,"].tolist()).toEqual(x[0].tolist());
    expect((x as any)[" 1 "].tolist()).toEqual(x[1].tolist());
  });

  test("slices, ellipsis, None, booleans", () => {
    const x = sample();
    const shapes: Record<string, number[]> = {
      "::": [2, 3, 4],
      "0:1": [1, 3, 4],
      "1:0": [0, 3, 4],
      ":, 1:": [2, 2, 4],
      "..., 0": [2, 3],
      "0, ..., 0": [3],
      "...": [2, 3, 4],
      "..., ...": [2, 3, 4],
      "::2, ::2, ::3": [1, 2, 2],
      None: [1, 2, 3, 4],
      "None, 0": [1, 3, 4],
      ":, None": [2, 1, 3, 4],
      "..., None": [2, 3, 4, 1],
      True: [1, 2, 3, 4],
      False: [0, 2, 3, 4],
      "True, 0": [1, 3, 4],
      "True, False": [0, 2, 3, 4],
      "-2:, -1:": [2, 1, 4],
      "5:, :-5": [0, 0, 4],
      ":9007199254740993": [2, 3, 4],
      "0:99999999999999999999": [2, 3, 4],
      "-99999999999999999999:": [2, 3, 4],
    };
    for (const [key, shape] of Object.entries(shapes)) expect([key, ...shapeAt(x, key)]).toEqual([key, ...shape]);
  });

  test("errors", () => {
    const x = sample() as any;
    const message = (key: string) => {
      try {
        x[key];
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
      return "no error";
    };
    expect(message("5")).toBe("IndexError: index 5 is out of bounds for dimension 0 with size 2");
    expect(message("-3")).toBe("IndexError: index -3 is out of bounds for dimension 0 with size 2");
    expect(message("0,0,0,0")).toBe("IndexError: too many indices for tensor of dimension 3");
    expect(message("::-1")).toBe("ValueError: step must be greater than zero");
    expect(message("0:1:0")).toBe("ValueError: slice step cannot be zero");
    expect(message("99999999999999999999")).toBe("ValueError: Overflow when unpacking long long");
    for (const key of ["1.5", "-", "+", "- 1", "1:2:3:4", "0,,", "1_0", "0x1", "1e1", "-:", ":a"]) {
      expect(message(key)).toBe(
        `IndexError: cannot read the index ${JSON.stringify(key)}: expected Python's text between [ and ]`,
      );
    }
    expect(() => x[Number.NaN]).toThrow(torch.IndexError);
    expect(() => x[Number.POSITIVE_INFINITY]).toThrow(torch.IndexError);
    expect(() => (tensor(1) as any)[0]).toThrow("invalid index of a 0-dim tensor. Use `tensor.item()`");
    expect(() => tensor(1)[":"]).toThrow("slice() cannot be applied to a 0-dim tensor.");
  });

  test("a tensor of no dimensions", () => {
    const x = tensor(5);
    expect(x["..."].item()).toBe(5);
    expect(shapeAt(x, "None")).toEqual([1]);
    expect(shapeAt(x, "True")).toEqual([1]);
  });

  test("names of methods and other words are no keys", () => {
    const x = sample() as any;
    expect(x.T).toBeInstanceOf(torch.Tensor);
    expect(x.Nothing).toBeUndefined();
    expect(x.N).toBeUndefined();
    expect(x.then).toBeUndefined();
    expect(x[Symbol("0")]).toBeUndefined();
    x.note = 5;
    expect(x.note).toBe(5);
  });

  test("agrees with a reference implementation of slicing", () => {
    const bound = fc.option(fc.integer({ min: -7, max: 7 }), { nil: null });
    const text = (value: number | null) => (value === null ? "" : String(value));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        bound,
        bound,
        fc.option(fc.integer({ min: 1, max: 4 })),
        (size, a, b, step) => {
          const list = Array.from({ length: size }, (_, i) => i);
          const stride = step ?? 1;
          const expected = list.slice(a ?? 0, b ?? undefined).filter((_, i) => i % stride === 0);
          const key = `${text(a)}:${text(b)}${step === null ? "" : `:${step}`}` as const;
          const x = arange(size);
          expect(x[key].tolist()).toEqual(expected);
          expect(x.index(slice(a, b, step)).tolist()).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("agrees with index() by parts, and with reading one dimension after another", () => {
    const part = (size: number) =>
      fc.oneof(
        fc.integer({ min: -size, max: size - 1 }),
        fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 3 })),
      );
    fc.assert(
      fc.property(fc.tuple(part(2), part(3), part(4)), (parts) => {
        const x = sample();
        const key = parts.map((p) => (typeof p === "number" ? p : p.join(":"))).join(", ");
        const byText = (x as any)[key] as torch.Tensor;
        const byParts = x.index(
          ...parts.map((p) => (typeof p === "number" ? p : slice(...(p as [number, number, number])))),
        );
        let one = x;
        let dim = 0;
        for (const p of parts) {
          one = typeof p === "number" ? one.select(dim, p) : one.index(...new Array(dim).fill(":"), p.join(":"));
          if (typeof p !== "number") dim++;
        }
        expect(byText.tolist()).toEqual(byParts.tolist());
        expect(byText.tolist()).toEqual(one.tolist());
      }),
      { numRuns: 300 },
    );
  });
});

describe("index()", () => {
  const x = sample();

  test("parts of every kind", () => {
    expect(x.index(1, 2, 3).item()).toBe(23);
    expect(x.index(1n, -1n).tolist()).toEqual([20, 21, 22, 23]);
    expect([...x.index(":", null, "1:").shape]).toEqual([2, 1, 2, 4]);
    expect([...x.index("...", 0).shape]).toEqual([2, 3]);
    expect([...x.index().shape]).toEqual([2, 3, 4]);
    expect([...x.index(slice(1), slice(null, null, 2)).shape]).toEqual([1, 2, 4]);
    expect([...x.index(slice(tensor(0), tensor(1))).shape]).toEqual([1, 3, 4]);
    expect([...x.index(slice(false as any, true as any)).shape]).toEqual([1, 3, 4]);
    expect([...x.index(true).shape]).toEqual([1, 2, 3, 4]);
    expect([...x.index("0:1, ..., None").shape]).toEqual([1, 3, 4, 1]);
  });

  test("tensors, arrays and typed arrays", () => {
    expect(x.index([1, 0], 0, 0).tolist()).toEqual([12, 0]);
    expect(x.index([0, 1], [2, 0]).tolist()).toEqual([[8, 9, 10, 11], [12, 13, 14, 15]]); // biome-ignore format: rows
    expect([...x.index(":", [0, 2], [1, 3]).shape]).toEqual([2, 2]);
    expect([...x.index([0, 1], ":", [1, 3]).shape]).toEqual([2, 3]);
    expect([...x.index(tensor([[0, 1], [1, 0]]), 0).shape]).toEqual([2, 2, 4]); // biome-ignore format: one row
    expect([...x.index(tensor(1), ":", tensor([0, 2])).shape]).toEqual([3, 2]);
    expect([...x.index(new Int32Array([0, 1])).shape]).toEqual([2, 3, 4]);
    expect([...x.index(new BigInt64Array([1n])).shape]).toEqual([1, 3, 4]);
    expect([...x.index(null, [0, 1]).shape]).toEqual([1, 2, 3, 4]);
    expect([...x.index([]).shape]).toEqual([0, 3, 4]);
    expect([...x.index(tensor([], { dtype: torch.int64 })).shape]).toEqual([0, 3, 4]);
    expect([...x.index(tensor(1, { dtype: torch.int32 })).shape]).toEqual([3, 4]);
  });

  test("masks", () => {
    expect(x.index(x.gt(20)).tolist()).toEqual([21, 22, 23]);
    expect([...x.index([true, false]).shape]).toEqual([1, 3, 4]);
    expect([...x.index(ones(2, 3, { dtype: torch.bool })).shape]).toEqual([6, 4]);
    expect([...x.index(tensor([true, false]), 0).shape]).toEqual([1, 4]);
    expect([...x.index(tensor(true)).shape]).toEqual([1, 2, 3, 4]);
  });

  test("an array of arrays as the only part stands for its parts, as in Python", () => {
    expect([...x.index([[0, 1], [1, 0]], [0, 1]).shape]).toEqual([2, 2, 4]); // biome-ignore format: one row
    expect([...x.index([0, [0, 1]]).shape]).toEqual([2, 4]);
    expect([...x.index([tensor(0), tensor(1)]).shape]).toEqual([4]);
    expect([...x.index([1, "..."]).shape]).toEqual([3, 4]);
    expect([...x.index(ones(1, 2).shape).shape]).toEqual([4]);
    expect([...x.index(new Array(32).fill([0])).shape]).toEqual([32, 1, 3, 4]);
    expect(() => x.index(new Array(31).fill([0]))).toThrow("too many indices for tensor of dimension 3");
    expect(zeros(2, 2).index_put_([[[0, 1], [1, 0]]], 1).tolist()).toEqual([[0, 1], [1, 0]]); // biome-ignore format: rows
    expect([...x.index([[0, 1], [1, 0]]).shape]).toEqual([2, 4]); // biome-ignore format: one row
    expect([...x.index([null]).shape]).toEqual([1, 2, 3, 4]);
    expect([...x.index([slice(1)]).shape]).toEqual([1, 3, 4]);
  });

  test("errors", () => {
    const invalid = (got: string) =>
      `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${got})`;
    for (const [part, got] of [
      [1.5, "float"],
      [float(1), "float"],
      [Number.NaN, "float"],
      [Number.POSITIVE_INFINITY, "float"],
      [{}, "dict"],
      [undefined, "NoneType"],
      [() => 1, "function"],
    ] as [any, string][]) {
      expect(() => x.index(part)).toThrow(new torch.IndexError(invalid(got)));
    }
    expect(() => x.index(Symbol("a") as any)).toThrow(torch.IndexError);
    expect(() => x.index(2n ** 63n)).toThrow("Overflow when unpacking long long");
    expect(() => x.index([5])).toThrow("index 5 is out of bounds for dimension 0 with size 2");
    expect(() => x.index(tensor([0.5]))).toThrow("tensors used as indices must be long, int, byte or bool tensors");
    expect(() => x.index([true, false, true])).toThrow(
      "The shape of the mask [3] at index 0 does not match the shape of the indexed tensor [2, 3, 4] at index 0",
    );
    expect(() => x.index([0, 1, 2], [0, 1])).toThrow(
      "shape mismatch: indexing tensors could not be broadcast together with shapes [3], [2]",
    );
    expect(() => x.index(slice("0" as any, "1" as any))).toThrow(
      "slice indices must be integers or None or have an __index__ method",
    );
    expect(() => x.index(slice(0, tensor(1.5)))).toThrow(
      "only integer tensors of a single element can be converted to an index",
    );
    for (const key of [["0"], [0, "0"], [["0"], 0]]) {
      expect(() => x.index(key as any)).toThrow(new TypeError("new(): invalid data type 'str'"));
    }
    expect(() => x.index(0, ["0"] as any)).toThrow(new TypeError("new(): invalid data type 'str'"));
  });

  test("bounds beyond the range of int64 are clipped", () => {
    expect([...x.index(slice(0, 2n ** 64n)).shape]).toEqual([2, 3, 4]);
    expect([...x.index(slice(-(2n ** 70n), null)).shape]).toEqual([2, 3, 4]);
    expect([...x.index(slice(null, -(2 ** 53))).shape]).toEqual([0, 3, 4]);
  });
});

describe("views and copies", () => {
  test("basic keys are views, advanced ones copies", () => {
    const x = sample();
    for (const key of ["0", "1:", "..., 0", "::2, 1", "None", ":, None, 1:"]) {
      const view = (x as any)[key] as torch.Tensor;
      view.fill_(-1);
      expect((x as any)[key].eq(-1).all().item()).toBe(true);
      expect(view._is_view()).toBe(true);
      x.copy_(sample());
    }
    for (const part of [[0], tensor([1]), x.gt(3), true] as any[]) x.index(part).fill_(-1);
    expect(x.tolist()).toEqual(sample().tolist());
  });

  test("any composition of slices writes through", () => {
    const step = fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 3 }), (steps) => {
        const x = zeros(3, 4, 5);
        let view = x;
        for (const [dim, start, stride] of steps) {
          view = view.index(...new Array(dim % view.dim()).fill(":"), slice(start, null, stride));
        }
        view.add_(1);
        expect(x.sum().item()).toBe(view.numel());
        const copy = view.clone();
        copy.add_(1);
        expect(x.sum().item()).toBe(view.numel());
      }),
    );
  });
});

describe("writing", () => {
  test("by text", () => {
    const x = zeros(2, 3) as any;
    x[0] = 5;
    x["1, 1:"] = tensor([7, 8], { dtype: torch.float32 });
    x["..., 0"] = tensor([[1], [2]])["..., 0"];
    expect(x.tolist()).toEqual([[1, 5, 5], [2, 7, 8]]); // biome-ignore format: rows
    x[":"] = 0;
    x.None = 3;
    x[-1] = true;
    expect(x.tolist()).toEqual([[3, 3, 3], [1, 1, 1]]); // biome-ignore format: rows
    x.False = 9;
    expect(x.max().item()).toBe(3);
  });

  test("numbers of every kind", () => {
    const x = zeros(3) as any;
    x[0] = Number.NaN;
    x[1] = float(2);
    x[2] = 2n ** 62n;
    expect(x.tolist()).toEqual([Number.NaN, 2, 2 ** 62]);
    const whole = zeros(2, { dtype: torch.int64 }) as any;
    whole[0] = 1.5;
    whole[1] = -(2n ** 63n);
    expect(whole.tolist()).toEqual([1, -(2n ** 63n)]);
    const unsigned = zeros(1, { dtype: torch.uint64 }) as any;
    unsigned[0] = 2n ** 64n - 1n;
    expect(unsigned.item()).toBe(2n ** 64n - 1n);
    const parts = zeros(1, { dtype: torch.complex64 }) as any;
    parts[0] = complex(1, 2);
    expect(parts.item()).toEqual(complex(1, 2));
    unsigned[0] = 2n ** 63n;
    expect(unsigned.item()).toBe(2n ** 63n);
    x[0] = complex(3, 0);
    expect(x[0].item()).toBe(3);
    const bytes = zeros(1, { dtype: torch.uint8 }) as any;
    bytes[0] = -1;
    expect(bytes.item()).toBe(255);
  });

  test("index_put_() takes the parts of index()", () => {
    const x = zeros(2, 3);
    expect(x.index_put_([0, 1], 5)).toBe(x);
    expect(x.index_put_([tensor([0, 1]), tensor([2, 2])], tensor([1, 2], { dtype: torch.float32 }))).toBe(x);
    x.index_put_([x.eq(0)], -1);
    expect(x.tolist()).toEqual([[-1, 5, 1], [-1, -1, 2]]); // biome-ignore format: rows
    x.index_put_([":", "0:1"], tensor([[8], [9]], { dtype: torch.float32 })); // biome-ignore format: one row
    expect(x[":, 0"].tolist()).toEqual([8, 9]);
    x.index_put_([[0, 1]], 0);
    expect(x.sum().item()).toBe(0);
    const y = zeros(3);
    y.index_put_([tensor([1, 1, 2])], ones(3), true);
    expect(y.tolist()).toEqual([0, 2, 1]);
    y.index_put_([tensor([1])], ones(1), { accumulate: true });
    expect(y.tolist()).toEqual([0, 3, 1]);
    const z = y.index_put([tensor([0])], tensor(4, { dtype: torch.float32 }));
    expect(z === y).toBe(false);
    expect(z.tolist()).toEqual([4, 3, 1]);
    expect(y.tolist()).toEqual([0, 3, 1]);
  });

  test("errors", () => {
    const x = zeros(3) as any;
    const assign = (target: any, key: string | number, value: unknown) => () => {
      target[key] = value;
    };
    expect(assign(x, 0, [1, 2])).toThrow(new TypeError("can't assign a list to a torch.FloatTensor"));
    expect(assign(x, 0, "a")).toThrow("can't assign a str to a torch.FloatTensor");
    expect(assign(x, 0, null)).toThrow("can't assign a NoneType to a torch.FloatTensor");
    expect(assign(x, 0, {})).toThrow("can't assign a dict to a torch.FloatTensor");
    expect(assign(x, 0, Symbol("a"))).toThrow(TypeError);
    expect(assign(x, 0, complex(1, 2))).toThrow("value cannot be converted to type float without overflow");
    expect(assign(x, 0, 2n ** 70n)).toThrow("Overflow when unpacking long long");
    expect(assign(zeros(1, { dtype: torch.uint64 }), 0, -1)).toThrow(
      new torch.OverflowError("can't convert negative int to unsigned"),
    );
    expect(assign(zeros(1, { dtype: torch.uint64 }), 0, 2n ** 64n)).toThrow(
      new torch.OverflowError("int too big to convert"),
    );
    expect(assign(x.to_sparse(), 0, "a")).toThrow(new TypeError("Cannot assign to a sparse tensor"));
    expect(assign(zeros(1, { device: "meta" }), 0, "a")).toThrow("can't assign a str to a torch.meta.FloatTensor");
    expect(assign(x, 7, 1)).toThrow("index 7 is out of bounds for dimension 0 with size 3");
    expect(assign(x, "0:2", ones(3))).toThrow("The expanded size of the tensor (2) must match the existing size (3)");
    expect(assign(zeros(1, { dtype: torch.uint8 }), 0, 300)).toThrow(
      "value cannot be converted to type uint8_t without overflow",
    );
    expect(assign(zeros(1, { dtype: torch.int64 }), 0, Number.NaN)).toThrow(
      "value cannot be converted to type int64_t without overflow",
    );
    expect(assign(ones(2, { requires_grad: true }), 0, 1)).toThrow(
      "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    );
    expect(() => x.index_put_({ indices: 5, values: ones(1) })).toThrow(
      new TypeError("index_put_(): argument 'indices' must be tuple of Tensors, not int"),
    );
    expect(() => x.index_put("a")).toThrow(
      new TypeError("index_put(): argument 'indices' (position 1) must be tuple of Tensors, not str"),
    );
    expect(() => x.index_put_([tensor([0]), null], ones(1), true)).toThrow(
      new TypeError("expected Tensor as element 1 in argument 0, but got NoneType"),
    );
    expect(() => x.index_put_(5, 1)).toThrow(
      "index_put_(): argument 'indices' (position 1) must be tuple of Tensors, not int",
    );
  });

  test("is the inverse of reading", () => {
    const key = fc.constantFrom("0", "-1", "1:", ":, 1", "..., ::2", "0, 1:, None", ":, None, -1");
    fc.assert(
      fc.property(key, fc.integer({ min: -9, max: 9 }), (text, value) => {
        const x = sample() as any;
        const before = sample() as any;
        x[text] = value;
        expect(x[text].eq(value).all().item()).toBe(true);
        x[text] = before[text];
        expect(torch.equal(x, before)).toBe(true);
      }),
    );
  });

  test("gradients flow through reading and writing", () => {
    const x = ones(3, { requires_grad: true });
    const y = x.mul(2) as any;
    y[0] = 0;
    y["1:2"].mul_(3);
    y.sum().backward();
    expect(x.grad?.tolist()).toEqual([0, 6, 2]);
    x.grad = null;
    x.index([0, 0, 2]).sum().backward();
    expect((x.grad as torch.Tensor | null)?.tolist()).toEqual([2, 0, 1]);
  });
});

test("iteration, spread and length", () => {
  const x = sample();
  expect([...x].map((row) => [...row.shape])).toEqual([[3, 4], [3, 4]]); // biome-ignore format: one row
  const [first, second] = x;
  expect(torch.equal(second, x[1])).toBe(true);
  first.fill_(0);
  expect(x[0].sum().item()).toBe(0);
  expect(x.length).toBe(2);
  expect(Array.from(arange(3), (row) => row.item())).toEqual([0, 1, 2]);
  expect(() => [...tensor(1)]).toThrow(new TypeError("iteration over a 0-d tensor"));
  expect(() => tensor(1).length).toThrow(new TypeError("len() of a 0-d tensor"));
});
