// torch.jit: modules and functions that libtorch runs by itself.

import { callable } from "../callable.js";
import { JITException } from "../errors.js";
import { CompilationUnitObject } from "./_script.js";

export {
  annotate,
  enable_onednn_fusion,
  export_ as export,
  ignore,
  interface_ as interface,
  is_scripting,
  isinstance,
  onednn_fusion_enabled,
  script_if_tracing,
  strict_fusion,
  unused,
} from "./_annotations.js";
export { fork, wait } from "./_async.js";
export { freeze, optimize_for_inference, run_frozen_optimizations } from "./_freeze.js";
export { type FusionStrategy, optimized_execution, set_fusion_strategy } from "./_fuser.js";
export {
  Future,
  Graph,
  RecursiveScriptModule,
  ScriptFunction,
  ScriptMethod,
  ScriptModule,
  ScriptObject,
  script,
} from "./_script.js";
export { type ExtraFiles, load, save } from "./_serialization.js";
export {
  is_tracing,
  TopLevelTracedModule,
  TracedModule,
  TracerWarning,
  TracingCheckError,
  trace,
  trace_module,
} from "./_trace.js";

/** What a program of TorchScript raised, such as by an assertion that failed. */
export { JITException as Error };

/** {@inheritDoc CompilationUnitObject} */
export const CompilationUnit = callable(CompilationUnitObject);
export type CompilationUnit = CompilationUnitObject;
