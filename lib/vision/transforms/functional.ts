// torchvision/transforms/v2/functional: transforms of images, which are tensors of (..., C, H, W)

import { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import type { dtype } from "../../dtype.js";
import * as dtypes from "../../dtype.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { pad as padTensor } from "../../nn/functional/padding.js";
import { interpolate } from "../../nn/functional/vision.js";
import { round } from "../../python/numbers.js";
import { repr } from "../../python/repr.js";
import { from_numpy, get_default_dtype, type NdArray, tensor } from "../../tensor_new.js";

/** How `resize()` finds the values between the pixels. */
export const InterpolationMode = {
  NEAREST: "nearest",
  NEAREST_EXACT: "nearest-exact",
  BILINEAR: "bilinear",
  BICUBIC: "bicubic",
} as const;
export type InterpolationMode = (typeof InterpolationMode)[keyof typeof InterpolationMode];

/** What `pad()` fills the border with. */
export type PaddingMode = "constant" | "edge" | "reflect" | "symmetric";

/** A size: one number, or a height and a width. */
export type ImageSize = number | readonly number[];

/** The height and the width of an image. */
export function get_size(inpt: Tensor): [height: number, width: number] {
  return [inpt.size(-2), inpt.size(-1)];
}

/** A height and a width of a number, which stands for both, or of a list of one or two. Throws ValueError. */
export function setupSize(size: ImageSize): [height: number, width: number] {
  if (typeof size === "number") return [size, size];
  if (size.length === 0 || size.length > 2) throw new ValueError("Please provide only two dimensions (h, w) for size.");
  return [size[0], size[size.length - 1]];
}

/** Padding on the left, the top, the right and the bottom, of one, two or four numbers. Throws ValueError. */
export function parsePadding(padding: ImageSize): [left: number, top: number, right: number, bottom: number] {
  const given = typeof padding === "number" ? [padding] : padding;
  if (given.length === 1) return [given[0], given[0], given[0], given[0]];
  if (given.length === 2) return [given[0], given[1], given[0], given[1]];
  if (given.length === 4) return [given[0], given[1], given[2], given[3]];
  throw new ValueError(`Padding must be an int or a 1, 2, or 4 element tuple, not a ${given.length} element tuple`);
}

/**
 * A tensor (C, H, W) of an array (H, W, C) or (H, W), sharing its memory; a tensor is returned as it is.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.to_image.html}
 */
export const to_image = def(
  "to_image",
  ["inpt"],
  (inpt: Tensor | NdArray): Tensor => {
    if (inpt instanceof Tensor) return inpt;
    const image = from_numpy(inpt);
    if (image.dim() !== 2 && image.dim() !== 3) {
      throw new ValueError(`pic should be 2/3 dimensional. Got ${image.dim()} dimensions.`);
    }
    return image.dim() === 2 ? image.unsqueeze(0) : image.permute(2, 0, 1);
  },
  { dict: 0 },
);

/**
 * A float tensor (C, H, W) of an array (H, W, C) or of a tensor (C, H, W): uint8 is divided by 255, others keep their values.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.functional.to_tensor.html}
 */
export const to_tensor = def(
  "to_tensor",
  ["inpt"],
  (inpt: Tensor | NdArray): Tensor => {
    const image = to_image(inpt).contiguous();
    return image.dtype === dtypes.uint8 ? image.to(get_default_dtype()).div(255) : image;
  },
  { dict: 0 },
);

const maxima = new Map<dtype, number>([
  [dtypes.uint8, 255],
  [dtypes.int8, 127],
  [dtypes.int16, 32767],
  [dtypes.uint16, 65535],
  [dtypes.int32, 2 ** 31 - 1],
  [dtypes.int64, 2 ** 63],
]);

const maxValue = (type: dtype) => maxima.get(type) ?? 1;

/**
 * Converts an image to a dtype; with `scale` the range goes along: [0, 1] for floats, [0, the greatest value] for integers.
 *
 * Throws RuntimeError where floats have too few digits for the integers.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.to_dtype.html}
 */
export const to_dtype = def(
  "to_dtype",
  ["inpt", "dtype", "scale"],
  (inpt: Tensor, dtype: dtype = dtypes.float32, scale = false): Tensor => {
    const from = inpt.dtype;
    if (from === dtype) return inpt;
    if (!scale || (from.is_floating_point && dtype.is_floating_point)) return inpt.to(dtype);
    if (from.is_floating_point) {
      const isUnsafe =
        (from === dtypes.float32 && (dtype === dtypes.int32 || dtype === dtypes.int64)) ||
        (from === dtypes.float64 && dtype === dtypes.int64);
      if (isUnsafe) throw new RuntimeError(`The conversion from ${from} to ${dtype} cannot be performed safely.`);
      return inpt.mul(maxValue(dtype) + 1 - 1e-3).to(dtype); // Each integer gets an interval of the same length.
    }
    if (dtype.is_floating_point) return inpt.to(dtype).mul_(1 / maxValue(from));
    const bits = (type: dtype) => Math.round(Math.log2(maxValue(type) + (type === dtypes.int64 ? 0 : 1)));
    const more = bits(dtype) - bits(from);
    return more < 0 ? inpt.bitwise_right_shift(-more).to(dtype) : inpt.to(dtype).bitwise_left_shift_(more);
  },
);

/**
 * `(image - mean) / std` for each channel.
 *
 * Throws TypeError for an image that is not of floats, ValueError for one without channels or a `std` of zero.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.normalize.html}
 */
export const normalize = def(
  "normalize",
  ["inpt", "mean", "std", "inplace"],
  (inpt: Tensor, mean: readonly number[], std: readonly number[], inplace = false): Tensor => {
    if (!inpt.is_floating_point()) throw new TypeError(`Input tensor should be a float tensor. Got ${inpt.dtype}.`);
    if (inpt.dim() < 3) {
      throw new ValueError(`Expected tensor to be a tensor image of size (..., C, H, W). Got ${inpt.shape}.`);
    }
    const { dtype, device } = inpt;
    const column = (values: readonly number[]) => {
      const list = tensor(values as number[], { dtype, device });
      return list.dim() === 1 ? list.view(-1, 1, 1) : list;
    };
    const divisor = column(std);
    if (divisor.eq(0).any().item()) {
      throw new ValueError(`std evaluated to zero after conversion to ${dtype}, leading to division by zero.`);
    }
    return (inplace ? inpt.sub_(column(mean)) : inpt.sub(column(mean))).div_(divisor);
  },
);

/** The height and the width after `resize()`: one number is the length of the shorter edge. */
function resizedSize([height, width]: number[], size: ImageSize | null, max_size: number | null): [number, number] {
  if (size !== null && typeof size !== "number" && size.length > 1) {
    if (max_size !== null) {
      throw new ValueError(
        "max_size should only be passed if size specifies the length of the smaller edge, i.e. size should be an int or a sequence of length 1 in torchscript mode.",
      );
    }
    return setupSize(size);
  }
  const [short, long] = width <= height ? [width, height] : [height, width];
  let newShort: number;
  let newLong: number;
  if (size === null) {
    if (max_size === null) throw new ValueError("max_size must be an integer when size is None.");
    [newShort, newLong] = [Math.trunc((max_size * short) / long), max_size];
  } else {
    const [edge] = setupSize(size);
    if (max_size !== null && max_size <= edge) {
      throw new ValueError(
        `max_size = ${max_size} must be strictly greater than the requested size for the smaller edge size = ${repr(size)}`,
      );
    }
    [newShort, newLong] = [edge, Math.trunc((edge * long) / short)];
    if (max_size !== null && newLong > max_size) {
      [newShort, newLong] = [Math.trunc((max_size * newShort) / newLong), max_size];
    }
  }
  return width <= height ? [newLong, newShort] : [newShort, newLong];
}

/**
 * Scales an image to a size: a height and a width, or one number, which the shorter edge will have.
 *
 * `max_size` limits the longer edge. Integers are calculated in float32 and rounded.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.resize.html}
 */
export const resize = def(
  "resize",
  ["inpt", "size", "interpolation", "max_size", "antialias"],
  (
    inpt: Tensor,
    size: ImageSize | null,
    interpolation: InterpolationMode = "bilinear",
    max_size: number | null = null,
    antialias = true,
  ): Tensor => {
    const [height, width] = get_size(inpt);
    const target = resizedSize([height, width], size, max_size);
    if (target[0] === height && target[1] === width) return inpt;
    const leading = inpt.shape.slice(0, -2);
    const isSmooth = interpolation === "bilinear" || interpolation === "bicubic";
    const { dtype } = inpt;
    const isCast = !dtype.is_floating_point && !(interpolation === "nearest" && dtype === dtypes.uint8);
    const batch = inpt.reshape(-1, inpt.dim() > 2 ? inpt.size(-3) : 1, height, width);
    let image = interpolate(isCast ? batch.to(dtypes.float32) : batch, {
      size: target,
      mode: interpolation,
      align_corners: isSmooth ? false : null,
      antialias: isSmooth && antialias,
    });
    if (isCast) {
      if (interpolation === "bicubic") image = image.clamp_(0, maxValue(dtype));
      image = image.round_().to(dtype);
    }
    return image.reshape([...leading, ...target]);
  },
);

/** The indices 0 to size - 1, mirrored with their edges until `before` and `after` more are there. */
function mirrored(size: number, before: number, after: number): number[] {
  return Array.from({ length: size + before + after }, (_, i) => {
    const position = (((i - before) % (2 * size)) + 2 * size) % (2 * size);
    return position < size ? position : 2 * size - 1 - position;
  });
}

/**
 * Adds a border: of `fill` ("constant"), of the edge's pixels ("edge"), or mirrored without ("reflect") or with the edge ("symmetric").
 *
 * `padding` is one number, [left and right, top and bottom] or [left, top, right, bottom]; `fill` a number or one for each channel.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.pad.html}
 */
export const pad = def(
  "pad",
  ["inpt", "padding", "fill", "padding_mode"],
  (
    inpt: Tensor,
    padding: ImageSize,
    fill: number | readonly number[] | null = null,
    padding_mode: PaddingMode = "constant",
  ): Tensor => {
    const [left, top, right, bottom] = parsePadding(padding);
    const [height, width] = get_size(inpt);
    if (padding_mode === "constant") {
      const border = [left, right, top, bottom];
      if (fill === null || typeof fill === "number") return padTensor(inpt, border, "constant", fill ?? 0);
      const image = padTensor(inpt, border, "constant", 0).contiguous();
      const inside = padTensor(torch.ones([height, width], { dtype: dtypes.bool }), border, "constant", 0);
      const color = tensor(fill as number[], { dtype: inpt.dtype, device: inpt.device }).view(-1, 1, 1);
      return torch.where(inside.to(inpt.device), image, color);
    }
    if (padding_mode === "symmetric") {
      const at = (indices: number[]) => tensor(indices, { dtype: dtypes.int64, device: inpt.device });
      return inpt
        .index_select(-2, at(mirrored(height, top, bottom)))
        .index_select(-1, at(mirrored(width, left, right)));
    }
    if (padding_mode !== "edge" && padding_mode !== "reflect") {
      throw new ValueError(
        `\`padding_mode\` should be either \`'constant'\`, \`'edge'\`, \`'reflect'\` or \`'symmetric'\`, got \`'${padding_mode}'\``,
      );
    }
    const mode = padding_mode === "edge" ? "replicate" : "reflect";
    const batch = inpt.reshape(-1, 1, height, width);
    const isCast = !inpt.dtype.is_floating_point;
    const padded = padTensor(isCast ? batch.to(dtypes.float32) : batch, [left, right, top, bottom], mode);
    return padded.to(inpt.dtype).reshape([...inpt.shape.slice(0, -2), height + top + bottom, width + left + right]);
  },
);

/**
 * The part of an image from (top, left) on; what lies outside of the image is zero.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.crop.html}
 */
export const crop = def(
  "crop",
  ["inpt", "top", "left", "height", "width"],
  (inpt: Tensor, top: number, left: number, height: number, width: number): Tensor => {
    const [h, w] = get_size(inpt);
    const [bottom, right] = [top + height, left + width];
    const startTop = Math.min(Math.max(top, 0), h);
    const startLeft = Math.min(Math.max(left, 0), w);
    const part = inpt
      .narrow(-2, startTop, Math.max(Math.min(bottom, h) - startTop, 0))
      .narrow(-1, startLeft, Math.max(Math.min(right, w) - startLeft, 0));
    if (top >= 0 && left >= 0 && bottom <= h && right <= w) return part;
    const missing = (outside: number, most: number) => Math.min(Math.max(outside, 0), most);
    return padTensor(part, [
      missing(-left, width),
      missing(right - w, width),
      missing(-top, height),
      missing(bottom - h, height),
    ]);
  },
);

/**
 * The middle of an image, with a border of zeros where the image is smaller.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.center_crop.html}
 */
export const center_crop = def(
  "center_crop",
  ["inpt", "output_size"],
  (inpt: Tensor, output_size: ImageSize): Tensor => {
    const [height, width] = setupSize(output_size);
    let image = inpt;
    const [h, w] = get_size(inpt);
    if (height > h || width > w) {
      const [more, wider] = [Math.max(height - h, 0), Math.max(width - w, 0)];
      const half = Math.floor;
      image = pad(inpt, [half(wider / 2), half(more / 2), half((wider + 1) / 2), half((more + 1) / 2)]);
    }
    const [paddedHeight, paddedWidth] = get_size(image);
    return crop(image, round((paddedHeight - height) / 2), round((paddedWidth - width) / 2), height, width);
  },
);

/**
 * `crop()` and then `resize()`.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.resized_crop.html}
 */
export const resized_crop = def(
  "resized_crop",
  ["inpt", "top", "left", "height", "width", "size", "interpolation", "antialias"],
  (
    inpt: Tensor,
    top: number,
    left: number,
    height: number,
    width: number,
    size: ImageSize,
    interpolation: InterpolationMode = "bilinear",
    antialias = true,
  ): Tensor => resize(crop(inpt, top, left, height, width), size, { interpolation, antialias }),
);

/** The image with left and right exchanged. */
export const horizontal_flip = def("horizontal_flip", ["inpt"], (inpt: Tensor): Tensor => inpt.flip(-1));

/** The image with top and bottom exchanged. */
export const vertical_flip = def("vertical_flip", ["inpt"], (inpt: Tensor): Tensor => inpt.flip(-2));

export { horizontal_flip as hflip, vertical_flip as vflip };

/**
 * The brightness, `0.2989 R + 0.587 G + 0.114 B`, in one channel or the same in three; a gray image keeps its values.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.rgb_to_grayscale.html}
 */
export const rgb_to_grayscale = def(
  "rgb_to_grayscale",
  ["inpt", "num_output_channels"],
  (inpt: Tensor, num_output_channels = 1): Tensor => {
    if (num_output_channels !== 1 && num_output_channels !== 3) {
      throw new ValueError(`num_output_channels must be 1 or 3, got ${num_output_channels}.`);
    }
    const channels = inpt.size(-3);
    if (channels !== 1 && channels !== 3) {
      throw new TypeError(`Input image tensor permitted channel values are 1 or 3, but found ${channels}`);
    }
    let gray = inpt;
    if (channels === 3) {
      const [r, g, b] = inpt.unbind(-3);
      const sum = r.mul(0.2989).add_(g, { alpha: 0.587 }).add_(b, { alpha: 0.114 });
      gray = sum.unsqueeze(-3).to(inpt.dtype);
    }
    if (num_output_channels === 1) return gray;
    return gray.expand([...inpt.shape.slice(0, -3), 3, ...inpt.shape.slice(-2)]);
  },
);

export { rgb_to_grayscale as to_grayscale };
