// torch/_prims_common/__init__.py

import type { Tensor } from "./_tensor.js";
import { channels_last, contiguous_format } from "./layout.js";

/** -1 if the first dimension's steps in memory are the smaller ones, 1 if they are the greater ones, 0 if they tell nothing. */
function should_swap(tensor: Tensor, idx_a: number, idx_b: number): number {
  const { shape } = tensor;
  const strides = tensor.stride();
  const [stride_a, stride_b] = [strides[idx_a], strides[idx_b]];
  const ge = (a: number, b: number) => b === 0 || (a !== 0 && (a >= b || a % b === 0));
  if (stride_a === 0 || stride_b === 0) return 0;
  if (stride_a === stride_b) return ge(shape[idx_b], shape[idx_a]) ? 0 : 1;
  return ge(stride_b, stride_a) ? -1 : 1;
}

/**
 * The order of the dimensions in memory, the one with the greatest steps first, and whether it is ambiguous, which is
 * found out if `ambiguity_check` is set.
 */
export function compute_elementwise_output_logical_to_physical_perm(
  tensor: Tensor,
  { ambiguity_check = false }: { ambiguity_check?: boolean } = {},
): [number[], boolean] {
  const { ndim } = tensor;
  const order = Array.from({ length: ndim }, (_, i) => i);
  if (ndim < 2) return [order, false];
  const is_contiguous = tensor.is_contiguous({ memory_format: contiguous_format });
  const is_channels_last = tensor.is_contiguous({ memory_format: channels_last });
  if (is_contiguous && !is_channels_last) return [order, false];
  if (is_channels_last && !is_contiguous) return [[0, ...order.slice(2), 1], false];

  // insertion sort with support for ambiguous comparisons, back to front
  const perm = order.reverse();
  for (let i = 1; i < ndim; i++) {
    let dim1 = i;
    for (let dim0 = i - 1; dim0 >= 0; dim0--) {
      const comparison = should_swap(tensor, perm[dim0], perm[dim1]);
      if (comparison < 0) break;
      if (comparison > 0) {
        [perm[dim0], perm[dim1]] = [perm[dim1], perm[dim0]];
        dim1 = dim0;
      }
    }
  }
  const isOrdered = (dim: number, i: number) => i === 0 || should_swap(tensor, perm[i - 1], dim) === -1;
  return [[...perm].reverse(), ambiguity_check && !perm.every(isOrdered)];
}
