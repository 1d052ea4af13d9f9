// torch/autograd/grad_mode.py

import type { Tensor } from "../_tensor.js";
import { builtin } from "../arguments/function.js";
import { native, type StateHandle } from "../binding.js";
import { type Enter, type Entered, followAsync, setMode, withMode } from "../modes.js";
import { handleOf } from "../tensor_base.js";

function enterGrad(enabled: boolean): () => void {
  const before = native.isGradEnabled();
  native.setGradEnabled(enabled);
  return () => native.setGradEnabled(before);
}

/**
 * Runs a function without recording for backward(), or enters that mode until the end of a `using` block.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.no_grad.html}
 */
export function no_grad<T>(body: () => T): T;
export function no_grad(): Entered;
export function no_grad<T>(body?: () => T): T | Entered {
  return withMode("no_grad", () => enterGrad(false), body);
}

/**
 * Runs a function with recording for backward(), inside of no_grad() too.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.enable_grad.html}
 */
export function enable_grad<T>(body: () => T): T;
export function enable_grad(): Entered;
export function enable_grad<T>(body?: () => T): T | Entered {
  return withMode("enable_grad", () => enterGrad(true), body);
}

/**
 * Turns recording on or off: for a function, until the end of a `using` block, or, called as a statement, for good.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.set_grad_enabled.html}
 */
export function set_grad_enabled<T>(mode: boolean, body: () => T): T;
export function set_grad_enabled(mode: boolean): Disposable;
export function set_grad_enabled<T>(mode: boolean, body?: () => T): T | Disposable {
  if (body) return withMode("set_grad_enabled", () => enterGrad(mode), body) as T;
  return setMode("set_grad_enabled", () => enterGrad(mode));
}

/**
 * Whether operations are recorded for backward().
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
 * Tensors made inside can never take part in autograd.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.inference_mode.html}
 */
export function inference_mode<T>(body: () => T): T;
export function inference_mode<T>(mode: boolean, body: () => T): T;
export function inference_mode(mode?: boolean): Entered;
export function inference_mode<T>(mode: boolean | (() => T) = true, body?: () => T): T | Entered {
  if (typeof mode === "function") return withMode("inference_mode", () => enterInference(true), mode);
  return withMode("inference_mode", () => enterInference(mode), body);
}

/**
 * Whether inference mode is on.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.is_inference_mode_enabled.html}
 */
export const is_inference_mode_enabled = builtin("torch.is_inference_mode_enabled", (): boolean => {
  followAsync();
  return native.isInferenceModeEnabled();
});

/** A setting that holds for a function, until the end of a `using` block, or, called as a statement, for good. */
function setting<T>(name: string, enter: Enter, body: (() => T) | undefined): T | Disposable {
  if (body) return withMode(name, enter, body) as T;
  return setMode(name, enter);
}

/**
 * Whether backward() may use several threads: for a function, until the end of a `using` block, or for good.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.set_multithreading_enabled.html}
 */
export function set_multithreading_enabled<T>(mode: boolean, body: () => T): T;
export function set_multithreading_enabled(mode: boolean): Disposable;
export function set_multithreading_enabled<T>(mode: boolean, body?: () => T): T | Disposable {
  const enter = () => {
    const before = native.isMultithreadingEnabled();
    native.setMultithreadingEnabled(mode);
    return () => native.setMultithreadingEnabled(before);
  };
  return setting("autograd.set_multithreading_enabled", enter, body);
}

/** Whether backward() may use several threads. */
export function is_multithreading_enabled(): boolean {
  followAsync();
  return native.isMultithreadingEnabled();
}

/**
 * Whether gradients that backward() accumulates take their parameters' layouts: for a function, until the end of a `using`
 * block, or for good. Without, a gradient that nobody else holds is taken as it is.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad_mode.enforce_grad_layout_policy.html}
 */
export function enforce_grad_layout_policy<T>(enable: boolean, body: () => T): T;
export function enforce_grad_layout_policy(enable?: boolean): Disposable;
export function enforce_grad_layout_policy<T>(enable = true, body?: () => T): T | Disposable {
  const enter = () => {
    const before = native.getSetting("grad_layout_enforcement");
    native.setSetting("grad_layout_enforcement", enable);
    return () => native.setSetting("grad_layout_enforcement", before);
  };
  return setting("autograd.enforce_grad_layout_policy", enter, body);
}

/** Whether views are remade from what they were made of: for a function, until the end of a `using` block, or for good. */
export function _force_original_view_tracking<T>(mode: boolean, body: () => T): T;
export function _force_original_view_tracking(mode: boolean): Disposable;
export function _force_original_view_tracking<T>(mode: boolean, body?: () => T): T | Disposable {
  const enter = () => {
    const before = native.isViewReplayEnabled();
    native.setViewReplayEnabled(mode);
    return () => native.setViewReplayEnabled(before);
  };
  return setting("autograd._force_original_view_tracking", enter, body);
}

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
