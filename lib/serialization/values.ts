// The values of a pickle while it is read, and what becomes of them: Python's rules for dicts and tuples need both.

import type { Tensor } from "../_tensor.js";
import { Device } from "../device.js";
import { dtype } from "../dtype.js";
import { UnpicklingError } from "../errors.js";
import { layout, qscheme } from "../layout.js";
import { PyFloat } from "../python/float.js";
import { typeName } from "../python/objects.js";
import { Size } from "../size.js";
import { TensorBase } from "../tensor_base.js";
import { StoredBytes } from "./storages.js";

/** How deep values may be nested in each other; Python's own pickler gives up at about as many. */
export const DEEPEST = 1000;

/** A tuple, which becomes an array. */
export class PyTuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** A dict, an OrderedDict or a Counter, which becomes a plain object or a Map. */
export class PyDict {
  readonly kind: "dict" | "OrderedDict" | "Counter";
  entries: Map<unknown, unknown> | null = null;
  /** An OrderedDict's own attributes, of which a state dict's `_metadata` is one. */
  attributes: PyDict | null = null;
  /** Set once the dict was turned into JavaScript's: later changes would be lost. */
  finished = false;

  constructor(kind: PyDict["kind"] = "dict") {
    this.kind = kind;
  }

  set(key: unknown, value: unknown): void {
    if (this.finished) throw new UnpicklingError("the pickle changes a dict after it was used");
    if (Array.isArray(key) || key instanceof PyDict || key instanceof Set) {
      throw new TypeError(`unhashable type: '${nameOfType(key)}'`);
    }
    this.entries ??= new Map();
    this.entries.set(key, value);
  }

  get(key: string): unknown {
    return this.entries?.get(key);
  }
}

/** A function or class that a pickle may name: what it is called, and what calling it with arguments gives. */
export class Global {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;
  /** For a class of the user's: to make objects of it and to set their state. */
  readonly user: boolean;

  constructor(name: string, call: (args: readonly unknown[]) => unknown, user = false) {
    this.name = name;
    this.call = call;
    this.user = user;
  }
}

/** What Python calls the type of a value in a pickle. */
export function nameOfType(x: unknown): string {
  if (x instanceof PyTuple) return "tuple";
  if (x instanceof PyDict) return x.kind === "dict" ? "dict" : `collections.${x.kind}`;
  if (x instanceof Global) return x.name;
  if (x instanceof StoredBytes) return "torch.storage.TypedStorage";
  if (x instanceof Uint8Array) return "bytes";
  return typeName(x);
}

/** The items of a tuple or list. */
export function itemsOf(x: unknown, what: string): readonly unknown[] {
  if (x instanceof PyTuple) return x.items;
  if (Array.isArray(x)) return x;
  throw new UnpicklingError(`${what} must be a tuple, not ${nameOfType(x)}`);
}

/** Turns what a pickle holds into JavaScript's values; what is shared stays shared. */
export class Finisher {
  readonly #done = new Map<object, unknown>();

  finish(x: unknown, depth = 0): unknown {
    if (typeof x !== "object" || x === null) return x;
    if (depth > DEEPEST) throw new UnpicklingError(`values are nested more than ${DEEPEST} deep`);
    if (this.#done.has(x)) return this.#done.get(x);
    if (Array.isArray(x) && !(x instanceof Size)) return this.#list(x, depth);
    if (x instanceof PyTuple) return this.#keep(x, this.#tuple(x, depth));
    if (x instanceof PyDict) return this.#dict(x, depth);
    if (x instanceof Set) return this.#set(x, depth);
    if (x instanceof StoredBytes) return this.#keep(x, x.typed());
    if (x instanceof Global) {
      throw new UnpicklingError(`the file holds ${x.name} itself, a function or class of Python's`);
    }
    return x;
  }

  #keep<T>(x: object, made: T): T {
    this.#done.set(x, made);
    return made;
  }

  #list(x: unknown[], depth: number): unknown[] {
    this.#done.set(x, x);
    for (let i = 0; i < x.length; i++) x[i] = this.finish(x[i], depth + 1);
    return x;
  }

  #tuple(x: PyTuple, depth: number): unknown[] {
    return x.items.map((item) => this.finish(item, depth + 1));
  }

  #set(x: Set<unknown>, depth: number): Set<unknown> {
    this.#done.set(x, x);
    const items = [...x].map((item) => this.finish(item, depth + 1));
    x.clear();
    for (const item of items) x.add(item);
    return x;
  }

  #dict(x: PyDict, depth: number): unknown {
    x.finished = true;
    const entries = x.entries ?? new Map<unknown, unknown>();
    const result = isObject(entries) ? {} : new Map();
    this.#done.set(x, result);
    for (const [key, value] of entries) {
      if (result instanceof Map) result.set(this.finish(key, depth + 1), this.finish(value, depth + 1));
      else setOwn(result, key as string, this.finish(value, depth + 1));
    }
    const metadata = x.attributes?.get("_metadata");
    if (metadata instanceof PyDict) {
      const value = new Map<unknown, unknown>();
      for (const [key, item] of metadata.entries ?? []) value.set(key, this.finish(item, depth + 1));
      Object.defineProperty(result, "_metadata", { value, writable: true, configurable: true });
    }
    return result;
  }
}

/** Whether a dict can be a plain object: all its keys are text that JavaScript would keep in this order. */
function isObject(entries: ReadonlyMap<unknown, unknown>): boolean {
  let last = -1;
  let names = false;
  for (const key of entries.keys()) {
    if (typeof key !== "string") return false;
    // These come first in an object, and in ascending order.
    const index = /^(0|[1-9]\d{0,9})$/.test(key) ? Number(key) : Number.NaN;
    if (!(index < 2 ** 32 - 1)) names = true;
    else if (names || index < last) return false;
    else last = index;
  }
  return true;
}

/** A dict whose keys and values are JavaScript's already: a plain object where that keeps it, else a Map. */
export function dictOf(entries: ReadonlyMap<unknown, unknown>): Record<string, unknown> | Map<unknown, unknown> {
  if (!isObject(entries)) return new Map(entries);
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries) setOwn(result, key as string, value);
  return result;
}

function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

// What the arguments of rebuild functions must be.

function wrong(what: string, expected: string, x: unknown): UnpicklingError {
  return new UnpicklingError(`${what} must be ${expected}, not ${nameOfType(x)}`);
}

export function asTensor(x: unknown, what: string): Tensor {
  if (x instanceof TensorBase) return x as Tensor;
  throw wrong(what, "a tensor", x);
}

export function asStorage(x: unknown, what: string): StoredBytes {
  if (x instanceof StoredBytes) return x;
  throw wrong(what, "a storage", x);
}

export function asInteger(x: unknown, what: string): number {
  if (typeof x === "number" && Number.isSafeInteger(x)) return x;
  throw wrong(what, "an int", x);
}

export function asNumber(x: unknown, what: string): number {
  if (x instanceof PyFloat) return x.valueOf();
  if (typeof x === "number") return x;
  throw wrong(what, "a number", x);
}

export function asCount(x: unknown, what: string): number {
  const count = asInteger(x, what);
  if (count < 0) throw new UnpicklingError(`${what} must not be negative, but is ${count}`);
  return count;
}

export function asCounts(x: unknown, what: string): number[] {
  return itemsOf(x, what).map((item) => asCount(item, what));
}

export function asText(x: unknown, what: string): string {
  if (typeof x === "string") return x;
  if (x instanceof Uint8Array) return Buffer.from(x).toString("latin1");
  throw wrong(what, "a str", x);
}

export function asBool(x: unknown, what: string): boolean {
  if (typeof x === "boolean") return x;
  throw wrong(what, "a bool", x);
}

export function asDtype(x: unknown, what: string): dtype {
  if (x instanceof dtype) return x;
  throw wrong(what, "a torch.dtype", x);
}

export function asLayout(x: unknown, what: string): layout {
  if (x instanceof layout) return x;
  throw wrong(what, "a torch.layout", x);
}

export function asQscheme(x: unknown, what: string): qscheme {
  if (x instanceof qscheme) return x;
  throw wrong(what, "a torch.qscheme", x);
}

export function asDevice(x: unknown, what: string): Device | string {
  if (x instanceof Device || typeof x === "string") return x;
  throw wrong(what, "a torch.device", x);
}
