// torch/_functorch/functional_call.py

import type { Tensor } from "../_tensor.js";
import { def, isPlainObject } from "../arguments/function.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import type { Module } from "../nn/modules/module.js";
import { _functional_call, type FunctionalCallKeywords } from "../nn/utils/stateless.js";
import { repr } from "../python/repr.js";
import { typeText } from "./utils.js";

type Tensors = Record<string, Tensor>;

/**
 * Calls a module with other tensors in the places of its parameters and buffers.
 *
 * `functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True,
 * strict=False) -> Any`
 *
 * These come as an object of names and tensors, or several of them. `args` is the argument, or an array of them, and
 * `kwargs` the keyword arguments. Parameters that the module has under several names need be given once, unless
 * `tie_weights` is false; with `strict` all must be given.
 *
 * Throws ValueError for a name in more than one object and for tied parameters that differ, and RuntimeError for missing
 * and unexpected names if `strict` is true.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.functional_call.html}
 */
export const functional_call: <M extends Module>(
  module: M,
  parameter_and_buffer_dicts: Tensors | readonly Tensors[],
  args?: unknown,
  kwargs?: Record<string, unknown> | null,
  keywords?: FunctionalCallKeywords,
) => ReturnType<M["forward"]> = def(
  "functional_call",
  ["module", "parameter_and_buffer_dicts", "args", "kwargs", "*", "tie_weights", "strict"],
  (
    module: Module,
    dicts: Tensors | readonly Tensors[],
    args: unknown = null,
    kwargs: Record<string, unknown> | null = null,
    tie_weights = true,
    strict = false,
  ): unknown => {
    const parameters = Array.isArray(dicts) ? merged(dicts) : dicts;
    if (!isPlainObject(parameters)) {
      throw new ValueError(
        `Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got ${typeText(dicts)}`,
      );
    }
    return _functional_call(module, parameters as Tensors, args, kwargs, { tie_weights, strict });
  },
  { dict: [1, 2, 3] },
) as never;

function merged(dicts: readonly Tensors[]): Tensors {
  if (!dicts.every(isPlainObject)) {
    throw new ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries");
  }
  const names = dicts.flatMap((dict) => Object.keys(dict));
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  if (repeated.length > 0) {
    throw new ValueError(
      `${repr(repeated)} appeared in multiple dictionaries; behavior of functional call is ambiguous`,
    );
  }
  return Object.assign({}, ...dicts);
}

/**
 * The parameters of several modules of one class, stacked: [parameters, buffers], each an object of names and tensors with
 * one more dimension in front. They are new leaves, not the modules' own parameters.
 *
 * `stack_module_state(models) -> tuple[dict[str, Any], dict[str, Any]]`
 *
 * Throws RuntimeError if the modules differ in class, training mode or in what requires grad.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.stack_module_state.html}
 */
export const stack_module_state = def(
  "stack_module_state",
  ["models"],
  (models: Iterable<Module>): [params: Tensors, buffers: Tensors] => {
    const all = [...models];
    if (all.length === 0) throw new RuntimeError("stack_module_state: Expected at least one model, got 0.");
    if (all.some((model) => model.training !== all[0].training)) {
      throw new RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.");
    }
    if (all.some((model) => model.constructor !== all[0].constructor)) {
      throw new RuntimeError("stack_module_state: Expected all models to be of the same class.");
    }
    return [
      stacked(all.map((model) => Object.fromEntries(model.named_parameters()))),
      stacked(all.map((model) => Object.fromEntries(model.named_buffers()))),
    ];
  },
);

function stacked(states: readonly Tensors[]): Tensors {
  const leaf = (name: string) =>
    construct_stacked_leaf(
      states.map((state) => state[name]),
      name,
    );
  return Object.fromEntries(Object.keys(states[0]).map((name) => [name, leaf(name)]));
}

function construct_stacked_leaf(tensors: readonly Tensor[], name: string): Tensor {
  const requires_grad = tensors[0].requires_grad;
  if (tensors.some((tensor) => tensor.requires_grad !== requires_grad)) {
    throw new RuntimeError(`Expected ${name} from each model to have the same .requires_grad`);
  }
  const result = torch.stack([...tensors]);
  return requires_grad ? result.detach().requires_grad_() : result;
}
