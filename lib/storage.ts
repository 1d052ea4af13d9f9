// torch/storage.py

import { inspect } from "node:util";
import type { Tensor } from "./_tensor.js";
import { isPlainObject } from "./arguments/function.js";
import { native } from "./binding.js";
import { callable } from "./callable.js";
import { toDevice } from "./device.js";
import * as dtypes from "./dtype.js";
import { IndexError, KeyError, NotImplementedError, RuntimeError } from "./errors.js";
import * as torch from "./generated/torch.js";
import { warn } from "./nn/functional/warn.js";
import { method } from "./operator.js";
import { isInt } from "./python/float.js";
import { float } from "./python/numbers.js";
import { typeName } from "./python/objects.js";
import { repr } from "./python/repr.js";
import { Slice } from "./python/slice.js";
import { handleOf } from "./tensor_base.js";
import { get_default_dtype, tensor } from "./tensor_new.js";
import type { device, DeviceLike, dtype, Keywords } from "./types.js";

const setToStorage = method("set_", [
  [
    "set_(Tensor source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)",
    "aten::set_.source_Tensor_storage_offset",
  ],
]);

/** A tensor over all elements of a storage; `bytes` is any tensor of that storage. */
function over(bytes: Tensor, type: dtype): Tensor {
  const [, nbytes] = native.storageInfo(handleOf(bytes));
  const result = torch.empty(0, { dtype: type, device: bytes.device });
  return setToStorage.call(result, bytes, 0, [Math.floor(nbytes / type.itemsize)], [1]) as Tensor;
}

const bytesOf = new WeakMap<UntypedStorage, Tensor>();

/** @internal The storage's bytes, as a tensor that shares them. */
export function storageBytes(storage: UntypedStorage | TypedStorage): Tensor {
  const untyped = storage instanceof TypedStorage ? storage._untyped_storage : storage;
  const known = bytesOf.get(untyped) as Tensor;
  const [, nbytes] = native.storageInfo(handleOf(known));
  if (nbytes === known.numel()) return known;
  const grown = over(known, dtypes.uint8);
  bytesOf.set(untyped, grown);
  return grown;
}

/** @internal The storage of a tensor. */
export function storageOf(source: Tensor): UntypedStorage {
  if (source.layout.name !== "strided") {
    const kind = source.layout.name === "sparse_coo" ? "SparseTensorImpl" : "SparseCsrTensorImpl";
    throw new NotImplementedError(`Cannot access storage of ${kind}`);
  }
  // A view of no elements is contiguous, as set_() asks of its source.
  return new UntypedStorage(over(source.detach().as_strided([0], [1], 0), dtypes.uint8), ADOPT);
}

const ADOPT = Symbol("adopt");

function wrapIndex(index: number, size: number): number {
  if (index >= size || index < -size) throw new IndexError(`index ${index} out of range for storage of size ${size}`);
  return index < 0 ? index + size : index;
}

/** What both kinds of storages have in common. */
abstract class StorageBase {
  abstract readonly device: device;
  abstract size(): number;
  abstract __getitem__(index: number): unknown;
  abstract __setitem__(index: number, value: number | boolean): void;
  /** How the storage calls itself when it is printed. */
  protected abstract describe(): string;

  [index: number]: number;

  /** The number of elements. */
  get length(): number {
    return this.size();
  }

  __len__(): number {
    return this.size();
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let i = 0; i < this.size(); i++) yield this.__getitem__(i) as number;
  }

  /** The elements as an array. */
  tolist(): number[] {
    return [...this];
  }

  get is_cuda(): boolean {
    return this.device.type === "cuda";
  }

  /** Whether the memory can be shared: it always is, among threads. */
  is_shared(): boolean {
    return true;
  }

  /** Does nothing: memory is shared among threads as it is. */
  share_memory_(): this {
    return this;
  }

  /** The ordinal of the device, null for the CPU. */
  get_device(): number | null {
    return this.device.index;
  }

  __repr__(): string {
    const info = `[${this.describe()} of size ${this.size()}]`;
    if (this.device.type === "meta") return `...\n${info}`;
    return ` ${this.elementTexts().join("\n ")}\n${info}`;
  }

  protected elementTexts(): string[] {
    return this.tolist().map(String);
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

const isIndexKey = (key: string | symbol): key is string => typeof key === "string" && /^-?\d+$/.test(key);

// At the end of the prototype chain, where only names that exist nowhere else arrive: storage[0].
const indexer = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    return isIndexKey(key) ? receiver.__getitem__(Number(key)) : Reflect.get(target, key, receiver);
  },
  set(target, key, value, receiver) {
    if (!isIndexKey(key)) return Reflect.set(target, key, value, receiver);
    receiver.__setitem__(Number(key), value);
    return true;
  },
});
Object.setPrototypeOf(StorageBase.prototype, indexer);

interface StorageKeywords {
  device?: DeviceLike | null;
}

class UntypedStorage extends StorageBase {
  constructor(size?: number | readonly number[], keywords?: Keywords<StorageKeywords>);
  constructor(keywords: Keywords<StorageKeywords>);
  /** @internal */
  constructor(bytes: Tensor, adopt: typeof ADOPT);
  constructor(...args: unknown[]) {
    super();
    bytesOf.set(this, args[1] === ADOPT ? (args[0] as Tensor) : newBytes(args));
  }

  /** Where the bytes are. */
  get device(): device {
    return storageBytes(this).device;
  }

  /** The number of bytes. */
  nbytes(): number {
    return native.storageInfo(handleOf(storageBytes(this)))[1];
  }

  size(): number {
    return this.nbytes();
  }

  element_size(): number {
    return 1;
  }

  /** The address of the first byte. */
  data_ptr(): bigint {
    return native.storageInfo(handleOf(storageBytes(this)))[0];
  }

  resizable(): boolean {
    return true;
  }

  /** One byte, or a storage with a copy of those of a slice. */
  __getitem__(index: number): number;
  __getitem__(index: Slice): UntypedStorage;
  __getitem__(index: number | Slice): number | UntypedStorage {
    if (this.device.type === "meta") throw new NotImplementedError("Not available for 'meta' device type");
    if (index instanceof Slice) return storageOf(storageBytes(this).index(index).clone());
    if (!isInt(index)) throw new TypeError(`can't index a torch.UntypedStorage with ${typeName(index)}`);
    return storageBytes(this)[wrapIndex(index, this.nbytes())].item();
  }

  __setitem__(index: number | Slice, value: number | boolean): void {
    const size = this.nbytes();
    if (typeof index === "number" && (index >= size || index < -size)) throw new RuntimeError("out of bounds");
    storageBytes(this).index_put_([index], value);
  }

  /** Sets all bytes. */
  fill_(value: number): this {
    storageBytes(this).fill_(value);
    return this;
  }

  /** Copies the bytes of another storage of the same size. */
  copy_(source: UntypedStorage | TypedStorage, non_blocking = false): this {
    const [self, src] = [storageBytes(this), storageBytes(source)];
    if (self.numel() !== src.numel()) {
      throw new RuntimeError(
        `size does not match, self was ${self.numel()} bytes but src was ${src.numel()} bytes`,
      );
    }
    self.copy_(src, non_blocking);
    return this;
  }

  /** A storage of its own memory with the same bytes. */
  clone(): UntypedStorage {
    return storageOf(storageBytes(this).clone());
  }

  __copy__(): UntypedStorage {
    return this.clone();
  }

  /** A copy, the same one for each storage of the same memory. */
  __deepcopy__(memo: Map<unknown, unknown>): UntypedStorage {
    if (!memo.has("torch")) memo.set("torch", new Map());
    const copies = memo.get("torch") as Map<bigint, UntypedStorage>;
    const key = this.data_ptr();
    const made = (key === 0n ? undefined : copies.get(key)) ?? this.clone();
    copies.set(key, made);
    return made;
  }

  /** An empty storage on the same device. */
  new(): UntypedStorage {
    return new UntypedStorage({ device: this.device });
  }

  /** Makes the storage larger, in place: all tensors over it keep their elements. Throws RuntimeError for fewer bytes. */
  resize_(size: number): this {
    const bytes = storageBytes(this);
    if (size < bytes.numel()) {
      throw new RuntimeError(`cannot make a storage of ${bytes.numel()} bytes smaller, to ${size} bytes`);
    }
    bytes.resize_([size]);
    return this;
  }

  /** The storage on the CPU: itself if it is there. */
  cpu(): UntypedStorage {
    return this.to({ device: "cpu" });
  }

  /** A copy on a CUDA device; itself if it is there. */
  cuda(device: DeviceLike | null = null, non_blocking = false): UntypedStorage {
    return this.to({ device: typeof device === "number" ? `cuda:${device}` : (device ?? "cuda"), non_blocking });
  }

  /** A copy on another device; itself if it is there. */
  to({ device, non_blocking = false }: { device: DeviceLike; non_blocking?: boolean }): UntypedStorage {
    const bytes = storageBytes(this);
    const moved = bytes.to({ device, non_blocking });
    return moved === bytes ? this : storageOf(moved);
  }

  is_pinned(device?: DeviceLike | null): boolean {
    return storageBytes(this).is_pinned(device);
  }

  /** A copy in memory that devices can read directly; itself if it is there. */
  pin_memory(device?: DeviceLike | null): UntypedStorage {
    const bytes = storageBytes(this);
    if (!bytes.is_cpu) throw new TypeError(`cannot pin '${this.type()}' only CPU memory can be pinned`);
    const pinned = bytes.pin_memory(device);
    return pinned === bytes ? this : storageOf(pinned);
  }

  type(): string {
    return "torch.storage.UntypedStorage";
  }

  untyped(): UntypedStorage {
    return this;
  }

  protected describe(): string {
    return `${this.type()}(device=${this.device})`;
  }
}

function newBytes(args: unknown[]): Tensor {
  const keywords = isPlainObject(args[args.length - 1]) ? (args.pop() as StorageKeywords) : {};
  const place = { dtype: dtypes.uint8, device: keywords.device ?? "cpu" };
  const [size = 0] = args as [number | readonly number[] | undefined];
  if (isInt(size)) return torch.empty(size as number, place);
  const name = "torch.UntypedStorage()";
  if (!Array.isArray(size)) throw new RuntimeError(`${name}: Expected a sequence type, but got ${typeName(size)}`);
  const wrong = size.find((item) => !isInt(item));
  if (wrong !== undefined) {
    throw new RuntimeError(
      `${name}: tried to construct a storage from a sequence (list), but one of the items was of type ${typeName(wrong)} instead of int`,
    );
  }
  return tensor(size.map((item) => item & 255), place);
}

/** @internal */
export function _warn_typed_storage_removal(): void {
  warn(
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()",
  );
}

interface TypedStorageKeywords extends StorageKeywords {
  dtype?: dtype | null;
  wrap_storage?: UntypedStorage | null;
  /** @internal Whether PyTorch itself makes it, and need not warn. */
  _internal?: boolean;
}

const ARGUMENTS = `TypedStorage.__init__ received an invalid combination of arguments. Expected one of:
 * (*, torch.device device, torch.dtype dtype)
 * (int size, *, torch.device device, torch.dtype dtype)
 * (Sequence data, *, torch.device device, torch.dtype dtype)
 * (*, UntypedStorage wrap_storage, torch.dtype dtype)`;

class TypedStorage extends StorageBase {
  /** The type of the elements. */
  readonly dtype: dtype;
  /** @internal */
  readonly _untyped_storage: UntypedStorage;

  constructor(size?: number | readonly number[], keywords?: Keywords<TypedStorageKeywords>);
  constructor(keywords: Keywords<TypedStorageKeywords>);
  constructor(...args: unknown[]) {
    super();
    const keywords = isPlainObject(args[args.length - 1]) ? (args.pop() as TypedStorageKeywords) : {};
    const { wrap_storage = null, device = null, dtype = null, _internal = false } = keywords;
    if (!_internal) _warn_typed_storage_removal();
    if (wrap_storage !== null) {
      if (args.length) {
        throw new RuntimeError(`${ARGUMENTS}\nNo positional arguments should be given when using 'wrap_storage'`);
      }
      if (dtype === null) throw new RuntimeError(`${ARGUMENTS}\nArgument 'dtype' must be specified`);
      if (device !== null) {
        throw new RuntimeError(`${ARGUMENTS}\nArgument 'device' should not be specified when 'wrap_storage' is given`);
      }
      if (!(wrap_storage instanceof UntypedStorage)) {
        throw new TypeError(
          `${ARGUMENTS}\nArgument 'wrap_storage' must be UntypedStorage, but got <class '${typeName(wrap_storage)}'>`,
        );
      }
      this.dtype = dtype;
      this._untyped_storage = wrap_storage;
      return;
    }
    if (args.length > 1) throw new RuntimeError(`${ARGUMENTS}\nToo many positional arguments`);
    this.dtype = dtype ?? get_default_dtype();
    const [data = 0] = args;
    const place = { dtype: this.dtype, device: toDevice(device ?? "cpu") };
    if (!isInt(data) && !Array.isArray(data)) {
      throw new TypeError(`${ARGUMENTS}\nArgument type not recognized: <class '${typeName(data)}'>`);
    }
    this._untyped_storage = storageOf(isInt(data) ? torch.empty(data as number, place) : tensor(data as number[], place));
  }

  get device(): device {
    return this._untyped_storage.device;
  }

  get filename(): null {
    return null;
  }

  /** The number of elements. */
  size(): number {
    return Math.floor(this._untyped_storage.nbytes() / this.dtype.itemsize);
  }

  /** The number of bytes. */
  nbytes(): number {
    return this._untyped_storage.nbytes();
  }

  element_size(): number {
    return this.dtype.itemsize;
  }

  /** The address of the first element. */
  data_ptr(): bigint {
    return this._untyped_storage.data_ptr();
  }

  resizable(): boolean {
    return true;
  }

  /** Makes room for more elements, in place. */
  resize_(size: number): void {
    this._untyped_storage.resize_(size * this.dtype.itemsize);
  }

  /** The bytes without a dtype. */
  untyped(): UntypedStorage {
    return this._untyped_storage;
  }

  __getitem__(index: number): number {
    if (this.device.type === "meta") throw new NotImplementedError("Not available for 'meta' device type");
    if ((index as unknown) instanceof Slice) {
      throw new RuntimeError("slices are only supported in UntypedStorage.__getitem__");
    }
    if (!isInt(index)) {
      throw new RuntimeError(
        `can't index a <class 'torch.storage.TypedStorage'> with <class '${typeName(index)}'>`,
      );
    }
    return this.elements()[wrapIndex(index, this.size())].item();
  }

  __setitem__(index: number | Slice, value: number | boolean): void {
    this.elements().index_put_([index], value);
  }

  /** Sets all elements. */
  fill_(value: number): this {
    this.elements().fill_(value);
    return this;
  }

  /** Copies the bytes of another storage of the same size. */
  copy_(source: UntypedStorage | TypedStorage, non_blocking = false): this {
    this._untyped_storage.copy_(source, non_blocking);
    return this;
  }

  clone(): TypedStorage {
    return this.wrapped(this._untyped_storage.clone());
  }

  __copy__(): TypedStorage {
    return this.clone();
  }

  __deepcopy__(memo: Map<unknown, unknown>): TypedStorage {
    return this.wrapped(this._untyped_storage.__deepcopy__(memo));
  }

  cpu(): TypedStorage {
    return this.wrapped(this._untyped_storage.cpu());
  }

  cuda(device: DeviceLike | null = null, non_blocking = false): TypedStorage {
    return this.wrapped(this._untyped_storage.cuda(device, non_blocking));
  }

  to(options: { device: DeviceLike; non_blocking?: boolean }): TypedStorage {
    return this.wrapped(this._untyped_storage.to(options));
  }

  is_pinned(device?: DeviceLike | null): boolean {
    return this._untyped_storage.is_pinned(device);
  }

  pin_memory(device?: DeviceLike | null): TypedStorage {
    return this.wrapped(this._untyped_storage.pin_memory(device));
  }

  /** The name of the old class for the dtype, such as "torch.FloatStorage". */
  type(): string {
    return `torch.${legacyNames.get(this.dtype) ?? "storage.TypedStorage"}`;
  }

  /** The name of the old class in files. */
  pickle_storage_type(): string {
    const name = legacyNames.get(this.dtype);
    if (!name) throw new KeyError(`dtype ${this.dtype} is not recognized`);
    return name;
  }

  protected describe(): string {
    return `torch.storage.TypedStorage(dtype=${this.dtype}, device=${this.device})`;
  }

  protected override elementTexts(): string[] {
    return this.tolist().map((value) => repr(this.dtype.is_floating_point ? float(value) : value));
  }

  private elements(): Tensor {
    return over(storageBytes(this), this.dtype);
  }

  private wrapped(untyped: UntypedStorage): TypedStorage {
    return new TypedStorage({ wrap_storage: untyped, dtype: this.dtype, _internal: true });
  }
}

const legacyNames = new Map<dtype, string>([
  [dtypes.float64, "DoubleStorage"],
  [dtypes.float32, "FloatStorage"],
  [dtypes.float16, "HalfStorage"],
  [dtypes.int64, "LongStorage"],
  [dtypes.int32, "IntStorage"],
  [dtypes.int16, "ShortStorage"],
  [dtypes.int8, "CharStorage"],
  [dtypes.uint8, "ByteStorage"],
  [dtypes.bool, "BoolStorage"],
  [dtypes.bfloat16, "BFloat16Storage"],
  [dtypes.complex128, "ComplexDoubleStorage"],
  [dtypes.complex64, "ComplexFloatStorage"],
]);

/** @internal The typed storage of a tensor, without the warning. */
export function typedStorageOf(source: Tensor): TypedStorage {
  return new TypedStorage({ wrap_storage: storageOf(source), dtype: source.dtype, _internal: true });
}

/** A class of the storages of one dtype on the CPU: it makes them, and `instanceof` tests for them. */
export interface LegacyStorage {
  new (size?: number | readonly number[]): TypedStorage;
  new (keywords: Keywords<{ wrap_storage: UntypedStorage }>): TypedStorage;
  (size?: number | readonly number[]): TypedStorage;
  (keywords: Keywords<{ wrap_storage: UntypedStorage }>): TypedStorage;
  readonly dtype: dtype;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** @internal The old class of storages of a dtype. */
export const legacyStorages = new Map<dtype, LegacyStorage>();

function legacyStorage(type: dtype): LegacyStorage {
  const name = legacyNames.get(type) as string;
  const expected = `<class 'torch.${name}'>.__new__ received an invalid combination of arguments. Expected one of:
 * no arguments
 * (int size)
 * (Sequence data)
 * (*, UntypedStorage wrap_storage)`;
  const named = {
    [name]: function (this: unknown, ...args: unknown[]) {
      const last = args[args.length - 1];
      const keywords = isPlainObject(last) ? last : {};
      const positional = last === keywords ? args.slice(0, -1) : args;
      for (const keyword of ["device", "dtype"]) {
        if (keywords[keyword] === undefined || keywords[keyword] === null) continue;
        throw new RuntimeError(`${expected}\nKeyword argument '${keyword}' cannot be specified`);
      }
      if (positional.length > 1) throw new RuntimeError(`${expected}\nToo many positional arguments`);
      const [data] = positional;
      if (data !== undefined && !isInt(data) && !Array.isArray(data)) {
        throw new TypeError(`${expected}\nArgument type not recognized: <class '${typeName(data)}'>`);
      }
      return new TypedStorage(...(positional as [number]), { ...keywords, dtype: type });
    },
  };
  const made = named[name] as unknown as LegacyStorage;
  Object.defineProperties(made, {
    dtype: { value: type },
    [Symbol.hasInstance]: {
      value: (value: unknown) => value instanceof TypedStorage && value.dtype === type && value.device.type === "cpu",
    },
    toString: { value: () => `<class 'torch.${name}'>` },
    [inspect.custom]: { value: () => `<class 'torch.${name}'>` },
  });
  legacyStorages.set(type, made);
  return made;
}

export const DoubleStorage = legacyStorage(dtypes.float64);
export type DoubleStorage = TypedStorage;
export const FloatStorage = legacyStorage(dtypes.float32);
export type FloatStorage = TypedStorage;
export const HalfStorage = legacyStorage(dtypes.float16);
export type HalfStorage = TypedStorage;
export const LongStorage = legacyStorage(dtypes.int64);
export type LongStorage = TypedStorage;
export const IntStorage = legacyStorage(dtypes.int32);
export type IntStorage = TypedStorage;
export const ShortStorage = legacyStorage(dtypes.int16);
export type ShortStorage = TypedStorage;
export const CharStorage = legacyStorage(dtypes.int8);
export type CharStorage = TypedStorage;
export const ByteStorage = legacyStorage(dtypes.uint8);
export type ByteStorage = TypedStorage;
export const BoolStorage = legacyStorage(dtypes.bool);
export type BoolStorage = TypedStorage;
export const BFloat16Storage = legacyStorage(dtypes.bfloat16);
export type BFloat16Storage = TypedStorage;
export const ComplexDoubleStorage = legacyStorage(dtypes.complex128);
export type ComplexDoubleStorage = TypedStorage;
export const ComplexFloatStorage = legacyStorage(dtypes.complex64);
export type ComplexFloatStorage = TypedStorage;

/**
 * The memory of tensors, as bytes: `x.untyped_storage()`, `torch.UntypedStorage(size)`, `torch.UntypedStorage([1, 2])`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/storage.html#torch.UntypedStorage}
 */
const UntypedStorageClass = callable(UntypedStorage);
type UntypedStorageClass = UntypedStorage;

/**
 * The memory of tensors, as elements of a dtype. Deprecated by PyTorch for UntypedStorage.
 *
 * {@link https://docs.pytorch.org/docs/2.15/storage.html#torch.TypedStorage}
 */
const TypedStorageClass = callable(TypedStorage);
type TypedStorageClass = TypedStorage;

export { TypedStorageClass as TypedStorage, UntypedStorageClass as UntypedStorage };
