// torchvision/transforms/v2: transforms as modules; random ones draw from torch's default generator, as Python's do

import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import type { dtype } from "../../dtype.js";
import { float32, int64 } from "../../dtype.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { module } from "../../nn/modules/module/keywords.js";
import { Module } from "../../nn/modules/module.js";
import { round } from "../../python/numbers.js";
import { repr, str } from "../../python/repr.js";
import type { NdArray } from "../../tensor_new.js";
import { tensor } from "../../tensor_new.js";
import type { ImageSize, InterpolationMode, PaddingMode } from "./functional.js";
import * as F from "./functional.js";

const INPUT = ["input"] as const;

// Compose, Lambda, ToTensor and ToImage have no keywords for their input, which may be a plain object itself.

/** What a pipeline is made of: modules and functions of one value. */
// biome-ignore lint/suspicious/noExplicitAny: values of any type
export type Transform = (input: any) => any;

class Compose extends Module {
  readonly transforms: readonly Transform[];

  constructor(transforms: readonly Transform[]) {
    super();
    if (!Array.isArray(transforms)) throw new TypeError("Argument transforms should be a sequence of callables");
    if (transforms.length < 1) throw new ValueError("Pass at least one transform");
    this.transforms = transforms;
  }

  // biome-ignore lint/suspicious/noExplicitAny: values of any type
  override forward(input: any): any {
    return this.transforms.reduce((value, transform) => transform(value), input);
  }

  override extra_repr(): string {
    return this.transforms.map((transform) => `    ${str(transform)}`).join("\n");
  }
}

/**
 * Transforms one after the other; each is a module or a function.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Compose.html}
 */
const ComposeClass = keywordClass<Compose>("Compose")(Compose, ["transforms"]);
type ComposeClass = Compose;

class Lambda extends Module {
  readonly lambd: Transform;

  constructor(lambd: Transform) {
    super();
    this.lambd = lambd;
  }

  // biome-ignore lint/suspicious/noExplicitAny: values of any type
  override forward(input: any): any {
    return this.lambd(input);
  }
}

/**
 * A function of the user's as a transform.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Lambda.html}
 */
const LambdaClass = keywordClass<Lambda>("Lambda")(Lambda, ["lambd"]);
type LambdaClass = Lambda;

class ToTensor extends Module {
  override forward(input: Tensor | NdArray): Tensor {
    return F.to_tensor(input);
  }
}

/**
 * A float tensor (C, H, W) in [0, 1] of a uint8 image; see {@link F.to_tensor}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToTensor.html}
 */
const ToTensorClass = keywordClass<ToTensor>("ToTensor")(ToTensor, []);
type ToTensorClass = ToTensor;

class ToImage extends Module {
  override forward(input: Tensor | NdArray): Tensor {
    return F.to_image(input);
  }
}

/**
 * A tensor (C, H, W) of an array (H, W, C), of the same dtype and values.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToImage.html}
 */
const ToImageClass = keywordClass<ToImage>("ToImage")(ToImage, []);
type ToImageClass = ToImage;

class ToDtype extends Module {
  readonly dtype: dtype;
  readonly scale: boolean;

  constructor(dtype: dtype, scale = false) {
    super();
    this.dtype = dtype;
    this.scale = scale;
  }

  override forward(input: Tensor): Tensor {
    return F.to_dtype(input, this.dtype, this.scale);
  }

  override extra_repr(): string {
    return `scale=${repr(this.scale)}`;
  }
}

/**
 * Converts to a dtype, with `scale` from the range of the one to the range of the other; see {@link F.to_dtype}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToDtype.html}
 */
const ToDtypeClass = module(ToDtype, ["dtype", "scale"], INPUT);
type ToDtypeClass = InstanceType<typeof ToDtypeClass>;

class Normalize extends Module {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly inplace: boolean;

  constructor(mean: readonly number[], std: readonly number[], inplace = false) {
    super();
    this.mean = mean;
    this.std = std;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.normalize(input, this.mean, this.std, this.inplace);
  }

  override extra_repr(): string {
    return `mean=${repr(this.mean)}, std=${repr(this.std)}, inplace=${repr(this.inplace)}`;
  }
}

/**
 * `(image - mean) / std` for each channel; see {@link F.normalize}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Normalize.html}
 */
const NormalizeClass = module(Normalize, ["mean", "std", "inplace"], INPUT);
type NormalizeClass = InstanceType<typeof NormalizeClass>;

class Resize extends Module {
  readonly size: ImageSize | null;
  readonly interpolation: InterpolationMode;
  readonly max_size: number | null;
  readonly antialias: boolean;

  constructor(
    size: ImageSize | null,
    interpolation: InterpolationMode = "bilinear",
    max_size: number | null = null,
    antialias = true,
  ) {
    super();
    this.size = size;
    this.interpolation = interpolation;
    this.max_size = max_size;
    this.antialias = antialias;
  }

  override forward(input: Tensor): Tensor {
    return F.resize(input, this.size, this.interpolation, this.max_size, this.antialias);
  }

  override extra_repr(): string {
    const size = typeof this.size === "number" ? [this.size] : this.size;
    return `size=${repr(size)}, interpolation=InterpolationMode.${modeName(this.interpolation)}, antialias=${repr(this.antialias)}`;
  }
}

const modeName = (mode: InterpolationMode) => mode.toUpperCase().replace("-", "_");

/**
 * Scales to a size; one number is the length of the shorter edge. See {@link F.resize}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Resize.html}
 */
const ResizeClass = module(Resize, ["size", "interpolation", "max_size", "antialias"], INPUT);
type ResizeClass = InstanceType<typeof ResizeClass>;

class CenterCrop extends Module {
  readonly size: readonly [number, number];

  constructor(size: ImageSize) {
    super();
    this.size = F.setupSize(size);
  }

  override forward(input: Tensor): Tensor {
    return F.center_crop(input, this.size);
  }

  override extra_repr(): string {
    return `size=(${this.size.join(", ")})`;
  }
}

/**
 * The middle of an image; see {@link F.center_crop}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.CenterCrop.html}
 */
const CenterCropClass = module(CenterCrop, ["size"], INPUT);
type CenterCropClass = InstanceType<typeof CenterCropClass>;

const randint = (high: number): number => torch.randint(0, high, [], { dtype: int64 }).item();

class RandomCrop extends Module {
  readonly size: readonly [number, number];
  readonly padding: ImageSize | null;
  readonly pad_if_needed: boolean;
  readonly fill: number | readonly number[];
  readonly padding_mode: PaddingMode;

  constructor(
    size: ImageSize,
    padding: ImageSize | null = null,
    pad_if_needed = false,
    fill: number | readonly number[] = 0,
    padding_mode: PaddingMode = "constant",
  ) {
    super();
    this.size = F.setupSize(size);
    this.padding = padding;
    this.pad_if_needed = pad_if_needed;
    this.fill = fill;
    this.padding_mode = padding_mode;
  }

  override forward(input: Tensor): Tensor {
    const [height, width] = this.size;
    let [left, top, right, bottom] = this.padding === null ? [0, 0, 0, 0] : F.parsePadding(this.padding);
    const [h, w] = F.get_size(input);
    if (this.pad_if_needed) {
      const lower = Math.max(height - (h + top + bottom), 0);
      const narrower = Math.max(width - (w + left + right), 0);
      [left, top, right, bottom] = [left + narrower, top + lower, right + narrower, bottom + lower];
    }
    const [paddedHeight, paddedWidth] = [h + top + bottom, w + left + right];
    if (paddedHeight < height || paddedWidth < width) {
      throw new ValueError(
        `Required crop size ${`(${height}, ${width})`} is larger than ${this.padding !== null ? "padded " : ""}input image size ${`(${paddedHeight}, ${paddedWidth})`}.`,
      );
    }
    const y = paddedHeight > height ? randint(paddedHeight - height + 1) : 0;
    const x = paddedWidth > width ? randint(paddedWidth - width + 1) : 0;
    const isPadded = left + top + right + bottom > 0;
    const image = isPadded ? F.pad(input, [left, top, right, bottom], this.fill, this.padding_mode) : input;
    return F.crop(image, y, x, height, width);
  }
}

/**
 * A part of this size from a random place, after adding a border of `padding`.
 *
 * Throws ValueError for an image that is smaller, unless `pad_if_needed`.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomCrop.html}
 */
const RandomCropClass = module(RandomCrop, ["size", "padding", "pad_if_needed", "fill", "padding_mode"], INPUT);
type RandomCropClass = InstanceType<typeof RandomCropClass>;

const uniform = (low: number, high: number): Tensor => torch.empty([1], { dtype: float32 }).uniform_(low, high);

class RandomResizedCrop extends Module {
  readonly size: readonly [number, number];
  readonly scale: readonly number[];
  readonly ratio: readonly number[];
  readonly interpolation: InterpolationMode;
  readonly antialias: boolean;

  constructor(
    size: ImageSize,
    scale: readonly number[] = [0.08, 1.0],
    ratio: readonly number[] = [3 / 4, 4 / 3],
    interpolation: InterpolationMode = "bilinear",
    antialias = true,
  ) {
    super();
    this.size = F.setupSize(size);
    this.scale = scale;
    this.ratio = ratio;
    this.interpolation = interpolation;
    this.antialias = antialias;
  }

  override forward(input: Tensor): Tensor {
    const [top, left, height, width] = this.#draw(F.get_size(input));
    const { interpolation, antialias } = this;
    return F.resized_crop(input, top, left, height, width, this.size, { interpolation, antialias });
  }

  /** A random place and size in the image; the middle after ten that do not fit. */
  #draw([height, width]: [number, number]): [top: number, left: number, height: number, width: number] {
    const area = height * width;
    const [low, high] = torch.log(tensor(this.ratio as number[], { dtype: float32 })).tolist();
    for (let i = 0; i < 10; i++) {
      const target_area = area * uniform(this.scale[0], this.scale[1]).item();
      const aspect_ratio = torch.exp(uniform(low, high)).item();
      const w = round(Math.sqrt(target_area * aspect_ratio));
      const h = round(Math.sqrt(target_area / aspect_ratio));
      if (0 < w && w <= width && 0 < h && h <= height) return [randint(height - h + 1), randint(width - w + 1), h, w];
    }
    const in_ratio = width / height;
    const [least, most] = [Math.min(...this.ratio), Math.max(...this.ratio)];
    let [h, w] = [height, width];
    if (in_ratio < least) h = round(w / least);
    else if (in_ratio > most) w = round(h * most);
    return [Math.floor((height - h) / 2), Math.floor((width - w) / 2), h, w];
  }
}

/**
 * A part with a random share of the area (`scale`) and a random aspect (`ratio`), scaled to this size.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomResizedCrop.html}
 */
const RandomResizedCropClass = module(
  RandomResizedCrop,
  ["size", "scale", "ratio", "interpolation", "antialias"],
  INPUT,
);
type RandomResizedCropClass = InstanceType<typeof RandomResizedCropClass>;

class RandomApplied extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ValueError("`p` should be a floating point value in the interval [0.0, 1.0].");
    this.p = p;
  }

  /** @internal Whether this time the image is to be changed. */
  _isChosen(): boolean {
    return torch.rand([1]).item() < this.p;
  }

  override extra_repr(): string {
    return `p=${Number.isInteger(this.p) ? this.p.toFixed(1) : this.p}`;
  }
}

class RandomHorizontalFlip extends RandomApplied {
  override forward(input: Tensor): Tensor {
    return this._isChosen() ? F.horizontal_flip(input) : input;
  }
}

/**
 * Exchanges left and right with the probability `p`.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomHorizontalFlip.html}
 */
const RandomHorizontalFlipClass = module(RandomHorizontalFlip, ["p"], INPUT, { owner: RandomApplied });
type RandomHorizontalFlipClass = InstanceType<typeof RandomHorizontalFlipClass>;

class RandomVerticalFlip extends RandomApplied {
  override forward(input: Tensor): Tensor {
    return this._isChosen() ? F.vertical_flip(input) : input;
  }
}

/**
 * Exchanges top and bottom with the probability `p`.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomVerticalFlip.html}
 */
const RandomVerticalFlipClass = module(RandomVerticalFlip, ["p"], INPUT, { owner: RandomApplied });
type RandomVerticalFlipClass = InstanceType<typeof RandomVerticalFlipClass>;

class Pad extends Module {
  readonly padding: ImageSize;
  readonly fill: number | readonly number[];
  readonly padding_mode: PaddingMode;

  constructor(padding: ImageSize, fill: number | readonly number[] = 0, padding_mode: PaddingMode = "constant") {
    super();
    F.parsePadding(padding);
    this.padding = padding;
    this.fill = fill;
    this.padding_mode = padding_mode;
  }

  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, this.fill, this.padding_mode);
  }

  override extra_repr(): string {
    return `padding=${repr(this.padding)}, fill=${repr(this.fill)}, padding_mode=${this.padding_mode}`;
  }
}

/**
 * Adds a border; see {@link F.pad}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Pad.html}
 */
const PadClass = module(Pad, ["padding", "fill", "padding_mode"], INPUT);
type PadClass = InstanceType<typeof PadClass>;

class Grayscale extends Module {
  readonly num_output_channels: number;

  constructor(num_output_channels = 1) {
    super();
    this.num_output_channels = num_output_channels;
  }

  override forward(input: Tensor): Tensor {
    return F.rgb_to_grayscale(input, this.num_output_channels);
  }

  override extra_repr(): string {
    return `num_output_channels=${this.num_output_channels}`;
  }
}

/**
 * The brightness of the colors; see {@link F.rgb_to_grayscale}.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Grayscale.html}
 */
const GrayscaleClass = module(Grayscale, ["num_output_channels"], INPUT);
type GrayscaleClass = InstanceType<typeof GrayscaleClass>;

export {
  CenterCropClass as CenterCrop,
  ComposeClass as Compose,
  GrayscaleClass as Grayscale,
  LambdaClass as Lambda,
  NormalizeClass as Normalize,
  PadClass as Pad,
  RandomCropClass as RandomCrop,
  RandomHorizontalFlipClass as RandomHorizontalFlip,
  RandomResizedCropClass as RandomResizedCrop,
  RandomVerticalFlipClass as RandomVerticalFlip,
  ResizeClass as Resize,
  ToDtypeClass as ToDtype,
  ToImageClass as ToImage,
  ToTensorClass as ToTensor,
};
