// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse

import * as torch from "tstorch";
import { complex, float, slice } from "tstorch/python";
import { describe, expect, test } from "vitest";

const { ones, tensor } = torch;
const loose = torch as any;

const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};

const x = () => ones(2, 3) as any;

// What Python says to the same calls.
describe("the text of errors", () => {
  test.each<[string, () => unknown, string]>([
    ["too many", () => loose.relu(x(), 1), "relu() takes 1 positional argument but 2 were given"],
    ["too many of several", () => x().view_as(x(), 1), "view_as() takes 1 positional argument but 2 were given"],
    ["too few", () => loose.relu(), 'relu() missing 1 required positional arguments: "input"'],
    [
      "too few by two",
      () => loose.masked_select(),
      'masked_select() missing 2 required positional argument: "input", "mask"',
    ],
    ["unknown keyword", () => loose.relu(x(), { foo: 1 }), "relu() got an unexpected keyword argument 'foo'"],
    ["given twice", () => loose.relu(x(), { input: x() }), "relu() got multiple values for argument 'input'"],
    ["no Tensor", () => loose.relu(5), "relu(): argument 'input' (position 1) must be Tensor, not int"],
    ["no Tensor by keyword", () => loose.relu({ input: "a" }), "relu(): argument 'input' must be Tensor, not str"],
    ["no int", () => loose.unbind(x(), 1.5), "unbind(): argument 'dim' (position 2) must be int, not float"],
    ["no int but a bool", () => loose.unbind(x(), true), "unbind(): argument 'dim' (position 2) must be int, not bool"],
    [
      "no bool",
      () => x().requires_grad_("a"),
      "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not str",
    ],
    [
      "no str",
      () => loose.div(x(), 1, { rounding_mode: 5 }),
      "div() received an invalid combination of arguments - got (Tensor, int, rounding_mode=int), but expected one of:\n * (Tensor input, Tensor other, *, Tensor out = None)\n * (Tensor input, Tensor other, *, str rounding_mode, Tensor out = None)\n * (Tensor input, Number other, *, str rounding_mode)\n",
    ],
    ["no ints", () => loose.permute(x(), 5), "permute(): argument 'dims' (position 2) must be tuple of ints, not int"],
    [
      "an element that is no int",
      () => x().reshape([1.5, 2]),
      "reshape(): argument 'shape' (position 1) must be tuple of ints, but found element of type float at pos 0",
    ],
    [
      "a later element",
      () => x().reshape([1, "a"]),
      "reshape(): argument 'shape' failed to unpack the object at pos 2 with error \"type must be tuple of ints,but got str\"",
    ],
    [
      "an element of an optional list",
      () => loose.logsumexp(x(), ["a"]),
      "logsumexp(): argument 'dim' (position 2) must be tuple of ints, but found element of type str at pos 0",
    ],
    [
      "an element of a list beside other signatures",
      () => x().mean([1.5], 1),
      "mean(): argument 'dim' (position 1) must be tuple of ints, but found element of type float at pos 0",
    ],
    [
      "no dtype",
      () => x().to({ dtype: "int8" }).x,
      "to() received an invalid combination of arguments - got (dtype=str, ), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n",
    ],
    [
      "an element that is no Tensor",
      () => loose.cat([ones(1), 5]),
      "expected Tensor as element 1 in argument 0, but got int",
    ],
    ["no Tensor nor number", () => loose.add(x(), "a"), "add(): argument 'other' (position 2) must be Tensor, not str"],
    [
      "a float where a list of sizes stands",
      () => loose.zeros(1.5),
      "zeros(): argument 'size' (position 1) must be tuple of ints, not float",
    ],
    [
      "a tensor that is no size",
      () => x().new_empty(1, tensor(2.5)),
      "new_empty(): argument 'size' failed to unpack the object at pos 2 with error \"type must be tuple of ints,but got Tensor\"",
    ],
    ["methods of no arguments", () => x().item(1), "TensorBase.item() takes no arguments (1 given)"],
    ["methods of no arguments, by keyword", () => x().dim({ foo: 1 }), "TensorBase.dim() takes no keyword arguments"],
    ["operators of no arguments", () => x().zero_(1, 2), "TensorBase.zero_() takes no arguments (2 given)"],
  ])("%s", (_, run, text) => {
    expect(message(run)).toContain(`TypeError: ${text}`);
  });

  test("every signature, and what of it did not fit", () => {
    expect(message(() => loose.max(x(), ones(2, 3).shape, tensor(true)))).toBe(
      "TypeError: max() received an invalid combination of arguments - got (Tensor, torch.Size, Tensor), but expected one of:\n" +
        " * (Tensor input, *, Tensor out = None)\n" +
        "      didn't match because some of the arguments have invalid types: (Tensor, !torch.Size of (int, int)!, !Tensor!)\n" +
        " * (Tensor input, Tensor other, *, Tensor out = None)\n" +
        " * (Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)\n",
    );
    expect(message(() => x().sum([ones(1), 1], 0.5, slice(1), torch.contiguous_format))).toBe(
      "TypeError: sum() received an invalid combination of arguments - got (list, float, slice, torch.memory_format), but expected one of:\n" +
        " * (*, torch.dtype dtype = None)\n" +
        " * (tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)\n" +
        "      didn't match because some of the arguments have invalid types: (!list of [Tensor, int]!, !float!, !slice!, !torch.memory_format!)\n",
    );
    expect(message(() => loose.narrow(x(), 0))).toBe(
      "TypeError: narrow() received an invalid combination of arguments - got (Tensor, int), but expected one of:\n" +
        " * (Tensor input, int dim, Tensor start, int length)\n" +
        " * (Tensor input, int dim, int start, int length)\n",
    );
  });

  test("keywords stand in the order of C++'s unordered_map", () => {
    const keywords = { nonsense: 1, requires_grad: false, dtype: torch.float32, device: "cpu" };
    expect(message(() => loose.eye(3, keywords))).toContain(
      "eye() received an invalid combination of arguments - got (int, dtype=torch.dtype, device=str, requires_grad=bool, nonsense=int), but expected one of:\n",
    );
  });

  test("the names of types", () => {
    const name = (value: unknown) =>
      message(() => loose.relu(value))
        .split("not ")
        .at(-1);
    expect([5, 1.5, true, null, "a", [], [1], 2n, float(2), complex(1, 2)].map(name)).toEqual([
      "int",
      "float",
      "bool",
      "NoneType",
      "str",
      "list",
      "list",
      "int",
      "float",
      "complex",
    ]);
    expect(
      [
        torch.float32,
        torch.device("cpu"),
        torch.strided,
        torch.channels_last,
        torch.Generator(),
        slice(1),
        ones(2).shape,
      ].map(name),
    ).toEqual([
      "torch.dtype",
      "torch.device",
      "torch.layout",
      "torch.memory_format",
      "torch._C.Generator",
      "slice",
      "torch.Size",
    ]);
    expect([() => 0, class A {}, new Map(), new Date(0), Symbol("a")].map(name)).toEqual([
      "function",
      "type",
      "Map",
      "Date",
      "Symbol",
    ]);
  });
});

describe("what fits", () => {
  test("is found anew when the kinds are the same but the values are not", () => {
    const list = [ones(1), ones(1)];
    expect(torch.cat(list).numel()).toBe(2);
    expect(message(() => loose.cat([ones(1), 5]))).toBe(
      "TypeError: expected Tensor as element 1 in argument 0, but got int",
    );
    expect(message(() => loose.cat([ones(1), null]))).toBe(
      "TypeError: expected Tensor as element 1 in argument 0, but got NoneType",
    );
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(message(() => loose.cat([ones(1), , ones(1)]))).toBe(
      "TypeError: expected Tensor as element 1 in argument 0, but got NoneType",
    );
    expect(message(() => loose.stack([ones(1), "a"]))).toBe(
      "TypeError: expected Tensor as element 1 in argument 0, but got str",
    );
    expect(torch.cat(list).numel()).toBe(2);
    expect(torch.zeros(tensor(2) as any).numel()).toBe(2);
    expect(message(() => loose.zeros(tensor(2.5)))).toMatch(/^TypeError: zeros\(\): argument 'size'/);
    expect(message(() => loose.zeros(tensor([1, 2])))).toMatch(/^TypeError: zeros\(\): argument 'size'/);
    expect(torch.add(ones(2), tensor(1.5)).tolist()).toEqual([2.5, 2.5]);
    expect(x().fill_(tensor(2)).sum().item()).toBe(12);
    expect(message(() => x().fill_(ones(2)))).toContain(
      "fill_ only supports 0-dimension value tensor but got tensor with 1 dimensions.",
    );
    expect(x().sum([0, 1]).item()).toBe(6);
    expect(message(() => x().sum([0, "1"]))).toMatch(/failed to unpack the object at pos 2/);
    const scaled = (list: unknown) => loose._foreach_mul([ones(1), ones(1)], list).map((t: torch.Tensor) => t.item());
    expect(scaled([2, 3])).toEqual([2, 3]);
    expect(scaled([2.5, 3])).toEqual([2.5, 3]);
    expect(message(() => scaled([2, "a"]))).toBe("TypeError: expected Tensor as element 0 in argument 1, but got int");
  });

  test("lists of floats hold floats", () => {
    const edges = (list: unknown) => loose.histogramdd(ones(4, 1), [2], { range: list }).bin_edges[0].tolist();
    expect(edges([0.5, 1.5])).toEqual([0.5, 1, 1.5]);
    expect(edges([0, 2])).toEqual([0, 1, 2]);
    expect(edges([float(0), 2n])).toEqual([0, 1, 2]);
    expect(message(() => edges([0.5, "a"]))).toBe(
      "TypeError: histogramdd(): argument 'range' must be tuple of floats, but found element of type str at pos 2",
    );
    expect(message(() => edges([0.5, null]))).toBe(
      "TypeError: histogramdd(): argument 'range' must be tuple of floats, but found element of type NoneType at pos 2",
    );
    expect(message(() => edges([complex(1, 2), 1]))).toBe(
      "TypeError: histogramdd(): argument 'range' must be tuple of floats, but found element of type complex at pos 1",
    );
    expect(edges([true, tensor(3)])).toEqual([1, 2, 3]);
    expect(message(() => edges([0.5, Symbol("a")]))).toMatch(/^TypeError/);
  });

  test("getters are read once", () => {
    let reads = 0;
    const keywords = {
      get dim() {
        reads++;
        torch.cat([ones(1), ones(2)]);
        return 1;
      },
    };
    expect([...torch.sum(x(), keywords).shape]).toEqual([2]);
    expect(reads).toBe(1);
    const error = new Error("mine");
    expect(() =>
      torch.sum(x(), {
        get dim(): number {
          throw error;
        },
      }),
    ).toThrow(error);
    expect(x().sum().item()).toBe(6);
  });

  test("a method without its tensor is an error", () => {
    const { add, sum } = x();
    expect(() => add(1)).toThrow(TypeError);
    expect(() => sum()).toThrow(TypeError);
    expect(() => add.call(5, 1)).toThrow(
      new TypeError("descriptor 'add' for 'torch._C.TensorBase' objects doesn't apply to a 'int' object"),
    );
  });
});
