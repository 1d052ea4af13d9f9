import * as torch from "tstorch";
import { expect, test } from "vitest";

test("calls that would end the process throw", () => {
  const quantized = torch.quantize_per_tensor(torch.ones(2), 0.5, 1, torch.quint8);
  for (const ops of [torch, torch.ops.aten] as (typeof torch)[]) {
    expect(() => ops._stack([])).toThrow("stack expects a non-empty TensorList");
    expect(() => ops._neg_view_copy(quantized)).toThrow(torch.RuntimeError);
    expect(() => ops.view_copy(quantized, torch.float32)).toThrow("view_copy does not support quantized tensors");
    expect(String(ops._stack([torch.ones(1)]))).toBe("tensor([[1.]])");
    expect(String(ops._neg_view_copy(torch.ones(1)))).toBe("tensor([-1.])");
  }
});

test("numbers, sizes and lists with which kernels would leave their memory", () => {
  const infinite = torch.full([3, 3], Number.POSITIVE_INFINITY);
  expect(() => torch.linalg.eigvals(infinite)).toThrow(
    new torch.RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs."),
  );
  expect(torch.linalg.eigvals(torch.eye(2)).real.tolist()).toEqual([1, 1]);
  expect(torch.vmap((x: torch.Tensor) => torch.linalg.eigvals(x))(torch.eye(2).expand(3, 2, 2)).shape).toEqual(
    torch.Size([3, 2]),
  );
  expect(() => torch.ones(2, 0).to_mkldnn()).toThrow("to_mkldnn does not support tensors without elements");
  expect(() => torch.batch_norm_update_stats(torch.ones(1, 2, 3), torch.full([0], 1), torch.ones(0), 0.5)).toThrow(
    "running_mean should contain 2 elements not 0",
  );
  const none = torch.ones(0);
  expect(() => torch.native_batch_norm(torch.ones(3, 3), none, none, none, none, false, 0.1, 1e-5)).toThrow(
    "weight should contain 3 elements not 0",
  );
  expect(torch.batch_norm_update_stats(torch.ones(1, 2, 3), torch.ones(2), torch.ones(2), 0.5).length).toBe(2);
  expect(() => torch.linalg.vecdot(torch.zeros(0), torch.ones(1), { out: torch._efficientzerotensor([0, 3]) })).toThrow(
    torch.RuntimeError,
  );
});

test("tensors of layouts and kinds that kernels do not look at", () => {
  const zero = torch._efficientzerotensor([3]);
  const opaque = torch.ones(1, 3).to_mkldnn();
  const index = torch.zeros(1, { dtype: torch.int64 });
  expect(() => torch.randn([5], { out: zero })).toThrow("ZeroTensors are immutable");
  expect(() => torch.randn([5], { generator: torch.Generator(), out: zero })).toThrow("ZeroTensors are immutable");
  expect(() => torch.linalg.pinv(torch.ones(2, 3), { out: zero })).toThrow("ZeroTensors are immutable");
  expect(() => zero.resize_([4])).toThrow("ZeroTensors are immutable");
  expect(zero.unsqueeze_(0).shape).toEqual(torch.Size([1, 3]));
  const quantized = torch.quantize_per_tensor(torch.ones(2), 0.5, 1, torch.qint32);
  for (const cat of [torch.cat, torch.concat, torch.concatenate]) {
    expect(() => cat([], { out: quantized })).toThrow("torch.cat(): expected a non-empty list of Tensors");
  }
  expect(() => torch.sparse.mm(torch.ones(1, 2).to_mkldnn(), torch.ones(2, 0))).toThrow(
    "sparse.mm does not support mkldnn tensors",
  );
  expect(() => torch.ones(2, 3).scatter_reduce_(0, index, opaque, "sum")).toThrow(
    "scatter_reduce_ does not support mkldnn tensors",
  );
  expect(() => torch.ones(2, 3).index_copy_(0, index, opaque)).toThrow("index_copy_ does not support mkldnn tensors");
  expect(() => torch.ones(2, 3).index_add_(0, index, opaque)).toThrow("index_add_ does not support mkldnn tensors");
  const state = [torch.ones(1, 2, 3), torch.ones(1, 2, 3)];
  const weights = [torch.ones(12, 3), torch.ones(12, 3)];
  expect(() => torch.lstm(torch.ones(1, 2, 3).to_mkldnn(), state, weights, false, 1, 0, false, false, false)).toThrow(
    "lstm does not support mkldnn tensors",
  );
});

test("zeros of mkldnn tensors, which are written as if they were float32", () => {
  const { aten } = torch.ops;
  const half = () => torch.ones([1000], { dtype: torch.bfloat16 }).to_mkldnn();
  const mkldnn = { dtype: torch.bfloat16, layout: torch._mkldnn };
  const refused = new torch.RuntimeError("zero_ does not support mkldnn tensors of torch.bfloat16");
  const calls: (() => unknown)[] = [
    () => half().zero_(),
    () => aten.zero(half()),
    () => aten.zero(half(), { out: half() }),
    () => aten.zero(torch.ones(1000), { out: half() }),
    () => torch._foreach_zero_([half()]),
    () => aten._foreach_zero([half()]),
    () => aten._foreach_zero.out([half()], { out: [half()] }),
    () => torch.zeros([1000], mkldnn),
    () => torch.zeros([1000], { out: half() }),
    () => half().new_zeros([1000]),
    () => aten.new_zeros.out(half(), [1000], { out: half() }),
    () => torch.zeros_like(half()),
  ];
  for (const call of calls) expect(call).toThrow(refused);
  expect(torch.ones(3).to_mkldnn().zero_().to_dense().tolist()).toEqual([0, 0, 0]);
  expect(torch.zeros([3], { layout: torch._mkldnn }).to_dense().tolist()).toEqual([0, 0, 0]);
  for (const call of [() => torch.full([1000], 2, mkldnn), () => torch.eye(50, mkldnn)]) {
    expect(call).toThrow(torch.NotImplementedError);
  }
});

test("indices beyond a tensor where the mask is true", () => {
  const x = torch.arange(6).reshape([2, 3]);
  const at = (mask: boolean[], ...indices: (number[] | null)[]) =>
    torch._unsafe_masked_index(
      x,
      torch.tensor(mask),
      indices.map((index) => index && torch.tensor(index)) as torch.Tensor[],
      9,
    );
  expect(at([true, false], [1, 5], [2, -7]).tolist()).toEqual([5, 9]);
  expect(() => at([true, true], [1, 5], [2, 0])).toThrow(
    new torch.IndexError("index 5 is out of bounds for dimension 0 with size 2"),
  );
  expect(() => at([true, true], [1, 0], [2, -1])).toThrow(
    new torch.IndexError("index -1 is out of bounds for dimension 1 with size 3"),
  );
});
