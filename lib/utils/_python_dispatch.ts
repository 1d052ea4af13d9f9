// torch/utils/_python_dispatch.py: modes that see the operators below autograd.

import type { OpOverload } from "../_ops.js";
import { ops } from "../_ops.js";
import { native, type StateHandle, type TensorHandle } from "../binding.js";
import { dtype } from "../dtype.js";
import type { Enter } from "../modes.js";
import { wrap } from "../tensor_base.js";

/** An operator that is about to run, and its arguments in the order of its schema. */
export interface Operation {
  readonly func: OpOverload;
  readonly args: readonly unknown[];
}

/** @internal The results of an operator, without a graph, as they can stand for those of another run. */
export type Kept = StateHandle;

/** @internal What a mode does. */
export interface DispatchMode {
  /**
   * Returns null to have the operator run, true to be told of the results, false to see what it is composed of, or earlier
   * results to have these instead.
   */
  before(operation: Operation): Kept | boolean | null;
  after?(operation: Operation, output: unknown, kept: Kept): void;
}

function overload(name: string): OpOverload {
  const [namespace, rest] = name.split("::");
  const [opname, overloadname = "default"] = rest.split(".");
  return ops[namespace][opname][overloadname];
}

function fromNative(value: unknown, type: string): unknown {
  if (value === null) return null;
  if (type === "Tensor" || type === "Tensor?") return wrap(value as TensorHandle);
  if (type === "ScalarType" || type === "ScalarType?") return dtype.of(value as number);
  if (type.startsWith("Tensor") && Array.isArray(value)) return value.map((element) => fromNative(element, "Tensor"));
  return value;
}

/** @internal How a mode is entered: operators that it calls itself are outside of it. */
export function enterDispatchMode(mode: DispatchMode): Enter {
  const handler = (name: string, args: unknown[], results?: unknown[], kept?: StateHandle) => {
    const func = overload(name);
    const types = func._schema.arguments;
    const operation = { func, args: args.map((arg, i) => fromNative(arg, types[i].type)) };
    if (results === undefined) return mode.before(operation);
    const outputs = results.map((result, i) => fromNative(result, func._schema.returns[i].type));
    mode.after?.(operation, outputs.length === 1 ? outputs[0] : outputs, kept as StateHandle);
    return null;
  };
  return () => {
    native.pushDispatchMode(handler);
    return native.popDispatchMode;
  };
}
