// torch/_functorch/pyfunctorch.py: the stack of transforms that are active.

import { _set_fwd_grad_enabled } from "../autograd/forward_ad.js";
import { no_grad } from "../autograd/grad_mode.js";
import { native } from "../binding.js";
import { AssertionError } from "../errors.js";
import type { Randomness } from "./vmap.js";

/** The kinds of transforms. */
export const TransformType = { Vmap: 1, Grad: 2, Jvp: 3, Functionalize: 4 } as const;

const randomnessTypes: readonly Randomness[] = ["error", "same", "different"];

/** One active transform. */
export interface Interpreter {
  readonly key: number;
  readonly level: number;
  /** Of a vmap. */
  readonly batch_size: number;
  readonly randomness: Randomness;
}

/** Whether any transform is active. */
export const are_transforms_active = (): boolean => native.peekInterpreterStack() !== null;

/** The innermost transform. */
export function retrieve_current_functorch_interpreter(): Interpreter {
  const top = native.peekInterpreterStack();
  if (top === null) throw new AssertionError("interpreter must not be None");
  const [key, level, batch_size, randomness] = top;
  return { key, level, batch_size: batch_size ?? 0, randomness: randomnessTypes[randomness ?? 0] };
}

/** Runs a function outside of the innermost transform, and under the mode that was set outside of it. */
export function lower<T>(interpreter: Interpreter, body: () => T): T {
  const layer = native.popDynamicLayerStack();
  try {
    if (native.outerGradMode(layer)) return body();
    return interpreter.key === TransformType.Jvp ? _set_fwd_grad_enabled(false, body) : no_grad(body);
  } finally {
    native.pushDynamicLayerStack(layer);
  }
}
