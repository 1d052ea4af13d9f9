// The reductions of torch/nested/_internal/ops.py

import type { Tensor } from "../../_tensor.js";
import type { dtype } from "../../dtype.js";
import { bool } from "../../dtype.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { iinfo } from "../../torch_functions/dtypes.js";
import { NestedTensor } from "./nested_tensor.js";
import { canonical, type Serve, toInner, toPadded } from "./ops.js";

/** The value of a dtype that never wins: the least, or the greatest. */
function extreme(type: dtype, which: "min" | "max"): number {
  if (type.is_floating_point) return which === "min" ? -Infinity : Infinity;
  if (type === bool) return which === "min" ? 0 : 1;
  return Number(iinfo(type)[which]);
}

/** What padding must be so that it changes no result. */
const identities: Record<string, (type: dtype) => number> = {
  sum: () => 0,
  mean: () => 0,
  prod: () => 1,
  any: () => 0,
  all: () => 1,
  min: (type) => extreme(type, "max"),
  amin: (type) => extreme(type, "max"),
  argmin: (type) => extreme(type, "max"),
  max: (type) => extreme(type, "min"),
  amax: (type) => extreme(type, "min"),
  argmax: (type) => extreme(type, "min"),
};

interface Arguments {
  self: NestedTensor;
  dim?: number | readonly number[] | null;
  keepdim?: boolean;
  dtype?: dtype | null;
}

type Reduced = Tensor | readonly Tensor[];
type Reducer = (input: Tensor, keywords: Record<string, unknown>) => Reduced;

/** A function of each tensor of a result. */
function each(result: Reduced, change: (t: Tensor) => Tensor): Reduced {
  if (!Array.isArray(result)) return change(result as Tensor);
  return new (result.constructor as new (...parts: Tensor[]) => Reduced)(...(result as Tensor[]).map(change));
}

function reduceDims(name: string, { self, dim, keepdim = false, dtype }: Arguments): Reduced {
  const reducer = (torch as unknown as Record<string, Reducer>)[name];
  const { ragged_idx, lengths } = self.ragged;
  const isList = Array.isArray(dim);
  const dims = (isList ? dim : [dim as number]).map((d) => canonical(d, self.dim()));
  const onBatch = dims.includes(0);
  const onRagged = dims.includes(ragged_idx);
  const onOther = dims.some((d) => d !== 0 && d !== ragged_idx);
  const inner = [...new Set(dims.map((d) => toInner(d, ragged_idx)))];
  const keywords = { keepdim, ...(dtype ? { dtype } : {}) };
  if (onRagged && lengths !== null) {
    throw new RuntimeError(
      `${name}(): reducing across the ragged dimension is not supported for non-contiguous nested tensors with holes`,
    );
  }
  if (onRagged && onBatch) {
    const result = reducer(self.wrapped, { dim: isList ? inner : inner[0], ...keywords });
    return keepdim ? each(result, (t) => t.unsqueeze(0)) : result;
  }
  if (onRagged) {
    if (onOther) {
      throw new RuntimeError(
        `${name}(): reducing along a ragged and non-batch dimension is not supported for nested tensors`,
      );
    }
    const padded = toPadded(self, identities[name](self.dtype));
    if (name !== "mean") return reducer(padded, { dim: isList ? [ragged_idx] : ragged_idx, ...keywords });
    let counts = self.ragged.offsets.diff();
    while (counts.dim() < padded.dim()) counts = counts.unsqueeze(-1);
    const mean = torch.sum(padded, [ragged_idx], true, { dtype }).div(counts);
    return keepdim ? mean : mean.squeeze(ragged_idx);
  }
  if (onBatch) {
    throw new RuntimeError(
      `${name}(): reducing along the batch dimension but not the ragged dimension is not supported for nested tensors`,
    );
  }
  const result = reducer(self.wrapped, { dim: isList ? inner : inner[0], ...keywords });
  const before = keepdim ? 0 : inner.filter((d) => d < ragged_idx - 1).length;
  return each(result, (t) => new NestedTensor(t, { ...self.ragged, ragged_idx: ragged_idx - before }));
}

/** What serves a reduction, or undefined for another operator. */
export function reduce(operator: string): Serve | undefined {
  if (!Object.hasOwn(identities, operator)) return undefined;
  return (values, call) => {
    const given = values as unknown as Arguments;
    const whole = given.dim === undefined || given.dim === null || (Array.isArray(given.dim) && given.dim.length === 0);
    if (!whole) return reduceDims(operator, given);
    return call.again((t) => (t instanceof NestedTensor ? t.wrapped : t));
  };
}
