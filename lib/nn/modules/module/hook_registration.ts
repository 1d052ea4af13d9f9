// The part of torch.nn.Module that registers hooks on calls.

import type { Tensor } from "../../../_tensor.js";
import { takeKeywords } from "../../../arguments/class.js";
import { def } from "../../../arguments/function.js";
import type { Keywords } from "../../../types.js";
import type { RemovableHandle } from "../../../utils/_removable_handle.js";
import type { Parameter } from "../../parameter.js";
import type { Module } from "../module.js";
import {
  addHook,
  type BackwardHook,
  type BackwardPreHook,
  type ForwardEntry,
  type ForwardHook,
  type ForwardHookWithKwargs,
  type ForwardPreHook,
  type ForwardPreHookWithKwargs,
  globalHooks,
  type RegistrationHook,
  registrationHooks,
} from "./hooks.js";
import { Members } from "./members.js";
import { hooksOf, stateOf } from "./state.js";

const entry = (hook: unknown, with_kwargs: boolean, always_call: boolean): ForwardEntry => ({
  hook: hook as ForwardEntry["hook"],
  with_kwargs,
  always_call,
});

/** The hooks of a module on its calls, which from now on must look at them. */
function callHooks(module: object) {
  stateOf(module).plain = false;
  return hooksOf(module);
}

/** Modules with hooks on their calls. */
export abstract class HookRegistration extends Members {
  /**
   * Calls `hook(module, args)` before `forward`; what it returns, if anything, replaces the arguments.
   *
   * With `with_kwargs` it is called as `hook(module, args, kwargs)` and returns `[args, kwargs]`; with `prepend` it is
   * called before all other hooks of the module.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_forward_pre_hook}
   */
  register_forward_pre_hook(
    hook: ForwardPreHookWithKwargs,
    keywords: Keywords<{ prepend?: boolean; with_kwargs: true }>,
  ): RemovableHandle;
  register_forward_pre_hook(
    hook: ForwardPreHook,
    keywords?: Keywords<{ prepend?: boolean; with_kwargs?: false }>,
  ): RemovableHandle;
  register_forward_pre_hook(hook: unknown, prepend: unknown = false, with_kwargs: unknown = false): RemovableHandle {
    return addHook(callHooks(this).forward_pre, entry(hook, with_kwargs as boolean, false), prepend as boolean);
  }

  /**
   * Calls `hook(module, args, output)` after `forward`; what it returns, if anything, replaces the output.
   *
   * With `with_kwargs` it is called as `hook(module, args, kwargs, output)`; with `prepend` before all other hooks of
   * the module; with `always_call` also after an error.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook}
   */
  register_forward_hook(
    hook: ForwardHookWithKwargs,
    keywords: Keywords<{ prepend?: boolean; with_kwargs: true; always_call?: boolean }>,
  ): RemovableHandle;
  register_forward_hook(
    hook: ForwardHook,
    keywords?: Keywords<{ prepend?: boolean; with_kwargs?: false; always_call?: boolean }>,
  ): RemovableHandle;
  register_forward_hook(
    hook: unknown,
    prepend: unknown = false,
    with_kwargs: unknown = false,
    always_call: unknown = false,
  ): RemovableHandle {
    const made = entry(hook, with_kwargs as boolean, always_call as boolean);
    return addHook(callHooks(this).forward, made, prepend as boolean);
  }

  /**
   * Calls `hook(module, grad_output)` before the gradients of the module's inputs are computed; what it returns, if
   * anything, replaces `grad_output`.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_pre_hook}
   */
  register_full_backward_pre_hook(hook: BackwardPreHook, keywords: Keywords<{ prepend?: boolean }>): RemovableHandle;
  register_full_backward_pre_hook(hook: BackwardPreHook, prepend?: boolean): RemovableHandle;
  register_full_backward_pre_hook(hook: BackwardPreHook, prepend: unknown = false): RemovableHandle {
    return addHook(callHooks(this).backward_pre, hook, prepend as boolean);
  }

  /**
   * Calls `hook(module, grad_input, grad_output)` when the gradients of the module's inputs were computed; what it
   * returns, if anything, replaces `grad_input`.
   *
   * Throws RuntimeError if the module has hooks of `register_backward_hook()`.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook}
   */
  register_full_backward_hook(hook: BackwardHook, keywords: Keywords<{ prepend?: boolean }>): RemovableHandle;
  register_full_backward_hook(hook: BackwardHook, prepend?: boolean): RemovableHandle;
  register_full_backward_hook(hook: BackwardHook, prepend: unknown = false): RemovableHandle {
    const hooks = callHooks(this);
    hooks.chooseKind(true, "on a single Module");
    return addHook(hooks.backward, hook, prepend as boolean);
  }

  /**
   * Calls a hook when the node that made the module's output has run backward; `register_full_backward_hook()` is meant.
   *
   * Throws RuntimeError if the module has hooks of `register_full_backward_hook()`.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Module.html#torch.nn.Module.register_backward_hook}
   */
  register_backward_hook(hook: BackwardHook): RemovableHandle {
    const hooks = callHooks(this);
    hooks.chooseKind(false, "on a single Module");
    return addHook(hooks.backward, hook);
  }
}

takeKeywords("Module", HookRegistration.prototype, {
  register_forward_pre_hook: ["hook", "*", "prepend", "with_kwargs"],
  register_forward_hook: ["hook", "*", "prepend", "with_kwargs", "always_call"],
  register_full_backward_pre_hook: ["hook", "prepend"],
  register_full_backward_hook: ["hook", "prepend"],
  register_backward_hook: ["hook"],
});

/**
 * Calls `hook(module, args)` before the `forward` of every module.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_forward_pre_hook.html}
 */
export const register_module_forward_pre_hook = def(
  "register_module_forward_pre_hook",
  ["hook"],
  (hook: ForwardPreHook): RemovableHandle => {
    return addHook(globalHooks.forward_pre, entry(hook, false, false));
  },
);

/**
 * Calls `hook(module, args, output)` after the `forward` of every module.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_forward_hook.html}
 */
export const register_module_forward_hook = def(
  "register_module_forward_hook",
  ["hook", "*", "with_kwargs", "always_call"],
  (hook: ForwardHook | ForwardHookWithKwargs, with_kwargs = false, always_call = false): RemovableHandle =>
    addHook(globalHooks.forward, entry(hook, with_kwargs, always_call)),
);

/**
 * Calls `hook(module, grad_output)` before the gradients of the inputs of any module are computed.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_full_backward_pre_hook.html}
 */
export const register_module_full_backward_pre_hook = def(
  "register_module_full_backward_pre_hook",
  ["hook"],
  (hook: BackwardPreHook): RemovableHandle => {
    return addHook(globalHooks.backward_pre, hook);
  },
);

/**
 * Calls `hook(module, grad_input, grad_output)` when the gradients of the inputs of any module were computed.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_full_backward_hook.html}
 */
export const register_module_full_backward_hook = def(
  "register_module_full_backward_hook",
  ["hook"],
  (hook: BackwardHook): RemovableHandle => {
    globalHooks.chooseKind(true, "as a global Module hook");
    return addHook(globalHooks.backward, hook);
  },
);

/**
 * Calls a hook when the node that made the output of any module has run backward.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_backward_hook.html}
 */
export const register_module_backward_hook = def(
  "register_module_backward_hook",
  ["hook"],
  (hook: BackwardHook): RemovableHandle => {
    globalHooks.chooseKind(false, "as a global Module hook");
    return addHook(globalHooks.backward, hook);
  },
);

/**
 * Calls `hook(module, name, buffer)` before a buffer is registered by `register_buffer()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_buffer_registration_hook.html}
 */
export const register_module_buffer_registration_hook = def(
  "register_module_buffer_registration_hook",
  ["hook"],
  (hook: RegistrationHook<Tensor | null>): RemovableHandle => {
    return addHook(registrationHooks.buffer, hook);
  },
);

/**
 * Calls `hook(module, name, submodule)` before a module is registered by `add_module()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_module_registration_hook.html}
 */
export const register_module_module_registration_hook = def(
  "register_module_module_registration_hook",
  ["hook"],
  (hook: RegistrationHook<Module | null>): RemovableHandle => {
    return addHook(registrationHooks.module, hook);
  },
);

/**
 * Calls `hook(module, name, param)` before a parameter is registered by `register_parameter()`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.module.register_module_parameter_registration_hook.html}
 */
export const register_module_parameter_registration_hook = def(
  "register_module_parameter_registration_hook",
  ["hook"],
  (hook: RegistrationHook<Parameter>): RemovableHandle => {
    return addHook(registrationHooks.parameter, hook);
  },
);
