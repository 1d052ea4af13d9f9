// torch/functional.py

import type { Tensor } from "./_tensor.js";
import { def, isPlainObject } from "./arguments/function.js";
import { bool, int64 } from "./dtype.js";
import { AssertionError, RuntimeError, ValueError } from "./errors.js";
import * as linalg from "./generated/linalg.js";
import * as _nn from "./generated/nn.js";
import * as _VF from "./generated/torch.js";
import { strided } from "./layout.js";
import { isInt } from "./python/float.js";
import { typeName } from "./python/objects.js";
import { repr, str } from "./python/repr.js";
import { Size, sizeOf } from "./size.js";
import { TensorBase } from "./tensor_base.js";
import { tensor } from "./tensor_new.js";
import type { dtype, Float, Int, Keywords, Scalar } from "./types.js";

export { pca_lowrank, svd_lowrank } from "./_lowrank.js";
export { lu } from "./functional/lu.js";
export { unique, unique_consecutive } from "./functional/unique.js";
export { istft } from "./generated/torch.js";

/** The positional arguments of a function of any number of them, and its keywords; throws TypeError for other keywords. */
function variadic(name: string, args: unknown[], names: readonly string[] = []): Record<string, unknown> {
  const last = args[args.length - 1];
  if (!isPlainObject(last)) return {};
  const unknown = Object.keys(last).find((keyword) => last[keyword] !== undefined && !names.includes(keyword));
  if (unknown !== undefined) throw new TypeError(`${name}() got an unexpected keyword argument '${unknown}'`);
  args.pop();
  return last;
}

/** Whether a value is an int to Python; a bool is one. */
const isIndex = (value: unknown): value is number => typeof value === "boolean" || isInt(value);

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

/**
 * The tensors expanded to the one shape that they broadcast to, as views.
 *
 * `broadcast_tensors(*tensors)`
 *
 * Throws RuntimeError if they do not broadcast.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.broadcast_tensors.html}
 */
export function broadcast_tensors(...tensors: Tensor[]): Tensor[] {
  variadic("broadcast_tensors", tensors);
  return _VF.broadcast_tensors(tensors);
}

/**
 * The shape that tensors of these shapes broadcast to; a number stands for a shape of one dimension.
 *
 * `broadcast_shapes(*shapes)`
 *
 * Throws RuntimeError if they do not broadcast.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.broadcast_shapes.html}
 */
export function broadcast_shapes(...shapes: (number | readonly number[])[]): Size {
  variadic("broadcast_shapes", shapes);
  const lists = shapes.filter((shape) => shape !== null).map((shape) => (isIndex(shape) ? [shape] : shape));
  for (const shape of lists) {
    if (Array.isArray(shape)) continue;
    throw new RuntimeError(
      `Input shapes should be of type ints, a tuple of ints, or a list of ints, got ${str(shape)}`,
    );
  }
  const common = new Array<number>(Math.max(0, ...lists.map((shape) => shape.length))).fill(1);
  lists.forEach((shape, arg_idx) => {
    for (let idx = -1; idx >= -shape.length; idx--) {
      const size = shape.at(idx) as number;
      const place = common.length + idx;
      if (size === common[place]) continue;
      if (common[place] === 1) {
        if (size < 0) throw new ValueError("Attempting to broadcast a dimension with negative length!");
        common[place] = size;
      }
      if (size === 1 || size === common[place]) continue;
      const had = shape instanceof Size ? shape : `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
      throw new RuntimeError(
        `Attempting to broadcast a dimension of length ${size} at ${idx}! Mismatching argument at index ${arg_idx} had ${had}; but expected shape should be broadcastable to ${repr(common)}`,
      );
    }
  });
  return sizeOf(common);
}

/**
 * Splits a tensor along a dimension into views: of a given size each, the last one possibly smaller, or of given sizes.
 *
 * `split(tensor, split_size_or_sections, dim=0) -> tuple[Tensor, ...]`
 *
 * Throws RuntimeError for sizes that do not add up to the dimension's.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.split.html}
 */
export const split = def(
  "split",
  ["tensor", "split_size_or_sections", "dim"],
  (tensor: Tensor, split_size_or_sections: Int | readonly Int[], dim: Int = 0): Tensor[] =>
    tensor.split(split_size_or_sections, dim),
);

/** A dimension of an operand of einsum(), by number; "..." stands for all that are not named. */
type Subscripts = readonly (number | "...")[];

/**
 * Sums of products of the operands' elements in Einstein's notation: `einsum("ij,jk->ik", a, b)`.
 *
 * `einsum(*args) -> Tensor`
 *
 * In place of the equation each operand may be followed by the list of its subscripts, numbers from 0 to 51, and all of
 * them by the list of the result's: `einsum(a, [0, 1], b, [1, 2], [0, 2])`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.einsum.html}
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor;
export function einsum(equation: string, operands: readonly Tensor[]): Tensor;
export function einsum(...args: (Tensor | Subscripts)[]): Tensor;
export function einsum(...args: unknown[]): Tensor {
  variadic("einsum", args);
  if (args.length < 2) {
    throw new ValueError(
      "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list",
    );
  }
  let equation = args[0] as string;
  let operands = args.slice(1);
  if (args[0] instanceof TensorBase) {
    const parse_subscripts = (list: unknown) => Array.from(list as Subscripts, parse_subscript).join("");
    equation = args
      .filter((_, i) => i % 2 === 1)
      .map(parse_subscripts)
      .join(",");
    operands = args.filter((_, i) => i % 2 === 0);
    if (args.length % 2 === 1) equation += `->${parse_subscripts(operands.pop())}`;
  }
  // The operands may come as one list.
  if (operands.length === 1 && Array.isArray(operands[0])) operands = operands[0];
  return _VF.einsum(equation, operands as Tensor[]);
}

function parse_subscript(n: number | "..."): string {
  if (n === "...") return "...";
  if (n >= 0 && n < 26) return String.fromCharCode("A".charCodeAt(0) + n);
  if (n >= 26 && n < 52) return String.fromCharCode("a".charCodeAt(0) + n - 26);
  throw new ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)");
}

type Indexing = "xy" | "ij";

/**
 * The coordinates of the points of a grid: for each vector of length n_i a tensor of all the lengths.
 *
 * `meshgrid(*tensors, indexing=None) -> tuple[Tensor, ...]`
 *
 * `indexing` "ij" has the vectors in the order of the dimensions, "xy" swaps the first two.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.meshgrid.html}
 */
export function meshgrid(...tensors: Tensor[]): Tensor[];
export function meshgrid(tensors: readonly Tensor[], keywords?: Keywords<{ indexing?: Indexing | null }>): Tensor[];
export function meshgrid(...args: [...Tensor[], Keywords<{ indexing?: Indexing | null }>]): Tensor[];
export function meshgrid(...args: unknown[]): Tensor[] {
  const { indexing = null } = variadic("meshgrid", args, ["indexing"]);
  const tensors = (args.length === 1 && Array.isArray(args[0]) ? args[0] : args) as Tensor[];
  return indexing === null ? _VF.meshgrid(tensors) : _VF.meshgrid(tensors, { indexing: indexing as string });
}

/**
 * The short-time Fourier transform: the spectra of overlapping windows of a signal.
 *
 * `stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', normalized=False,
 * onesided=None, return_complex=None, align_to_window=None) -> Tensor`
 *
 * `input` has the shape (length) or (batch, length), the result (batch, n_fft / 2 + 1, frames), complex.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.stft.html}
 */
export const stft = def(
  "stft",
  [
    "input",
    "n_fft",
    "hop_length",
    "win_length",
    "window",
    "center",
    "pad_mode",
    "normalized",
    "onesided",
    "return_complex",
    "align_to_window",
  ],
  (
    input: Tensor,
    n_fft: number,
    hop_length: number | null = null,
    win_length: number | null = null,
    window: Tensor | null = null,
    center = true,
    pad_mode = "reflect",
    normalized = false,
    onesided: boolean | null = null,
    return_complex: boolean | null = null,
    align_to_window: boolean | null = null,
  ): Tensor => {
    if (center && align_to_window !== null) {
      throw new RuntimeError("stft align_to_window should only be set when center = false");
    }
    if (center) {
      const signal_dim = input.dim();
      const extended_shape = [...new Array(Math.max(0, 3 - signal_dim)).fill(1), ...input.size()];
      const pad = Math.floor(n_fft / 2);
      input = _nn.pad(input.view(extended_shape), [pad, pad], pad_mode);
      input = input.view(input.shape.slice(-signal_dim));
    }
    return _VF.stft(
      input,
      n_fft,
      hop_length,
      win_length,
      window,
      normalized,
      onesided,
      return_complex,
      align_to_window,
    );
  },
);

type Dims = readonly [readonly number[], readonly number[]] | readonly number[][];

/**
 * The product of two tensors, summed over several dimensions of both.
 *
 * `tensordot(a, b, dims=2, out=None)`
 *
 * `dims` is the number of dimensions, the last of `a` and the first of `b`, or two lists of them.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.tensordot.html}
 */
export const tensordot = def(
  "tensordot",
  ["a", "b", "dims", "out"],
  (a: Tensor, b: Tensor, dims: number | Dims | Tensor = 2, out: Tensor | null = null): Tensor => {
    if (!Array.isArray(dims) && !(dims instanceof TensorBase) && !isIndex(dims)) {
      throw new RuntimeError(
        `tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got dims=${str(dims)}`,
      );
    }
    let dims_a: readonly number[] = [];
    let dims_b: readonly number[] = [];
    if (Array.isArray(dims)) {
      if (dims.length > 2) throw new ValueError("too many values to unpack (expected 2)");
      if (dims.length < 2) throw new ValueError(`not enough values to unpack (expected 2, got ${dims.length})`);
      [dims_a, dims_b] = dims;
    } else if (dims instanceof TensorBase) {
      const given = dims as Tensor;
      if (given.numel() > 1) {
        if (given.size(0) !== 2) {
          throw new AssertionError(`dims tensor must have size 2 in first dimension, got ${given.size(0)}`);
        }
        [dims_a, dims_b] = given.tolist();
      } else {
        const dims_val = Math.trunc(given.item());
        if (dims_val < 0) {
          throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${given.__format__()}`);
        }
        dims_a = range(-dims_val, 0);
        dims_b = range(0, dims_val);
      }
    } else {
      const dims_val = Number(dims);
      if (dims_val < 0) throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${dims_val}`);
      if (dims_val > Math.min(a.dim(), b.dim())) {
        throw new RuntimeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${dims_val}`);
      }
      dims_a = range(-dims_val, 0);
      dims_b = range(0, dims_val);
    }
    return _VF.tensordot(a, b, dims_a, dims_b, { out });
  },
);

/**
 * All combinations of an element of each vector, as the rows of a matrix; a single vector stays as it is.
 *
 * `cartesian_prod(*tensors) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cartesian_prod.html}
 */
export function cartesian_prod(...tensors: Tensor[]): Tensor {
  variadic("cartesian_prod", tensors);
  return _VF.cartesian_prod(tensors);
}

/**
 * A matrix with the tensors, of two dimensions at most, along its diagonal and zeros elsewhere.
 *
 * `block_diag(*tensors)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.block_diag.html}
 */
export function block_diag(...tensors: Tensor[]): Tensor {
  variadic("block_diag", tensors);
  return _VF.block_diag(tensors);
}

const compute_modes: Record<string, number | null> = {
  use_mm_for_euclid_dist_if_necessary: null,
  use_mm_for_euclid_dist: 1,
  donot_use_mm_for_euclid_dist: 2,
};

/**
 * The distances, by the p-norm, between all pairs of a row of `x1` (B, P, M) and one of `x2` (B, R, M): (B, P, R).
 *
 * `cdist(x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary')`
 *
 * `compute_mode` says when to compute Euclidean distances by a matrix product.
 *
 * Throws ValueError for another `compute_mode`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cdist.html}
 */
export const cdist = def(
  "cdist",
  ["x1", "x2", "p", "compute_mode"],
  (x1: Tensor, x2: Tensor, p: Float = 2, compute_mode = "use_mm_for_euclid_dist_if_necessary"): Tensor => {
    if (!Object.hasOwn(compute_modes, compute_mode)) {
      throw new ValueError(`${str(compute_mode)} is not a valid value for compute_mode`);
    }
    return _VF.cdist(x1, x2, p, compute_modes[compute_mode]);
  },
);

/** One tensor for one tensor, and a list for several or for a list. */
interface AtLeast {
  (tensor: Tensor): Tensor;
  (tensors: readonly Tensor[]): Tensor[];
  (...tensors: Tensor[]): Tensor[];
}

function at_least(name: string, atleast: (tensors: Tensor[]) => unknown): AtLeast {
  const named = {
    [name](...tensors: Tensor[]) {
      variadic(name, tensors);
      return atleast(tensors.length === 1 ? (tensors[0] as unknown as Tensor[]) : tensors);
    },
  };
  return named[name] as AtLeast;
}

/**
 * Tensors of one dimension at least: those of none get one.
 *
 * `atleast_1d(*tensors)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.atleast_1d.html}
 */
export const atleast_1d = at_least("atleast_1d", _VF.atleast_1d);

/**
 * Tensors of two dimensions at least: others get leading ones.
 *
 * `atleast_2d(*tensors)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.atleast_2d.html}
 */
export const atleast_2d = at_least("atleast_2d", _VF.atleast_2d);

/**
 * Tensors of three dimensions at least: a vector is put in the middle, a matrix first.
 *
 * `atleast_3d(*tensors)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.atleast_3d.html}
 */
export const atleast_3d = at_least("atleast_3d", _VF.atleast_3d);

/**
 * The norm of a tensor: of all of its elements, or along dimensions.
 *
 * `norm(input, p='fro', dim=None, keepdim=False, out=None, dtype=None)`
 *
 * `p` is a number for the norm of vectors, "fro" for Frobenius' and "nuc" for the nuclear norm of matrices.
 * `linalg.vector_norm` and `linalg.matrix_norm` are to be preferred.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.norm.html}
 */
export const norm = def(
  "norm",
  ["input", "p", "dim", "keepdim", "out", "dtype"],
  (
    input: Tensor,
    p: Scalar | string | null = "fro",
    dim: number | readonly number[] | null = null,
    keepdim = false,
    out: Tensor | null = null,
    dtype: dtype | null = null,
  ): Tensor => {
    let _dim = isIndex(dim) ? [dim] : dim;
    if (input.layout === strided && ["cpu", "cuda", "xpu", "meta"].includes(input.device.type)) {
      if (typeof p !== "string") return linalg.vector_norm(input, p ?? 2, _dim, keepdim, { dtype, out });
      if (p === "fro" && (_dim === null || _dim.length <= 2)) {
        return linalg.vector_norm(input, 2, _dim, keepdim, { dtype, out });
      }
      return linalg.matrix_norm(input, p, _dim ?? range(0, input.ndim), keepdim, { dtype, out });
    }
    const ndim = input.dim();
    if (_dim === null && out === null && dtype === null && p !== null) {
      if (p === "fro") return _VF.frobenius_norm(input, [], { keepdim });
      if (typeof p !== "string") return _VF.norm(input, p, { dim: range(0, ndim), keepdim });
    }
    if (typeof p === "string") {
      if (p === "fro") {
        if (dtype !== null) throw new ValueError("dtype argument is not supported in frobenius norm");
        return _VF.frobenius_norm(input, _dim ?? range(0, ndim), { keepdim, out });
      }
      if (p === "nuc") {
        if (dtype !== null) throw new ValueError("dtype argument is not supported in nuclear norm");
        if (_dim === null) return _VF.nuclear_norm(input, { keepdim, out });
        return _VF.nuclear_norm(input, _dim, { keepdim, out });
      }
      throw new RuntimeError(`only valid string values are 'fro' and 'nuc', found ${p}`);
    }
    _dim ??= range(0, ndim);
    if (dtype === null) return _VF.norm(input, p, _dim, { keepdim, out });
    return _VF.norm(input, p, _dim, { keepdim, dtype, out });
  },
);

/**
 * The indices into an array of `shape` of elements that are given by their places in it flattened: one tensor for each
 * dimension.
 *
 * `unravel_index(indices, shape) -> tuple[Tensor, ...]`
 *
 * Throws TypeError for indices or a shape that are no integers, and ValueError for a shape with negative or, where there
 * are indices, empty dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.unravel_index.html}
 */
export const unravel_index = def(
  "unravel_index",
  ["indices", "shape"],
  (indices: Tensor, shape: number | readonly number[]): Tensor[] => _unravel_index(indices, shape).unbind(-1),
);

function _unravel_index(indices: Tensor, shape: number | readonly number[]): Tensor {
  if (indices.is_complex() || indices.is_floating_point() || indices.dtype === bool) {
    throw new TypeError(`expected 'indices' to be integer dtype, but got ${indices.dtype}`);
  }
  if (!isIndex(shape) && !Array.isArray(shape) && typeof shape !== "string") {
    throw new TypeError(`expected 'shape' to be int or sequence of ints, but got <class '${typeName(shape)}'>`);
  }
  const sizes = isIndex(shape) ? [shape] : Array.from(shape as readonly number[]);
  for (const dim of sizes) {
    if (isIndex(dim)) continue;
    throw new TypeError(`expected 'shape' sequence to only contain ints, but got <class '${typeName(dim)}'>`);
  }
  const text = `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
  if (sizes.some((dim) => dim < 0)) throw new ValueError(`'shape' cannot have negative values, but got ${text}`);
  if (sizes.some((dim) => Number(dim) === 0) && indices.numel() > 0) {
    throw new ValueError(`'shape' cannot have zero dimensions when 'indices' is non-empty, but got ${text}`);
  }
  const shape64 = sizes.map(BigInt);
  const coefs = shape64.map((_, i) => shape64.slice(i + 1).reduce((product, dim) => product * dim, 1n));
  const options = { device: indices.device, dtype: int64 };
  return indices.unsqueeze(-1).floor_divide(tensor(coefs, options)).remainder(tensor(shape64, options));
}

/**
 * The product of matrices, multiplied in the order that takes the fewest operations.
 *
 * `chain_matmul(*matrices, out=None)`
 *
 * Deprecated by PyTorch for `linalg.multi_dot`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.chain_matmul.html}
 */
export function chain_matmul(...matrices: Tensor[]): Tensor;
export function chain_matmul(...args: [...matrices: Tensor[], keywords: Keywords<{ out?: Tensor | null }>]): Tensor;
export function chain_matmul(...matrices: unknown[]): Tensor {
  const { out } = variadic("chain_matmul", matrices, ["out"]);
  return _VF.chain_matmul(matrices as Tensor[], { out: out as Tensor | null | undefined });
}
