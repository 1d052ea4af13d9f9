// torch/_inductor/package/package.py

import { def } from "../../arguments/function.js";
import { AOTICompiledModel } from "../../export/pt2_archive/_aoti.js";
import type { FileLike } from "../../serialization/file_like.js";
import { loadCompiled } from "./_load.js";

/**
 * Loads one of the models of a package that AOTInductor compiled, by its name.
 *
 * `path` is a `.pt2` file (a path, a file: URL or the file's bytes) or the folder of an unpacked one. A package is machine code: load only
 * what you trust. `run_single_threaded` leaves out the locks, for a model that one thread calls; `num_runners` is how many threads
 * may run it at a time; `device_index` says which device, -1 the current one.
 *
 * Throws RuntimeError that says what is wrong with the package and what to do about it, and for a missing file an error with the code ENOENT.
 */
export const load_package = def(
  "load_package",
  ["path", "model_name", "run_single_threaded", "num_runners", "device_index", "use_stream_affinity"],
  (
    path: FileLike,
    model_name = "model",
    run_single_threaded = false,
    num_runners = 1,
    device_index = -1,
    use_stream_affinity = false,
  ): AOTICompiledModel => {
    const { handle, metadata } = loadCompiled(path, {
      model_name,
      run_single_threaded,
      num_runners,
      device_index,
      use_stream_affinity,
    });
    return new AOTICompiledModel(handle, metadata);
  },
);
