import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, test } from "vitest";
import { expectClose, f32, iota, thrown } from "./helpers/values.js";

const image = iota(1, 1, 2, 2);
const bilinear = [0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3];
const bicubic = [-0.260417, 0.326389, 0.913194, 0.913195, 1.5, 2.086806, 2.086806, 2.673611, 3.260417];

describe("interpolate", () => {
  test.each([
    ["nearest", [0, 0, 1, 0, 0, 1, 2, 2, 3]],
    ["nearest-exact", [0, 1, 1, 2, 3, 3, 2, 3, 3]],
    ["bilinear", bilinear],
    ["bicubic", bicubic],
    ["area", bilinear],
  ] as const)("an image to a size: %s", (mode, values) => {
    expectClose(F.interpolate(image, 3, { mode }).view(9), values);
  });

  test("by a factor, of other dimensions", () => {
    expectClose(F.interpolate(image[0], { scale_factor: 2, mode: "linear" })[0][0], [0, 0.25, 0.75, 1]);
    expectClose(F.interpolate(image, null, 1.5, "bilinear", true).view(9), bilinear);
    const volume = image.view(1, 1, 1, 2, 2);
    expectClose(F.interpolate(volume, [1, 2, 3], { mode: "trilinear" }).view(6), [0, 0.5, 1, 2, 2.5, 3]);
    expect([...F.interpolate(torch.zeros(1, 1, 5, 7), { scale_factor: [1.3, 0.5] }).shape]).toEqual([1, 1, 6, 3]);
  });

  test("antialias", () => {
    const larger = iota(1, 1, 4, 4);
    expectClose(
      F.interpolate(larger, 2, { mode: "bilinear", antialias: true }).view(4),
      [3.571429, 5.142858, 9.857143, 11.428572],
    );
    expectClose(
      F.interpolate(larger, 2, { mode: "lanczos", antialias: true }).view(4),
      [2.690636, 4.614382, 10.385619, 12.309365],
    );
  });

  test("the old names", () => {
    expectClose(F.upsample_bilinear(image, 3).view(9), bilinear);
    expectClose(F.upsample_nearest(image, { scale_factor: 2 })[0][0][0], [0, 0, 1, 1]);
    expectClose(F.upsample(image, 3, { mode: "bicubic" }).view(9), bicubic);
  });

  test("errors", () => {
    expect(thrown(() => F.interpolate(image))).toBe("ValueError: either size or scale_factor should be defined");
    expect(thrown(() => F.interpolate(image, 2, 2))).toBe(
      "ValueError: only one of size or scale_factor should be defined",
    );
    expect(thrown(() => F.interpolate(image, 2, { align_corners: true }))).toBe(
      "ValueError: align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear",
    );
    expect(thrown(() => F.interpolate(image, [3]))).toBe(
      "ValueError: Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of [2, 2] and output size of [3]. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.",
    );
    expect(thrown(() => F.interpolate(image, [3, 2.5]))).toBe(
      "TypeError: expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with types [<class 'int'>, <class 'float'>]",
    );
    expect(thrown(() => F.interpolate(image, 3, { mode: "trilinear" }))).toBe(
      "NotImplementedError: Got 4D input, but trilinear mode needs 5D input",
    );
    expect(thrown(() => F.interpolate(f32([[1]]), 3))).toMatch(
      /^NotImplementedError: Input Error: Only 3D, 4D and 5D input Tensors supported \(got 2D\)/,
    );
    expect(thrown(() => F.interpolate(image[0], 3, { antialias: true }))).toMatch(
      /^ValueError: Anti-alias option is restricted/,
    );
    expect(thrown(() => F.interpolate(image, 3, { mode: "lanczos" }))).toBe(
      "ValueError: Lanczos mode requires antialias=True",
    );
  });
});

describe("affine_grid and grid_sample", () => {
  const theta = f32([
    [
      [1, 0, 0.5],
      [0, 1, 0],
    ],
  ]);
  const grid = F.affine_grid(theta, [1, 1, 2, 2], { align_corners: false });

  test("affine_grid", () => {
    expectClose(grid, [
      [
        [
          [0, -0.5],
          [1, -0.5],
        ],
        [
          [0, 0.5],
          [1, 0.5],
        ],
      ],
    ]);
    const cube = F.affine_grid(torch.eye(3, 4).view(1, 3, 4), [1, 1, 1, 2, 2], true);
    expectClose(cube.view(4, 3)[1], [1, -1, 0]);
  });

  test("grid_sample", () => {
    const sample = (keywords: object) => F.grid_sample(image, grid, { align_corners: false, ...keywords }).view(4);
    expectClose(sample({}), [0.5, 0.5, 2.5, 1.5]);
    expectClose(sample({ mode: "nearest" }), [0, 0, 2, 0]);
    expectClose(sample({ mode: "bicubic" }), [0.59375, 0.59375, 2.96875, 1.59375]);
    expectClose(sample({ padding_mode: "border", align_corners: true }), [1, 1.5, 2, 2.5]);
  });

  test("errors", () => {
    // @ts-expect-error: no such mode
    expect(thrown(() => F.grid_sample(image, grid, "cubic"))).toBe(
      "ValueError: nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: 'cubic'",
    );
    // @ts-expect-error: no such mode
    expect(thrown(() => F.grid_sample(image, grid, { padding_mode: "wrap" }))).toBe(
      "ValueError: nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: 'wrap'",
    );
    expect(thrown(() => F.affine_grid(theta, [1, 1, 2]))).toBe(
      "NotImplementedError: affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size [1, 1, 2].",
    );
    expect(thrown(() => F.affine_grid(theta, [1, 1, 2, 2, 2]))).toBe(
      "ValueError: Expected a batch of 3D affine matrices of shape Nx3x4 for size [1, 1, 2, 2, 2]. Got torch.Size([1, 2, 3]).",
    );
    expect(thrown(() => F.affine_grid(theta.int(), [1, 1, 2, 2]))).toBe(
      "ValueError: Expected theta to have floating point type, but got torch.int32",
    );
    expect(thrown(() => F.affine_grid(theta, [1, 1, 0, 2]))).toBe(
      "ValueError: Expected non-zero, positive output size. Got [1, 1, 0, 2]",
    );
  });
});

test("pixel_shuffle", () => {
  expectClose(F.pixel_shuffle(iota(1, 4, 1, 1), 2), [
    [
      [
        [0, 1],
        [2, 3],
      ],
    ],
  ]);
});
