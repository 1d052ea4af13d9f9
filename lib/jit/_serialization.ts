// torch/jit/_serialization.py

import { run, takeSignal } from "../aio/run.js";
import { binder, def } from "../arguments/function.js";
import { native } from "../binding.js";
import { type Deferral, deferral } from "../deferral.js";
import { Device, device } from "../device.js";
import { ValueError } from "../errors.js";
import { typeName } from "../python/objects.js";
import type { Writable } from "../serialization/sink.js";
import type { FileLike } from "../serialization.js";
import type { DeviceLike } from "../types.js";
import { type ExtraFiles, inFile, scriptFile } from "./_files.js";
import { type RecursiveScriptModule, type ScriptFunction, type ScriptModule, wrap_cpp_module } from "./_script.js";

export type { ExtraFiles } from "./_files.js";

/**
 * Writes a ScriptModule or ScriptFunction, with its code and its weights, to a file that Python's `torch.jit.load()` and
 * C++ read.
 *
 * `save(m, f, _extra_files=None) -> None`
 *
 * `f` is a path, a file: URL or an object with a `write` method. A file appears under its name when it is complete.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.save.html}
 */
export const save = def(
  "save",
  ["m", "f", "_extra_files"],
  (m: ScriptModule | ScriptFunction, f: string | URL | Writable, _extra_files: ExtraFiles | null = null): void => {
    m.save(f, { _extra_files: _extra_files ?? {} });
  },
  { dict: 2 },
);

const LOAD_NAMES = ["f", "map_location", "_extra_files"] as const;
const bindLoad = binder("load", LOAD_NAMES, 1, 2);

/** The device that a module's tensors go to, as text. */
export function validate_map_location(map_location: DeviceLike | null): string | null {
  if (map_location === null) return null;
  if (typeof map_location === "string" || map_location instanceof Device) return String(device(map_location as string));
  throw new ValueError(
    `map_location should be either None, string or torch.device, but got type: <class '${typeName(map_location)}'>`,
  );
}

/** The arguments of the native loaders, and what becomes of their result. */
function loading(f: FileLike, map_location: DeviceLike | null, extra: ExtraFiles) {
  const where = validate_map_location(map_location);
  const { name, data } = scriptFile(f);
  const names = Object.keys(extra);
  return {
    name,
    args: [data, where, names] as const,
    finish(loaded: ReturnType<typeof native.jitLoad>): RecursiveScriptModule {
      names.forEach((file, i) => {
        extra[file] = loaded.extra[i];
      });
      return wrap_cpp_module(loaded.module);
    },
  };
}

/**
 * Reads a module that `torch.jit.save()` wrote, here or in Python: it is called as any module, and computes in libtorch.
 *
 * `load(f, map_location=None, _extra_files=None, _restore_shapes=False)`
 *
 * `f` is a path, a file: URL or bytes; `map_location` is the device that all tensors go to. The values of `_extra_files` are
 * replaced by what the file holds under their names. A file of TorchScript is a program: load only what you trust.
 *
 * Throws ValueError (with `code` "ENOENT") for a missing file, and RuntimeError that names the file and says what is wrong
 * with it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.load.html}
 */
export const load = def(
  "load",
  LOAD_NAMES,
  (
    f: FileLike,
    map_location: DeviceLike | null = null,
    _extra_files: ExtraFiles | null = null,
  ): RecursiveScriptModule => {
    const { name, args, finish } = loading(f, map_location, _extra_files ?? {});
    try {
      return finish(native.jitLoad(...args));
    } catch (error) {
      throw inFile(error, name);
    }
  },
  { dict: 2 },
);

/** @internal What torch.aio.jit.load does: the file is read, and the module made, on the compute thread. */
export async function load_async(...args: unknown[]): Promise<RecursiveScriptModule> {
  const signal = takeSignal(args);
  const [f, map_location = null, extra = null] = bindLoad(args);
  const { name, args: given, finish } = loading(f as FileLike, map_location as null, (extra ?? {}) as ExtraFiles);
  const read = () => {
    try {
      const taken = (deferral as Deferral).take(() => native.submitJitLoad(...given));
      return finish(taken as ReturnType<typeof native.jitLoad>);
    } catch (error) {
      throw inFile(error, name);
    }
  };
  return run(read, true, signal, load_async);
}
