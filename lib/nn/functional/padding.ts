// torch.nn.functional: padding, and windows as columns

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { AssertionError } from "../../errors.js";
import * as _nn from "../../generated/nn.js";
import { _pair } from "../modules/utils.js";

/**
 * Pads the last dimensions: `pad` holds two sizes for each, before and after, and begins with the last dimension.
 *
 * `mode` is "constant" (filled with `value`, which is 0 if not given), "reflect", "replicate" or "circular"; negative sizes
 * cut off. Throws NotImplementedError for dimensions that a mode does not have.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.pad.html}
 */
export const pad = def(
  "pad",
  ["input", "pad", "mode", "value"],
  (
    input: Tensor,
    pad: readonly number[],
    mode: "constant" | "reflect" | "replicate" | "circular" = "constant",
    value: number | null = null,
  ): Tensor => _nn.pad(input, pad, mode, value),
);

/** Throws AssertionError unless an argument is a number or a pair. */
export const assert_int_or_pair = def(
  "assert_int_or_pair",
  ["arg", "arg_name", "message"],
  (arg: number | readonly number[], arg_name: string, message: string): void => {
    if (typeof arg !== "number" && arg.length !== 2) throw new AssertionError(message.replace("{}", arg_name));
  },
);

type Pair = number | readonly number[];

/**
 * The sliding windows of an image as columns: (N, C, H, W) becomes (N, C * kernel height * kernel width, windows).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.unfold.html}
 */
export const unfold = def(
  "unfold",
  ["input", "kernel_size", "dilation", "padding", "stride"],
  (input: Tensor, kernel_size: Pair, dilation: Pair = 1, padding: Pair = 0, stride: Pair = 1): Tensor =>
    _nn.im2col(input, _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride)),
);

/**
 * The sum of windows given as columns, at their places in an image of `output_size`: what unfold() takes apart.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.fold.html}
 */
export const fold = def(
  "fold",
  ["input", "output_size", "kernel_size", "dilation", "padding", "stride"],
  (
    input: Tensor,
    output_size: Pair,
    kernel_size: Pair,
    dilation: Pair = 1,
    padding: Pair = 0,
    stride: Pair = 1,
  ): Tensor =>
    _nn.col2im(input, _pair(output_size), _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride)),
);
