// Hooks that are objects, as Python's with `__call__` are: registered, and found again by their class.

import type { RemovableHandle } from "../../../utils/hooks.js";
import type { Module } from "../module.js";
import { hooksOf } from "./state.js";

/** An object that is called before a module's `forward`. */
export interface HookObject {
  __call__(module: Module): void;
}

const objects = new WeakMap<object, HookObject>();

/** Calls an object before a module's `forward`. */
export function registerHookObject(module: Module, object: HookObject): RemovableHandle {
  const hook = (hooked: Module): void => object.__call__(hooked);
  objects.set(hook, object);
  return module.register_forward_pre_hook(hook);
}

/** The objects of a class that are called before a module's `forward`, with the numbers of the hooks. */
export function hookObjects<T extends HookObject>(
  module: Module,
  type: abstract new (...args: never[]) => T,
): [id: number, object: T][] {
  return [...hooksOf(module).forward_pre].flatMap(([id, { hook }]) => {
    const object = objects.get(hook);
    return object instanceof type ? [[id, object as T]] : [];
  });
}

/** Takes the hook of this number away. */
export function removeHookObject(module: Module, id: number): void {
  hooksOf(module).forward_pre.delete(id);
}
