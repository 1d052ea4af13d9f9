// torch/_functorch/vmap.py

import type { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import { native } from "../binding.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { followAsync } from "../modes.js";
import { isInt } from "../python/float.js";
import { repr } from "../python/repr.js";
import { default_generator } from "../random.js";
import { handleOf } from "../tensor_base.js";
import {
  _broadcast_to_and_flatten,
  type PyTree,
  type TreeSpec,
  tree_flatten,
  tree_leaves,
  tree_structure,
  tree_unflatten,
  tupleText,
} from "../utils/_pytree.js";
import { type AnyFunction, isTensor, onHandle, typeText, withLayer } from "./utils.js";

type Dim = number | null;

/** Where inputs have the dimension that is mapped over: one for all of them, or a structure like theirs. */
export type in_dims_t = number | readonly PyTree[];

/** Where the dimension goes in the outputs: one for all of them, null for outputs without it, or a structure like theirs. */
export type out_dims_t = PyTree;

/** How random operators go along a mapped dimension. */
export type Randomness = "error" | "different" | "same";

const randomnessTypes: readonly string[] = ["error", "same", "different"];

function _validate_and_get_batch_size(flat_in_dims: readonly Dim[], flat_args: readonly PyTree[]): number {
  const sizes = flat_in_dims.flatMap((dim, i) => (dim === null ? [] : [(flat_args[i] as Tensor).size(dim)]));
  if (sizes.length === 0) throw new ValueError("vmap: Expected at least one Tensor to vmap over");
  if (sizes.some((size) => size !== sizes[0])) {
    throw new ValueError(
      `vmap: Expected all tensors to have the same size in the mapped dimension, got sizes ${repr(sizes)} for the mapped dimension`,
    );
  }
  return sizes[0];
}

/** Arguments as vmap sees them: taken apart, each with its dimension. */
interface Inputs {
  batch_size: number;
  flat_in_dims: Dim[];
  flat_args: PyTree[];
  args_spec: TreeSpec;
}

/** @internal */
export function _process_batched_inputs(in_dims: in_dims_t, args: readonly PyTree[], func: AnyFunction): Inputs {
  const name = _get_name(func);
  const call = `vmap(${name}, in_dims=${dimsText(in_dims)}, ...)(<inputs>): `;
  if (!isInt(in_dims) && !Array.isArray(in_dims)) {
    throw new ValueError(
      `${call}expected \`in_dims\` to be int or a (potentially nested) tuple matching the structure of inputs, got: ${typeText(in_dims)}.`,
    );
  }
  if (args.length === 0) {
    throw new ValueError(
      `vmap(${name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no inputs. The latter is unsupported.`,
    );
  }
  const [flat_args, args_spec] = tree_flatten([...args]);
  const flat_in_dims = _broadcast_to_and_flatten(in_dims, args_spec);
  if (flat_in_dims === null) {
    throw new ValueError(
      `${call}in_dims is not compatible with the structure of \`inputs\`. in_dims has structure ${tree_structure(in_dims)} but inputs has structure ${args_spec}.`,
    );
  }
  flat_in_dims.forEach((in_dim, i) => {
    const arg = flat_args[i];
    if (in_dim === null) return;
    if (!isInt(in_dim)) {
      throw new ValueError(
        `${call}Got in_dim=${repr(in_dim)} for an input but in_dim must be either an integer dimension or None.`,
      );
    }
    if (!isTensor(arg)) {
      throw new ValueError(
        `${call}Got in_dim=${in_dim} for an input but the input is of type ${typeText(arg)}. We cannot vmap over non-Tensor arguments, please use None as the respective in_dim`,
      );
    }
    const dims = arg.dim();
    if (in_dim < -dims || in_dim >= dims) {
      throw new ValueError(
        `${call}Got in_dim=${in_dim} for some input, but that input is a Tensor of dimensionality ${dims} so expected in_dim to satisfy -${dims} <= in_dim < ${dims}.`,
      );
    }
    if (in_dim < 0) flat_in_dims[i] = in_dim + dims;
  });
  return { batch_size: _validate_and_get_batch_size(flat_in_dims, flat_args), flat_in_dims, flat_args, args_spec };
}

const dimsText = (dims: PyTree) => (typeof dims === "string" ? dims : tupleText(dims));

/** @internal A tensor as one without a dimension, which the layer of that level maps over. */
export const _add_batch_dim = (tensor: Tensor, dim: number, level: number): Tensor =>
  onHandle(tensor, (handle) => native.addBatchDim(handle, dim, level));

function _create_batched_inputs(
  flat_in_dims: readonly Dim[],
  flat_args: readonly PyTree[],
  level: number,
  args_spec: TreeSpec,
): PyTree[] {
  const batched = flat_args.map((arg, i) => {
    const dim = flat_in_dims[i];
    return dim === null ? arg : _add_batch_dim(arg, dim, level);
  });
  return tree_unflatten(batched, args_spec);
}

function _maybe_remove_batch_dim(
  name: string,
  output: PyTree,
  level: number,
  batch_size: number,
  out_dim: Dim,
): PyTree {
  if (out_dim === null) {
    if (isTensor(output) && native.maybeGetBdim(handleOf(output)) >= 0) {
      throw new ValueError(`vmap(${name}, ...): \`${name}\` can not return a BatchedTensor when out_dim is None`);
    }
    return output;
  }
  if (!isTensor(output)) {
    throw new ValueError(
      `vmap(${name}, ...): \`${name}\` must only return Tensors, got type ${typeText(output)}. Did you mean to set out_dims= to None for output?`,
    );
  }
  return onHandle(output, (handle) => native.removeBatchDim(handle, level, batch_size, out_dim));
}

function _unwrap_batched(
  outputs: PyTree,
  out_dims: out_dims_t,
  level: number,
  batch_size: number,
  func: AnyFunction,
): PyTree {
  const name = _get_name(func);
  const [flat_outputs, spec] = tree_flatten(outputs);
  // A tensor takes its dimension from an array of one, too.
  const dims = isTensor(outputs) && Array.isArray(out_dims) && out_dims.length === 1 ? out_dims[0] : out_dims;
  const flat_out_dims = _broadcast_to_and_flatten(dims, spec);
  if (flat_out_dims === null) {
    throw new ValueError(
      `vmap(${name}, ..., out_dims=${dimsText(out_dims)})(<inputs>): out_dims is not compatible with the structure of \`outputs\`. out_dims has structure ${tree_structure(out_dims)} but outputs has structure ${spec}.`,
    );
  }
  const flat = flat_outputs.map((output, i) =>
    _maybe_remove_batch_dim(name, output, level, batch_size, flat_out_dims[i]),
  );
  return tree_unflatten(flat, spec);
}

function _check_out_dims_is_int_or_int_pytree(out_dims: out_dims_t, func: AnyFunction): void {
  if (tree_leaves(out_dims).every((dim) => dim === null || isInt(dim))) return;
  throw new ValueError(
    `vmap(${_get_name(func)}, ..., out_dims=${dimsText(out_dims)}): \`out_dims\` must be an int, None or a python collection of ints representing where in the outputs the vmapped dimension should appear.`,
  );
}

/** @internal What messages call a function. */
export function _get_name(func: AnyFunction): string {
  const isPlain = Object.getPrototypeOf(func) === Function.prototype || !("forward" in func);
  return isPlain ? func.name || "<lambda>" : repr(func);
}

/**
 * Takes keyword arguments, which are not mapped over, off a call's arguments: a last plain object that `in_dims` has no
 * place for, or that holds what cannot be mapped over.
 */
function splitKeywords(in_dims: in_dims_t, args: readonly PyTree[]): [PyTree[], PyTree[]] {
  const last = args[args.length - 1];
  if (!isPlainObject(last)) return [[...args], []];
  const isKeywords = Array.isArray(in_dims)
    ? args.length === in_dims.length + 1
    : args.length > 1 && !tree_leaves(last).every(isTensor);
  return isKeywords ? [args.slice(0, -1), [last]] : [[...args], []];
}

function withKeywords(func: AnyFunction, keywords: readonly PyTree[]): AnyFunction {
  if (keywords.length === 0) return func;
  const bound: AnyFunction = (...batched) => func(...batched, ...keywords);
  return Object.defineProperty(bound, "name", { value: _get_name(func) });
}

/** @internal */
export function vmap_impl(
  func: AnyFunction,
  in_dims: in_dims_t,
  out_dims: out_dims_t,
  randomness: Randomness,
  chunk_size: number | null,
  args: readonly PyTree[],
): PyTree {
  _check_out_dims_is_int_or_int_pytree(out_dims, func);
  const [positional, keywords] = splitKeywords(in_dims, args);
  const inputs = _process_batched_inputs(in_dims, positional, func);
  const called = withKeywords(func, keywords);
  if (chunk_size === null) return _flat_vmap(called, inputs, out_dims, randomness);
  return _chunked_vmap(called, inputs, _get_chunked_inputs(inputs, chunk_size), out_dims, randomness);
}

/** @internal The sizes of the parts of so many elements. */
export function get_chunk_sizes(total_elems: number, chunk_size: number): number[] {
  const sizes: number[] = new Array(Math.floor(total_elems / chunk_size)).fill(chunk_size);
  const remainder = total_elems % chunk_size;
  return remainder === 0 ? sizes : [...sizes, remainder];
}

/** The arguments of each part. */
function _get_chunked_inputs({ flat_args, flat_in_dims, batch_size }: Inputs, chunk_size: number): PyTree[][] {
  let end = 0;
  const ends = get_chunk_sizes(batch_size, chunk_size).map((size) => {
    end += size;
    return end;
  });
  const parts = flat_args.map((arg, i) => {
    const dim = flat_in_dims[i];
    return dim === null ? ends.map(() => arg) : (arg as Tensor).tensor_split(ends, { dim });
  });
  return ends.map((_, i) => parts.map((part) => part[i]));
}

function _chunked_vmap(
  func: AnyFunction,
  inputs: Inputs,
  chunks_flat_args: Iterable<PyTree[]>,
  out_dims: out_dims_t,
  randomness: Randomness,
): PyTree {
  const state = randomness === "same" ? default_generator.get_state() : null;
  let spec: TreeSpec | null = null;
  const chunks: Tensor[][] = [];
  for (const flat_args of chunks_flat_args) {
    const batch_size = _validate_and_get_batch_size(inputs.flat_in_dims, flat_args);
    if (batch_size === 0) continue;
    if (state !== null) default_generator.set_state(state);
    const output = _flat_vmap(func, { ...inputs, flat_args, batch_size }, out_dims, randomness);
    const [flat_output, output_spec] = tree_flatten(output);
    chunks.push(flat_output);
    spec ??= output_spec;
  }
  if (spec === null) throw new ValueError("vmap: Expected at least one Tensor to vmap over");
  const flat_out_dims = _broadcast_to_and_flatten(out_dims, spec) as number[];
  const flat_output = flat_out_dims.map((dim, i) =>
    torch.cat(
      chunks.map((chunk) => chunk[i]),
      dim,
    ),
  );
  return tree_unflatten(flat_output, spec);
}

/** @internal */
export function _check_randomness_arg(randomness: string): void {
  if (!randomnessTypes.includes(randomness)) {
    throw new RuntimeError(`Only allowed values for randomness are 'error', 'different', or 'same'. Got ${randomness}`);
  }
}

/** @internal Runs a function inside of a layer that maps over so many elements. */
export function vmap_increment_nesting<T>(batch_size: number, randomness: Randomness, body: (level: number) => T): T {
  followAsync();
  return withLayer(
    () => native.vmapIncrementNesting(batch_size, randomnessTypes.indexOf(randomness)),
    native.vmapDecrementNesting,
    body,
  );
}

function _flat_vmap(func: AnyFunction, inputs: Inputs, out_dims: out_dims_t, randomness: Randomness): PyTree {
  const { batch_size, flat_in_dims, flat_args, args_spec } = inputs;
  return vmap_increment_nesting(batch_size, randomness, (level) => {
    const batched = _create_batched_inputs(flat_in_dims, flat_args, level, args_spec);
    return _unwrap_batched(func(...batched), out_dims, level, batch_size, func);
  });
}

/** @internal A function under vmap that returns its outputs together with the dimensions they are mapped over. */
export function restore_vmap(
  func: AnyFunction,
  in_dims: PyTree,
  batch_size: number,
  randomness: Randomness,
): (...args: PyTree[]) => [outputs: PyTree, out_dims: PyTree] {
  return (...args) =>
    vmap_increment_nesting(batch_size, randomness, (level) =>
      unwrap_batched(func(...wrap_batched(args, in_dims, level)), level),
    );
}

/** @internal */
export function wrap_batched(args: PyTree, bdims: PyTree, level: number): PyTree {
  const [flat_args, spec] = tree_flatten(args);
  const flat_bdims = _broadcast_to_and_flatten(bdims, spec);
  if (flat_bdims === null) {
    throw new ValueError(`the dimensions ${tree_structure(bdims)} do not fit the structure ${spec}`);
  }
  return _create_batched_inputs(flat_bdims, flat_args, level, spec);
}

/** @internal The values of a layer's tensors, and the dimensions they are mapped over. */
export function unwrap_batched(args: PyTree, level: number): [values: PyTree, dims: PyTree] {
  const [flat_args, spec] = tree_flatten(args);
  const dims: Dim[] = [];
  const values = flat_args.map((arg) => {
    let dim: Dim = null;
    const value = isTensor(arg)
      ? onHandle(arg, (handle) => {
          const [unwrapped, found] = native.unwrapBatched(handle, level);
          dim = found;
          return unwrapped;
        })
      : arg;
    dims.push(dim);
    return value;
  });
  return [tree_unflatten(values, spec), tree_unflatten(dims, spec)];
}
