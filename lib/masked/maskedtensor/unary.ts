// torch/masked/maskedtensor/unary.py

import type { Tensor } from "../../_tensor.js";
import { sparse_coo, sparse_csr } from "../../layout.js";
import type { OperatorCall, TensorBase } from "../../tensor_base.js";
import { sparse_coo_tensor, sparse_csr_tensor } from "../../torch_functions/sparse_tensors.js";
import { dataOf, type Serve } from "./_ops_refs.js";
import { fromValues, is_masked_tensor, type MaskedTensor } from "./core.js";

const UNARY_NAMES = [
  ...["abs", "absolute", "acos", "arccos", "acosh", "arccosh", "angle", "asin", "arcsin", "asinh", "arcsinh"],
  ...["atan", "arctan", "atanh", "arctanh", "bitwise_not", "ceil", "clamp", "clip", "conj_physical", "cos"],
  ...["cosh", "deg2rad", "digamma", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "fix", "floor", "frac"],
  ...["lgamma", "log", "log10", "log1p", "log2", "logit", "i0", "isnan", "nan_to_num", "neg", "negative"],
  ...["positive", "pow", "rad2deg", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sgn", "signbit"],
  ...["sin", "sinc", "sinh", "sqrt", "square", "tan", "tanh", "trunc"],
];
const names = new Set(UNARY_NAMES);
const inplace = new Set(
  UNARY_NAMES.filter((name) => !["angle", "positive", "signbit", "isnan"].includes(name)).map((name) => `${name}_`),
);

/** The result's data: of a sparse tensor the operator sees the values alone. */
function apply(call: OperatorCall, self: MaskedTensor): Tensor {
  const others = Object.values(call.values()).filter((value) => value !== self);
  if (others.some((value) => is_masked_tensor(value))) {
    throw new TypeError("MaskedTensor unary ops do not support additional Tensor arguments");
  }
  const valuesOf = (tensor: TensorBase) => (dataOf(tensor) as Tensor).values();
  if (self.layout === sparse_coo) {
    const data = self.get_data();
    return sparse_coo_tensor(data.indices(), call.again(valuesOf) as Tensor, data.shape);
  }
  if (self.layout === sparse_csr) {
    const data = self.get_data();
    return sparse_csr_tensor(data.crow_indices(), data.col_indices(), call.again(valuesOf) as Tensor, data.shape);
  }
  return call.again(dataOf) as Tensor;
}

export function unary(operator: string): Serve | undefined {
  if (!names.has(operator)) return undefined;
  return (call) => {
    const self = call.values().self as MaskedTensor;
    return fromValues(apply(call, self), self.get_mask());
  };
}

export function inplace_unary(operator: string): Serve | undefined {
  if (!inplace.has(operator)) return undefined;
  return (call) => {
    const self = call.values().self as MaskedTensor;
    self.refuseInPlace();
    self._set_data_mask(apply(call, self), self.get_mask());
    return self;
  };
}
