// Functions that make tensors and that PyTorch binds by hand: torch/csrc/autograd/python_torch_functions_manual.cpp and
// torch/csrc/utils/tensor_new.cpp

import type { Tensor } from "../_tensor.js";
import { parser } from "../arguments/parser.js";
import { native } from "../binding.js";
import { toDevice } from "../device.js";
import { ValueError } from "../errors.js";
import { warn } from "../nn/functional/warn.js";
import { operator } from "../operator.js";
import { handleOf, TensorBase } from "../tensor_base.js";
import { from_numpy, frombuffer, get_default_dtype, type NdArray, type TensorData, tensor } from "../tensor_new.js";
import type { DeviceLike, dtype, Keywords, layout, Scalar } from "../types.js";

const _range = operator("range", [
  [
    "range(Scalar start, Scalar end, Scalar step=1, *, Tensor out=None, ScalarType dtype=None, Layout layout=torch.strided, Device device=None, bool requires_grad=False)",
    "aten::range.step",
    "aten::range.out",
  ],
]);

interface RangeKeywords {
  out?: Tensor | null;
  dtype?: dtype | null;
  layout?: layout;
  device?: DeviceLike | null;
  requires_grad?: boolean;
}

/**
 * The numbers from `start` to `end`, both included, in steps: floor((end - start) / step) + 1 elements.
 *
 * `range(start=0, end, step=1, *, out=None, dtype=None, layout=torch.strided, device=None,
 * requires_grad=False) -> Tensor`
 *
 * Deprecated by PyTorch for `arange`, which leaves the end out as Python's range does.
 *
 * Throws RuntimeError if the step leads away from the end.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.range.html}
 */
export function range(start: Scalar, end: Scalar, step?: Scalar, keywords?: Keywords<RangeKeywords>): Tensor;
export function range(start: Scalar, end: Scalar, keywords: Keywords<RangeKeywords & { step?: Scalar }>): Tensor;
export function range(keywords: Keywords<RangeKeywords & { start: Scalar; end: Scalar; step?: Scalar }>): Tensor;
export function range(...args: unknown[]): Tensor {
  const result = _range(...args);
  warn(
    "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
  );
  return result;
}

const parseAsarray = parser(
  "asarray(PyObject obj, *, ScalarType? dtype=None, Device? device=None, bool? copy=None, bool? requires_grad=None)",
);

interface AsarrayKeywords {
  dtype?: dtype | null;
  device?: DeviceLike | null;
  copy?: boolean | null;
  requires_grad?: boolean | null;
}

/** A tensor that shares its memory with the object, or null for what has no memory to share. */
function alias(obj: unknown, type: dtype): Tensor | null {
  if (obj instanceof TensorBase) return obj as Tensor;
  if (obj instanceof ArrayBuffer || obj instanceof DataView) return frombuffer(obj, { dtype: type });
  const isArray = ArrayBuffer.isView(obj) || (typeof obj === "object" && obj !== null && "stride" in obj);
  return isArray ? from_numpy(obj as NdArray) : null;
}

/**
 * The object as a tensor, sharing memory where that can be: a tensor, a typed array, an `ndarray`, an ArrayBuffer, a
 * number or nested arrays.
 *
 * `asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=None) -> Tensor`
 *
 * `copy` true always copies, false never does, and null copies where the dtype or the device make it necessary.
 *
 * Throws ValueError where `copy` is false and the memory cannot be shared.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.asarray.html}
 */
export function asarray(obj: TensorData | NdArray | ArrayBuffer, keywords?: Keywords<AsarrayKeywords>): Tensor;
export function asarray(...args: unknown[]): Tensor {
  const parsed = parseAsarray<AsarrayKeywords & { obj: unknown }>(args);
  const { obj, copy = null, requires_grad = null } = parsed;
  const dtype = parsed.dtype ?? null;
  const device = parsed.device === undefined || parsed.device === null ? null : toDevice(parsed.device);
  const shared = alias(obj, dtype ?? get_default_dtype());
  if (shared === null) {
    if (copy === false) throw new ValueError("can't alias arbitrary sequence into a tensor.");
    return tensor(obj as TensorData, { dtype, device, requires_grad: requires_grad ?? false });
  }
  const wrong_device = device !== null && !device.equals(shared.device);
  const wrong_dtype = dtype !== null && dtype !== shared.dtype;
  if (copy === false && wrong_device) {
    throw new ValueError(`can't alias tensor from device '${shared.device}' to '${device}'.`);
  }
  if (copy === false && wrong_dtype) {
    throw new ValueError(
      `can't alias tensor with dtype '${shared.dtype.scalarType}' into dtype '${dtype.scalarType}'.`,
    );
  }
  const result =
    wrong_device || wrong_dtype ? shared.to({ device, dtype, copy: copy ?? false }) : copy ? shared.clone() : shared;
  return withGrad(result, requires_grad);
}

function withGrad(result: Tensor, requires_grad: boolean | null): Tensor {
  if (requires_grad === null) {
    if (result.requires_grad) {
      warn(
        "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. Pass requires_grad=False explicitly to get the old behavior and silence this warning.",
      );
    }
    return result;
  }
  // requires_grad of a tensor that is no leaf cannot be turned off.
  if (!requires_grad && !result.is_leaf) return result.detach();
  native.setRequiresGrad(handleOf(result), requires_grad);
  return result;
}
