// numpy's files, .npy and .npz, under numpy's names: tensors in and out.

import { fileURLToPath } from "node:url";
import type { Tensor } from "./_tensor.js";
import { isPlainObject } from "./arguments/function.js";
import { EOFError, ValueError } from "./errors.js";
import { readArray, writeArray } from "./numpy/format.js";
import { readNpz, writeNpz } from "./numpy/npz.js";
import { type Writable, writeFile, writeParts } from "./serialization/sink.js";
import { MemorySource, openFile } from "./serialization/source.js";
import { dictOf } from "./serialization/values.js";
import { as_tensor, type TensorData } from "./tensor_new.js";

/** Where arrays are written: a path (numpy's ending is added where it is missing), a file: URL, or what has `write`. */
export type Target = string | URL | Writable;

const toPath = (file: string | URL) => (file instanceof URL ? fileURLToPath(file) : file);

/**
 * The tensor of a .npy file, or the tensors of an .npz file by their names; `file` is a path, a file: URL or bytes.
 *
 * Throws ValueError for a file that is damaged, or that holds other things than numbers; a missing one is an error with
 * the code ENOENT.
 *
 * {@link https://numpy.org/doc/stable/reference/generated/numpy.load.html}
 */
// biome-ignore lint/suspicious/noExplicitAny: a tensor or an object of tensors, as the file has it
export function load(file: string | URL | Uint8Array): any {
  const source = file instanceof Uint8Array ? new MemorySource(file) : openFile(toPath(file));
  try {
    if (source.size === 0) throw new EOFError("No data left in file");
    const start = source.read(0, Math.min(4, source.size)).toString("latin1");
    if (start === "PK\x03\x04" || start === "PK\x05\x06") return dictOf(readNpz(source));
    return readArray(source);
  } finally {
    source.close();
  }
}

function write(file: Target, ending: string, parts: Iterable<Uint8Array>): void {
  if (typeof file === "string" || file instanceof URL) {
    const path = toPath(file);
    writeFile(path.endsWith(ending) ? path : path + ending, parts);
  } else if (typeof file?.write === "function") writeParts(file, parts);
  else throw new TypeError("file must be a path or have a 'write' method");
}

/**
 * Writes a tensor, or data of which one can be made, to a .npy file.
 *
 * {@link https://numpy.org/doc/stable/reference/generated/numpy.save.html}
 */
export function save(file: Target, arr: Tensor | TensorData): void {
  const x = as_tensor(arr);
  write(file, ".npy", writeArray(x));
}

type Arrays = Record<string, Tensor | TensorData>;
type SavezArguments = (Tensor | TensorData | Arrays)[];

/** Arrays by position are called arr_0, arr_1 and so on; those of a last plain object have its keys as names. */
function named(args: SavezArguments): Map<string, Tensor> {
  const last = args[args.length - 1];
  const keywords = isPlainObject(last) ? (last as Arrays) : {};
  const positional = (last === keywords ? args.slice(0, -1) : args) as TensorData[];
  const result = new Map(Object.entries(keywords).map(([name, value]) => [name, as_tensor(value)]));
  positional.forEach((value, i) => {
    const name = `arr_${i}`;
    if (result.has(name)) throw new ValueError(`Cannot use un-named variables and keyword ${name}`);
    result.set(name, as_tensor(value));
  });
  return result;
}

/**
 * Writes several tensors to an .npz file: `savez("data.npz", { x, y })`.
 *
 * {@link https://numpy.org/doc/stable/reference/generated/numpy.savez.html}
 */
export function savez(file: Target, ...args: SavezArguments): void {
  const arrays = named(args);
  write(file, ".npz", writeNpz(arrays, false));
}

/**
 * `savez()` with compression.
 *
 * {@link https://numpy.org/doc/stable/reference/generated/numpy.savez_compressed.html}
 */
export function savez_compressed(file: Target, ...args: SavezArguments): void {
  const arrays = named(args);
  write(file, ".npz", writeNpz(arrays, true));
}
