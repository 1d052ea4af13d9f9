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

const x = ramp(1, 1, 3, 3);

test.each([
  [nn.CircularPad2d([1, 0, 0, 1]), "CircularPad2d((1, 0, 0, 1))"],
  [nn.ConstantPad2d(1, 3.5), "ConstantPad2d(padding=(1, 1, 1, 1), value=3.5)"],
  [nn.ConstantPad1d({ padding: 1, value: 2 }), "ConstantPad1d(padding=(1, 1), value=2)"],
  [nn.ReflectionPad2d(1), "ReflectionPad2d((1, 1, 1, 1))"],
  [nn.ReplicationPad1d([0, 1]), "ReplicationPad1d((0, 1))"],
  [nn.ZeroPad3d(2), "ZeroPad3d((2, 2, 2, 2, 2, 2))"],
])("%s prints", (m, expected) => {
  expect(String(m)).toBe(expected);
});

describe("padding", () => {
  test("CircularPad2d", () => {
    expectClose(
      nn.CircularPad2d([1, 0, 0, 1])(x)[0][0],
      [
        [-0.3, -0.5, -0.4, -0.3],
        [0, -0.2, -0.1, 0],
        [0.3, 0.1, 0.2, 0.3],
        [-0.3, -0.5, -0.4, -0.3],
      ],
      1e-6,
    );
    expect(thrown(() => nn.CircularPad1d(1)(x))).toBe("ValueError: expected 2D or 3D input (got 4D input)");
  });

  test("ConstantPad2d and ZeroPad2d, which cuts off by a negative size", () => {
    expectClose(nn.ConstantPad2d(1, 3.5)(x)[0][0][1], [3.5, -0.5, -0.4, -0.3, 3.5], 1e-6);
    expectClose(
      nn.ZeroPad2d([1, 0, -1, 0])({ input: x })[0][0],
      [
        [0, -0.2, -0.1, 0],
        [0, 0.1, 0.2, 0.3],
      ],
      1e-6,
    );
    expect(nn.ZeroPad1d(1)).toBeInstanceOf(nn.ConstantPad1d);
  });

  test("ReflectionPad2d and ReplicationPad2d", () => {
    expectClose(nn.ReflectionPad2d(1)(x)[0][0][0], [-0.1, -0.2, -0.1, 0, -0.1], 1e-6);
    expectClose(nn.ReplicationPad2d([0, 1, 0, 1])(x)[0][0][3], [0.1, 0.2, 0.3, 0.3], 1e-6);
  });

  test("errors", () => {
    expect(thrown(() => untyped.ConstantPad1d(1))).toBe(
      "TypeError: ConstantPad1d.__init__() missing 1 required positional argument: 'value'",
    );
  });
});
