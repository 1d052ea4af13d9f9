// torch/autograd/function.py: operations with a backward of the user's.

import type { VmapInfo } from "../_functorch/autograd_function.js";
import { are_transforms_active } from "../_functorch/pyfunctorch.js";
import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { generic } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { type Handles, native, type StateHandle, type TensorHandle } from "../binding.js";
import { dtype } from "../dtype.js";
import { AssertionError, NotImplementedError, RuntimeError } from "../errors.js";
import { withMode } from "../modes.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";
import { warn } from "../warnings.js";
import { is_grad_enabled, no_grad } from "./grad_mode.js";
import { toHandles, toTensors } from "./graph/handles.js";

type Gradients = (Tensor | null)[];
// biome-ignore lint/suspicious/noExplicitAny: what forward takes and keeps is the user's
type Any = any;

/** What `forward` leaves for `backward`: saved tensors, and any field. */
export class FunctionCtx {
  [field: string]: Any;

  /** For each argument of forward, whether it requires grad. */
  get needs_input_grad(): boolean[] {
    return stateOf(this).needs_input_grad;
  }

  set needs_input_grad(needs: boolean[]) {
    stateOf(this).needs_input_grad = needs;
  }

  /**
   * Keeps tensors for backward, where `saved_tensors` gives them; arguments and results of forward alone may be kept.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.function.FunctionCtx.save_for_backward.html}
   */
  save_for_backward(...tensors: (Tensor | null)[]): void {
    stateOf(this).saved = tensors;
  }

  /** Keeps tensors for jvp, where `saved_tensors` gives them. */
  save_for_forward(...tensors: (Tensor | null)[]): void {
    if (tensors.some((tensor) => tensor !== null && !isTensor(tensor))) {
      throw new AssertionError(
        "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx.",
      );
    }
    stateOf(this).savedForForward = tensors;
  }

  /** Tells that forward changed these arguments in place. */
  mark_dirty(...tensors: Tensor[]): void {
    stateOf(this).dirty = tensors;
  }

  /** Deprecated: tensors that share storage are known without it. */
  mark_shared_storage(..._pairs: unknown[]): void {
    warn(
      "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that calls to `set_()` are not tracked",
      "FutureWarning",
    );
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
   * Tells for each result of forward the dtype in which backward gets its gradient; null, the only choice for what has no
   * gradient, takes it as it is. Without, it is the result's own.
   *
   * Throws RuntimeError when it is called again; apply() does so for another number than there are results, for what is
   * no dtype, and for a dtype where a result has no gradient.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.function.FunctionCtx.set_output_grad_dtype.html}
   */
  set_output_grad_dtype(...dtypes: (dtype | null)[]): void {
    const state = stateOf(this);
    if (state.outputGradDtypes !== null) throw new RuntimeError("set_output_grad_dtype can only be called once");
    state.outputGradDtypes = dtypes;
  }

  /**
   * In backward the tensors that save_for_backward() kept, in jvp those of save_for_forward(); else none.
   *
   * Throws RuntimeError once the graph was freed, and when a tensor was changed in place since.
   */
  get saved_tensors(): Tensor[] {
    const { node, savedForForward, clearOnAccess } = stateOf(this);
    if (savedForForward) return [...savedForForward] as Tensor[];
    return node ? (toTensors(native.customFunctionSaved(node, clearOnAccess)) as Tensor[]) : [];
  }
}

takeKeywords("FunctionCtx", FunctionCtx.prototype, { set_materialize_grads: ["value"] });

interface State {
  needs_input_grad: boolean[];
  saved: readonly (Tensor | null)[];
  savedForForward: readonly (Tensor | null)[] | null;
  dirty: readonly Tensor[];
  nonDifferentiable: readonly Tensor[];
  materialize: boolean;
  outputGradDtypes: readonly (dtype | null)[] | null;
  clearOnAccess: boolean;
  /** While backward runs. */
  node: StateHandle | null;
}

const states = new WeakMap<FunctionCtx, State>();

function stateOf(ctx: FunctionCtx): State {
  let state = states.get(ctx);
  if (!state) {
    state = {
      needs_input_grad: [],
      saved: [],
      savedForForward: null,
      dirty: [],
      nonDifferentiable: [],
      materialize: true,
      outputGradDtypes: null,
      clearOnAccess: false,
      node: null,
    };
    states.set(ctx, state);
  }
  return state;
}

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/**
 * The base of operations with a backward of their own: a subclass has the static methods `forward(ctx, ...args)` (or
 * `forward(...args)` and `setup_context(ctx, inputs, output)`) and `backward(ctx, ...grad_outputs)`, and is used by
 * `apply(...args)`. With `jvp(ctx, ...grad_inputs)` it has forward-mode gradients too.
 *
 * What forward returns as an array are several results.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.Function}
 */
export class Function extends FunctionCtx {
  /** Whether the first reading of `saved_tensors` in backward lets go of them; a second one throws RuntimeError then. */
  static clear_saved_tensors_on_access = false;

  /** Whether backward is given its gradients as one array, of which it may drop elements to free them early. */
  static boxed_grads_call = false;

  static forward(..._args: Any[]): Any {
    throw new NotImplementedError("You must implement the forward function for custom autograd.Function.");
  }

  static setup_context?: (ctx: Any, inputs: Any[], output: Any) => void;

  static backward(_ctx: Any, ..._grad_outputs: Any[]): Any {
    throw new NotImplementedError(
      "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
    );
  }

  /** Another name for backward. */
  static vjp(ctx: Any, ...grad_outputs: Any[]): Any {
    return Function.backward(ctx, ...grad_outputs);
  }

  /** The tangents of forward's results, from those of its arguments. */
  static jvp(_ctx: Any, ..._grad_inputs: Any[]): Any {
    throw new NotImplementedError(
      "You must implement the jvp function for custom autograd.Function to use it with forward mode AD.",
    );
  }

  /** Whether vmap() makes the rule for this operation out of its static methods. */
  static generate_vmap_rule = false;

  /**
   * The rule of vmap() for this operation: from the arguments, and for each the dimension that is mapped over or null, to
   * [outputs, their dimensions].
   */
  static vmap?: (info: VmapInfo, in_dims: Any, ...args: Any[]) => Any;

  /** Computes forward, and records backward where a tensor among the arguments requires grad. */
  static override apply(...args: Any[]): Any {
    return callInTransforms && are_transforms_active() ? callInTransforms(this, args) : applySingleLevel(this, args);
  }

  static {
    // As in Python it is bound to its class: `const relu = MyReLU.apply` may be called by itself.
    const { apply } = Function;
    Object.defineProperty(Function, "apply", {
      configurable: true,
      get(this: typeof Function) {
        return apply.bind(this);
      },
    });
  }
}

type Apply = (operation: typeof Function, args: readonly Any[]) => Any;

let callInTransforms: Apply | null = null;

/** @internal Told by torch._functorch, which knows this file, how apply() goes through active transforms. */
export function setCallInTransforms(call: Apply): void {
  callInTransforms = call;
}

/** What forward, backward and jvp are given as `ctx`: it calls them for the node of the graph. */
export class BackwardCFunction extends FunctionCtx {
  readonly #forward_cls: typeof Function;

  constructor(forward_cls: typeof Function) {
    super();
    this.#forward_cls = forward_cls;
  }

  #user_fn(): (ctx: Any, ...grads: Any[]) => Any {
    const { backward, vjp } = this.#forward_cls;
    if (vjp !== Function.vjp && backward !== Function.backward) {
      throw new RuntimeError(
        "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them.",
      );
    }
    return vjp !== Function.vjp ? vjp : backward;
  }

  /** Calls the user's backward. */
  apply(...grads: Any[]): Any {
    return this.#forward_cls.boxed_grads_call ? this.apply_boxed(grads) : this.apply_boxed(...grads);
  }

  /** The same, for gradients in one array. */
  apply_boxed(...grads: Any[]): Any {
    return this.#user_fn().call(this.#forward_cls, this, ...grads);
  }

  /** Calls the user's jvp. */
  apply_jvp(...tangents: Any[]): Any {
    return this.#forward_cls.jvp(this, ...tangents);
  }
}

/** @internal Function.apply() in the innermost transform alone, or outside of all. */
export function applySingleLevel(operation: typeof Function, args: readonly Any[]): Any {
  const ctx = new BackwardCFunction(operation);
  ctx.needs_input_grad = args.map((arg) => isTensor(arg) && arg.requires_grad);
  const output = withMode("autograd.Function", enterForward, () => {
    if (!operation.setup_context) return operation.forward(ctx, ...args);
    const result = operation.forward(...args);
    operation.setup_context(ctx, [...args], result);
    return result;
  });
  const outputs: unknown[] = Array.isArray(output) ? output : [output];
  const wrapped = record(operation, ctx, args, outputs);
  let next = 0;
  const results = outputs.map((one) => (isTensor(one) ? wrapped[next++] : one));
  return Array.isArray(output) ? results : results[0];
}

// What forward does is recorded as one operation, neither for backward() nor for forward-mode gradients by itself.
function enterForward(): () => void {
  const [grad, forwardGrad] = [native.isGradEnabled(), native.isFwdGradEnabled()];
  native.setGradEnabled(false);
  native.setFwdGradEnabled(false);
  return () => {
    native.setGradEnabled(grad);
    native.setFwdGradEnabled(forwardGrad);
  };
}

function checkCount(name: string, gradients: readonly unknown[], expected: number): void {
  const extra = gradients.slice(expected);
  if (gradients.length < expected || extra.some((gradient) => gradient !== null && gradient !== undefined)) {
    throw new RuntimeError(
      `function ${name}Backward returned an incorrect number of gradients (expected ${expected}, got ${gradients.length})`,
    );
  }
}

function toGradients(results: readonly unknown[], describe: (i: number) => string): Handles {
  return results.map((result, i) => {
    if (result === null || result === undefined) return null;
    if (!isTensor(result)) throw new RuntimeError(`expected Variable or None (got ${typeName(result)})${describe(i)}`);
    return handleOf(result);
  });
}

/** Where tensors stand among arguments or results, and how many these are. */
interface Places {
  readonly tensors: readonly number[];
  readonly count: number;
}

const placesOf = (values: readonly unknown[]): Places => ({
  tensors: values.flatMap((value, i) => (isTensor(value) ? [i] : [])),
  count: values.length,
});

/** Gradients of the tensors among arguments or results at their places, null for the others. */
function spread(gradients: Gradients, { tensors, count }: Places): Gradients {
  const all: Gradients = new Array(count).fill(null);
  for (const [i, gradient] of gradients.entries()) all[tensors[i]] = gradient;
  return all;
}

// Apart from record(): what backward() refers to lives as long as the graph, and must not own the graph's tensors.
function backwardCallback(name: string, ctx: BackwardCFunction, inputs: Places, outputs: Places) {
  return (gradOutputs: Handles, node: StateHandle): Handles => {
    const state = stateOf(ctx);
    const outer = state.node;
    state.node = node;
    try {
      const result = ctx.apply(...spread(toTensors(gradOutputs), outputs));
      const gradients: unknown[] = Array.isArray(result) ? result : [result];
      checkCount(name, gradients, inputs.count);
      return toGradients(
        inputs.tensors.map((place) => gradients[place]),
        () => "",
      );
    } finally {
      state.node = outer;
    }
  };
}

function jvpCallback(ctx: BackwardCFunction, inputs: Places, outputs: Places) {
  return (tangents: Handles): Handles => {
    const result = ctx.apply_jvp(...spread(toTensors(tangents), inputs));
    const given: unknown[] = Array.isArray(result) ? result : [result];
    if (given.length !== outputs.count) {
      throw new RuntimeError(
        `Function's jvp returned an invalid number of forward gradients (expected ${outputs.count} but got ${given.length})`,
      );
    }
    return toGradients(
      outputs.tensors.map((place) => given[place]),
      (i) => ` for grad output ${outputs.tensors[i]}.`,
    );
  };
}

function marked(tensors: readonly unknown[], problem: (i: number, type: string) => Error): TensorHandle[] {
  return tensors.map((tensor, i) => {
    if (!isTensor(tensor)) throw problem(i, typeName(tensor));
    return handleOf(tensor);
  });
}

/** The codes of the dtypes that set_output_grad_dtype() declared, for the tensors among the results; null for none. */
function outputGradDtypes(state: State, outputs: readonly unknown[]): (number | null)[] | null {
  const declared = state.outputGradDtypes;
  if (declared === null) return null;
  const name = "set_output_grad_dtype";
  if (declared.length !== outputs.length) {
    throw new RuntimeError(
      `${name} expected the number of declarations to match the number of outputs: the Function returned ${outputs.length} values but ${declared.length} declarations were provided`,
    );
  }
  for (const [i, given] of declared.entries()) {
    if (given === null) continue;
    if (!(given instanceof dtype)) {
      throw new RuntimeError(
        `${name} expects each declaration to be a torch.dtype or None, but got ${typeName(given)}`,
      );
    }
    const output = outputs[i];
    const isDifferentiable = isTensor(output) && (output.is_floating_point() || output.is_complex());
    if (!isDifferentiable || state.nonDifferentiable.includes(output)) {
      throw new RuntimeError(
        `${name}: got a concrete dtype for output ${i}, but that output is not a differentiable tensor (it is a non-tensor, was marked non-differentiable, or has a non-differentiable dtype). Pass None for output ${i} instead.`,
      );
    }
  }
  return declared.filter((_, i) => isTensor(outputs[i])).map((given) => given?.code ?? null);
}

function record(
  operation: typeof Function,
  ctx: BackwardCFunction,
  args: readonly unknown[],
  results: readonly unknown[],
): Tensor[] {
  const state = stateOf(ctx);
  const gradDtypes = outputGradDtypes(state, results);
  const outputs = results.filter(isTensor);
  const inputs = args.filter(isTensor);
  const saved = state.saved.map((tensor, i) => {
    if (tensor !== null && !isTensor(tensor)) {
      throw new TypeError(
        `save_for_backward can only save variables, but argument ${i} is of type ${typeName(tensor)}`,
      );
    }
    return tensor && handleOf(tensor);
  });
  const handles = native.recordCustomFunction(
    `${operation.name}Backward`,
    toHandles(inputs),
    toHandles(outputs),
    marked(
      state.dirty,
      (i, type) => new RuntimeError(`mark_dirty can only accept variables, but argument ${i} is of type ${type}`),
    ),
    marked(
      state.nonDifferentiable,
      (_, type) => new RuntimeError(`mark_non_differentiable only accepts variable arguments, but got ${type}`),
    ),
    saved,
    state.materialize,
    backwardCallback(operation.name, ctx, placesOf(args), placesOf(results)),
    jvpCallback(ctx, placesOf(args), placesOf(results)),
    operation.setup_context !== undefined,
    gradDtypes,
  );
  // The node has them from here on, and gives the saved ones back in backward().
  const clearOnAccess = operation.clear_saved_tensors_on_access;
  states.set(ctx, { ...state, saved: [], savedForForward: null, dirty: [], nonDifferentiable: [], clearOnAccess });
  const known = [...outputs, ...inputs];
  return handles.map((handle) => {
    if (!handle) return null as unknown as Tensor;
    return known.find((tensor) => native.isSame(handleOf(tensor), handle)) ?? wrap(handle);
  });
}

/** Passes tensors on, and throws when they are differentiated. */
class DelayedError extends Function {
  static override forward(ctx: FunctionCtx, message: string, ...tensors: Gradients): Gradients {
    ctx.message = message;
    return tensors;
  }

  static override backward(ctx: FunctionCtx): never {
    throw new RuntimeError(ctx.message);
  }
}

/**
 * Wraps a backward that cannot itself be differentiated: to differentiate its results throws RuntimeError.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.function.once_differentiable.html}
 */
export const once_differentiable = generic(
  "once_differentiable",
  ["fn"],
  <F extends (ctx: Any, ...grads: Any[]) => Any>(backward: F): F => {
    const wrapped = function (this: unknown, ctx: Any, ...grads: Any[]) {
      const outputs = no_grad(() => backward.call(this, ctx, ...grads));
      if (!is_grad_enabled() || !grads.some((grad) => isTensor(grad) && grad.requires_grad)) return outputs;
      const list: Gradients = Array.isArray(outputs) ? outputs : [outputs];
      const cut = list.map((output) => output?.detach().requires_grad_());
      const delayed = DelayedError.apply(
        "trying to differentiate twice a function that was marked with @once_differentiable",
        ...cut,
      );
      return Array.isArray(outputs) ? delayed : delayed[0];
    };
    return wrapped as F;
  },
);

/** A Function that keeps whether it works in place. */
export class InplaceFunction extends Function {
  readonly inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }
}
