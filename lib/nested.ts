// torch/nested/__init__.py: the strided layout, which is libtorch's own; the jagged one is a Python class

import type { Tensor } from "./_tensor.js";
import { def, isPlainObject } from "./arguments/function.js";
import { NotImplementedError, RuntimeError } from "./errors.js";
import * as torch from "./generated/torch.js";
import { jagged, type layout, strided } from "./layout.js";
import { isInt } from "./python/float.js";
import { TensorBase } from "./tensor_base.js";
import { as_tensor, type TensorData, tensor } from "./tensor_new.js";
import type { DeviceLike, dtype } from "./types.js";

export { to_padded_tensor } from "./generated/nested.js";

function checkLayout(layout: layout, use: string): void {
  if (layout === jagged) {
    throw new NotImplementedError("nested tensors of the jagged layout need Python; use layout=torch.strided");
  }
  if (layout !== strided) throw new RuntimeError(`Specified layout is unsupported for nested ${use}: ${layout}`);
}

const isTensors = (value: unknown): value is readonly Tensor[] =>
  Array.isArray(value) && value.every((element) => element instanceof TensorBase);

/**
 * A nested tensor from tensors, or from the slices of one tensor along its first dimension, that keeps their graph.
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
      return torch._nested_tensor_from_tensor_list(ts, dtype, null, device, null);
    }
    if (!(ts instanceof TensorBase)) {
      throw new TypeError("as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors ");
    }
    const given = ts as Tensor;
    if (given.dim() < 2) throw new RuntimeError("as_nested_tensor(): Expected tensor argument to have dim() > 1");
    if (given.is_nested) {
      if (layout === given.layout) return given.to({ device, dtype });
      throw new RuntimeError("as_nested_tensor(): Converting between nested tensor layouts is not supported");
    }
    checkLayout(layout ?? strided, "tensors");
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
    const elements = tensor_list.map((data) =>
      as_tensor(data, { dtype, device }).detach().requires_grad_(requires_grad),
    );
    return torch._nested_tensor_from_tensor_list(elements, dtype, null, device, pin_memory);
  },
);

/**
 * A nested tensor of the same part of all slices of a tensor along its first dimension.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nested.html#torch.nested.narrow}
 */
export const narrow = def(
  "narrow",
  ["tensor", "dim", "start", "length", "layout"],
  (tensor: Tensor, dim: number, start: number | Tensor, length: number | Tensor, layout: layout = strided): Tensor => {
    const isIndex = (value: unknown) => isInt(value) || value instanceof TensorBase;
    if (!isIndex(start)) throw new RuntimeError("start must be an integer or a tensor");
    if (!isIndex(length)) throw new RuntimeError("length must be an integer or a tensor");
    checkLayout(layout, "narrow");
    if (typeof start !== "number" || typeof length !== "number") {
      throw new RuntimeError("start and length must be integers for the strided layout NT impl");
    }
    return as_nested_tensor(torch.unbind(tensor), { layout: strided }).narrow(dim, start, length);
  },
);
