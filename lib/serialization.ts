// torch/serialization.py

import type { Tensor } from "./_tensor.js";
import { binder, def } from "./arguments/function.js";
import { native } from "./binding.js";
import { Device } from "./device.js";
import { RuntimeError, ValueError } from "./errors.js";
import { load_file } from "./safetensors.js";
import { config, MAP_SHARED } from "./serialization/config.js";
import { globalsIn } from "./serialization/disassemble.js";
import { type FileLike, openSource, pathOfFile, savingArchive, withSource } from "./serialization/file_like.js";
import { isAllowed, pathOf } from "./serialization/globals.js";
import { loadLegacy } from "./serialization/legacy.js";
import { loadZip } from "./serialization/load_zip.js";
import type { MapLocation } from "./serialization/locations.js";
import { Pickler } from "./serialization/pickler.js";
import { StorageReducer } from "./serialization/reduce.js";
import { type Parts, type Saving, type Writable, write } from "./serialization/sink.js";
import { skipsData } from "./serialization/skip_data.js";
import { ByteReader, FileSource, type Source } from "./serialization/source.js";
import { sliceBytes } from "./serialization/storages.js";
import { ZipReader } from "./serialization/zip.js";
import { ZipWriter } from "./serialization/zip_writer.js";
import { handleOf } from "./tensor_base.js";
import type { Keywords } from "./types.js";

export {
  get_crc32_options,
  get_default_load_endianness,
  get_default_mmap_options,
  LoadEndianness,
  MAP_PRIVATE,
  MAP_SHARED,
  set_crc32_options,
  set_default_load_endianness,
  set_default_mmap_options,
} from "./serialization/config.js";
export type { FileLike } from "./serialization/file_like.js";
export {
  add_safe_globals,
  clear_safe_globals,
  get_safe_globals,
  type SafeGlobal,
  safe_globals,
} from "./serialization/globals.js";
export {
  check_module_version_greater_or_equal,
  mkdtemp,
  normalize_storage_type,
  SourceChangeWarning,
  StorageType,
  storage_to_tensor_type,
  type TemporaryFolder,
} from "./serialization/helpers.js";
export {
  default_restore_location,
  location_tag,
  type MapLocation,
  register_package,
  validate_cuda_device,
} from "./serialization/locations.js";
export { skip_data } from "./serialization/skip_data.js";
export { load_async } from "./serialization/streams.js";

/** @internal */
export function isZip(source: Source): boolean {
  return source.size >= 4 && source.read(0, 4).readUInt32LE() === 0x04034b50;
}

// -- save

interface SaveKeywords {
  pickle_module?: null;
  pickle_protocol?: 2;
  _use_new_zipfile_serialization?: true;
  _disable_byteorder_record?: boolean;
}

const bindSave = binder(
  "save",
  ["obj", "f", "pickle_module", "pickle_protocol", "_use_new_zipfile_serialization", "_disable_byteorder_record"],
  2,
  1,
);

/** Pickles a value; gives the bytes of its file, for which its tensors are read one after the other. */
function archive(obj: unknown, folder: string, byteorder: boolean): Parts {
  const reducer = new StorageReducer();
  const pickle = new Pickler(reducer).dump(obj);
  return records(new ZipWriter(folder), pickle, reducer.storages, byteorder, skipsData());
}

function* records(
  zip: ZipWriter,
  pickle: Uint8Array,
  storages: readonly Tensor[],
  byteorder: boolean,
  skipped: boolean,
): Parts {
  yield* zip.record("data.pkl", pickle);
  yield* zip.record(".format_version", "1");
  yield* zip.record(".storage_alignment", String(config.save.storage_alignment));
  if (byteorder)
    yield* zip.record("byteorder", new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "little" : "big");
  for (const [number, bytes] of storages.entries()) {
    const [, nbytes] = native.storageInfo(handleOf(bytes));
    if (skipped) yield* zip.space(`data/${number}`, nbytes);
    else yield* zip.storage(`data/${number}`, bytes.cpu(), nbytes);
  }
  yield* zip.record("version", "3\n");
  yield* zip.record(".data/serialization_id", zip.serializationId);
  yield* zip.end();
}

/** @internal What save() is to write, and where. */
export function toSave(args: unknown[]): Saving {
  const [obj, f, pickle_module = null, pickle_protocol = 2, zipped = true, disableByteorder = false] = bindSave(args);
  if (pickle_module !== null)
    throw new RuntimeError("torch.save() writes pickles of its own: pickle_module must be null");
  if (pickle_protocol !== 2)
    throw new ValueError(`torch.save() writes pickle protocol 2 alone, not ${pickle_protocol}`);
  if (!zipped) throw new RuntimeError("torch.save() does not write the format before PyTorch 1.6");
  return savingArchive(f, (folder) => archive(obj, folder, !disableByteorder));
}

/**
 * Writes a value to a file that Python's `torch.load()` reads: tensors, numbers, text and bytes, lists, dicts (objects
 * and Maps), sets, dtypes, devices; of models and optimizers their `state_dict()`.
 *
 * `save(obj, f, pickle_module=..., pickle_protocol=2, _use_new_zipfile_serialization=True,
 * _disable_byteorder_record=False) -> None`
 *
 * `f` is a path, a file: URL or an object with a `write` method (a stream, a `BytesIO`). A file appears under its name
 * when it is complete, and replaces an older one at once.
 *
 * Throws PicklingError for a whole module, TypeError for other objects that have no form in Python, and RuntimeError for
 * tensors that share memory as different dtypes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.save.html}
 */
export function save(obj: unknown, f: string | URL | Writable, keywords?: Keywords<SaveKeywords>): void;
export function save(keywords: Keywords<SaveKeywords & { obj: unknown; f: string | URL | Writable }>): void;
export function save(...args: unknown[]): void {
  write(toSave(args));
}

// -- load

/** What `load()` takes by keyword. */
export interface LoadKeywords {
  map_location?: MapLocation;
  pickle_module?: null;
  weights_only?: true | null;
  mmap?: boolean | null;
  /** How byte strings of Python 2 are read: "utf-8", "latin1", or "bytes" to keep them. */
  encoding?: string;
}

const bindLoad = binder("load", ["f", "map_location", "pickle_module", "*", "weights_only", "mmap", "encoding"], 1, 1);

/**
 * Reads a file that `torch.save()` has written, here or in Python. Dicts with text as keys come back as plain objects,
 * others as Maps; lists and tuples as arrays.
 *
 * `load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args) -> Any`
 *
 * `f` is a path, a file: URL or the file's bytes. `map_location` says where tensors go: one device for all, an object
 * from old places to new ones, or a function of a storage and its old place. With `mmap` the file is mapped: tensors are
 * read when they are used, and the file must not be shortened as long.
 *
 * No code of the file's is run, as with Python's `weights_only=True`: UnpicklingError tells what a file asks for beyond
 * the list, a whole model for example. RuntimeError and EOFError tell what is wrong with a damaged file; a missing one
 * is an error with the code ENOENT.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.load.html}
 */
// biome-ignore-start lint/suspicious/noExplicitAny: only the caller knows what the file holds
export function load(f: FileLike, keywords?: Keywords<LoadKeywords>): any;
export function load(
  f: FileLike,
  map_location: MapLocation,
  keywords?: Keywords<Omit<LoadKeywords, "map_location">>,
): any;
export function load(keywords: Keywords<LoadKeywords & { f: FileLike }>): any;
export function load(...args: unknown[]): any {
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
  return loadFrom(toLoad(args));
}

/** @internal The checked arguments of load(). */
export interface Loading {
  f: FileLike;
  /** The path, where f is one. */
  file: string | null;
  map_location: MapLocation;
  mmap: boolean;
  encoding: string;
}

/** @internal Checks the arguments of load(). */
export function toLoad(args: unknown[]): Loading {
  const [f, map_location = null, pickle_module = null, weights_only, mmap, encoding = "utf-8"] = bindLoad(args) as [
    FileLike,
    MapLocation?,
    null?,
    (boolean | null)?,
    (boolean | null)?,
    string?,
  ];
  if (pickle_module !== null) {
    throw new RuntimeError("Can not safely load weights when explicit pickle_module is specified");
  }
  if (weights_only === false) {
    throw new RuntimeError(
      "torch.load() has no weights_only=false: that would run Python code of the file's. Files of weights load as they are; to allow a class, use torch.serialization.add_safe_globals().",
    );
  }
  return { f, file: pathOfFile(f), map_location, mmap: mmap ?? config.load.mmap, encoding };
}

/** @internal Whether a file is mapped rather than read. */
export const isMapped = ({ file, mmap }: Loading) => mmap || file?.endsWith(".safetensors") === true;

/** @internal */
export function loadFrom({ f, file, map_location, mmap, encoding }: Loading): unknown {
  if (file?.endsWith(".safetensors")) return load_file(file, { device: safetensorsDevice(map_location) });
  if (mmap) return loadMapped(f, file, map_location, encoding);
  return withSource(openSource(f), (source) =>
    isZip(source) ? loadZip(new ZipReader(source), map_location, encoding) : loadLegacy(source, map_location, encoding),
  );
}

function safetensorsDevice(map_location: MapLocation): string {
  if (map_location === null) return "cpu";
  if (typeof map_location === "string" || map_location instanceof Device) return String(map_location);
  const kind = typeof map_location === "function" ? "callable" : "dict";
  throw new RuntimeError(
    `Loading safetensors file with ${kind} map_location is not supported. Use a device string or torch.device instead.`,
  );
}

function loadMapped(f: FileLike, file: string | null, map_location: MapLocation, encoding: string): unknown {
  if (file === null) throw new ValueError("f must be a file path in order to use the mmap argument");
  return withSource(openSource(f), (source) => {
    if (!isZip(source)) {
      throw new RuntimeError(
        `mmap can only be used with files saved with \`torch.save(${file}, _use_new_zipfile_serialization=True), please torch.save your checkpoint with this option in order to use mmap.`,
      );
    }
    if (!(source instanceof FileSource)) throw new ValueError(`${file} is no regular file and cannot be mapped`);
    const mapped = source.map(config.load.mmap_flags === MAP_SHARED);
    return loadZip(new ZipReader(source), map_location, encoding, ({ offset, size }) =>
      sliceBytes(mapped, offset, size),
    );
  });
}

/**
 * The names of functions and classes in a file of `torch.save()` that `torch.load()` would not accept.
 *
 * `get_unsafe_globals_in_checkpoint(f) -> list[str]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.get_unsafe_globals_in_checkpoint}
 */
export const get_unsafe_globals_in_checkpoint = def(
  "get_unsafe_globals_in_checkpoint",
  ["f"],
  (f: FileLike): string[] =>
    withSource(openSource(f), (source) => {
      if (!isZip(source)) throw new ValueError("Expected input to be a checkpoint returned by torch.save");
      const zip = new ZipReader(source);
      if (zip.find("constants.pkl")) {
        throw new ValueError(
          "Expected input to be a checkpoint returned by torch.save but got a torchscript checkpoint",
        );
      }
      const { offset, size } = zip.entry("data.pkl");
      const names = globalsIn(new ByteReader(source, offset, offset + size)).map(([module, name]) =>
        pathOf(module, name),
      );
      return [...new Set(names)].filter((name) => !isAllowed(name));
    }),
);
