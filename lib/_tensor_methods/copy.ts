// What copy.copy() and copy.deepcopy() do with tensors: Tensor.__deepcopy__ of torch/_tensor.py

import type { Tensor } from "../_tensor.js";
import { no_grad } from "../autograd/grad_mode.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { strided } from "../layout.js";
import { deepcopy } from "../python/copy.js";
import { storageOf } from "../storage.js";

/** The copy as an object of the same class with copies of the fields. */
function adopt<T extends Tensor>(self: T, made: Tensor, copy: <F>(field: F) => F): T {
  Object.setPrototypeOf(made, Object.getPrototypeOf(self));
  for (const name of Object.getOwnPropertyNames(self)) {
    const property = Object.getOwnPropertyDescriptor(self, name) as PropertyDescriptor;
    Object.defineProperty(made, name, { ...property, value: copy(property.value) });
  }
  return made as T;
}

/** A tensor with the same memory, outside of the graph. */
export function __copy__(this: Tensor): Tensor {
  const made = this.detach();
  if (this.requires_grad) made.requires_grad_();
  return adopt(this, made, (field) => field);
}

/**
 * A tensor with memory of its own, which tensors that shared memory share again.
 *
 * Throws RuntimeError for a tensor that is not a leaf.
 */
export function __deepcopy__(this: Tensor, memo: Map<unknown, unknown>): Tensor {
  if (!this.is_leaf) {
    throw new RuntimeError(
      "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001",
    );
  }
  if (memo.has(this)) return memo.get(this) as Tensor;
  const made = no_grad(() => copyElements(this, memo));
  if (this.requires_grad) made.requires_grad_();
  if (this.grad !== null) made.grad = deepcopy(this.grad, memo);
  const result = adopt(this, made, (field) => deepcopy(field, memo));
  memo.set(this, result);
  return result;
}

function copyElements(self: Tensor, memo: Map<unknown, unknown>): Tensor {
  if (self.layout !== strided || self.is_nested || self.is_quantized || self.is_meta) return self.clone();
  const storage = deepcopy(storageOf(self), memo);
  const made = torch
    .empty(0, { dtype: self.dtype, device: self.device })
    .set_(storage, self.storage_offset(), self.size(), self.stride());
  if (self.is_conj()) return made.conj_physical();
  return self.is_neg() ? made.neg() : made;
}
