import type { Tensor } from "../../../_tensor.js";
import { TensorBase } from "../../../tensor_base.js";
import { isBuffer, isParameter, type Parameter } from "../../parameter.js";
import type { Module } from "../module.js";
import { Hooks } from "./hooks.js";

/** What a module keeps about itself besides its fields. */
export const STATE = Symbol("state");

/** What a field can hold. */
export type Kind = "parameter" | "buffer" | "module";

/** @internal */
export class State {
  /** The module itself: for those that are indexed, the Proxy. */
  declare self: Module;
  /** The function that has the fields. */
  declare raw: object;
  /** Whether a call goes straight to `forward`: there are no hooks, and the fields were looked at once. */
  plain = false;
  hooks: Hooks | null = null;
  /** The names of the buffers, with whether they are in the state dict. */
  readonly buffers = new Map<string, boolean>();
  /** The names that stand for a parameter or a module although they hold None. */
  readonly none = new Map<string, Kind>();
  /** The names of the fields in their order, if some are integers: JavaScript would put those first. */
  order: Set<string> | null = null;
  /** The modules of a container, until its fields change. */
  items: readonly Module[] | null = null;
}

export function stateOf(module: object): State {
  return (module as { [STATE]: State })[STATE];
}

/** Whether a value is a module. */
export function isModule(value: unknown): value is Module {
  return typeof value === "function" && STATE in value;
}

export function hooksOf(module: object): Hooks {
  const state = stateOf(module);
  state.hooks ??= new Hooks();
  return state.hooks;
}

/** The value of a field, whatever its type. */
export function getField(module: object, name: string): unknown {
  return (stateOf(module).raw as Record<string, unknown>)[name];
}

/** Sets a field, also one of a name that means something to JavaScript. */
export function setField(module: object, name: string, value: unknown): void {
  if (isIndex(name)) noteOrder(module).add(name);
  // What a ScriptModule holds lies in libtorch.
  if (Object.getOwnPropertyDescriptor(module, name)?.set) {
    Reflect.set(module, name, value);
    return;
  }
  Object.defineProperty(module, name, { value, writable: true, enumerable: true, configurable: true });
}

const isIndex = (name: string | undefined) => name !== undefined && /^\d/.test(name);

/** The names of the fields in their order, kept up to date from here on. */
function noteOrder(module: object): Set<string> {
  const state = stateOf(module);
  const names = Object.keys(module);
  const order = state.order ?? new Set();
  if (order.size === names.length && names.every((name) => order.has(name))) return order;
  for (const name of order) if (!Object.hasOwn(module, name)) order.delete(name);
  for (const name of names) order.add(name);
  state.order = order;
  return order;
}

/** The names of a module's fields, in the order in which they appeared. */
export function fieldNames(module: object): Iterable<string> {
  const names = Object.keys(module);
  return isIndex(names[0]) ? noteOrder(module) : names;
}

/** What a field holds, or null if that is of no concern to the module. */
function kindOf(state: State, name: string, value: unknown): Kind | null {
  if (typeof value !== "object" && typeof value !== "function") return null;
  if (value instanceof TensorBase) {
    if (isParameter(value)) {
      state.buffers.delete(name);
      return "parameter";
    }
    if (isBuffer(value)) state.buffers.set(name, value.persistent);
    return state.buffers.has(name) ? "buffer" : null;
  }
  if (isModule(value)) {
    state.buffers.delete(name);
    return "module";
  }
  if (value === null) return state.buffers.has(name) ? "buffer" : (state.none.get(name) ?? null);
  return null;
}

/** The values that fields of each kind hold. */
interface Held {
  parameter: Parameter | null;
  buffer: Tensor | null;
  module: Module | null;
}

/** The fields of one kind, in the order in which they appeared. */
export function members<K extends Kind>(module: object, kind: K): [name: string, value: Held[K]][] {
  const state = stateOf(module);
  for (const name of state.buffers.keys()) if (!Object.hasOwn(state.raw, name)) state.buffers.delete(name);
  const found: [string, Held[K]][] = [];
  for (const name of fieldNames(module)) {
    const value = (state.raw as Record<string, unknown>)[name];
    if (kindOf(state, name, value) === kind) found.push([name, value as Held[K]]);
  }
  return found;
}

/** The fields of all kinds, each as `members()` gives them. */
export function allMembers(module: object): { [K in Kind]: [name: string, value: Held[K]][] } {
  const state = stateOf(module);
  for (const name of state.buffers.keys()) if (!Object.hasOwn(state.raw, name)) state.buffers.delete(name);
  const found: { [K in Kind]: [string, Held[K]][] } = { parameter: [], buffer: [], module: [] };
  for (const name of fieldNames(module)) {
    const value = (state.raw as Record<string, unknown>)[name];
    const kind = kindOf(state, name, value);
    if (kind !== null) found[kind].push([name, value as never]);
  }
  return found;
}

/** Takes a field away, with what was known of it. */
export function deleteField(module: object, name: string): void {
  const state = stateOf(module);
  state.items = null;
  state.buffers.delete(name);
  state.none.delete(name);
  Reflect.deleteProperty(state.raw, name);
}

/** Whether an object has an attribute of this name, as Python's `hasattr` answers: not what JavaScript gives every object. */
export function hasattr(object: object, name: string): boolean {
  if (name === "constructor" || (Object.hasOwn(object, name) && Reflect.get(object, name) === undefined)) return false;
  return name in object && !(name in Object.prototype && !Object.hasOwn(object, name));
}
