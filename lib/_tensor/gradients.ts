// Checks of what is set on a tensor, and the callbacks that libtorch makes for it.

import type { Tensor } from "../_tensor.js";
import { native, type TensorHandle } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";
import { cppTypeName } from "../torch_functions/dtypes.js";

/** Sets requires_grad; throws RuntimeError where it cannot be. */
export function setRequiresGrad(self: Tensor, value: boolean): void {
  if (!value && !self.is_leaf) {
    throw new RuntimeError(
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
    );
  }
  if (value && !self.dtype.is_floating_point && !self.dtype.is_complex) {
    throw new RuntimeError("only Tensors of floating point dtype can require gradients");
  }
  native.setRequiresGrad(handleOf(self), value);
}

/** Throws RuntimeError unless a tensor may be the gradient of another. */
export function checkGrad(self: Tensor, grad: Tensor): void {
  if (grad === self) throw new RuntimeError("can't assign Variable as its own grad");
  if (grad.dtype !== self.dtype) {
    throw new RuntimeError(
      `attempting to assign a gradient with dtype '${cppTypeName(grad.dtype)}' to a tensor with grad_dtype '${self.dtype.scalarType}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match.`,
    );
  }
  if (grad.device.type !== self.device.type) {
    throw new RuntimeError(
      `attempting to assign a gradient with device type '${grad.device.type}' to a tensor with device type '${self.device.type}'. Please ensure that the gradient and the tensor are on the same device`,
    );
  }
  const [gradSize, selfSize] = [grad.shape, self.shape].map((shape) => `[${shape.join(", ")}]`);
  if (gradSize !== selfSize) {
    throw new RuntimeError(
      `attempting to assign a gradient of size '${gradSize}' to a tensor of size '${selfSize}'. Please ensure that the gradient and the tensor are the same size`,
    );
  }
}

// What libtorch calls is held for as long as libtorch has the tensor. These callbacks are made apart from the methods
// that register them, because closures of one function share what any of them refers to: with the tensor itself among it,
// neither would ever be freed.
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
export function hookCallback(hook: (grad: Tensor) => Tensor | null | undefined | void) {
  return ([grad]: [TensorHandle]): [TensorHandle] | null => {
    const result = hook(wrap(grad));
    if (result === undefined || result === null) return null;
    if (!(result instanceof TensorBase)) {
      throw new TypeError(`hook '${hook.name}' has returned an incorrect type: expected Tensor or None`);
    }
    return [handleOf(result)];
  };
}

export function accumulateCallback(hooks: ReadonlyMap<number, (param: Tensor) => void>, self: WeakRef<Tensor>) {
  return ([handle]: [TensorHandle]): null => {
    const param = self.deref() ?? wrap(handle);
    for (const hook of hooks.values()) hook(param);
    return null;
  };
}
