// Operators on tensors without data for which libtorch has no kernel: those of Python's torch/_meta_registrations.py are not
// here. As FakeTensor's fallback does, the operator runs on zeros of the same sizes and strides, and the result's data is dropped.

import { Tag } from "./_ops/tags.js";
import type { Tensor } from "./_tensor.js";
import { native, type OperatorDescription } from "./binding.js";
import { NotImplementedError } from "./errors.js";
import * as torch from "./generated/torch.js";
import { strided } from "./layout.js";
import { TensorBase } from "./tensor_base.js";

/** Beyond this the zeros would cost more than a kernel's absence. */
const MOST_BYTES = 2 ** 28;

/** What the sizes of a result depend on data for cannot be told without data. */
const dependsOnData = [Tag.data_dependent_output, Tag.dynamic_output_shape, Tag.inplace_view];

const isMeta = (value: unknown): value is Tensor => value instanceof TensorBase && (value as Tensor).is_meta;

/** Whether an error says that an operator has no kernel for tensors without data. */
export const lacksMetaKernel = (error: unknown): boolean =>
  error instanceof NotImplementedError && error.message.includes("attempted to run this operator with Meta tensors");

/** Whether the operator's result can be told from zeros; one that writes to `out` cannot, because its size may change. */
function isSafe(
  qualified: string,
  { arguments: parameters }: OperatorDescription,
  values: readonly unknown[],
): boolean {
  if (parameters.some(({ mutable, name }) => mutable && name !== "self")) return false;
  const [name, overload = ""] = qualified.split(".");
  const tags = native.operatorSchemas(name).find((description) => description.overload === overload)?.tags ?? [];
  if (dependsOnData.some((tag) => tags.includes(tag))) return false;
  const metas = values.flat().filter(isMeta);
  const bytes = metas.reduce((sum, t) => sum + t.nbytes, 0);
  return (
    metas.length > 0 &&
    bytes <= MOST_BYTES &&
    metas.every((t) => t.layout === strided && !(native.isGradEnabled() && t.requires_grad))
  );
}

/** The result of `again` with zeros in the place of tensors without data, itself without data; throws `error` where that cannot tell. */
export function runOnZeros(
  qualified: string,
  operator: OperatorDescription,
  values: readonly unknown[],
  error: unknown,
  again: (replace: (tensor: TensorBase) => unknown) => unknown,
): unknown {
  if (!isSafe(qualified, operator, values)) throw error;
  const zeros = new Map<TensorBase, Tensor>();
  const replace = (tensor: TensorBase): unknown => {
    if (!isMeta(tensor)) return tensor;
    const zero =
      zeros.get(tensor) ??
      torch.empty_strided([...tensor.shape], tensor.stride(), { dtype: tensor.dtype, device: "cpu" }).zero_();
    zeros.set(tensor, zero);
    return zero;
  };
  const back = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const parts = value.map(back);
      return value.constructor === Array
        ? parts
        : new (value.constructor as new (...parts: unknown[]) => unknown)(...parts);
    }
    if (!(value instanceof TensorBase)) return value;
    for (const [meta, zero] of zeros) if (zero === value) return meta;
    const result = value as Tensor;
    if (result.layout !== strided) throw error;
    return torch.empty_strided([...result.shape], result.stride(), { dtype: result.dtype, device: "meta" });
  };
  return back(again(replace));
}
