// torch.utils.swap_tensors(), which Python has in torch/utils/__init__.py.

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { edgeOf } from "../autograd/graph/edge.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { handleOf, TensorBase } from "../tensor_base.js";

function refuseToAccumulate(): never {
  throw new RuntimeError(
    "Trying to execute AccumulateGrad node that was poisoned by swap_tensors this can happen when you try to run backward on a tensor that was swapped. For a module m with `torch.__future__.set_swap_module_params_on_conversion(True)` you should not change the device or dtype of the module (e.g. `m.cpu()` or `m.half()`) between running forward and backward. To resolve this, please only change the device/dtype before running forward (or after both forward and backward).",
  );
}

function checkUseCount(tensor: Tensor, name: string): void {
  const count = native.useCount(handleOf(tensor));
  if (count <= 1) return;
  if (count === 2 && tensor.is_leaf) {
    const [node] = edgeOf(tensor);
    // A node that was only made to be asked for would be one more user.
    if (native.useCount(handleOf(tensor)) === 2) {
      node.register_prehook(refuseToAccumulate);
      return;
    }
  }
  throw new RuntimeError(
    `Expected use_count of ${name} to be 1 or 2 with an AccumulateGrad node but got ${count} make sure you are not holding references to the tensor in other places.`,
  );
}

/**
 * Swaps the contents of two tensors, their classes and fields included; the objects stay who they are.
 *
 * Throws TypeError for what is no tensor, and RuntimeError for a tensor that something else refers to: a graph, a view, another object.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.utils.swap_tensors.html}
 */
export const swap_tensors = def("swap_tensors", ["t1", "t2"], (t1: Tensor, t2: Tensor): void => {
  for (const t of [t1, t2]) if (!(t instanceof TensorBase)) throw new TypeError("swap_tensors() takes two tensors");
  checkUseCount(t1, "t1");
  checkUseCount(t2, "t2");
  const parts = [t1, t2].map((tensor) => ({
    prototype: Object.getPrototypeOf(tensor),
    fields: Object.getOwnPropertyDescriptors(tensor),
  }));
  for (const [i, tensor] of [t1, t2].entries()) {
    const { prototype, fields } = parts[1 - i];
    for (const name of Reflect.ownKeys(parts[i].fields)) Reflect.deleteProperty(tensor, name);
    Object.setPrototypeOf(tensor, prototype);
    Object.defineProperties(tensor, fields);
  }
  native.swapTensors(handleOf(t1), handleOf(t2));
});
