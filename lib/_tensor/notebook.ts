// What notebooks show of a tensor: images as pictures, others as text.

import type { Tensor } from "../_tensor.js";
import * as dtypes from "../dtype.js";
import { encodePng } from "../utils/_png.js";

/** Where notebooks look for an object's forms. */
export const JUPYTER_DISPLAY = Symbol.for("Jupyter.display");

// Smaller ones are matrices of numbers, larger ones too much for a page.
const LEAST = 8;
const MOST = 4096;

/** Whether it may be (H, W), or (C, H, W) with one, three or four channels. */
function hasImageShape(tensor: Tensor): boolean {
  const { shape } = tensor;
  const isShaped = shape.length === 2 || (shape.length === 3 && [1, 3, 4].includes(shape[0]));
  return isShaped && shape.slice(-2).every((size) => size >= LEAST && size <= MOST);
}

/** The pixels (C, H, W) of an image: of uint8, or of floats in [0, 1]. */
function pixelsOf(tensor: Tensor): Tensor | undefined {
  if (tensor.is_meta || tensor.is_sparse || tensor.is_nested || tensor.is_quantized) return undefined;
  if (!hasImageShape(tensor)) return undefined;
  const image = tensor.detach().cpu();
  const chw = image.dim() === 2 ? image.unsqueeze(0) : image;
  if (image.dtype === dtypes.uint8) return chw;
  if (!image.dtype.is_floating_point) return undefined;
  const values = chw.to(dtypes.float32);
  const isInRange = values.ge(0).logical_and(values.le(1)).all().item();
  return isInRange ? values.mul(255).round().to(dtypes.uint8) : undefined;
}

/** The forms of a tensor by their media type. */
export function display(tensor: Tensor, text: string): Record<string, string> {
  const pixels = pixelsOf(tensor);
  if (!pixels) return { "text/plain": text };
  const [channels, height, width] = pixels.shape;
  const data = pixels.permute(1, 2, 0).contiguous().numpy().data as unknown as Uint8Array;
  return { "text/plain": text, "image/png": encodePng(data, height, width, channels).toString("base64") };
}
