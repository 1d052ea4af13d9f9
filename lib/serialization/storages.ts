// Storages in files: their types, where they are restored to, and views of them.

import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import { RuntimeError, UnpicklingError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { operator } from "../operator.js";
import { legacyNames } from "../storage/typed.js";
import { storageOf, TypedStorage } from "../storage.js";
import { handleOf, wrap } from "../tensor_base.js";
import type { Source } from "./source.js";

/** A storage that was loaded: all its bytes, and the dtype of its elements. */
export class StoredBytes {
  readonly bytes: Tensor;
  readonly dtype: dtype;
  readonly nbytes: number;
  #typed: TypedStorage | null = null;

  constructor(bytes: Tensor, type: dtype, nbytes: number) {
    this.bytes = bytes;
    this.dtype = type;
    this.nbytes = nbytes;
  }

  /** The storage as PyTorch shows it. */
  typed(): TypedStorage {
    this.#typed ??= new TypedStorage({ wrap_storage: storageOf(this.bytes), dtype: this.dtype, _internal: true });
    return this.#typed;
  }
}

/** A class of storages that a pickle names; `torch.storage.UntypedStorage` counts bytes. */
export class StorageType {
  readonly dtype: dtype;

  constructor(type: dtype) {
    this.dtype = type;
  }
}

/** The names of the storages of dtypes, for files. */
export const storageNames: ReadonlyMap<dtype, string> = new Map([
  ...legacyNames,
  [dtypes.qint8, "QInt8Storage"],
  [dtypes.qint32, "QInt32Storage"],
  [dtypes.quint8, "QUInt8Storage"],
  [dtypes.quint4x2, "QUInt4x2Storage"],
  [dtypes.quint2x4, "QUInt2x4Storage"],
]);

const cppNames = new Map([...storageNames].map(([type, name]) => [type, name.replace("Storage", "")]));

/** Checks that a record has the bytes that the pickle says it has. */
export function checkRecordSize(size: number, numel: number, type: dtype): void {
  const expected = numel * type.itemsize;
  if (size === expected) return;
  throw new RuntimeError(
    `record size (${size} bytes) does not match expected size (${expected} bytes = ${numel} elements * ${type.itemsize} bytes/element) for dtype ${cppNames.get(type) ?? type.name}`,
  );
}

/** New bytes on the CPU, whatever the default device is. */
export function newBytes(count: number): Tensor {
  return torch.empty([count], { dtype: dtypes.uint8, device: "cpu" });
}

/** A storage of its own that is a part of another's memory, which it keeps. */
export function sliceBytes(bytes: Tensor, offset: number, length: number): Tensor {
  return wrap(native.storageSlice(handleOf(bytes), offset, length));
}

const PART = 2 ** 20; // small enough to be in the cache still when it is used
let scratch: Buffer | null = null;

/** Bytes of a CPU storage in parts, each of which is valid until the next. */
export function* partsOf(bytes: Tensor, length: number, start = 0): Generator<Buffer, void, undefined> {
  const buffer = scratch ?? Buffer.allocUnsafeSlow(PART);
  scratch = null; // others may read parts meanwhile
  try {
    for (let at = 0; at < length; at += PART) {
      const part = buffer.subarray(0, Math.min(PART, length - at));
      native.copyOut(handleOf(bytes), start + at, part);
      yield part;
    }
  } finally {
    scratch = buffer;
  }
}

/** Turns the bytes of elements around, in place. */
export function byteswap(bytes: Tensor, nbytes: number, type: dtype): void {
  const size = type.is_complex ? type.itemsize / 2 : type.itemsize;
  if (size === 1) return;
  if (nbytes % size !== 0) throw new RuntimeError(`a storage of ${nbytes} bytes cannot hold elements of ${size} bytes`);
  let at = 0;
  for (const part of partsOf(bytes, nbytes)) {
    if (size === 2) part.swap16();
    else if (size === 4) part.swap32();
    else part.swap64();
    native.copyIn(handleOf(bytes), at, part);
    at += part.length;
  }
}

/** Lets V8 hear at the end of the memory for a file's tensors: it would collect garbage for each of them. */
export function holdingReports<T>(body: () => T): T {
  native.holdMemoryReports(true);
  try {
    return body();
  } finally {
    native.holdMemoryReports(false);
  }
}

/** A new storage on the CPU with bytes of a source. */
export function readBytes(source: Source, position: number, nbytes: number): Tensor {
  const bytes = newBytes(nbytes);
  source.readStorage(bytes, nbytes, position);
  return bytes;
}

/** Checks that a view lies within its storage; libtorch would make the storage larger instead. */
export function checkView(
  storage: StoredBytes,
  type: dtype,
  offset: number,
  size: readonly number[],
  stride: readonly number[],
): void {
  if (size.length !== stride.length) {
    throw new UnpicklingError(`a tensor has ${size.length} sizes and ${stride.length} strides`);
  }
  let numel = 1;
  for (const n of size) numel *= n;
  if (numel > Number.MAX_SAFE_INTEGER) throw new RuntimeError("numel: integer multiplication overflow");
  let end = offset;
  if (numel > 0) {
    end += 1;
    size.forEach((n, i) => {
      end += (n - 1) * stride[i];
    });
  }
  if (end * type.itemsize <= storage.nbytes) return;
  throw new RuntimeError(
    `setStorage: sizes [${size.join(", ")}], strides [${stride.join(", ")}], storage offset ${offset}, and itemsize ${type.itemsize} requiring a storage size of ${end * type.itemsize} are out of bounds for storage of size ${storage.nbytes}`,
  );
}

const set_ = operator("set_", [
  [
    "set_(Tensor input, Tensor source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)",
    "aten::set_.source_Tensor_storage_offset",
  ],
]) as (self: Tensor, source: Tensor, offset: number, size: readonly number[], stride: readonly number[]) => Tensor;

/** Makes a tensor a view of a storage. */
export function setToView(
  self: Tensor,
  storage: StoredBytes,
  offset: number,
  size: readonly number[],
  stride: readonly number[],
): Tensor {
  checkView(storage, self.dtype, offset, size, stride);
  return set_(self, storage.bytes, offset, size, stride);
}

/** A tensor of a dtype that is a view of a storage. */
export function viewOf(
  storage: StoredBytes,
  type: dtype,
  offset: number,
  size: readonly number[],
  stride: readonly number[],
): Tensor {
  return setToView(torch.empty([0], { dtype: type, device: storage.bytes.device }), storage, offset, size, stride);
}
