// torch.nn.functional: pooling to a given size

import { boolean_dispatch } from "../../_jit_internal.js";
import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import type { Int, Keywords } from "../../types.js";
import { _list_with_default } from "../modules/utils.js";
import type { Pooled } from "./pooling.js";

/** A size for each dimension, or one for all; null keeps the input's. */
type AdaptiveSizes = number | readonly (number | null)[];

interface AdaptiveMaxPool {
  (input: Tensor, output_size: AdaptiveSizes, return_indices: true): Pooled;
  (input: Tensor, output_size: AdaptiveSizes, keywords: Keywords<{ return_indices: true }>): Pooled;
  (input: Tensor, keywords: Keywords<{ output_size: AdaptiveSizes; return_indices: true }>): Pooled;
  (...args: Parameters<typeof adaptive_max_pool1d_with_indices>): Tensor;
}

const adaptiveParameters = ["input", "output_size", "return_indices"] as const;

const adaptive_max_pool = (
  name: string,
  with_indices: (input: Tensor, output_size: AdaptiveSizes) => Pooled,
): AdaptiveMaxPool =>
  boolean_dispatch(
    "return_indices",
    2,
    false,
    with_indices,
    def(
      `_${name}`,
      adaptiveParameters,
      (input: Tensor, output_size: AdaptiveSizes, _return_indices = false): Tensor =>
        with_indices(input, output_size)[0],
    ),
    name,
  );

/** adaptive_max_pool1d(), and the indices of the maxima. */
export const adaptive_max_pool1d_with_indices = def(
  "adaptive_max_pool1d_with_indices",
  adaptiveParameters,
  (input: Tensor, output_size: AdaptiveSizes, _return_indices = false): Pooled =>
    torch.adaptive_max_pool1d(input, output_size as Int | readonly Int[]),
);

/**
 * The maxima of as many windows over the last dimension as `output_size` says; with `return_indices` also their indices.
 *
 * The input is (N, C, L) or (C, L).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.adaptive_max_pool1d.html}
 */
export const adaptive_max_pool1d = adaptive_max_pool("adaptive_max_pool1d", adaptive_max_pool1d_with_indices);

/** adaptive_max_pool2d(), and the indices of the maxima. */
export const adaptive_max_pool2d_with_indices = def(
  "adaptive_max_pool2d_with_indices",
  adaptiveParameters,
  (input: Tensor, output_size: AdaptiveSizes, _return_indices = false): Pooled =>
    _nn.adaptive_max_pool2d(input, _list_with_default(output_size, input.size())),
);

/**
 * The maxima of as many windows over the last two dimensions as `output_size` says; with `return_indices` also their
 * indices.
 *
 * The input is (N, C, H, W) or (C, H, W). A size of null keeps the input's. Throws ValueError for too few dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.adaptive_max_pool2d.html}
 */
export const adaptive_max_pool2d = adaptive_max_pool("adaptive_max_pool2d", adaptive_max_pool2d_with_indices);

/** adaptive_max_pool3d(), and the indices of the maxima. */
export const adaptive_max_pool3d_with_indices = def(
  "adaptive_max_pool3d_with_indices",
  adaptiveParameters,
  (input: Tensor, output_size: AdaptiveSizes, _return_indices = false): Pooled =>
    _nn.adaptive_max_pool3d(input, _list_with_default(output_size, input.size())),
);

/**
 * The maxima of as many windows over the last three dimensions as `output_size` says; with `return_indices` also their
 * indices.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). A size of null keeps the input's. Throws ValueError for too few
 * dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.adaptive_max_pool3d.html}
 */
export const adaptive_max_pool3d = adaptive_max_pool("adaptive_max_pool3d", adaptive_max_pool3d_with_indices);

/**
 * The means of as many windows over the last two dimensions as `output_size` says.
 *
 * The input is (N, C, H, W) or (C, H, W). A size of null keeps the input's. Throws ValueError for too few dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.adaptive_avg_pool2d.html}
 */
export const adaptive_avg_pool2d = def(
  "adaptive_avg_pool2d",
  ["input", "output_size"],
  (input: Tensor, output_size: AdaptiveSizes): Tensor =>
    _nn.adaptive_avg_pool2d(input, _list_with_default(output_size, input.size())),
);

/**
 * The means of as many windows over the last three dimensions as `output_size` says.
 *
 * The input is (N, C, D, H, W) or (C, D, H, W). A size of null keeps the input's. Throws ValueError for too few
 * dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.adaptive_avg_pool3d.html}
 */
export const adaptive_avg_pool3d = def(
  "adaptive_avg_pool3d",
  ["input", "output_size"],
  (input: Tensor, output_size: AdaptiveSizes): Tensor =>
    _nn.adaptive_avg_pool3d(input, _list_with_default(output_size, input.size())),
);
