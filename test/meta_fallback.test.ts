import * as torch from "tstorch";
import { expect, test } from "vitest";

test("operators without a kernel for tensors without data give the sizes, strides and dtype that data would give", () => {
  const x = torch.empty(3, 2, { device: "meta" }).t();
  const y = torch.nn.functional.relu(x);
  expect([y.is_meta, [...y.shape], y.stride(), y.dtype]).toEqual([true, [2, 3], [1, 2], torch.float32]);
  const [values, indices] = x.mode();
  expect([values.is_meta, indices.is_meta, indices.dtype]).toEqual([true, true, torch.int64]);
  expect(x.mode().values.is_meta).toBe(true);
  expect(x.abs_()).toBe(x);
});

test("what depends on data, costs much, or is differentiated keeps PyTorch's error", () => {
  const refused = /attempted to run this operator with Meta tensors/;
  expect(() => torch.empty(3, { device: "meta" }).nonzero()).toThrow(refused);
  expect(() => torch.empty(2 ** 30, { device: "meta" }).relu()).toThrow(refused);
  expect(() => torch.empty(3, { device: "meta", requires_grad: true }).relu()).toThrow(refused);
  expect(() => torch.isnan(torch.empty(3, { device: "meta" })).masked_select(torch.ones(3).bool())).toThrow();
});
