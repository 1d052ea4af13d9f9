import * as torch from "tstorch";
import { expect, test } from "vitest";

test("from_dlpack shares memory, sizes and strides, once for each capsule", () => {
  const x = torch.arange(6).reshape(2, 3).t();
  const capsule = torch.to_dlpack(x);
  expect(String(capsule)).toBe('<capsule object "dltensor">');
  const y = torch.from_dlpack(capsule);
  expect(y.stride()).toEqual([1, 3]);
  y.fill_(7);
  expect(x.sum().item()).toBe(42);
  expect(String(capsule)).toBe('<capsule object "used_dltensor">');
  const consumed =
    "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already constructed a tensor from it once.";
  expect(() => torch.from_dlpack(capsule)).toThrow(new torch.RuntimeError(consumed));
  expect(() => torch.from_dlpack(3 as never)).toThrow(new torch.RuntimeError(consumed));
});

test("tensors and other objects with the protocol", () => {
  const x = torch.ones(2);
  expect(x.__dlpack_device__()).toEqual([1, 0]);
  expect(torch.from_dlpack(x, { copy: true }).fill_(3).tolist()).toEqual([3, 3]);
  expect(x.tolist()).toEqual([1, 1]);
  const foreign = { __dlpack__: () => torch.to_dlpack(x), __dlpack_device__: () => [1, 0] as const };
  torch.from_dlpack(foreign).fill_(5);
  expect(x.tolist()).toEqual([5, 5]);
});

test("what DLPack cannot tell of is refused with Python's texts", () => {
  const requiring = torch.ones(2, { requires_grad: true });
  expect(() => torch.from_dlpack(requiring)).toThrow(
    new torch.BufferError("Can't export tensors that require gradient, use tensor.detach()"),
  );
  expect(() => torch.from_dlpack(torch.ones(2, { dtype: torch.complex64 }).conj())).toThrow(
    new torch.BufferError("Can't export tensors with the conjugate bit set"),
  );
  expect(() => torch.from_dlpack(torch.ones(2).to_sparse())).toThrow(
    new torch.BufferError("Can't export tensors with layout other than torch.strided"),
  );
  expect(() => torch.from_dlpack(torch.ones(2, { device: "meta" }))).toThrow(
    new torch.ValueError("Unknown device type meta for Dlpack"),
  );
  expect(() => torch.from_dlpack(torch.to_dlpack(torch.ones(2)), { device: "cpu" })).toThrow(
    new torch.AssertionError("device and copy kwargs not supported when ext_tensor is already a DLPack capsule."),
  );
  expect(() => torch.to_dlpack(3 as never)).toThrow(
    new TypeError("_to_dlpack(): argument 'data' (position 1) must be Tensor, not int"),
  );
  expect(() => torch.ones(2).__dlpack__({ stream: "a" as never })).toThrow(
    new TypeError("stream must be ``int`` or ``none``"),
  );
  expect(() => torch.to_dlpack(torch.quantize_per_tensor(torch.ones(2), 0.5, 1, torch.qint8))).toThrow(
    new torch.BufferError("QUInt/QInt types are not supported by dlpack"),
  );
});
