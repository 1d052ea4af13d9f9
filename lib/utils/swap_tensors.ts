// torch.utils.swap_tensors

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { handleOf, swapHandles, TensorBase } from "../tensor_base.js";

/**
 * Lets two tensors exchange what they are: elements, gradient, place in the graph, class and own properties; who holds one of the
 * objects finds the other tensor in it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.utils.swap_tensors.html}
 */
export const swap_tensors = def("swap_tensors", ["t1", "t2"], (t1: Tensor, t2: Tensor): void => {
  for (const t of [t1, t2]) if (!(t instanceof TensorBase)) throw new TypeError("swap_tensors() takes two tensors");
  const [a, b] = [t1, t2].map((t) => ({
    handle: handleOf(t), // throws for a tensor without one
    prototype: Object.getPrototypeOf(t) as object,
    properties: Object.getOwnPropertyDescriptors(t) as PropertyDescriptorMap,
  }));
  for (const [to, from, other] of [
    [t1, b, a],
    [t2, a, b],
  ] as const) {
    for (const key of Reflect.ownKeys(other.properties)) Reflect.deleteProperty(to, key);
    Object.defineProperties(to, from.properties);
    Object.setPrototypeOf(to, from.prototype);
  }
  swapHandles(t1, t2);
});
