// ParameterList and ParameterDict of torch/nn/modules/container.py

import { Tensor } from "../../../_tensor.js";
import { takeKeywords } from "../../../arguments/class.js";
import { isPlainObject } from "../../../arguments/function.js";
import { AttributeError, KeyError, RuntimeError } from "../../../errors.js";
import { typeName } from "../../../python/objects.js";
import { repr } from "../../../python/repr.js";
import { Slice } from "../../../python/slice.js";
import { Parameter } from "../../parameter.js";
import { TRAPS } from "../module/function_object.js";
import { named } from "../module/keywords.js";
import { deleteField, getField, hasattr, setField } from "../module/state.js";
import { Module } from "../module.js";
import { entriesOf, position, sliced } from "./items.js";
import { dictTraps, type Item, listTraps } from "./traps.js";

/** Tensors become parameters; all else stays as it is. */
function entryOf(value: unknown): unknown {
  return value instanceof Tensor && !(value instanceof Parameter) ? new Parameter(value) : value;
}

/** The line that an entry is printed as. */
function entryLine(key: string | number, value: unknown, type: (tensor: Tensor) => string): string {
  if (!(value instanceof Tensor)) return `  (${key}): Object of type: ${typeName(value)}`;
  const device = value.device.type === "cuda" ? ` (${value.device})` : "";
  const kind = value instanceof Parameter ? "Parameter" : "Tensor";
  return `  (${key}): ${kind} containing: [${type(value)} of size ${value.size().join("x")}${device}]`;
}

/** Adds a property that is no field. */
function hide(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

class ParameterListModule<T = Parameter> extends Module {
  [index: number]: T;
  [slice: `${string}:${string}`]: ParameterList<T>;

  /** @internal */
  declare _size: number;

  static {
    Object.defineProperty(ParameterListModule.prototype, TRAPS, { value: listTraps });
  }

  constructor(values: Iterable<unknown> | null = null) {
    super();
    hide(this, "_size", 0);
    if (values !== null) this.extend(values);
  }

  /** Python's `self[idx]`: a value, or a ParameterList of those in a slice. */
  __getitem__(idx: number): T;
  __getitem__(idx: Slice): ParameterList<T>;
  __getitem__(idx: Item): unknown {
    if (!(idx instanceof Slice)) return getField(this, String(position(idx, this._size)));
    const made = new (this.constructor as new () => ParameterList<T>)();
    return made.extend(sliced([...this], idx));
  }

  /** Python's `self[idx] = param`: a tensor becomes a Parameter. */
  __setitem__(idx: number, param: unknown): void {
    setField(this, String(position(idx, this._size)), entryOf(param));
  }

  /** @internal */
  __delitem__(_idx: Item): void {
    throw new TypeError(`'${this.constructor.name}' object doesn't support item deletion`);
  }

  /** The number of values. */
  override get length(): number {
    return this._size;
  }

  __len__(): number {
    return this._size;
  }

  /** The values in order. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i < this._size; i++) yield this.__getitem__(i);
  }

  /** Adds a value at the end: a tensor becomes a Parameter. */
  append(value: unknown): this {
    this._size += 1;
    this.__setitem__(this._size - 1, value);
    return this;
  }

  /** Adds values at the end; throws TypeError for what cannot be iterated over. */
  extend(values: Iterable<unknown>): this {
    if (typeof (values as Iterable<unknown> | null)?.[Symbol.iterator] !== "function" || values instanceof Tensor) {
      throw new TypeError(`ParameterList.extend should be called with an iterable, but got ${typeName(values)}`);
    }
    for (const value of [...values]) this.append(value);
    return this;
  }

  /** Python's `self += parameters`. */
  __iadd__(parameters: Iterable<unknown>): this {
    return this.extend(parameters);
  }

  override extra_repr(): string {
    return [...this].map((value, k) => entryLine(k, value, (t) => String(t.dtype))).join("\n");
  }

  override forward(..._args: unknown[]): never {
    throw new RuntimeError("ParameterList should not be called.");
  }
}

takeKeywords("ParameterList", ParameterListModule.prototype, { append: ["value"] }, { dict: 0 });

takeKeywords("ParameterList", ParameterListModule.prototype, { extend: ["values"] });

interface ParameterListConstructor {
  new <T = Parameter>(values?: Iterable<T> | null): ParameterList<T extends Tensor ? Parameter : T>;
  <T = Parameter>(values?: Iterable<T> | null): ParameterList<T extends Tensor ? Parameter : T>;
  readonly prototype: ParameterList;
}

/** What a ParameterDict can be made of. */
type Values =
  | Readonly<Record<string, unknown>>
  | ReadonlyMap<string, unknown>
  | Iterable<readonly [string, unknown]>
  | ParameterDictModule;

class ParameterDictModule extends Module {
  /** @internal */
  declare _keys: Set<string>;

  static {
    Object.defineProperty(ParameterDictModule.prototype, TRAPS, { value: dictTraps });
  }

  constructor(parameters: Values | null = null) {
    super();
    hide(this, "_keys", new Set());
    if (parameters !== null) this.update(parameters);
  }

  /** @internal Whether an assignment to a field means an entry. */
  _isEntry(key: string, _value: unknown): boolean {
    return this._keys !== undefined && (this._keys.has(key) || !(Object.hasOwn(this, key) || hasattr(this, key)));
  }

  /** Python's `self[key]`; throws AttributeError if there is no such entry. */
  __getitem__(key: string): unknown {
    if (!this._keys.has(key)) {
      throw new AttributeError(`'${this.constructor.name}' object has no attribute '${key}'`);
    }
    return getField(this, key);
  }

  /** Python's `self[key] = value`: a tensor becomes a Parameter. */
  __setitem__(key: string, value: unknown): void {
    if (typeof key !== "string") {
      throw new TypeError(
        `Index given to ParameterDict cannot be used as a key as it is not a string (type is '${typeName(key)}'). Open an issue on github if you need non-string keys.`,
      );
    }
    this._keys.add(key);
    setField(this, key, entryOf(value));
  }

  /** Python's `del self[key]`; throws KeyError if there is no such entry. */
  __delitem__(key: string): void {
    if (!this._keys.delete(key)) throw new KeyError(repr(key));
    deleteField(this, key);
  }

  /** The number of entries. */
  override get length(): number {
    return this.keys().length;
  }

  __len__(): number {
    return this.length;
  }

  /** The keys, as Python iterates over a dict. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.keys().values();
  }

  __reversed__(): IterableIterator<string> {
    return this.keys().reverse().values();
  }

  /** A ParameterDict of the same parameters. */
  copy(): ParameterDict<unknown> {
    return new ParameterDict(new Map(this.items())) as ParameterDict<unknown>;
  }

  /** Python's `key in self`. */
  __contains__(key: string): boolean {
    return this.keys().includes(key);
  }

  /** The value of a key, which gets the default if it has none. */
  setdefault(key: string, default_: unknown = null): unknown {
    if (!this.__contains__(key)) this.__setitem__(key, default_);
    return this.__getitem__(key);
  }

  /** Takes all entries out. */
  clear(): void {
    for (const key of this.keys()) this.__delitem__(key);
  }

  /** Takes an entry out and returns its value; throws AttributeError if there is none. */
  pop(key: string): unknown {
    const value = this.__getitem__(key);
    this.__delitem__(key);
    return value;
  }

  /** Takes the last entry out and returns it; throws KeyError if there is none. */
  popitem(): [string, unknown] {
    const key = this.keys().at(-1);
    if (key === undefined) throw new KeyError("'dictionary is empty'");
    return [key, this.pop(key)];
  }

  /** The value of a key, or the default. */
  get(key: string, default_: unknown = null): unknown {
    return this.__contains__(key) ? this.__getitem__(key) : default_;
  }

  /** A ParameterDict that has the same value for all keys. */
  fromkeys(keys: Iterable<string>, default_: unknown = null): ParameterDict<unknown> {
    return new ParameterDict(Array.from(keys, (key) => [key, default_] as const));
  }

  /** The keys. */
  keys(): string[] {
    // An entry may have been taken out by `delete dict[key]`.
    for (const key of this._keys) if (!Object.hasOwn(this, key)) this._keys.delete(key);
    return [...this._keys];
  }

  /** The keys with their values. */
  items(): [string, unknown][] {
    return this.keys().map((key) => [key, this.__getitem__(key)]);
  }

  /** The values. */
  values(): unknown[] {
    return this.keys().map((key) => this.__getitem__(key));
  }

  /** Takes over the entries of an object (sorted by key, as Python does), a Map, a ParameterDict or pairs. */
  update(parameters: Values): void {
    const entries = [...entriesOf(parameters, "ParametersDict", "ParameterDict")];
    if (isPlainObject(parameters)) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, value] of entries) this.__setitem__(key, value);
  }

  /** Python's `self | other`. */
  __or__(other: ParameterDictModule): ParameterDict<unknown> {
    const copy = this.copy();
    copy.update(other);
    return copy;
  }

  /** Python's `self |= other`. */
  __ior__(other: ParameterDictModule): this {
    this.update(other);
    return this;
  }

  override extra_repr(): string {
    return this.items()
      .map(([key, value]) => entryLine(key, value, (t) => t.type()))
      .join("\n");
  }

  override forward(..._args: unknown[]): never {
    throw new RuntimeError("ParameterDict should not be called.");
  }
}

takeKeywords("ParameterDict", ParameterDictModule.prototype, { update: ["parameters"] }, { dict: 0 });

/** What the entries of a ParameterDict are: tensors became parameters. */
type Value<D> = D extends ReadonlyMap<string, infer V> | Readonly<Record<string, infer V>>
  ? V extends Tensor
    ? Parameter
    : V
  : Parameter;

interface ParameterDictConstructor {
  new <D extends Values = ParameterDict>(parameters?: D | null): ParameterDict<Value<D>>;
  <D extends Values = ParameterDict>(parameters?: D | null): ParameterDict<Value<D>>;
  readonly prototype: ParameterDict;
}

takeKeywords("ParameterDict", ParameterDictModule.prototype, {
  clear: [],
  copy: [],
  items: [],
  keys: [],
  pop: ["key"],
  popitem: [],
  values: [],
  get: ["key", "default"],
  setdefault: ["key", "default"],
  fromkeys: ["keys", "default"],
});

/**
 * A list of parameters, or of anything: tensors in it become parameters; `list[0]`, `list["1:"]`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ParameterList.html}
 */
export interface ParameterList<T = Parameter> extends ParameterListModule<T> {}
export const ParameterList = named<ParameterList>("ParameterList")(
  ParameterListModule,
  ["values"],
  [],
) as unknown as ParameterListConstructor;

/**
 * Parameters, or anything, by key: tensors in it become parameters; `dict["key"]`, `delete dict["key"]`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ParameterDict.html}
 */
export type ParameterDict<V = Parameter> = ParameterDictModule & { [key: string]: V };
export const ParameterDict = named<ParameterDict>("ParameterDict")(ParameterDictModule, ["parameters"], [], {
  dict: 0,
}) as unknown as ParameterDictConstructor;
