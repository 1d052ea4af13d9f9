// torch/nested/__init__.py: the strided layout is libtorch's own, the jagged one a class of ours

import type { Tensor } from "./_tensor.js";
import { def, isPlainObject } from "./arguments/function.js";
import { int64 } from "./dtype.js";
import { RuntimeError, ValueError } from "./errors.js";
import { pad } from "./generated/nn.js";
import * as torch from "./generated/torch.js";
import { jagged, type layout, strided } from "./layout.js";
import { jagged_from_list, jagged_from_tensor_and_lengths, NestedTensor } from "./nested/_internal/nested_tensor.js";
import { isInt } from "./python/float.js";
import { TensorBase } from "./tensor_base.js";
import { as_tensor, type TensorData, tensor } from "./tensor_new.js";
import type { DeviceLike, dtype } from "./types.js";

export { to_padded_tensor } from "./generated/nested.js";

function checkLayout(layout: layout, use: string): void {
  if (layout !== strided && layout !== jagged) {
    throw new RuntimeError(`Specified layout is unsupported for nested ${use}: ${layout}`);
  }
}

/** The rows of a tensor as a jagged one, which shares its memory. */
function jaggedRows(given: Tensor): NestedTensor {
  const [rows, length] = given.shape;
  const offsets = torch.arange(0, rows + 1, { dtype: int64, device: given.device }).mul(length);
  const seqlens = { min_seqlen: length, max_seqlen: length };
  return new NestedTensor(given.flatten(0, 1), { offsets, lengths: null, ragged_idx: 1, ...seqlens });
}

const isTensors = (value: unknown): value is readonly Tensor[] =>
  Array.isArray(value) && value.every((element) => element instanceof TensorBase);

/**
 * A nested tensor from tensors, or from the slices of one tensor along its first dimension, that keeps their graph.
 *
 * `as_nested_tensor(ts, dtype=None, device=None, layout=None) -> Tensor`
 *
 * The elements' dimensions must agree in number, not in size. The slices of one tensor share its memory.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html#torch.nested.as_nested_tensor}
 */
export const as_nested_tensor = def(
  "as_nested_tensor",
  ["ts", "dtype", "device", "layout"],
  (
    ts: Tensor | readonly Tensor[],
    dtype: dtype | null = null,
    device: DeviceLike | null = null,
    layout: layout | null = null,
  ): Tensor => {
    if (isTensors(ts)) {
      checkLayout(layout ?? strided, "tensors");
      if (layout === jagged) return jagged_from_list(ts, null, dtype, device);
      return torch._nested_tensor_from_tensor_list(ts, dtype, null, device, null);
    }
    if (!(ts instanceof TensorBase)) {
      throw new TypeError("as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors ");
    }
    const given = ts as Tensor;
    if (given.dim() < 2) throw new RuntimeError("as_nested_tensor(): Expected tensor argument to have dim() > 1");
    if (given.is_nested) {
      if ((layout ?? strided) === given.layout) return given.to({ device, dtype });
      throw new RuntimeError("as_nested_tensor(): Converting between nested tensor layouts is not supported");
    }
    checkLayout(layout ?? strided, "tensors");
    if (layout === jagged) return jaggedRows(given.to({ device, dtype }));
    const buffer = given.reshape(-1).to({ device, dtype });
    const nested_sizes = tensor([...given].map((t) => [...t.shape]));
    return torch._nested_view_from_buffer(
      buffer,
      nested_sizes,
      ...torch._nested_compute_contiguous_strides_offsets(nested_sizes),
    );
  },
);

/** What nested_tensor() takes by keyword. */
export interface NestedTensorKeywords {
  dtype?: dtype | null;
  layout?: layout | null;
  device?: DeviceLike | null;
  requires_grad?: boolean;
  pin_memory?: boolean;
}

/**
 * A nested tensor from a list of tensors, or of what tensors can be made of, with memory of its own and without their
 * graph.
 *
 * `nested_tensor(tensor_list, *, dtype=None, layout=None, device=None, requires_grad=False,
 * pin_memory=False) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html#torch.nested.nested_tensor}
 */
export const nested_tensor = def(
  "nested_tensor",
  ["tensor_list", "*", "dtype", "layout", "device", "requires_grad", "pin_memory"],
  (
    tensor_list: readonly TensorData[],
    dtype: dtype | null = null,
    layout: layout | null = null,
    device: DeviceLike | null = null,
    requires_grad = false,
    pin_memory = false,
  ): Tensor => {
    checkLayout(layout ?? strided, "tensors");
    if (!Array.isArray(tensor_list) || isPlainObject(tensor_list)) {
      throw new TypeError("Only lists (List[Tensor] and List[List...[Scalar]]) are accepted in nested_tensor");
    }
    if (layout === jagged) {
      const tensors = tensor_list.map((data) => as_tensor(data).detach());
      return jagged_from_list(tensors, null, dtype, device).requires_grad_(requires_grad);
    }
    const elements = tensor_list.map((data) =>
      as_tensor(data, { dtype, device }).detach().requires_grad_(requires_grad),
    );
    return torch._nested_tensor_from_tensor_list(elements, dtype, null, device, pin_memory);
  },
);

/**
 * A nested tensor of the same part of all slices of a tensor along its first dimension.
 *
 * `narrow(tensor, dim, start, length, layout=torch.strided) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html#torch.nested.narrow}
 */
export const narrow = def(
  "narrow",
  ["tensor", "dim", "start", "length", "layout"],
  (given: Tensor, dim: number, start: number | Tensor, length: number | Tensor, layout: layout = strided): Tensor => {
    const isIndex = (value: unknown) => isInt(value) || value instanceof TensorBase;
    if (!isIndex(start)) throw new RuntimeError("start must be an integer or a tensor");
    if (!isIndex(length)) throw new RuntimeError("length must be an integer or a tensor");
    checkLayout(layout, "narrow");
    if (layout === jagged) {
      if (dim !== 1) throw new RuntimeError("jagged layout only supports dim=1");
      const { device } = given;
      const asTensor = (value: number | Tensor) =>
        value instanceof TensorBase ? value : tensor([value], { device, dtype: int64 });
      return jagged_from_tensor_and_lengths(given, asTensor(start), asTensor(length));
    }
    if (typeof start !== "number" || typeof length !== "number") {
      throw new RuntimeError("start and length must be integers for the strided layout NT impl");
    }
    return as_nested_tensor(torch.unbind(given), { layout: strided }).narrow(dim, start, length);
  },
);

/**
 * A jagged tensor of its parts: `values` with all tensors end to end along their first dimension (or `jagged_dim` - 1), and `offsets`, where each begins
 * and the last one ends, or their `lengths`; both, where there are holes between them.
 *
 * `nested_tensor_from_jagged(values, offsets=None, lengths=None, jagged_dim=None, min_seqlen=None,
 * max_seqlen=None) -> Tensor`
 *
 * The result shares the memory of `values`, and gradients pass. Throws RuntimeError if neither offsets nor lengths are given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html#torch.nested.nested_tensor_from_jagged}
 */
export const nested_tensor_from_jagged = def(
  "nested_tensor_from_jagged",
  ["values", "offsets", "lengths", "jagged_dim", "min_seqlen", "max_seqlen"],
  (
    values: Tensor,
    offsets: Tensor | null = null,
    lengths: Tensor | null = null,
    jagged_dim: number | null = null,
    min_seqlen: number | null = null,
    max_seqlen: number | null = null,
  ): NestedTensor => {
    if (offsets === null && lengths === null) {
      throw new RuntimeError("nested_tensor_from_jagged(): At least one of offsets or lengths is required.");
    }
    if (jagged_dim !== null && jagged_dim < 1) throw new ValueError(`Expected jagged_dim >=1, but got ${jagged_dim}.`);
    return new NestedTensor(values, {
      offsets: offsets ?? pad((lengths as Tensor).cumsum(0), [1, 0]),
      lengths: offsets === null ? null : lengths,
      ragged_idx: jagged_dim ?? 1,
      ...(min_seqlen === null ? {} : { min_seqlen }),
      ...(max_seqlen === null ? {} : { max_seqlen }),
    });
  },
);

/**
 * A jagged tensor of the elements that a mask shows, row by row: unlike `torch.masked_select`, it keeps the rows apart.
 *
 * `masked_select(tensor, mask) -> Tensor`
 *
 * `tensor` and `mask` (bool) are strided; the mask is broadcast. The result has one dimension of rows and the ragged one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html#torch.nested.masked_select}
 */
export const masked_select = def("masked_select", ["tensor", "mask"], (tensor: Tensor, mask: Tensor): NestedTensor => {
  if (tensor.layout !== strided) {
    throw new RuntimeError(`torch.nested.masked_select requires a strided tensor, given ${tensor.layout}`);
  }
  if (mask.layout !== strided) {
    throw new RuntimeError(`torch.nested.masked_select requires a strided mask, given: ${mask.layout}`);
  }
  const lengths = mask
    .expand(tensor.shape)
    .sum(tensor.ndim - 1)
    .view(-1);
  const offsets = pad(lengths.cumsum(0), [1, 0]);
  return new NestedTensor(tensor.masked_select(mask), { offsets, lengths: null, ragged_idx: 1 });
});
