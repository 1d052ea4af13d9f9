// The values are Python's.

import * as torch from "tstorch";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const { GradScaler } = torch.amp;
type Tensor = torch.Tensor;

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};
const leaf = () => torch.tensor([1, 2], { dtype: torch.float32, requires_grad: true });
const near = (...values: number[]) => values.map((value) => expect.closeTo(value, 5));
const FIX = "This may indicate your script did not use scaler.scale(loss or outputs) earlier in the iteration.";

test("a run: the scale grows, and shrinks where there is an infinity", () => {
  const w = leaf();
  const optimizer = torch.optim.SGD([w], { lr: 0.1 });
  const scaler = GradScaler("cpu", { init_scale: 4, growth_interval: 2 });
  const state = { scale: 4, growth_factor: 2, backoff_factor: 0.5, growth_interval: 2, _growth_tracker: 0 };
  expect(scaler.state_dict()).toEqual(state);
  expect(message(() => scaler.step(optimizer))).toBe(`AssertionError: Attempted step but _scale is None.  ${FIX}`);
  expect(message(() => scaler.update())).toBe(`AssertionError: Attempted update but _scale is None.  ${FIX}`);
  const steps = [
    { grad: [8, 16], weight: [0.8, 1.6], scale: 4, _growth_tracker: 1 },
    { grad: [6.4, 12.8], weight: [0.64, 1.28], scale: 8, _growth_tracker: 0 },
    { grad: [10.24, 20.48], weight: [0.512, 1.024], scale: 8, _growth_tracker: 1 },
  ];
  for (const [i, { grad, weight, ...after }] of steps.entries()) {
    optimizer.zero_grad();
    scaler.scale(w.mul(w).sum()).backward();
    expect(w.grad?.tolist()).toEqual(near(...grad));
    if (i === 1) {
      scaler.unscale_(optimizer);
      expect(w.grad?.tolist()).toEqual(near(1.6, 3.2));
      expect(message(() => scaler.unscale_(optimizer))).toBe(
        "RuntimeError: unscale_() has already been called on this optimizer since the last update().",
      );
    }
    scaler.step(optimizer);
    expect(message(() => scaler.step(optimizer))).toBe(
      "RuntimeError: step() has already been called since the last update().",
    );
    expect(message(() => scaler.unscale_(optimizer))).toBe("RuntimeError: unscale_() is being called after step().");
    scaler.update();
    expect(w.tolist()).toEqual(near(...weight));
    expect(scaler.state_dict()).toEqual({ ...state, ...after });
  }
  optimizer.zero_grad();
  scaler.scale(w.mul(Number.POSITIVE_INFINITY).sum()).backward();
  scaler.step(optimizer);
  scaler.update();
  expect(w.tolist()).toEqual(near(0.512, 1.024));
  expect(scaler.state_dict()).toEqual(state);
  scaler.update(8);
  expect(scaler.get_scale()).toBe(8);
  const other = GradScaler({ device: "cpu" });
  other.load_state_dict(scaler.state_dict());
  expect(other.state_dict()).toEqual({ ...state, scale: 8 });
});

test.each([
  ["fused", { fused: true }],
  ["foreach", { foreach: true }],
])("with Adam: %s", (_, options) => {
  const w = leaf();
  const optimizer = torch.optim.Adam([w], { lr: 0.1, ...options });
  const scaler = GradScaler("cpu", { init_scale: 4 });
  scaler.scale(w.mul(w).sum()).backward();
  scaler.step(optimizer);
  scaler.update();
  expect(w.tolist()).toEqual(near(0.9, 1.9));
  expect(optimizer).not.toHaveProperty("grad_scale");
  optimizer.zero_grad();
  scaler.scale(w.mul(Number.NaN).sum()).backward();
  scaler.step(optimizer);
  scaler.update();
  expect(w.tolist()).toEqual(near(0.9, 1.9));
  expect(scaler.get_scale()).toBe(2);
});

test("scale() of lists", () => {
  const scaler = GradScaler("cpu", { init_scale: 8 });
  const [one, [two]] = scaler.scale([torch.ones(1), [torch.ones(2)]] as [Tensor, [Tensor]]);
  expect([one.tolist(), two.tolist()]).toEqual([[8], [8, 8]]);
  expect(message(() => scaler.scale(5 as never))).toBe(
    "ValueError: outputs must be a Tensor or an iterable of Tensors",
  );
});

test("a disabled scaler does nothing", () => {
  const scaler = GradScaler("cpu", { enabled: false });
  const w = leaf();
  const optimizer = torch.optim.SGD([w], { lr: 0.1 });
  const loss = w.sum();
  expect(scaler.scale(loss)).toBe(loss);
  loss.backward();
  scaler.unscale_(optimizer);
  scaler.step(optimizer);
  scaler.update();
  expect(w.tolist()).toEqual(near(0.9, 1.9));
  expect([scaler.state_dict(), scaler.get_scale(), scaler.is_enabled()]).toEqual([{}, 1, false]);
});

test("errors", () => {
  expect(message(() => GradScaler("cpu", { growth_factor: 1 }))).toBe(
    "AssertionError: The growth factor must be > 1.0.",
  );
  expect(message(() => GradScaler("cpu", { backoff_factor: 1 }))).toBe(
    "AssertionError: The backoff factor must be < 1.0.",
  );
  const scaler = GradScaler("cpu");
  expect(message(() => scaler.load_state_dict({}))).toBe(
    "RuntimeError: The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.",
  );
  const w = leaf();
  const optimizer = torch.optim.SGD([w], { lr: 0.1 });
  expect(message(() => scaler.step(optimizer, { closure: () => 1 }))).toBe(
    "RuntimeError: Closure use is not currently supported if GradScaler is enabled.",
  );
  scaler.scale(torch.ones(1));
  expect(message(() => scaler.step(optimizer))).toBe("AssertionError: No inf checks were recorded for this optimizer.");
  expect(message(() => scaler.update())).toBe("AssertionError: No inf checks were recorded prior to update.");
  expect(message(() => scaler.update(torch.ones(2)))).toBe(
    "AssertionError: new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with requires_grad=False.",
  );
  const half = torch.ones(1, { dtype: torch.float16, requires_grad: true });
  half.sum().backward();
  expect(message(() => scaler.unscale_(torch.optim.SGD([half], { lr: 0.1 })))).toBe(
    "ValueError: Attempting to unscale FP16 gradients.",
  );
});

test("the deprecated names", () => {
  expect(torch.cpu.amp.GradScaler({ init_scale: 2 }).get_scale()).toBe(2);
  expect(vi.mocked(process.emitWarning).mock.calls.map(([text]) => text)).toContain(
    "`torch.cpu.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cpu', args...)` instead.",
  );
});
