import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const { complex, copy } = torch.py;
const f32 = (...values: number[]) => torch.tensor(values, { dtype: torch.float32 });
const leaf = () => torch.ones(2, { requires_grad: true });

describe("apply_, map_ and map2_", () => {
  test("in place, element by element", () => {
    const x = f32(1, 2);
    expect(x.apply_((a) => a * 3)).toBe(x);
    expect(x.tolist()).toEqual([3, 6]);
    expect(
      torch
        .tensor([1, 2])
        .apply_(() => 1.5)
        .tolist(),
    ).toEqual([1, 1]);
    expect(
      torch
        .tensor([true, false])
        .apply_((a) => !a)
        .tolist(),
    ).toEqual([false, true]);
    expect(
      f32(1, 2)
        .map_(f32(1), (a, b) => a + b)
        .tolist(),
    ).toEqual([2, 3]);
    expect(
      f32(1, 2)
        .map2_(f32(1), f32(10, 20), (a, b, c) => a + b + c)
        .tolist(),
    ).toEqual([12, 23]);
  });

  test("errors", () => {
    expect(() => leaf().apply_(() => 1)).toThrow(
      new torch.RuntimeError("Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead."),
    );
    expect(() => f32(1).apply_(3 as never)).toThrow(new TypeError("'int' object is not callable"));
    expect(() => f32(1).map_(torch.tensor([1]), (a) => a)).toThrow(
      new TypeError("map_: expected torch.FloatTensor for 'other' (got torch.LongTensor)"),
    );
    expect(() => f32(1).map2_(torch.tensor([1]), f32(1), (a) => a)).toThrow(
      new TypeError("map2_: expected torch.FloatTensor for argument 'x' (got torch.LongTensor)"),
    );
  });
});

describe("copy and deepcopy", () => {
  test("tensors that share memory share it again", () => {
    const a = torch.arange(4);
    const [c, d] = copy.deepcopy([a, a["1:3"]]);
    d.index_put_([0], 99);
    expect(c.tolist()).toEqual([0, 99, 2, 3]);
    expect(a.tolist()).toEqual([0, 1, 2, 3]);
  });

  test("requires_grad, the gradient, and fields", () => {
    const x = leaf();
    x.grad = torch.ones(2);
    (x as torch.Tensor & { label?: string }).label = "weights";
    const made = copy.deepcopy(x) as torch.Tensor & { label?: string };
    expect([made.requires_grad, made.is_leaf, made.label]).toEqual([true, true, "weights"]);
    expect(made.grad?.tolist()).toEqual([1, 1]);
    expect(made.grad === x.grad).toBe(false);
    expect(copy.copy(x.mul(2)).is_leaf).toBe(true);
  });

  test("strides, the conjugate bit, meta and sparse tensors", () => {
    expect(copy.deepcopy(torch.arange(4).expand(2, 4)).stride()).toEqual([0, 1]);
    const made = copy.deepcopy(torch.tensor([complex(1, 2)]).conj());
    expect(made.is_conj()).toBe(false);
    expect(String(made)).toBe("tensor([1.-2.j])");
    expect(copy.deepcopy(torch.empty(2, { device: "meta" })).is_meta).toBe(true);
    expect(copy.deepcopy(torch.eye(2).to_sparse()).is_sparse).toBe(true);
  });

  test("of what is no leaf", () => {
    expect(() => copy.deepcopy(leaf().mul(2))).toThrow(
      "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.",
    );
  });
});

describe("dim_order", () => {
  const x = torch.empty(1, 2, 3, 4);

  test("of layouts in memory", () => {
    expect(x.dim_order()).toEqual([0, 1, 2, 3]);
    expect(x.to({ memory_format: torch.channels_last }).dim_order()).toEqual([0, 2, 3, 1]);
    expect(torch.empty(3, 4, 5).permute(2, 0, 1).dim_order()).toEqual([1, 2, 0]);
    expect(x.dim_order({ ambiguity_check: [torch.contiguous_format, torch.channels_last] })).toEqual([0, 1, 2, 3]);
  });

  test("errors", () => {
    expect(() => x.dim_order({ ambiguity_check: true })).toThrow(
      new torch.RuntimeError(
        "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats.",
      ),
    );
    expect(() => x.dim_order({ ambiguity_check: 3 as never })).toThrow(
      new TypeError("The ambiguity_check argument must be a bool or a list of memory formats."),
    );
    expect(() => x.to_sparse().dim_order()).toThrow(torch.AttributeError);
  });
});

describe("sizes", () => {
  const z = torch.arange(6);

  test("unflatten", () => {
    expect([...z.unflatten(0, [2, 3]).shape]).toEqual([2, 3]);
    expect([...z.unflatten({ dim: 0, sizes: [2, -1] }).shape]).toEqual([2, 3]);
    expect(() => z.unflatten(0, [])).toThrow(new torch.RuntimeError("unflatten: sizes must be non-empty"));
    expect(() => z.unflatten(...([0] as never))).toThrow(
      new TypeError("Tensor.unflatten() missing 1 required positional argument: 'sizes'"),
    );
  });

  test("resize and resize_as", () => {
    expect([...z.resize(2, 3).shape]).toEqual([2, 3]);
    expect([...z.resize_as(torch.ones(3, 2)).shape]).toEqual([3, 2]);
    expect(() => z.resize(2, 2)).toThrow("requested resize to 2x2 (4 elements in total)");
    const x = torch.ones(4, { requires_grad: true });
    x.resize(2, 2).sum().backward();
    expect(x.grad?.tolist()).toEqual([1, 1, 1, 1]);
  });

  test("new", () => {
    expect([...z.new(2, 3).shape]).toEqual([2, 3]);
    expect(f32(1).new([1, 2]).dtype).toBe(torch.float32);
    expect(z.new().numel()).toBe(0);
  });
});

describe("operators by Python's names", () => {
  const x = torch.tensor([1, 2]);
  test.each([
    ["__add__", [1], [2, 3]],
    ["__rsub__", [1], [0, -1]],
    ["__rpow__", [2], [2, 4]],
    ["__floordiv__", [2], [0, 1]],
    ["__rfloordiv__", [2], [2, 1]],
    ["__rmod__", [3], [0, 1]],
    ["__rtruediv__", [1], [1, 0.5]],
    ["__invert__", [], [-2, -3]],
    ["__eq__", [1], [true, false]],
    ["__rand__", [1], [1, 0]],
    ["__rlshift__", [1], [2, 4]],
    ["__matmul__", [x], 5],
    ["__getitem__", [1], 2],
  ] as const)("%s", (name, args, expected) => {
    const method = (x as unknown as Record<string, (...args: unknown[]) => torch.Tensor>)[name];
    expect(method.apply(x, [...args]).tolist()).toEqual(expected);
  });

  test("in place", () => {
    const y = f32(1, 2);
    expect(y.__iadd__(1)).toBe(y);
    y.__setitem__(0, 5);
    expect(y.tolist()).toEqual([5, 3]);
  });

  test("numbers", () => {
    expect(torch.tensor(2.5).__int__()).toBe(2);
    expect(String(torch.tensor(2).__float__())).toBe("2.0");
    expect(torch.tensor(2).__index__()).toBe(2);
    expect(torch.tensor(1).__bool__()).toBe(true);
    expect(() => torch.tensor(2.5).__index__()).toThrow(
      new TypeError("only integer tensors of a single element can be converted to an index"),
    );
    expect(() => x.__int__()).toThrow(
      new torch.ValueError("only one element tensors can be converted to Python scalars"),
    );
    expect(() => torch.tensor(complex(1, 2)).__float__()).toThrow(
      new torch.RuntimeError("value cannot be converted to type double without overflow"),
    );
  });

  test("__contains__ and __reversed__", () => {
    expect(x.__contains__(2)).toBe(true);
    expect(x.__contains__(torch.tensor(9))).toBe(false);
    expect(x.__reversed__().tolist()).toEqual([2, 1]);
    expect(() => x.__contains__("a" as never)).toThrow(
      new torch.RuntimeError("Tensor.__contains__ only supports Tensor or scalar, but you passed in a <class 'str'>."),
    );
  });
});

test("module_load", () => {
  const [x, other] = [torch.zeros(2), torch.ones(2)];
  expect(x.module_load(other).data_ptr()).toBe(x.data_ptr());
  expect(x.tolist()).toEqual([1, 1]);
  expect(x.module_load(other, { assign: true }).data_ptr()).toBe(other.data_ptr());
});

test("as_subclass", () => {
  class Labelled extends torch.Tensor {
    label(): string {
      return `of ${this.numel()}`;
    }
  }
  const x = torch.ones(2);
  const made = x.as_subclass(Labelled);
  expect(made.label()).toBe("of 2");
  expect(made.data_ptr()).toBe(x.data_ptr());
  expect(() => x.as_subclass(3 as never)).toThrow(new TypeError("cls must be a type (got int)"));
});

test("sharing", () => {
  const x = torch.ones(2);
  expect(x.share_memory_()).toBe(x);
  expect(x.is_shared()).toBe(true);
  expect(x.const_data_ptr()).toBe(x.data_ptr());
  expect(x.to_sparse_coo().layout).toBe(torch.sparse_coo);
});

test("what libtorch lacks", () => {
  const x = torch.ones(2);
  expect(() => x.ipu()).toThrow(new torch.RuntimeError("PyTorch is not linked with support for ipu devices"));
  expect(() => x.xpu()).toThrow(new torch.AssertionError("Torch not compiled with XPU enabled"));
  expect(() => x.reinforce(1)).toThrow("reinforce() was removed.");
  expect([x.is_ipu, x.is_xla, x.is_vulkan, x.volatile]).toEqual([false, false, false, false]);
});
