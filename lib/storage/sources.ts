// Storages of bytes and of files: torch/csrc/StorageMethods.cpp

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import * as dtypes from "../dtype.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { typeName } from "../python/objects.js";
import { tensor } from "../tensor_new.js";
import type { dtype } from "../types.js";

/** What a storage can be made of. */
export type Bytes = ArrayBuffer | ArrayBufferView;

function bytesOf(buffer: unknown): Uint8Array {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  throw new TypeError(`a bytes-like object is required, not '${typeName(buffer)}'`);
}

const orders = ["big", "little", "native"];

/** @internal A copy of bytes as elements of a dtype, which `byte_order` tells how to read: a uint8 tensor. */
export const elementsOf = def(
  "from_buffer",
  ["buffer", "byte_order", "count", "offset", "dtype"],
  (buffer: Bytes, byte_order: string | null = null, count = -1, offset = 0, type: dtype | null = null): Tensor => {
    if (type === null) throw new RuntimeError("argument 'dtype' cannot be None");
    if (byte_order === null && type.itemsize > 1) {
      throw new RuntimeError("function missing required argument 'byte_order' (pos 2)");
    }
    if (byte_order !== null && !orders.includes(byte_order)) {
      throw new ValueError(`invalid byte_order '${byte_order}' (expected 'big', 'little', or 'native')`);
    }
    const bytes = bytesOf(buffer);
    const { length } = bytes;
    const size = type.itemsize;
    if (offset < 0 || offset > length) {
      throw new ValueError(
        `offset must be non-negative and no greater than buffer length (${offset}) , but got ${length}`,
      );
    }
    if (count < 0 && (length - offset) % size !== 0) {
      throw new ValueError(`buffer size (${length}) must be a multiple of element size (${size})`);
    }
    if (count >= 0 && offset + count * size > length) {
      throw new ValueError(
        `buffer has only ${length - offset} elements after offset ${offset}, but specified a size of ${count}`,
      );
    }
    if (/^q/.test(type.name)) throw new RuntimeError(`Unknown type: ${type.scalarType}`);
    const end = count < 0 ? length : offset + count * size;
    const copied = bytes.slice(offset, end);
    if (type === dtypes.bool) for (const [i, byte] of copied.entries()) copied[i] = byte === 0 ? 0 : 1;
    const part = type.is_complex ? size / 2 : size;
    if (byte_order === "big") for (let i = 0; i < copied.length; i += part) copied.subarray(i, i + part).reverse();
    return tensor(copied, { dtype: dtypes.uint8 });
  },
);

/** @internal The bytes of a file, mapped into memory: written through to the file where `shared` is true. */
export const fileBytes = def(
  "from_file",
  ["filename", "shared", "nbytes"],
  (filename: string, shared = false, nbytes = 0): Tensor => {
    if (typeof filename !== "string") throw new TypeError(`argument 1 must be str, not ${typeName(filename)}`);
    if (nbytes < 0)
      throw new RuntimeError(`unable to mmap ${nbytes} bytes from file <${filename}>: Cannot allocate memory (12)`);
    if (nbytes === 0) return torch.empty(0, { dtype: dtypes.uint8 });
    return torch.from_file(filename, { shared, size: nbytes, dtype: dtypes.uint8 });
  },
);

const files = new WeakMap<object, string | null>();

/** @internal Notes that a storage is a file's; its name where changes are written to the file. */
export function noteFile(storage: object, filename: string | null): void {
  files.set(storage, filename);
}

/** @internal The file that a storage's changes are written to; null for none. */
export const fileOf = (storage: object): string | null => files.get(storage) ?? null;

/** @internal Whether a storage is a file's, and so cannot grow. */
export const isOfFile = (storage: object): boolean => files.has(storage);
