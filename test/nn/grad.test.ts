import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { expect, test } from "vitest";
import { expectClose, f32, iota } from "./functional/helpers/values.js";

const { conv1d_input, conv1d_weight, conv2d_input, conv2d_weight, conv3d_input, conv3d_weight } = F.grad;

test("conv1d", () => {
  expectClose(conv1d_input([1, 1, 5], f32([[[1, 2, -1]]]), torch.ones(1, 1, 3)), [[[1, 3, 2, 1, -1]]]);
  expectClose(conv1d_weight(iota(1, 1, 5), [1, 1, 3], torch.ones(1, 1, 3)), [[[3, 6, 9]]]);
});

test("conv2d", () => {
  const gradient = conv2d_input([1, 1, 3, 3], iota(1, 1, 2, 2), torch.ones(1, 1, 2, 2));
  expectClose(gradient.view(9), [0, 1, 1, 2, 6, 4, 2, 5, 3]);
  const strided = conv2d_weight(iota(1, 1, 3, 3), [1, 1, 2, 2], torch.ones(1, 1, 1, 1), { stride: 2 });
  expectClose(strided, [
    [
      [
        [0, 1],
        [3, 4],
      ],
    ],
  ]);
});

test("conv3d", () => {
  const volume = iota(1, 1, 2, 2, 2);
  expectClose(conv3d_input([1, 1, 2, 2, 2], torch.ones(1, 1, 1, 1, 1), volume), volume.tolist());
  expectClose(conv3d_weight(volume, [1, 1, 2, 2, 2], torch.ones(1, 1, 1, 1, 1)), volume.tolist());
});

test("they are what autograd computes, with groups, padding and dilation", () => {
  torch.manual_seed(0);
  const [input, weight] = [torch.randn(2, 4, 6, 5), torch.randn(6, 2, 2, 2)];
  for (const tensor of [input, weight]) tensor.requires_grad_();
  const keywords = { stride: [2, 1], padding: 1, dilation: 2, groups: 2 };
  const output = F.conv2d(input, weight, keywords);
  const grad_output = torch.randn_like(output);
  const [grad_input, grad_weight] = torch.autograd.grad(output, [input, weight], grad_output);
  expect(conv2d_input(input.shape, weight, grad_output, keywords).allclose(grad_input)).toBe(true);
  expect(conv2d_weight(input, weight.shape, grad_output, keywords).allclose(grad_weight)).toBe(true);
});
