// torch/masked/maskedtensor/binary.py

import type { Tensor } from "../../_tensor.js";
import { ValueError } from "../../errors.js";
import { sparse_coo, sparse_csr, strided } from "../../layout.js";
import { type OperatorCall, TensorBase } from "../../tensor_base.js";
import { sparse_coo_tensor, sparse_csr_tensor } from "../../torch_functions/sparse_tensors.js";
import { dataOf, type Serve } from "./_ops_refs.js";
import { fromValues, is_masked_tensor, type MaskedTensor, masksMatch, tensorsMatch } from "./core.js";

const BINARY_NAMES = [
  ...[
    "add",
    "atan2",
    "arctan2",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_left_shift",
    "bitwise_right_shift",
  ],
  ...["div", "divide", "floor_divide", "fmod", "logaddexp", "logaddexp2", "mul", "multiply", "nextafter"],
  ...["remainder", "sub", "subtract", "true_divide", "eq", "ne", "le", "ge", "greater", "greater_equal"],
  ...["gt", "less_equal", "lt", "less", "maximum", "minimum", "fmax", "fmin", "not_equal"],
];
const names = new Set(BINARY_NAMES);
const withoutInPlace = ["logaddexp", "logaddexp2", "fmin", "minimum", "maximum", "fmax"];
const inplace = new Set(BINARY_NAMES.filter((name) => !withoutInPlace.includes(name)).map((name) => `${name}_`));

/** Throws unless two sparse tensors have the same indices. */
function checkIndices(a: Tensor, b: unknown): void {
  if (!(b instanceof TensorBase) || (b as Tensor).layout !== a.layout) return;
  const other = b as Tensor;
  if (a.layout === sparse_coo) {
    if (!tensorsMatch(a.indices(), other.indices())) {
      throw new ValueError(
        "sparse_coo indices must match. If you need support for this, please open an issue on Github.",
      );
    }
    if (String(a.shape) !== String(other.shape)) {
      throw new ValueError("input1 and input2 must have the same size for binary functions.");
    }
  } else if (!(["crow_indices", "col_indices"] as const).every((part) => tensorsMatch(a[part](), other[part]()))) {
    throw new ValueError(
      "sparse_csr indices must match. If you need support for this, please open an issue on Github.",
    );
  }
}

/** The result's data, and the mask of the first operand that has one. */
function apply(call: OperatorCall): [data: Tensor, mask: Tensor] {
  const [a, b] = Object.values(call.values());
  if (!masksMatch(a, b)) {
    throw new ValueError("Input masks must match. If you need support for this, please open an issue on Github.");
  }
  const mask = (is_masked_tensor(a) ? a : (b as MaskedTensor)).get_mask();
  const [left, right] = [a, b].map((value) => (value instanceof TensorBase ? dataOf(value) : value)) as [
    Tensor,
    unknown,
  ];
  const layout = left instanceof TensorBase ? left.layout : strided;
  if (layout === strided) {
    const data = call.again(dataOf) as Tensor;
    return [data, mask.layout === strided ? mask.expand_as(data) : mask];
  }
  checkIndices(left, right);
  const values = (tensor: TensorBase) => {
    const data = dataOf(tensor) as Tensor;
    return data.layout === layout ? data.values() : data;
  };
  const result = call.again(values) as Tensor;
  if (layout === sparse_csr) {
    return [sparse_csr_tensor(left.crow_indices(), left.col_indices(), result, left.shape), mask];
  }
  return [sparse_coo_tensor(left.indices(), result, left.shape), mask];
}

export function binary(operator: string): Serve | undefined {
  return names.has(operator) ? (call) => fromValues(...apply(call)) : undefined;
}

export function inplace_binary(operator: string): Serve | undefined {
  if (!inplace.has(operator)) return undefined;
  return (call) => {
    const self = call.values().self as MaskedTensor;
    self.refuseInPlace();
    self._set_data_mask(apply(call)[0], self.get_mask());
    return self;
  };
}
