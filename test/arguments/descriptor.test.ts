// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import * as torch from "tstorch";
import { expect, test } from "vitest";

const prototype = torch.Tensor.prototype as any;

test("a method of C++ is called on tensors alone", () => {
  for (const name of [
    "abs",
    "item",
    "dim",
    "to",
    "size",
    "float",
    "index_put_",
    "cuda",
    "resize_",
    "apply_",
    "tolist",
  ]) {
    for (const [self, type] of [
      ["x", "str"],
      [5, "int"],
      [null, "NoneType"],
      [[], "list"],
    ] as const) {
      expect(() => prototype[name].call(self)).toThrow(
        new TypeError(`descriptor '${name}' for 'torch._C.TensorBase' objects doesn't apply to a '${type}' object`),
      );
    }
  }
});

test("a method without parameters takes none", () => {
  const x = torch.ones(1) as any;
  for (const name of ["abs", "item", "dim", "numel", "tolist", "relu_", "element_size", "is_complex", "data_ptr"]) {
    const method = prototype[name];
    expect(() => method.call(x, 1)).toThrow(new TypeError(`TensorBase.${name}() takes no arguments (1 given)`));
    expect(() => method.call(x, null, 2)).toThrow(new TypeError(`TensorBase.${name}() takes no arguments (2 given)`));
    expect(() => method.call(x, 1, { a: 2 })).toThrow(new TypeError(`TensorBase.${name}() takes no keyword arguments`));
    for (const none of [[], [undefined], [{}], [{ a: undefined }]]) method.call(x, ...none);
  }
});

test("methods that Python writes in Python count self", () => {
  const x = torch.ones(1) as any;
  expect(() => x.norm(1, 2, 3, 4, 5)).toThrow(
    new TypeError("Tensor.norm() takes from 1 to 5 positional arguments but 6 were given"),
  );
  expect(() => x.is_shared(1)).toThrow(
    new TypeError("Tensor.is_shared() takes 1 positional argument but 2 were given"),
  );
  expect(() => x.split()).toThrow(new TypeError("Tensor.split() missing 1 required positional argument: 'split_size'"));
  expect(() => x.dim_order({ nonsense: 1 })).toThrow(
    new TypeError("Tensor.dim_order() got an unexpected keyword argument 'nonsense'"),
  );
});
