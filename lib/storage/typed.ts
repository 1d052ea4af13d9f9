// class TypedStorage of torch/storage.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { isPlainObject } from "../arguments/function.js";
import { callable } from "../callable.js";
import { toDevice } from "../device.js";
import * as dtypes from "../dtype.js";
import { KeyError, NotImplementedError, RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { warn } from "../nn/functional/warn.js";
import { isInt } from "../python/float.js";
import { float } from "../python/numbers.js";
import { typeName } from "../python/objects.js";
import { repr } from "../python/repr.js";
import { Slice } from "../python/slice.js";
import { get_default_dtype, tensor } from "../tensor_new.js";
import type { DeviceLike, device, dtype, Keywords } from "../types.js";
import { StorageBase, wrapIndex } from "./base.js";
import { over, type StorageKeywords, storageBytes, storageOf, UntypedStorage } from "./untyped.js";

/** @internal The names of the old classes. */
export const legacyNames = new Map<dtype, string>([
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
  [dtypes.quint8, "QUInt8Storage"],
  [dtypes.qint8, "QInt8Storage"],
  [dtypes.qint32, "QInt32Storage"],
  [dtypes.quint4x2, "QUInt4x2Storage"],
  [dtypes.quint2x4, "QUInt2x4Storage"],
]);

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

  constructor(
    size?: number | readonly number[] | Keywords<TypedStorageKeywords>,
    keywords?: Keywords<TypedStorageKeywords>,
  );
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
    this._untyped_storage = storageOf(
      isInt(data) ? torch.empty(data as number, place) : tensor(data as number[], place),
    );
  }

  /** A copy of bytes as elements of a dtype, the default one for none: UntypedStorage.from_buffer(). */
  static from_buffer = (...args: unknown[]): TypedStorage => {
    _warn_typed_storage_removal();
    const keywords = isPlainObject(args.at(-1)) ? (args.pop() as Record<string, unknown>) : {};
    const { device = null, dtype: given = null, ...others } = keywords;
    const type = (given ?? get_default_dtype()) as dtype;
    const place = toDevice((device ?? "cpu") as DeviceLike);
    if (place.type !== "cpu") {
      throw new RuntimeError(`TypedStorage.from_buffer: Not available for device ${place.type}`);
    }
    const bytes = UntypedStorage.from_buffer(...(args as [never]), { ...others, dtype: type } as never);
    return new TypedStorage({ wrap_storage: bytes, dtype: type, _internal: true });
  };

  /** Throws RuntimeError: the classes of a dtype have it, torch.FloatStorage.from_file(). */
  static from_file = (..._args: unknown[]): TypedStorage => {
    _warn_typed_storage_removal();
    throw new RuntimeError("from_file can only be called on derived classes");
  };

  get device(): device {
    return this._untyped_storage.device;
  }

  /** The file that changes are written to; null where there is none. */
  get filename(): string | null {
    return this._untyped_storage.filename;
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
    return this._untyped_storage.resizable();
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
      throw new RuntimeError(`can't index a <class 'torch.storage.TypedStorage'> with <class '${typeName(index)}'>`);
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

  to(keywords: { device: DeviceLike; non_blocking?: boolean }): TypedStorage;
  to(device: unknown = null, non_blocking = false): TypedStorage {
    return this.wrapped(this._untyped_storage.to({ device: device as DeviceLike, non_blocking }));
  }

  is_pinned(device: DeviceLike | null = null): boolean {
    return this._untyped_storage.is_pinned(device);
  }

  pin_memory(device: DeviceLike | null = null): TypedStorage {
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

takeKeywords("TypedStorage", TypedStorage.prototype, {
  clone: [],
  copy_: ["source", "non_blocking"],
  cpu: [],
  cuda: ["device", "non_blocking"],
  data_ptr: [],
  element_size: [],
  nbytes: [],
  pickle_storage_type: [],
  resizable: [],
  resize_: ["size"],
  size: [],
  type: ["dtype", "non_blocking"],
  untyped: [],
  to: ["*", "device", "non_blocking"],
  is_pinned: ["device"],
  pin_memory: ["device"],
  fill_: ["value"],
  get_device: [],
  tolist: [],
  is_shared: [],
  share_memory_: [],
});

/** @internal The typed storage of a tensor, without the warning. */
export function typedStorageOf(source: Tensor): TypedStorage {
  return new TypedStorage({ wrap_storage: storageOf(source), dtype: source.dtype, _internal: true });
}

/**
 * The memory of tensors, as elements of a dtype. Deprecated by PyTorch for UntypedStorage.
 *
 * {@link https://docs.pytorch.org/docs/2.15/storage.html#torch.TypedStorage}
 */
const TypedStorageClass = callable(TypedStorage);
type TypedStorageClass = TypedStorage;

export { TypedStorageClass as TypedStorage };
