// torch/_functorch/utils.py

import type { Tensor } from "../_tensor.js";
import { typeName } from "../arguments/kinds.js";
import { native, type TensorHandle } from "../binding.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";
import type { PyTree } from "../utils/_pytree.js";

/** Which arguments to differentiate with respect to. */
export type argnums_t = number | readonly number[];

// biome-ignore lint/suspicious/noExplicitAny: the functions that are transformed are the user's
export type AnyFunction = (...args: any[]) => any;

export const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/** What Python's type() prints. */
export const typeText = (value: unknown) => `<class '${isTensor(value) ? "torch.Tensor" : typeName(value)}'>`;

/** Calls a native function of a tensor's handle; a result that is the tensor itself comes back as that object. */
export function onHandle(tensor: Tensor, call: (handle: TensorHandle) => TensorHandle): Tensor {
  const result = call(handleOf(tensor));
  return native.isSame(handleOf(tensor), result) ? tensor : wrap(result);
}

/** Runs a function between the beginning of a transform's layer and its end. */
export function withLayer<T>(begin: () => number, end: () => void, body: (level: number) => T): T {
  const level = begin();
  try {
    return body(level);
  } finally {
    end();
  }
}

export type { PyTree };
