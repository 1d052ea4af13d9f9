import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { get_printoptions, printoptions, set_printoptions } from "../lib/_tensor_str.js";
import * as dtypes from "../lib/dtype.js";
import * as torch from "../lib/index.js";
import { Complex } from "../lib/python.js";

interface Case {
  dtype: string;
  shape: number[];
  data: unknown[];
  options: Parameters<typeof set_printoptions>[0] & object;
  repr: string;
}

const fixture = new URL("fixtures/tensor-printing.json", import.meta.url);
const dtypesByName = new Map(Object.entries(dtypes));
const cases: Case[] = JSON.parse(readFileSync(fixture, "utf8"));

const notFinite: Record<string, number> = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };

function element(recorded: unknown, isInteger: boolean): unknown {
  if (Array.isArray(recorded))
    return new Complex(...(recorded.map((part) => element(part, false)) as [number, number]));
  if (typeof recorded !== "string") return recorded;
  return isInteger ? BigInt(recorded) : (notFinite[recorded] ?? Number(recorded));
}

function build({ dtype, shape, data }: Case): torch.Tensor {
  const type = dtypesByName.get(dtype) as torch.dtype;
  const elements = data.map((recorded) => element(recorded, type.name === "int64"));
  // The widest type of the kind keeps what was recorded exact.
  const wide = type.is_floating_point ? torch.float64 : type.is_complex ? torch.complex128 : type;
  return torch
    .tensor(elements as number[], { dtype: wide })
    .to(type)
    .reshape(shape);
}

afterEach(() => set_printoptions({ profile: "default" }));

describe("Tensor.toString() prints as Python does", () => {
  test.each([...new Set(cases.map(({ dtype }) => dtype))])("%s", (dtype) => {
    for (const one of cases.filter((other) => other.dtype === dtype)) {
      set_printoptions({ profile: "default" });
      set_printoptions(one.options);
      expect(String(build(one)), JSON.stringify(one.options)).toBe(one.repr);
    }
  });

  test("scalars", () => {
    expect(String(torch.tensor(3))).toBe("tensor(3)");
    expect(String(torch.tensor(0.1))).toBe("tensor(0.1000)");
    expect(String(torch.tensor(true))).toBe("tensor(True)");
    expect(String(torch.tensor(new Complex(1.5, -2)))).toBe("tensor(1.5000-2.j)");
  });

  test("empty tensors", () => {
    expect(String(torch.zeros(0))).toBe("tensor([])");
    expect(String(torch.zeros(3, 0))).toBe("tensor([], size=(3, 0))");
    expect(String(torch.zeros(0, { dtype: torch.int64 }))).toBe("tensor([], dtype=torch.int64)");
  });

  test("a part of large tensors", () => {
    expect(String(torch.arange(2000))).toBe("tensor([   0,    1,    2,  ..., 1997, 1998, 1999])");
    expect(
      String(torch.arange(40 * 4 * 50).reshape(40, 4, 50)),
    ).toBe(`tensor([[[   0,    1,    2,  ...,   47,   48,   49],
         [  50,   51,   52,  ...,   97,   98,   99],
         [ 100,  101,  102,  ...,  147,  148,  149],
         [ 150,  151,  152,  ...,  197,  198,  199]],

        [[ 200,  201,  202,  ...,  247,  248,  249],
         [ 250,  251,  252,  ...,  297,  298,  299],
         [ 300,  301,  302,  ...,  347,  348,  349],
         [ 350,  351,  352,  ...,  397,  398,  399]],

        [[ 400,  401,  402,  ...,  447,  448,  449],
         [ 450,  451,  452,  ...,  497,  498,  499],
         [ 500,  501,  502,  ...,  547,  548,  549],
         [ 550,  551,  552,  ...,  597,  598,  599]],

        ...,

        [[7400, 7401, 7402,  ..., 7447, 7448, 7449],
         [7450, 7451, 7452,  ..., 7497, 7498, 7499],
         [7500, 7501, 7502,  ..., 7547, 7548, 7549],
         [7550, 7551, 7552,  ..., 7597, 7598, 7599]],

        [[7600, 7601, 7602,  ..., 7647, 7648, 7649],
         [7650, 7651, 7652,  ..., 7697, 7698, 7699],
         [7700, 7701, 7702,  ..., 7747, 7748, 7749],
         [7750, 7751, 7752,  ..., 7797, 7798, 7799]],

        [[7800, 7801, 7802,  ..., 7847, 7848, 7849],
         [7850, 7851, 7852,  ..., 7897, 7898, 7899],
         [7900, 7901, 7902,  ..., 7947, 7948, 7949],
         [7950, 7951, 7952,  ..., 7997, 7998, 7999]]])`);
  });

  test("the format of a large tensor is decided by the part that is shown", () => {
    const x = torch.ones(2000);
    x[1000].fill_(1e-30);
    expect(String(x)).toBe("tensor([1., 1., 1.,  ..., 1., 1., 1.])");
  });

  test("views: conjugated, negative, without elements of their own", () => {
    const x = torch.tensor([new Complex(1, 2), new Complex(3, 0)]);
    expect(String(x.conj())).toBe("tensor([1.-2.j, 3.-0.j])");
    expect(String(x.conj().imag)).toBe("tensor([-2., -0.])");
    expect(String(torch._efficientzerotensor([2, 2]))).toBe("tensor([[0., 0.],\n        [0., 0.]])");
  });

  test("autograd", () => {
    const x = torch.ones(2, { requires_grad: true });
    expect(String(x)).toBe("tensor([1., 1.], requires_grad=True)");
    expect(String(x.mul(2))).toBe("tensor([2., 2.], grad_fn=<MulBackward0>)");
    const y = x.clone();
    y[0].fill_(5);
    expect(String(y)).toBe("tensor([5., 1.], grad_fn=<CopySlices>)");
    expect(String(y.detach())).toBe("tensor([5., 1.])");
  });

  test("a view that was changed outside of grad mode", () => {
    const x = torch.ones(4, { requires_grad: true });
    const view = torch.no_grad(() => x["0:2"]);
    torch.no_grad(() => view.mul_(2));
    expect(String(view)).toBe("tensor([2., 2.], grad_fn=<Invalid>)");
  });

  test("the meta device", () => {
    expect(String(torch.empty(2, 3, { device: "meta" }))).toBe("tensor(..., device='meta', size=(2, 3))");
    const long = torch.empty(3, { device: "meta", dtype: torch.int64 });
    expect(String(long)).toBe("tensor(..., device='meta', size=(3,), dtype=torch.int64)");
  });

  test("the default dtype is not named", () => {
    torch.set_default_dtype(torch.float64);
    try {
      expect(String(torch.zeros(1))).toBe("tensor([0.])");
      expect(String(torch.zeros(1, { dtype: torch.float32 }))).toBe("tensor([0.], dtype=torch.float32)");
      expect(String(torch.zeros(1, { dtype: torch.complex128 }))).toBe("tensor([0.+0.j])");
      expect(String(torch.zeros(1, { dtype: torch.complex64 }))).toBe("tensor([0.+0.j], dtype=torch.complex64)");
    } finally {
      torch.set_default_dtype(torch.float32);
    }
  });
});

describe("layouts print as in Python", () => {
  test("sparse_coo", () => {
    expect(String(torch.eye(2).to_sparse())).toBe(`tensor(indices=tensor([[0, 1],
                       [0, 1]]),
       values=tensor([1., 1.]),
       size=(2, 2), nnz=2, layout=torch.sparse_coo)`);
    expect(String(torch.zeros(2, 3).to_sparse())).toBe(`tensor(indices=tensor([], size=(2, 0)),
       values=tensor([], size=(0,)),
       size=(2, 3), nnz=0, layout=torch.sparse_coo)`);
  });

  test("sparse_csr and sparse_csc", () => {
    const csr = torch.eye(3, { dtype: torch.float64 }).to_sparse_csr().requires_grad_();
    expect(String(csr)).toBe(`tensor(crow_indices=tensor([0, 1, 2, 3]),
       col_indices=tensor([0, 1, 2]),
       values=tensor([1., 1., 1.]), size=(3, 3), nnz=3, dtype=torch.float64,
       layout=torch.sparse_csr, requires_grad=True)`);
    expect(String(torch.eye(2).to_sparse_csc())).toBe(`tensor(ccol_indices=tensor([0, 1, 2]),
       row_indices=tensor([0, 1]),
       values=tensor([1., 1.]), size=(2, 2), nnz=2, layout=torch.sparse_csc)`);
  });

  test("sparse_bsr and sparse_bsc", () => {
    expect(String(torch.eye(4).to_sparse_bsr([2, 2]))).toBe(`tensor(crow_indices=tensor([0, 1, 2]),
       col_indices=tensor([0, 1]),
       values=tensor([[[1., 0.],
                       [0., 1.]],

                      [[1., 0.],
                       [0., 1.]]]), size=(4, 4), nnz=2,
       layout=torch.sparse_bsr)`);
    expect(String(torch.eye(4).to_sparse_bsc([2, 2]))).toContain(
      "ccol_indices=tensor([0, 1, 2]),\n       row_indices=",
    );
  });

  test("nested", () => {
    const mask = torch.tensor([
      [true, true],
      [true, false],
    ]);
    const nested = torch._nested_tensor_from_mask(torch.arange(8).float().reshape(2, 2, 2), mask);
    expect(String(nested)).toBe(`nested_tensor([
  tensor([[0., 1.],
          [2., 3.]]),
  tensor([[4., 5.]])
])`);
  });

  test("quantized", () => {
    const x = torch.tensor([1, 0.5, -1]);
    expect(String(torch.quantize_per_tensor(x, 1, 0, torch.qint8))).toBe(
      `tensor([ 1.,  0., -1.], size=(3,), dtype=torch.qint8,
       quantization_scheme=torch.per_tensor_affine, scale=1.0, zero_point=0)`,
    );
  });
});

describe("subclasses", () => {
  test("print their own name", () => {
    class Masked extends torch.Tensor {}
    expect(String(Object.setPrototypeOf(torch.ones(2), Masked.prototype))).toBe("Masked([1., 1.])");
  });
});

describe("set_printoptions", () => {
  test("keeps what is not given, but sci_mode", () => {
    set_printoptions({ precision: 2, sci_mode: true });
    set_printoptions({ linewidth: 100 });
    expect(get_printoptions()).toEqual({ precision: 2, threshold: 1000, edgeitems: 3, linewidth: 100, sci_mode: null });
  });

  test("takes PyTorch's order and profiles", () => {
    set_printoptions(1, 2, 3, 4, "short", true);
    expect(get_printoptions()).toEqual({ precision: 1, threshold: 2, edgeitems: 3, linewidth: 4, sci_mode: true });
    set_printoptions({ profile: "full" });
    expect(get_printoptions().threshold).toBe(Infinity);
  });

  test("refuses other names as Python does", () => {
    expect(() => set_printoptions({ digits: 3 } as never)).toThrow(
      new TypeError("set_printoptions() got an unexpected keyword argument 'digits'"),
    );
  });
});

describe("printoptions", () => {
  const x = torch.tensor([0.125]);

  test("holds while a function runs, and returns what it returns", () => {
    expect(printoptions({ precision: 2 }, () => String(x))).toBe("tensor([0.12])");
    expect(String(x)).toBe("tensor([0.1250])");
  });

  test("holds until it is disposed", () => {
    const entered = printoptions({ precision: 2 });
    expect(String(x)).toBe("tensor([0.12])");
    entered.dispose();
    expect(String(x)).toBe("tensor([0.1250])");
  });

  test("holds for an async function alone", async () => {
    const inside = printoptions({ precision: 2 }, async () => {
      await null;
      return String(x);
    });
    expect(String(x)).toBe("tensor([0.1250])");
    expect(await inside).toBe("tensor([0.12])");
    expect(String(x)).toBe("tensor([0.1250])");
  });
});
