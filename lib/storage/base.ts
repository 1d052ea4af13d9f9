// What both kinds of storages have in common.

import { inspect } from "node:util";
import { takeKeywords } from "../arguments/class.js";
import { IndexError } from "../errors.js";
import type { device } from "../types.js";
import type { Conversions } from "./conversions.js";

/** @internal A place from the front; throws IndexError if there is none. */
export function wrapIndex(index: number, size: number): number {
  if (index >= size || index < -size) throw new IndexError(`index ${index} out of range for storage of size ${size}`);
  return index < 0 ? index + size : index;
}

/** The conversions, which conversions.ts adds to the class. */
export interface StorageBase extends Conversions {}

/** What both kinds of storages have in common. */
export abstract class StorageBase {
  abstract readonly device: device;
  abstract size(): number;
  abstract __getitem__(index: number): unknown;
  abstract __setitem__(index: number, value: number | boolean): void;
  /** How the storage calls itself when it is printed. */
  protected abstract describe(): string;

  [index: number]: number;

  /** The number of elements. */
  get length(): number {
    return this.size();
  }

  __len__(): number {
    return this.size();
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let i = 0; i < this.size(); i++) yield this.__getitem__(i) as number;
  }

  /** The elements as an array. */
  tolist(): number[] {
    return [...this];
  }

  get is_cuda(): boolean {
    return this.device.type === "cuda";
  }

  /** Whether a storage is that of a sparse tensor: none is. */
  get is_sparse(): boolean {
    return false;
  }

  /** Whether the memory can be shared: it always is, among threads. */
  is_shared(): boolean {
    return true;
  }

  /** Does nothing: memory is shared among threads as it is. */
  share_memory_(): this {
    return this;
  }

  /** The ordinal of the device, null for the CPU. */
  get_device(): number | null {
    return this.device.index;
  }

  __repr__(): string {
    const info = `[${this.describe()} of size ${this.size()}]`;
    if (this.device.type === "meta") return `...\n${info}`;
    return ` ${this.elementTexts().join("\n ")}\n${info}`;
  }

  protected elementTexts(): string[] {
    return this.tolist().map(String);
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("_StorageBase", StorageBase.prototype, { get_device: [], tolist: [] });

const isIndexKey = (key: string | symbol): key is string => typeof key === "string" && /^-?\d+$/.test(key);

// At the end of the prototype chain, where only names that exist nowhere else arrive: storage[0].
const indexer = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    return isIndexKey(key) ? receiver.__getitem__(Number(key)) : Reflect.get(target, key, receiver);
  },
  set(target, key, value, receiver) {
    if (!isIndexKey(key)) return Reflect.set(target, key, value, receiver);
    receiver.__setitem__(Number(key), value);
    return true;
  },
});
Object.setPrototypeOf(StorageBase.prototype, indexer);
