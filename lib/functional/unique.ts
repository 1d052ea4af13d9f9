// torch.unique and torch.unique_consecutive of torch/functional.py

import { boolean_dispatch } from "../_jit_internal.js";
import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import * as _VF from "../generated/torch.js";
import type { Keywords } from "../types.js";

type UniqueResult = [output: Tensor, inverse_indices: Tensor, counts: Tensor];

function _unique_impl(
  input: Tensor,
  sorted = true,
  return_inverse = false,
  return_counts = false,
  dim: number | null = null,
): UniqueResult {
  if (dim !== null) return _VF.unique_dim(input, dim, { sorted, return_inverse, return_counts });
  return _VF._unique2(input, { sorted, return_inverse, return_counts });
}

function _unique_consecutive_impl(
  input: Tensor,
  return_inverse = false,
  return_counts = false,
  dim: number | null = null,
): UniqueResult {
  return _VF.unique_consecutive(input, { return_inverse, return_counts, dim });
}

/** The four forms of a function whose flags say what it returns, chosen as Python chooses them, by name or position. */
function dispatch_unique(
  func_name: string,
  prefix: string,
  names: string[],
  impl: typeof _unique_impl,
  index: number,
  // biome-ignore lint/suspicious/noExplicitAny: each use gives the function its type
): any {
  const form = (name: string, pick: (result: UniqueResult) => unknown) =>
    def(`${prefix}_return_${name}`, names, (input: Tensor, ...flags: []) => pick(impl(input, ...flags)));
  const return_inverse_false = boolean_dispatch(
    "return_counts",
    index,
    false,
    form("counts", ([output, , counts]) => [output, counts]),
    form("output", ([output]) => output),
    func_name,
  );
  const return_inverse_true = boolean_dispatch(
    "return_counts",
    index,
    false,
    form("inverse_and_counts", (result) => result),
    form("inverse", ([output, inverse_indices]) => [output, inverse_indices]),
    func_name,
  );
  return boolean_dispatch("return_inverse", 2, false, return_inverse_true, return_inverse_false, func_name);
}

/** What unique() and unique_consecutive() return: the elements, and what else the flags ask for. */
export type Unique<I, C> = I extends true
  ? C extends true
    ? [Tensor, Tensor, Tensor]
    : [Tensor, Tensor]
  : C extends true
    ? [Tensor, Tensor]
    : Tensor;

/**
 * The different elements of a tensor, or its different slices along a dimension.
 *
 * `unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None) -> Tensor`
 *
 * With `return_inverse` also where each element of the input is among them, and with `return_counts` how often each of
 * them occurs in the input.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.unique.html}
 */
export const unique: {
  <I extends boolean = false, C extends boolean = false>(
    input: Tensor,
    keywords: Keywords<{ sorted?: boolean; return_inverse?: I; return_counts?: C; dim?: number | null }>,
  ): Unique<I, C>;
  <I extends boolean = false, C extends boolean = false>(
    input: Tensor,
    sorted?: boolean,
    return_inverse?: I,
    return_counts?: C,
    dim?: number | null,
  ): Unique<I, C>;
  <I extends boolean = false, C extends boolean = false>(
    input: Tensor,
    sorted: boolean,
    keywords: Keywords<{ return_inverse?: I; return_counts?: C; dim?: number | null }>,
  ): Unique<I, C>;
} = dispatch_unique("unique", "", ["input", "sorted", "return_inverse", "return_counts", "dim"], _unique_impl, 3);

/**
 * A tensor, or its slices along a dimension, without immediate repetitions.
 *
 * `unique_consecutive(input, return_inverse=False, return_counts=False, dim=None) -> Tensor`
 *
 * With `return_inverse` also where each element of the input is in the result, and with `return_counts` the lengths of
 * the runs. The flags are to be given by keyword: Python's function takes them for one another by position.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.unique_consecutive.html}
 */
export const unique_consecutive: <I extends boolean = false, C extends boolean = false>(
  input: Tensor,
  keywords?: Keywords<{ return_inverse?: I; return_counts?: C; dim?: number | null }>,
) => Unique<I, C> = dispatch_unique(
  "unique_consecutive",
  "_consecutive",
  ["input", "return_inverse", "return_counts", "dim"],
  _unique_consecutive_impl as unknown as typeof _unique_impl,
  1,
);
