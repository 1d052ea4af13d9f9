// The old names of tensors' types, such as "torch.FloatTensor": torch/csrc/utils/tensor_types.cpp

import type { Tensor } from "../_tensor.js";
import * as dtypes from "../dtype.js";
import { ValueError } from "../errors.js";
import { TensorBase } from "../tensor_base.js";
import { get_default_dtype } from "../tensor_new.js";

/** The old name of a tensor's type, such as "torch.cuda.FloatTensor". */
export function typeText(self: Tensor): string {
  const { type } = self.device;
  const place = [type === "cpu" ? "" : `${type}.`, self.is_quantized ? "quantized." : self.is_sparse ? "sparse." : ""];
  return `torch.${place.join("")}${self.dtype.scalarType}Tensor`;
}

const byName = new Map(
  Object.values(dtypes).flatMap((type) => (type instanceof dtypes.dtype ? [[type.scalarType, type] as const] : [])),
);

/** A type that Tensor.type() takes, as Tensor.to() takes it; throws ValueError for others. */
export function typeOf(type: unknown): { dtype: dtypes.dtype; device?: string } {
  if (type instanceof dtypes.dtype) return { dtype: type };
  if (typeof type !== "string" && typeof type !== "function") {
    throw new TypeError("dtype must be a type, str, or dtype object");
  }
  const text = typeof type === "string" ? type : isTensorClass(type) ? `torch.${type.name}` : type.name;
  const parts = /^torch\.(?:(cuda|xpu)\.)?(?:sparse\.)?(\w*)Tensor$/.exec(text);
  const dtype = parts?.[2] === "" ? get_default_dtype() : byName.get(parts?.[2] ?? "");
  if (!dtype) throw new ValueError(`invalid type: '${text}'`);
  return { dtype, device: parts?.[1] ?? "cpu" };
}

// torch.Tensor, and torch.FloatTensor with its kin
const isTensorClass = (type: object) =>
  (type as { prototype?: unknown }).prototype instanceof TensorBase ||
  (type as { dtype?: unknown }).dtype instanceof dtypes.dtype;
