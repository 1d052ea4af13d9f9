// torch/masked/maskedtensor/reductions.py

import type { Tensor } from "../../_tensor.js";
import { int32 } from "../../dtype.js";
import * as torch from "../../generated/torch.js";
import { strided } from "../../layout.js";
import type { OperatorCall } from "../../tensor_base.js";
import { tensor } from "../../tensor_new.js";
import type { dtype } from "../../types.js";
import * as masked from "../_ops.js";
import type { Serve } from "./_ops_refs.js";
import { fromValues, type MaskedTensor } from "./core.js";

type Dim = number | readonly number[];

interface Reduction {
  dim?: Dim | null;
  keepdim?: boolean;
  dtype?: dtype | null;
  mask: Tensor;
}

const all = (data: Tensor, { dim, keepdim, mask }: Reduction): Tensor => {
  const filled = data.masked_fill(mask.logical_not(), true);
  return dim === undefined || dim === null ? filled.all() : filled.all(dim as number, keepdim);
};

type Reduce = (data: Tensor, reduction: Reduction) => Tensor;

const names = new Set(["all", "sum", "mean", "amin", "amax", "argmin", "argmax", "prod", "var", "std"]);

/** torch.masked's function of a name. */
const masked_fn = (name: string): Reduce =>
  name === "all" ? all : (masked as unknown as Record<string, Reduce>)[name];

/** Whether any element counts, along one or several dimensions. */
function any(mask: Tensor, dim: Dim, keepdim: boolean): Tensor {
  const dims = typeof dim === "number" ? [dim] : [...dim].sort((a, b) => b - a);
  return dims.reduce((result, d) => torch.any(result, d, keepdim), mask);
}

function reduceAll(name: string, self: MaskedTensor): MaskedTensor {
  const data = self.get_data();
  const sparse = self.layout !== strided;
  const mask = sparse ? self.get_mask().values() : self.get_mask();
  if (/^arg/.test(name) && self.is_sparse_coo()) {
    const index = masked_fn(name)(data.values(), { mask }).to(int32);
    const strides = tensor(data.shape.numel()).div(tensor([...data.shape]).cumprod(0));
    return fromValues(data.indices().unbind(1)[index.item()].mul(strides).sum(), torch.any(mask));
  }
  return fromValues(masked_fn(name)(sparse ? data.values() : data, { mask }), torch.any(mask));
}

export function reduce(operator: string): Serve | undefined {
  if (!names.has(operator)) return undefined;
  return (call: OperatorCall) => {
    const { self, dim, keepdim, dtype } = call.values() as unknown as { self: MaskedTensor } & Reduction;
    const given = Array.isArray(dim) && dim.length === 0 ? undefined : dim;
    if (given === undefined || given === null) return reduceAll(operator, self);
    if (self.layout !== strided) {
      throw new TypeError(`The sparse version of ${operator} is not implemented in reductions.`);
    }
    const mask = self.get_mask();
    const options = {
      dim: given,
      keepdim: keepdim ?? false,
      mask,
      ...(operator === "all" ? {} : { dtype: dtype ?? null }),
    };
    return fromValues(masked_fn(operator)(self.get_data(), options), any(mask, given, keepdim ?? false));
  };
}
