// torch.compile of torch/__init__.py

import { def } from "../arguments/function.js";
import { AssertionError, RuntimeError } from "../errors.js";
import { warn } from "../nn/functional/warn.js";
import { typeName } from "../python/objects.js";
import type { Keywords } from "../types.js";

interface CompileKeywords {
  fullgraph?: boolean;
  dynamic?: boolean | null;
  backend?: string | ((...args: never[]) => unknown) | null;
  mode?: string | null;
  options?: Record<string, unknown> | null;
  name?: string | null;
  disable?: boolean;
  recompile_limit?: number | null;
  isolate_recompiles?: boolean;
  dynamic_shapes?: unknown;
}

type Model = (...args: never[]) => unknown;

/**
 * Returns the model as it is, and warns once: compiling needs Python.
 *
 * `compile(model=None, *, fullgraph=False, dynamic=None, backend=None, mode=None, options=None, name=None,
 * disable=False, recompile_limit=None, isolate_recompiles=False, dynamic_shapes=None)`
 *
 * Without a model it returns a function that does so.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compile.html}
 */
export const compile: {
  <M extends Model>(model: M, keywords?: Keywords<CompileKeywords>): M;
  (model?: null): <M extends Model>(model: M) => M;
  (keywords: Keywords<CompileKeywords & { model?: null }>): <M extends Model>(model: M) => M;
} = def(
  "compile",
  [
    "model",
    "*",
    "fullgraph",
    "dynamic",
    "backend",
    "mode",
    "options",
    "name",
    "disable",
    "recompile_limit",
    "isolate_recompiles",
    "dynamic_shapes",
  ],
  (
    model: Model | null = null,
    _fullgraph = false,
    _dynamic: boolean | null = null,
    _backend: CompileKeywords["backend"] = null,
    mode: string | null = null,
    options: Record<string, unknown> | null = null,
  ): unknown => {
    if (model === null) {
      return (given: Model | null) => {
        if (given === null) throw new RuntimeError("Model can't be None");
        return compile(given, { mode, options });
      };
    }
    if (mode !== null && options !== null) {
      throw new RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.");
    }
    if (typeof model !== "function") {
      throw new AssertionError(`A callable function is expected, but <class '${typeName(model)}'> is provided.`);
    }
    warn("torch.compile() returns the model as it is: compiling needs Python.");
    return model;
  },
) as never;
