// Hooks that are objects with `__call__`, as Python's are: found again by their class.

import { callableObject } from "../../../callable.js";
import { deepcopy } from "../../../python/copy.js";
import type { Module } from "../module.js";
import { hooksOf } from "./state.js";

/** The base of hooks that keep something: objects that can be called. */
export abstract class HookObject {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: an object that can be called is a function
    return callableObject(new.target.prototype as HookObject);
  }

  // biome-ignore lint/suspicious/noExplicitAny: each kind of hook has arguments and a result of its own
  abstract __call__(...args: any[]): any;

  /** A copy with copies of what the hook keeps, for the copy of its module. */
  __deepcopy__(memo: Map<unknown, unknown>): this {
    const made = callableObject(Object.getPrototypeOf(this) as this);
    memo.set(this, made);
    for (const [key, value] of Object.entries(this)) Object.assign(made, { [key]: deepcopy(value, memo) });
    return made;
  }
}

/** An object as the function that it is. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export const asHook = (object: HookObject) => object as unknown as (...args: any[]) => any;

/** The objects of a class that are called before a module's `forward`, with the numbers of the hooks. */
export function hookObjects<T extends HookObject>(
  module: Module,
  type: abstract new (...args: never[]) => T,
): [id: number, object: T][] {
  return [...hooksOf(module).forward_pre].flatMap(([id, { hook }]) =>
    (hook as unknown) instanceof type ? [[id, hook as unknown as T]] : [],
  );
}

/** Takes the hook of this number away. */
export function removeHookObject(module: Module, id: number): void {
  hooksOf(module).forward_pre.delete(id);
}
