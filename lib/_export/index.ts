// torch/_export/__init__.py

import fs from "node:fs";
import { loadLibraryFor } from "../_inductor/package/_load.js";
import { def } from "../arguments/function.js";
import { RuntimeError } from "../errors.js";
import { AOTICompiledModel } from "../export/pt2_archive/_aoti.js";
import { warn } from "../warnings.js";

/**
 * Loads a shared library that Python's `torch._export.aot_compile()` wrote; use `torch._inductor.aoti_load_package()` for packages,
 * which say what they were compiled for.
 *
 * A library is machine code: load only what you trust. Throws RuntimeError for another device than "cpu", "cuda", "xpu" or "mps".
 */
export const aot_load = def("aot_load", ["so_path", "device"], (so_path: string, device: string): AOTICompiledModel => {
  if (!/^(cpu|mps|(cuda|xpu)(:\d+)?)$/.test(device)) throw new RuntimeError(`Unsupported device ${device}`);
  fs.accessSync(so_path);
  warn(
    "torch._export.aot_compile()/torch._export.aot_load() is being deprecated, please switch to directly calling torch._inductor.aoti_compile_and_package(torch.export.export())/torch._inductor.aoti_load_package() instead.",
  );
  const options = { run_single_threaded: false, num_runners: 1, use_stream_affinity: false };
  return new AOTICompiledModel(loadLibraryFor(so_path, device, options), {});
});
