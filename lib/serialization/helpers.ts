// Smaller functions and classes of torch/serialization.py

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { bindArguments, def } from "../arguments/function.js";
import { callable } from "../callable.js";
import type { dtype } from "../dtype.js";
import { AttributeError, KeyError, RuntimeError, ValueError } from "../errors.js";
import { Printed } from "../python/printed.js";
import { repr } from "../python/repr.js";
import { legacyNames } from "../storage/typed.js";
import * as storages from "../storage.js";
import { warn } from "../warnings.js";

/** The category of the warning that Python gives for a whole module whose source has changed since it was saved. */
export class SourceChangeWarning extends Error {
  override readonly name = "SourceChangeWarning";
}

const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), "tmp"));
const remove = (name: string) => fs.rmSync(name, { recursive: true });

/** A folder for a while: its path, and its removal at the end of a `using` block. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
  toString(): string;
}

/**
 * Makes a folder and removes it, with all that is in it, when a function has ended, or with the end of the block:
 * `mkdtemp((path) => ...)`, `using folder = mkdtemp()`. An asynchronous function is waited for.
 *
 * `mkdtemp()`
 */
export function mkdtemp(): TemporaryFolder;
export function mkdtemp<T>(body: (path: string) => T): T;
export function mkdtemp<T>(...args: unknown[]): T | TemporaryFolder {
  const body = typeof args[0] === "function" ? (args.shift() as (path: string) => T) : undefined;
  bindArguments("mkdtemp", [], 0, args);
  const name = folder();
  if (body === undefined) return { path: name, toString: () => name, [Symbol.dispose]: () => remove(name) };
  let result: T;
  try {
    result = body(name);
  } catch (error) {
    remove(name);
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => remove(name)) as T;
  remove(name);
  return result;
}

/** A part of a version, as what it is required to be: a whole number or a text. Throws ValueError. */
function fieldOf(text: string | undefined, required: number | string): number | string {
  if (text === undefined) throw new ValueError("the version is too short");
  if (typeof required === "string") return text;
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new ValueError(`invalid literal for int() with base 10: ${repr(text)}`);
  return Number(text);
}

/**
 * Whether a module's `__version__`, such as "1.2.3", is that of a list of numbers or a later one.
 *
 * `check_module_version_greater_or_equal(module, req_version_tuple, error_if_malformed=True)`
 *
 * A version that cannot be compared is a RuntimeError, or a warning, and taken for late enough.
 */
export const check_module_version_greater_or_equal = def(
  "check_module_version_greater_or_equal",
  ["module", "req_version_tuple", "error_if_malformed"],
  (
    module: { readonly __version__: string; readonly __name__?: string; readonly name?: string },
    req_version_tuple: readonly (number | string)[],
    error_if_malformed = true,
  ): boolean => {
    let version: (number | string)[];
    try {
      const parts = module.__version__.split(".");
      version = req_version_tuple.map((required, i) => fieldOf(parts[i], required));
    } catch (cause) {
      const name = module.__name__ ?? module.name ?? "module";
      const message = `'${name}' module version string is malformed '${module.__version__}' and cannot be compared with tuple (${req_version_tuple.map(repr).join(", ")}${req_version_tuple.length === 1 ? "," : ""})`;
      if (error_if_malformed) throw new RuntimeError(message, { cause });
      warn(`${message}, but continuing assuming that requirement is met`);
      return true;
    }
    const differs = version.findIndex((field, i) => field !== req_version_tuple[i]);
    return differs < 0 || version[differs] > req_version_tuple[differs];
  },
);

const named = (holder: object, module: string, name: string): unknown => {
  if (!Object.hasOwn(holder, name)) throw new AttributeError(`module '${module}' has no attribute '${name}'`);
  return (holder as Record<string, unknown>)[name];
};

type StorageClass = new (...args: never[]) => object;

/**
 * The class of storages that `torch` has under a class's name. Throws AttributeError if there is none.
 *
 * `normalize_storage_type(storage_type)`
 */
export const normalize_storage_type = def(
  "normalize_storage_type",
  ["storage_type"],
  (storage_type: { readonly name: string }): StorageClass =>
    named(storages, "torch", storage_type.name) as StorageClass,
);

/**
 * The tensor type that `torch.storage` has under the name of a storage's class, with "Tensor" in place of "Storage".
 *
 * `storage_to_tensor_type(storage)`
 *
 * Throws AttributeError if there is none: today's storages, TypedStorage and UntypedStorage, have none, in Python as here.
 */
export const storage_to_tensor_type = def("storage_to_tensor_type", ["storage"], (storage: object): unknown =>
  named(storages, "torch.storage", storage.constructor.name.replace("Storage", "Tensor")),
);

class StorageType extends Printed {
  readonly dtype: dtype;

  constructor(name: string) {
    super();
    const found = [...legacyNames].find(([, legacy]) => legacy === name);
    if (!found) throw new KeyError(repr(name));
    this.dtype = found[0];
  }

  __repr__(): string {
    return `StorageType(dtype=${this.dtype})`;
  }
}

/** A class of storages that a file names, such as "FloatStorage", by its dtype. Throws KeyError for another name. */
const CallableStorageType = callable(StorageType);
type CallableStorageType = StorageType;

export { CallableStorageType as StorageType };
