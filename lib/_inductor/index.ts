// torch/_inductor/__init__.py

import { def } from "../arguments/function.js";
import type { AOTICompiledModel } from "../export/pt2_archive/_aoti.js";
import type { FileLike } from "../serialization/file_like.js";
import * as package_ from "./package/index.js";

export { package_ as package };

/**
 * Loads a model that Python's `torch._inductor.aoti_compile_and_package()` compiled to machine code: it is called as the module that was
 * exported, without Python and without a compiler, and `forward_async` runs it off the event loop.
 *
 * `path` is a `.pt2` file (a path, a file: URL or the file's bytes) or the folder of an unpacked one. A package is machine code: load only
 * what you trust. Of several models this loads "model"; `torch._inductor.package.load_package(path, name)` loads another one.
 *
 * Throws RuntimeError that says what is wrong with the package (of another machine, device or version of PyTorch, or damaged) and what to do
 * about it, and for a missing file an error with the code ENOENT.
 *
 * {@link https://docs.pytorch.org/docs/2.15/user_guide/torch_compiler/torch.compiler_aot_inductor.html}
 */
export const aoti_load_package = def(
  "aoti_load_package",
  ["path", "run_single_threaded", "device_index", "*", "num_runners", "use_stream_affinity"],
  (
    path: FileLike,
    run_single_threaded = false,
    device_index = -1,
    num_runners = 1,
    use_stream_affinity = false,
  ): AOTICompiledModel =>
    package_.load_package(path, { run_single_threaded, device_index, num_runners, use_stream_affinity }),
);
