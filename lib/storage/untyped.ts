// class UntypedStorage of torch/storage.py

import type { Tensor } from "../_tensor.js";
import { takeKeywords } from "../arguments/class.js";
import { def, isPlainObject } from "../arguments/function.js";
import { native } from "../binding.js";
import { callable } from "../callable.js";
import * as dtypes from "../dtype.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { method } from "../operator.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";
import { Slice } from "../python/slice.js";
import { handleOf } from "../tensor_base.js";
import { tensor } from "../tensor_new.js";
import type { DeviceLike, device, dtype, Keywords } from "../types.js";
import { StorageBase, wrapIndex } from "./base.js";
import { elementsOf, fileBytes, fileOf, isOfFile, noteFile } from "./sources.js";
import type { TypedStorage } from "./typed.js";

const setToStorage = method("set_", [
  [
    "set_(Tensor source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)",
    "aten::set_.source_Tensor_storage_offset",
  ],
]);

/** @internal A tensor over all elements of a storage; `bytes` is any tensor of that storage. */
export function over(bytes: Tensor, type: dtype): Tensor {
  const [, nbytes] = native.storageInfo(handleOf(bytes));
  const result = torch.empty(0, { dtype: type, device: bytes.device });
  return setToStorage.call(result, bytes, 0, [Math.floor(nbytes / type.itemsize)], [1]) as Tensor;
}

const bytesOf = new WeakMap<UntypedStorage, Tensor>();

/** @internal The storage's bytes, as a tensor that shares them. */
export function storageBytes(storage: UntypedStorage | TypedStorage): Tensor {
  const untyped = "_untyped_storage" in storage ? storage._untyped_storage : storage;
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

const fileArguments = def(
  "from_file",
  ["filename", "shared", "nbytes"],
  (filename: string, shared = false, _nbytes = 0): [string, boolean] => [filename, shared],
);

const ADOPT = Symbol("adopt");

/** What storages take by keyword. */
export interface StorageKeywords {
  device?: DeviceLike | null;
}

class UntypedStorage extends StorageBase {
  /** @internal */
  constructor(bytes: Tensor, adopt: typeof ADOPT);
  constructor(size?: number | readonly number[] | Keywords<StorageKeywords>, keywords?: Keywords<StorageKeywords>);
  constructor(...args: unknown[]) {
    super();
    bytesOf.set(this, args[1] === ADOPT ? (args[0] as Tensor) : newBytes(args));
  }

  /**
   * A copy of bytes that are elements of a dtype, in the order "big", "little" or "native".
   *
   * Throws ValueError for an offset or a count beyond the bytes.
   */
  static from_buffer = (...args: Parameters<typeof elementsOf>): UntypedStorage => storageOf(elementsOf(...args));

  /**
   * The first `nbytes` bytes of a file, mapped into memory. With `shared` changes are written to the file, which is made
   * or grows where it needs to.
   *
   * Throws RuntimeError for a file that cannot be read, or is too small.
   *
   * {@link https://docs.pytorch.org/docs/2.15/storage.html#torch.UntypedStorage.from_file}
   */
  static from_file = (...args: Parameters<typeof fileBytes>): UntypedStorage => {
    const storage = storageOf(fileBytes(...args));
    const [filename, shared] = fileArguments(...args);
    if (storage.nbytes() > 0) noteFile(storage, shared ? filename : null);
    return storage;
  };

  /** The file that changes are written to; null where there is none. */
  get filename(): string | null {
    return fileOf(this);
  }

  /** Whether a storage is that of a sparse tensor in CSR: none is. */
  get is_sparse_csr(): boolean {
    return false;
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
    return !isOfFile(this);
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

  /** Turns round the bytes of each element of a dtype, or of each part of a complex one, in place. */
  byteswap(dtype: dtype): void {
    const size = dtype.is_complex ? dtype.itemsize / 2 : dtype.itemsize;
    const bytes = storageBytes(this);
    const count = Math.floor(bytes.numel() / size);
    const numbers = bytes.narrow(0, 0, count * size).view(-1, size);
    numbers.copy_(numbers.flip(1));
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
      throw new RuntimeError(`size does not match, self was ${self.numel()} bytes but src was ${src.numel()} bytes`);
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
    if (isOfFile(this)) throw new RuntimeError("Trying to resize storage that is not resizable");
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
  to(keywords: { device: DeviceLike; non_blocking?: boolean }): UntypedStorage;
  to(device: unknown = null, non_blocking = false): UntypedStorage {
    const bytes = storageBytes(this);
    const moved = bytes.to({ device: device as DeviceLike, non_blocking });
    return moved === bytes ? this : storageOf(moved);
  }

  is_pinned(device: DeviceLike | null = null): boolean {
    return storageBytes(this).is_pinned(device);
  }

  /** A copy in memory that devices can read directly; itself if it is there. */
  pin_memory(device: DeviceLike | null = null): UntypedStorage {
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

takeKeywords("_StorageBase", UntypedStorage.prototype, {
  size: [],
  byteswap: ["dtype"],
  clone: [],
  cpu: [],
  cuda: ["device", "non_blocking"],
  to: ["*", "device", "non_blocking"],
  is_pinned: ["device"],
  pin_memory: ["device"],
  type: ["dtype", "non_blocking"],
  untyped: [],
});

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
  return tensor(
    size.map((item) => item & 255),
    place,
  );
}

/**
 * The memory of tensors, as bytes: `x.untyped_storage()`, `torch.UntypedStorage(size)`, `torch.UntypedStorage([1, 2])`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/storage.html#torch.UntypedStorage}
 */
const UntypedStorageClass = callable(UntypedStorage);
type UntypedStorageClass = UntypedStorage;

export { UntypedStorageClass as UntypedStorage };
