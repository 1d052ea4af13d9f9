// The known crashes: calls that end the process inside of libtorch, in Python too. They throw here instead. Private
// functions that are left to crash as in Python are listed in test/fuzz/unguarded.ts.

import { native } from "../binding.js";
import { IndexError, RuntimeError, ValueError } from "../errors.js";
import type { Tensor } from "../types.js";

/** Throws if an operator would crash with these values, which are those of its schema's arguments. */
type Guard = (values: readonly unknown[]) => void;

const isQuantized = (x: unknown) => (x as Tensor | null)?.is_quantized === true;

function refuseEmptyList([tensors]: readonly unknown[]): void {
  if (Array.isArray(tensors) && tensors.length === 0) {
    throw new RuntimeError("stack expects a non-empty TensorList"); // as torch.stack says
  }
}

const refuseQuantized =
  (name: string): Guard =>
  ([self]) => {
    if (isQuantized(self)) throw new RuntimeError(`${name} does not support quantized tensors`);
  };

/** oneDNN divides by the number of elements: linear(), mm() and others end the process for such weights. */
function refuseEmptyMkldnn([self]: readonly unknown[]): void {
  if ((self as Tensor).numel() === 0) throw new RuntimeError("to_mkldnn does not support tensors without elements");
}

const refuseMkldnn =
  (name: string, ...positions: number[]): Guard =>
  (values) => {
    if (positions.some((position) => (values[position] as Tensor | null)?.is_mkldnn))
      throw new RuntimeError(`${name} does not support mkldnn tensors`);
  };

/** LAPACK's geev writes beyond its arrays for what is not finite: the check is linalg.eig's. */
function refuseNotFinite([self]: readonly unknown[]): void {
  const input = self as Tensor;
  if (input.is_meta || native.peekInterpreterStack() !== null || input.numel() === 0) return;
  if ((input.is_floating_point() || input.is_complex()) && !input.detach().isfinite().all().item()) {
    throw new RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.");
  }
}

function refuseOneState([, hx]: readonly unknown[]): void {
  if (Array.isArray(hx) && hx.length !== 2) throw new RuntimeError("lstm_cell expects two hidden states");
}

/** The arguments after the input have an element for each channel: the check is batch_norm's. */
const refuseOtherSizes =
  (...names: string[]): Guard =>
  ([input, ...rest]) => {
    const channels = (input as Tensor).dim() > 1 ? (input as Tensor).shape[1] : 0;
    for (const [i, name] of names.entries()) {
      const given = rest[i] as Tensor | null | undefined;
      if (given && given.numel() !== channels)
        throw new RuntimeError(`${name} should contain ${channels} elements not ${given.numel()}`);
    }
  };

function refuseZeroTensor([self]: readonly unknown[]): void {
  if (!(self as Tensor)._is_zerotensor()) return;
  throw new RuntimeError(
    "ZeroTensors are immutable. Please use the materialized zero tensor obtained using .clone() if you want a mutable tensor.",
  );
}

function refuseQuantizedOut([tensors, , out]: readonly unknown[]): void {
  if (Array.isArray(tensors) && tensors.length === 0 && isQuantized(out))
    throw new ValueError("torch.cat(): expected a non-empty list of Tensors");
}

/** zero_() writes four bytes for each element of an mkldnn tensor, beyond the memory of smaller ones. */
function refuseMkldnnZeros(type: unknown, kind: unknown): void {
  if (String(kind) !== "torch._mkldnn" || type === null || type === undefined || String(type) === "torch.float32")
    return;
  throw new RuntimeError(`zero_ does not support mkldnn tensors of ${type}`);
}

function refuseMkldnnZero(x: unknown): void {
  const tensor = x as Tensor | null | undefined;
  if (tensor?.is_mkldnn) refuseMkldnnZeros(tensor.dtype, tensor.layout);
}

const refuseMkldnnZeroIn =
  (...positions: number[]): Guard =>
  (values) => {
    for (const position of positions) [values[position]].flat().forEach(refuseMkldnnZero);
  };

/** Where the mask is true the indices are taken as they are; where it is false they are 0. */
function refuseOutside([self, mask, indices]: readonly unknown[]): void {
  const input = self as Tensor;
  if (input.is_meta || native.peekInterpreterStack() !== null) return;
  for (const [dim, index] of (indices as (Tensor | null)[]).entries()) {
    if (!index || index.is_floating_point() || index.numel() === 0 || dim >= input.dim()) continue;
    const { min, max } = index.mul(mask as Tensor).aminmax();
    const outside = [min.item(), max.item()].find((at) => at < 0 || at >= input.shape[dim]);
    if (outside === undefined) continue;
    throw new IndexError(`index ${outside} is out of bounds for dimension ${dim} with size ${input.shape[dim]}`);
  }
}

/** By the operator's qualified name. */
export const known_crashes: ReadonlyMap<string, Guard> = new Map<string, Guard>([
  ["aten::_stack", refuseEmptyList],
  ["aten::_stack.out", refuseEmptyList],
  ["aten::_neg_view_copy", refuseQuantized("_neg_view_copy")],
  ["aten::_neg_view_copy.out", refuseQuantized("_neg_view_copy")],
  ["aten::view_copy.dtype", refuseQuantized("view_copy")],
  ["aten::view_copy.dtype_out", refuseQuantized("view_copy")],
  ["aten::to_mkldnn", refuseEmptyMkldnn],
  ["aten::linalg_eigvals", refuseNotFinite],
  ["aten::linalg_eigvals.out", refuseNotFinite],
  ["aten::quantized_lstm_cell", refuseOneState],
  ["aten::batch_norm_update_stats", refuseOtherSizes("running_mean", "running_var")],
  ["aten::native_batch_norm", refuseOtherSizes("weight", "bias", "running_mean", "running_var")],
  ["aten::_linalg_eigvals", refuseNotFinite],
  ["aten::resize_", refuseZeroTensor],
  ["aten::zero_", refuseMkldnnZeroIn(0)],
  ["aten::zero", refuseMkldnnZeroIn(0)],
  ["aten::zero.out", refuseMkldnnZeroIn(0, 1)],
  ["aten::_foreach_zero_", refuseMkldnnZeroIn(0)],
  ["aten::_foreach_zero", refuseMkldnnZeroIn(0)],
  ["aten::_foreach_zero.out", refuseMkldnnZeroIn(0, 1)],
  ["aten::new_zeros.out", refuseMkldnnZeroIn(2)],
  ["aten::_unsafe_masked_index", refuseOutside],
  ["aten::zeros", ([, type, kind]) => refuseMkldnnZeros(type, kind)],
  ["aten::zeros.out", ([, out]) => refuseMkldnnZero(out)],
  [
    "aten::new_zeros",
    ([self, , type, kind]) => refuseMkldnnZeros(type ?? (self as Tensor).dtype, kind ?? (self as Tensor).layout),
  ],
  [
    "aten::zeros_like",
    ([self, type, kind]) => refuseMkldnnZeros(type ?? (self as Tensor).dtype, kind ?? (self as Tensor).layout),
  ],
  ["aten::cat.out", refuseQuantizedOut],
  ["aten::concat.out", refuseQuantizedOut],
  ["aten::concatenate.out", refuseQuantizedOut],
  ["aten::_sparse_mm", refuseMkldnn("sparse.mm", 0)],
  ["aten::scatter_reduce_.two", refuseMkldnn("scatter_reduce_", 2, 3)],
  ["aten::index_copy_", refuseMkldnn("index_copy_", 2, 3)],
  ["aten::index_add_", refuseMkldnn("index_add_", 2, 3)],
  ["aten::lstm.input", refuseMkldnn("lstm", 0)],
]);
