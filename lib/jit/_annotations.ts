// What marks Python's source for torch.jit.script(): of it that is kept which has a meaning for functions that just run.

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { NotImplementedError } from "../errors.js";
import { script } from "./_script.js";
import { tracing } from "./_state.js";

type AnyFunction = (...args: never[]) => unknown;

/**
 * The value: types of TorchScript are given to its compiler alone.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.annotate.html}
 */
export function annotate<T>(_the_type: unknown, the_value: T): T {
  return the_value;
}

/**
 * The function: no compiler looks at it, which it would be left to JavaScript by.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.ignore.html}
 */
export function ignore<F extends AnyFunction>(fn: F): F {
  return fn;
}

/**
 * The function: no compiler looks at it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.unused.html}
 */
export function unused<F extends AnyFunction>(fn: F): F {
  return fn;
}

/** The function: no compiler looks at it. To trace another method than `forward`, name it to `torch.jit.trace_module()`. */
export function export_<F extends AnyFunction>(fn: F): F {
  return fn;
}

/** Whether TorchScript is being compiled: never. */
export function is_scripting(): boolean {
  return false;
}

/**
 * A function that is called as it is; inside of a trace it throws, because Python would compile its source there.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.script_if_tracing.html}
 */
export function script_if_tracing<F extends AnyFunction>(fn: F): F {
  const wrapper = (...args: never[]) => (tracing === null ? fn(...args) : script(fn));
  return wrapper as F;
}

const refuse = (name: string, instead: string) => new NotImplementedError(`torch.jit.${name} ${instead}`);

/** Throws NotImplementedError: interfaces are compiled from Python's source. */
export function interface_(..._args: unknown[]): never {
  throw refuse("interface", "compiles Python's source: an interface of TypeScript needs no call");
}

/**
 * Throws NotImplementedError: it checks a value against a type of Python.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.isinstance.html}
 */
export function isinstance(..._args: unknown[]): never {
  throw refuse("isinstance", "checks against types of Python: use instanceof or torch.py.isinstance()");
}

/**
 * Throws NotImplementedError: it is a block of TorchScript's source.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.strict_fusion.html}
 */
export function strict_fusion(..._args: unknown[]): never {
  throw refuse("strict_fusion", "is a statement of TorchScript, which only its compiler understands");
}

/**
<<<<<<< HEAD
 * Throws NotImplementedError if it shall be enabled: libtorch does not let others than its own Python binding do so;
 * `torch.jit.optimize_for_inference()` uses oneDNN.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.enable_onednn_fusion.html}
=======
 * Lets modules that are called after it was enabled run as oneDNN's fused kernels, where they were frozen and run under `torch.no_grad()`; it
 * counts for the whole process.
>>>>>>> main
 */
export const enable_onednn_fusion = def("enable_onednn_fusion", ["enabled"], (enabled: boolean): void =>
  native.setSetting("onednn_fusion", enabled),
);

<<<<<<< HEAD
/**
 * Whether oneDNN's fusion is enabled: never.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.onednn_fusion_enabled.html}
 */
export function onednn_fusion_enabled(): boolean {
  return false;
}
=======
/** Whether oneDNN's fusion is enabled. */
export const onednn_fusion_enabled = def(
  "onednn_fusion_enabled",
  [],
  (): boolean => native.getSetting("onednn_fusion") as boolean,
);
>>>>>>> main
