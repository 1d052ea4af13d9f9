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
