// torch/compiler/__init__.py: compiling needs Python, so code runs as it is, and says so.

import { def, generic } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import type { Entered } from "../modes.js";

export { compile } from "../torch_functions/compile.js";

/**
 * Whether code is being compiled: it never is.
 *
 * `is_compiling() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.is_compiling.html}
 */
export const is_compiling = def("is_compiling", [], (): boolean => false);

/**
 * Whether code is being compiled by TorchDynamo: it never is.
 *
 * `is_dynamo_compiling() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.is_dynamo_compiling.html}
 */
export const is_dynamo_compiling = def("is_dynamo_compiling", [], (): boolean => false);

/**
 * Whether code is being exported: it never is.
 *
 * `is_exporting() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.is_exporting.html}
 */
export const is_exporting = def("is_exporting", [], (): boolean => false);

/**
 * Forgets what was compiled: nothing.
 *
 * `reset() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.reset.html}
 */
export const reset = def("reset", [], (): void => {});

/**
 * The compilers that can be used: none.
 *
 * `list_backends(exclude_tags=('debug', 'experimental')) -> list[str]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.list_backends.html}
 */
export const list_backends = def(
  "list_backends",
  ["exclude_tags"],
  (_exclude_tags: readonly string[] = ["debug", "experimental"]): string[] => [],
);

type Callable = (...args: never[]) => unknown;

const unchanged = <F extends Callable>(fn: F): F => fn;

/** The keyword arguments of nested_compile_region(). */
interface RegionKeywords {
  options?: unknown;
  max_reuse_entries?: number;
  reuse_hash_fn?: Callable | null;
}

/** The type of set_stance(). */
export interface SetStance {
  <T>(stance: string, body: () => T): T;
  (stance?: string, keywords?: { skip_guard_eval_unsafe?: boolean; force_backend?: string | Callable | null }): Entered;
}

/**
 * Marks a function that a compiler must not look into: returns it as it is.
 *
 * `allow_in_graph(fn)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.allow_in_graph.html}
 */
export const allow_in_graph = generic("allow_in_graph", ["fn"], unchanged);

/**
 * Marks a function whose result is the same each time: returns it as it is.
 *
 * `assume_constant_result(fn)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.assume_constant_result.html}
 */
export const assume_constant_result = generic("assume_constant_result", ["fn"], unchanged);

/**
 * Marks a function that is to be compiled once for all its calls: returns it as it is, or what does so for a function to come.
 *
 * `nested_compile_region(fn=None, *, options=None, max_reuse_entries=8, reuse_hash_fn=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.nested_compile_region.html}
 */
export const nested_compile_region = def(
  "nested_compile_region",
  ["fn", "*", "options", "max_reuse_entries", "reuse_hash_fn"],
  (
    fn: Callable | null = null,
    _options: unknown = null,
    _max_reuse_entries = 8,
    _reuse_hash_fn: Callable | null = null,
  ): unknown => (fn === null ? unchanged : fn),
) as {
  <F extends Callable>(fn: F, keywords?: RegionKeywords): F;
  (keywords?: RegionKeywords): <F extends Callable>(fn: F) => F;
};

/**
 * Keeps a function from being compiled: returns it as it is, or what does so for a function to come.
 *
 * `disable(fn=None, recursive=True, *, reason=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.disable.html}
 */
export const disable = def(
  "disable",
  ["fn", "recursive", "*", "reason"],
  (fn: Callable | null = null, _recursive = true, _reason: string | null = null): unknown =>
    fn === null ? unchanged : fn,
) as {
  <F extends Callable>(fn: F, recursive?: boolean): F;
  (keywords?: { recursive?: boolean; reason?: string | null }): <F extends Callable>(fn: F) => F;
};

/**
 * Tells how functions are to be compiled while another function runs, or until the end of a `using` block: nothing changes.
 *
 * `set_stance(stance='default', *, skip_guard_eval_unsafe=False, force_backend=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.set_stance.html}
 */
export const set_stance: SetStance = mode(
  "compiler.set_stance",
  ["stance", "*", "skip_guard_eval_unsafe", "force_backend"],
  (_stance = "default", _skip_guard_eval_unsafe = false, _force_backend: unknown = null) =>
    () =>
    () => {},
);

/**
 * Tells that a new step of CUDA graphs begins: there are none.
 *
 * `cudagraph_mark_step_begin()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.compiler.cudagraph_mark_step_begin.html}
 */
export const cudagraph_mark_step_begin = def("cudagraph_mark_step_begin", [], (): void => {});
