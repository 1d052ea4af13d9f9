import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const iota = (...shape: number[]) =>
  torch
    .arange(
      shape.reduce((a, b) => a * b, 1),
      { dtype: torch.float32 },
    )
    .reshape(shape);
const lists = (tensors: readonly torch.Tensor[]) => tensors.map((tensor) => tensor.tolist());
const shapes = (tensors: readonly torch.Tensor[]) => tensors.map((tensor) => [...tensor.shape]);
const a = iota(2, 3);
const b = iota(3, 4);
const ab = [
  [20, 23, 26, 29],
  [56, 68, 80, 92],
];

describe("broadcasting", () => {
  test("broadcast_tensors", () => {
    expect(shapes(torch.broadcast_tensors(torch.ones(2, 1), torch.ones(3)))).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(() => torch.broadcast_tensors(torch.ones(2), torch.ones(3))).toThrow(torch.RuntimeError);
  });

  test("broadcast_shapes", () => {
    expect(() => torch.broadcast_shapes([3], torch.ones(2).shape)).toThrow(
      "Mismatching argument at index 1 had torch.Size([2]); but expected shape should be broadcastable to [3]",
    );
    expect(String(torch.broadcast_shapes([2, 1], [3]))).toBe("torch.Size([2, 3])");
    expect([...torch.broadcast_shapes(3, [2, 1])]).toEqual([2, 3]);
    expect(String(torch.broadcast_shapes())).toBe("torch.Size([])");
    expect(() => torch.broadcast_shapes([2, 1], [3], 4)).toThrow(
      new torch.RuntimeError(
        "Attempting to broadcast a dimension of length 4 at -1! Mismatching argument at index 2 had (4,); but expected shape should be broadcastable to [2, 3]",
      ),
    );
  });
});

describe("split", () => {
  test("by a size, by sizes, along a dimension", () => {
    expect(lists(torch.split(torch.arange(5), 2))).toEqual([[0, 1], [2, 3], [4]]);
    expect(lists(torch.split(torch.arange(5), [1, 4]))).toEqual([[0], [1, 2, 3, 4]]);
    expect(shapes(a.split(2, { dim: 1 }))).toEqual([
      [2, 2],
      [2, 1],
    ]);
    expect(shapes(a.split([1, 2], 1))).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(shapes(a.split(torch.tensor(1)))).toEqual([
      [1, 3],
      [1, 3],
    ]);
  });

  test("errors", () => {
    expect(() => a.split([1, 1], 1)).toThrow(
      new torch.RuntimeError(
        "split_with_sizes expects split_sizes to sum exactly to 3 (input tensor's size at dimension 1), but got split_sizes=[1, 1]",
      ),
    );
    expect(() => torch.split(a, 2.5)).toThrow(
      new TypeError("split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, not float"),
    );
    expect(() => torch.split(a, 2, { foo: 1 } as never)).toThrow(
      new TypeError("split() got an unexpected keyword argument 'foo'"),
    );
  });
});

describe("einsum", () => {
  test("equations", () => {
    expect(torch.einsum("ij,jk->ik", a, b).tolist()).toEqual(ab);
    expect(torch.einsum("ij,jk->ik", [a, b]).tolist()).toEqual(ab);
    expect(torch.einsum("ii", iota(3, 3)).item()).toBe(12);
    expect(torch.einsum("...i->...", a).tolist()).toEqual([3, 12]);
    expect(torch.einsum("ij,jk,kl->il", a, b, torch.ones(4, 2)).tolist()).toEqual([
      [98, 98],
      [296, 296],
    ]);
  });

  test("lists of subscripts", () => {
    expect(torch.einsum(a, [0, 1], b, [1, 2], [0, 2]).tolist()).toEqual(ab);
    expect(torch.einsum(a, ["...", 1], ["..."]).tolist()).toEqual([3, 12]);
    expect(() => torch.einsum(a, [60, 1])).toThrow(
      new torch.ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)"),
    );
  });

  test("errors", () => {
    expect(() => torch.einsum("ij")).toThrow(
      new torch.ValueError(
        "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list",
      ),
    );
  });
});

test("meshgrid", () => {
  const [x, y] = [torch.tensor([1, 2]), torch.tensor([3, 4, 5])];
  const xy = [
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    [
      [3, 3],
      [4, 4],
      [5, 5],
    ],
  ];
  expect(lists(torch.meshgrid(x, y, { indexing: "xy" }))).toEqual(xy);
  expect(lists(torch.meshgrid([x, y], { indexing: "xy" }))).toEqual(xy);
  expect(shapes(torch.meshgrid(x, y, { indexing: "ij" }))).toEqual([
    [2, 3],
    [2, 3],
  ]);
  expect(() => torch.meshgrid(x, { nonsense: 1 } as never)).toThrow(
    new TypeError("meshgrid() got an unexpected keyword argument 'nonsense'"),
  );
});

describe("stft and istft", () => {
  const x = iota(8);
  const window = torch.ones(4);

  test("values, and back", () => {
    const spectrum = torch.stft(x, 4, 2, { window, return_complex: true });
    expect([...spectrum.shape]).toEqual([3, 5]);
    expect(torch.view_as_real(spectrum)[":, 0"].tolist()).toEqual([
      [4, 0],
      [2, 0],
      [0, 0],
    ]);
    expect(torch.istft(spectrum, 4, 2, { window }).tolist()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(spectrum.istft(4, { hop_length: 2, window }).tolist()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...torch.stft(x, 4, { center: false, window, return_complex: true }).shape]).toEqual([3, 5]);
    const padded = x.stft(4, { hop_length: 2, window, return_complex: true, pad_mode: "constant" });
    expect(padded[0].real.tolist()).toEqual([1, 6, 14, 22, 13]);
  });

  test("align_to_window", () => {
    expect(() => torch.stft(x, 4, { align_to_window: true, return_complex: true })).toThrow(
      new torch.RuntimeError("stft align_to_window should only be set when center = false"),
    );
  });
});

describe("unique", () => {
  const x = torch.tensor([3, 1, 1, 2, 3, 3]);
  const rows = torch.tensor([
    [1, 2],
    [1, 2],
    [0, 5],
  ]);

  test("what the flags ask for", () => {
    expect(torch.unique(x).tolist()).toEqual([1, 2, 3]);
    expect(lists(torch.unique(x, { return_inverse: true }))).toEqual([
      [1, 2, 3],
      [2, 0, 0, 1, 2, 2],
    ]);
    expect(lists(x.unique({ return_counts: true }))).toEqual([
      [1, 2, 3],
      [2, 1, 3],
    ]);
    expect(lists(torch.unique(x, true, true, true))).toEqual([
      [1, 2, 3],
      [2, 0, 0, 1, 2, 2],
      [2, 1, 3],
    ]);
  });

  test("along a dimension", () => {
    expect(torch.unique(rows, { dim: 0 }).tolist()).toEqual([
      [0, 5],
      [1, 2],
    ]);
    expect(rows.unique({ dim: 0, return_counts: true })[1].tolist()).toEqual([1, 2]);
  });

  test("errors name the function that Python dispatches to", () => {
    expect(() => torch.unique(x, { nonsense: 1 } as never)).toThrow(
      new TypeError("_return_output() got an unexpected keyword argument 'nonsense'"),
    );
  });
});

describe("unique_consecutive", () => {
  const x = torch.tensor([3, 1, 1, 2, 3, 3]);

  test("what the flags ask for", () => {
    expect(torch.unique_consecutive(x).tolist()).toEqual([3, 1, 2, 3]);
    expect(lists(torch.unique_consecutive(x, { return_inverse: true }))[1]).toEqual([0, 1, 1, 2, 3, 3]);
    expect(lists(torch.unique_consecutive(x, { return_counts: true }))[1]).toEqual([1, 2, 1, 2]);
    expect(lists(x.unique_consecutive(true, true))).toEqual([
      [3, 1, 2, 3],
      [0, 1, 1, 2, 3, 3],
      [1, 2, 1, 2],
    ]);
  });

  test("along a dimension", () => {
    const rows = torch.tensor([
      [1, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(torch.unique_consecutive(rows, { dim: 0 }).tolist()).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });
});

describe("tensordot", () => {
  const gram = [
    [5, 14],
    [14, 50],
  ];

  test("dims as a number, lists or a tensor", () => {
    expect(torch.tensordot(a, b, 1).tolist()).toEqual(ab);
    expect(torch.tensordot(a, a).item()).toBe(55);
    expect(torch.tensordot(a, a, { dims: [[1], [1]] }).tolist()).toEqual(gram);
    expect(torch.tensordot(a, a, torch.tensor([[1], [1]])).tolist()).toEqual(gram);
    expect(torch.tensordot(a, b, torch.tensor(1)).tolist()).toEqual(ab);
    expect(torch.tensordot(torch.ones(2), torch.ones(2), 0).tolist()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test("out", () => {
    const out = torch.empty(2, 4);
    expect(torch.tensordot(a, b, { dims: 1, out })).toBe(out);
  });

  test("errors", () => {
    expect(() => torch.tensordot(a, a, -1)).toThrow(
      new torch.RuntimeError("tensordot expects dims >= 0, but got dims=-1"),
    );
    expect(() => torch.tensordot(a, a, 3)).toThrow(
      new torch.RuntimeError("tensordot expects dims < ndim_a or ndim_b, but got dims=3"),
    );
    expect(() => torch.tensordot(a, a, torch.tensor(-1))).toThrow(
      new torch.RuntimeError("tensordot expects dims >= 0, but got dims=-1"),
    );
    expect(() => torch.tensordot(a, a, [[1], [1], [0]])).toThrow(
      new torch.ValueError("too many values to unpack (expected 2)"),
    );
  });
});

test("cartesian_prod", () => {
  expect(torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4])).tolist()).toEqual([
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
  ]);
  expect(() => torch.cartesian_prod(a)).toThrow(new torch.RuntimeError("Expect a 1D vector, but got shape [2, 3]"));
});

test("block_diag", () => {
  const blocks = [torch.tensor([[1, 2]]), torch.tensor(3), torch.tensor([4, 5])];
  expect(torch.block_diag(...blocks).tolist()).toEqual([
    [1, 2, 0, 0, 0],
    [0, 0, 3, 0, 0],
    [0, 0, 0, 4, 5],
  ]);
  expect([...torch.block_diag().shape]).toEqual([1, 0]);
});

test("cdist", () => {
  const one = torch.ones(1, 3);
  expect(torch.cdist(a, one, { p: 1 }).tolist()).toEqual([[2], [9]]);
  expect(torch.cdist(a, one, Number.POSITIVE_INFINITY).tolist()).toEqual([[1], [4]]);
  const distances = torch.cdist(a, one, { compute_mode: "donot_use_mm_for_euclid_dist" }).flatten();
  expect(distances[0].item()).toBeCloseTo(Math.SQRT2);
  expect(distances[1].item()).toBeCloseTo(5.385165);
  expect(() => torch.cdist(a, a, { compute_mode: "a" })).toThrow(
    new torch.ValueError("a is not a valid value for compute_mode"),
  );
});

test("atleast_1d, atleast_2d and atleast_3d", () => {
  expect([...torch.atleast_1d(torch.tensor(1)).shape]).toEqual([1]);
  expect([...torch.atleast_2d(torch.ones(3)).shape]).toEqual([1, 3]);
  expect([...torch.atleast_3d(torch.ones(2, 3)).shape]).toEqual([2, 3, 1]);
  expect(shapes(torch.atleast_2d(torch.tensor(1), torch.ones(2)))).toEqual([
    [1, 1],
    [1, 2],
  ]);
  expect(torch.atleast_1d([torch.tensor(1)])).toHaveLength(1);
  expect(() => torch.atleast_1d(2 as never)).toThrow(TypeError);
});

describe("norm", () => {
  test("of all elements", () => {
    expect(torch.norm(a).item()).toBeCloseTo(7.416198);
    expect(torch.norm(a, 1).item()).toBe(15);
    expect(torch.norm(a, { p: Number.POSITIVE_INFINITY }).item()).toBe(5);
    expect(torch.norm(a, "nuc").item()).toBeCloseTo(8.348469);
    expect(torch.norm(a, null).item()).toBeCloseTo(7.416198);
  });

  test("along dimensions", () => {
    expect([...torch.norm(a, 2, 1, true).shape]).toEqual([2, 1]);
    expect(torch.norm(a, { dim: 1 })[1].item()).toBeCloseTo(7.071068);
    expect(torch.norm(a, { p: "fro", dim: [0, 1] }).item()).toBeCloseTo(7.416198);
    expect(a.norm({ dim: 0, keepdim: true })["0, 0"].item()).toBe(3);
    expect(a.norm({ dtype: torch.float64 }).dtype).toBe(torch.float64);
  });

  test("of sparse tensors", () => {
    expect(torch.norm(a.to_sparse()).item()).toBeCloseTo(7.416198);
    expect(torch.norm(a.to_sparse(), 2).item()).toBeCloseTo(7.416198);
    expect(() => torch.norm(a.to_sparse(), "xx")).toThrow(
      new torch.RuntimeError("only valid string values are 'fro' and 'nuc', found xx"),
    );
  });

  test("errors", () => {
    expect(() => torch.norm(torch.tensor([3, 4]))).toThrow(
      "linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long",
    );
    expect(() => torch.norm(a, "xx")).toThrow("linalg.matrix_norm: Order xx not supported.");
    expect(() => torch.norm(a, { nonsense: 1 } as never)).toThrow(
      new TypeError("norm() got an unexpected keyword argument 'nonsense'"),
    );
  });
});

describe("unravel_index", () => {
  test("indices of each dimension", () => {
    expect(lists(torch.unravel_index(torch.tensor([5, 3]), [3, 2]))).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect(lists(torch.unravel_index(torch.tensor(4), 6))).toEqual([4]);
    expect(torch.unravel_index(torch.tensor(5), [1, 9223372036854775807n as never])[1].item()).toBe(5);
  });

  test("errors", () => {
    const index = torch.tensor(1);
    expect(() => torch.unravel_index(a, 3)).toThrow(
      new TypeError("expected 'indices' to be integer dtype, but got torch.float32"),
    );
    expect(() => torch.unravel_index(index, [3.5])).toThrow(
      new TypeError("expected 'shape' sequence to only contain ints, but got <class 'float'>"),
    );
    expect(() => torch.unravel_index(index, [-3])).toThrow(
      new torch.ValueError("'shape' cannot have negative values, but got (-3,)"),
    );
    expect(() => torch.unravel_index(index, [0, 2])).toThrow(
      new torch.ValueError("'shape' cannot have zero dimensions when 'indices' is non-empty, but got (0, 2)"),
    );
  });
});

test("chain_matmul", () => {
  expect(torch.chain_matmul(a, b, torch.ones(4, 1)).tolist()).toEqual([[98], [296]]);
  const out = torch.empty(2, 4);
  expect(torch.chain_matmul(a, b, { out })).toBe(out);
});

describe("lu", () => {
  const A = torch
    .tensor([
      [4, 3],
      [6, 3],
    ])
    .float();
  const singular = torch.ones(2, 2);

  test("factors, pivots and codes", () => {
    const [LU, pivots] = torch.lu(A);
    expect(LU["1, 0"].item()).toBeCloseTo(2 / 3);
    expect(pivots.tolist()).toEqual([2, 2]);
    expect(torch.lu(A)).toHaveLength(2);
    expect(torch.lu(A, { get_infos: true })[2].item()).toBe(0);
    expect(singular.lu({ get_infos: true })[2].item()).toBe(2);
    expect(A.lu(true, true)).toHaveLength(3);
  });

  test("out", () => {
    const out = [torch.empty(0), torch.empty(0, { dtype: torch.int32 })];
    expect(torch.lu(A, { out })).toBe(out);
    expect([...out[0].shape]).toEqual([2, 2]);
    expect(() => torch.lu(A, { out: [out[0]] })).toThrow(new TypeError("expected tuple of 2 elements but got 1"));
  });

  test("errors", () => {
    expect(() => torch.lu(A, { nonsense: 1 } as never)).toThrow(
      new TypeError("_lu_no_infos() got an unexpected keyword argument 'nonsense'"),
    );
    expect(() => torch.lu("a" as never)).toThrow(
      new TypeError("_lu_with_info(): argument 'input' (position 1) must be Tensor, not str"),
    );
  });
});
