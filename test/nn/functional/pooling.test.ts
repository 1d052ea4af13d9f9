import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectClose, iota, thrown } from "./helpers/values.js";

const line = iota(1, 1, 10);
const image = iota(1, 1, 4, 4);
const volume = iota(1, 2, 2, 4);

describe("max_pool", () => {
  test("1d, 2d and 3d", () => {
    expectClose(F.max_pool1d(line, 3), [[[2, 5, 8]]]);
    expectClose(F.max_pool2d(image, 2), [
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    expectClose(F.max_pool3d(volume, 2), [[[[13, 15]]]]);
    expectClose(F.max_pool2d(image, [1, 4]), [[[[3], [7], [11], [15]]]]);
    expectClose(F.max_pool2d(image, 3, 2, { ceil_mode: true }), [
      [
        [
          [10, 11],
          [14, 15],
        ],
      ],
    ]);
    expectClose(F.max_pool2d(image, 2, { stride: 1, dilation: 2 }), [
      [
        [
          [10, 11],
          [14, 15],
        ],
      ],
    ]);
  });

  test("return_indices, by keyword and by position", () => {
    const pooled = F.max_pool1d(line, 3, { stride: 2, return_indices: true });
    expectTypeOf(pooled).toEqualTypeOf<[output: torch.Tensor, indices: torch.Tensor]>();
    expectClose(pooled[0], [[[2, 4, 6, 8]]]);
    expect(pooled[1].tolist()).toEqual([[[2, 4, 6, 8]]]);
    const [, indices] = F.max_pool2d(image, 3, 1, 1, 1, false, true);
    expect(indices.view(16).tolist()).toEqual([5, 6, 7, 7, 9, 10, 11, 11, 13, 14, 15, 15, 13, 14, 15, 15]);
    expectTypeOf(F.max_pool2d(image, 2, { return_indices: false })).toEqualTypeOf<torch.Tensor>();
    expect(F.max_pool3d_with_indices(volume, 2)).toHaveLength(2);
  });

  test("errors name the function that Python calls", () => {
    // @ts-expect-error: kernel_size is missing
    expect(thrown(() => F.max_pool2d(image))).toBe(
      "TypeError: _max_pool2d() missing 1 required positional argument: 'kernel_size'",
    );
    // @ts-expect-error: no such parameter
    expect(thrown(() => F.max_pool2d(image, 2, { return_indices: true, nonsense: 1 }))).toBe(
      "TypeError: max_pool2d_with_indices() got an unexpected keyword argument 'nonsense'",
    );
  });
});

describe("max_unpool", () => {
  test("puts the maxima back", () => {
    const [output, indices] = F.max_pool2d(image, 2, { return_indices: true });
    expectClose(F.max_unpool2d(output, indices, 2), [
      [
        [
          [0, 0, 0, 0],
          [0, 5, 0, 7],
          [0, 0, 0, 0],
          [0, 13, 0, 15],
        ],
      ],
    ]);
    expect([...F.max_unpool2d(output, indices, 2, { output_size: [5, 5] }).shape]).toEqual([1, 1, 5, 5]);
    expect([...F.max_unpool2d(output, indices, 2, { output_size: [1, 1, 5, 5] }).shape]).toEqual([1, 1, 5, 5]);
  });

  test("1d and 3d", () => {
    const [output, indices] = F.max_pool1d(line, 3, { return_indices: true });
    expectClose(F.max_unpool1d(output, indices, 3), [[[0, 0, 2, 0, 0, 5, 0, 0, 8]]]);
    expectClose(F.max_unpool1d(output, indices, 3, { output_size: [10] }), [[[0, 0, 2, 0, 0, 5, 0, 0, 8, 0]]]);
    const [output3, indices3] = F.max_pool3d(volume, 2, { return_indices: true });
    expect(F.max_unpool3d(output3, indices3, 2).sum().item()).toBe(28);
  });

  test("errors", () => {
    const [output, indices] = F.max_pool2d(image, 2, { return_indices: true });
    expect(thrown(() => F.max_unpool2d(output, indices, 2, { output_size: [9, 9] }))).toBe(
      'ValueError: invalid output_size "[9, 9]" (dim 0 must be between 2 and 6)',
    );
    expect(thrown(() => F.max_unpool2d(output, indices, 2, { output_size: [9] }))).toBe(
      "ValueError: output_size should be a sequence containing 2 or 4 elements, but it has a length of '1'",
    );
    expect(thrown(() => F.max_unpool2d(output, indices, 2, 2, 4))).toBe(
      "ValueError: max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[0]=-4",
    );
  });
});

describe("fractional_max_pool", () => {
  test("output_size or output_ratio", () => {
    torch.manual_seed(0);
    expectClose(F.fractional_max_pool2d(image, 2, { output_size: 2 }), [
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    torch.manual_seed(0);
    const [output, indices] = F.fractional_max_pool2d(image, 2, { output_ratio: [0.5, 0.75], return_indices: true });
    expectClose(output, [
      [
        [
          [5, 6, 7],
          [13, 14, 15],
        ],
      ],
    ]);
    expect(indices.tolist()).toEqual([
      [
        [
          [5, 6, 7],
          [13, 14, 15],
        ],
      ],
    ]);
    torch.manual_seed(0);
    expectClose(F.fractional_max_pool3d(iota(1, 4, 4, 4), 2, 2).view(8), [21, 23, 29, 31, 53, 55, 61, 63]);
  });

  test("needs one of them", () => {
    expect(thrown(() => F.fractional_max_pool2d(image, 2))).toBe(
      "ValueError: fractional_max_pool2d requires specifying either an output_size or an output_ratio",
    );
  });
});

describe("lp_pool", () => {
  test("1d, 2d and 3d", () => {
    expectClose(F.lp_pool1d(line, 2, 2), [[[1, 3.605551, 6.403124, 9.219544, 12.041595]]]);
    expectClose(F.lp_pool2d(image, 2, 2), [
      [
        [
          [6.480741, 9.899495],
          [21.400934, 25.337719],
        ],
      ],
    ]);
    expectClose(F.lp_pool3d(iota(1, 2, 2, 2), 1, 2), [[[[28]]]]);
  });

  test("infinite norms are maxima", () => {
    expectClose(F.lp_pool2d(image, Infinity, 2), [
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    expectClose(F.lp_pool2d(image, -Infinity, { kernel_size: 2 }), [
      [
        [
          [0, 2],
          [8, 10],
        ],
      ],
    ]);
  });

  test("a norm of 0 is none", () => {
    expect(thrown(() => F.lp_pool1d(line, 0, 2))).toBe("ValueError: norm_type must be a non-zero value, but got 0");
  });
});

describe("adaptive pooling", () => {
  test("averages", () => {
    expectClose(F.adaptive_avg_pool2d(image, 1), [[[[7.5]]]]);
    expectClose(F.adaptive_avg_pool2d(image, [null, 2]).view(8), [0.5, 2.5, 4.5, 6.5, 8.5, 10.5, 12.5, 14.5]);
    expectClose(F.adaptive_avg_pool3d(volume, { output_size: [1, null, 2] }), [
      [
        [
          [4.5, 6.5],
          [8.5, 10.5],
        ],
      ],
    ]);
  });

  test("maxima", () => {
    expectClose(F.adaptive_max_pool1d(line, 3), [[[3, 6, 9]]]);
    expect(F.adaptive_max_pool2d(image, [2, null], true)[1].tolist()).toEqual([
      [
        [
          [4, 5, 6, 7],
          [12, 13, 14, 15],
        ],
      ],
    ]);
    const [output, indices] = F.adaptive_max_pool3d(volume, 1, { return_indices: true });
    expect([output.item(), indices.item()]).toEqual([15, 15]);
  });

  test("too few dimensions", () => {
    expect(thrown(() => F.adaptive_avg_pool2d(iota(2, 2), [1, 1]))).toBe(
      "ValueError: Input dimension should be at least 3",
    );
  });
});
