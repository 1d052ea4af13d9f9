// torch/autograd/grad_mode.py

import type { Tensor } from "../_tensor.js";
import { builtin } from "../arguments/function.js";
import { type Mode, mode } from "../arguments/mode.js";
import { native, type StateHandle } from "../binding.js";
import { type Entered, followAsync, withMode } from "../modes.js";
import { typeName } from "../python/objects.js";
import { handleOf } from "../tensor_base.js";

/** A setting: around a function, until the end of a `using` block, or, called as a statement, for good. */
export interface Switch {
  <T>(mode: boolean, body: () => T): T;
  (mode: boolean | { mode: boolean }): Disposable;
}

/** The type of enforce_grad_layout_policy(). */
export interface OptionalSwitch {
  <T>(enable: boolean, body: () => T): T;
  (enable?: boolean | { enable?: boolean }): Disposable;
}

/** The type of inference_mode(). */
export interface InferenceMode {
  <T>(body: () => T): T;
  <T>(mode: boolean, body: () => T): T;
  (mode?: boolean | { mode?: boolean }): Entered;
}

function enterGrad(enabled: boolean): () => void {
  const before = native.isGradEnabled();
  native.setGradEnabled(enabled);
  return () => native.setGradEnabled(before);
}

// What is no function is called all the same in Python, when the wrapped function is.
const notCallable = (value: unknown) => new TypeError(`'${typeName(value)}' object is not callable`);

const gradMode = (name: string, enabled: boolean): Mode =>
  mode(
    name,
    ["orig_func"],
    (orig_func: unknown = null) => {
      if (orig_func !== null) throw notCallable(orig_func);
      return () => enterGrad(enabled);
    },
    { called: "_NoParamDecoratorContextManager.__new__" },
  );

/**
 * Runs a function without recording for backward(), or enters that mode until the end of a `using` block.
 *
 * `no_grad() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.no_grad.html}
 */
export const no_grad: Mode = gradMode("no_grad", false);

/**
 * Runs a function with recording for backward(), inside of no_grad() too.
 *
 * `enable_grad(orig_func=None) -> Union[Self, F]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.enable_grad.html}
 */
export const enable_grad: Mode = gradMode("enable_grad", true);

/**
 * Turns recording on or off: for a function, until the end of a `using` block, or, called as a statement, for good.
 *
 * `set_grad_enabled(mode) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.set_grad_enabled.html}
 */
export const set_grad_enabled: Switch = mode("set_grad_enabled", ["mode"], (mode: boolean) => () => enterGrad(mode), {
  called: "set_grad_enabled.__init__",
  statement: true,
});

/**
 * Whether operations are recorded for backward().
 *
 * `is_grad_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_grad_enabled.html}
 */
export const is_grad_enabled = builtin("torch.is_grad_enabled", (): boolean => {
  followAsync();
  return native.isGradEnabled();
});

function enterInference(mode: boolean): () => void {
  const before = native.setInferenceMode(mode) as StateHandle;
  return () => native.setInferenceMode(before);
}

/**
 * Runs a function without recording and without counting versions, which is faster than no_grad().
 *
 * `inference_mode(mode=True)`
 *
 * Tensors made inside can never take part in autograd.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.inference_mode.html}
 */
export const inference_mode: InferenceMode = mode(
  "inference_mode",
  ["mode"],
  (mode = true) => {
    if (typeof mode !== "boolean") throw notCallable(mode);
    return () => enterInference(mode);
  },
  { called: "inference_mode.__new__" },
);

/**
 * Whether inference mode is on.
 *
 * `is_inference_mode_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_inference_mode_enabled.html}
 */
export const is_inference_mode_enabled = builtin("torch.is_inference_mode_enabled", (): boolean => {
  followAsync();
  return native.isInferenceModeEnabled();
});

/**
 * Whether backward() may use several threads: for a function, until the end of a `using` block, or for good.
 *
 * `set_multithreading_enabled(mode) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.set_multithreading_enabled.html}
 */
export const set_multithreading_enabled: Switch = mode(
  "autograd.set_multithreading_enabled",
  ["mode"],
  (mode: boolean) => () => {
    const before = native.isMultithreadingEnabled();
    native.setMultithreadingEnabled(mode);
    return () => native.setMultithreadingEnabled(before);
  },
  { called: "set_multithreading_enabled.__init__", statement: true },
);

/** Whether backward() may use several threads. */
export function is_multithreading_enabled(): boolean {
  followAsync();
  return native.isMultithreadingEnabled();
}

/**
 * Whether gradients that backward() accumulates take their parameters' layouts: for a function, until the end of a `using`
 * block, or for good. Without, a gradient that nobody else holds is taken as it is.
 *
 * `enforce_grad_layout_policy(enable=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.enforce_grad_layout_policy.html}
 */
export const enforce_grad_layout_policy: OptionalSwitch = mode(
  "autograd.enforce_grad_layout_policy",
  ["enable"],
  (enable = true) =>
    () => {
      const before = native.getSetting("grad_layout_enforcement");
      native.setSetting("grad_layout_enforcement", enable);
      return () => native.setSetting("grad_layout_enforcement", before);
    },
  { called: "enforce_grad_layout_policy.__init__", statement: true },
);

/** Whether views are remade from what they were made of: for a function, until the end of a `using` block, or for good. */
export const _force_original_view_tracking: Switch = mode(
  "autograd._force_original_view_tracking",
  ["mode"],
  (mode: boolean) => () => {
    const before = native.isViewReplayEnabled();
    native.setViewReplayEnabled(mode);
    return () => native.setViewReplayEnabled(before);
  },
  { called: "_force_original_view_tracking.__init__", statement: true },
);

/** Whether views are remade from what they were made of. */
export function is_view_replay_enabled(): boolean {
  followAsync();
  return native.isViewReplayEnabled();
}

/** A mode after which autograd takes tensors as unchanged, whatever was written to them. */
export function _unsafe_preserve_version_counter<T>(tensors: Tensor | readonly Tensor[], body: () => T): T;
export function _unsafe_preserve_version_counter(tensors: Tensor | readonly Tensor[]): Entered;
export function _unsafe_preserve_version_counter<T>(tensors: Tensor | readonly Tensor[], body?: () => T): T | Entered {
  const list: readonly Tensor[] = Array.isArray(tensors) ? tensors : [tensors as Tensor];
  const versions = list.map((tensor) => tensor._version);
  const leave = () => {
    for (const [i, tensor] of list.entries()) native.setVersion(handleOf(tensor), versions[i]);
  };
  return withMode("autograd._unsafe_preserve_version_counter", () => leave, body);
}
