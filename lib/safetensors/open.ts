// Opens safetensors files: tensors are parts of the mapped file, and are read when they are used.

import { fileURLToPath } from "node:url";
import type { Tensor } from "../_tensor.js";
import * as dtypes from "../dtype.js";
import { getKey, type Index, isKey } from "../indexing.js";
import { FileSource, openFile, type Source } from "../serialization/source.js";
import { readBytes, StoredBytes, sliceBytes, viewOf } from "../serialization/storages.js";
import { dictOf } from "../serialization/values.js";
import type { DeviceLike } from "../types.js";
import { dtypeOf, type Header, readHeader, SafetensorError, type TensorInfo } from "./header.js";

/** How bytes become storages. */
export type Storing = (info: TensorInfo) => Tensor;

/** Storages of their own memory, filled from a source. */
export function reading(source: Source): Storing {
  return ({ offset, nbytes }) => readBytes(source, offset, nbytes);
}

/** The tensor of a header's entry. */
export function tensorOf(info: TensorInfo, store: Storing): Tensor {
  const type = dtypeOf(info.type);
  const shape = [...info.shape];
  // Two elements of F4 are one of PyTorch's.
  if (type === dtypes.float4_e2m1fn_x2) {
    if (shape.length === 0 || shape[shape.length - 1] % 2 === 1) {
      throw new SafetensorError(`the last dimension of ${info.name} is odd: PyTorch has two elements of F4 in a byte`);
    }
    shape[shape.length - 1] /= 2;
  }
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    stride[i] = step;
    step *= Math.max(shape[i], 1);
  }
  return viewOf(new StoredBytes(store(info), type, info.nbytes), type, 0, shape, stride);
}

export type Backend = "mmap" | "pread";

function openAsPython(path: string): Source {
  try {
    return openFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw Object.assign(new Error(`No such file or directory: ${path}`), {
      code: "ENOENT",
      path,
      name: "FileNotFoundError",
    });
  }
}

/** An open file: what `safe_open()` returns. */
export class SafeOpen {
  readonly #byName: Map<string, TensorInfo>;
  readonly #header: Header;
  readonly #device: DeviceLike;
  #store: Storing | null;
  #source: Source | null = null;

  /** @internal */
  constructor(filename: string | URL, framework: string, device: DeviceLike, backend: Backend) {
    if (framework !== "pt" && framework !== "torch") throw new SafetensorError(`framework ${framework} is invalid`);
    if (backend !== "mmap" && backend !== "pread") throw new SafetensorError(`backend ${backend} is invalid`);
    const path = filename instanceof URL ? fileURLToPath(filename) : filename;
    const source = openAsPython(path);
    try {
      this.#header = readHeader(source);
      if (backend === "mmap" && source instanceof FileSource) {
        const mapped = source.map(false);
        this.#store = ({ offset, nbytes }) => sliceBytes(mapped, offset, nbytes);
        source.close();
      } else {
        this.#store = reading(source);
        this.#source = source;
      }
    } catch (error) {
      source.close();
      throw error;
    }
    this.#device = device;
    this.#byName = new Map(this.#header.tensors.map((info) => [info.name, info]));
  }

  #opened(): Storing {
    if (this.#store === null) throw new SafetensorError("File is closed");
    return this.#store;
  }

  /** The names of the tensors, sorted. */
  keys(): string[] {
    this.#opened();
    return [...this.#byName.keys()].sort();
  }

  /** The names of the tensors, in the order of their bytes. */
  offset_keys(): string[] {
    this.#opened();
    return [...this.#byName.keys()];
  }

  /** The texts that were saved along, or null. */
  metadata(): Record<string, string> | null {
    this.#opened();
    return this.#header.metadata === null ? null : { ...this.#header.metadata };
  }

  /** @internal Whether the file has a tensor of this name. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  #info(name: string): TensorInfo {
    const found = this.#byName.get(name);
    if (!found) throw new SafetensorError(`File does not contain tensor ${name}`);
    return found;
  }

  /** One tensor. Throws SafetensorError for a name that the file has not. */
  get_tensor(name: string): Tensor {
    const made = tensorOf(this.#info(name), this.#opened());
    return this.#device === "cpu" ? made : made.to({ device: this.#device });
  }

  /** All tensors by their names. */
  // biome-ignore lint/suspicious/noExplicitAny: a plain object, or a Map for names that JavaScript would reorder
  get_tensors(): Record<string, any> {
    const names = this.offset_keys();
    return dictOf(new Map(names.map((name) => [name, this.get_tensor(name)]))) as Record<string, Tensor>;
  }

  /** A tensor of which parts can be taken: `get_slice("embedding")[":, 0:8"]` reads these alone. */
  get_slice(name: string): SafeSlice {
    const info = this.#info(name);
    return new SafeSlice(info, tensorOf(info, this.#opened()), this.#device);
  }

  /** Closes the file; tensors that were taken stay valid. */
  dispose(): void {
    this.#store = null;
    this.#source?.close();
    this.#source = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A tensor of a file of which parts can be taken. */
export class SafeSlice {
  readonly #info: TensorInfo;
  readonly #tensor: Tensor;
  readonly #device: DeviceLike;

  [index: number]: Tensor;
  [index: `${string}:${string}`]: Tensor;
  [index: `...${string}`]: Tensor;
  [index: `${number},${string}`]: Tensor;

  /** @internal */
  constructor(info: TensorInfo, tensor: Tensor, device: DeviceLike) {
    this.#info = info;
    this.#tensor = tensor;
    this.#device = device;
  }

  get_shape(): number[] {
    return [...this.#info.shape];
  }

  /** The format's name of the dtype: "F32". */
  get_dtype(): string {
    return this.#info.type;
  }

  /** A part, by what `Tensor.index()` takes. */
  index(...parts: Index[]): Tensor {
    return this.#tensor.index(...parts).to({ device: this.#device });
  }

  /** A part, by the text between Python's brackets. */
  __getitem__(key: string): Tensor {
    return getKey(this.#tensor, key).to({ device: this.#device });
  }
}

const indexer = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    return typeof key === "string" && isKey(key) ? receiver.__getitem__(key) : Reflect.get(target, key, receiver);
  },
});
Object.setPrototypeOf(SafeSlice.prototype, indexer);
