// torch.nn.functional: matrix products of groups and of scaled matrices of narrow dtypes

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { bfloat16, type dtype } from "../../dtype.js";
import * as torch from "../../generated/torch.js";

/** What one scale of a matrix of a narrow dtype is for. */
export const ScalingType = Object.freeze({
  TensorWise: 0,
  RowWise: 1,
  BlockWise1x16: 2,
  BlockWise1x32: 3,
  BlockWise1x128: 4,
  BlockWise128x128: 5,
});
export type ScalingType = (typeof ScalingType)[keyof typeof ScalingType];

/** In which order the scales lie in memory. */
export const SwizzleType = Object.freeze({ NO_SWIZZLE: 0, SWIZZLE_32_4_4: 1, SWIZZLE_32_8: 2 });
export type SwizzleType = (typeof SwizzleType)[keyof typeof SwizzleType];

type OneOrMore<T> = T | readonly T[];

const _expand_single_value = <T>(v: OneOrMore<T> | null): readonly T[] =>
  v === null ? [] : Array.isArray(v) ? v : [v as T];

/**
 * The products of groups of matrices: one, or both, of the operands holds several.
 *
 * In an operand of two dimensions the groups lie behind each other and end at the `offs`. Needs a GPU for most dtypes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.grouped_mm.html}
 */
export const grouped_mm = def(
  "grouped_mm",
  ["mat_a", "mat_b", "*", "offs", "bias", "out_dtype"],
  (
    mat_a: Tensor,
    mat_b: Tensor,
    offs: Tensor | null = null,
    bias: Tensor | null = null,
    out_dtype: dtype | null = null,
  ): Tensor => torch._grouped_mm(mat_a, mat_b, { offs, bias, out_dtype }),
);

/**
 * The product of two matrices of a narrow dtype, each times its scales, in `output_dtype`.
 *
 * The recipes say what a scale is for, the swizzles how the scales lie in memory; several make scales of scales.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.scaled_mm.html}
 */
export const scaled_mm = def(
  "scaled_mm",
  [
    "mat_a",
    "mat_b",
    "scale_a",
    "scale_recipe_a",
    "scale_b",
    "scale_recipe_b",
    "swizzle_a",
    "swizzle_b",
    "bias",
    "output_dtype",
    "contraction_dim",
    "use_fast_accum",
  ],
  (
    mat_a: Tensor,
    mat_b: Tensor,
    scale_a: OneOrMore<Tensor>,
    scale_recipe_a: OneOrMore<ScalingType>,
    scale_b: OneOrMore<Tensor>,
    scale_recipe_b: OneOrMore<ScalingType>,
    swizzle_a: OneOrMore<SwizzleType> | null = null,
    swizzle_b: OneOrMore<SwizzleType> | null = null,
    bias: Tensor | null = null,
    output_dtype: dtype | null = bfloat16,
    contraction_dim: readonly number[] = [],
    use_fast_accum = false,
  ): Tensor =>
    torch._scaled_mm_v2(
      mat_a,
      mat_b,
      _expand_single_value(scale_a),
      _expand_single_value(scale_recipe_a),
      _expand_single_value(swizzle_a),
      _expand_single_value(scale_b),
      _expand_single_value(scale_recipe_b),
      _expand_single_value(swizzle_b),
      bias,
      output_dtype,
      contraction_dim,
      use_fast_accum,
    ),
);

const addmmParameters = [
  "input",
  "mat1",
  "mat2",
  "scale_a",
  "scale_recipe_a",
  "scale_b",
  "scale_recipe_b",
  "swizzle_a",
  "swizzle_b",
  "contraction_dim",
  "use_fast_accum",
  "*",
  "beta",
  "alpha",
] as const;

const scaled_addmm_function = (name: string, addmm: typeof torch._scaled_addmm | typeof torch._scaled_addmm_) =>
  def(
    name,
    addmmParameters,
    (
      input: Tensor,
      mat1: Tensor,
      mat2: Tensor,
      scale_a: OneOrMore<Tensor>,
      scale_recipe_a: OneOrMore<ScalingType>,
      scale_b: OneOrMore<Tensor>,
      scale_recipe_b: OneOrMore<ScalingType>,
      swizzle_a: OneOrMore<SwizzleType> | null = null,
      swizzle_b: OneOrMore<SwizzleType> | null = null,
      contraction_dim: readonly number[] = [],
      use_fast_accum = false,
      beta = 1,
      alpha = 1,
    ): Tensor =>
      addmm(
        input,
        mat1,
        mat2,
        _expand_single_value(scale_a),
        _expand_single_value(scale_recipe_a),
        _expand_single_value(swizzle_a),
        _expand_single_value(scale_b),
        _expand_single_value(scale_recipe_b),
        _expand_single_value(swizzle_b),
        contraction_dim,
        { beta, alpha, use_fast_accum },
      ),
  );

/**
 * beta * input + alpha * the product of two scaled matrices of a narrow dtype, as scaled_mm() takes them.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.scaled_addmm.html}
 */
export const scaled_addmm = scaled_addmm_function("scaled_addmm", torch._scaled_addmm);

/** scaled_addmm() that writes the result into `input`. */
export const scaled_addmm_ = scaled_addmm_function("scaled_addmm_", torch._scaled_addmm_);

/**
 * The products of groups of scaled matrices: scaled_mm() for groups as grouped_mm() takes them.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.scaled_grouped_mm.html}
 */
export const scaled_grouped_mm = def(
  "scaled_grouped_mm",
  [
    "mat_a",
    "mat_b",
    "scale_a",
    "scale_recipe_a",
    "scale_b",
    "scale_recipe_b",
    "swizzle_a",
    "swizzle_b",
    "bias",
    "offs",
    "output_dtype",
    "contraction_dim",
    "use_fast_accum",
  ],
  (
    mat_a: Tensor,
    mat_b: Tensor,
    scale_a: OneOrMore<Tensor>,
    scale_recipe_a: OneOrMore<ScalingType>,
    scale_b: OneOrMore<Tensor>,
    scale_recipe_b: OneOrMore<ScalingType>,
    swizzle_a: OneOrMore<SwizzleType> | null = null,
    swizzle_b: OneOrMore<SwizzleType> | null = null,
    bias: Tensor | null = null,
    offs: Tensor | null = null,
    output_dtype: dtype | null = bfloat16,
    contraction_dim: readonly number[] = [],
    use_fast_accum = false,
  ): Tensor =>
    torch._scaled_grouped_mm_v2(
      mat_a,
      mat_b,
      _expand_single_value(scale_a),
      _expand_single_value(scale_recipe_a),
      _expand_single_value(swizzle_a),
      _expand_single_value(scale_b),
      _expand_single_value(scale_recipe_b),
      _expand_single_value(swizzle_b),
      offs,
      bias,
      output_dtype,
      contraction_dim,
      use_fast_accum,
    ),
);
