// torch/masked/_ops.py

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import * as dtypes from "../dtype.js";
import { AssertionError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { sparse_coo, sparse_csr, strided } from "../layout.js";
import { vector_norm } from "../linalg.js";
import * as F from "../nn/functional/activation.js";
import type { dtype } from "../types.js";
import { _canonical_dim, _combine_input_and_mask, _input_mask, type DimOrDims, type Operation } from "./_ops/masks.js";
import { _sparse_coo_scatter_reduction_helper, _sparse_csr_segment_reduction_helper } from "./_ops/sparse.js";

const small_integers = new Set([dtypes.uint8, dtypes.bool, dtypes.int8, dtypes.int16, dtypes.int32]);

/** The dtype of a sum: small integers are added up as int64. */
const sumDtype = (dtype: dtype) => (small_integers.has(dtype) ? dtypes.int64 : dtype);

function layoutError(name: string, expected: string, { layout }: Tensor): ValueError {
  return new ValueError(`masked ${name} expects ${expected} tensor (got ${layout} tensor)`);
}

const reduction = ["input", "dim", "*", "keepdim", "dtype", "mask"] as const;
const normalization = ["input", "dim", "*", "dtype", "mask"] as const;

/**
 * The sum of the elements that the mask shows, along dimensions or of all.
 *
 * `sum(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * Small integers are added up as int64. Masked-out elements count as 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const sum = def(
  "sum",
  reduction,
  (
    given: Tensor,
    dim: DimOrDims = null,
    keepdim: boolean | null = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const { input, type } = promoted(given, dtype);
    const dims = _canonical_dim(dim, input.ndim);
    const mask_input = _combine_input_and_mask("sum", input, mask);
    if (mask_input.layout === strided) return torch.sum(mask_input, dims, Boolean(keepdim), { dtype: type });
    if (mask_input.layout === sparse_coo) {
      return _sparse_coo_scatter_reduction_helper("sum", mask_input, dims, Boolean(keepdim), type);
    }
    if (mask_input.layout === sparse_csr) {
      return torch._sparse_csr_sum(mask_input, dims, { keepdim: Boolean(keepdim), dtype: type });
    }
    throw layoutError("sum", "strided, sparse_coo or sparse_csr", mask_input);
  },
);

/** The input and the dtype of its sum; CSR tensors have no conversion of their own. */
function promoted(input: Tensor, dtype: dtype | null): { input: Tensor; type: dtype } {
  const type = dtype ?? sumDtype(input.dtype);
  if (dtype === null && input.layout === sparse_csr && type !== input.dtype) {
    return { input: input.to_sparse().to(type).to_sparse_csr(), type };
  }
  return { input, type };
}

/**
 * The product of the elements that the mask shows, along dimensions or of all.
 *
 * `prod(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * Masked-out elements count as 1. Throws ValueError for sparse tensors without a mask.
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const prod = def(
  "prod",
  reduction,
  (
    given: Tensor,
    dim: DimOrDims = null,
    keepdim: boolean | null = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const { input, type } = promoted(given, dtype);
    const dims = _canonical_dim(dim, input.ndim);
    const mask_input = _combine_input_and_mask("prod", input, mask);
    if (mask_input.layout === strided) {
      return dims.reduceRight((result, d) => result.prod(d, Boolean(keepdim)), mask_input.to(type));
    }
    if (mask_input.layout === sparse_coo) {
      if (mask === null) throw new ValueError("masked prod expects explicit mask for sparse_coo tensor input");
      return _sparse_coo_scatter_reduction_helper("prod", mask_input, dims, Boolean(keepdim), type);
    }
    if (mask_input.layout === sparse_csr) {
      if (mask === null) throw new ValueError("masked prod expects explicit mask for sparse_csr tensor input");
      return torch._sparse_csr_prod(mask_input, dims, { keepdim: Boolean(keepdim), dtype: type });
    }
    throw layoutError("prod", "strided, sparse_coo or sparse_csr", mask_input);
  },
);

// The operators behind the functions below, which have their names.
const plain = {
  cumsum: torch.cumsum,
  cumprod: torch.cumprod,
  amax: torch.amax,
  amin: torch.amin,
  argmax: torch.argmax,
  argmin: torch.argmin,
  softmax: F.softmax,
  log_softmax: F.log_softmax,
  softmin: F.softmin,
};

/** cumsum() and cumprod(). */
function cumulative(name: "cumsum" | "cumprod", op: Operation) {
  return def(
    name,
    normalization,
    (input: Tensor, dim: number, dtype: dtype | null = null, mask: Tensor | null = null): Tensor => {
      const type = dtype ?? input.dtype;
      const [d] = _canonical_dim(dim, input.ndim);
      const mask_input = _combine_input_and_mask(op, input, mask);
      if (mask_input.layout !== strided) throw layoutError(name, "strided", mask_input);
      return plain[name](mask_input, d, { dtype: type }).to(type);
    },
  );
}

/**
 * The cumulative sum of the elements that the mask shows; masked-out elements count as 0.
 *
 * `cumsum(input, dim, *, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const cumsum = cumulative("cumsum", "sum");

/**
 * The cumulative product of the elements that the mask shows; masked-out elements count as 1.
 *
 * `cumprod(input, dim, *, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const cumprod = cumulative("cumprod", "prod");

/** amax() and amin(). */
function extremum(name: "amax" | "amin") {
  return def(
    name,
    reduction,
    (
      input: Tensor,
      dim: DimOrDims = null,
      keepdim: boolean | null = false,
      dtype: dtype | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const type = dtype ?? input.dtype;
      const mask_input = _combine_input_and_mask(name, input, mask);
      const dims = _canonical_dim(dim, mask_input.ndim);
      if (mask_input.layout === strided) return plain[name](mask_input, dims, Boolean(keepdim)).to(type);
      if (mask_input.layout === sparse_coo) {
        if (mask === null) throw new ValueError("masked amax expects explicit mask for sparse_coo tensor input");
        return _sparse_coo_scatter_reduction_helper(name, mask_input, dims, Boolean(keepdim), type);
      }
      if (mask_input.layout === sparse_csr) {
        if (mask === null) throw new ValueError(`masked ${name} expects explicit mask for sparse_csr tensor input`);
        return _sparse_csr_segment_reduction_helper(name, mask_input, dims, Boolean(keepdim), type);
      }
      throw layoutError(name, "strided, sparse_coo or sparse_csr", mask_input);
    },
  );
}

/**
 * The greatest of the elements that the mask shows, along dimensions or of all; where it shows none, the dtype's least.
 *
 * `amax(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const amax = extremum("amax");

/**
 * The least of the elements that the mask shows, along dimensions or of all; where it shows none, the dtype's greatest.
 *
 * `amin(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const amin = extremum("amin");

/** argmax() and argmin(). */
function place(name: "argmax" | "argmin") {
  return def(
    name,
    reduction,
    (
      input: Tensor,
      dim: number | null = null,
      keepdim: boolean | null = false,
      dtype: dtype | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const mask_input = _combine_input_and_mask(name, input, mask);
      if (mask_input.layout !== strided) throw layoutError(name, "strided", mask_input);
      return plain[name](mask_input, dim, Boolean(keepdim)).to(dtype ?? input.dtype);
    },
  );
}

/**
 * The index of the greatest of the elements that the mask shows, in the input's dtype unless another is given.
 *
 * `argmax(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const argmax = place("argmax");

/**
 * The index of the least of the elements that the mask shows, in the input's dtype unless another is given.
 *
 * `argmin(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const argmin = place("argmin");

/** How many elements there are along dimensions, and their sum. */
function counted(input: Tensor, dim: DimOrDims, keepdim: boolean | null, dtype: dtype, mask: Tensor | null) {
  if (mask === null) {
    const ones = torch.ones(input.shape, { dtype: dtypes.int64, device: input.device });
    return { inmask: null, count: sum(ones, dim, { keepdim }), total: sum(input, dim, { keepdim, dtype }) };
  }
  const inmask = _input_mask(input, mask);
  const count = inmask.sum(dim as number[], Boolean(keepdim));
  return { inmask, count, total: sum(input, dim, { keepdim, dtype, mask: inmask }) };
}

/**
 * The mean of the elements that the mask shows, along dimensions or of all; NaN where it shows none.
 *
 * `mean(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * Throws ValueError for dtypes that are neither floating point nor complex.
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const mean = def(
  "mean",
  reduction,
  (
    input: Tensor,
    dim: DimOrDims = null,
    keepdim: boolean | null = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const type = dtype ?? input.dtype;
    if (!type.is_floating_point && !type.is_complex) {
      throw new ValueError(
        `mean(): Could not infer output dtype. ${dtype ? "Optional" : "Input"} dtype must be either a floating point or complex dtype. Got: ${type}`,
      );
    }
    if (input.layout === strided) {
      const { count, total } = counted(input, dim, keepdim, type, mask);
      return total.div(count);
    }
    if (input.layout === sparse_csr) {
      if (mask === null) throw new ValueError("masked mean expects explicit mask for sparse_csr tensor input");
      const mask_input = _combine_input_and_mask("mean", input, mask);
      const dims = _canonical_dim(dim, mask_input.ndim);
      return _sparse_csr_segment_reduction_helper("mean", mask_input, dims, Boolean(keepdim), type);
    }
    throw layoutError("mean", "strided or sparse_csr", input);
  },
);

/**
 * The median of the elements that the mask shows along a dimension, the lower one of two; NaN where it shows none.
 *
 * `median(input, dim=-1, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * Throws ValueError for integers where the mask shows none.
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const median = def(
  "median",
  reduction,
  (input: Tensor, dim = -1, keepdim = false, dtype: dtype | null = null, mask: Tensor | null = null): Tensor => {
    const [d] = _canonical_dim(dim, input.ndim);
    const { is_floating_point } = input.dtype;
    const floats = is_floating_point ? input : input.to(dtypes.float32);
    const mask_input = _combine_input_and_mask("median", floats, mask);
    if (mask_input.layout !== strided) throw layoutError("median", "strided", mask_input);
    const output = torch.nanmedian(mask_input, d, keepdim).values;
    if (is_floating_point) return output;
    if (!torch.isnan(output).any().item()) return output.to(dtype ?? input.dtype);
    throw new ValueError("masked median expects no fully masked out rows if dtype is not floating point");
  },
);

/**
 * The logarithm of the sum of exponentials of the elements that the mask shows.
 *
 * `logsumexp(input, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const logsumexp = def(
  "logsumexp",
  reduction,
  (
    input: Tensor,
    dim: DimOrDims = null,
    keepdim = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const dims = _canonical_dim(dim, input.ndim);
    const mask_input = _combine_input_and_mask("logsumexp", input, mask);
    if (mask_input.layout !== strided) throw layoutError("logsumexp", "strided", mask_input);
    return torch.logsumexp(mask_input, dims, { keepdim }).to(dtype ?? input.dtype);
  },
);

/**
 * The logarithm of the sum of exponentials of two tensors; elements that their masks hide count as minus infinity.
 *
 * `logaddexp(input, other, *, dtype=None, input_mask=None, other_mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const logaddexp = def(
  "logaddexp",
  ["input", "other", "*", "dtype", "input_mask", "other_mask"],
  (
    input: Tensor,
    other: Tensor,
    dtype: dtype | null = null,
    input_mask: Tensor | null = null,
    other_mask: Tensor | null = null,
  ): Tensor => {
    if (input.layout !== strided || other.layout !== strided) {
      throw new ValueError(
        `masked logaddexp expects strided tensors (got ${input.layout} tensor for input, ${other.layout} for other)`,
      );
    }
    const mask_input = _combine_input_and_mask("logaddexp", input, input_mask);
    const mask_other = _combine_input_and_mask("logaddexp", other, other_mask);
    return torch.logaddexp(mask_input, mask_other).to(dtype ?? input.dtype);
  },
);

/**
 * The vector norm of the elements that the mask shows, along dimensions or of all.
 *
 * `norm(input, ord=2.0, dim=None, *, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const norm = def(
  "norm",
  ["input", "ord", "dim", "*", "keepdim", "dtype", "mask"],
  (
    input: Tensor,
    ord: number | null = 2.0,
    dim: DimOrDims = null,
    keepdim: boolean | null = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const mask_input = _combine_input_and_mask("norm", input, mask, ord ?? undefined);
    if (mask_input.layout !== strided) throw layoutError("norm", "strided", mask_input);
    const dims = _canonical_dim(dim, input.ndim);
    return vector_norm(mask_input, ord as number, dims, Boolean(keepdim), { dtype: dtype ?? input.dtype });
  },
);

function _std_var(
  input: Tensor,
  dim: DimOrDims,
  unbiased: boolean | null,
  correction_opt: number | null,
  keepdim: boolean | null,
  given: dtype | null,
  mask: Tensor | null,
): Tensor {
  if (unbiased !== null && correction_opt !== null) {
    throw new AssertionError("Only one of unbiased and correction may be given");
  }
  const correction = correction_opt ?? (unbiased === false ? 0 : 1);
  const isInexact = (dtype: dtype) => dtype.is_floating_point || dtype.is_complex;
  const dtype = given ?? (isInexact(input.dtype) ? input.dtype : dtypes.float32);
  const compute_dtype = isInexact(dtype) ? dtype : dtypes.float32;
  if (input.layout !== strided) throw layoutError("std/var", "strided", input);
  let { count, total, inmask } = counted(input, dim, true, dtype, mask);
  const x = torch.subtract(input, torch.divide(total, count));
  total = sum(x.mul(x.conj()), dim, { keepdim, dtype: compute_dtype, mask: inmask });
  if (!keepdim) count = count.reshape(total.shape);
  if (correction !== 0) {
    count = torch.subtract(count.to(compute_dtype.to_real()), correction);
    count = torch.maximum(count, count.new_zeros([]));
  }
  return torch.divide(total, count).to(dtype);
}

const spread = ["input", "dim", "unbiased", "*", "correction", "keepdim", "dtype", "mask"] as const;

/**
 * The variance of the elements that the mask shows, along dimensions or of all; `correction` is taken off their number,
 * by default 1.
 *
 * `var(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const var_ = def(
  "var",
  spread,
  (
    input: Tensor,
    dim: DimOrDims = null,
    unbiased: boolean | null = null,
    correction: number | null = null,
    keepdim: boolean | null = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => _std_var(input, dim, unbiased, correction, keepdim, dtype, mask),
);

/**
 * The standard deviation of the elements that the mask shows: the square root of var().
 *
 * `std(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const std = def(
  "std",
  spread,
  (
    input: Tensor,
    dim: DimOrDims = null,
    unbiased: boolean | null = null,
    correction: number | null = null,
    keepdim: boolean | null = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => torch.sqrt(_std_var(input, dim, unbiased, correction, keepdim, dtype, mask)),
);

/** softmax(), log_softmax() and softmin(). */
function soft(name: "softmax" | "log_softmax" | "softmin", op: Operation) {
  return def(
    name,
    normalization,
    (input: Tensor, dim: number, dtype: dtype | null = null, mask: Tensor | null = null): Tensor => {
      const [d] = _canonical_dim(dim, input.ndim);
      const mask_input = _combine_input_and_mask(op, input, mask);
      if (mask_input.layout !== strided) throw layoutError(name, "strided", mask_input);
      return plain[name](mask_input, d, { dtype: dtype ?? input.dtype });
    },
  );
}

/**
 * Softmax of the elements that the mask shows along a dimension; masked-out ones have no share.
 *
 * `softmax(input, dim, *, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const softmax = soft("softmax", "amax");

/**
 * The logarithm of softmax() of the elements that the mask shows along a dimension.
 *
 * `log_softmax(input, dim, *, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const log_softmax = soft("log_softmax", "amax");

/**
 * Softmax of the negated elements that the mask shows along a dimension.
 *
 * `softmin(input, dim, *, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const softmin = soft("softmin", "amin");

/**
 * The elements divided by the norm of those that the mask shows along a dimension, at least `eps`.
 *
 * `normalize(input, ord, dim, *, eps=1e-12, dtype=None, mask=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const normalize = def(
  "normalize",
  ["input", "ord", "dim", "*", "eps", "dtype", "mask"],
  (
    input: Tensor,
    ord: number,
    dim: number,
    eps = 1e-12,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const mask_input = _combine_input_and_mask("sum", input, mask);
    if (mask_input.layout !== strided) throw layoutError("normalize", "strided", mask_input);
    const nrm = norm(input, ord, dim, { keepdim: true, dtype: dtype ?? input.dtype, mask });
    return torch.divide(mask_input, torch.maximum(nrm, nrm.new_full([], eps)));
  },
);

export { var_ as var };
