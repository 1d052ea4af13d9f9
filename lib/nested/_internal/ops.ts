// torch/nested/_internal/ops.py: what operators do with jagged tensors

import { ops, Tag } from "../../_ops.js";
import type { Tensor } from "../../_tensor.js";
import { IndexError, NotImplementedError, RuntimeError, ValueError } from "../../errors.js";
import * as nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { type OperatorCall, TensorBase } from "../../tensor_base.js";
import { NestedInt } from "./nested_int.js";
import { jagged_from_list, NestedTensor } from "./nested_tensor.js";
import { reduce } from "./reductions.js";

/** Serves a call with the values of its arguments. */
export type Serve = (values: Record<string, never>, call: OperatorCall) => unknown;

/** The tensor in a jagged one's place: its values. */
const valuesOf = (t: TensorBase): TensorBase => (t instanceof NestedTensor ? t.wrapped : t);

/** A dimension counted from 0; throws IndexError's text of PyTorch for one out of range. */
export function canonical(dim: number, dims: number): number {
  if (dim >= dims || dim < -dims) {
    throw new IndexError(`Dimension out of range (expected to be in range of [${-dims}, ${dims - 1}], but got ${dim})`);
  }
  return dim < 0 ? dim + dims : dim;
}

/** A dimension of the jagged tensor as one of its values: the batch's is that of all values, end to end. */
export const toInner = (dim: number, ragged_idx: number) => (dim === 0 ? ragged_idx - 1 : dim - 1);

interface Allowed {
  dims?: number;
  ragged?: boolean;
}

/** The values' dimension for one that an operator works along; throws where that is the batch's or the ragged one. */
function innerDim(
  nt: NestedTensor,
  dim: number,
  name: string,
  { dims = nt.dim(), ragged = false }: Allowed = {},
): number {
  const outer = canonical(dim, dims);
  if (outer === nt.ragged.ragged_idx && !ragged) {
    throw new RuntimeError(`${name}(): not supported for NestedTensor on ragged dim`);
  }
  if (outer === 0) throw new RuntimeError(`${name}(): not supported for NestedTensor on dim=0`);
  return toInner(outer, nt.ragged.ragged_idx);
}

const isNested = (value: unknown): value is NestedTensor => value instanceof NestedTensor;
const shapeText = (t: Tensor) => (isNested(t) ? `(${t.sizes().join(", ")})` : String(t.shape));
const raggedSize = (nt: NestedTensor) => nt.sizes()[nt.ragged.ragged_idx];
const sameSize = (a: unknown, b: unknown) =>
  a === b || (a instanceof NestedInt && b instanceof NestedInt && a.id === b.id && a.coeff === b.coeff);

/** Whether the sizes up to the ragged one are those of the jagged tensor; -1 stands for any. */
function matches(nt: NestedTensor, sizes: readonly unknown[]): boolean {
  const end = nt.ragged.ragged_idx + 1;
  return (
    sizes.length >= end &&
    nt
      .sizes()
      .slice(0, end)
      .every((size, i) => sizes[i] === -1 || sameSize(size, sizes[i]))
  );
}

/** The first jagged tensor among values. */
const nestedIn = (values: readonly unknown[]): NestedTensor => values.flat().find(isNested) as NestedTensor;

/** The results around other values: of one tensor, or of each of several. */
function around(nt: NestedTensor, result: unknown): unknown {
  if (!Array.isArray(result)) return nt.around(result as Tensor);
  const parts = result.map((part: Tensor) => nt.around(part));
  return result.constructor === Array
    ? parts
    : new (result.constructor as new (...parts: unknown[]) => unknown)(...parts);
}

/** The operator on the values: for what treats every element, or every row of the last dimensions, alike. */
const onValues: Serve = (values, call) => around(nestedIn(Object.values(values)), call.again(valuesOf));

/** The jagged tensors that a dense one stands for beside another: its rows without their padding. */
export function fromPadded(padded: Tensor, like: NestedTensor): NestedTensor {
  const { ragged_idx } = like.ragged;
  const lengths: number[] = like.ragged.offsets.diff().tolist();
  const rows = padded.unbind(0).map((row, i) => row.narrow(ragged_idx - 1, 0, lengths[i]));
  return like.around(torch.cat(rows, ragged_idx - 1));
}

export function toPadded(nt: NestedTensor, padding: number, output_size?: readonly number[] | null): Tensor {
  if (nt.ragged.lengths !== null) {
    throw new RuntimeError("to_padded_tensor(): not supported for nested tensors with holes");
  }
  const { ragged_idx } = nt.ragged;
  const length = output_size ? output_size[ragged_idx] : nt._max_seqlen;
  const rows = unbind(nt).map((row) => {
    const missing = length - row.shape[ragged_idx - 1];
    if (missing <= 0) return row.narrow(ragged_idx - 1, 0, length);
    const sizes = [...row.shape];
    sizes[ragged_idx - 1] = missing;
    return torch.cat([row, torch.full(sizes, padding, { dtype: row.dtype, device: row.device })], ragged_idx - 1);
  });
  return torch.stack(rows);
}

export function unbind(nt: NestedTensor): Tensor[] {
  const { offsets, lengths, ragged_idx } = nt.ragged;
  const begins: number[] = offsets.tolist();
  const counts: number[] = (lengths ?? offsets.diff()).tolist();
  return counts.map((count, i) => nt.wrapped.narrow(ragged_idx - 1, begins[i], count));
}

function binary(call: OperatorCall, a: Tensor, b: Tensor): unknown {
  const mismatch = () =>
    new RuntimeError(
      `cannot call binary pointwise function ${call.operator}.${call.overload || "default"} with inputs of shapes ${shapeText(a)} and ${shapeText(b)}`,
    );
  if (isNested(a) && isNested(b)) {
    if (!matches(a, b.sizes())) throw mismatch();
    return a.around(call.again(valuesOf) as Tensor);
  }
  const [nt, t] = isNested(a) ? [a, b] : [b as NestedTensor, a];
  if (t.dim() > nt.dim()) throw new NotImplementedError("NYI: broadcasting NT with T with larger dim");
  let squeezed = t;
  while (squeezed.dim() > 0 && squeezed.shape[0] === 1) squeezed = squeezed.squeeze(0);
  if (nt.dim() >= squeezed.dim() + 2) {
    return nt.around(call.again((x) => (x === t ? squeezed : valuesOf(x))) as Tensor);
  }
  if (a.dim() !== b.dim() || a.shape[0] !== b.shape[0]) throw mismatch();
  const expanded = t.expand(t.shape.map((size, i) => (i === nt.ragged.ragged_idx ? nt._max_seqlen : size)));
  const nested = fromPadded(expanded, nt);
  return nt.around(call.again((x) => (x === t ? nested.wrapped : valuesOf(x))) as Tensor);
}

const pointwise: Serve = (values, call) => {
  const tensors = Object.values(values).filter((value): value is never => (value as unknown) instanceof TensorBase);
  const self = values.self as Tensor;
  if (call.operator.endsWith("_") && isNested(self)) {
    call.again(valuesOf);
    return self;
  }
  if (tensors.length === 2) return binary(call, tensors[0], tensors[1]);
  return onValues(values, call);
};

const softmax =
  (name: "softmax" | "log_softmax"): Serve =>
  ({ self, dim, dtype }) => {
    const nt = self as NestedTensor;
    const { ragged_idx, lengths } = nt.ragged;
    const along = name === "softmax" ? torch.softmax : torch.log_softmax;
    const outer = canonical(dim, nt.dim());
    const refuse = (why: string) => new RuntimeError(`${name}(): not supported ${why} for NestedTensor`);
    if (outer === 0) throw refuse("when reducing across the batch dimension");
    if (outer !== ragged_idx) return nt.around(along(nt.wrapped, toInner(outer, ragged_idx), { dtype }));
    if (name === "log_softmax") throw refuse("when reducing along the ragged dimension");
    if (ragged_idx > 1) throw refuse("when reducing along the ragged dimension for ragged_idx > 1");
    if (lengths !== null) throw refuse("where lengths is not None if reducing across the ragged dimension");
    return nt.around(torch.cat(unbind(nt).map((part) => torch.softmax(part, 0, { dtype }))));
  };

function matmul(a: Tensor, b: Tensor): Tensor {
  if (isNested(a) && isNested(b)) {
    if (a.dim() > 3 && b.dim() > 3 && matches(a, b.sizes())) return a.around(torch.matmul(a.wrapped, b.wrapped));
    const reduces = a.dim() === 3 && b.dim() === 3 && a.ragged.ragged_idx === 2 && b.ragged.ragged_idx === 1;
    if (reduces && sameSize(raggedSize(a), raggedSize(b))) {
      const others = unbind(b);
      return torch.stack(unbind(a).map((part, i) => torch.matmul(part, others[i])));
    }
  } else if (isNested(a) && a.ragged.ragged_idx < a.dim() - 1) {
    if (b.dim() === 2 && a.dim() > 2) return a.around(torch.matmul(a.wrapped, b));
    if (a.dim() >= 3 && a.dim() === b.dim()) return fromPadded(torch.matmul(toPadded(a, 0), b), a);
  } else if (isNested(b) && b.ragged.ragged_idx >= 2) {
    if (a.dim() === 2 && b.dim() > 2) return b.around(torch.matmul(a, b.wrapped));
    if (b.dim() >= 3 && a.dim() === b.dim()) return fromPadded(torch.matmul(a, toPadded(b, 0)), b);
  }
  throw new RuntimeError(`matmul(): not supported between inputs of shapes ${shapeText(a)} and ${shapeText(b)}`);
}

function transpose(nt: NestedTensor, dim0: number, dim1: number): NestedTensor {
  const { ragged_idx } = nt.ragged;
  const dims = [canonical(dim0, nt.dim()), canonical(dim1, nt.dim())];
  if (!dims.includes(ragged_idx)) {
    return nt.around(nt.wrapped.transpose(innerDim(nt, dim0, "transpose"), innerDim(nt, dim1, "transpose")));
  }
  if (dims.includes(0)) throw new ValueError("Transpose is not supported on the batch dimension for jagged NT");
  const values = nt.wrapped.transpose(toInner(dims[0], ragged_idx), toInner(dims[1], ragged_idx));
  return new NestedTensor(values, { ...nt.ragged, ragged_idx: dims[0] === ragged_idx ? dims[1] : dims[0] });
}

function permute(nt: NestedTensor, given: readonly number[]): NestedTensor {
  if (nt.dim() !== given.length) {
    throw new ValueError(
      `permute(): number of dimensions in the tensor input (${nt.dim()}) does not match the length of the desired ordering of dimensions (${given.length}).`,
    );
  }
  const dims = given.map((dim) => canonical(dim, nt.dim()));
  if (new Set(dims).size !== dims.length) throw new ValueError("permute(): duplicate dims are not allowed.");
  if (nt.ragged.lengths !== null) {
    throw new ValueError("permute(): not supported on jagged layout nested tensor with holes");
  }
  if (dims[0] !== 0) throw new ValueError("Permute is not supported on the batch dimension for jagged NT");
  const inner = dims.slice(1).map((dim) => toInner(dim, nt.ragged.ragged_idx));
  return new NestedTensor(nt.wrapped.permute(inner), { ...nt.ragged, ragged_idx: dims.indexOf(nt.ragged.ragged_idx) });
}

/** The jagged tensor with other sizes after the ragged one. */
export function viewOf(nt: NestedTensor, sizes: readonly (number | NestedInt)[], name: "view" | "reshape"): Tensor {
  const { ragged_idx } = nt.ragged;
  const same = sizes.length === nt.dim() && nt.sizes().every((size, i) => sameSize(size, sizes[i]));
  if (ragged_idx !== 1 && !same) {
    throw new RuntimeError(
      `view(): does not support ragged_idx != 1 except when inp._size == size. inp._size is (${shapeText(nt)}) and size is (${`(${sizes.join(", ")})`}).`,
    );
  }
  if (sizes.length < 3 || !matches(nt, sizes)) {
    throw new RuntimeError(`view(): cannot view shape ${shapeText(nt)} as (${sizes.join(", ")})`);
  }
  const inner = sizes.slice(1).map((size, i) => (i === ragged_idx - 1 ? nt.wrapped.shape[i] : size)) as number[];
  return nt.around(nt.wrapped[name](inner));
}

function select(nt: NestedTensor, dim: number, index: number): Tensor {
  const { ragged_idx, lengths } = nt.ragged;
  const outer = canonical(dim, nt.dim());
  if (outer === 0) {
    const parts = unbind(nt);
    const part = parts.at(index);
    if (!part) throw new IndexError("tuple index out of range");
    return part;
  }
  const inner = innerDim(nt, dim, "select");
  if (lengths !== null) {
    throw new ValueError("select(): not yet supported on dim != 0 for non-contiguous nested tensor with holes");
  }
  const before = inner < ragged_idx - 1 ? 1 : 0;
  return new NestedTensor(nt.wrapped.select(inner, index), { ...nt.ragged, ragged_idx: ragged_idx - before });
}

function chunk(nt: NestedTensor, chunks: number, dim = 0): NestedTensor[] {
  if (canonical(dim, nt.dim()) !== 0) {
    return nt.wrapped.chunk(chunks, innerDim(nt, dim, "chunk")).map((part) => nt.around(part));
  }
  const lengths = nt.ragged.offsets.diff().chunk(chunks);
  const parts = nt.wrapped.split(lengths.map((part) => part.sum().item()));
  return parts.map((values, i) => {
    const offsets = nn.pad(lengths[i].cumsum(0), [1, 0]);
    return new NestedTensor(values, { offsets, lengths: null, ragged_idx: nt.ragged.ragged_idx });
  });
}

function unsqueeze(nt: NestedTensor, dim: number): NestedTensor {
  const { ragged_idx } = nt.ragged;
  const inner = innerDim(nt, dim, "unsqueeze", { dims: nt.dim() + 1, ragged: true });
  return new NestedTensor(nt.wrapped.unsqueeze(inner), {
    ...nt.ragged,
    ragged_idx: inner <= ragged_idx - 1 ? ragged_idx + 1 : ragged_idx,
  });
}

function alike(tensors: readonly Tensor[], name: string): NestedTensor[] {
  for (const t of tensors) {
    if (!isNested(t)) throw new RuntimeError(`${name}(): expected all nested tensors inputs`);
    if (t.dim() !== tensors[0].dim())
      throw new RuntimeError(`${name}(): expected all nested tensors to have the same dim`);
    if (!matches(t, (tensors[0] as NestedTensor).sizes())) {
      throw new RuntimeError(`${name}(): expected all nested tensors to have the same nested structure`);
    }
  }
  return tensors as NestedTensor[];
}

/** Attention of each tensor of the batch by itself: their lengths may differ between queries and keys. */
const attention: Serve = ({ query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa }) => {
  if (attn_mask) throw new RuntimeError("NestedTensor scaled_dot_product_attention does not support attn_mask");
  const [q, k, v] = [query, key, value].map((t) => {
    if (isNested(t)) return t as NestedTensor;
    throw new ValueError("Expected query, key, and value to all be nested tensors");
  });
  if (q.dim() < 3) throw new ValueError("Expected query, key, and value to all be at least 3 dimensional");
  const [keys, values] = [unbind(k), unbind(v)];
  const parts = unbind(q).map((part, i) =>
    nn.scaled_dot_product_attention(part, keys[i], values[i], null, dropout_p ?? 0, is_causal ?? false, {
      scale: scale ?? null,
      enable_gqa: enable_gqa ?? false,
    }),
  );
  return q.around(torch.cat(parts, q.ragged.ragged_idx - 1));
};

const layerNorm: Serve = (values, call) => {
  const nt = values.input as NestedTensor;
  const normalized = values.normalized_shape as readonly number[];
  if (nt.dim() <= 2)
    throw new RuntimeError("layer_norm(): not supported for NestedTensor objects with 2 or fewer dimensions");
  if (normalized.length > nt.dim() - nt.ragged.ragged_idx - 1) {
    throw new RuntimeError(
      normalized.length === nt.dim()
        ? "layer_norm(): not supported when normalizing over the batch dimension for NestedTensor"
        : `${call.operator}(): Normalization over the ragged dim not supported for nested tensors`,
    );
  }
  return onValues(values, call);
};

const table: Record<string, Serve> = {
  linear: onValues,
  dropout: onValues,
  native_dropout: onValues,
  embedding: ({ indices }, call) => (indices as NestedTensor).around(call.again(valuesOf) as Tensor),
  to: onValues,
  _to_copy: onValues,
  type_as: onValues,
  detach: onValues,
  contiguous: ({ self }, call) => {
    const nt = self as NestedTensor;
    if (nt.is_contiguous()) return nt;
    return nt.ragged.lengths ? jagged_from_list(unbind(nt), null) : nt.around(call.again(valuesOf) as Tensor);
  },
  clone: onValues,
  empty_like: onValues,
  ones_like: onValues,
  zeros_like: onValues,
  rand_like: onValues,
  randn_like: onValues,
  full_like: onValues,
  randint_like: onValues,
  zero_: pointwise,
  copy_: ({ self, src }) => {
    const [to, from] = [self, src] as unknown as [NestedTensor, NestedTensor];
    if (!isNested(from) || String(to.ragged.offsets.tolist()) !== String(from.ragged.offsets.tolist())) {
      throw new RuntimeError(`copy_ only supports Nested tensors that have same size and have equal offsets.`);
    }
    to.wrapped.copy_(from.wrapped);
    return to;
  },
  softmax: softmax("softmax"),
  log_softmax: softmax("log_softmax"),
  matmul: ({ self, other }) => matmul(self, other),
  bmm: ({ self, mat2 }) => {
    if ((self as Tensor).dim() !== 3) throw new ValueError("bmm(): input must be 3D");
    if ((mat2 as Tensor).dim() !== 3) throw new ValueError("bmm(): mat2 must be 3D");
    return matmul(self, mat2);
  },
  transpose: ({ self, dim0, dim1 }) => transpose(self, dim0, dim1),
  swapaxes: ({ self, axis0, axis1 }) => transpose(self, axis0, axis1),
  swapdims: ({ self, dim0, dim1 }) => transpose(self, dim0, dim1),
  permute: ({ self, dims }) => permute(self, dims),
  select: ({ self, dim, index }) => select(self, dim, index),
  unbind: ({ self, dim }) => {
    if ((dim ?? 0) !== 0) throw new RuntimeError("unbind(): only supported for NestedTensor on dim=0");
    return unbind(self);
  },
  chunk: ({ self, chunks, dim }) => chunk(self, chunks, dim),
  split: ({ self, split_size, split_sizes, dim }) => {
    const nt = self as NestedTensor;
    const parts = nt.wrapped.split(split_size ?? split_sizes, innerDim(nt, dim ?? 0, "split"));
    return parts.map((part) => nt.around(part));
  },
  split_with_sizes: ({ self, split_sizes, dim }) => {
    const nt = self as NestedTensor;
    const parts = nt.wrapped.split_with_sizes(split_sizes, innerDim(nt, dim ?? 0, "split_with_sizes"));
    return parts.map((part) => nt.around(part));
  },
  narrow: ({ self, dim, start, length }) => {
    const nt = self as NestedTensor;
    return nt.around(nt.wrapped.narrow(innerDim(nt, dim, "narrow"), start, length));
  },
  squeeze: ({ self, dim }) => {
    const nt = self as NestedTensor;
    if (typeof (dim as unknown) !== "number") throw new NotImplementedError("aten.squeeze.default");
    return nt.around(nt.wrapped.squeeze(innerDim(nt, dim, "squeeze")));
  },
  unsqueeze: ({ self, dim }) => unsqueeze(self, dim),
  unflatten: ({ self, dim, sizes }) => {
    const nt = self as NestedTensor;
    return nt.around(nt.wrapped.unflatten(innerDim(nt, dim, "unflatten"), sizes));
  },
  flatten: ({ self, start_dim, end_dim }) => {
    const nt = self as NestedTensor;
    const inner = [start_dim ?? 0, end_dim ?? -1].map((dim) => innerDim(nt, dim, "flatten"));
    return inner[0] === inner[1] ? nt : nt.around(nt.wrapped.flatten(inner[0], inner[1]));
  },
  cat: ({ tensors, dim }) => {
    const first = nestedIn(tensors);
    const nested = (tensors as Tensor[]).map((t) => (isNested(t) ? t : fromPadded(expandAs(t, first), first)));
    return first.around(
      torch.cat(
        nested.map((t) => t.wrapped),
        innerDim(first, dim ?? 0, "cat"),
      ),
    );
  },
  stack: ({ tensors, dim }) => {
    const nested = alike(tensors, "stack");
    const [first] = nested;
    const inner = innerDim(first, dim ?? 0, "stack", { dims: first.dim() + 1 });
    return first.around(
      torch.stack(
        nested.map((t) => t.wrapped),
        inner,
      ),
    );
  },
  to_padded_tensor: ({ self, padding, output_size }) => toPadded(self, padding, output_size),
  nested_to_padded_tensor: ({ self, padding, output_size }) => toPadded(self, padding, output_size),
  layer_norm: layerNorm,
  rms_norm: layerNorm,
  scaled_dot_product_attention: attention,
  where: ({ condition, self, other }, call) => {
    const nt = nestedIn([condition, self, other]);
    const dense = [condition, self, other].filter(
      (t): t is never => (t as unknown) instanceof TensorBase && !isNested(t),
    );
    const replaced = new Map(
      dense.map((t: Tensor) => [t, t.dim() + 2 <= nt.dim() ? t : fromPadded(expandAs(t, nt), nt).wrapped]),
    );
    return nt.around(call.again((x) => replaced.get(x as Tensor) ?? valuesOf(x)) as Tensor);
  },
  is_same_size: ({ self, other }) => String((self as Tensor).shape) === String((other as Tensor).shape),
  values: ({ self }) => (self as NestedTensor).wrapped,
};

/** A dense tensor with the sizes of a jagged one, padded. */
const expandAs = (t: Tensor, nt: NestedTensor) =>
  t.expand(nt.sizes().map((size, i) => (i === nt.ragged.ragged_idx ? nt._max_seqlen : size)) as number[]);

/** Operators that stand for a pointwise one under another name, or are made of pointwise ones. */
const aliases = new Set([
  ...["absolute", "negative", "square", "clip", "fix", "multiply", "divide", "true_divide", "subtract", "greater"],
  ...[
    "greater_equal",
    "less",
    "less_equal",
    "not_equal",
    "relu6",
    "selu",
    "celu",
    "type_as",
    "logsigmoid",
    "log_sigmoid",
  ],
  ...["float_power", "special_expit", "isfinite", "isinf", "isnan", "nan_to_num", "softplus", "hardtanh", "rsub"],
]);

/** Whether libtorch calls the operator pointwise: it treats every element by itself. */
function isPointwise({ operator, overload }: OperatorCall): boolean {
  const base = operator.replace(/_$/, "");
  if (aliases.has(base)) return true;
  const found = (ops.aten as Record<string, Record<string, { tags?: readonly Tag[] }> | undefined>)[operator];
  return found?.[overload || "default"]?.tags?.includes(Tag.pointwise) ?? false;
}

/** The result of an operator with jagged tensors among its arguments. */
export function serve(call: OperatorCall): unknown {
  const values = call.values() as Record<string, never>;
  if (Object.hasOwn(table, call.operator)) return table[call.operator](values, call);
  const reduced = reduce(call.operator);
  if (reduced) return reduced(values, call);
  if (isPointwise(call)) return pointwise(values, call);
  throw new NotImplementedError(`aten.${call.operator}.${call.overload || "default"}`);
}
