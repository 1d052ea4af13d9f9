import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, f32, thrown } from "../functional/helpers/values.js";

const { ones } = torch;

test("LayerNorm", () => {
  expectClose(nn.LayerNorm(2)(f32([1, 3])), [-1, 1], 1e-4);
  expect(String(nn.LayerNorm([2, 3], { bias: false }))).toBe(
    "LayerNorm((2, 3), eps=1e-05, elementwise_affine=True, bias=False)",
  );
  const m = nn.LayerNorm(3, { elementwise_affine: false });
  expect(String(m)).toBe("LayerNorm((3,), eps=1e-05, elementwise_affine=False, bias=False)");
  expect(thrown(() => m(ones(2, 2)))).toBe(
    "RuntimeError: Given normalized_shape=[3], expected input with shape [*, 3], but got input of size[2, 2]",
  );
});

test("GroupNorm", () => {
  expectClose(nn.GroupNorm(1, 2)(f32([[1, 3]])), [[-1, 1]], 1e-4);
  expect(String(nn.GroupNorm(1, 2, { bias: false }))).toBe("GroupNorm(1, 2, eps=1e-05, affine=True, bias=False)");
  expect(nn.GroupNorm(1, 2, { affine: false }).weight).toBe(null);
  expect(thrown(() => nn.GroupNorm(2, 3))).toBe("ValueError: num_channels (3) must be divisible by num_groups (2)");
});

test("RMSNorm", () => {
  expectClose(nn.RMSNorm(2)({ x: f32([3, 4]) }), [0.8485, 1.1314], 1e-4);
  expect(String(nn.RMSNorm([2, 3], 1e-6))).toBe("RMSNorm((2, 3), eps=1e-06, elementwise_affine=True)");
  expect(String(nn.RMSNorm(2, { elementwise_affine: false }))).toBe(
    "RMSNorm((2,), eps=None, elementwise_affine=False)",
  );
});

test("LocalResponseNorm", () => {
  expectClose(nn.LocalResponseNorm(2)(ones(1, 2, 1)), [[[1], [0.9999]]], 1e-4);
  expect(String(nn.LocalResponseNorm(2))).toBe("LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)");
});

describe("CrossMapLRN2d", () => {
  test("result and gradient", () => {
    const x = torch.arange(1, 13, { dtype: torch.float32 }).view(1, 3, 2, 2).requires_grad_();
    const y = nn.CrossMapLRN2d(3, { alpha: 0.5 })(x);
    expectClose(
      y[0][0],
      [
        [0.2849, 0.4341],
        [0.5083, 0.543],
      ],
      1e-4,
    );
    y.sum().backward();
    expectClose(
      (x.grad as torch.Tensor)[0][1],
      [
        [0.0071, -0.0274],
        [-0.0373, -0.0379],
      ],
      1e-4,
    );
  });

  test("prints, and errors", () => {
    expect(String(nn.CrossMapLRN2d(2))).toBe("CrossMapLRN2d(2, alpha=0.0001, beta=0.75, k=1)");
    expect(thrown(() => nn.CrossMapLRN2d(2)(ones(2)))).toBe(
      "ValueError: CrossMapLRN2d: Expected input to be 4D, got 1D instead.",
    );
  });
});
