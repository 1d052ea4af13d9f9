// torch/autograd/function.py: operations with a backward of the user's.

import type { Tensor } from "../_tensor.js";
import { type Handles, native } from "../binding.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";
import { is_grad_enabled, no_grad } from "./grad_mode.js";
import { toHandles, toTensors } from "./graph.js";

type Gradients = (Tensor | null)[];
// biome-ignore lint/suspicious/noExplicitAny: what forward takes and keeps is the user's
type Any = any;

/** What `forward` leaves for `backward`: saved tensors, and any field. */
export class FunctionCtx {
  [field: string]: Any;
  /** For each argument of forward, whether its gradient is wanted. */
  needs_input_grad: boolean[] = [];

  /** Keeps tensors for backward, where `saved_tensors` gives them; arguments and results of forward alone may be kept. */
  save_for_backward(...tensors: (Tensor | null)[]): void {
    stateOf(this).saved = tensors;
  }

  /** Tells that forward changed these arguments in place. */
  mark_dirty(...tensors: Tensor[]): void {
    stateOf(this).dirty = tensors;
  }

  /** Tells that these results of forward have no gradient. */
  mark_non_differentiable(...tensors: Tensor[]): void {
    stateOf(this).nonDifferentiable = tensors;
  }

  /** Whether gradients of results that were not used reach backward as zeros (the default) or as null. */
  set_materialize_grads(value: boolean): void {
    stateOf(this).materialize = value;
  }

  /**
   * The tensors that save_for_backward() kept.
   *
   * Throws RuntimeError once the graph was freed, and when a tensor was changed in place since.
   */
  get saved_tensors(): Tensor[] {
    return stateOf(this).saved as Tensor[];
  }
}

interface State {
  saved: readonly (Tensor | null)[];
  dirty: readonly Tensor[];
  nonDifferentiable: readonly Tensor[];
  materialize: boolean;
}

const states = new WeakMap<FunctionCtx, State>();

function stateOf(ctx: FunctionCtx): State {
  let state = states.get(ctx);
  if (!state) {
    state = { saved: [], dirty: [], nonDifferentiable: [], materialize: true };
    states.set(ctx, state);
  }
  return state;
}

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

function checkCount(name: string, gradients: readonly unknown[], expected: number): void {
  const extra = gradients.slice(expected);
  if (gradients.length < expected || extra.some((gradient) => gradient !== null && gradient !== undefined)) {
    throw new RuntimeError(
      `function ${name}Backward returned an incorrect number of gradients (expected ${expected}, got ${gradients.length})`,
    );
  }
}

/**
 * The base of operations with a backward of their own: a subclass has the static methods `forward(ctx, ...args)` (or
 * `forward(...args)` and `setup_context(ctx, inputs, output)`) and `backward(ctx, ...grad_outputs)`, and is used by `apply(...args)`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.Function}
 */
export class Function extends FunctionCtx {
  static forward(..._args: Any[]): Any {
    throw new NotImplementedError("You must implement the forward function for custom autograd.Function.");
  }

  static setup_context?: (ctx: Any, inputs: Any[], output: Any) => void;

  static backward(_ctx: Any, ..._grad_outputs: Any[]): Any {
    throw new NotImplementedError(
      "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
    );
  }

  /** Computes forward, and records backward where a tensor among the arguments requires grad. */
  static override apply(...args: Any[]): Any {
    const ctx = new FunctionCtx();
    const recording = is_grad_enabled();
    ctx.needs_input_grad = args.map((arg) => recording && isTensor(arg) && arg.requires_grad);
    const output = no_grad(() => {
      if (!this.setup_context) return this.forward(ctx, ...args);
      const result = this.forward(...args);
      this.setup_context(ctx, args, result);
      return result;
    });
    const outputs: unknown[] = Array.isArray(output) ? output : [output];
    const tensors = outputs.filter(isTensor);
    const wrapped = record(this, ctx, args, tensors);
    let next = 0;
    const results = outputs.map((one) => (isTensor(one) ? wrapped[next++] : one));
    return Array.isArray(output) ? results : results[0];
  }
}

// Apart from record(): what backward() refers to lives as long as the graph, and must not own the graph's tensors.
function backwardCallback(operation: typeof Function, ctx: FunctionCtx, positions: readonly number[], count: number) {
  return (gradOutputs: Handles, saved: Handles): Handles => {
    const state = stateOf(ctx);
    state.saved = toTensors(saved);
    const result = operation.backward(ctx, ...toTensors(gradOutputs));
    state.saved = [];
    const gradients: Gradients = Array.isArray(result) ? result : [result];
    checkCount(operation.name, gradients, count);
    return toHandles(positions.map((position) => gradients[position]));
  };
}

function record(operation: typeof Function, ctx: FunctionCtx, args: readonly unknown[], outputs: Tensor[]): Tensor[] {
  const state = stateOf(ctx);
  const inputs = args.filter(isTensor);
  const positions = args.flatMap((arg, i) => (isTensor(arg) ? [i] : []));
  const handles = native.recordCustomFunction(
    `${operation.name}Backward`,
    toHandles(inputs),
    toHandles(outputs),
    state.dirty.map(handleOf),
    state.nonDifferentiable.map(handleOf),
    toHandles(state.saved),
    state.materialize,
    backwardCallback(operation, ctx, positions, args.length),
  );
  // The node has them from here on, and gives the saved ones back in backward().
  states.set(ctx, { ...state, saved: [], dirty: [], nonDifferentiable: [] });
  const known = [...outputs, ...inputs];
  return handles.map((handle) => {
    if (!handle) return null as unknown as Tensor;
    return known.find((tensor) => native.isSame(handleOf(tensor), handle)) ?? wrap(handle);
  });
}

/** Wraps a backward that cannot itself be differentiated: its results are cut from the graph. */
export function once_differentiable<F extends (ctx: Any, ...grads: Any[]) => Any>(backward: F): F {
  return ((ctx: Any, ...grads: Any[]) => no_grad(() => backward(ctx, ...grads))) as F;
}
