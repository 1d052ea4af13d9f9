// Checks of what is set on a tensor, and the callbacks that libtorch makes for it.

import type { Tensor } from "../_tensor.js";
import { typeName } from "../arguments/kinds.js";
import { native, type TensorHandle } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";

/** What Tensor.register_hook() takes. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
export type Hook = (grad: Tensor) => Tensor | null | undefined | void;

/** Sets requires_grad; throws RuntimeError where it cannot be, for the dtypes that it may name. */
export function setRequiresGrad(self: Tensor, value: boolean, dtypes: string): void {
  if (!value && !self.is_leaf) {
    throw new RuntimeError(
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
    );
  }
  if (value && !self.dtype.is_floating_point && !self.dtype.is_complex) {
    throw new RuntimeError(`only Tensors of ${dtypes} dtype can require gradients`);
  }
  native.setRequiresGrad(handleOf(self), value);
}

// What libtorch calls is held for as long as libtorch has the tensor. These callbacks are made apart from the methods
// that register them, because closures of one function share what any of them refers to: with the tensor itself among it,
// neither would ever be freed.
export function hookCallback(hooks: ReadonlyMap<number, Hook>) {
  return ([handle]: [TensorHandle | null]): [TensorHandle] | null => {
    let grad = handle && wrap(handle);
    let replaced: [TensorHandle] | null = null;
    for (const hook of [...hooks.values()]) {
      const result = hook(grad as Tensor);
      if (result === undefined || result === null) continue;
      if (!(result instanceof TensorBase)) {
        throw new TypeError(`expected Variable, but hook returned '${typeName(result)}'`);
      }
      if (grad === null) throw new RuntimeError("can't replace a None gradient with a non-None value");
      native.checkHookResult(handleOf(grad), handleOf(result), hook.name || "<lambda>");
      grad = result;
      replaced = [handleOf(result)];
    }
    return replaced;
  };
}

export function accumulateCallback(hooks: ReadonlyMap<number, (param: Tensor) => void>, self: WeakRef<Tensor>) {
  return ([handle]: [TensorHandle]): null => {
    const param = self.deref() ?? wrap(handle);
    for (const hook of [...hooks.values()]) hook(param);
    return null;
  };
}
