// torch/foreach/__init__.py

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import * as torch from "../generated/torch.js";
import type { dtype, memory_format, Scalar } from "../types.js";

type Tensors = readonly Tensor[];

/** One number for all tensors, one for each, or a tensor for each. */
type Operand = Scalar | Tensor | readonly Scalar[] | Tensors;

const nameOf = (operator: { name: string }) => operator.name.replace("_foreach_", "");

/** A function of one tensor, for each tensor of a list: a list of the results. */
const unary = (operator: (self: Tensors) => Tensor[]): ((inputs: Tensors) => Tensor[]) =>
  def(nameOf(operator), ["inputs"], (inputs: Tensors) => operator(inputs));

/** A function that changes each tensor of a list: returns the list. */
const unary_ = (operator: (self: Tensors) => unknown): (<T extends Tensors>(inputs: T) => T) =>
  def(nameOf(operator), ["inputs"], (inputs: Tensors) => {
    operator(inputs);
    return inputs;
  }) as never;

/** A function of each tensor and an operand. */
const binary = (operator: (self: never, other: never) => Tensor[]): ((inputs: Tensors, other: Operand) => Tensor[]) =>
  def(nameOf(operator), ["inputs", "other"], (inputs: Tensors, other: Operand) =>
    operator(inputs as never, other as never),
  );

const binary_ = (
  operator: (self: never, other: never) => unknown,
): (<T extends Tensors>(inputs: T, other: Operand) => T) =>
  def(nameOf(operator), ["inputs", "other"], (inputs: Tensors, other: Operand) => {
    operator(inputs as never, other as never);
    return inputs;
  }) as never;

// Unary operations

/**
 * `torch.abs` of each tensor: a list of the results.
 *
 * `abs(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.abs.html}
 */
export const abs = unary(torch._foreach_abs);

/**
 * `torch.abs` of each tensor, in place: the list.
 *
 * `abs_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.abs_.html}
 */
export const abs_ = unary_(torch._foreach_abs_);

/**
 * `torch.acos` of each tensor: a list of the results.
 *
 * `acos(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.acos.html}
 */
export const acos = unary(torch._foreach_acos);

/**
 * `torch.acos` of each tensor, in place: the list.
 *
 * `acos_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.acos_.html}
 */
export const acos_ = unary_(torch._foreach_acos_);

/**
 * `torch.asin` of each tensor: a list of the results.
 *
 * `asin(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.asin.html}
 */
export const asin = unary(torch._foreach_asin);

/**
 * `torch.asin` of each tensor, in place: the list.
 *
 * `asin_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.asin_.html}
 */
export const asin_ = unary_(torch._foreach_asin_);

/**
 * `torch.atan` of each tensor: a list of the results.
 *
 * `atan(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.atan.html}
 */
export const atan = unary(torch._foreach_atan);

/**
 * `torch.atan` of each tensor, in place: the list.
 *
 * `atan_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.atan_.html}
 */
export const atan_ = unary_(torch._foreach_atan_);

/**
 * `torch.ceil` of each tensor: a list of the results.
 *
 * `ceil(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.ceil.html}
 */
export const ceil = unary(torch._foreach_ceil);

/**
 * `torch.ceil` of each tensor, in place: the list.
 *
 * `ceil_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.ceil_.html}
 */
export const ceil_ = unary_(torch._foreach_ceil_);

/**
 * `torch.cos` of each tensor: a list of the results.
 *
 * `cos(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.cos.html}
 */
export const cos = unary(torch._foreach_cos);

/**
 * `torch.cos` of each tensor, in place: the list.
 *
 * `cos_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.cos_.html}
 */
export const cos_ = unary_(torch._foreach_cos_);

/**
 * `torch.cosh` of each tensor: a list of the results.
 *
 * `cosh(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.cosh.html}
 */
export const cosh = unary(torch._foreach_cosh);

/**
 * `torch.cosh` of each tensor, in place: the list.
 *
 * `cosh_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.cosh_.html}
 */
export const cosh_ = unary_(torch._foreach_cosh_);

/**
 * `torch.erf` of each tensor: a list of the results.
 *
 * `erf(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.erf.html}
 */
export const erf = unary(torch._foreach_erf);

/**
 * `torch.erf` of each tensor, in place: the list.
 *
 * `erf_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.erf_.html}
 */
export const erf_ = unary_(torch._foreach_erf_);

/**
 * `torch.erfc` of each tensor: a list of the results.
 *
 * `erfc(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.erfc.html}
 */
export const erfc = unary(torch._foreach_erfc);

/**
 * `torch.erfc` of each tensor, in place: the list.
 *
 * `erfc_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.erfc_.html}
 */
export const erfc_ = unary_(torch._foreach_erfc_);

/**
 * `torch.exp` of each tensor: a list of the results.
 *
 * `exp(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.exp.html}
 */
export const exp = unary(torch._foreach_exp);

/**
 * `torch.exp` of each tensor, in place: the list.
 *
 * `exp_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.exp_.html}
 */
export const exp_ = unary_(torch._foreach_exp_);

/**
 * `torch.expm1` of each tensor: a list of the results.
 *
 * `expm1(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.expm1.html}
 */
export const expm1 = unary(torch._foreach_expm1);

/**
 * `torch.expm1` of each tensor, in place: the list.
 *
 * `expm1_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.expm1_.html}
 */
export const expm1_ = unary_(torch._foreach_expm1_);

/**
 * `torch.floor` of each tensor: a list of the results.
 *
 * `floor(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.floor.html}
 */
export const floor = unary(torch._foreach_floor);

/**
 * `torch.floor` of each tensor, in place: the list.
 *
 * `floor_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.floor_.html}
 */
export const floor_ = unary_(torch._foreach_floor_);

/**
 * `torch.frac` of each tensor: a list of the results.
 *
 * `frac(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.frac.html}
 */
export const frac = unary(torch._foreach_frac);

/**
 * `torch.frac` of each tensor, in place: the list.
 *
 * `frac_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.frac_.html}
 */
export const frac_ = unary_(torch._foreach_frac_);

/**
 * `torch.lgamma` of each tensor: a list of the results.
 *
 * `lgamma(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.lgamma.html}
 */
export const lgamma = unary(torch._foreach_lgamma);

/**
 * `torch.lgamma` of each tensor, in place: the list.
 *
 * `lgamma_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.lgamma_.html}
 */
export const lgamma_ = unary_(torch._foreach_lgamma_);

/**
 * `torch.log` of each tensor: a list of the results.
 *
 * `log(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log.html}
 */
export const log = unary(torch._foreach_log);

/**
 * `torch.log` of each tensor, in place: the list.
 *
 * `log_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log_.html}
 */
export const log_ = unary_(torch._foreach_log_);

/**
 * `torch.log10` of each tensor: a list of the results.
 *
 * `log10(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log10.html}
 */
export const log10 = unary(torch._foreach_log10);

/**
 * `torch.log10` of each tensor, in place: the list.
 *
 * `log10_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log10_.html}
 */
export const log10_ = unary_(torch._foreach_log10_);

/**
 * `torch.log1p` of each tensor: a list of the results.
 *
 * `log1p(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log1p.html}
 */
export const log1p = unary(torch._foreach_log1p);

/**
 * `torch.log1p` of each tensor, in place: the list.
 *
 * `log1p_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log1p_.html}
 */
export const log1p_ = unary_(torch._foreach_log1p_);

/**
 * `torch.log2` of each tensor: a list of the results.
 *
 * `log2(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log2.html}
 */
export const log2 = unary(torch._foreach_log2);

/**
 * `torch.log2` of each tensor, in place: the list.
 *
 * `log2_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.log2_.html}
 */
export const log2_ = unary_(torch._foreach_log2_);

/**
 * `torch.neg` of each tensor: a list of the results.
 *
 * `neg(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.neg.html}
 */
export const neg = unary(torch._foreach_neg);

/**
 * `torch.neg` of each tensor, in place: the list.
 *
 * `neg_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.neg_.html}
 */
export const neg_ = unary_(torch._foreach_neg_);

/**
 * `torch.reciprocal` of each tensor: a list of the results.
 *
 * `reciprocal(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.reciprocal.html}
 */
export const reciprocal = unary(torch._foreach_reciprocal);

/**
 * `torch.reciprocal` of each tensor, in place: the list.
 *
 * `reciprocal_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.reciprocal_.html}
 */
export const reciprocal_ = unary_(torch._foreach_reciprocal_);

/**
 * `torch.round` of each tensor: a list of the results.
 *
 * `round(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.round.html}
 */
export const round = unary(torch._foreach_round);

/**
 * `torch.round` of each tensor, in place: the list.
 *
 * `round_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.round_.html}
 */
export const round_ = unary_(torch._foreach_round_);

/**
 * `torch.rsqrt` of each tensor: a list of the results.
 *
 * `rsqrt(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.rsqrt.html}
 */
export const rsqrt = unary(torch._foreach_rsqrt);

/**
 * `torch.rsqrt` of each tensor, in place: the list.
 *
 * `rsqrt_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.rsqrt_.html}
 */
export const rsqrt_ = unary_(torch._foreach_rsqrt_);

/**
 * `torch.sigmoid` of each tensor: a list of the results.
 *
 * `sigmoid(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sigmoid.html}
 */
export const sigmoid = unary(torch._foreach_sigmoid);

/**
 * `torch.sigmoid` of each tensor, in place: the list.
 *
 * `sigmoid_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sigmoid_.html}
 */
export const sigmoid_ = unary_(torch._foreach_sigmoid_);

/**
 * `torch.sign` of each tensor: a list of the results.
 *
 * `sign(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sign.html}
 */
export const sign = unary(torch._foreach_sign);

/**
 * `torch.sign` of each tensor, in place: the list.
 *
 * `sign_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sign_.html}
 */
export const sign_ = unary_(torch._foreach_sign_);

/**
 * `torch.sin` of each tensor: a list of the results.
 *
 * `sin(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sin.html}
 */
export const sin = unary(torch._foreach_sin);

/**
 * `torch.sin` of each tensor, in place: the list.
 *
 * `sin_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sin_.html}
 */
export const sin_ = unary_(torch._foreach_sin_);

/**
 * `torch.sinh` of each tensor: a list of the results.
 *
 * `sinh(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sinh.html}
 */
export const sinh = unary(torch._foreach_sinh);

/**
 * `torch.sinh` of each tensor, in place: the list.
 *
 * `sinh_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sinh_.html}
 */
export const sinh_ = unary_(torch._foreach_sinh_);

/**
 * `torch.sqrt` of each tensor: a list of the results.
 *
 * `sqrt(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sqrt.html}
 */
export const sqrt = unary(torch._foreach_sqrt);

/**
 * `torch.sqrt` of each tensor, in place: the list.
 *
 * `sqrt_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sqrt_.html}
 */
export const sqrt_ = unary_(torch._foreach_sqrt_);

/**
 * `torch.tan` of each tensor: a list of the results.
 *
 * `tan(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.tan.html}
 */
export const tan = unary(torch._foreach_tan);

/**
 * `torch.tan` of each tensor, in place: the list.
 *
 * `tan_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.tan_.html}
 */
export const tan_ = unary_(torch._foreach_tan_);

/**
 * `torch.tanh` of each tensor: a list of the results.
 *
 * `tanh(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.tanh.html}
 */
export const tanh = unary(torch._foreach_tanh);

/**
 * `torch.tanh` of each tensor, in place: the list.
 *
 * `tanh_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.tanh_.html}
 */
export const tanh_ = unary_(torch._foreach_tanh_);

/**
 * `torch.trunc` of each tensor: a list of the results.
 *
 * `trunc(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.trunc.html}
 */
export const trunc = unary(torch._foreach_trunc);

/**
 * `torch.trunc` of each tensor, in place: the list.
 *
 * `trunc_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.trunc_.html}
 */
export const trunc_ = unary_(torch._foreach_trunc_);

// Binary operations

/**
 * `torch.add` of each tensor and a number, or what a list has for it, times `alpha`.
 *
 * `add(inputs, other, /, *, alpha=1) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.add.html}
 */
export const add = def(
  "add",
  ["inputs", "other", "*", "alpha"],
  (inputs: Tensors, other: Operand, alpha?: Scalar): Tensor[] =>
    torch._foreach_add(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors])),
);

/**
 * The same in place: the list.
 *
 * `add_(inputs, other, /, *, alpha=1) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.add_.html}
 */
export const add_ = def(
  "add_",
  ["inputs", "other", "*", "alpha"],
  <T extends Tensors>(inputs: T, other: Operand, alpha?: Scalar): T => {
    torch._foreach_add_(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors]));
    return inputs;
  },
);

/**
 * `torch.sub` of each tensor and a number, or what a list has for it, times `alpha`.
 *
 * `sub(inputs, other, /, *, alpha=1) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sub.html}
 */
export const sub = def(
  "sub",
  ["inputs", "other", "*", "alpha"],
  (inputs: Tensors, other: Operand, alpha?: Scalar): Tensor[] =>
    torch._foreach_sub(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors])),
);

/**
 * The same in place: the list.
 *
 * `sub_(inputs, other, /, *, alpha=1) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.sub_.html}
 */
export const sub_ = def(
  "sub_",
  ["inputs", "other", "*", "alpha"],
  <T extends Tensors>(inputs: T, other: Operand, alpha?: Scalar): T => {
    torch._foreach_sub_(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors]));
    return inputs;
  },
);

/**
 * `torch.mul` of each tensor and a number, or what a list has for it.
 *
 * `mul(inputs, other, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.mul.html}
 */
export const mul = binary(torch._foreach_mul);

/**
 * The same in place: the list.
 *
 * `mul_(inputs, other, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.mul_.html}
 */
export const mul_ = binary_(torch._foreach_mul_);

/**
 * `torch.div` of each tensor and a number, or what a list has for it.
 *
 * `div(inputs, other, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.div.html}
 */
export const div = binary(torch._foreach_div);

/**
 * The same in place: the list.
 *
 * `div_(inputs, other, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.div_.html}
 */
export const div_ = binary_(torch._foreach_div_);

/**
 * `torch.clamp_min` of each tensor and a number, or what a list has for it.
 *
 * `clamp_min(inputs, min, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.clamp_min.html}
 */
export const clamp_min = binary(torch._foreach_clamp_min);

/**
 * The same in place: the list.
 *
 * `clamp_min_(inputs, min, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.clamp_min_.html}
 */
export const clamp_min_ = binary_(torch._foreach_clamp_min_);

/**
 * `torch.clamp_max` of each tensor and a number, or what a list has for it.
 *
 * `clamp_max(inputs, max, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.clamp_max.html}
 */
export const clamp_max = binary(torch._foreach_clamp_max);

/**
 * The same in place: the list.
 *
 * `clamp_max_(inputs, max, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.clamp_max_.html}
 */
export const clamp_max_ = binary_(torch._foreach_clamp_max_);

/**
 * `torch.minimum` of each tensor and a number, or what a list has for it.
 *
 * `minimum(inputs, other, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.minimum.html}
 */
export const minimum = binary(torch._foreach_minimum);

/**
 * The same in place: the list.
 *
 * `minimum_(inputs, other, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.minimum_.html}
 */
export const minimum_ = binary_(torch._foreach_minimum_);

/**
 * `torch.maximum` of each tensor and a number, or what a list has for it.
 *
 * `maximum(inputs, other, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.maximum.html}
 */
export const maximum = binary(torch._foreach_maximum);

/**
 * The same in place: the list.
 *
 * `maximum_(inputs, other, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.maximum_.html}
 */
export const maximum_ = binary_(torch._foreach_maximum_);

// Pointwise operations

/**
 * For each tensor: input + value * tensor1 * tensor2.
 *
 * `addcmul(inputs, tensor1, tensor2, /, *, value=1) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.addcmul.html}
 */
export const addcmul = def(
  "addcmul",
  ["inputs", "tensor1", "tensor2", "*", "value"],
  (inputs: Tensors, tensor1: Tensors, tensor2: Tensors, value: Scalar | readonly Scalar[] | Tensor = 1): Tensor[] =>
    torch._foreach_addcmul(inputs, tensor1, tensor2, value as Scalar),
);

/**
 * The same in place: the list.
 *
 * `addcmul_(inputs, tensor1, tensor2, /, *, value=1) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.addcmul_.html}
 */
export const addcmul_ = def(
  "addcmul_",
  ["inputs", "tensor1", "tensor2", "*", "value"],
  <T extends Tensors>(
    inputs: T,
    tensor1: Tensors,
    tensor2: Tensors,
    value: Scalar | readonly Scalar[] | Tensor = 1,
  ): T => {
    torch._foreach_addcmul_(inputs, tensor1, tensor2, value as Scalar);
    return inputs;
  },
);

/**
 * For each tensor: input + value * tensor1 / tensor2.
 *
 * `addcdiv(inputs, tensor1, tensor2, /, *, value=1) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.addcdiv.html}
 */
export const addcdiv = def(
  "addcdiv",
  ["inputs", "tensor1", "tensor2", "*", "value"],
  (inputs: Tensors, tensor1: Tensors, tensor2: Tensors, value: Scalar | readonly Scalar[] | Tensor = 1): Tensor[] =>
    torch._foreach_addcdiv(inputs, tensor1, tensor2, value as Scalar),
);

/**
 * The same in place: the list.
 *
 * `addcdiv_(inputs, tensor1, tensor2, /, *, value=1) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.addcdiv_.html}
 */
export const addcdiv_ = def(
  "addcdiv_",
  ["inputs", "tensor1", "tensor2", "*", "value"],
  <T extends Tensors>(
    inputs: T,
    tensor1: Tensors,
    tensor2: Tensors,
    value: Scalar | readonly Scalar[] | Tensor = 1,
  ): T => {
    torch._foreach_addcdiv_(inputs, tensor1, tensor2, value as Scalar);
    return inputs;
  },
);

/**
 * `torch.lerp` of each tensor and its end: input + weight * (end - input).
 *
 * `lerp(inputs, end, weight, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.lerp.html}
 */
export const lerp = def(
  "lerp",
  ["inputs", "end", "weight"],
  (inputs: Tensors, end: Tensors, weight: Operand): Tensor[] => torch._foreach_lerp(inputs, end, weight as Scalar),
);

/**
 * The same in place: the list.
 *
 * `lerp_(inputs, end, weight, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.lerp_.html}
 */
export const lerp_: <T extends Tensors>(inputs: T, end: Tensors, weight: Operand) => T = def(
  "lerp_",
  ["inputs", "end", "weight"],
  (inputs: Tensors, end: Tensors, weight: Operand) => {
    torch._foreach_lerp_(inputs, end, weight as Scalar);
    return inputs;
  },
) as never;

/**
 * `torch.pow` of each tensor and an exponent, or of a number and each exponent.
 *
 * `pow(input, exponent, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.pow.html}
 */
export const pow = def("pow", ["input", "exponent"], (input: Tensors | Scalar, exponent: Operand): Tensor[] =>
  torch._foreach_pow(input, exponent as Tensors),
);

/**
 * The same in place: the list.
 *
 * `pow_(inputs, exponent, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.pow_.html}
 */
export const pow_ = binary_(torch._foreach_pow_);

// Reductions and special operations

/**
 * A copy of each tensor.
 *
 * `clone(inputs, /, *, memory_format=None) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.clone.html}
 */
export const clone = def(
  "clone",
  ["inputs", "*", "memory_format"],
  (inputs: Tensors, memory_format: memory_format | null = null): Tensor[] =>
    torch._foreach_clone(inputs, { memory_format }),
);

/**
 * The greatest element of each tensor.
 *
 * `max(inputs, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.max.html}
 */
export const max = unary(torch._foreach_max);

/**
 * The vector norm of each tensor.
 *
 * `norm(inputs, /, *, ord=2, dtype=None) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.norm.html}
 */
export const norm = def(
  "norm",
  ["inputs", "*", "ord", "dtype"],
  (inputs: Tensors, ord: Scalar = 2, dtype: dtype | null = null): Tensor[] => torch._foreach_norm(inputs, ord, dtype),
);

/**
 * Copies each tensor of `src` into that of `inputs`: the list.
 *
 * `copy_(inputs, src, /, *, non_blocking=False) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.copy_.html}
 */
export const copy_ = def(
  "copy_",
  ["inputs", "src", "*", "non_blocking"],
  <T extends Tensors>(inputs: T, src: Tensors, non_blocking = false): T => {
    torch._foreach_copy_(inputs, src, non_blocking);
    return inputs;
  },
);

/**
 * Fills each tensor with zeros: the list.
 *
 * `zero_(inputs, /) -> tuple[Tensor, ...] | list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.zero_.html}
 */
export const zero_ = unary_(torch._foreach_zero_);

/**
 * The product of the matrices at each place of two lists.
 *
 * `mm(inputs, mat2, /) -> tuple[Tensor, ...]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.foreach.mm.html}
 */
export const mm = def("mm", ["inputs", "mat2"], (inputs: Tensors, mat2: Tensors): Tensor[] =>
  torch._foreach_mm(inputs, mat2),
);
