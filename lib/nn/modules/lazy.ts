// torch/nn/modules/lazy.py

import { no_grad } from "../../autograd/grad_mode.js";
import { NotImplementedError, RuntimeError } from "../../errors.js";
import { is_lazy } from "../parameter.js";
import type { Kwargs } from "./module/hooks.js";
import { hooksOf, members, stateOf } from "./module/state.js";
import type { StateDict } from "./module/state_dicts.js";
import type { Module } from "./module.js";

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript demands of a mixin
type Class = new (...args: any[]) => Module;

/** What a lazy module can do. */
export interface LazyModule extends Module {
  /** The class that the module changes to when it was called for the first time; null if it stays what it is. */
  readonly cls_to_become: { prototype: object } | null;
  /** Gives the parameters their shapes, by the arguments of the first call. */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are those of forward
  initialize_parameters(...args: any[]): void;
  /** Whether some parameter or buffer has no shape yet. */
  has_uninitialized_params(): boolean;
  /** @internal */
  _infer_parameters(module: Module, args: unknown[], kwargs: Kwargs): void;
}

function lazyLoadHook(module: object, state_dict: StateDict, prefix: string): void {
  for (const [name, param] of [...members(module, "parameter"), ...members(module, "buffer")]) {
    const input_param = state_dict[prefix + name];
    if (!is_lazy(param) || input_param === undefined || is_lazy(input_param)) continue;
    no_grad(() => param.materialize(input_param.shape));
  }
}

function initializeHook(module: LazyModule, args: unknown[], kwargs: Kwargs): void {
  module._infer_parameters(module, args, kwargs);
}

/** Takes away the hooks that the mixin registered: by themselves, for a copy of the module has no handles of its own. */
function removeHooks(module: object): void {
  const { load_state_dict_pre, forward_pre } = hooksOf(module);
  for (const [id, { hook }] of load_state_dict_pre) if (hook === lazyLoadHook) load_state_dict_pre.delete(id);
  for (const [id, { hook }] of forward_pre) if (hook === initializeHook) forward_pre.delete(id);
}

/**
 * Makes a class of modules lazy: `class LazyLinear extends LazyModuleMixin(Linear)`.
 *
 * Parameters and buffers may be uninitialized; `initialize_parameters()`, which the class writes, gives them their shapes
 * when the module is called for the first time. Then the module changes its class to `cls_to_become`.
 *
 * Throws RuntimeError in the first call if a parameter is still uninitialized.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.lazy.LazyModuleMixin.html}
 */
export function LazyModuleMixin<B extends Class>(Base: B): B & (new (...args: ConstructorParameters<B>) => LazyModule) {
  class Lazy extends Base {
    // biome-ignore lint/suspicious/noExplicitAny: what TypeScript demands of a mixin
    constructor(...args: any[]) {
      super(...args);
      this.register_load_state_dict_pre_hook(lazyLoadHook);
      this.register_forward_pre_hook(initializeHook, { with_kwargs: true });
    }

    get cls_to_become(): { prototype: object } | null {
      return null;
    }

    override _save_to_state_dict(destination: StateDict, prefix: string, keep_vars: boolean): void {
      const { buffers } = stateOf(this);
      const saved = [...members(this, "parameter"), ...members(this, "buffer").filter(([name]) => buffers.get(name))];
      for (const [name, value] of saved) {
        if (value !== null) destination[prefix + name] = is_lazy(value) || keep_vars ? value : value.detach();
      }
    }

    initialize_parameters(..._args: unknown[]): void {
      throw new NotImplementedError(`initialize_parameters is not implemented for ${this.constructor.name}`);
    }

    has_uninitialized_params(): boolean {
      return [...members(this, "parameter"), ...members(this, "buffer")].some(([_name, value]) => is_lazy(value));
    }

    _infer_parameters(_module: Module, args: unknown[], kwargs: Kwargs): void {
      this.initialize_parameters(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []));
      if (this.has_uninitialized_params()) {
        throw new RuntimeError(`module ${this._get_name()} has not been fully initialized`);
      }
      removeHooks(this);
      if (this.cls_to_become !== null) Object.setPrototypeOf(this, this.cls_to_become.prototype);
    }
  }
  return Lazy as unknown as B & (new (...args: ConstructorParameters<B>) => LazyModule);
}
