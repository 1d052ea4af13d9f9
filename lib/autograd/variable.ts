// torch/autograd/variable.py: what tensors that require grad were called once.

import { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { handleOf, wrap } from "../tensor_base.js";

const make = def(
  "Variable",
  ["data", "requires_grad", "volatile"],
  (data: Tensor, requires_grad = false, _volatile = false): Tensor =>
    wrap(native.data(handleOf(data))).requires_grad_(requires_grad),
);

/** A tensor that shares another's data, which is all that a Variable is now; every tensor is an instance of it. */
export const Variable: typeof make & { [Symbol.hasInstance](value: unknown): boolean } = Object.defineProperty(
  make as never,
  Symbol.hasInstance,
  { value: (value: unknown) => value instanceof Tensor },
);

/** Deprecated: throws RuntimeError. */
export function variable(..._args: unknown[]): never {
  throw new RuntimeError("torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead");
}
