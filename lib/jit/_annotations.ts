// What marks Python's source for torch.jit.script(): of it that is kept which has a meaning for functions that just run.

import { def, generic } from "../arguments/function.js";
import { native } from "../binding.js";
import { NotImplementedError } from "../errors.js";
import { script } from "./_script.js";
import { tracing } from "./_state.js";

type AnyFunction = (...args: never[]) => unknown;

/**
 * The value: types of TorchScript are given to its compiler alone.
 *
 * `annotate(the_type, the_value)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.annotate.html}
 */
export const annotate = generic(
  "annotate",
  ["the_type", "the_value"],
  <T>(_the_type: unknown, the_value: T): T => {
    return the_value;
  },
  { dict: 1 },
);

/**
 * The function: no compiler looks at it, which it would be left to JavaScript by.
 *
 * `ignore(drop=False, **kwargs)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.ignore.html}
 */
export const ignore = def("ignore", ["drop"], (drop: AnyFunction | boolean = false): unknown =>
  typeof drop === "function" ? drop : unused,
) as {
  <F extends AnyFunction>(fn: F): F;
  (drop?: boolean | { drop?: boolean }): <F extends AnyFunction>(fn: F) => F;
};

/**
 * The function: no compiler looks at it.
 *
 * `unused(fn) -> Callable[_P, _R]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.unused.html}
 */
export const unused = generic("unused", ["fn"], <F extends AnyFunction>(fn: F): F => {
  return fn;
});

/**
 * The function: no compiler looks at it. To trace another method than `forward`, name it to `torch.jit.trace_module()`.
 *
 * `export(fn) -> Callable[_P, _R]`
 */
export const export_ = generic("export", ["fn"], <F extends AnyFunction>(fn: F): F => fn);

/** Whether TorchScript is being compiled: never. */
export const is_scripting = def("is_scripting", [], (): boolean => false);

/**
 * A function that is called as it is; inside of a trace it throws, because Python would compile its source there.
 *
 * `script_if_tracing(fn)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.script_if_tracing.html}
 */
export const script_if_tracing = generic("script_if_tracing", ["fn"], <F extends AnyFunction>(fn: F): F => {
  const wrapper = (...args: never[]) => (tracing === null ? fn(...args) : script(fn));
  return wrapper as F;
});

const refuse = (name: string, instead: string) => new NotImplementedError(`torch.jit.${name} ${instead}`);

/**
 * Throws NotImplementedError: interfaces are compiled from Python's source.
 *
 * `interface(obj) -> _T`
 */
export function interface_(..._args: unknown[]): never {
  throw refuse("interface", "compiles Python's source: an interface of TypeScript needs no call");
}

/**
 * Throws NotImplementedError: it checks a value against a type of Python.
 *
 * `isinstance(obj, target_type)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.isinstance.html}
 */
export function isinstance(..._args: unknown[]): never {
  throw refuse("isinstance", "checks against types of Python: use instanceof or torch.py.isinstance()");
}

/**
 * Throws NotImplementedError: it is a block of TorchScript's source.
 *
 * `strict_fusion() -> None`
 */
export function strict_fusion(..._args: unknown[]): never {
  throw refuse("strict_fusion", "is a statement of TorchScript, which only its compiler understands");
}

/**
 * Lets modules that are called after it was enabled run as oneDNN's fused kernels, where they were frozen and run under `torch.no_grad()`; it
 * counts for the whole process.
 *
 * `enable_onednn_fusion(enabled) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.enable_onednn_fusion.html}
 */
export const enable_onednn_fusion = def("enable_onednn_fusion", ["enabled"], (enabled: boolean): void =>
  native.setSetting("onednn_fusion", enabled),
);

/**
 * Whether oneDNN's fusion is enabled.
 *
 * `onednn_fusion_enabled()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.onednn_fusion_enabled.html}
 */
export const onednn_fusion_enabled = def(
  "onednn_fusion_enabled",
  [],
  (): boolean => native.getSetting("onednn_fusion") as boolean,
);
