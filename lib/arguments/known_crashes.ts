// The known crashes: calls that end the process inside of libtorch, in Python too. They throw here instead.

import { RuntimeError } from "../errors.js";
import type { Tensor } from "../types.js";

/** Throws if an operator would crash with these values, which are those of its schema's arguments. */
type Guard = (values: readonly unknown[]) => void;

const isQuantized = (x: unknown) => (x as Tensor | null)?.is_quantized === true;

function refuseEmptyList([tensors]: readonly unknown[]): void {
  if (Array.isArray(tensors) && tensors.length === 0) {
    throw new RuntimeError("stack expects a non-empty TensorList"); // as torch.stack says
  }
}

function refuseQuantized([self]: readonly unknown[]): void {
  if (isQuantized(self)) throw new RuntimeError("_neg_view_copy does not support quantized tensors");
}

/** By the operator's qualified name. */
export const known_crashes: ReadonlyMap<string, Guard> = new Map<string, Guard>([
  ["aten::_stack", refuseEmptyList],
  ["aten::_stack.out", refuseEmptyList],
  ["aten::_neg_view_copy", refuseQuantized],
  ["aten::_neg_view_copy.out", refuseQuantized],
]);
