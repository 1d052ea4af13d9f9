import * as torch from "tstorch";
import { nn } from "tstorch";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, iota, thrown } from "../functional/helpers/values.js";

const { ones } = torch;

beforeEach(() => {
  torch.manual_seed(0);
});

describe("Conv1d, Conv2d and Conv3d", () => {
  test("draw their parameters as Python does", () => {
    const m = nn.Conv2d(1, 2, 2);
    expectClose(m.weight.flatten(), [-0.0037, 0.2682, -0.4115, -0.368, -0.1926, 0.1341, -0.0099, 0.3964], 1e-4);
    expectClose(m.bias as torch.Tensor, [-0.0444, 0.1323], 1e-4);
  });

  test("padding_mode", () => {
    const m = nn.Conv2d(1, 2, 2, { padding: 1, padding_mode: "reflect" });
    expectClose(
      m(iota(1, 2, 2))[0],
      [
        [0.0693, 0.3848, 0.0693],
        [-2.0186, -1.7031, -2.0186],
        [0.0693, 0.3848, 0.0693],
      ],
      1e-4,
    );
  });

  test('padding "same"', () => {
    const m = nn.Conv1d(1, 1, 2, { padding: "same", padding_mode: "circular" });
    expectClose(m(ones(1, 1, 4)), [[[-0.208, -0.208, -0.208, -0.208]]], 1e-4);
    expect(nn.Conv3d(2, 3, 2, { padding: "same" })(ones(2, 3, 3, 3)).shape).toEqual([3, 3, 3, 3]);
  });

  test("print what differs from the defaults", () => {
    expect(String(nn.Conv1d(2, 4, 3))).toBe("Conv1d(2, 4, kernel_size=(3,), stride=(1,))");
    expect(
      String(nn.Conv2d(1, 1, [3, 5], { padding: "same", dilation: 2, bias: false, padding_mode: "reflect" })),
    ).toBe(
      "Conv2d(1, 1, kernel_size=(3, 5), stride=(1, 1), padding=same, dilation=(2, 2), bias=False, padding_mode=reflect)",
    );
    expect(String(nn.Conv3d(2, 4, 3, { groups: 2, padding: [0, 1, 0] }))).toBe(
      "Conv3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1), padding=(0, 1, 0), groups=2)",
    );
  });

  test("errors", () => {
    expect(thrown(() => nn.Conv2d(3, 2, 3, { groups: 2 }))).toBe("ValueError: in_channels must be divisible by groups");
    expect(thrown(() => nn.Conv2d(2, 3, 3, { groups: 2 }))).toBe(
      "ValueError: out_channels must be divisible by groups",
    );
    expect(thrown(() => nn.Conv2d(2, 3, 3, { groups: 0 }))).toBe("ValueError: groups must be a positive integer");
    expect(thrown(() => nn.Conv2d(1, 1, 3, { padding: "same", stride: 2 }))).toBe(
      "ValueError: padding='same' is not supported for strided convolutions",
    );
    expect(thrown(() => nn.Conv2d(1, 1, 3, { padding: "full" as "same" }))).toBe(
      "ValueError: Invalid padding string 'full', should be one of {'same', 'valid'}",
    );
  });
});

describe("ConvTranspose1d, 2d and 3d", () => {
  test("output_size", () => {
    const m = nn.ConvTranspose1d(1, 1, 2, { stride: 2 });
    expectClose(m(ones(1, 1, 2)), [[[-0.5873, -0.2027, -0.5873, -0.2027]]], 1e-4);
    expectClose(m(ones(1, 2), { output_size: [5] }), [[-0.5873, -0.2027, -0.5873, -0.2027, -0.582]], 1e-4);
    expect(nn.ConvTranspose2d(1, 1, 2)(ones(1, 2, 2)).shape).toEqual([1, 3, 3]);
    expect(nn.ConvTranspose3d(1, 1, 2)(ones(1, 2, 2, 2)).shape).toEqual([1, 3, 3, 3]);
  });

  test("prints", () => {
    expect(String(nn.ConvTranspose2d(1, 1, 3, { stride: 2, output_padding: 1, dilation: 2 }))).toBe(
      "ConvTranspose2d(1, 1, kernel_size=(3, 3), stride=(2, 2), dilation=(2, 2), output_padding=(1, 1))",
    );
  });

  test("errors", () => {
    const m = nn.ConvTranspose1d(1, 1, 3, { stride: 2 });
    expect(thrown(() => m(ones(1, 1, 3), { output_size: [9] }))).toBe(
      "ValueError: requested an output size of [9], but valid sizes range from [7] to [8] (for an input of torch.Size([3]))",
    );
    expect(thrown(() => m(ones(1, 1, 3), ones(1, 1, 9).size()))).toBe(
      "ValueError: requested an output size of torch.Size([9]), but valid sizes range from [7] to [8] (for an input of torch.Size([3]))",
    );
    expect(thrown(() => m(ones(1, 1, 3), [9, 1, 1, 1]))).toBe(
      "ValueError: ConvTranspose1D: for 3D input, output_size must have 1 or 3 elements (got 4)",
    );
    expect(thrown(() => nn.ConvTranspose2d(1, 1, 3, { padding_mode: "reflect" }))).toBe(
      'ValueError: Only "zeros" padding mode is supported for ConvTranspose2d',
    );
  });
});

describe("lazy convolutions", () => {
  test.each([
    [nn.LazyConv1d(3, 2), ones(2, 4, 5), "Conv1d(4, 3, kernel_size=(2,), stride=(1,))", 1.53043598],
    [
      nn.LazyConv2d(4, 2, { groups: 2, bias: false }),
      ones(4, 5, 5),
      "Conv2d(4, 4, kernel_size=(2, 2), stride=(1, 1), groups=2, bias=False)",
      11.0586772,
    ],
    [
      nn.LazyConv3d(3, 2, { padding: "same" }),
      ones(1, 2, 3, 3, 3),
      "Conv3d(2, 3, kernel_size=(2, 2, 2), stride=(1, 1, 1), padding=same)",
      0.93973339,
    ],
    [nn.LazyConvTranspose1d(3, 2), ones(2, 4, 5), "ConvTranspose1d(4, 3, kernel_size=(2,), stride=(1,))", 2.47317958],
    [
      nn.LazyConvTranspose2d(3, 2, { stride: 2 }),
      ones(2, 4, 5, 5),
      "ConvTranspose2d(4, 3, kernel_size=(2, 2), stride=(2, 2))",
      -49.4105265,
    ],
    [
      nn.LazyConvTranspose3d(3, 2),
      ones(2, 4, 2, 2, 2),
      "ConvTranspose3d(4, 3, kernel_size=(2, 2, 2), stride=(1, 1, 1))",
      5.33557818,
    ],
  ])("%s", (m, input, text, sum) => {
    torch.manual_seed(1);
    expect(m(input).double().sum().item()).toBeCloseTo(sum, 4);
    expect(String(m)).toBe(text);
  });

  test("print before the first call", () => {
    expect(String(nn.LazyConv2d(4, 2))).toBe("LazyConv2d(0, 4, kernel_size=(2, 2), stride=(1, 1))");
  });

  test("errors", () => {
    expect(thrown(() => nn.LazyConv1d(3, 2)(ones(2)))).toBe(
      "RuntimeError: Expected 2D (unbatched) or 3D (batched) input to LazyConv1d, but got input of size: torch.Size([2])",
    );
  });
});
