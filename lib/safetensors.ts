// safetensors/torch.py, and safe_open of the safetensors package

import { fileURLToPath } from "node:url";
import type { Tensor } from "./_tensor.js";
import { binder, def } from "./arguments/function.js";
import { RuntimeError, ValueError } from "./errors.js";
import { strided } from "./layout.js";
import type { Module } from "./nn/modules/module.js";
import { readHeader } from "./safetensors/header.js";
import { type Backend, reading, SafeOpen, tensorOf } from "./safetensors/open.js";
import { entriesOf, prepare, type Tensors } from "./safetensors/save.js";
import { duplicateNames } from "./safetensors/shared.js";
import { writeFile } from "./serialization/sink.js";
import { MemorySource } from "./serialization/source.js";
import { dictOf } from "./serialization/values.js";
import type { DeviceLike, Keywords } from "./types.js";

export { SafetensorError } from "./safetensors/header.js";
export type { Backend, SafeOpen, SafeSlice } from "./safetensors/open.js";
export type { Tensors } from "./safetensors/save.js";
export { load_sharded, save_sharded } from "./safetensors/sharded.js";

type Metadata = Record<string, string> | null;

const toPath = (filename: string | URL) => (filename instanceof URL ? fileURLToPath(filename) : filename);

/**
 * Opens a file, whose tensors are read when they are used: `using f = safe_open("model.safetensors", "pt")`, or
 * `safe_open("model.safetensors", "pt", (f) => ...)`.
 *
 * The file is mapped, and must not be shortened as long as a tensor of it lives; with `backend: "pread"` tensors are
 * copied instead.
 *
 * Throws SafetensorError for a file that is not valid; a missing one is an error with the code ENOENT.
 *
 * {@link https://huggingface.co/docs/safetensors/api/torch}
 */
export function safe_open(
  filename: string | URL,
  framework: "pt" | "torch",
  keywords?: Keywords<{ device?: DeviceLike; backend?: Backend }>,
): SafeOpen;
export function safe_open(
  filename: string | URL,
  keywords: Keywords<{ framework: "pt" | "torch"; device?: DeviceLike; backend?: Backend }>,
): SafeOpen;
export function safe_open<T>(filename: string | URL, framework: "pt" | "torch", body: (file: SafeOpen) => T): T;
export function safe_open(...args: unknown[]): unknown {
  const last = args[args.length - 1];
  const body = typeof last === "function" ? (args.pop() as (file: SafeOpen) => unknown) : null;
  const [filename, framework, device = "cpu", backend = "mmap"] = bindOpen(args);
  const file = new SafeOpen(filename as string, framework as string, device as DeviceLike, backend as Backend);
  if (body === null) return file;
  try {
    return body(file);
  } finally {
    file.dispose();
  }
}

const bindOpen = binder("safe_open", ["filename", "framework", "device", "*", "backend"], 2);

/** The tensors of a file by their names: parts of the mapped file, which are read when they are used. */
export const load_file = def(
  "load_file",
  ["filename", "device", "*", "backend"],
  function load_file(
    filename: string | URL,
    device: DeviceLike = "cpu",
    backend: Backend = "mmap",
    // biome-ignore lint/suspicious/noExplicitAny: a plain object, or a Map for names that JavaScript would reorder
  ): Record<string, any> {
    using file = new SafeOpen(filename, "pt", device, backend);
    return file.get_tensors();
  },
);

/** The tensors of a file's bytes by their names, copied. */
// biome-ignore lint/suspicious/noExplicitAny: see load_file
export function load(data: Uint8Array): Record<string, any> {
  const source = new MemorySource(data);
  const store = reading(source);
  const tensors = readHeader(source).tensors.map((info) => [info.name, tensorOf(info, store)] as const);
  return dictOf(new Map(tensors)) as Record<string, Tensor>;
}

/**
 * Writes tensors to a file, which appears when it is complete.
 *
 * Throws ValueError for sparse tensors and for those that are not contiguous, RuntimeError for tensors that share memory
 * (see `save_model()`), KeyError for a dtype that the format has not.
 */
export const save_file = bindDict("save_file", ["tensors", "filename", "metadata"], 2, saveFile) as {
  (tensors: Tensors, filename: string | URL, metadata?: Metadata): void;
  (tensors: Tensors, filename: string | URL, keywords: Keywords<{ metadata?: Metadata }>): void;
};

function saveFile(tensors: Tensors, filename: string | URL, metadata: Metadata = null): void {
  writeFile(toPath(filename), prepare(tensors, metadata).parts);
}

/** The bytes of a file with these tensors; see `save_file()`. */
export const save = bindDict("save", ["tensors", "metadata"], 1, saveBytes) as {
  (tensors: Tensors, metadata?: Metadata): Buffer;
  (tensors: Tensors, keywords: Keywords<{ metadata?: Metadata }>): Buffer;
};

function saveBytes(tensors: Tensors, metadata: Metadata = null): Buffer {
  const { size, parts } = prepare(tensors, metadata);
  const result = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Lets the tensors, or last the metadata, be a plain object without being taken for keyword arguments. */
function bindDict<A extends unknown[], R>(
  name: string,
  parameters: readonly string[],
  required: number,
  body: (...args: A) => R,
): (...args: unknown[]) => R {
  const bind = binder(name, parameters, required, parameters.length - 1);
  const bindTensors = binder(name, parameters, required, 0);
  return (...args) => body(...((args.length === 1 ? bindTensors : bind)(args) as A));
}

type NamesLeft = [missing: string[], unexpected: string[]];

function dense(state: Record<string, Tensor>): [string, Tensor][] {
  return entriesOf(state).filter(([, tensor]) => tensor.layout === strided);
}

/**
 * Writes a model's state dict; of tensors that share memory only one is written, and the others are noted in the
 * metadata.
 */
export const save_model = def(
  "save_model",
  ["model", "filename", "metadata", "force_contiguous"],
  function save_model(model: Module, filename: string | URL, metadata: Metadata = null, force_contiguous = true): void {
    const state = new Map(entriesOf(model.state_dict()));
    const texts: Record<string, string> = { ...metadata };
    for (const [kept, others] of duplicateNames([...state])) {
      for (const other of others) {
        texts[other] ??= kept;
        state.delete(other);
      }
    }
    if (force_contiguous) for (const [name, tensor] of state) state.set(name, tensor.contiguous());
    try {
      saveFile(state, filename, Object.keys(texts).length || metadata ? texts : null);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new ValueError(
        `${error.message} Or use save_model(..., force_contiguous=True), read the docs for potential caveats.`,
      );
    }
  },
);

/**
 * Loads a file into a model, as `save_model()` wrote it; returns the names that the file has not, and those that the
 * model has not.
 *
 * Throws RuntimeError for such names, unless `strict` is false.
 */
export const load_model = def(
  "load_model",
  ["model", "filename", "strict", "device", "*", "backend"],
  function load_model(
    model: Module,
    filename: string | URL,
    strict = true,
    device: DeviceLike = "cpu",
    backend: Backend = "mmap",
  ): NamesLeft {
    const state = load_file(filename, { device, backend });
    const names = state instanceof Map ? [...state.keys()] : Object.keys(state);
    const removed = duplicateNames(dense(model.state_dict()), names);
    const { missing_keys, unexpected_keys } = model.load_state_dict(state, { strict: false });
    const missing = new Set(missing_keys);
    const unexpected = [...unexpected_keys];
    for (const other of [...removed.values()].flat()) if (!missing.delete(other)) unexpected.push(other);
    if (strict && (missing.size || unexpected.length)) {
      const list = (keys: Iterable<string>) =>
        [...keys]
          .sort()
          .map((key) => `"${key}"`)
          .join(", ");
      let text = `Error(s) in loading state_dict for ${model.constructor.name}:`;
      if (missing.size) text += `\n    Missing key(s) in state_dict: ${list(missing)}`;
      if (unexpected.length) text += `\n    Unexpected key(s) in state_dict: ${list(unexpected)}`;
      throw new RuntimeError(text);
    }
    return [[...missing], unexpected];
  },
);
