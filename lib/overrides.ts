// torch/overrides.py: what can be asked of values; calls themselves are not overridden.

import { Tensor } from "./_tensor.js";
import { builtin, def } from "./arguments/function.js";

/**
 * Whether a value can stand where a tensor is expected: whether it is one.
 *
 * `is_tensor_like(inp)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/torch.overrides.html#torch.overrides.is_tensor_like}
 */
export const is_tensor_like = def("is_tensor_like", ["inp"], (inp: unknown): boolean => inp instanceof Tensor, {
  dict: 0,
});

/**
 * Whether any of the arguments overrides functions with `__torch_function__`: none does.
 *
 * `has_torch_function(relevant_args) -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/torch.overrides.html#torch.overrides.has_torch_function}
 */
export const has_torch_function = builtin(
  "torch._C._has_torch_function",
  (_relevant_args: readonly unknown[]): boolean => false,
);

/**
 * Whether a function is a method of Tensor, or the getter of one of its attributes.
 *
 * `is_tensor_method_or_property(func) -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/torch.overrides.html#torch.overrides.is_tensor_method_or_property}
 */
export const is_tensor_method_or_property = def(
  "is_tensor_method_or_property",
  ["func"],
  (func: unknown): boolean => {
    for (
      let holder: object = Tensor.prototype;
      holder && holder !== Object.prototype;
      holder = Object.getPrototypeOf(holder)
    ) {
      const members = Object.values(Object.getOwnPropertyDescriptors(holder));
      if (members.some(({ value, get }) => func !== undefined && (value === func || get === func))) return true;
    }
    return false;
  },
  { dict: 0 },
);
