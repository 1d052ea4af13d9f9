import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, test } from "vitest";
import { expectClose, f32, iota, thrown } from "./helpers/values.js";

const x = f32([
  [1, 2, 3],
  [4, 6, 5],
]);

describe("batch_norm", () => {
  test("training normalizes by the batch and moves the running statistics", () => {
    const [mean, variance] = [torch.zeros(3), torch.ones(3)];
    const y = F.batch_norm(x, mean, variance, { training: true });
    expectClose(y[0], [-0.999998, -0.999999, -0.999995]);
    expectClose(mean, [0.25, 0.4, 0.4]);
    expectClose(variance, [1.35, 1.7, 1.1]);
  });

  test("otherwise by the running statistics", () => {
    const y = F.batch_norm(x, f32([0.25, 0.4, 0.4]), f32([1.35, 1.7, 1.1]), f32([1, 2, 3]), f32([0, 1, 0]));
    expectClose(y[0], [0.645495, 3.454281, 7.436975]);
  });

  test("errors", () => {
    expect(thrown(() => F.batch_norm(f32([[1, 2]]), null, null, { training: true }))).toBe(
      "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 2])",
    );
    expect(thrown(() => F.batch_norm(x, null, null, { training: true, eps: 0 }))).toBe(
      "ValueError: batch_norm eps must be positive during training, but got 0.0",
    );
    expect(thrown(() => F.batch_norm(x, null, null, { eps: -1 }))).toBe(
      "ValueError: batch_norm eps must be non-negative, but got -1.0",
    );
  });
});

test("instance_norm", () => {
  expectClose(F.instance_norm(x.view(1, 2, 3))[0][0], [-1.224736, 0, 1.224736]);
  expect(thrown(() => F.instance_norm(torch.ones(2, 3, 1)))).toBe(
    "ValueError: Expected more than 1 spatial element when training, got input size torch.Size([2, 3, 1])",
  );
});

test("layer_norm and rms_norm", () => {
  expectClose(F.layer_norm(x, [3])[1], [-1.224736, 1.224736, 0]);
  expectClose(F.layer_norm(x, [3], f32([1, 2, 3]), torch.ones(3), { eps: 0.1 })[0], [-0.14208, 1, 4.426241]);
  expectClose(F.rms_norm(x, [3])[0], [0.46291, 0.92582, 1.38873]);
});

test("group_norm", () => {
  expectClose(F.group_norm(iota(1, 4, 2), 2).view(2, 4)[0], [-1.341635, -0.447212, 0.447212, 1.341635]);
  expect(thrown(() => F.group_norm(f32([1]), 1))).toBe(
    "RuntimeError: Expected at least 2 dimensions for input tensor but received 1",
  );
  expect(thrown(() => F.group_norm(f32([[1, 2]]), 2))).toBe(
    "ValueError: Expected more than 1 value per channel when training, got input size [1, 2]",
  );
});

test("local_response_norm", () => {
  expectClose(F.local_response_norm(iota(1, 3, 2), 2, 1, 1).view(6), [0, 0.666667, 0.666667, 0.5, 0.363636, 0.277778]);
  expectClose(
    F.local_response_norm(iota(1, 3, 2, 1), 3, { alpha: 1 }).view(6),
    [0, 0.332953, 0.434085, 0.446812, 0.868171, 0.759731],
  );
  expect(F.local_response_norm(torch.ones(0, 3, 4), 2).numel()).toBe(0);
  expect(thrown(() => F.local_response_norm(x, 2))).toBe(
    "ValueError: Expected 3D or higher dimensionality                          input (got 2 dimensions)",
  );
});

test("normalize", () => {
  expectClose(F.normalize(x)[0], [0.267261, 0.534522, 0.801784]);
  expectClose(F.normalize(x, { p: 1, dim: 0 })[0], [0.2, 0.25, 0.375]);
  const out = torch.empty(2, 3);
  expect(F.normalize(x, { out })).toBe(out);
  expectClose(out[0], [0.267261, 0.534522, 0.801784]);
  expectClose(F.normalize(torch.zeros(1, 2)), [[0, 0]]);
});
