// torch/utils/serialization/config.py, and the functions of torch/serialization.py that set it

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { ValueError } from "../errors.js";
import { load, save } from "../utils/serialization/config.js";

/** The order of bytes of files that do not tell theirs. */
export enum LoadEndianness {
  NATIVE = 1,
  LITTLE = 2,
  BIG = 3,
}

/** How to map a file: changes of the tensors stay in memory, or reach the file. */
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;

/** @internal */
export const config = { load, save };

/**
 * The order of bytes that `torch.load()` assumes for files without a mark; null for little-endian.
 *
 * `get_default_load_endianness() -> LoadEndianness | None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.get_default_load_endianness}
 */
export const get_default_load_endianness = def(
  "get_default_load_endianness",
  [],
  (): LoadEndianness | null => config.load.endianness,
);

/**
 * Sets the order of bytes of files without a mark.
 *
 * `set_default_load_endianness(endianness)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.set_default_load_endianness}
 */
export const set_default_load_endianness = def(
  "set_default_load_endianness",
  ["endianness"],
  (endianness: LoadEndianness | null): void => {
    if (endianness !== null && LoadEndianness[endianness] === undefined) {
      throw new TypeError("Invalid argument type in function set_default_load_endianness");
    }
    config.load.endianness = endianness;
  },
);

/**
 * Whether `torch.save()` writes checksums.
 *
 * `get_crc32_options() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.get_crc32_options}
 */
export const get_crc32_options = def("get_crc32_options", [], (): boolean => config.save.compute_crc32);

/**
 * Sets whether `torch.save()` writes checksums: without them other programs may not unpack the file, `torch.load()` does.
 *
 * `set_crc32_options(compute_crc32)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.set_crc32_options}
 */
export const set_crc32_options = def("set_crc32_options", ["compute_crc32"], (compute_crc32: boolean): void => {
  config.save.compute_crc32 = compute_crc32;
});

/**
 * How `torch.load()` with `mmap` maps files: MAP_PRIVATE or MAP_SHARED.
 *
 * `get_default_mmap_options() -> int | None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.get_default_mmap_options}
 */
export const get_default_mmap_options = def("get_default_mmap_options", [], (): number => config.load.mmap_flags);

/**
 * Sets how `torch.load()` with `mmap` maps files, for good or around a function: with MAP_SHARED, changes of the tensors
 * change the file.
 *
 * `set_default_mmap_options(flags) -> None`
 *
 * Throws ValueError for other flags.
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.set_default_mmap_options}
 */
export const set_default_mmap_options: { <T>(flags: number, body: () => T): T; (flags: number): Disposable } = mode(
  "serialization.set_default_mmap_options",
  ["flags"],
  (flags: number) => {
    if (flags !== MAP_PRIVATE && flags !== MAP_SHARED) {
      throw new ValueError(
        `Invalid argument in function set_default_mmap_options, expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, but got ${flags}`,
      );
    }
    const previous = config.load.mmap_flags;
    return () => {
      config.load.mmap_flags = flags;
      return () => {
        config.load.mmap_flags = previous;
      };
    };
  },
  { called: "set_default_mmap_options.__init__", statement: true },
);
