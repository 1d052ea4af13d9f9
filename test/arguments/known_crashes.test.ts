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
