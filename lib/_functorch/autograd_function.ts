// torch/_functorch/autograd_function.py: autograd.Function inside of transforms.

import type { Tensor } from "../_tensor.js";
import { _set_fwd_grad_enabled } from "../autograd/forward_ad.js";
import { applySingleLevel, Function, type FunctionCtx, setCallInTransforms } from "../autograd/function.js";
import { enable_grad } from "../autograd/grad_mode.js";
import { RuntimeError } from "../errors.js";
import {
  _broadcast_to_and_flatten,
  type PyTree,
  tree_all,
  tree_flatten,
  tree_leaves,
  tree_map_only,
  tree_structure,
  tree_unflatten,
  tupleText,
} from "../utils/_pytree.js";
import { vmap } from "./apis.js";
import { _unwrap_for_grad, _wrap_for_grad } from "./eager_transforms.js";
import { type Interpreter, lower, retrieve_current_functorch_interpreter, TransformType } from "./pyfunctorch.js";
import { isTensor, typeText } from "./utils.js";
import { _add_batch_dim, restore_vmap, unwrap_batched, wrap_batched } from "./vmap.js";

type Operation = typeof Function;

const notes = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html";

/** @internal Function.apply() where transforms are active. */
export function custom_function_call(operation: Operation, operands: readonly PyTree[]): PyTree {
  if (!operation.setup_context) {
    throw new RuntimeError(
      `In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the setup_context staticmethod. ${notes}`,
    );
  }
  const interpreter = retrieve_current_functorch_interpreter();
  switch (interpreter.key) {
    case TransformType.Vmap:
      return custom_function_call_vmap(interpreter, operation, operands);
    case TransformType.Functionalize:
      throw new RuntimeError("NYI: Functionalize rule for custom_function_call");
    default:
      return applySingleLevel(generate_single_level_function(interpreter, operation), operands);
  }
}

setCallInTransforms(custom_function_call);

/** The operation as one node of the innermost transform's graph: its forward is the operation outside of that transform. */
function generate_single_level_function(interpreter: Interpreter, operation: Operation): Operation {
  const { level } = interpreter;
  const Generated = class extends Function {
    static override forward(...operands: PyTree[]): PyTree {
      const unwrapped = tree_map_only(isTensor, (operand) => _unwrap_for_grad(operand, level), operands);
      const output = enable_grad(() =>
        _set_fwd_grad_enabled(true, () => lower(interpreter, () => operation.apply(...unwrapped))),
      );
      return wrap_outputs_maintaining_identity(output, unwrapped, operands, (one) => _wrap_for_grad(one, level));
    }

    static override setup_context = (ctx: PyTree, inputs: PyTree[], output: PyTree) =>
      operation.setup_context?.(ctx, inputs, output);

    static override backward(ctx: PyTree, ...grads: PyTree[]): PyTree {
      return operation.backward(ctx, ...grads);
    }

    static override jvp(ctx: PyTree, ...tangents: PyTree[]): PyTree {
      return operation.jvp(ctx, ...tangents);
    }
  };
  return Object.defineProperty(Generated, "name", { value: `${operation.name}Generated` });
}

/** Wraps outputs, but gives an input that came back in the wrapper it had. */
function wrap_outputs_maintaining_identity(
  outputs: PyTree,
  unwrapped_inputs: PyTree,
  orig_inputs: PyTree,
  wrap_fn: (output: Tensor, out_dim: number | null) => Tensor,
  out_dims: PyTree = null,
): PyTree {
  const originals = tree_leaves(orig_inputs);
  const known = new Map(tree_leaves(unwrapped_inputs).map((input, i) => [input, originals[i]]));
  const [flat_outputs, spec] = tree_flatten(outputs);
  const flat_out_dims = _broadcast_to_and_flatten(out_dims, spec);
  if (flat_out_dims === null) {
    throw new RuntimeError(
      `The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected out_dims=${tupleText(out_dims)} to be compatible with the structure of \`output\`. out_dims has structure ${tree_structure(out_dims)} but output has structure ${spec}. ${notes}`,
    );
  }
  const wrapped = flat_outputs.map((output, i) => {
    if (!isTensor(output)) return output;
    return known.get(output) ?? wrap_fn(output, flat_out_dims[i]);
  });
  return tree_unflatten(wrapped, spec);
}

/** What a Function's static `vmap` is told of the transform. */
export interface VmapInfo {
  readonly batch_size: number;
  readonly randomness: string;
}

function custom_function_call_vmap(
  interpreter: Interpreter,
  operation: Operation,
  operands: readonly PyTree[],
): PyTree {
  const { name, generate_vmap_rule, vmap: vmap_rule } = operation;
  if (generate_vmap_rule && vmap_rule) {
    throw new RuntimeError(
      `You tried to vmap over ${name}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. ${notes}`,
    );
  }
  if (!generate_vmap_rule && !vmap_rule) {
    throw new RuntimeError(
      `You tried to vmap over ${name}, but it does not have vmap support. Please override and implement the vmap staticmethod or set generate_vmap_rule=True. ${notes}`,
    );
  }
  const { level, batch_size, randomness } = interpreter;
  const [unwrapped, in_dims] = unwrap_batched([...operands], level);
  if (!vmap_rule) {
    const { Vmapped, out_dims } = vmapify_autograd_function(operation, in_dims, interpreter);
    const outputs = lower(interpreter, () => Vmapped.apply(...unwrapped));
    return wrap_batched(outputs, out_dims(), level);
  }
  if (tree_all((dim) => dim === null, in_dims)) return lower(interpreter, () => operation.apply(...operands));
  const result = lower(interpreter, () => vmap_rule.call(operation, { batch_size, randomness }, in_dims, ...unwrapped));
  const base =
    "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible with the output. ";
  if (!Array.isArray(result)) throw new RuntimeError(`${base}Got a ${typeText(result)} instead`);
  if (result.length !== 2) throw new RuntimeError(`${base}Got ${result.length} returns instead`);
  const wrap_fn = (output: Tensor, dim: number | null) => (dim === null ? output : _add_batch_dim(output, dim, level));
  return wrap_outputs_maintaining_identity(result[0], unwrapped, operands, wrap_fn, result[1]);
}

/** What setup_context() leaves for backward() of a mapped operation. */
interface Kept {
  input_shapes: (readonly number[] | null)[];
  saved_bdims: PyTree;
}

/** The operation on whole batches: its static methods are the operation's own under vmap. */
function vmapify_autograd_function(
  operation: Operation,
  in_dims: PyTree,
  { batch_size, randomness }: Interpreter,
): { Vmapped: Operation; out_dims: () => PyTree } {
  const key = Symbol(operation.name);
  let out_dims: PyTree = null;
  const Vmapped = class extends Function {
    static override generate_vmap_rule = true;

    static override forward(...operands: PyTree[]): PyTree {
      const [outputs, dims] = restore_vmap(
        (...args) => operation.forward(...args),
        in_dims,
        batch_size,
        randomness,
      )(...operands);
      out_dims = dims;
      return outputs;
    }

    static override setup_context = (ctx: PyTree, inputs: PyTree[], outputs: PyTree): void => {
      const inner = (batched_inputs: PyTree[], batched_outputs: PyTree): null => {
        const kept: Kept = { input_shapes: [], saved_bdims: [] };
        const { level } = retrieve_current_functorch_interpreter();
        operation.setup_context?.(customSaveCtx(ctx, level, kept), batched_inputs, batched_outputs);
        kept.input_shapes = batched_inputs.map((input) => (isTensor(input) ? input.shape : null));
        ctx[key] = kept;
        return null;
      };
      restore_vmap(inner, [in_dims, out_dims], batch_size, randomness)(inputs, outputs);
    };

    static override backward(ctx: PyTree, ...grad_outputs: PyTree[]): PyTree {
      const kept: Kept = ctx[key];
      const dims = Array.isArray(out_dims) ? out_dims : [out_dims];
      const grad_dims = grad_outputs.map((grad, i) => (grad === null ? null : dims[i]));
      const run = (saved_tensors: PyTree, grads: PyTree[]): PyTree =>
        operation.backward(wrappedCtx(ctx, { saved_tensors }), ...grads);
      const mapped = restore_vmap(run, [kept.saved_bdims, grad_dims], batch_size, randomness);
      const [grad_ins, grad_ins_dims] = mapped(ctx.saved_tensors, grad_outputs);
      return reductify(grad_ins, grad_ins_dims, in_dims, batch_size, kept.input_shapes);
    }

    static override jvp(ctx: PyTree, ...tangents: PyTree[]): PyTree {
      const kept: Kept = ctx[key];
      const tangent_dims = tangents.map((tangent, i) => (tangent === null ? null : in_dims[i]));
      const run = (saved_tensors: PyTree, given: PyTree[]): PyTree =>
        operation.jvp(wrappedCtx(ctx, { saved_tensors }), ...given);
      const mapped = restore_vmap(run, [kept.saved_bdims, tangent_dims], batch_size, randomness);
      const [out_tangents, out_tangents_dims] = mapped(ctx.saved_tensors, tangents);
      return reductify(out_tangents, out_tangents_dims, out_dims, batch_size, []);
    }
  };
  Object.defineProperty(Vmapped, "name", { value: `Vmapped${operation.name}` });
  return { Vmapped, out_dims: () => out_dims };
}

/** A context with some members replaced; all else is read from and written to the one inside. */
function wrappedCtx(ctx: FunctionCtx, replaced: Record<string, unknown>): FunctionCtx {
  return new Proxy(ctx, {
    get(target, name) {
      if (typeof name === "string" && Object.hasOwn(replaced, name)) return replaced[name];
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** A context that keeps the values of mapped tensors, and the dimensions they are mapped over. */
function customSaveCtx(ctx: FunctionCtx, level: number, kept: Kept): FunctionCtx {
  const unwrap = (tensors: (Tensor | null)[]): Tensor[] => {
    const [values, bdims] = unwrap_batched(tensors, level);
    kept.saved_bdims = bdims;
    return values;
  };
  return wrappedCtx(ctx, {
    save_for_backward: (...tensors: (Tensor | null)[]) => ctx.save_for_backward(...unwrap(tensors)),
    save_for_forward: (...tensors: (Tensor | null)[]) => ctx.save_for_forward(...unwrap(tensors)),
  });
}

const listOf = (value: PyTree): PyTree[] => (Array.isArray(value) ? value : [value]);

/** Gradients in the shapes of the inputs: summed over the mapped dimension where an input has none. */
function reductify(
  grad_input: PyTree,
  grad_input_bdim: PyTree,
  input_bdim: PyTree,
  batch_size: number,
  shapes: readonly (readonly number[] | null)[],
): (Tensor | null)[] {
  const [bdims, input_bdims] = [listOf(grad_input_bdim), listOf(input_bdim)];
  return listOf(grad_input).map((grad, i) =>
    reductify_leaf(grad, bdims[i], input_bdims[i], batch_size, shapes[i] ?? null),
  );
}

function reductify_leaf(
  grad: Tensor | null | undefined,
  grad_bdim: number | null,
  input_bdim: number | null,
  batch_size: number,
  shape: readonly number[] | null,
): Tensor | null {
  if (grad === null || grad === undefined) return null;
  if (input_bdim === null) return grad_bdim === null ? grad : grad.sum(grad_bdim);
  let batched = grad;
  if (grad_bdim === null) {
    const sizes = [...grad.shape];
    sizes.splice(input_bdim, 0, batch_size);
    batched = grad.unsqueeze(input_bdim).expand(sizes);
  }
  const bdim = grad_bdim ?? input_bdim;
  if (shape !== null) return vmap((one: Tensor) => one.sum_to_size([...shape]), bdim, input_bdim)(batched);
  return bdim === input_bdim ? batched : batched.movedim(bdim, input_bdim);
}
