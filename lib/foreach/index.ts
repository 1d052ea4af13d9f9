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

/** `torch.abs` of each tensor: a list of the results. */
export const abs = unary(torch._foreach_abs);

/** `torch.abs` of each tensor, in place: the list. */
export const abs_ = unary_(torch._foreach_abs_);

/** `torch.acos` of each tensor: a list of the results. */
export const acos = unary(torch._foreach_acos);

/** `torch.acos` of each tensor, in place: the list. */
export const acos_ = unary_(torch._foreach_acos_);

/** `torch.asin` of each tensor: a list of the results. */
export const asin = unary(torch._foreach_asin);

/** `torch.asin` of each tensor, in place: the list. */
export const asin_ = unary_(torch._foreach_asin_);

/** `torch.atan` of each tensor: a list of the results. */
export const atan = unary(torch._foreach_atan);

/** `torch.atan` of each tensor, in place: the list. */
export const atan_ = unary_(torch._foreach_atan_);

/** `torch.ceil` of each tensor: a list of the results. */
export const ceil = unary(torch._foreach_ceil);

/** `torch.ceil` of each tensor, in place: the list. */
export const ceil_ = unary_(torch._foreach_ceil_);

/** `torch.cos` of each tensor: a list of the results. */
export const cos = unary(torch._foreach_cos);

/** `torch.cos` of each tensor, in place: the list. */
export const cos_ = unary_(torch._foreach_cos_);

/** `torch.cosh` of each tensor: a list of the results. */
export const cosh = unary(torch._foreach_cosh);

/** `torch.cosh` of each tensor, in place: the list. */
export const cosh_ = unary_(torch._foreach_cosh_);

/** `torch.erf` of each tensor: a list of the results. */
export const erf = unary(torch._foreach_erf);

/** `torch.erf` of each tensor, in place: the list. */
export const erf_ = unary_(torch._foreach_erf_);

/** `torch.erfc` of each tensor: a list of the results. */
export const erfc = unary(torch._foreach_erfc);

/** `torch.erfc` of each tensor, in place: the list. */
export const erfc_ = unary_(torch._foreach_erfc_);

/** `torch.exp` of each tensor: a list of the results. */
export const exp = unary(torch._foreach_exp);

/** `torch.exp` of each tensor, in place: the list. */
export const exp_ = unary_(torch._foreach_exp_);

/** `torch.expm1` of each tensor: a list of the results. */
export const expm1 = unary(torch._foreach_expm1);

/** `torch.expm1` of each tensor, in place: the list. */
export const expm1_ = unary_(torch._foreach_expm1_);

/** `torch.floor` of each tensor: a list of the results. */
export const floor = unary(torch._foreach_floor);

/** `torch.floor` of each tensor, in place: the list. */
export const floor_ = unary_(torch._foreach_floor_);

/** `torch.frac` of each tensor: a list of the results. */
export const frac = unary(torch._foreach_frac);

/** `torch.frac` of each tensor, in place: the list. */
export const frac_ = unary_(torch._foreach_frac_);

/** `torch.lgamma` of each tensor: a list of the results. */
export const lgamma = unary(torch._foreach_lgamma);

/** `torch.lgamma` of each tensor, in place: the list. */
export const lgamma_ = unary_(torch._foreach_lgamma_);

/** `torch.log` of each tensor: a list of the results. */
export const log = unary(torch._foreach_log);

/** `torch.log` of each tensor, in place: the list. */
export const log_ = unary_(torch._foreach_log_);

/** `torch.log10` of each tensor: a list of the results. */
export const log10 = unary(torch._foreach_log10);

/** `torch.log10` of each tensor, in place: the list. */
export const log10_ = unary_(torch._foreach_log10_);

/** `torch.log1p` of each tensor: a list of the results. */
export const log1p = unary(torch._foreach_log1p);

/** `torch.log1p` of each tensor, in place: the list. */
export const log1p_ = unary_(torch._foreach_log1p_);

/** `torch.log2` of each tensor: a list of the results. */
export const log2 = unary(torch._foreach_log2);

/** `torch.log2` of each tensor, in place: the list. */
export const log2_ = unary_(torch._foreach_log2_);

/** `torch.neg` of each tensor: a list of the results. */
export const neg = unary(torch._foreach_neg);

/** `torch.neg` of each tensor, in place: the list. */
export const neg_ = unary_(torch._foreach_neg_);

/** `torch.reciprocal` of each tensor: a list of the results. */
export const reciprocal = unary(torch._foreach_reciprocal);

/** `torch.reciprocal` of each tensor, in place: the list. */
export const reciprocal_ = unary_(torch._foreach_reciprocal_);

/** `torch.round` of each tensor: a list of the results. */
export const round = unary(torch._foreach_round);

/** `torch.round` of each tensor, in place: the list. */
export const round_ = unary_(torch._foreach_round_);

/** `torch.rsqrt` of each tensor: a list of the results. */
export const rsqrt = unary(torch._foreach_rsqrt);

/** `torch.rsqrt` of each tensor, in place: the list. */
export const rsqrt_ = unary_(torch._foreach_rsqrt_);

/** `torch.sigmoid` of each tensor: a list of the results. */
export const sigmoid = unary(torch._foreach_sigmoid);

/** `torch.sigmoid` of each tensor, in place: the list. */
export const sigmoid_ = unary_(torch._foreach_sigmoid_);

/** `torch.sign` of each tensor: a list of the results. */
export const sign = unary(torch._foreach_sign);

/** `torch.sign` of each tensor, in place: the list. */
export const sign_ = unary_(torch._foreach_sign_);

/** `torch.sin` of each tensor: a list of the results. */
export const sin = unary(torch._foreach_sin);

/** `torch.sin` of each tensor, in place: the list. */
export const sin_ = unary_(torch._foreach_sin_);

/** `torch.sinh` of each tensor: a list of the results. */
export const sinh = unary(torch._foreach_sinh);

/** `torch.sinh` of each tensor, in place: the list. */
export const sinh_ = unary_(torch._foreach_sinh_);

/** `torch.sqrt` of each tensor: a list of the results. */
export const sqrt = unary(torch._foreach_sqrt);

/** `torch.sqrt` of each tensor, in place: the list. */
export const sqrt_ = unary_(torch._foreach_sqrt_);

/** `torch.tan` of each tensor: a list of the results. */
export const tan = unary(torch._foreach_tan);

/** `torch.tan` of each tensor, in place: the list. */
export const tan_ = unary_(torch._foreach_tan_);

/** `torch.tanh` of each tensor: a list of the results. */
export const tanh = unary(torch._foreach_tanh);

/** `torch.tanh` of each tensor, in place: the list. */
export const tanh_ = unary_(torch._foreach_tanh_);

/** `torch.trunc` of each tensor: a list of the results. */
export const trunc = unary(torch._foreach_trunc);

/** `torch.trunc` of each tensor, in place: the list. */
export const trunc_ = unary_(torch._foreach_trunc_);

// Binary operations

/** `torch.add` of each tensor and a number, or what a list has for it, times `alpha`. */
export const add = def(
  "add",
  ["inputs", "other", "*", "alpha"],
  (inputs: Tensors, other: Operand, alpha?: Scalar): Tensor[] =>
    torch._foreach_add(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors])),
);

/** The same in place: the list. */
export const add_ = def(
  "add_",
  ["inputs", "other", "*", "alpha"],
  <T extends Tensors>(inputs: T, other: Operand, alpha?: Scalar): T => {
    torch._foreach_add_(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors]));
    return inputs;
  },
);

/** `torch.sub` of each tensor and a number, or what a list has for it, times `alpha`. */
export const sub = def(
  "sub",
  ["inputs", "other", "*", "alpha"],
  (inputs: Tensors, other: Operand, alpha?: Scalar): Tensor[] =>
    torch._foreach_sub(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors])),
);

/** The same in place: the list. */
export const sub_ = def(
  "sub_",
  ["inputs", "other", "*", "alpha"],
  <T extends Tensors>(inputs: T, other: Operand, alpha?: Scalar): T => {
    torch._foreach_sub_(...([inputs, other, alpha === undefined ? {} : { alpha }] as unknown as [Tensors, Tensors]));
    return inputs;
  },
);

/** `torch.mul` of each tensor and a number, or what a list has for it. */
export const mul = binary(torch._foreach_mul);

/** The same in place: the list. */
export const mul_ = binary_(torch._foreach_mul_);

/** `torch.div` of each tensor and a number, or what a list has for it. */
export const div = binary(torch._foreach_div);

/** The same in place: the list. */
export const div_ = binary_(torch._foreach_div_);

/** `torch.clamp_min` of each tensor and a number, or what a list has for it. */
export const clamp_min = binary(torch._foreach_clamp_min);

/** The same in place: the list. */
export const clamp_min_ = binary_(torch._foreach_clamp_min_);

/** `torch.clamp_max` of each tensor and a number, or what a list has for it. */
export const clamp_max = binary(torch._foreach_clamp_max);

/** The same in place: the list. */
export const clamp_max_ = binary_(torch._foreach_clamp_max_);

/** `torch.minimum` of each tensor and a number, or what a list has for it. */
export const minimum = binary(torch._foreach_minimum);

/** The same in place: the list. */
export const minimum_ = binary_(torch._foreach_minimum_);

/** `torch.maximum` of each tensor and a number, or what a list has for it. */
export const maximum = binary(torch._foreach_maximum);

/** The same in place: the list. */
export const maximum_ = binary_(torch._foreach_maximum_);

// Pointwise operations

/** For each tensor: input + value * tensor1 * tensor2. */
export const addcmul = def(
  "addcmul",
  ["inputs", "tensor1", "tensor2", "*", "value"],
  (inputs: Tensors, tensor1: Tensors, tensor2: Tensors, value: Scalar | readonly Scalar[] | Tensor = 1): Tensor[] =>
    torch._foreach_addcmul(inputs, tensor1, tensor2, value as Scalar),
);

/** The same in place: the list. */
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

/** For each tensor: input + value * tensor1 / tensor2. */
export const addcdiv = def(
  "addcdiv",
  ["inputs", "tensor1", "tensor2", "*", "value"],
  (inputs: Tensors, tensor1: Tensors, tensor2: Tensors, value: Scalar | readonly Scalar[] | Tensor = 1): Tensor[] =>
    torch._foreach_addcdiv(inputs, tensor1, tensor2, value as Scalar),
);

/** The same in place: the list. */
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

/** `torch.lerp` of each tensor and its end: input + weight * (end - input). */
export const lerp = def(
  "lerp",
  ["inputs", "end", "weight"],
  (inputs: Tensors, end: Tensors, weight: Operand): Tensor[] => torch._foreach_lerp(inputs, end, weight as Scalar),
);

/** The same in place: the list. */
export const lerp_: <T extends Tensors>(inputs: T, end: Tensors, weight: Operand) => T = def(
  "lerp_",
  ["inputs", "end", "weight"],
  (inputs: Tensors, end: Tensors, weight: Operand) => {
    torch._foreach_lerp_(inputs, end, weight as Scalar);
    return inputs;
  },
) as never;

/** `torch.pow` of each tensor and an exponent, or of a number and each exponent. */
export const pow = def("pow", ["input", "exponent"], (input: Tensors | Scalar, exponent: Operand): Tensor[] =>
  torch._foreach_pow(input, exponent as Tensors),
);

/** The same in place: the list. */
export const pow_ = binary_(torch._foreach_pow_);

// Reductions and special operations

/** A copy of each tensor. */
export const clone = def(
  "clone",
  ["inputs", "*", "memory_format"],
  (inputs: Tensors, memory_format: memory_format | null = null): Tensor[] =>
    torch._foreach_clone(inputs, { memory_format }),
);

/** The greatest element of each tensor. */
export const max = unary(torch._foreach_max);

/** The vector norm of each tensor. */
export const norm = def(
  "norm",
  ["inputs", "*", "ord", "dtype"],
  (inputs: Tensors, ord: Scalar = 2, dtype: dtype | null = null): Tensor[] => torch._foreach_norm(inputs, ord, dtype),
);

/** Copies each tensor of `src` into that of `inputs`: the list. */
export const copy_ = def(
  "copy_",
  ["inputs", "src", "*", "non_blocking"],
  <T extends Tensors>(inputs: T, src: Tensors, non_blocking = false): T => {
    torch._foreach_copy_(inputs, src, non_blocking);
    return inputs;
  },
);

/** Fills each tensor with zeros: the list. */
export const zero_ = unary_(torch._foreach_zero_);

/** The product of the matrices at each place of two lists. */
export const mm = def("mm", ["inputs", "mat2"], (inputs: Tensors, mat2: Tensors): Tensor[] =>
  torch._foreach_mm(inputs, mat2),
);
