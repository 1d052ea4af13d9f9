// torch/_functorch/apis.py

import type { Tensor } from "../_tensor.js";
import { binder, def } from "../arguments/function.js";
import { ValueError } from "../errors.js";
import type { Keywords } from "../types.js";
import type { PyTree } from "../utils/_pytree.js";
import { grad_and_value_impl, grad_impl } from "./eager_transforms.js";
import type { AnyFunction, argnums_t } from "./utils.js";
import { _check_randomness_arg, type in_dims_t, type out_dims_t, type Randomness, vmap_impl } from "./vmap.js";

/** What vmap() takes by keyword. */
export type VmapKeywords = Keywords<{
  in_dims?: in_dims_t;
  out_dims?: out_dims_t;
  randomness?: Randomness;
  chunk_size?: number | null;
}>;

const bindVmap = binder("vmap", ["func", "in_dims", "out_dims", "randomness", "*", "chunk_size"], 1, 2);

/**
 * A function that maps `func` over a dimension of its inputs: it is called once, with tensors that lack the dimension.
 *
 * `vmap(func, in_dims=0, out_dims=0, randomness='error', *, chunk_size=None) -> Callable[_P, _R]`
 *
 * `in_dims` tells which dimension of each input that is (null: the input is the same for all), `out_dims` where the outputs
 * get it; both may be structures like the inputs and outputs. Random operators throw RuntimeError unless `randomness` is
 * "same" or "different". With `chunk_size` so many elements are computed at a time.
 *
 * Keyword arguments, in a last plain object for which `in_dims` has no place or that holds other things than tensors, are
 * not mapped over.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.vmap.html}
 */
export function vmap<F extends AnyFunction>(
  func: F,
  in_dims?: in_dims_t | VmapKeywords,
  out_dims?: out_dims_t,
  randomness?: Randomness | Omit<VmapKeywords, "in_dims" | "out_dims" | "randomness">,
  keywords?: Keywords<{ chunk_size?: number | null }>,
): F;
export function vmap(...args: unknown[]): AnyFunction {
  const [func, in_dims = 0, out_dims = 0, randomness = "error", chunk_size = null] = bindVmap(args) as [
    AnyFunction,
    in_dims_t?,
    out_dims_t?,
    Randomness?,
    (number | null)?,
  ];
  _check_randomness_arg(randomness);
  if (chunk_size !== null && !(chunk_size > 0)) {
    throw new ValueError(`vmap: chunk_size should be None or greater than 0. (got ${chunk_size})`);
  }
  return (...inputs: PyTree[]) => vmap_impl(func, in_dims, out_dims, randomness, chunk_size, inputs);
}

/** What makes another function of a function, with respect to some of its arguments. */
export type Transform = (func: AnyFunction, argnums?: argnums_t | TransformKeywords, ...more: unknown[]) => AnyFunction;

type TransformKeywords = Keywords<{
  argnums?: argnums_t;
  has_aux?: boolean;
  chunk_size?: number | null;
  randomness?: Randomness;
  _preallocate_and_copy?: boolean;
}>;

type GradKeywords = Keywords<{ argnums?: argnums_t; has_aux?: boolean }>;

/** What the gradient with respect to the first argument is like: the argument. */
interface Grad {
  <A extends readonly PyTree[]>(func: (...args: A) => Tensor): (...args: A) => A[0];
  (func: AnyFunction, argnums?: argnums_t | GradKeywords, has_aux?: boolean | GradKeywords): AnyFunction;
}

interface GradAndValue {
  <A extends readonly PyTree[]>(func: (...args: A) => Tensor): (...args: A) => [grad: A[0], value: Tensor];
  (func: AnyFunction, argnums?: argnums_t | GradKeywords, has_aux?: boolean | GradKeywords): AnyFunction;
}

/**
 * A function that computes the gradient of `func` with respect to the arguments that `argnums` names.
 *
 * `grad(func, argnums=0, has_aux=False) -> Callable[_P, Any]`
 *
 * `func` must return a tensor of no dimensions, or `[output, aux]` with `has_aux`, and then [gradient, aux] is returned. The
 * gradient has the structure of the argument, or is an array if `argnums` is one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.grad.html}
 */
export const grad = def(
  "grad",
  ["func", "argnums", "has_aux"],
  (func: AnyFunction, argnums: argnums_t = 0, has_aux = false): AnyFunction =>
    (...args: PyTree[]) =>
      grad_impl(func, argnums, has_aux, args),
) as Grad;

/**
 * A function that computes the gradient of `func`, as grad() does, and its output: [gradient, output], or
 * [gradient, [output, aux]] with `has_aux`.
 *
 * `grad_and_value(func, argnums=0, has_aux=False) -> Callable[_P, tuple[Any, Any]]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.grad_and_value.html}
 */
export const grad_and_value = def(
  "grad_and_value",
  ["func", "argnums", "has_aux"],
  (func: AnyFunction, argnums: argnums_t = 0, has_aux = false): AnyFunction =>
    (...args: PyTree[]) =>
      grad_and_value_impl(func, argnums, has_aux, args),
) as GradAndValue;
