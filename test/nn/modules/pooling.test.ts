import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;

/** -0.5, -0.4, ... in a given shape. */
const ramp = (...shape: number[]) =>
  torch
    .arange(shape.reduce((n, size) => n * size, 1))
    .reshape(shape)
    .float()
    .div(10)
    .sub(0.5);

const x = ramp(1, 2, 6, 6);

test.each([
  [nn.MaxPool1d(3), "MaxPool1d(kernel_size=3, stride=3, padding=0, dilation=1, ceil_mode=False)"],
  [
    nn.MaxPool3d([1, 2, 3], { stride: 2, ceil_mode: true }),
    "MaxPool3d(kernel_size=(1, 2, 3), stride=2, padding=0, dilation=1, ceil_mode=True)",
  ],
  [nn.MaxUnpool2d(2), "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))"],
  [nn.AvgPool1d(2), "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))"],
  [nn.AvgPool2d([2, 3], 1, { padding: [1, 1] }), "AvgPool2d(kernel_size=(2, 3), stride=1, padding=(1, 1))"],
  [nn.FractionalMaxPool2d(2, { output_ratio: 0.5 }), "FractionalMaxPool2d()"],
  [nn.LPPool2d(2, 3), "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)"],
  [nn.LPPool1d(1.5, 3, { stride: 2 }), "LPPool1d(norm_type=1.5, kernel_size=3, stride=2, ceil_mode=False)"],
  [nn.AdaptiveAvgPool2d([3, null]), "AdaptiveAvgPool2d(output_size=(3, None))"],
  [nn.AdaptiveMaxPool1d(5), "AdaptiveMaxPool1d(output_size=5)"],
])("%s prints", (m, expected) => {
  expect(String(m)).toBe(expected);
});

describe("MaxPool2d and MaxUnpool2d", () => {
  test("undo each other", () => {
    const [output, indices] = nn.MaxPool2d(2, { return_indices: true })(x);
    expect(indices.flatten().tolist()).toEqual([7, 9, 11, 19, 21, 23, 31, 33, 35, 7, 9, 11, 19, 21, 23, 31, 33, 35]);
    const unpooled = nn.MaxUnpool2d(2)(output, indices);
    expectClose(unpooled[0][0][1], [0, 0.2, 0, 0.4, 0, 0.6], 1e-6);
    expect(nn.MaxUnpool2d(2)(output, indices, { output_size: [7, 7] }).shape).toEqual([1, 2, 7, 7]);
  });
});

describe("AvgPool2d", () => {
  test("padding and divisor", () => {
    const padded = nn.AvgPool2d(3, 2, { padding: 1, count_include_pad: false })(x);
    expectClose(
      padded[0][0][":2"],
      [
        [-0.15, 0, 0.2],
        [0.75, 0.9, 1.1],
      ],
      1e-5,
    );
    expectClose(
      nn.AvgPool2d(3, { divisor_override: 2 })(x)[0][0],
      [
        [0.9, 2.25],
        [9, 10.35],
      ],
      1e-5,
    );
  });
});

describe("FractionalMaxPool2d", () => {
  test("draws its regions as Python does, or takes the samples", () => {
    torch.manual_seed(3);
    const output = nn.FractionalMaxPool2d(2, { output_size: 3 })(x);
    expectClose(
      output[0][0],
      [
        [0.2, 0.4, 0.6],
        [1.4, 1.6, 1.8],
        [2.6, 2.8, 3],
      ],
      1e-5,
    );
    const m = nn.FractionalMaxPool2d(2, { output_size: 3, _random_samples: torch.zeros(1, 2, 2) });
    expect(Object.keys(m.state_dict())).toEqual(["_random_samples"]);
  });

  test("errors", () => {
    expect(thrown(() => nn.FractionalMaxPool2d(2))).toBe(
      "ValueError: FractionalMaxPool2d requires specifying either an output size, or a pooling ratio",
    );
    expect(thrown(() => nn.FractionalMaxPool2d(2, { output_size: 2, output_ratio: 0.5 }))).toBe(
      "ValueError: only one of output_size and output_ratio may be specified",
    );
    expect(thrown(() => nn.FractionalMaxPool3d(2, { output_ratio: [0.5, 0.5, 1.5] }))).toBe(
      "ValueError: output_ratio must be between 0 and 1 (got (0.5, 0.5, 1.5))",
    );
    expect(thrown(() => nn.FractionalMaxPool3d([2, 0, 1], { output_size: 2 }))).toBe(
      "ValueError: kernel_size must be greater than 0, but got (2, 0, 1)",
    );
  });
});

describe("LPPool", () => {
  test("of a norm, and of the infinite one", () => {
    expectClose(nn.LPPool1d(2, 3, 2)(x[0][0])[0], [Math.SQRT1_2, 0.37417], 1e-4);
    expectClose(
      nn.LPPool2d(Infinity, 3)(x)[0][0],
      [
        [0.9, 1.2],
        [2.7, 3],
      ],
      1e-5,
    );
    expect(thrown(() => nn.LPPool1d(0, 2))).toBe("ValueError: norm_type must be a non-zero value, but got 0");
  });
});

describe("adaptive pooling", () => {
  test("keeps a size that is null", () => {
    const output = nn.AdaptiveAvgPool2d([null, 2])(x);
    expect(output.shape).toEqual([1, 2, 6, 2]);
    expectClose(
      output[0][0][":2"],
      [
        [-0.4, -0.1],
        [0.2, 0.5],
      ],
      1e-5,
    );
  });
});

test("errors name the class that has the constructor", () => {
  expect(thrown(() => untyped.MaxPool2d())).toBe(
    "TypeError: _MaxPoolNd.__init__() missing 1 required positional argument: 'kernel_size'",
  );
  expect(thrown(() => untyped.AdaptiveAvgPool2d())).toBe(
    "TypeError: _AdaptiveAvgPoolNd.__init__() missing 1 required positional argument: 'output_size'",
  );
  expect(thrown(() => untyped.AvgPool2d(2, { bogus: 1 }))).toBe(
    "TypeError: AvgPool2d.__init__() got an unexpected keyword argument 'bogus'",
  );
});
