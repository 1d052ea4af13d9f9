import * as torch from "tstorch";
import { expect, test, vi } from "vitest";

const model = (x: torch.Tensor) => x.add(1);

test("returns the model as it is and warns once", async () => {
  const warned = vi.fn();
  process.on("warning", warned);
  expect(torch.compile(model)).toBe(model);
  expect(torch.compile(model, { fullgraph: true, mode: "max-autotune" })).toBe(model);
  expect(torch.compile({ fullgraph: true })(model)).toBe(model);
  await new Promise(setImmediate);
  process.off("warning", warned);
  expect(warned).toHaveBeenCalledOnce();
});

test("errors", () => {
  expect(() => torch.compile(3 as never)).toThrow(
    new torch.AssertionError("A callable function is expected, but <class 'int'> is provided."),
  );
  expect(() => torch.compile(model, { mode: "a", options: {} })).toThrow(
    new torch.RuntimeError("Either mode or options can be specified, but both can't be specified at the same time."),
  );
  expect(() => torch.compile(model, { nonsense: 1 } as never)).toThrow(
    new TypeError("compile() got an unexpected keyword argument 'nonsense'"),
  );
  expect(() => torch.compile()(null as never)).toThrow(new torch.RuntimeError("Model can't be None"));
});
