// The reductions of losses: torch/nn/_reduction.py

import { ValueError } from "../errors.js";
import { warn } from "./functional/warn.js";

/** What a loss does with the losses of its elements; `"elementwise_mean"` is an old name of `"mean"`. */
export type Reduction = "none" | "mean" | "sum";

/**
 * The number by which libtorch knows a reduction: 0 for "none", 1 for "mean", 2 for "sum".
 *
 * Throws ValueError for any other name.
 */
export function get_enum(reduction: string): number {
  switch (reduction) {
    case "none":
      return 0;
    case "mean":
      return 1;
    case "elementwise_mean":
      warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.");
      return 1;
    case "sum":
      return 2;
    default:
      throw new ValueError(`${reduction} is not a valid value for reduction`);
  }
}

/** The reduction that the deprecated `size_average` and `reduce` stand for; null is true for both. */
export function legacy_get_string(
  size_average: boolean | null,
  reduce: boolean | null,
  emit_warning = true,
): Reduction {
  const reduction = !(reduce ?? true) ? "none" : (size_average ?? true) ? "mean" : "sum";
  if (emit_warning) {
    warn(`size_average and reduce args will be deprecated, please use reduction='${reduction}' instead.`);
  }
  return reduction;
}

/** The number of the reduction that the deprecated `size_average` and `reduce` stand for. */
export function legacy_get_enum(size_average: boolean | null, reduce: boolean | null, emit_warning = true): number {
  return get_enum(legacy_get_string(size_average, reduce, emit_warning));
}
