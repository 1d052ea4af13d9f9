// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import fc from "fast-check";
import * as torch from "tstorch";
import { complex, float } from "tstorch/python";
import { describe, expect, test } from "vitest";

const { tensor, ones, zeros } = torch;
const loose = torch as any;

const types = {
  bool: torch.bool,
  uint8: torch.uint8,
  int8: torch.int8,
  int16: torch.int16,
  int32: torch.int32,
  int64: torch.int64,
  float16: torch.float16,
  bfloat16: torch.bfloat16,
  float32: torch.float32,
  float64: torch.float64,
  complex64: torch.complex64,
  complex128: torch.complex128,
};
type TypeName = keyof typeof types;
const typeNames = Object.keys(types) as TypeName[];
const numbers = (list: unknown[]) => list.map((x) => Number(x));

/** Values of one tensor per row, rounded to float32. */
function near(actual: torch.Tensor, expected: number[]) {
  expect([...actual.shape]).toEqual([expected.length]);
  for (const [i, value] of (actual.tolist() as number[]).entries()) expect(value).toBeCloseTo(expected[i], 5);
}

describe("overloads and keywords", () => {
  test("positional, by keyword, and mixed", () => {
    const x = tensor([1, 2]);
    const y = tensor([3, 4]);
    expect(torch.add(x, y).tolist()).toEqual([4, 6]);
    expect(torch.add(x, y, { alpha: 10 }).tolist()).toEqual([31, 42]);
    expect(loose.add({ input: x, other: y, alpha: -1 }).tolist()).toEqual([-2, -2]);
    expect(loose.add(x, { alpha: 2, other: y }).tolist()).toEqual([7, 10]);
    expect(x.add(y).tolist()).toEqual([4, 6]);
    expect((x as any).add({ other: y }).tolist()).toEqual([4, 6]);
  });

  test("the overload is chosen by the kinds of the arguments", () => {
    const x = tensor([[1, 5, 2], [4, 3, 9]]); // biome-ignore format: one row
    expect(torch.max(x).item()).toBe(9);
    expect(torch.max(x, 1).indices.tolist()).toEqual([1, 2]);
    expect(torch.max(x, tensor(4)).tolist()).toEqual([[4, 5, 4], [4, 4, 9]]); // biome-ignore format: one row
    expect(torch.sum(x).item()).toBe(24);
    expect(torch.sum(x, 0).tolist()).toEqual([5, 8, 11]);
    expect(torch.sum(x, [0, 1], true).tolist()).toEqual([[24]]);
    expect(x.sum({ dim: 1, dtype: torch.float64 }).dtype).toBe(torch.float64);
    expect(x.split(2, 1).map((part) => [...part.shape])).toEqual([[2, 2], [2, 1]]); // biome-ignore format: one row
    expect(x.split([1, 2], 1).map((part) => [...part.shape])).toEqual([[2, 1], [2, 2]]); // biome-ignore format: one row
  });

  test("null and undefined", () => {
    const x = ones(2, 3);
    expect((x as any).sum(null).item()).toBe(6);
    expect(x.sum(undefined as any).item()).toBe(6);
    expect((x as any).sum({ dim: undefined }).item()).toBe(6);
    expect(x.sum(1, undefined as any).tolist()).toEqual([3, 3]);
    expect(loose.sum(x, { dim: null, dtype: null }).item()).toBe(6);
    expect([...loose.zeros(2, { dtype: undefined }).shape]).toEqual([2]);
  });

  test("NumPy's names for parameters", () => {
    const x = tensor([[1, 2], [3, 4]]); // biome-ignore format: one row
    expect(loose.sum(x, { axis: 0 }).tolist()).toEqual([4, 6]);
    expect(loose.sum({ x, axis: 1, keepdims: true }).tolist()).toEqual([[3], [7]]);
    expect(loose.add({ x1: x, x2: 1 }).tolist()).toEqual([[2, 3], [4, 5]]); // biome-ignore format: one row
    expect(loose.neg({ a: x }).tolist()).toEqual([[-1, -2], [-3, -4]]); // biome-ignore format: one row
    expect((x as any).argmax({ axis: 1, keepdims: true }).tolist()).toEqual([[1], [1]]);
  });

  test("keywords in any order, also again after other calls", () => {
    const x = ones(2, 3);
    for (let i = 0; i < 3; i++) {
      expect([...x.sum({ dim: 1, keepdim: true }).shape]).toEqual([2, 1]);
      expect([...x.sum({ keepdim: true, dim: 1 }).shape]).toEqual([2, 1]);
      expect([...x.sum({ keepdim: false, dim: 0 }).shape]).toEqual([3]);
      expect([...x.sum({ dim: [0, 1], keepdim: true }).shape]).toEqual([1, 1]);
    }
  });

  test("int varargs and lists", () => {
    for (const made of [
      zeros(2, 3),
      zeros([2, 3]),
      loose.zeros({ size: [2, 3] }),
      zeros(ones(2, 3).shape),
      loose.zeros(new Int32Array([2, 3])),
    ]) {
      expect([...made.shape]).toEqual([2, 3]);
    }
    const x = torch.arange(6);
    expect([...x.view(2, -1).shape]).toEqual([2, 3]);
    expect([...x.view([3, 2]).shape]).toEqual([3, 2]);
    expect([...x.reshape(1, 6).shape]).toEqual([1, 6]);
    expect([...x.view(2, 3).permute(1, 0).shape]).toEqual([3, 2]);
    expect([...x.expand(2, 6).shape]).toEqual([2, 6]);
    expect([...x.repeat(2, 2).shape]).toEqual([2, 12]);
    expect([...zeros([]).shape]).toEqual([]);
    expect([...(x.view as any)(2n, 3n).shape]).toEqual([2, 3]);
    expect([...loose.zeros(tensor(2), 3).shape]).toEqual([2, 3]);
    expect([...torch.empty(2, 3, { dtype: torch.int8 }).shape]).toEqual([2, 3]);
    expect([...torch.rand(4, { requires_grad: true }).shape]).toEqual([4]);
  });

  test("an int where a list of a known length stands is repeated", () => {
    const x = ones(1, 1, 4, 4);
    const weight = ones(1, 1, 2, 2);
    expect([...torch.conv2d(x, weight, null, 2).shape]).toEqual([1, 1, 2, 2]);
    expect([...torch.conv2d(x, weight, null, [2, 1]).shape]).toEqual([1, 1, 2, 3]);
    expect([...torch.conv2d(x, weight, { stride: 1, padding: "same" as any }).shape]).toEqual([1, 1, 4, 4]);
  });

  test("a number first, where PyTorch takes one", () => {
    expect(torch.sub(1, tensor([1, 2]) as any).tolist()).toEqual([0, -1]);
    expect(torch.rsub(tensor([1, 2]), 5).tolist()).toEqual([4, 3]);
    expect(torch.pow(2, tensor([1, 2])).tolist()).toEqual([2, 4]);
    expect(loose.add(1, 2).dtype).toBe(torch.int64);
    expect(loose.add(1, 2.5).item()).toBe(3.5);
    expect(loose.add(true, true).item()).toBe(true);
    expect(torch.where(tensor([true, false]), 1, 2.5).tolist()).toEqual([1, 2.5]);
  });

  test("lists of tensors", () => {
    expect(torch.cat([ones(2), zeros(1)]).tolist()).toEqual([1, 1, 0]);
    expect(torch.stack([ones(2), zeros(2)], 1).tolist()).toEqual([[1, 0], [1, 0]]); // biome-ignore format: one row
    expect(torch.einsum("ij,jk->ik", ones(2, 3), ones(3, 2)).tolist()).toEqual([[3, 3], [3, 3]]); // biome-ignore format: one row
    expect(
      torch
        .cat(Array.from({ length: 200 }, (_, i) => tensor([i])))
        .sum()
        .item(),
    ).toBe(19900);
    expect(torch.cat(ones(2, 3).unbind(0)).numel()).toBe(6);
  });

  test("strings, devices, layouts, memory formats", () => {
    expect(torch.div(tensor([7, -7]), 2, { rounding_mode: "floor" }).tolist()).toEqual([3, -4]);
    expect(torch.div(tensor([7, -7]), 2, { rounding_mode: "trunc" }).tolist()).toEqual([3, -3]);
    expect(ones(2, { device: "cpu" }).device.type).toBe("cpu");
    expect(ones(2, { device: torch.device("meta") }).device.type).toBe("meta");
    expect(ones(2, { layout: torch.strided }).layout).toBe(torch.strided);
    expect(torch.empty(1, 2, 3, 3, { memory_format: torch.channels_last }).stride()).toEqual([18, 1, 6, 2]);
  });
});

describe("the very object comes back", () => {
  test("in-place operators", () => {
    const x = ones(3);
    expect(x.add_(1)).toBe(x);
    expect(x.mul_(tensor(2))).toBe(x);
    expect(x.zero_().fill_(4).sqrt_()).toBe(x);
    expect(x.clamp_({ max: 1 })).toBe(x);
    expect(x.copy_(ones(3))).toBe(x);
    expect(x.normal_()).toBe(x);
    expect(x.unsqueeze_(0)).toBe(x);
    expect([...x.shape]).toEqual([1, 3]);
    expect(torch.relu_(x)).toBe(x);
    expect(x.resize_(2, 2)).toBe(x);
    expect(x.requires_grad_()).toBe(x);
  });

  test("out=", () => {
    const out = torch.empty(2);
    expect(torch.add(ones(2), 1, { out })).toBe(out);
    expect(out.tolist()).toEqual([2, 2]);
    expect(torch.cat([ones(1), zeros(1)], { out })).toBe(out);
    expect(out.tolist()).toEqual([1, 0]);
    expect(torch.zeros(2, { out })).toBe(out);
    const values = torch.empty(0);
    const indices = torch.empty(0, { dtype: torch.int64 });
    const result = torch.max(tensor([[1.5, 2], [4, 3]]), 1, { out: [values, indices] }); // biome-ignore format: one row
    expect(result.values).toBe(values);
    expect(result[1]).toBe(indices);
    expect(indices.tolist()).toEqual([1, 0]);
  });

  test("where nothing changes", () => {
    const x = ones(2, 3);
    expect(x.contiguous()).toBe(x);
    expect(x.to(torch.float32)).toBe(x);
    expect(x.to("cpu")).toBe(x);
    expect(x.float()).toBe(x);
    expect(x.cpu()).toBe(x);
    expect(x.to({})).toBe(x);
    expect(x.type_as(ones(1))).toBe(x);
    expect(x.resolve_conj()).toBe(x);
    expect(x.to(torch.float32, { copy: true }) === x).toBe(false);
    expect(x.t().contiguous() === x).toBe(false);
    expect(x.detach() === x).toBe(false);
    expect(x.view(2, 3) === x).toBe(false);
    expect(x.double() === x).toBe(false);
  });

  test("the first input with the handle, when one object is given twice", () => {
    const x = ones(2);
    expect(torch.add(x, x, { out: x })).toBe(x);
    expect(x.tolist()).toEqual([2, 2]);
  });
});

describe("named tuples", () => {
  test("are arrays with named fields that print as Python's", () => {
    const result = tensor([[1, 5], [4, 3]]).max(1); // biome-ignore format: one row
    const [values, indices] = result;
    expect(values).toBe(result.values);
    expect(indices).toBe(result.indices);
    expect(result).toHaveLength(2);
    expect(Array.isArray(result)).toBe(true);
    expect(String(result)).toBe("torch.return_types.max(\nvalues=tensor([5, 4]),\nindices=tensor([1, 0]))");
  });

  test("of several functions", () => {
    expect(torch.linalg.slogdet(torch.eye(2)).logabsdet.item()).toBe(0);
    expect(torch.topk(tensor([3, 1, 2]), 2).values.tolist()).toEqual([3, 2]);
    expect([...torch.svd(ones(3, 2)).S.shape]).toEqual([2]);
    expect(torch.sort(tensor([3, 1, 2]), { descending: true }).indices.tolist()).toEqual([0, 2, 1]);
    expect(torch.frexp(tensor([8], { dtype: torch.float32 })).exponent.tolist()).toEqual([4]);
  });
});

describe("factories", () => {
  test("TensorOptions", () => {
    const x = ones(2, { dtype: torch.float64, device: "cpu", requires_grad: true, layout: torch.strided });
    expect(x.dtype).toBe(torch.float64);
    expect(x.requires_grad).toBe(true);
    expect(x.is_leaf).toBe(true);
    expect(ones(2, { requires_grad: false }).requires_grad).toBe(false);
    expect(torch.zeros_like(x).requires_grad).toBe(false);
    expect(torch.zeros_like(x, { requires_grad: true }).requires_grad).toBe(true);
    expect(torch.rand(2, 3, { requires_grad: true }).requires_grad).toBe(true);
    expect(x.new_zeros(3, { requires_grad: true }).dtype).toBe(torch.float64);
    expect(torch.no_grad(() => ones(1, { requires_grad: true })).requires_grad).toBe(true);
    expect(() => ones(2, { dtype: torch.int64, requires_grad: true })).toThrow(
      "Only Tensors of floating point and complex dtype can require gradients",
    );
  });

  test("the dtype follows the values", () => {
    expect(torch.full([2], 5).dtype).toBe(torch.int64);
    expect(torch.full([2], 5.5).dtype).toBe(torch.float32);
    expect(torch.full([2], float(5)).dtype).toBe(torch.float32);
    expect(torch.full([2], true).dtype).toBe(torch.bool);
    expect(torch.full([2], complex(1, 1)).dtype).toBe(torch.complex64);
    expect(torch.arange(3).dtype).toBe(torch.int64);
    expect(torch.arange(float(3)).dtype).toBe(torch.float32);
    expect(torch.arange(0, 1, 0.25).tolist()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(torch.scalar_tensor(3).dtype).toBe(torch.float32);
  });

  test("the default dtype", () => {
    torch.set_default_dtype(torch.float64);
    try {
      expect(ones(1).dtype).toBe(torch.float64);
      expect(tensor(0.5).dtype).toBe(torch.float64);
      expect(tensor(complex(0, 1)).dtype).toBe(torch.complex128);
      expect(ones(1, { dtype: torch.int64 }).div(2).dtype).toBe(torch.float64);
      expect(torch.get_default_dtype()).toBe(torch.float64);
    } finally {
      torch.set_default_dtype(torch.float32);
    }
    expect(() => torch.set_default_dtype(torch.int64)).toThrow(
      "only floating-point types are supported as the default type",
    );
  });

  test("generator: g", () => {
    const g = torch.Generator().manual_seed(7);
    near(torch.rand(2, { generator: g }), [0.53492254, 0.19880319]);
    near(torch.randn([2], { generator: g }), [-0.29524603, 1.96854782]);
    expect(torch.randint(100, [3], { generator: g }).tolist()).toEqual([87, 79, 88]);
  });
});

describe("type promotion", () => {
  // rows: torch.ones(2).to(row) + (True, 2, 2.5, 1+2j), then the same for division
  const scalars = [true, 2, 2.5, complex(1, 2)];
  const table: Partial<Record<TypeName, [sum: string, quotient: string]>> = {
    bool: ["bool int64 float32 complex64", "float32 float32 float32 complex64"],
    uint8: ["uint8 uint8 float32 complex64", "float32 float32 float32 complex64"],
    int8: ["int8 int8 float32 complex64", "float32 float32 float32 complex64"],
    int16: ["int16 int16 float32 complex64", "float32 float32 float32 complex64"],
    int32: ["int32 int32 float32 complex64", "float32 float32 float32 complex64"],
    int64: ["int64 int64 float32 complex64", "float32 float32 float32 complex64"],
    float16: ["float16 float16 float16 complex32", "float16 float16 float16"],
    bfloat16: ["bfloat16 bfloat16 bfloat16", "bfloat16 bfloat16 bfloat16"],
    float32: ["float32 float32 float32 complex64", "float32 float32 float32 complex64"],
    float64: ["float64 float64 float64 complex128", "float64 float64 float64 complex128"],
    complex64: ["complex64 complex64 complex64 complex64", "complex64 complex64 complex64 complex64"],
    complex128: ["complex128 complex128 complex128 complex128", "complex128 complex128 complex128 complex128"],
  };

  test.each(Object.entries(table))("%s with Python's numbers", (name, [sum, quotient]) => {
    const x = ones(2).to(types[name as TypeName]);
    const row = (list: string, operator: (other: never) => torch.Tensor) =>
      list
        .split(" ")
        .map((_, i) => operator.call(x, scalars[i] as never).dtype.name)
        .join(" ");
    expect(row(sum, x.add)).toBe(sum);
    expect(row(quotient, x.div)).toBe(quotient);
  });

  test("float(2) is a float, 2 is an int", () => {
    const x = ones(2, { dtype: torch.int64 });
    expect(x.add(2).dtype).toBe(torch.int64);
    expect(x.add(float(2)).dtype).toBe(torch.float32);
    expect(x.mul(float(2)).tolist()).toEqual([2, 2]);
  });

  // torch.promote_types
  const order = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split(" ");
  const pairs: Record<string, string> = {
    bool: "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128",
    uint8: "uint8 uint8 int16 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128",
    int8: "int8 int16 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128",
    int16: "int16 int16 int16 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128",
    int32: "int32 int32 int32 int32 int32 int64 float16 bfloat16 float32 float64 complex64 complex128",
    int64: "int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64 complex64 complex128",
    float16: "float16 float16 float16 float16 float16 float16 float16 float32 float32 float64 complex64 complex128",
    bfloat16:
      "bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 float32 bfloat16 float32 float64 complex64 complex128",
    float32: "float32 float32 float32 float32 float32 float32 float32 float32 float32 float64 complex64 complex128",
    float64: "float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 complex128 complex128",
    complex64:
      "complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex128 complex64 complex128",
    complex128:
      "complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128",
  };

  test.each(Object.entries(pairs))("%s with other tensors", (name, row) => {
    for (const [i, expected] of row.split(" ").entries()) {
      const [a, b] = [types[name as TypeName], types[order[i] as TypeName]];
      expect(torch.promote_types(a, b)).toBe(types[expected as TypeName]);
      expect(ones(2).to(a).add(ones(2).to(b)).dtype.name).toBe(expected);
    }
  });

  test("a tensor of no dimensions gives way, as its kind allows", () => {
    expect(ones([]).to(torch.float64).add(ones(2)).dtype).toBe(torch.float32);
    expect(ones([]).to(torch.int64).add(ones(2).to(torch.uint8)).dtype).toBe(torch.uint8);
    expect(ones([]).to(torch.float64).add(ones(2).to(torch.int32)).dtype).toBe(torch.float64);
    expect(ones([]).to(torch.float16).add(ones(2).to(torch.uint8)).dtype).toBe(torch.float16);
  });

  test("values wrap and do not saturate", () => {
    expect(tensor([250], { dtype: torch.uint8 }).add(10).tolist()).toEqual([4]);
    expect(tensor([250], { dtype: torch.uint8 }).add(300).tolist()).toEqual([38]);
    expect(() => tensor([1], { dtype: torch.int8 }).add_(1.5)).toThrow(
      "result type Float can't be cast to the desired output type Char",
    );
    expect(() => ones(2, { dtype: torch.int64 }).add_(ones(2))).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
  });

  test("alpha must suit the dtype", () => {
    expect(() => torch.add(ones(2, { dtype: torch.int64 }), 1, { alpha: 2.5 })).toThrow(
      "For integral input tensors, argument alpha must not be a floating point number.",
    );
    expect(() => torch.add(ones(2), 1, { alpha: true as any })).toThrow(
      "Boolean alpha only supported for Boolean results.",
    );
    expect(torch.add(ones(2, { dtype: torch.bool }), true, { alpha: 2 }).tolist()).toEqual([true, true]);
  });

  test("results", () => {
    expect(torch.clamp(tensor([1, 5]), { max: 2.5 }).tolist()).toEqual([1, 2.5]);
    expect(() => torch.pow(tensor([2]), -1)).toThrow("Integers to negative integer powers are not allowed.");
    expect(tensor([200, 100], { dtype: torch.uint8 }).sum().item()).toBe(300);
    expect(tensor([true, true]).sum().dtype).toBe(torch.int64);
    expect(() => tensor([1, 2]).mean()).toThrow(torch.NotImplementedError);
  });
});

describe("bigints", () => {
  test("are Python ints", () => {
    expect(ones(2).mul(3n).tolist()).toEqual([3, 3]);
    expect(torch.full([1], 2n ** 62n).tolist()).toEqual([2n ** 62n]);
    expect(
      tensor([2n ** 62n])
        .add(1)
        .item(),
    ).toBe(2n ** 62n + 1n);
    expect(
      tensor([3])
        .mul(2n ** 61n)
        .item(),
    ).toBe(6917529027641081856n);
    expect(torch.arange(2n ** 60n, 2n ** 60n + 2n).tolist()).toEqual([2n ** 60n, 2n ** 60n + 1n]);
    expect(zeros(3).select(0, 1n as any).shape.length).toBe(0);
  });

  test("that do not fit", () => {
    expect(() => ones(1).mul(2n ** 70n)).toThrow(torch.OverflowError);
    expect(() => loose.zeros(2n ** 63n)).toThrow("Overflow when unpacking long long");
  });
});

describe("broadcasting", () => {
  const dims = fc.array(fc.constantFrom(0, 1, 1, 2, 3), { maxLength: 4 });
  const broadcast = (a: number[], b: number[]): number[] | null => {
    const length = Math.max(a.length, b.length);
    const result: number[] = [];
    for (let i = 1; i <= length; i++) {
      const [x, y] = [a[a.length - i] ?? 1, b[b.length - i] ?? 1];
      if (x !== y && x !== 1 && y !== 1) return null;
      result.unshift(x === 1 ? y : x);
    }
    return result;
  };

  test("gives the shape that NumPy's rule says, or an error", () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        const expected = broadcast(a, b);
        const run = () => torch.add(ones(a), ones(b));
        if (expected === null) expect(run).toThrow(torch.RuntimeError);
        else expect([...run().shape]).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test("out= takes the shape", () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        const expected = broadcast(a, b);
        fc.pre(expected !== null);
        const out = torch.empty(0);
        expect([...torch.mul(ones(a), ones(b), { out }).shape]).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test("agrees with expand", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), (shape) => {
        const x = torch.arange(shape.reduce((a, b) => a * b, 1)).view(shape);
        const y = x.expand(2, ...shape);
        expect(torch.equal(y["0"], x)).toBe(true);
        expect(torch.equal(y.add(x), x.mul(2).expand(2, ...shape))).toBe(true);
      }),
    );
  });
});

describe("laws", () => {
  const lists = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 });

  test("integer arithmetic is JavaScript's", () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: -50, max: 50 }), (list, k) => {
        const x = tensor(list);
        expect(numbers(x.add(k).tolist())).toEqual(list.map((v) => v + k));
        expect(numbers(x.mul(k).sub(x).tolist())).toEqual(list.map((v) => v * k - v).map((v) => v + 0));
        expect(x.sum().item()).toBe(list.reduce((a, b) => a + b, 0));
        expect(x.max().item()).toBe(Math.max(...list));
      }),
    );
  });

  test("sorting, and cat after split", () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 5 }), (list, size) => {
        const x = tensor(list);
        expect(x.sort().values.tolist()).toEqual([...list].sort((a, b) => a - b));
        expect(torch.equal(torch.cat(x.split(size)), x)).toBe(true);
      }),
    );
  });
});

test("every dtype that holds 1 gives 1 back", () => {
  for (const name of typeNames) {
    const value = ones(1, { dtype: types[name] }).item() as unknown;
    if (name === "bool") expect(value).toBe(true);
    else if (name.startsWith("complex")) expect(value).toEqual(complex(1, 0));
    else expect(value).toBe(1);
  }
});
