// The known crashes: calls that end the process inside of libtorch, in Python too. They throw here instead. Private
// functions that are left to crash as in Python are listed in test/fuzz/unguarded.ts.

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

const refuseQuantized =
  (name: string): Guard =>
  ([self]) => {
    if (isQuantized(self)) throw new RuntimeError(`${name} does not support quantized tensors`);
  };

/** By the operator's qualified name. */
export const known_crashes: ReadonlyMap<string, Guard> = new Map<string, Guard>([
  ["aten::_stack", refuseEmptyList],
  ["aten::_stack.out", refuseEmptyList],
  ["aten::_neg_view_copy", refuseQuantized("_neg_view_copy")],
  ["aten::_neg_view_copy.out", refuseQuantized("_neg_view_copy")],
  ["aten::view_copy.dtype", refuseQuantized("view_copy")],
  ["aten::view_copy.dtype_out", refuseQuantized("view_copy")],
]);
