// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
// biome-ignore-all lint/suspicious/noDoubleEquals: what == does is tested
import { inspect } from "node:util";
import fc from "fast-check";
import * as torch from "tstorch";
import { complex } from "tstorch/python";
import { describe, expect, test } from "vitest";

const { tensor, ones, zeros, arange } = torch;
const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};

describe("what a tensor is", () => {
  const x = arange(24).reshape(2, 3, 4);

  test("its shape", () => {
    expect([...x.shape]).toEqual([2, 3, 4]);
    expect([...x.size()]).toEqual([2, 3, 4]);
    expect([x.size(0), x.size(-1), (x as any).size({ dim: 1 })]).toEqual([2, 4, 3]);
    expect([(x as any).size(1n), (x as any).size(tensor(1))]).toEqual([3, 3]);
    expect(x.stride()).toEqual([12, 4, 1]);
    expect([x.stride(0), x.stride(-1)]).toEqual([12, 1]);
    expect([x.dim(), x.ndim, x.ndimension(), x.length, x.numel(), x.nelement()]).toEqual([3, 3, 3, 2, 24, 24]);
    expect([...tensor(1).shape]).toEqual([]);
  });

  test("errors of size() and stride()", () => {
    expect(message(() => ones(2).size(5))).toBe(
      "IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 5)",
    );
    expect(message(() => ones(2, 3).stride(-5))).toBe(
      "IndexError: Dimension out of range (expected to be in range of [-2, 1], but got -5)",
    );
    expect(message(() => tensor(1).size(0))).toBe("IndexError: Dimension specified as 0 but tensor has no dimensions");
    expect(message(() => tensor(1).stride(0))).toBe(
      "IndexError: Dimension specified as 0 but tensor has no dimensions",
    );
    expect(message(() => (ones(2) as any).size("a"))).toBe(
      "TypeError: size(): argument 'dim' (position 1) must be int, not str",
    );
    expect(message(() => (ones(2) as any).size(0, 1))).toBe(
      "TypeError: size() takes from 0 to 1 positional arguments but 2 were given",
    );
  });

  test("its memory", () => {
    expect([x.element_size(), x.itemsize, x.nbytes, x.storage_offset(), x[1].storage_offset()]).toEqual([
      8, 8, 192, 0, 12,
    ]);
    expect(x[1].data_ptr() - x.data_ptr()).toBe(96n);
    expect([x.is_contiguous(), x.transpose(0, 1).is_contiguous()]).toEqual([true, false]);
    const image = ones(1, 2, 3, 3);
    expect(image.contiguous({ memory_format: torch.channels_last }).stride()).toEqual([18, 1, 6, 2]);
    expect(image.is_contiguous({ memory_format: torch.channels_last })).toBe(false);
    expect(message(() => (image as any).is_contiguous(5))).toBe(
      "TypeError: is_contiguous() takes 0 positional arguments but 1 was given",
    );
  });

  test("where it is, and of what kind", () => {
    const meta = ones(1, { device: "meta" });
    expect([x.is_cpu, x.is_cuda, x.is_meta, meta.is_meta, x.is_sparse, ones(1).to_sparse().is_sparse]).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
    expect([x.get_device(), meta.get_device()]).toEqual([-1, -1]);
    expect([x.is_quantized, x.is_nested, x.is_mps, x.is_xpu, x.is_mkldnn, x.is_sparse_csr]).toEqual(
      new Array(6).fill(false),
    );
    expect([x.is_floating_point(), ones(1).is_floating_point(), x.is_complex(), x.is_signed()]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test("type()", () => {
    const names = [torch.float32, torch.int64, torch.complex64, torch.bool, torch.uint16].map((dtype) =>
      ones(1, { dtype }).type(),
    );
    expect(names).toEqual([
      "torch.FloatTensor",
      "torch.LongTensor",
      "torch.ComplexFloatTensor",
      "torch.BoolTensor",
      "torch.UInt16Tensor",
    ]);
    expect(ones(1).to_sparse().type()).toBe("torch.sparse.FloatTensor");
    expect(ones(1).type("torch.DoubleTensor").dtype).toBe(torch.float64);
    expect(ones(1).type(torch.int32).dtype).toBe(torch.int32);
    expect((ones(1) as any).type({ dtype: torch.int32 }).dtype).toBe(torch.int32);
    for (const name of ["float64", "foo"])
      expect(message(() => ones(1).type(name))).toBe(`ValueError: invalid type: '${name}'`);
    expect(ones(1).type("torch.Tensor").dtype).toBe(torch.float32);
    expect(ones(1).type(torch.DoubleTensor as any).dtype).toBe(torch.float64);
    expect(ones(1).type("torch.Float8_e5m2Tensor").dtype).toBe(torch.float8_e5m2);
    expect(ones(1).type({ dtype: null } as any)).toBe("torch.FloatTensor");
    expect(ones(1, { device: "meta", dtype: torch.float8_e5m2 }).type()).toBe("torch.meta.Float8_e5m2Tensor");
    expect(message(() => (ones(1) as any).type(torch.int32, 5))).toBe(
      "TypeError: type(): argument 'non_blocking' (position 2) must be bool, not int",
    );
    expect(message(() => (ones(1) as any).type({ foo: 1 }))).toBe(
      "TypeError: type() got an unexpected keyword argument 'foo'",
    );
    expect(message(() => ones(1).type(5 as any))).toBe("TypeError: dtype must be a type, str, or dtype object");
  });

  test("transposes", () => {
    expect([...arange(6).view(2, 3).T.shape]).toEqual([3, 2]);
    expect([...x.mT.shape]).toEqual([2, 4, 3]);
    expect(tensor([[complex(1, 2)]]).H.item()).toEqual(complex(1, -2));
    expect(tensor([[complex(1, 2)]]).mH.item()).toEqual(complex(1, -2));
    expect(message(() => ones(3).mT)).toBe(
      "RuntimeError: tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.",
    );
    expect(message(() => ones(2, 2, 2).H)).toBe(
      "RuntimeError: tensor.H is only supported on matrices (2-D tensors). Got 3-D tensor. For batches of matrices, consider using tensor.mH",
    );
  });

  test("real and imag are views that can be written", () => {
    const z = zeros(1, { dtype: torch.complex64 });
    z.real = 3;
    z.imag = tensor([2.5]);
    expect(z.item()).toEqual(complex(3, 2.5));
    z.real.add_(1);
    expect(z.item()).toEqual(complex(4, 2.5));
    expect(ones(1).real.item()).toBe(1);
    expect(message(() => ones(2).imag)).toBe("TypeError: imag is not implemented for tensors with non-complex dtypes.");
  });
});

describe("conversions", () => {
  test("to()", () => {
    const x = ones(2);
    expect(x.to(torch.int8).dtype).toBe(torch.int8);
    expect(x.to("cpu", torch.int8).dtype).toBe(torch.int8);
    expect(x.to(null as any, torch.int8).dtype).toBe(torch.int8);
    expect(x.to({ dtype: torch.float64, device: "meta" })).toMatchObject({ is_meta: true, dtype: torch.float64 });
    expect(x.to(ones(1, { dtype: torch.int16 })).dtype).toBe(torch.int16);
    expect(x.to("meta").device.type).toBe("meta");
    expect(ones(1, 2, 3, 3).to(torch.float64, { memory_format: torch.channels_last }).stride()).toEqual([18, 1, 6, 2]);
    expect(x.to(torch.float32, false, true) === x).toBe(false);
    expect(message(() => x.to("foo"))).toMatch(
      /^RuntimeError: Expected one of cpu, cuda, .* device type at start of device string: foo$/,
    );
    expect(message(() => x.to("float32"))).toBe("RuntimeError: Invalid device string: 'float32'");
    expect(message(() => (x as any).to([1]))).toMatch(
      /^TypeError: to\(\) received an invalid combination of arguments - got \(list\), but expected one of:/,
    );
    expect(message(() => (x as any).to({ foo: 1 }))).toMatch(
      /^TypeError: to\(\) received an invalid combination of arguments - got \(foo=int, \)/,
    );
  });

  test("by name", () => {
    const x = tensor([1.7, -1.7]);
    const casts = {
      bool: "bool",
      byte: "uint8",
      char: "int8",
      short: "int16",
      int: "int32",
      long: "int64",
      half: "float16",
      bfloat16: "bfloat16",
      float: "float32",
      double: "float64",
      cfloat: "complex64",
      cdouble: "complex128",
    };
    for (const [name, dtype] of Object.entries(casts)) expect((x as any)[name]().dtype.name).toBe(dtype);
    expect(x.int().tolist()).toEqual([1, -1]);
    expect(x.bool().tolist()).toEqual([true, true]);
    expect(message(() => (x as any).double(5))).toBe(
      "TypeError: double() takes 0 positional arguments but 1 was given",
    );
  });

  test("new_tensor() and its kin", () => {
    const x = ones(1, { dtype: torch.float64 });
    expect(x.new_tensor([1, 2])).toMatchObject({ dtype: torch.float64 });
    const made = ones(1, { dtype: torch.int32 }).new_tensor([1.5, 2], { dtype: torch.float64, requires_grad: true });
    expect([made.tolist(), made.requires_grad]).toEqual([[1.5, 2], true]);
    expect(x.new_zeros(2, 3).dtype).toBe(torch.float64);
    expect(x.new_full([2], 7).tolist()).toEqual([7, 7]);
    expect([...x.new_empty([3], { dtype: torch.int8 }).shape]).toEqual([3]);
  });

  test("cuda() without a GPU", () => {
    if (torch.cuda.is_available()) return;
    expect(() => ones(1).cuda()).toThrow();
    expect(() => ones(1).to("cuda")).toThrow();
    expect(message(() => ones(1).cuda("cpu"))).toBe("RuntimeError: Invalid device, must be cuda device");
  });
});

describe("data, copy_(), set_()", () => {
  test("data shares the elements outside of autograd", () => {
    const x = ones(2, { requires_grad: true });
    x.data.mul_(3);
    expect(x.tolist()).toEqual([3, 3]);
    expect(x.data.requires_grad).toBe(false);
    x.data = zeros(3);
    expect([...x.shape]).toEqual([3]);
    expect(message(() => {
      x.data = 5 as any;
    })).toBe("TypeError: Variable data has to be a tensor, but got int"); // biome-ignore format: one call
  });

  test("copy_() broadcasts and converts", () => {
    expect(zeros(2, 2).copy_(tensor([1, 2])).tolist()).toEqual([[1, 2], [1, 2]]); // biome-ignore format: one row
    expect(zeros(2).copy_(5).tolist()).toEqual([5, 5]);
    expect((zeros(2) as any).copy_({ other: ones(2) }).tolist()).toEqual([1, 1]);
    expect(message(() => zeros(2).copy_(ones(3)))).toBe(
      "RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
    );
    expect(message(() => (zeros(2) as any).copy_("a"))).toBe(
      "TypeError: copy_(): argument 'other' (position 1) must be Tensor, not str",
    );
  });

  test("set_() takes another one's memory", () => {
    const [x, y] = [ones(2), zeros(3)];
    expect(x.set_(y)).toBe(x);
    y.fill_(4);
    expect(x.tolist()).toEqual([4, 4, 4]);
  });
});

describe("views and copies", () => {
  const views: Record<string, (x: torch.Tensor) => torch.Tensor> = {
    view: (x) => x.view(-1),
    transpose: (x) => x.transpose(0, 1),
    permute: (x) => x.permute(2, 0, 1),
    narrow: (x) => x.narrow(1, 1, 2),
    select: (x) => x.select(0, 1),
    unsqueeze: (x) => x.unsqueeze(1),
    flatten: (x) => x.flatten(1),
    diagonal: (x) => x.diagonal(0, 1, 2),
    unfold: (x) => x.unfold(2, 2, 2),
    split: (x) => x.split(1)[1],
    chunk: (x) => x.chunk(2, 2)[0],
    movedim: (x) => x.movedim(0, 2),
    swapaxes: (x) => x.swapaxes(0, 2),
    as_strided: (x) => x.as_strided([3], [2], 1),
    detach: (x) => x.detach(),
    slice: (x) => x["..., ::2"],
  };
  const copies: Record<string, (x: torch.Tensor) => torch.Tensor> = {
    clone: (x) => x.clone(),
    add: (x) => x.add(0),
    contiguous: (x) => x.transpose(0, 1).contiguous(),
    to: (x) => x.to(torch.float64),
    index: (x) => x.index([0, 1]),
    repeat: (x) => x.repeat(1, 1, 1),
    cat: (x) => torch.cat([x]),
    tensor: (x) => tensor(x.tolist()),
  };

  test.each(Object.keys(views))("%s() is a view", (name) => {
    const x = zeros(2, 3, 4);
    const view = views[name](x);
    view.add_(1);
    expect(x.sum().item()).toBe(view.numel());
    x.fill_(7);
    expect(view.eq(7).all().item()).toBe(true);
    expect(view._is_view()).toBe(name !== "detach");
  });

  test.each(Object.keys(copies))("%s() is a copy", (name) => {
    const x = zeros(2, 3, 4);
    copies[name](x).add_(1);
    expect(x.sum().item()).toBe(0);
  });

  test("any chain of views shares the memory, and gradients find their way back", () => {
    const safe = ["view", "transpose", "unsqueeze", "detach", "slice"] as const;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...safe), { minLength: 1, maxLength: 5 }), (names) => {
        const x = zeros(2, 3, 4);
        let view: torch.Tensor = x;
        for (const name of names) {
          if (name === "view" && !view.is_contiguous()) continue;
          if (name === "transpose" && view.dim() < 2) continue;
          view = views[name](view);
        }
        view.add_(1);
        expect(x.sum().item()).toBe(view.numel());
        const leaf = zeros(2, 3, 4, { requires_grad: true });
        let out: torch.Tensor = leaf;
        for (const name of names) {
          if (name === "detach" || (name === "view" && !out.is_contiguous()) || (name === "transpose" && out.dim() < 2))
            continue;
          out = views[name](out);
        }
        out.sum().backward();
        expect((leaf.grad as torch.Tensor).sum().item()).toBe(out.numel());
      }),
    );
  });
});

describe("JavaScript's operators", () => {
  const refusal = /^JavaScript has no operators for tensors: write x\.add\(y\)/;
  const x = ones(2) as any;
  const one = tensor(3) as any;

  test("are refused, as they would not mean Python's", () => {
    for (const run of [
      () => x + x,
      () => x + 1,
      () => one + 1,
      // biome-ignore lint/style/useTemplate: it is the + that is tested
      () => `${one}` + one,
      () => x == 1,
      () => one == 3,
      () => x - 1,
      () => x < 1,
      () => -x,
      () => x * x,
      () => +x,
      () => x ** 2,
      () => x & 1,
    ]) {
      expect(run).toThrow(TypeError);
      expect(run).toThrow(refusal);
    }
    const leaf = ones(1, { requires_grad: true }) as any;
    expect(() => +leaf).toThrow(refusal);
    expect(() => +(tensor(complex(1, 2)) as any)).toThrow(TypeError);
  });

  test("but one element may serve as a number", () => {
    expect([one - 1, one * 2, -one, one > 2, Math.max(one, 5), Number(one), +(tensor(true) as any)]).toEqual([
      2,
      6,
      -3,
      true,
      5,
      3,
      1,
    ]);
    expect(Number.isNaN(+(tensor(Number.NaN) as any))).toBe(true);
    expect(BigInt(tensor(5) as any)).toBe(5n);
  });

  test("a string is what Python prints", () => {
    expect(`${x}`).toBe("tensor([1., 1.])");
    expect(String(one)).toBe("tensor(3)");
    expect(`${[x]}`).toBe("tensor([1., 1.])");
    expect([tensor(1.5).__format__(), x.__format__(), one.__format__()]).toEqual(["1.5", "tensor([1., 1.])", "3"]);
    const [whole, flag] = [torch.ones([]), tensor(true)];
    expect([whole.__format__(), flag.__format__()]).toEqual(["1.0", "True"]);
    expect(new torch.nn.Parameter(whole).__format__()).toBe("Parameter containing:\ntensor(1., requires_grad=True)");
  });
});

describe("console.log()", () => {
  test("prints what Python prints", () => {
    expect(inspect(ones(2))).toBe("tensor([1., 1.])");
    expect(inspect({ a: { b: { c: { d: ones(1) } } } }, { depth: null })).toContain("tensor([1.])");
    expect(inspect([ones(1)])).toBe("[ tensor([1.]) ]");
    expect(inspect(ones(1), { showHidden: true })).toBe("tensor([1.])");
    expect(inspect(ones(1, { requires_grad: true }).mul(2))).toBe("tensor([2.], grad_fn=<MulBackward0>)");
  });

  test("never throws", () => {
    const freed = ones(1);
    freed.dispose();
    for (const odd of [
      freed,
      Object.create(torch.Tensor.prototype),
      new Proxy(ones(1), {}),
      torch.Tensor.prototype,
      torch.Tensor,
      Object.create(torch.Generator.prototype),
    ]) {
      expect(typeof inspect(odd)).toBe("string");
      expect(typeof inspect([odd], { depth: 0 })).toBe("string");
    }
  });
});

describe("as a JavaScript object", () => {
  test("subclasses", () => {
    class Mine extends torch.Tensor {
      hello() {
        return this.numel();
      }
    }
    const x = new Mine([1, 2]);
    expect(x.hello()).toBe(2);
    expect(x).toBeInstanceOf(torch.Tensor);
    expect(x.add(1).tolist()).toEqual([2, 3]);
    expect(x.add_(1)).toBe(x);
    expect(torch.cat([x, x]).numel()).toBe(4);
    expect(String(x)).toBe("Mine([2., 3.])");
  });

  test("fields of the user's, and no enumerable ones of ours", () => {
    const x = ones(1, { requires_grad: true }) as any;
    x.mul(2).backward();
    expect(x.grad.item()).toBe(2);
    x.register_post_accumulate_grad_hook(() => {});
    expect(Object.keys(x)).toEqual([]);
    x.note = "mine";
    expect(Object.keys(x)).toEqual(["note"]);
    expect(x.then).toBeUndefined();
  });

  test("what is no tensor is refused by its methods", () => {
    const { add, numel, item, mul } = torch.Tensor.prototype as any;
    for (const self of [undefined, null, 5, {}, [], Object.create(torch.Tensor.prototype), new Proxy(ones(1), {})]) {
      for (const method of [add, numel, item, mul]) expect(() => method.call(self, 1)).toThrow(TypeError);
    }
  });

  test("awaiting a tensor gives the tensor", async () => {
    const x = ones(1);
    expect((await x) === x).toBe(true);
  });
});

test("grad_dtype", () => {
  const x = torch.ones(2, { requires_grad: true });
  expect(x.grad_dtype).toBe(torch.float32);
  x.grad_dtype = torch.float64;
  expect(() => {
    x.grad = torch.ones(2);
  }).toThrow("attempting to assign a gradient with dtype 'float' to a tensor with grad_dtype 'Double'.");
  x.grad = torch.ones(2, { dtype: torch.float64 });
  x.grad_dtype = null;
  expect([x.grad_dtype, x.grad?.dtype]).toEqual([null, torch.float64]);
  expect(() => {
    x.grad_dtype = torch.float32;
  }).toThrow(
    "Cannot set grad_dtype to 'Float' because there is already a gradient with dtype 'double'. Please clear the gradient (.grad = None) before changing grad_dtype, or ensure the new grad_dtype matches the existing gradient's dtype.",
  );
  expect(() => {
    x.grad_dtype = 3 as never;
  }).toThrow("grad_dtype must be a torch.dtype or None, but got int");
  expect(() => {
    x.mul(2).grad_dtype = null;
  }).toThrow("grad_dtype can only be set on leaf tensors.");
});
