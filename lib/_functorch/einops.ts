// torch/_functorch/einops.py, functorch/einops/rearrange.py

import type { Tensor } from "../_tensor.js";
import { binder, isPlainObject } from "../arguments/function.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { ELLIPSIS, parse_pattern, validate_rearrange_expressions } from "./einops/_parsing.js";
import { isTensor } from "./utils.js";

type Keywords = Record<string, unknown>;

const bindNamed = binder("rearrange", ["tensor", "pattern"], 2);

/** What rearrange() throws for a tensor whose sizes do not fit the pattern. */
export class DimensionBindError extends RuntimeError {}

/** The sizes of the names that make up one dimension; -1 stands for one that is not known. */
function bind(size: number, known: readonly number[], first: number): number[] {
  const names = known.map((_, i) => `d${first + i}`);
  const unknown = known.flatMap((length, i) => (length === -1 ? [i] : []));
  if (unknown.length > 1) {
    const [a, b] = unknown.map((i) => names[i]);
    throw new DimensionBindError(`cannot infer the sizes of two dimensions at once ${a} and ${b}`);
  }
  const product = known.reduce((all, length) => (length === -1 ? all : all * length), 1);
  if (unknown.length === 0) {
    if (product === size) return [...known];
    const pack = names.length === 1 ? `(${names[0]},)` : `(${names.join(", ")})`;
    throw new DimensionBindError(
      `Dimension sizes to do not match (${size} != ${product}) when matching dimension pack ${pack}`,
    );
  }
  if (product === 0) throw new DimensionBindError("integer modulo by zero");
  if (size % product !== 0) {
    const text = known.map((length) => (length === -1 ? "'?'" : length));
    throw new DimensionBindError(
      `inferred dimension does not evenly fit into larger dimension: ${size} vs (${text.join(", ")}${text.length === 1 ? "," : ""})`,
    );
  }
  return known.map((length) => (length === -1 ? size / product : length));
}

/** A pattern for tensors of so many dimensions. */
function create_rearrange_callable(
  tensor_ndim: number,
  pattern: string,
  axes_lengths: Readonly<Record<string, unknown>>,
): (tensor: Tensor) => Tensor {
  const [left, right] = parse_pattern(pattern, axes_lengths);
  validate_rearrange_expressions(left, right, axes_lengths);
  const lengths: Readonly<Record<string, number>> = axes_lengths;
  const { composition } = left;
  const n_anon_dims = composition.filter((dimension) => dimension.length === 0).length;
  const n_named_dims = left.identifiers.size - (left.has_ellipsis ? 1 : 0);
  const n_ellipsis_dims = left.has_ellipsis ? tensor_ndim - (composition.length - 1) : 0;
  if (left.has_ellipsis && n_anon_dims + n_named_dims > tensor_ndim) {
    throw new ValueError(
      `Number of dimensions in pattern (${n_anon_dims + n_named_dims}) must be less than or equal to the number of dimensions in the tensor (${tensor_ndim})`,
    );
  }
  if (!left.has_ellipsis && composition.length !== tensor_ndim) {
    throw new ValueError(
      `Number of dimensions in pattern (${composition.length}) must be equal to the number of dimensions in the tensor (${tensor_ndim})`,
    );
  }
  if (n_named_dims + n_ellipsis_dims + n_anon_dims === 0) return (tensor) => tensor;

  return (tensor) => {
    const split: number[] = [];
    const places = new Map<string, number[]>([[ELLIPSIS, []]]);
    const anonymous: number[] = [];
    let dim = 0;
    for (const dimension of composition) {
      if (dimension === ELLIPSIS) {
        for (let i = 0; i < n_ellipsis_dims; i++) places.get(ELLIPSIS)?.push(split.push(tensor.size(dim++)) - 1);
      } else if (dimension.length === 0) {
        anonymous.push(split.push(tensor.size(dim++)) - 1);
      } else {
        const known = dimension.map((name) => Math.max(lengths[name] ?? -1, -1));
        const sizes = bind(tensor.size(dim++), known, split.length);
        for (const [i, size] of sizes.entries()) places.set(dimension[i], [split.push(size) - 1]);
      }
    }
    const groups = right.composition.flatMap((dimension) =>
      dimension === ELLIPSIS
        ? (places.get(ELLIPSIS) ?? []).map((place) => [place])
        : [dimension.flatMap((name) => places.get(name) ?? [])],
    );
    const ordered = tensor.reshape(split).permute([...groups.flat(), ...anonymous]);
    const sizes = groups.map((group) => group.reduce((all, place) => all * split[place], 1));
    const result = ordered.reshape([...sizes, ...anonymous.map((place) => split[place])]);
    return anonymous.length === 0 ? result : result.sum(anonymous.map((_, i) => groups.length + i));
  };
}

/**
 * Transposes, splits and joins dimensions by a pattern in the style of einops: `rearrange(x, "b (h p) c -> b h (p c)",
 * { p: 2 })`. An array of tensors is stacked first.
 *
 * `rearrange(tensor, pattern, **axes_lengths) -> Tensor`
 *
 * "1" and "()" are dimensions without a name, "..." all others.
 *
 * Throws ValueError for a pattern that is not one, or not for such a tensor, and DimensionBindError where sizes do not fit.
 */
export function rearrange(
  tensor: Tensor | readonly Tensor[],
  pattern: string,
  axes_lengths: Readonly<Record<string, number>>,
): Tensor;
export function rearrange(tensor: Tensor | readonly Tensor[], pattern: string): Tensor;
export function rearrange(
  tensor: Tensor | readonly Tensor[],
  keywords: { pattern: string } & Readonly<Record<string, number | string>>,
): Tensor;
export function rearrange(...args: unknown[]): Tensor {
  const { tensor: named, pattern: text, ...axes_lengths } = isPlainObject(args.at(-1)) ? (args.pop() as Keywords) : {};
  const [given, pattern] = bindNamed([...args, { tensor: named, pattern: text }]);
  const tensor = isTensor(given) ? given : torch.stack(given as Tensor[]);
  return create_rearrange_callable(tensor.dim(), pattern as string, axes_lengths as Record<string, number>)(tensor);
}
