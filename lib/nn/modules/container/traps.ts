// What makes `seq[0]`, `seq["1:"]`, `seq[-1] = module` and `delete seq[0]` work: containers are Proxies.

import { parseKey } from "../../../indexing.js";
import type { Slice } from "../../../python/slice.js";
import { isModule, stateOf } from "../module/state.js";
import type { Module } from "../module.js";

/** What is between Python's brackets: an integer or a slice. */
export type Item = number | Slice;

/** A container that is indexed by integers and slices. */
export interface List {
  __getitem__(idx: Item): unknown;
  __setitem__(idx: number, value: unknown): void;
  __delitem__(idx: Item): void;
}

const integerOrSlice = /^\s*[-+]?\d+\s*$|:/;

/** The integer or slice that a property's name stands for, or null: names of attributes begin with a letter or "_". */
function itemOf(key: string | symbol): Item | null {
  if (typeof key !== "string" || key.charCodeAt(0) >= 65 || !integerOrSlice.test(key)) return null;
  return parseKey(key)[0] as Item;
}

/** The container of which a function has the fields. */
const containerOf = <T>(target: object) => stateOf(target).self as unknown as T;

/** What every change of a field comes to in the end. */
const changes: ProxyHandler<object> = {
  defineProperty(target, key, property) {
    stateOf(target).items = null;
    return Reflect.defineProperty(target, key, property);
  },
  deleteProperty(target, key) {
    stateOf(target).items = null;
    return Reflect.deleteProperty(target, key);
  },
};

/** For containers that are indexed by integers and slices. */
export const listTraps: ProxyHandler<object> = {
  ...changes,
  get(target, key, receiver) {
    const item = itemOf(key);
    return item === null ? Reflect.get(target, key, receiver) : containerOf<List>(target).__getitem__(item);
  },
  set(target, key, value, receiver) {
    const item = itemOf(key);
    if (item === null) return Reflect.set(target, key, value, receiver);
    containerOf<List>(target).__setitem__(item as number, value);
    return true;
  },
  deleteProperty(target, key) {
    const item = itemOf(key);
    if (item === null) return Reflect.deleteProperty(target, key);
    containerOf<List>(target).__delitem__(item);
    return true;
  },
};

/** For containers that are indexed by text. */
export const dictTraps: ProxyHandler<object> = {
  ...changes,
  set(target, key, value, receiver) {
    const container = containerOf<{ _isEntry(key: string, value: unknown): boolean; __setitem__: Setter }>(target);
    if (typeof key !== "string" || !container._isEntry(key, value)) return Reflect.set(target, key, value, receiver);
    container.__setitem__(key, value);
    return true;
  },
};

type Setter = (key: string, value: unknown) => void;

/** The module's own text in an error, where Python gives the type of a value. */
export function checkChild(name: string, value: unknown, typename: string): asserts value is Module | null {
  if (value === null || isModule(value)) return;
  throw new TypeError(`cannot assign '${typename}' as child module '${name}' (torch.nn.Module or None expected)`);
}
