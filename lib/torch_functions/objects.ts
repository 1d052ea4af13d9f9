// What an object is: torch/__init__.py and torch/csrc/autograd/python_torch_functions_manual.cpp

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { parser } from "../arguments/parser.js";
import { TypedStorage, UntypedStorage } from "../storage.js";
import { TensorBase } from "../tensor_base.js";
import type { Keywords } from "../types.js";
import { isTensorType } from "./tensor_types.js";

/**
 * Whether an object is a tensor.
 *
 * `is_tensor(obj, /) -> TypeIs[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_tensor.html}
 */
export const is_tensor = def("is_tensor", ["obj"], (obj: unknown): boolean => obj instanceof TensorBase, {
  dict: 0,
}) as (obj: unknown) => obj is Tensor;

/**
 * Whether an object is a storage: what `x.untyped_storage()` and `x.storage()` return.
 *
 * `is_storage(obj, /) -> TypeGuard[TypedStorage | UntypedStorage]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_storage.html}
 */
export const is_storage = def(
  "is_storage",
  ["obj"],
  (obj: unknown): boolean => obj instanceof UntypedStorage || obj instanceof TypedStorage,
  { dict: 0 },
) as (obj: unknown) => obj is UntypedStorage | TypedStorage;

/**
 * The name of an object's type: of a tensor that of its dtype, "torch.FloatTensor", of a class or a function its own.
 *
 * `typename(obj, /) -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.typename.html}
 */
export const typename = def(
  "typename",
  ["obj"],
  (obj: unknown): string => {
    if (is_tensor(obj)) return obj.type();
    if (is_storage(obj)) return `torch.storage.${obj.constructor.name}`;
    if (isTensorType(obj)) return `torch.${obj.name}`;
    // A module is a function too, but its constructor is its class.
    if (typeof obj === "function" && obj.constructor === Function) return obj.name;
    return typeName(obj);
  },
  { dict: 0 },
);

const parseNumel = parser("numel(Tensor input)");
const parseGetDevice = parser("get_device(Tensor input)");

/**
 * The number of elements.
 *
 * `numel(input) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.numel.html}
 */
export function numel(input: Tensor): number;
export function numel(keywords: Keywords<{ input: Tensor }>): number;
export function numel(...args: unknown[]): number {
  return parseNumel<{ input: Tensor }>(args).input.numel();
}

/**
 * The ordinal of the tensor's device, -1 for the CPU.
 *
 * `get_device(input) -> int`
 */
export function get_device(input: Tensor): number;
export function get_device(keywords: Keywords<{ input: Tensor }>): number;
export function get_device(...args: unknown[]): number {
  return parseGetDevice<{ input: Tensor }>(args).input.get_device();
}
