// torch/masked/maskedtensor/_ops_refs.py: which operator does what with a MaskedTensor

import type { Tensor } from "../../_tensor.js";
import { bool } from "../../dtype.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { sparse_coo, strided } from "../../layout.js";
import type { OperatorCall, TensorBase } from "../../tensor_base.js";
import { binary, inplace_binary } from "./binary.js";
import { fromValues, is_masked_tensor, type MaskedTensor } from "./core.js";
import { passthrough } from "./passthrough.js";
import { reduce } from "./reductions.js";
import { inplace_unary, unary } from "./unary.js";

/** Serves an operator. */
export type Serve = (call: OperatorCall) => unknown;

/** The tensor in a MaskedTensor's place: its data. */
export const dataOf = (tensor: TensorBase): TensorBase => (is_masked_tensor(tensor) ? tensor.get_data() : tensor);
export const maskOf = (tensor: TensorBase): TensorBase => (is_masked_tensor(tensor) ? tensor.get_mask() : tensor);

/** The operator on the data alone. */
const onData: Serve = (call) => {
  const { self } = call.values();
  return fromValues(call.again(dataOf) as Tensor, (self as MaskedTensor).get_mask());
};

/** The operator on data and mask, which stays a mask. */
const onBoth: Serve = (call) => fromValues(call.again(dataOf) as Tensor, (call.again(maskOf) as Tensor).to(bool));

const toSparse: Serve = (call) => {
  const self = call.values().self as MaskedTensor;
  const mask = call.again(maskOf) as Tensor;
  const indices = mask.layout === sparse_coo ? mask.coalesce() : mask;
  return self.layout === mask.layout ? self : fromValues(self.get_data().sparse_mask(indices), indices);
};

const softmax: Serve = (call) => {
  const { self, dim, dtype } = call.values() as { self: MaskedTensor; dim: number; dtype?: Tensor["dtype"] };
  const data = dtype ? self.get_data().to(dtype) : self.get_data();
  const mask = self.get_mask();
  return fromValues(torch._masked_softmax(data, mask.logical_not(), dim, 2), mask);
};

/** A value of where() as a MaskedTensor: of a plain tensor all elements count. */
const asMasked = (value: Tensor) =>
  is_masked_tensor(value) ? value : fromValues(value, torch.ones_like(value, { dtype: bool }));

const where: Serve = (call) => {
  const { condition, self, other } = call.values() as Record<string, Tensor>;
  const [x, y] = [asMasked(self), asMasked(other)];
  return fromValues(
    torch.where(condition, x.get_data(), y.get_data()),
    torch.where(condition, x.get_mask(), y.get_mask()),
  );
};

const contiguous: Serve = (call) => {
  const self = call.values().self as MaskedTensor;
  if (self.layout !== strided) throw new ValueError("MaskedTensors with sparse data do not have contiguous");
  return self.is_contiguous() ? self : onBoth(call);
};

const special: Record<string, Serve> = {
  softmax,
  _softmax: softmax,
  where,
  contiguous,
  to_sparse: toSparse,
  to_sparse_csr: toSparse,
  to_dense: (call) => ((call.values().self as Tensor).layout === strided ? call.values().self : onBoth(call)),
  to: onBoth.bind(null) as Serve,
  detach: onData,
  clone: onData,
  ones_like: onData,
  is_same_size: (call) => call.again(dataOf),
  _to_copy: onData,
};

/** What serves an operator; throws Python's TypeError for one that MaskedTensor does not know. */
export function table({ operator, overload }: OperatorCall): Serve {
  const serve =
    (Object.hasOwn(special, operator) ? special[operator] : undefined) ??
    reduce(operator) ??
    passthrough(operator) ??
    unary(operator) ??
    inplace_unary(operator) ??
    binary(operator) ??
    inplace_binary(operator);
  if (serve) return serve;
  throw new TypeError(
    `Multiple dispatch failed for 'torch._ops.aten.${operator}.${overload || "default"}'; all __torch_dispatch__ handlers returned NotImplemented:\n\n` +
      "  - tensor subclass <class 'torch.masked.maskedtensor.core.MaskedTensor'>\n\n" +
      "For more information, try re-running with TORCH_LOGS=not_implemented",
  );
}
