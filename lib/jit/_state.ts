// torch/jit/_state.py, and what others ask while a function is traced. Nothing heavy is imported here: every call of a
// module and of an operator with a list of ints looks at it.

import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";

/** A trace that is being made. */
export interface Trace {
  /** The submodules by their places in the traced module, such as "__module.net.0"; null for a function. */
  readonly scopes: ReadonlyMap<object, string> | null;
}

/** @internal The trace that is being made, or null. */
export let tracing: Trace | null = null;

/** @internal Sets what is being traced; returns what was before. */
export function setTracing(next: Trace | null): Trace | null {
  const previous = tracing;
  tracing = next;
  return previous;
}

/** @internal Runs a submodule's `forward` as what the trace records under the submodule's name. */
export function inScope<T>(module: object, forward: () => T): T {
  const scope = tracing?.scopes?.get(module);
  if (scope === undefined) return forward();
  native.jitPushScope(scope);
  try {
    return forward();
  } finally {
    native.jitPopScope();
  }
}

/** @internal Tells the tracer which ints, alone or in a list, are tensors, so that they are not recorded as constants. */
export function stashSizes(name: string, values: unknown, isInt = true): void {
  if (values instanceof TensorBase) native.jitStash(name, isInt ? null : -1, 0, handleOf(values));
  if (!Array.isArray(values)) return;
  values.forEach((value, i) => {
    if (value instanceof TensorBase) native.jitStash(name, values.length, i, handleOf(value));
  });
}

/**
 * @internal The sizes of a tensor, for the lists of ints that operators take. While a function is traced they are tensors
 * themselves, as Python's are: so the operators follow the sizes of other inputs.
 */
export function sizesOf(tensor: Tensor): readonly number[] {
  if (tracing === null) return tensor.shape;
  return tensor.shape.map((_, dim) => wrap(native.jitSizeOf(handleOf(tensor), dim)) as unknown as number);
}

/** @internal The product of two such sizes. */
export function product(size: number, factor: number): number {
  const traced: unknown = size;
  if (!(traced instanceof TensorBase)) return size * factor;
  return (traced as Tensor).mul(factor) as unknown as number;
}

/** @internal Warns that a value of the trace becomes a constant, or that what a function makes of values does. */
export function warnConstant(what: string, isConstructor = false): void {
  if (tracing !== null) native.jitTracerWarn(what, isConstructor);
}
