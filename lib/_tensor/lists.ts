// A tensor's elements as JavaScript's values.

import type { NestedList, Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import { RuntimeError } from "../errors.js";
import { Complex } from "../python/complex.js";
import { handleOf, wrap } from "../tensor_base.js";
import { copyElements } from "../tensor_new.js";

/** A layout as C++ prints it: `SparseCsr` for `sparse_csr`. */
function layoutName(self: Tensor): string {
  const name = self.layout.name.replace(/^_|_coo$/g, "");
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The tensor in a form that numpy() can share; throws Python's errors where there is none. */
export function numpyReady(self: Tensor, force: boolean): Tensor {
  if (force) return self.detach().cpu().resolve_conj().resolve_neg();
  if (self.layout.name !== "strided") {
    throw new TypeError(`can't convert ${layoutName(self)} layout tensor to numpy. Use Tensor.to_dense() first.`);
  }
  if (!self.is_cpu) {
    throw new TypeError(
      `can't convert ${self.device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.`,
    );
  }
  if (self.requires_grad) {
    throw new RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.");
  }
  if (self.is_conj()) {
    throw new RuntimeError(
      "Can't call numpy() on Tensor that has conjugate bit set. Use tensor.resolve_conj().numpy() instead.",
    );
  }
  if (self.is_neg()) {
    throw new RuntimeError(
      "Can't call numpy() on Tensor that has negative bit set. Use tensor.resolve_neg().numpy() instead.",
    );
  }
  return self;
}

const integers64 = new Set(["int64", "uint64"]);

/** The dtype whose typed array holds a tensor's values exactly. */
function listDtype(type: dtype): dtype {
  if (type.is_complex) return dtypes.complex128;
  if (type.is_floating_point) return dtypes.float64;
  return integers64.has(type.name) || type === dtypes.bool
    ? type
    : dtypes.int32 === type || type.itemsize < 4
      ? dtypes.int32
      : dtypes.int64;
}

function toNumberOrBigint(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The elements as nested arrays. */
export function toList(self: Tensor): NestedList {
  if (self.dim() === 0) return self.item();
  const before = native.disableFunctorch(true);
  try {
    return elementLists(withoutGradTracking(self));
  } finally {
    native.disableFunctorch(before);
  }
}

/** The tensor inside of the wrappers of grad and jvp transforms; throws RuntimeError if it is mapped over. */
function withoutGradTracking(self: Tensor): Tensor {
  const kind = native.functorchKind(handleOf(self));
  if (kind === 2) return withoutGradTracking(wrap(native.getUnwrapped(handleOf(self))));
  if (kind !== 0) native.dataPtr(handleOf(self));
  return self;
}

function elementLists(self: Tensor): NestedList {
  if (self.layout.name !== "strided" && self.numel() > 0) native.dataPtr(handleOf(self)); // throws Python's error
  const plain = self
    .detach()
    .resolve_conj()
    .resolve_neg()
    .to({ device: "cpu", dtype: listDtype(self.dtype) })
    .contiguous();
  const data = copyElements(plain) as unknown as ArrayLike<number | bigint>;
  const at = elementReader(plain.dtype, data);
  const shape = plain.shape;
  let next = 0;
  const build = (dim: number): unknown => {
    if (dim === shape.length) return at(next++);
    const list = new Array<unknown>(shape[dim]);
    for (let i = 0; i < list.length; i++) list[i] = build(dim + 1);
    return list;
  };
  return build(0);
}

function elementReader(type: dtype, data: ArrayLike<number | bigint>): (i: number) => unknown {
  if (type.is_complex) return (i) => new Complex(data[2 * i] as number, data[2 * i + 1] as number);
  if (type === dtypes.bool) return (i) => data[i] !== 0;
  if (integers64.has(type.name)) return (i) => toNumberOrBigint(data[i] as bigint);
  return (i) => data[i];
}
