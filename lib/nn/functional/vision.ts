// torch.nn.functional: resampling of images

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { typeName } from "../../arguments/kinds.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { isInt } from "../../python/float.js";
import { repr } from "../../python/repr.js";
import { TensorBase } from "../../tensor_base.js";
import { adaptive_avg_pool2d, adaptive_avg_pool3d } from "./adaptive_pooling.js";
import { warn } from "./warn.js";

/** How interpolate() finds the values between the elements. */
export type InterpolateMode =
  | "nearest"
  | "nearest-exact"
  | "linear"
  | "bilinear"
  | "bicubic"
  | "trilinear"
  | "lanczos"
  | "area";

type Size = number | readonly number[];

const is_list = (x: unknown): x is readonly number[] =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView));

function _is_integer(x: unknown): boolean {
  return x instanceof TensorBase ? !(x as Tensor).is_floating_point() : typeof x === "boolean" || isInt(x);
}

/** The dimensions of the input that each of these modes is for. */
const needed_dim: Record<string, number> = { linear: 3, bilinear: 4, trilinear: 5 };

/**
 * Resamples to `size` or by `scale_factor`: one of the two, a number for all spatial dimensions or one for each.
 *
 * The input is (N, C, L), (N, C, H, W) or (N, C, D, H, W); "linear" is for the first, "bilinear", "bicubic" and "lanczos" for
 * the second, "trilinear" for the third, the other modes for all. `align_corners` lets the centers of the corner elements
 * coincide, not the corners' edges. `recompute_scale_factor` goes by the ratio of the sizes and not by the factor given.
 * `antialias` smooths when shrinking (for images, "bilinear", "bicubic" and "lanczos").
 *
 * Throws ValueError for arguments that do not go together and NotImplementedError for an input that the mode is not for.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.interpolate.html}
 */
export const interpolate = def(
  "interpolate",
  ["input", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias"],
  (
    input: Tensor,
    size: Size | null = null,
    scale_factor: Size | null = null,
    mode: InterpolateMode = "nearest",
    align_corners: boolean | null = null,
    recompute_scale_factor: boolean | null = null,
    antialias = false,
  ): Tensor => {
    if (mode === "nearest" || mode === "area" || mode === "nearest-exact") {
      if (align_corners !== null) {
        throw new ValueError(
          "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear",
        );
      }
    } else {
      align_corners ??= false;
    }

    const dim = input.dim() - 2; // the spatial ones
    let output_size: readonly number[] | null = null;
    let scale_factors: readonly number[] | null = null;
    if (size !== null && scale_factor !== null) {
      throw new ValueError("only one of size or scale_factor should be defined");
    } else if (size !== null) {
      if (is_list(size)) {
        if (size.length !== dim) {
          throw new ValueError(
            `Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of ${repr(input.shape.slice(2))} and output size of ${repr(size)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.`,
          );
        }
        if (!size.every(_is_integer)) {
          const types = Array.from(size, (x) => `<class '${typeName(x)}'>`).join(", ");
          throw new TypeError(
            `expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with types [${types}]`,
          );
        }
        output_size = size;
      } else {
        output_size = new Array(Math.max(dim, 0)).fill(size);
      }
    } else if (scale_factor !== null) {
      if (is_list(scale_factor)) {
        if (scale_factor.length !== dim) {
          throw new ValueError(
            `Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of ${repr(input.shape.slice(2))} and scale_factor of shape ${repr(scale_factor)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.`,
          );
        }
        scale_factors = scale_factor;
      } else {
        scale_factors = new Array(Math.max(dim, 0)).fill(scale_factor);
      }
    } else {
      throw new ValueError("either size or scale_factor should be defined");
    }

    if (recompute_scale_factor && size !== null) {
      throw new ValueError("recompute_scale_factor is not meaningful with an explicit size.");
    }
    if (mode === "area" && output_size === null) recompute_scale_factor = true;
    if (recompute_scale_factor && scale_factors !== null) {
      output_size = scale_factors.map((factor, i) => Math.trunc(input.size(i + 2) * factor));
      scale_factors = null;
    }
    if (antialias && !(["bilinear", "bicubic", "lanczos"].includes(mode) && input.ndim === 4)) {
      throw new ValueError(
        "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input",
      );
    }

    const corners = align_corners as boolean; // null for the modes alone that do not use it
    switch (`${input.dim()}D ${mode}`) {
      case "3D nearest":
        return _nn.upsample_nearest1d(input, output_size, scale_factors);
      case "4D nearest":
        return _nn.upsample_nearest2d(input, output_size, scale_factors);
      case "5D nearest":
        return _nn.upsample_nearest3d(input, output_size, scale_factors);
      case "3D nearest-exact":
        return _nn._upsample_nearest_exact1d(input, output_size, scale_factors);
      case "4D nearest-exact":
        return _nn._upsample_nearest_exact2d(input, output_size, scale_factors);
      case "5D nearest-exact":
        return _nn._upsample_nearest_exact3d(input, output_size, scale_factors);
      case "3D area":
        return torch.adaptive_avg_pool1d(input, output_size as readonly number[]);
      case "4D area":
        return adaptive_avg_pool2d(input, output_size as readonly number[]);
      case "5D area":
        return adaptive_avg_pool3d(input, output_size as readonly number[]);
      case "3D linear":
        return _nn.upsample_linear1d(input, output_size, corners, scale_factors);
      case "4D bilinear":
        if (antialias) return _nn._upsample_bilinear2d_aa(input, output_size, corners, scale_factors);
        return _nn.upsample_bilinear2d(input, output_size, corners, scale_factors);
      case "5D trilinear":
        return _nn.upsample_trilinear3d(input, output_size, corners, scale_factors);
      case "4D bicubic":
        if (antialias) return _nn._upsample_bicubic2d_aa(input, output_size, corners, scale_factors);
        return _nn.upsample_bicubic2d(input, output_size, corners, scale_factors);
      case "4D lanczos":
        if (corners) throw new ValueError("Lanczos mode does not support align_corners=True");
        if (!antialias) throw new ValueError("Lanczos mode requires antialias=True");
        return _nn._upsample_lanczos2d_aa(input, output_size, corners, scale_factors);
    }

    if (dim >= 1 && dim <= 3 && mode in needed_dim) {
      throw new NotImplementedError(`Got ${dim + 2}D input, but ${mode} mode needs ${needed_dim[mode]}D input`);
    }
    throw new NotImplementedError(
      `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${input.dim()}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
    );
  },
);

/**
 * interpolate() under its old name.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.upsample.html}
 *
 * @deprecated Use interpolate().
 */
export const upsample = def(
  "upsample",
  ["input", "size", "scale_factor", "mode", "align_corners"],
  (
    input: Tensor,
    size: Size | null = null,
    scale_factor: Size | null = null,
    mode: InterpolateMode = "nearest",
    align_corners: boolean | null = null,
  ): Tensor => {
    warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.");
    return interpolate(input, size, scale_factor, mode, align_corners);
  },
);

/**
 * interpolate() with the mode "nearest".
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.upsample_nearest.html}
 *
 * @deprecated Use interpolate().
 */
export const upsample_nearest = def(
  "upsample_nearest",
  ["input", "size", "scale_factor"],
  (input: Tensor, size: Size | null = null, scale_factor: Size | null = null): Tensor => {
    warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.");
    return interpolate(input, size, scale_factor, { mode: "nearest" });
  },
);

/**
 * interpolate() with the mode "bilinear" and aligned corners.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.upsample_bilinear.html}
 *
 * @deprecated Use interpolate().
 */
export const upsample_bilinear = def(
  "upsample_bilinear",
  ["input", "size", "scale_factor"],
  (input: Tensor, size: Size | null = null, scale_factor: Size | null = null): Tensor => {
    warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.");
    return interpolate(input, size, scale_factor, { mode: "bilinear", align_corners: true });
  },
);

export const GRID_SAMPLE_INTERPOLATION_MODES = { bilinear: 0, nearest: 1, bicubic: 2 };
export const GRID_SAMPLE_PADDING_MODES = { zeros: 0, border: 1, reflection: 2 };

const align_corners_changed =
  "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.";

/**
 * The values of the input at the positions of `grid`, which go from -1 to 1 and name the last dimension first.
 *
 * The input is (N, C, H, W) or (N, C, D, H, W), the grid (N, H', W', 2) or (N, D', H', W', 3). `padding_mode` says what
 * lies outside. Throws ValueError for an unknown mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.grid_sample.html}
 */
export const grid_sample = def(
  "grid_sample",
  ["input", "grid", "mode", "padding_mode", "align_corners"],
  (
    input: Tensor,
    grid: Tensor,
    mode: keyof typeof GRID_SAMPLE_INTERPOLATION_MODES = "bilinear",
    padding_mode: keyof typeof GRID_SAMPLE_PADDING_MODES = "zeros",
    align_corners: boolean | null = null,
  ): Tensor => {
    const mode_enum = GRID_SAMPLE_INTERPOLATION_MODES[mode];
    if (mode_enum === undefined) {
      throw new ValueError(
        `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
      );
    }
    const padding_mode_enum = GRID_SAMPLE_PADDING_MODES[padding_mode];
    if (padding_mode_enum === undefined) {
      throw new ValueError(
        `nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${padding_mode}'`,
      );
    }
    if (align_corners === null) warn(align_corners_changed);
    return torch.grid_sampler(input, grid, mode_enum, padding_mode_enum, align_corners ?? false);
  },
);

/**
 * The grid for grid_sample() that an affine transformation makes of an output of `size`.
 *
 * `theta` is (N, 2, 3) for a size of (N, C, H, W) and (N, 3, 4) for (N, C, D, H, W). Throws ValueError for another shape,
 * for a `theta` that is not floating point and for sizes that are not positive, and NotImplementedError for other sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.affine_grid.html}
 */
export const affine_grid = def(
  "affine_grid",
  ["theta", "size", "align_corners"],
  (theta: Tensor, size: readonly number[], align_corners: boolean | null = null): Tensor => {
    if (align_corners === null) {
      warn(align_corners_changed);
      align_corners = false;
    }

    if (!theta.is_floating_point()) {
      throw new ValueError(`Expected theta to have floating point type, but got ${theta.dtype}`);
    }
    const dims = size.length - 2;
    if (dims !== 2 && dims !== 3) {
      throw new NotImplementedError(
        `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size ${repr(size)}.`,
      );
    }
    const shape = theta.shape;
    if (shape.length !== 3 || shape[1] !== dims || shape[2] !== dims + 1) {
      throw new ValueError(
        `Expected a batch of ${dims}D affine matrices of shape Nx${dims}x${dims + 1} for size ${repr(size)}. Got ${shape}.`,
      );
    }
    if (align_corners && Math.min(...size.slice(2)) === 1) {
      warn(
        "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended use case of affine_grid. See the documentation of affine_grid for details.",
      );
    } else if (Math.min(...size) <= 0) {
      throw new ValueError(`Expected non-zero, positive output size. Got ${repr(size)}`);
    }
    return torch.affine_grid_generator(theta, size, align_corners);
  },
);
