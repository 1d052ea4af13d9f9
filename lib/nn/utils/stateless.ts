// torch/nn/utils/stateless.py

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { repr } from "../../python/repr.js";
import type { Keywords } from "../../types.js";
import { deleteField, getField, setField } from "../modules/module/state.js";
import type { Module } from "../modules/module.js";

/** Tensors by names such as "net.0.weight". */
type Tensors = Readonly<Record<string, Tensor>>;

/** How `functional_call()` puts tensors in the places of a module's. */
export type FunctionalCallKeywords = Keywords<{ tie_weights?: boolean; strict?: boolean }>;

/** The names of the same parameter or buffer of a module, for each of its names. */
function tiedNames(module: Module): Map<string, string[]> {
  const names = new Map<Tensor, string[]>();
  const all = [
    ...module.named_parameters({ remove_duplicate: false }),
    ...module.named_buffers({ remove_duplicate: false }),
  ];
  for (const [name, tensor] of all) names.set(tensor, [...(names.get(tensor) ?? []), name]);
  return new Map(
    [...names.values()].filter((tied) => tied.length > 1).flatMap((tied) => tied.map((name) => [name, tied])),
  );
}

/** The tensors, with those of tied parameters under all of their names. */
function _untie_named_tensors_map(module: Module, parameters_and_buffers: Tensors): Tensors {
  const untied = { ...parameters_and_buffers };
  const tied_names_map = tiedNames(module);
  for (const name of Object.keys(parameters_and_buffers)) {
    const tied = tied_names_map.get(name) ?? [];
    const given = tied.filter((other) => Object.hasOwn(parameters_and_buffers, other));
    if (new Set(given.map((other) => parameters_and_buffers[other])).size > 1) {
      throw new ValueError(
        `functional_call got multiple values for keys ${repr([...tied].sort())}, which are tied. Consider using tie_weights=False`,
      );
    }
    for (const other of tied) untied[other] = parameters_and_buffers[name];
  }
  return untied;
}

function checkKeys(module: Module, given: Tensors): void {
  const known = [
    ...module.named_parameters({ remove_duplicate: false }),
    ...module.named_buffers({ remove_duplicate: false }),
  ];
  const names = new Set(known.map(([name]) => name));
  const unexpected = Object.keys(given)
    .filter((name) => !names.has(name))
    .sort();
  const missing = [...names].filter((name) => !Object.hasOwn(given, name)).sort();
  const messages: string[] = [];
  if (unexpected.length > 0) messages.push(`Unexpected key(s): ${unexpected.map(repr).join(", ")}.`);
  if (missing.length > 0) messages.push(`Missing key(s): ${missing.map(repr).join(", ")}.`);
  if (messages.length > 0) {
    throw new RuntimeError(`Error(s) in reparametrizing for ${module._get_name()}:\n\t${messages.join("\n\t")}`);
  }
}

/** Puts tensors into the fields at these paths and returns what stood there. */
function swap(module: Module, tensors: ReadonlyMap<string, unknown>): Map<string, unknown> {
  const before = new Map<string, unknown>();
  for (const [path, tensor] of tensors) {
    const dot = path.lastIndexOf(".");
    const owner = module.get_submodule(path.slice(0, Math.max(dot, 0)));
    const name = path.slice(dot + 1);
    before.set(path, Object.hasOwn(owner, name) ? getField(owner, name) : undefined);
    if (tensor === undefined) deleteField(owner, name);
    else setField(owner, name, tensor);
  }
  return before;
}

/** @internal Runs a function while tensors stand in the places of a module's parameters and buffers. */
export function _reparametrize_module<T>(
  module: Module,
  parameters_and_buffers: Record<string, Tensor>,
  { tie_weights = false, strict = false }: FunctionalCallKeywords,
  body: () => T,
): T {
  const given = tie_weights ? _untie_named_tensors_map(module, parameters_and_buffers) : parameters_and_buffers;
  if (strict) checkKeys(module, given);
  const before = swap(module, new Map(Object.entries(given)));
  try {
    return body();
  } finally {
    // Buffers that the call replaced are given back in the caller's object.
    for (const [path, tensor] of swap(module, before)) {
      if (Object.hasOwn(parameters_and_buffers, path)) parameters_and_buffers[path] = tensor as Tensor;
    }
  }
}

/** @internal */
export function _functional_call(
  module: Module,
  parameters_and_buffers: Record<string, Tensor>,
  args: unknown = null,
  kwargs: Record<string, unknown> | null = null,
  { tie_weights = true, strict = false }: FunctionalCallKeywords = {},
): unknown {
  const positional = args === null ? [] : Array.isArray(args) ? args : [args];
  const given = kwargs === null || Object.keys(kwargs).length === 0 ? positional : [...positional, kwargs];
  return _reparametrize_module(module, parameters_and_buffers, { tie_weights, strict }, () => module(...given));
}

/**
 * Calls a module with other tensors in the places of its parameters and buffers.
 *
 * `args` is the argument, or an array of them, and `kwargs` the keyword arguments. Parameters that the module has under
 * several names need be given once, unless `tie_weights` is false; with `strict` all must be given.
 *
 * Throws RuntimeError for missing and unexpected names if `strict` is true, and ValueError for tied ones that differ.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.stateless.functional_call.html}
 */
export const functional_call: typeof _functional_call = def(
  "functional_call",
  ["module", "parameters_and_buffers", "args", "kwargs", "*", "tie_weights", "strict"],
  (
    module: Module,
    parameters_and_buffers: Record<string, Tensor>,
    args: unknown = null,
    kwargs: Record<string, unknown> | null = null,
    tie_weights = true,
    strict = false,
  ): unknown => {
    process.emitWarning(
      "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
      "FutureWarning",
    );
    return _functional_call(module, parameters_and_buffers, args, kwargs, { tie_weights, strict });
  },
  { dict: [1, 2, 3] },
) as never;
