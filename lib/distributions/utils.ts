// torch/distributions/utils.py

import { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { enable_grad } from "../autograd/grad_mode.js";
import { ValueError } from "../errors.js";
import { broadcast_tensors } from "../functional.js";
import * as torch from "../generated/torch.js";
import { softmax } from "../nn/functional.js";
import { PyFloat } from "../python/float.js";
import { round } from "../python/numbers.js";
import { get_default_dtype, tensor } from "../tensor_new.js";
import { finfo } from "../torch_functions/dtypes.js";
import type { device, dtype } from "../types.js";

/** The Euler-Mascheroni constant. */
export const euler_constant = 0.5772156649015329;

/** A parameter of a distribution: a tensor, or a number. */
export type Value = Tensor | number;

/** @internal Whether a value is one of Python's int, float or bool. */
export function isNumber(value: unknown): value is number {
  return ["number", "boolean", "bigint"].includes(typeof value) || value instanceof PyFloat;
}

/**
 * The values as tensors of the shape that they broadcast to.
 *
 * Numbers get the dtype and device of the first tensor, or else the default dtype. Throws ValueError for what is neither.
 */
export function broadcast_all(...values: Value[]): Tensor[] {
  if (!values.every((v) => v instanceof Tensor || isNumber(v))) {
    throw new ValueError(
      "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__.",
    );
  }
  const first = values.find((v) => v instanceof Tensor);
  const options = first ? { dtype: first.dtype, device: first.device } : { dtype: get_default_dtype() };
  return broadcast_tensors(...values.map((v) => (v instanceof Tensor ? v : tensor(v, options))));
}

export function _standard_normal(shape: readonly number[], options: { dtype: dtype; device: device }): Tensor {
  return torch.empty(shape, options).normal_();
}

/** Sums over the last dimensions; `dim` tells how many. */
export function _sum_rightmost(value: Tensor, dim: number): Tensor {
  if (dim === 0) return value;
  return value.reshape([...value.shape.slice(0, -dim), -1]).sum(-1);
}

/** Probabilities of logits: by sigmoid if they are binary, and else by softmax over the last dimension. */
export const logits_to_probs = def(
  "logits_to_probs",
  ["logits", "is_binary"],
  (logits: Tensor, is_binary = false): Tensor => (is_binary ? torch.sigmoid(logits) : softmax(logits, { dim: -1 })),
);

/** Probabilities kept between eps and 1 - eps of their dtype. */
export const clamp_probs = def("clamp_probs", ["probs"], (probs: Tensor): Tensor => {
  const { eps } = finfo(probs.dtype);
  return probs.clamp({ min: eps, max: 1 - eps });
});

/** Logits of probabilities: log(p / (1 - p)) if they are binary, and else log(p), normalised but not centred. */
export const probs_to_logits = def("probs_to_logits", ["probs", "is_binary"], (probs: Tensor, is_binary = false) => {
  const ps_clamped = clamp_probs(probs);
  if (is_binary) return torch.log(ps_clamped).sub(torch.log1p(ps_clamped.neg()));
  return torch.log(ps_clamped);
});

// The getters that keep their value.
const lazy = new WeakSet<object>();

/**
 * Makes getters of a class compute their value, in grad mode, the first time that an object is asked for it: from then on
 * the object has it as a field.
 */
export function lazy_property(cls: { readonly prototype: object }, ...names: string[]): void {
  for (const name of names) {
    const wrapped = Object.getOwnPropertyDescriptor(cls.prototype, name)?.get;
    if (!wrapped) throw new TypeError(`${name} is not a getter`);
    const get = function (this: object): unknown {
      const value = enable_grad(() => wrapped.call(this));
      setFields(this, { [name]: value });
      return value;
    };
    lazy.add(get);
    Object.defineProperty(cls.prototype, name, { get, configurable: true });
  }
}

/** @internal Whether an object would compute this property lazily, and has not yet. */
export function isLazy(instance: object, name: string): boolean {
  if (Object.hasOwn(instance, name)) return false;
  for (let object = instance; object !== null; object = Object.getPrototypeOf(object)) {
    const get = Object.getOwnPropertyDescriptor(object, name)?.get;
    if (get) return lazy.has(get);
  }
  return false;
}

/** @internal Sets fields of an object, also those that its class has as lazy properties. */
export function setFields(instance: object, fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    Object.defineProperty(instance, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

/** Which elements of a matrix are on or below the diagonal `diag`. */
function trilMask(n: number, diag: number, device: device): Tensor {
  const arange = torch.arange(n, { device });
  return arange.lt(arange.view(-1, 1).add(diag + 1));
}

/** The elements on or below the diagonal `diag` of (..., D, D) matrices, row by row; throws ValueError if it is outside. */
export const tril_matrix_to_vec = def("tril_matrix_to_vec", ["mat", "diag"], (mat: Tensor, diag = 0): Tensor => {
  const n = mat.shape[mat.shape.length - 1];
  if (diag < -n || diag >= n) throw new ValueError(`diag (${diag}) provided is outside [${-n}, ${n - 1}].`);
  return mat.index("...", trilMask(n, diag, mat.device));
});

/**
 * The (..., D, D) lower triangular matrices with these elements on or below the diagonal `diag`.
 *
 * Throws ValueError if so many elements fill no triangle.
 */
export const vec_to_tril_matrix = def("vec_to_tril_matrix", ["vec", "diag"], (vec: Tensor, diag = 0): Tensor => {
  const size = vec.shape[vec.shape.length - 1];
  const root = Math.sqrt((1 + 2 * diag) ** 2 + 8 * size + 4 * Math.abs(diag) * (diag + 1));
  const exact = (-(1 + 2 * diag) + root) / 2;
  const n = round(exact);
  if (n - exact > finfo(vec.dtype).eps) {
    throw new ValueError(
      `The size of last dimension is ${size} which cannot be expressed as ` +
        "the lower triangular part of a square D x D matrix.",
    );
  }
  const mat = vec.new_zeros([...vec.shape.slice(0, -1), n, n]);
  mat.index_put_(["...", trilMask(n, diag, vec.device)], vec);
  return mat;
});

/** @internal The last elements of two lists, the ones before, and so on, until one has no more. */
export function* zipReversed(a: readonly number[], b: readonly number[]): Generator<[number, number]> {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) yield [a[a.length - i], b[b.length - i]];
}

/** @internal Whether two shapes are equal. */
export function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
