// torch/export/__init__.py

import { def } from "../arguments/function.js";
import { KeyError, NotImplementedError, ValueError } from "../errors.js";
import { typeName } from "../python/objects.js";
import { type FileLike, savingArchive } from "../serialization/file_like.js";
import { type Writable, write } from "../serialization/sink.js";
import { ExportedProgram, type ExportedProgram as Program } from "./exported_program.js";
import { load_pt2, package_pt2 } from "./pt2_archive/_package.js";

export { ExportedProgram, type ModuleCallEntry, type ModuleCallSignature } from "./exported_program.js";
export { ExportGraphSignature } from "./graph_signature.js";

/**
 * Reads a program that `torch.export.save()` wrote, here or in Python: `torch.export.load("model.pt2").module()` runs it, without
 * Python and without a compiler.
 *
 * `load(f, *, extra_files=None, expected_opset_version=None) -> ExportedProgram`
 *
 * `f` is a path, a file: URL or the file's bytes. `extra_files` is an object that gets the texts of the extra files by name.
 *
 * No code of the file's is run; its graph may call any of libtorch's operators but those that open files. Throws RuntimeError,
 * whose subclass SerializeError tells what in the program cannot be run, and for a missing file an error with the code ENOENT.
 *
 * {@link https://docs.pytorch.org/docs/2.15/user_guide/torch_compiler/export/api_reference.html}
 */
export const load = def(
  "load",
  ["f", "*", "extra_files", "expected_opset_version"],
  (
    f: FileLike,
    extra_files: Record<string, string> | Map<string, string> | null = null,
    _expected_opset_version: Record<string, number> | null = null,
  ): Program => {
    const contents = load_pt2(f);
    for (const [name, text] of contents.extra_files) {
      if (extra_files instanceof Map) extra_files.set(name, text);
      else if (extra_files !== null) {
        Object.defineProperty(extra_files, name, { value: text, writable: true, enumerable: true, configurable: true });
      }
    }
    const program = contents.exported_programs.get("model");
    if (program) return program;
    const advice =
      contents.aoti_models.size > 0 ? "It was compiled by AOTInductor: use torch._inductor.aoti_load_package()." : "";
    throw new KeyError(`'model': the archive holds no exported program of this name. ${advice}`.trim());
  },
);

/**
 * Writes a program that was loaded, with the weights that it has now; Python's `torch.export.load()` reads it.
 *
 * `save(ep, f, *, extra_files=None, opset_version=None, pickle_protocol=2) -> None`
 *
 * `f` is a path, a file: URL or an object with a `write` method. `extra_files` has texts by the names of files.
 *
 * Throws TypeError for what is no ExportedProgram.
 *
 * {@link https://docs.pytorch.org/docs/2.15/user_guide/torch_compiler/export/api_reference.html}
 */
export const save = def(
  "save",
  ["ep", "f", "*", "extra_files", "opset_version", "pickle_protocol"],
  (
    ep: Program,
    f: string | URL | Writable,
    extra_files: Record<string, string> | Map<string, string> | null = null,
    _opset_version: Record<string, number> | null = null,
    pickle_protocol: 2 = 2,
  ): void => {
    if (!(ep instanceof ExportedProgram)) {
      throw new TypeError(
        `The 'ep' parameter must be an instance of 'ExportedProgram', got '${typeName(ep).replace(/^.*\./, "")}' instead.`,
      );
    }
    if (pickle_protocol !== 2) throw new ValueError(`only pickle protocol 2 can be written, not ${pickle_protocol}`);
    const files = extra_files instanceof Map ? extra_files : Object.entries(extra_files ?? {});
    write(savingArchive(f, (folder) => package_pt2(ep, files, folder)));
  },
);

/**
 * Not to be had: `torch.export.export()` follows Python code. `torch.jit.trace()` makes a program of a module.
 *
 * `export(mod, args, kwargs=None, *, dynamic_shapes=None, strict=False, preserve_module_call_signature=(),
 * prefer_deferred_runtime_asserts_over_guards=False) -> ExportedProgram`
 */
export function export_(..._args: unknown[]): never {
  throw new NotImplementedError(
    "torch.export.export() needs Python, whose code it follows: use torch.jit.trace(), or export the module in Python",
  );
}

export { export_ as export };
