import * as torch from "tstorch";
import * as transforms from "tstorch/vision/transforms";
import * as F from "tstorch/vision/transforms/functional";
import { describe, expect, test } from "vitest";

// Values are those of torch's own functions in torchvision's order of computation.

const image = () =>
  torch
    .arange(3 * 6 * 8)
    .reshape(3, 6, 8)
    .to(torch.uint8);

describe("conversions", () => {
  test("ToTensor divides uint8 by 255 and takes arrays (H, W, C)", () => {
    const x = transforms.ToTensor()(image());
    expect(x.dtype).toBe(torch.float32);
    expect(x.max().item()).toBeCloseTo(143 / 255, 6);
    const array = { data: new Uint8Array([0, 51, 102, 255, 0, 0]), shape: [1, 2, 3], stride: [6, 3, 1], offset: 0 };
    expect(transforms.ToTensor()(array).mul(5).round().tolist()).toEqual([[[0, 5]], [[1, 0]], [[2, 0]]]);
    expect(transforms.ToImage()(array).tolist()).toEqual([[[0, 255]], [[51, 0]], [[102, 0]]]);
  });

  test("ToDtype scales from one range to the other", () => {
    const scaled = (values: number[], from: torch.dtype, to: torch.dtype) =>
      transforms
        .ToDtype(to, { scale: true })(torch.tensor(values, { dtype: from }))
        .tolist();
    expect(scaled([0, 0.5, 1], torch.float32, torch.uint8)).toEqual([0, 127, 255]);
    expect(scaled([0, 255], torch.uint8, torch.float32)).toEqual([0, 1]);
    expect(scaled([255], torch.uint8, torch.int16)).toEqual([255 << 7]);
    expect(scaled([32767], torch.int16, torch.uint8)).toEqual([255]);
    expect(transforms.ToDtype(torch.float64)(image()).max().item()).toBe(143);
    expect(() => scaled([1], torch.float32, torch.int64)).toThrow(
      "The conversion from torch.float32 to torch.int64 cannot be performed safely.",
    );
  });

  test("Normalize", () => {
    const x = torch.ones([3, 2, 2]);
    expect(transforms.Normalize([1, 0.5, 0], [1, 0.5, 2])(x).select(2, 0).select(1, 0).tolist()).toEqual([0, 1, 0.5]);
    expect(() => transforms.Normalize([0], [1])(image())).toThrow(
      "Input tensor should be a float tensor. Got torch.uint8.",
    );
    expect(() => transforms.Normalize([0], [0])(x)).toThrow("leading to division by zero");
    expect(String(transforms.Normalize([0.5], [0.25]))).toBe("Normalize(mean=[0.5], std=[0.25], inplace=False)");
  });

  test("Grayscale", () => {
    const gray = transforms.Grayscale()(image());
    expect(gray.shape).toEqual([1, 6, 8]);
    expect(gray[0][0].tolist()).toEqual([39, 40, 41, 42, 43, 44, 45, 46]);
    expect(transforms.Grayscale({ num_output_channels: 3 })(image()).shape).toEqual([3, 6, 8]);
  });
});

describe("Resize", () => {
  test("bilinear and bicubic with antialias, and nearest", () => {
    const first = (mode: transforms.InterpolationMode) =>
      transforms.Resize([3, 4], { interpolation: mode })(image())[0].tolist();
    expect(first("bilinear")).toEqual([
      [6, 8, 10, 12],
      [21, 22, 24, 26],
      [35, 37, 39, 41],
    ]);
    expect(first("bicubic")).toEqual([
      [5, 7, 9, 11],
      [21, 22, 25, 26],
      [36, 38, 40, 42],
    ]);
    expect(first("nearest")).toEqual([
      [0, 2, 4, 6],
      [16, 18, 20, 22],
      [32, 34, 36, 38],
    ]);
  });

  test("one number is the shorter edge's, max_size limits the longer", () => {
    expect(transforms.Resize(3)(image()).shape).toEqual([3, 3, 4]);
    expect(transforms.Resize(12, { max_size: 14 })(image()).shape).toEqual([3, 10, 14]);
    expect(transforms.Resize(null, { max_size: 4 })(image()).shape).toEqual([3, 3, 4]);
    expect(transforms.Resize(3)(torch.zeros([2, 5, 3, 8, 6])).shape).toEqual([2, 5, 3, 4, 3]);
    expect(() => transforms.Resize(8, { max_size: 8 })(image())).toThrow("must be strictly greater");
    expect(String(transforms.Resize(3))).toBe(
      "Resize(size=[3], interpolation=InterpolationMode.BILINEAR, antialias=True)",
    );
  });
});

describe("crops, flips and borders", () => {
  test("CenterCrop rounds half to even, and adds a border to a smaller image", () => {
    expect(transforms.CenterCrop([3, 5])(image())[0].select(1, 0).tolist()).toEqual([18, 26, 34]);
    const larger = transforms.CenterCrop(9)(image());
    expect(larger.shape).toEqual([3, 9, 9]);
    expect(larger[0][1].tolist()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0]);
  });

  test("crop fills with zeros what lies outside", () => {
    expect(F.crop(image(), -1, 6, 2, 4)[0].tolist()).toEqual([
      [0, 0, 0, 0],
      [6, 7, 0, 0],
    ]);
  });

  test("RandomCrop draws the top, then the left", () => {
    torch.manual_seed(0);
    expect(transforms.RandomCrop([4, 5])(image())[0][0][0].item()).toBe(2 * 8 + 3);
    torch.manual_seed(1);
    const padded = transforms.RandomCrop([4, 5], { padding: 2, fill: 9 })(image())[0];
    expect(padded.select(1, 0).tolist()).toEqual([9, 9, 1, 9]);
    expect(() => transforms.RandomCrop(7)(image())).toThrow(
      "Required crop size (7, 7) is larger than input image size (6, 8).",
    );
    expect(transforms.RandomCrop(9, { pad_if_needed: true })(image()).shape).toEqual([3, 9, 9]);
  });

  test("RandomResizedCrop draws the area, the aspect, the top and the left", () => {
    torch.manual_seed(0); // (1, 0) of 5 by 5
    expect(transforms.RandomResizedCrop(3)(image()).tolist()).toEqual([
      [
        [12, 13, 15],
        [24, 26, 28],
        [37, 39, 40],
      ],
      [
        [60, 61, 63],
        [72, 74, 76],
        [85, 87, 88],
      ],
      [
        [108, 109, 111],
        [120, 122, 124],
        [133, 135, 136],
      ],
    ]);
    // None of ten tries fits: the middle.
    const middle = transforms.RandomResizedCrop([2, 2], { scale: [5, 6], ratio: [1, 1] })(image());
    expect(middle.shape).toEqual([3, 2, 2]);
  });

  test("flips draw one number each", () => {
    torch.manual_seed(0);
    const flip = transforms.RandomHorizontalFlip();
    const flipped = Array.from({ length: 6 }, () => flip(image())[0][0][0].item() === 7);
    expect(flipped).toEqual([true, false, true, true, true, false]);
    expect(transforms.RandomVerticalFlip(1)(image())[0][0][0].item()).toBe(40);
    expect(String(flip)).toBe("RandomHorizontalFlip(p=0.5)");
    expect(() => transforms.RandomVerticalFlip(2)).toThrow("in the interval [0.0, 1.0]");
  });

  test.each([
    ["constant", [7, 7, 0, 1, 2, 7]],
    ["edge", [0, 0, 0, 1, 2, 2]],
    ["reflect", [2, 1, 0, 1, 2, 1]],
    ["symmetric", [1, 0, 0, 1, 2, 2]],
  ] as const)("Pad: %s", (padding_mode, row) => {
    const x = torch.tensor([[[0, 1, 2]]], { dtype: torch.uint8 });
    const padded = transforms.Pad([2, 0, 1, 0], { fill: 7, padding_mode })(x);
    expect(padded.dtype).toBe(torch.uint8);
    expect(padded.tolist()).toEqual([[row]]);
  });

  test("Pad fills each channel with its own color", () => {
    const padded = transforms.Pad(1, [1, 2, 3])(torch.zeros([3, 1, 1], { dtype: torch.uint8 }));
    expect(padded.select(1, 0).select(1, 0).tolist()).toEqual([1, 2, 3]);
    expect(padded.select(1, 1).select(1, 1).tolist()).toEqual([0, 0, 0]);
  });
});

test("Compose and Lambda", () => {
  const pipeline = transforms.Compose([
    transforms.CenterCrop(2),
    transforms.ToTensor(),
    transforms.Lambda((x: torch.Tensor) => x.mul(255)),
    (x: torch.Tensor) => x.round().to(torch.uint8),
  ]);
  expect(pipeline(image())[0].tolist()).toEqual([
    [19, 20],
    [27, 28],
  ]);
  expect(() => transforms.Compose([])).toThrow("Pass at least one transform");
});
