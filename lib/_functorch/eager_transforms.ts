// torch/_functorch/eager_transforms.py

import type { Tensor } from "../_tensor.js";
import { binder, def, isPlainObject } from "../arguments/function.js";
import * as fwAD from "../autograd/forward_ad.js";
import {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  set_grad_enabled,
} from "../autograd/grad_mode.js";
import { disable_saved_tensors_hooks } from "../autograd/graph/saved_tensors_hooks.js";
import { grad as autogradGrad } from "../autograd/index.js";
import { native } from "../binding.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { followAsync } from "../modes.js";
import { isInt } from "../python/float.js";
import { repr } from "../python/repr.js";
import { handleOf, wrap } from "../tensor_base.js";
import type { Keywords } from "../types.js";
import {
  type PyTree,
  type TreeSpec,
  tree_flatten,
  tree_leaves,
  tree_map,
  tree_map_,
  tree_unflatten,
  treespec_pprint,
  tupleText,
} from "../utils/_pytree.js";
import { type Transform, vmap } from "./apis.js";
import { type AnyFunction, type argnums_t, isTensor, onHandle, typeText, withLayer } from "./utils.js";
import { get_chunk_sizes, type Randomness } from "./vmap.js";

/** Runs a function while Tensor.requires_grad_() is allowed inside of transforms. */
function enable_inplace_requires_grad<T>(enabled: boolean, body: () => T): T {
  const before = native.setInplaceRequiresGradAllowed(enabled);
  try {
    return body();
  } finally {
    native.setInplaceRequiresGradAllowed(before);
  }
}

function _create_differentiable(inputs: PyTree): PyTree {
  return tree_map((input) => {
    if (!isTensor(input)) throw new ValueError(`Thing passed to transform API must be Tensor, got ${typeText(input)}`);
    return enable_inplace_requires_grad(true, () => input.requires_grad_());
  }, inputs);
}

function _undo_create_differentiable(outputs: PyTree, level: number): PyTree {
  return tree_map((output) => {
    if (isTensor(output)) return _unwrap_for_grad(output, level);
    throw new RuntimeError(`Expected tensors, got unsupported type ${typeText(output)}`);
  }, outputs);
}

/** @internal */
export const _unwrap_for_grad = (tensor: Tensor, level: number): Tensor =>
  onHandle(tensor, (handle) => native.unwrapForGrad(handle, level));

/** @internal */
export const _wrap_for_grad = (tensor: Tensor, level: number): Tensor =>
  wrap(native.wrapForGrad(handleOf(tensor), level));

function _wrap_all_tensors(tree: PyTree, level: number): PyTree {
  return tree_map((leaf) => (isTensor(leaf) ? _wrap_for_grad(leaf, level) : leaf), tree);
}

/** autograd.grad(), with zeros for inputs that the outputs do not depend on. */
function _autograd_grad(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  grad_outputs: readonly Tensor[] | null,
  { retain_graph = false, create_graph = true }: VjpKeywords = {},
): Tensor[] {
  const wanted = outputs.map((output) => output.requires_grad);
  const diff_outputs = outputs.filter((_, i) => wanted[i]);
  if (diff_outputs.length === 0) return inputs.map((input) => torch.zeros_like(input));
  const grads = autogradGrad(diff_outputs, inputs, {
    grad_outputs: grad_outputs?.filter((_, i) => wanted[i]) ?? null,
    retain_graph,
    create_graph: create_graph as boolean,
    allow_unused: true,
  });
  return grads.map((grad, i) => grad ?? torch.zeros_like(inputs[i]));
}

function withGradLayer<T>(body: (level: number) => T): T {
  followAsync();
  const inLayer = (level: number) => enable_grad(() => body(level));
  return disable_saved_tensors_hooks(
    "torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with your use case.",
    () => withLayer(native.gradIncrementNesting, native.gradDecrementNesting, inLayer),
  );
}

/** How the function that vjp() returns is called. */
export interface VjpKeywords {
  retain_graph?: boolean;
  create_graph?: boolean | null;
}

/** Takes cotangents, which are like the outputs, to gradients of the primals. */
export type VjpFunction = (cotangents: PyTree, retain_graph?: boolean | VjpKeywords, create_graph?: boolean) => PyTree;

/** An output taken apart into what is differentiated and what only goes along. */
function splitAux(api: string, output: PyTree): [output: PyTree, aux: PyTree] {
  if (Array.isArray(output) && output.length === 2) return output as [PyTree, PyTree];
  throw new RuntimeError(`${api}: output of function f should be a tuple: (output, aux) if has_aux is True`);
}

/**
 * The outputs of a function, and the function that takes cotangents of the outputs to gradients of the inputs.
 *
 * `vjp(func, *primals, has_aux=False)`
 *
 * With `{ has_aux: true }` the function returns `[output, aux]`, and the auxiliary objects come back as a third result.
 * Throws RuntimeError if an output is no tensor of floating point or complex numbers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.vjp.html}
 */
export function vjp<A extends readonly PyTree[], R extends PyTree>(
  func: (...primals: A) => R,
  ...primals: A
): [output: R, vjp_fn: VjpFunction];
export function vjp(
  func: AnyFunction,
  ...primals: PyTree[]
): [output: PyTree, vjp_fn: VjpFunction] | [output: PyTree, vjp_fn: VjpFunction, aux: PyTree];
export function vjp(func: AnyFunction, ...primals: PyTree[]): PyTree {
  const last = primals[primals.length - 1];
  const hasKeywords = isPlainObject(last) && Object.keys(last).join() === "has_aux";
  return hasKeywords
    ? _vjp_with_argnums(func, primals.slice(0, -1), null, last.has_aux as boolean)
    : _vjp_with_argnums(func, primals, null, false);
}

function _vjp_with_argnums(
  func: AnyFunction,
  args: readonly PyTree[],
  argnums: argnums_t | null,
  has_aux: boolean,
): [output: PyTree, vjp_fn: VjpFunction, aux?: PyTree] {
  return withGradLayer((level) => {
    const primals = _wrap_all_tensors([...args], level);
    const diff_primals = argnums === null ? primals : _slice_argnums(primals, argnums, false);
    tree_map_(_create_differentiable, diff_primals);
    let primals_out = func(...primals);
    let aux: PyTree = null;
    if (has_aux) {
      [primals_out, aux] = splitAux("vjp(f, *primals)", primals_out);
      aux = _undo_create_differentiable(aux, level);
    }
    const [flat_primals_out, primals_out_spec] = tree_flatten(primals_out);
    assert_non_empty_tensor_output(flat_primals_out, "vjp(f, *primals)");
    const [flat_diff_primals, primals_spec] = tree_flatten(diff_primals);
    const results = _undo_create_differentiable(primals_out, level);
    for (const out of flat_primals_out as Tensor[]) {
      if (out.dtype.is_floating_point || out.dtype.is_complex) continue;
      throw new RuntimeError(
        `vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype ${out.dtype}`,
      );
    }
    const vjp_fn = (cotangents: PyTree, retain_graph: boolean, create_graph: boolean): PyTree => {
      const [flat_cotangents, cotangents_spec] = tree_flatten(cotangents);
      if (!primals_out_spec.equals(cotangents_spec)) {
        throw new RuntimeError(
          `Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: ${treespec_pprint(cotangents_spec)}, primal output: ${treespec_pprint(primals_out_spec)}`,
        );
      }
      const keywords = { retain_graph, create_graph };
      const grads = withoutInferenceMode(() =>
        _autograd_grad(flat_primals_out, flat_diff_primals, flat_cotangents, keywords),
      );
      return tree_unflatten(grads, primals_spec);
    };
    return has_aux ? [results, keywordVjp(vjp_fn), aux] : [results, keywordVjp(vjp_fn)];
  });
}

const bindVjp = binder("wrapper", ["cotangents", "retain_graph", "create_graph"], 1, 0);

function keywordVjp(vjp_fn: (cotangents: PyTree, retain_graph: boolean, create_graph: boolean) => PyTree): VjpFunction {
  return (...args) => {
    const [cotangents, retain_graph, create_graph] = bindVjp(args) as [PyTree, boolean?, (boolean | null)?];
    return vjp_fn(cotangents, retain_graph ?? true, create_graph ?? is_grad_enabled());
  };
}

/** Runs a function outside of inference mode, with the other modes as they are. */
function withoutInferenceMode<T>(body: () => T): T {
  if (!is_inference_mode_enabled()) return body();
  const [grad, forward] = [is_grad_enabled(), native.isFwdGradEnabled()];
  return inference_mode(false, () => set_grad_enabled(grad, () => fwAD._set_fwd_grad_enabled(forward, body)));
}

function error_if_complex(name: string, args: PyTree, is_input: boolean): void {
  for (const [i, arg] of tree_leaves(args).entries()) {
    if (!isTensor(arg) || !arg.dtype.is_complex) continue;
    throw new RuntimeError(
      `${name}: Expected all ${is_input ? "inputs" : "outputs"} to be real but received complex tensor at flattened input idx: ${i}`,
    );
  }
}

/**
 * A function that computes the Jacobian of `func` by reverse differentiation.
 *
 * `jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False) -> Callable[..., Any]`
 *
 * The result has the structure of the outputs, and in the place of each the Jacobian of shape output.shape + input.shape,
 * or an array of them if `argnums` is one. With `chunk_size` so many rows are computed at a time.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.jacrev.html}
 */
export const jacrev = def(
  "jacrev",
  ["func", "argnums", "*", "has_aux", "chunk_size", "_preallocate_and_copy"],
  (
    func: AnyFunction,
    argnums: argnums_t = 0,
    has_aux = false,
    chunk_size: number | null = null,
    _preallocate_and_copy = false,
  ): AnyFunction => {
    if (chunk_size !== null && !(chunk_size > 0)) {
      throw new ValueError("jacrev: `chunk_size` should be greater than 0.");
    }
    return (...args: PyTree[]): PyTree => {
      error_if_complex("jacrev", args, true);
      const [output, vjp_fn, aux] = _vjp_with_argnums(func, args, argnums, has_aux);
      const [flat_output, output_spec] = tree_flatten(output) as [Tensor[], TreeSpec];
      error_if_complex("jacrev", flat_output, false);
      const numels = flat_output.map((out) => out.numel());
      const [flat_primals, primals_spec] = tree_flatten(_slice_argnums(args, argnums)) as [Tensor[], TreeSpec];

      const rows: Tensor[][] = [];
      for (const flat_basis of _chunked_standard_basis_for_(flat_output, numels, chunk_size)) {
        rows.push(jacobianRows(vjp_fn, flat_basis, output_spec, chunk_size === 1));
      }
      const jacobians = flat_primals.map((_, i) => {
        const parts = rows.map((part) => part[i]);
        return (parts.length === 1 ? parts[0] : torch.cat(parts, 0)).split(numels, 0);
      });
      const output_input = flat_output.map((out, i) => {
        const flat_input = flat_primals.map((primal, j) => jacobians[j][i].view([...out.shape, ...primal.shape]));
        const input = tree_unflatten(flat_input, primals_spec);
        return isInt(argnums) ? input[0] : input;
      });
      const result = tree_unflatten(output_input, output_spec);
      return has_aux ? [result, aux] : result;
    };
  },
) as Transform;

function jacobianRows(vjp_fn: VjpFunction, flat_basis: Tensor[], output_spec: TreeSpec, one: boolean): Tensor[] {
  if (!one) return tree_leaves(vmap(vjp_fn)(tree_unflatten(flat_basis, output_spec)));
  const basis = flat_basis.map((part) => part.squeeze(0));
  return tree_leaves(vjp_fn(tree_unflatten(basis, output_spec))).map((row: Tensor) => row.unsqueeze(0));
}

/** The unit vectors of all tensors taken together, in parts of `chunk_size`: for each tensor its columns. */
function* _chunked_standard_basis_for_(
  tensors: readonly Tensor[],
  numels: readonly number[],
  chunk_size: number | null,
): Generator<Tensor[]> {
  const total = numels.reduce((sum, numel) => sum + numel, 0);
  const size = chunk_size !== null && chunk_size < total ? chunk_size : total;
  const chunk_numels = size < total ? get_chunk_sizes(total, size) : [total];
  for (const [i, rows] of chunk_numels.entries()) {
    let start = 0;
    yield tensors.map((tensor, j) => {
      const chunk = tensor.new_zeros([rows, numels[j]]);
      chunk.diagonal(start + i * size).fill_(1);
      start -= numels[j];
      return chunk.view([rows, ...tensor.shape]);
    });
  }
}

function _validate_and_wrap_argnum(argnum: number, num_args: number): number {
  if (!isInt(argnum)) throw new RuntimeError(`argnum must be int, got: ${typeText(argnum)}`);
  if (argnum >= 0 && argnum < num_args) return argnum;
  if (argnum < 0 && argnum >= -num_args) return argnum + num_args;
  throw new RuntimeError(`Got argnum=${argnum}, but only ${num_args} positional inputs`);
}

function _check_unique_non_empty(argnums: argnums_t): void {
  if (!Array.isArray(argnums)) return;
  if (argnums.length === 0) throw new RuntimeError("argnums must be non-empty");
  if (new Set(argnums).size !== argnums.length) {
    throw new RuntimeError(`argnums elements must be unique, got ${tupleText(argnums)}`);
  }
}

function _validate_and_wrap_argnums(argnums: argnums_t, num_args: number): argnums_t {
  const isList = Array.isArray(argnums);
  if (!isInt(argnums) && !isList) {
    throw new RuntimeError(`argnums must be int or Tuple[int, ...], got: ${typeText(argnums)}`);
  }
  const wrapped = isList
    ? argnums.map((argnum) => _validate_and_wrap_argnum(argnum, num_args))
    : _validate_and_wrap_argnum(argnums as number, num_args);
  _check_unique_non_empty(wrapped);
  return wrapped;
}

function _replace_args(old_args: readonly PyTree[], new_args: readonly PyTree[], argnums: argnums_t): PyTree[] {
  const replaced = [...old_args];
  const places = isInt(argnums) ? [argnums as number] : (argnums as readonly number[]);
  if (new_args.length !== places.length) {
    throw new RuntimeError(
      `new_args should have the same size as argnums. Argnums size ${places.length}, new_args size ${new_args.length}`,
    );
  }
  for (const [i, place] of places.entries()) replaced[place] = new_args[i];
  return replaced;
}

function _slice_argnums(args: readonly PyTree[], argnums: argnums_t, as_tuple = true): PyTree {
  const places = _validate_and_wrap_argnums(argnums, args.length);
  if (typeof places === "number") return as_tuple ? [args[places]] : args[places];
  return places.map((place) => args[place]);
}

function assert_non_empty_tensor_output(output: readonly PyTree[], api: string): void {
  if ((output.length === 1 && output[0] == null) || output.length < 1) {
    throw new RuntimeError(
      `${api}: Expected f to be a function that has non-empty output (got output = ${repr(output)})`,
    );
  }
  const other = output.find((one) => !isTensor(one));
  if (other !== undefined) {
    throw new RuntimeError(
      `${api}: expected f(*primals) to return only tensors, got unsupported type ${typeText(other)}`,
    );
  }
}

function assert_non_empty_list_of_tensors(output: readonly PyTree[], api: string, argname: string): void {
  if (output.length === 0) throw new RuntimeError(`${api}: Expected ${argname} to contain at least one Tensor.`);
  const other = output.findIndex((one) => !isTensor(one));
  if (other >= 0) {
    throw new RuntimeError(`${api}: Expected ${argname} to only contain Tensors, got ${typeText(output[other])}`);
  }
}

const jvp_str = "jvp(f, primals, tangents)";

function safe_unpack_dual(dual: Tensor, strict: boolean): [primal: Tensor, tangent: Tensor] {
  if (!isTensor(dual)) {
    throw new RuntimeError(
      `${jvp_str}: expected f(*args) to return only tensors, got unsupported type ${typeText(dual)}`,
    );
  }
  const [primal, tangent] = fwAD.unpack_dual(dual);
  if (tangent !== null) return [primal, tangent];
  if (strict) {
    throw new RuntimeError(
      "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True.",
    );
  }
  return [primal, torch.zeros_like(primal)];
}

/**
 * The outputs of a function at `primals`, and its derivative there in the direction `tangents`.
 *
 * `jvp(func, primals, tangents, *, strict=False, has_aux=False) -> tuple[Any, Any] | tuple[Any, Any, Any]`
 *
 * Both are arrays of as many structures of tensors as the function has arguments. With `has_aux` the function returns
 * `[output, aux]`, and the auxiliary objects come back as a third result.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.jvp.html}
 */
export const jvp = def(
  "jvp",
  ["func", "primals", "tangents", "*", "strict", "has_aux"],
  (
    func: AnyFunction,
    primals: readonly PyTree[],
    tangents: readonly PyTree[],
    strict = false,
    has_aux = false,
  ): PyTree => _jvp_with_argnums(func, primals, tangents, null, { strict, has_aux }),
);

let JVP_NESTING = 0;

/** Runs a function in a jvp layer, and within a level of forward gradients if it is the outermost. */
function withJvpLayer<T>(body: (level: number) => T): T {
  followAsync();
  return withLayer(native.jvpIncrementNesting, native.jvpDecrementNesting, (level) => {
    JVP_NESTING++;
    try {
      return fwAD._set_fwd_grad_enabled(true, () =>
        JVP_NESTING === 1 ? fwAD.dual_level(() => body(level)) : body(level),
      );
    } finally {
      JVP_NESTING--;
    }
  });
}

function _jvp_with_argnums(
  func: AnyFunction,
  args: readonly PyTree[],
  tangents: PyTree,
  argnums: argnums_t | null,
  { strict = false, has_aux = false } = {},
): PyTree[] {
  if (!Array.isArray(args)) {
    throw new RuntimeError(`${jvp_str}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).`);
  }
  const diff_args = argnums === null ? args : _slice_argnums(args, argnums);
  const [flat_primals, primals_spec] = tree_flatten(diff_args);
  const [flat_tangents, tangents_spec] = tree_flatten(tangents);
  if (!primals_spec.equals(tangents_spec)) {
    throw new RuntimeError(
      `${jvp_str}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure ${primals_spec} and tangents with structure ${tangents_spec}`,
    );
  }
  assert_non_empty_list_of_tensors(flat_primals, jvp_str, "primals");
  assert_non_empty_list_of_tensors(flat_tangents, jvp_str, "tangents");
  return withJvpLayer((level) => {
    const flat_duals = flat_primals.map((primal, i) => fwAD.make_dual(primal, flat_tangents[i]));
    const duals = tree_unflatten(flat_duals, primals_spec);
    const inputs = argnums === null ? duals : _replace_args(_wrap_all_tensors([...args], level), duals, argnums);
    let result_duals = func(...inputs);
    let aux: PyTree = null;
    if (has_aux) {
      [result_duals, aux] = splitAux(jvp_str, result_duals);
      aux = _undo_create_differentiable(aux, level);
    }
    const [flat_duals_out, spec] = tree_flatten(result_duals);
    assert_non_empty_tensor_output(flat_duals_out, jvp_str);
    const unpacked = flat_duals_out.map((dual) => safe_unpack_dual(dual, strict));
    const [primals_out, tangents_out] = [0, 1].map((i) =>
      tree_unflatten(
        unpacked.map((pair) => _unwrap_for_grad(pair[i], level)),
        spec,
      ),
    );
    return has_aux ? [primals_out, tangents_out, aux] : [primals_out, tangents_out];
  });
}

/**
 * A function that computes the Jacobian of `func` by forward differentiation; see jacrev() for its shape.
 *
 * `jacfwd(func, argnums=0, has_aux=False, *, randomness='error') -> Callable[..., Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.jacfwd.html}
 */
export const jacfwd = def(
  "jacfwd",
  ["func", "argnums", "has_aux", "*", "randomness"],
  (func: AnyFunction, argnums: argnums_t = 0, has_aux = false, randomness: Randomness = "error"): AnyFunction =>
    (...args: PyTree[]): PyTree => {
      error_if_complex("jacfwd", args, true);
      const [flat_primals, primals_spec] = tree_flatten(_slice_argnums(args, argnums)) as [Tensor[], TreeSpec];
      const numels = flat_primals.map((primal) => primal.numel());
      const [flat_basis] = _chunked_standard_basis_for_(flat_primals, numels, null);

      const push_jvp = (basis: PyTree): PyTree => {
        const [output, jvp_out, aux] = _jvp_with_argnums(func, args, basis, argnums, { has_aux });
        error_if_complex("jacfwd", output, false);
        return has_aux ? [jvp_out, aux] : jvp_out;
      };
      let results = vmap(push_jvp, { randomness })(tree_unflatten(flat_basis, primals_spec));
      let aux: PyTree = null;
      if (has_aux) {
        [results, aux] = results;
        aux = tree_map((value) => value[0], aux); // every row has the same
      }
      const [jac_outs, spec] = tree_flatten(results) as [Tensor[], TreeSpec];
      const jac_outs_ins = jac_outs.map((jac_out) => {
        const parts = jac_out.movedim(0, -1).split(numels, -1);
        const jac_ins = flat_primals.map((primal, i) => safe_unflatten(parts[i], -1, primal.shape));
        const input = tree_unflatten(jac_ins, primals_spec);
        return isInt(argnums) ? input[0] : input;
      });
      const result = tree_unflatten(jac_outs_ins, spec);
      return has_aux ? [result, aux] : result;
    },
) as Transform;

function safe_unflatten(tensor: Tensor, dim: number, shape: readonly number[]): Tensor {
  return shape.length === 0 ? tensor.squeeze(dim) : tensor.unflatten(dim, [...shape]);
}

/**
 * A function that computes the Hessian of `func`, as `jacfwd(jacrev(func))`.
 *
 * `hessian(func, argnums=0) -> Callable[..., Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.hessian.html}
 */
export const hessian = def("hessian", ["func", "argnums"], (func: AnyFunction, argnums: argnums_t = 0) =>
  jacfwd(jacrev(func, argnums), argnums),
) as (func: AnyFunction, argnums?: argnums_t | Keywords<{ argnums?: argnums_t }>) => AnyFunction;

/** @internal The gradients of a function, and [its output, auxiliary objects] or the output alone. */
export function grad_and_value_impl(
  func: AnyFunction,
  argnums: argnums_t,
  has_aux: boolean,
  given: readonly PyTree[],
): [grad: PyTree, value: PyTree] {
  return withGradLayer((level) => {
    const args = _wrap_all_tensors([...given], level);
    const diff_args = _slice_argnums(args, argnums, false);
    tree_map_(_create_differentiable, diff_args);
    let output = func(...args);
    let aux: PyTree = null;
    if (has_aux) [output, aux] = splitAux("grad_and_value(f)(*args)", output);
    if (!isTensor(output)) {
      throw new RuntimeError(`grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got ${typeText(output)}`);
    }
    if (output.dim() !== 0) {
      throw new RuntimeError(
        `grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with ${output.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?`,
      );
    }
    const [flat_diff_args, spec] = tree_flatten(diff_args);
    const flat_grads = _autograd_grad([output], flat_diff_args, null, { create_graph: true });
    const grad = _undo_create_differentiable(tree_unflatten(flat_grads, spec), level);
    const value = _undo_create_differentiable(output, level);
    return [grad, has_aux ? [value, _undo_create_differentiable(aux, level)] : value];
  });
}

/** @internal */
export function grad_impl(func: AnyFunction, argnums: argnums_t, has_aux: boolean, args: readonly PyTree[]): PyTree {
  const [grad, value] = grad_and_value_impl(func, argnums, has_aux, args);
  return has_aux ? [grad, value[1]] : grad;
}

/**
 * A function that computes what `func` does, without operators in place: changes of intermediate tensors become new tensors,
 * and changes of inputs are written back at the end.
 *
 * `functionalize(func, *, remove='mutations') -> Callable[..., Any]`
 *
 * With `{ remove: "mutations_and_views" }` views become copies, too.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.functionalize.html}
 */
export const functionalize = def(
  "functionalize",
  ["func", "*", "remove"],
  (func: AnyFunction, remove = "mutations"): AnyFunction => {
    if (remove !== "mutations" && remove !== "mutations_and_views") {
      throw new RuntimeError(
        `functionalize(f, remove='mutations'): received invalid argument for remove=${remove}. Valid options are:\n     remove='mutations': all inplace and out= operators will be removed from the program, and replaced with their out-of-place equivalents.\n     remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be replaced with their non-aliasing counterparts, {view}_copy.\n`,
      );
    }
    const reapply_views = remove === "mutations";
    return (...args: PyTree[]): PyTree => {
      followAsync();
      const begin = () => native.funcIncrementNesting(reapply_views);
      return withLayer(begin, native.funcDecrementNesting, (level) => {
        const wrapped = tree_map(
          (arg) => (isTensor(arg) ? wrap(native.wrapFunctionalTensor(handleOf(arg), level)) : arg),
          args,
        );
        const outputs = tree_map(
          (output) =>
            isTensor(output)
              ? onHandle(output, (handle) => native.unwrapFunctionalTensor(handle, reapply_views))
              : output,
          func(...wrapped),
        );
        const flat_wrapped = tree_leaves(wrapped);
        for (const [i, arg] of tree_leaves(args).entries()) {
          if (isTensor(arg)) native.propagateFunctionalInputMutation(handleOf(arg), handleOf(flat_wrapped[i]));
        }
        return outputs;
      });
    };
  },
) as <F extends AnyFunction>(func: F, keywords?: Keywords<{ remove?: string }>) => F;

/**
 * The output of a function at `primals`, and the function that takes tangents to its derivative there in their direction.
 *
 * `linearize(func, *primals) -> tuple[Any, Callable[..., Any]]`
 *
 * The derivative is computed by jvp() at each call: libtorch has no graph of operators that could be run again, which
 * PyTorch traces in Python.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.linearize.html}
 */
export function linearize<A extends readonly PyTree[]>(
  func: (...primals: A) => PyTree,
  ...primals: A
): [output: PyTree, jvp_fn: (...tangents: A) => PyTree] {
  const output = func(...primals);
  const [flat_primals, primals_argspec] = tree_flatten([...primals]) as [Tensor[], TreeSpec];
  const jvp_fn = (...tangents: A): PyTree => {
    const [flat_tangents, tangent_argspec] = tree_flatten([...tangents]) as [Tensor[], TreeSpec];
    if (!tangent_argspec.equals(primals_argspec)) {
      throw new RuntimeError(
        `Expected the tangents ${tangent_argspec} to have the same argspec as the primals ${primals_argspec}`,
      );
    }
    for (const [i, tangent] of flat_tangents.entries()) forward_ad_checks(i, tangent, flat_primals[i]);
    return _jvp_with_argnums(func, primals, [...tangents], null)[1];
  };
  return [output, jvp_fn];
}

function forward_ad_checks(i: number, tangent: Tensor, primal: Tensor): void {
  const mismatch = (what: string, given: unknown, expected: unknown) =>
    new RuntimeError(
      `tangent:${i} with ${what} ${given} in flattened pytree doesn't match the ${what} ${expected} of the corresponding primal.`,
    );
  if (String(tangent.shape) !== String(primal.shape)) throw mismatch("shape", tangent.shape, primal.shape);
  if (String(tangent.device) !== String(primal.device)) throw mismatch("device", tangent.device, primal.device);
  if (tangent.dtype !== primal.dtype) throw mismatch("dtype", tangent.dtype, primal.dtype);
}

/**
 * The plain tensor in a tensor that a transform wrapped, or, without `recurse`, what the innermost transform wrapped.
 *
 * `debug_unwrap(tensor, *, recurse=True) -> Tensor`
 *
 * For looking at values while debugging: derivatives do not go through it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.debug_unwrap.html}
 */
export const debug_unwrap = def(
  "debug_unwrap",
  ["tensor", "*", "recurse"],
  (tensor: Tensor, recurse = true): Tensor => {
    if (native.functorchKind(handleOf(tensor)) === 0) return tensor;
    const result = wrap(native.getUnwrapped(handleOf(tensor)));
    return recurse ? debug_unwrap(result) : result;
  },
);
