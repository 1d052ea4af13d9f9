// Arithmetic of hyperparameters: each may be a number or a tensor of one element.

import { Tensor } from "../_tensor.js";
import * as torch from "../generated/torch.js";
import { pow as powOfNumbers } from "../python/math.js";

/** A hyperparameter. */
export type Num = number | Tensor;

type Binary = (a: Num, b: Num) => Tensor;

function binary(numbers: (a: number, b: number) => number, tensors: Binary) {
  function apply(a: number, b: number): number;
  function apply(a: Num, b: Num): Num;
  function apply(a: Num, b: Num): Num {
    return a instanceof Tensor || b instanceof Tensor ? tensors(a, b) : numbers(a, b);
  }
  return apply;
}

export const add = binary((a, b) => a + b, torch.add as Binary);
export const sub = binary((a, b) => a - b, torch.sub as Binary);
export const mul = binary((a, b) => a * b, torch.mul as Binary);
export const div = binary(
  (a, b) => a / b,
  // Python's `number / tensor` multiplies by the reciprocal.
  (a, b) => (a instanceof Tensor ? a.div(b) : (b as Tensor).reciprocal().mul(a)),
);
export const pow = binary(powOfNumbers, torch.pow as Binary);

export function neg(a: number): number;
export function neg(a: Num): Num;
export function neg(a: Num): Num {
  return a instanceof Tensor ? a.neg() : -a;
}

/** The number itself, or the one element of a tensor. */
export function _get_value(x: Num): number {
  return x instanceof Tensor ? x.item() : x;
}

/** A tensor of one element without dimensions, or the number as it is. */
export function _to_scalar(x: Num): Num {
  return x instanceof Tensor && x.dim() !== 0 ? x.squeeze() : x;
}
