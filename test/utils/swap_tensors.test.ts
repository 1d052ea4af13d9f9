import * as torch from "tstorch";
import { expect, test } from "vitest";

const { swap_tensors } = torch.utils;

test("contents, classes and fields are swapped", () => {
  const a = Object.assign(torch.ones(2), { label: "a" });
  const b: torch.Tensor & { label?: string } = torch.nn.Parameter(torch.zeros(3));
  swap_tensors(a, b);
  expect(a.tolist()).toEqual([0, 0, 0]);
  expect([a.requires_grad, a instanceof torch.nn.Parameter, "label" in a]).toEqual([true, true, false]);
  expect([b.tolist(), b instanceof torch.nn.Parameter, b.label]).toEqual([[1, 1], false, "a"]);
  swap_tensors(b, b);
  expect(b.tolist()).toEqual([1, 1]);
});

test("a tensor that a graph has is refused, and a leaf's node is poisoned", () => {
  const x = torch.ones(2, { requires_grad: true });
  const y = x.mul(2);
  const z = y.mul(y).sum();
  expect(() => swap_tensors(y, torch.ones(2))).toThrow(
    "Expected use_count of t1 to be 1 or 2 with an AccumulateGrad node but got 3 make sure you are not holding references to the tensor in other places.",
  );
  swap_tensors(x, torch.zeros(2));
  expect(x.tolist()).toEqual([0, 0]);
  expect(() => z.backward()).toThrow("Trying to execute AccumulateGrad node that was poisoned by swap_tensors");
});

test("gradients go with their tensors, and other values are refused", () => {
  const a = torch.nn.Parameter(torch.tensor([1.5, 2]));
  const b = torch.zeros(3, { dtype: torch.int64 });
  a.mul(2).sum().backward();
  swap_tensors(a, b);
  expect(a.tolist()).toEqual([0, 0, 0]);
  expect(b.grad?.tolist()).toEqual([2, 2]);
  expect(() => swap_tensors(a, 3 as never)).toThrow(TypeError);
});
