// The values are Python's.
// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse

import * as torch from "tstorch";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const { autocast, custom_bwd, custom_fwd, is_autocast_available } = torch.amp;
type Tensor = torch.Tensor;
const a = torch.arange(4, { dtype: torch.float32 }).reshape(2, 2).div(3);

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
const warnings = () => vi.mocked(process.emitWarning).mock.calls.map(([text]) => String(text));
const state = () => [
  torch.is_autocast_enabled("cpu"),
  torch.get_autocast_dtype("cpu"),
  torch.is_autocast_cache_enabled(),
];
const off = [false, torch.bfloat16, true];

test("operators choose their dtype", () => {
  autocast("cpu", () => {
    expect([a.matmul(a), a.exp(), a.add(a)].map((t) => t.dtype)).toEqual([
      torch.bfloat16,
      torch.float32,
      torch.float32,
    ]);
    const low = a.bfloat16();
    expect(torch.nn.functional.mse_loss(low, low).dtype).toBe(torch.float32);
    expect(String(a.matmul(a))).toBe("tensor([[0.2227, 0.3340],\n        [0.6680, 1.2266]], dtype=torch.bfloat16)");
    expect(autocast("cpu", { enabled: false }, () => a.matmul(a).dtype)).toBe(torch.float32);
  });
  expect(String(autocast("cpu", torch.float16, () => a.matmul(a)))).toBe(
    "tensor([[0.2222, 0.3333],\n        [0.6665, 1.2217]], dtype=torch.float16)",
  );
  expect(a.matmul(a).dtype).toBe(torch.float32);
});

test("as a function, by using, by keyword, nested", () => {
  expect(torch.autocast).toBe(autocast);
  expect(autocast("cpu", { dtype: torch.float16, cache_enabled: false }, state)).toEqual([true, torch.float16, false]);
  expect(autocast({ device_type: "cpu", enabled: false }, state)).toEqual(off);
  {
    using _ = autocast("cpu", torch.float16);
    expect(autocast("cpu", { dtype: torch.bfloat16 }, state)).toEqual([true, torch.bfloat16, true]);
    expect(state()).toEqual([true, torch.float16, true]);
  }
  expect(state()).toEqual(off);
  expect(() => autocast("cpu", () => {
    throw new Error("mine");
  })).toThrow("mine"); // biome-ignore format: one call
  expect(state()).toEqual(off);
});

test("around an async function", async () => {
  const running = autocast("cpu", async () => {
    await null;
    return a.matmul(a).dtype;
  });
  expect(a.matmul(a).dtype).toBe(torch.float32);
  expect(await running).toBe(torch.bfloat16);
});

test("gradients", () => {
  const layer = torch.nn.Linear(2, 2);
  const loss = autocast("cpu", () => layer(a).sum());
  loss.backward();
  expect([layer.weight.grad?.dtype, layer.weight.grad?.tolist()]).toEqual([
    torch.float32,
    [
      [0.66796875, 1.3359375],
      [0.66796875, 1.3359375],
    ],
  ]);
});

test("what is not supported", () => {
  expect(autocast("cpu", torch.float64, state)).toEqual([false, torch.float64, true]);
  expect(autocast("cuda", () => torch.is_autocast_enabled("cuda"))).toBe(torch.cuda.is_available());
  const [first, second] = warnings();
  expect(first).toBe(
    "In CPU autocast, but the target dtype is not supported. Disabling autocast.\nCPU Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.",
  );
  if (!torch.cuda.is_available())
    expect(second).toBe("CUDA is not available or torch_xla is imported. Disabling autocast.");
  expect(() => autocast(5 as any, () => {})).toThrow(
    new torch.ValueError("Expected `device_type` of type `str`, got: `<class 'int'>`"),
  );
  expect(() => autocast("meta", () => {})).toThrow(new torch.RuntimeError("unsupported scalarType"));
  expect(() => autocast("foo", () => {})).toThrow(
    /^Expected one of cpu, cuda, .* device type at start of device string: foo$/,
  );
  expect([is_autocast_available("cpu"), is_autocast_available("meta")]).toEqual([true, false]);
});

test("settings", () => {
  torch.set_autocast_enabled("cpu", true);
  torch.set_autocast_dtype("cpu", torch.float16);
  torch.set_autocast_cache_enabled(false);
  expect(state()).toEqual([true, torch.float16, false]);
  torch.set_autocast_enabled("cpu", false);
  torch.set_autocast_dtype("cpu", torch.bfloat16);
  torch.set_autocast_cache_enabled(true);
  expect([torch.autocast_increment_nesting(), torch.autocast_decrement_nesting()]).toEqual([1, 0]);
  torch.clear_autocast_cache();
});

test("custom_fwd and custom_bwd", () => {
  const seen: unknown[] = [];
  class Product extends torch.autograd.Function {
    static override forward = custom_fwd(
      (ctx: any, x: Tensor, y: Tensor) => {
        ctx.save_for_backward(x, y);
        return x.mm(y);
      },
      { device_type: "cpu" },
    );
    static override backward = custom_bwd(
      (ctx: any, grad: Tensor) => {
        const [x, y] = ctx.saved_tensors;
        seen.push(torch.is_autocast_enabled("cpu"), grad.dtype);
        return [grad.mm(y.t()), x.t().mm(grad)];
      },
      { device_type: "cpu" },
    );
  }
  const p = a.clone().requires_grad_();
  const output = autocast("cpu", () => Product.apply(p, p));
  output.float().sum().backward();
  expect(seen).toEqual([true, torch.bfloat16]);
  expect(String(p.grad)).toBe("tensor([[1.0020, 2.3398],\n        [1.6699, 3.0078]])");
  class Cast extends torch.autograd.Function {
    static override forward = custom_fwd(
      (_: unknown, x: Tensor, y: Tensor) => {
        seen.push(x.dtype, torch.is_autocast_enabled("cpu"));
        return x.mm(y);
      },
      { device_type: "cpu", cast_inputs: torch.float32 },
    );
  }
  seen.length = 0;
  expect(autocast("cpu", () => Cast.apply(a.bfloat16(), a)).dtype).toBe(torch.float32);
  expect(seen).toEqual([torch.float32, false]);
});

test("the deprecated names", () => {
  expect(torch.cpu.amp.autocast(() => a.matmul(a).dtype)).toBe(torch.bfloat16);
  expect(warnings()).toContain(
    "`torch.cpu.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cpu', args...)` instead.",
  );
  torch.cuda.amp.autocast({ enabled: false }, () => {});
  expect(warnings()).toContain(
    "`torch.cuda.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cuda', args...)` instead.",
  );
});
