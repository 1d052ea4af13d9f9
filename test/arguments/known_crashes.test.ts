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

test("integers whose quotient overflows", () => {
  const int = (...values: (number | bigint)[]) => torch.tensor(values as number[], { dtype: torch.int32 });
  const least = -(2 ** 31);
  const trunc = { rounding_mode: "trunc" };
  const mixed = torch.full([], 2 ** 31).to(torch.uint32);
  const calls: ((ops: typeof torch) => unknown)[] = [
    () => mixed.lcm(torch.arange(6).to(torch.int32)),
    () => int(least, 4).lcm_(int(5, 6)),
    (ops) => ops.lcm(int(least, 4), int(5, 6)),
    () => torch.lcm(int(least, 4), int(5, 6), { out: int(0, 0) }),
    () => torch.vmap((x: torch.Tensor) => torch.lcm(x, int(5, 6)))(int(least, 4).expand(3, 2)),
  ];
  for (const call of calls) {
    for (const ops of [torch, torch.ops.aten] as (typeof torch)[])
      expect(() => call(ops)).toThrow(
        new torch.RuntimeError("lcm: the least number of torch.int32 divided by -1 overflows"),
      );
  }
  expect(torch.lcm(int(least, 4), int(3, 6)).tolist()).toEqual([least, 12]);
  expect(torch.lcm(torch.tensor([-128]).to(torch.int8), torch.tensor([5]).to(torch.int8)).item()).toBe(-128);
  expect(() => torch.lcm(torch.ones(1), torch.ones(1))).toThrow("\"lcm_cpu\" not implemented for 'Float'");
  const quotients = [
    () => int(least, 4).div(-1, trunc),
    () => int(least, 4).div_(int(-1), trunc),
    () => int(least, 4).divide(int(-1, 2), trunc),
    () => torch.div(int(least, 4), torch.tensor(-1), { ...trunc, out: int(0, 0) }),
    () => torch.div(least, int(2, -1), trunc),
    () => torch.ops.aten.div(int(least, 4), -1, trunc),
    () => int(least, 4).to_sparse().div(-1, trunc),
    () => torch.vmap((x: torch.Tensor) => x.div(-1, trunc))(int(least, 4)),
  ];
  for (const call of quotients) {
    expect(call).toThrow(new torch.RuntimeError("div: the least number of torch.int32 divided by -1 overflows"));
  }
  expect(() => torch.tensor([-(2n ** 63n) as unknown as number]).div(-1, trunc)).toThrow("torch.int64 divided by -1");
  expect(int(least, 4).div(int(2, -1), trunc).tolist()).toEqual([least / 2, -4]);
  expect(int(least).div(torch.py.float(-1), trunc).tolist()).toEqual([-least]);
  expect(int(least).div(-1, { rounding_mode: "floor" }).tolist()).toEqual([least]);
});

test("an integer quotient overflows in the jobs of torch.aio too", async () => {
  const least = torch.full([1], -(2 ** 31), { dtype: torch.int32 });
  await expect(torch.aio.div(least, -1, { rounding_mode: "trunc" })).rejects.toThrow("div: the least number");
});

test("a quantized output of a padding, whose kernel looks at no sizes", () => {
  const quantized = (x: torch.Tensor) => torch.quantize_per_tensor(x, 0.5, 1, torch.qint8);
  const x = quantized(torch.arange(12).reshape(3, 4).float());
  const pad = (padding: number[], ...size: number[]) =>
    torch.ops.aten.reflection_pad1d(x, padding, { out: quantized(torch.zeros(size)) });
  expect(() => pad([-(2 ** 40), 0], 3, 4)).toThrow(torch.RuntimeError);
  expect(() => pad([-5, 4], 3, 3)).toThrow("the padding [-5, 4] does not fit to the input's size torch.Size([3, 4])");
  expect(() => pad([-2, -2], 3, 0)).toThrow(torch.RuntimeError);
  expect(() => pad([1, 1], 3, 4)).toThrow("out should be of size [3, 6], but is torch.Size([3, 4])");
  expect(pad([1, 1], 3, 6).dequantize().tolist()[0]).toEqual([1, 0, 1, 2, 3, 2]);
  expect(torch.nn.ReflectionPad1d([-3, 0])(x).dequantize().tolist()).toEqual([[3], [7], [11]]);
});

test("a padding with which the output's size wraps around", () => {
  const x = torch.ones(2, 3, 4, 4);
  const most = 2n ** 63n - 1n;
  const pad = (padding: bigint[]) => torch.nn.functional.pad(x, padding as unknown as number[], { mode: "replicate" });
  expect(() => pad([most, most, most, most, most, most])).toThrow("replication_pad: the padding [9223372036854775807,");
  expect(() => pad([0n, 0n, most, 0n])).toThrow("is too large for the size torch.Size([2, 3, 4, 4])");
  expect(() => torch.ops.aten.replication_pad3d(x, new Array(6).fill(most))).toThrow(torch.RuntimeError);
  expect(pad([1n, 2n, 0n, 0n]).shape).toEqual([2, 3, 4, 7]);
});

test("fewer numbers than tensors, which formulas of gradients read", () => {
  const [x, y] = [[torch.ones(1)], [torch.ones(1).requires_grad_()]];
  const few = new torch.RuntimeError("Tensor list must have same number of elements as scalar list.");
  expect(() => torch.foreach.addcmul_(x, y, x, { value: [] })).toThrow(few);
  expect(() => torch.foreach.addcdiv_(x, y, x, { value: [] })).toThrow(few);
  expect(() => torch.foreach.lerp_(x, y, [])).toThrow(few);
  expect(() => torch.foreach.addcmul_(x, [], x, { value: [] })).toThrow(
    "Tensor lists must have the same number of tensors, got 1 and 0",
  );
  expect(torch.foreach.addcmul_([torch.ones(1)], x, x, { value: [2] })[0].tolist()).toEqual([3]);
});

test("weights of other sizes than oneDNN is told", () => {
  const [zeros, ones] = [torch.zeros(1, 2, 4), torch.ones];
  const layer = (input: torch.Tensor, w0: torch.Tensor, w2 = ones(16), hx = zeros) =>
    torch.mkldnn_rnn_layer(
      input,
      w0,
      ones(16, 4),
      w2,
      ones(16),
      hx,
      zeros,
      false,
      [],
      2,
      4,
      1,
      true,
      false,
      false,
      false,
    );
  expect(layer(ones(3, 2, 5), ones(16, 5))[0].shape).toEqual(torch.Size([3, 2, 4]));
  expect(() => layer(ones(3, 2, 5), ones(0))).toThrow("weight0 should be contiguous and of size [16, 5]");
  expect(() => layer(ones(3, 2, 5), ones(16, 5), ones([]).expand(16))).toThrow("weight2 should be contiguous");
  expect(() => layer(ones(3, 2, 5), ones(16, 5), ones(16), ones(1))).toThrow("hx_ should be contiguous");
  expect(() => layer(ones([]).expand(3, 2, 5), ones(16, 5))).toThrow(torch.RuntimeError);
  expect(() => layer(ones(3), ones(16, 5))).toThrow(torch.IndexError);
});
