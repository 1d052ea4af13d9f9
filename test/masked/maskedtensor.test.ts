import * as torch from "tstorch";
import { expect, test } from "vitest";
import { replay } from "../recordings/replay.js";

replay("masked.maskedtensor");

const data = torch.arange(6).float().reshape(2, 3);
const mask = torch.tensor([
  [true, false, true],
  [false, false, true],
]);

test("what has no meaning for a MaskedTensor throws, and is never computed on its data alone", () => {
  const mt = torch.masked.masked_tensor(data, mask);
  expect(() => mt.data_ptr()).toThrow(torch.NotImplementedError);
  expect(() => torch.save(mt, "/dev/null")).toThrow();
  expect(() => mt.index_put_([0], 1)).toThrow(torch.NotImplementedError);
  expect(() => torch.ops.aten.mm(mt, mt)).toThrow(TypeError);
  expect(String(torch.ops.aten.add.Tensor(mt, mt))).toBe(String(mt.add(mt)));
});

test("gradients of as_masked_tensor's data are 0 where the mask is false", () => {
  const x = data.clone().requires_grad_();
  torch.masked.as_masked_tensor(x, mask).mul(3).sum().backward();
  expect(x.grad?.tolist()).toEqual([
    [3, 0, 3],
    [0, 0, 3],
  ]);
});

test("torch.tidy() keeps what a MaskedTensor consists of, and dispose() frees it", () => {
  const mt = torch.tidy(() => torch.masked.masked_tensor(data, mask).add(1));
  expect(mt.sum().item()).toBe(10);
  mt.dispose();
  expect(() => mt.sum()).toThrow("disposed");
});
