// torch/nn/modules/container.py: Sequential, ModuleList and ModuleDict; the containers of parameters are in container/.

import { takeKeywords } from "../../arguments/class.js";
import { isPlainObject } from "../../arguments/function.js";
import { callable } from "../../callable.js";
import { AssertionError, IndexError, KeyError, ValueError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import { Slice } from "../../python/slice.js";
import { entriesOf, itemsOf, position, sliced } from "./container/items.js";
import { checkChild, dictTraps, type Item, listTraps } from "./container/traps.js";
import { TRAPS } from "./module/function_object.js";
import { named } from "./module/keywords.js";
import { deleteField, isModule, members, setField } from "./module/state.js";
import { Module } from "./module.js";

export { ParameterDict, ParameterList } from "./container/parameters.js";

function _addindent(text: string, numSpaces: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(numSpaces)}`);
}

/** Gives the modules of a list new names: "0", "1", ... */
function renumber(container: object): void {
  const modules = itemsOf(container);
  for (const [name] of members(container, "module")) deleteField(container, name);
  for (const [i, module] of modules.entries()) setField(container, String(i), module);
}

/** The parts that Sequential and ModuleList have in common. */
abstract class ModuleSequence extends Module {
  static {
    Object.defineProperty(ModuleSequence.prototype, TRAPS, { value: listTraps });
  }

  /** The number of modules. */
  override get length(): number {
    return itemsOf(this).length;
  }

  __len__(): number {
    return this.length;
  }

  /** Takes out what is at an index or a slice, and returns it. */
  pop(key: Item): Module {
    const taken = (this as unknown as { __getitem__(key: Item): Module }).__getitem__(key);
    this.__delitem__(key);
    return taken;
  }

  /** Python's `del self[idx]`: the modules behind move up. */
  __delitem__(idx: Item): void {
    const names = members(this, "module").map(([name]) => name);
    const removed = idx instanceof Slice ? sliced(names, idx) : [names[position(idx, names.length)]];
    for (const name of removed) deleteField(this, name);
    renumber(this);
  }
}

// biome-ignore-start lint/suspicious/noExplicitAny: what modules that are not known by type take and give
/** What the first of the modules takes. */
type Input<M extends readonly Module[]> = M extends readonly [infer First extends Module, ...unknown[]]
  ? Parameters<First["forward"]>[0]
  : any;
/** What the last of the modules gives. */
type Output<M extends readonly Module[]> = M extends readonly [...unknown[], infer Last extends Module]
  ? ReturnType<Last["forward"]>
  : any;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

class SequentialModule<M extends readonly Module[] = Module[]> extends ModuleSequence {
  [index: number]: M[number];
  [slice: `${string}:${string}`]: Sequential;

  constructor(...args: M) {
    super();
    const [only] = args as readonly unknown[];
    if (args.length === 1 && (isPlainObject(only) || only instanceof Map)) {
      for (const [key, module] of only instanceof Map ? only : Object.entries(only)) this.add_module(key, module);
    } else {
      for (const [idx, module] of args.entries()) this.add_module(String(idx), module);
    }
  }

  override forward(input: Input<M>): Output<M> {
    let output: unknown = input;
    for (const module of itemsOf(this)) output = module(output);
    return output as Output<M>;
  }

  /** Python's `self[idx]`: a module, or a Sequential of those in a slice, with their names. */
  __getitem__(idx: number): M[number];
  __getitem__(idx: Slice): Sequential;
  __getitem__(idx: Item): Module {
    const modules = itemsOf(this);
    if (!(idx instanceof Slice)) return modules[position(idx, modules.length)];
    const entries = sliced(members(this, "module"), idx);
    return new (this.constructor as new (modules: unknown) => Sequential)(new Map(entries));
  }

  /** Python's `self[idx] = module`. */
  __setitem__(idx: number, module: Module): void {
    const names = members(this, "module").map(([name]) => name);
    const name = names[position(idx, names.length)];
    checkChild(name, module, typeName(module));
    setField(this, name, module);
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<M[number]> {
    return itemsOf(this).values() as IterableIterator<M[number]>;
  }

  /** Adds a module at the end. */
  append(module: Module): this {
    this.add_module(String(this.length), module);
    return this;
  }

  /** Puts a module before the one at an index; throws IndexError if there is no such place. */
  insert(index: number, module: Module): this {
    if (!isModule(module))
      throw new AssertionError("module should be of type: <class 'torch.nn.modules.module.Module'>");
    const n = this.length;
    if (index < -n || index > n) throw new IndexError(`Index out of range: ${index}`);
    insertAt(this, index < 0 ? index + n : index, module);
    return this;
  }

  /** Adds modules at the end. */
  extend(sequential: Iterable<Module>): this {
    for (const layer of sequential) this.append(layer);
    return this;
  }

  /** Python's `self + other`: a Sequential of the modules of both; throws ValueError for what is none. */
  __add__(other: Sequential): Sequential {
    checkSequential(other);
    return new Sequential().extend(this).extend(other);
  }

  /** Python's `self += other`. */
  __iadd__(other: Sequential): this {
    checkSequential(other);
    return this.extend(itemsOf(other));
  }

  /** Python's `self * other`: a Sequential of the modules so many times over; throws ValueError for less than once. */
  __mul__(other: number): Sequential {
    checkFactor(this, other);
    const combined = new Sequential();
    for (let i = 0; i < other; i++) combined.extend(this);
    return combined;
  }

  /** Python's `self *= other`. */
  __imul__(other: number): this {
    checkFactor(this, other);
    const modules = itemsOf(this);
    for (let i = 1; i < other; i++) this.extend(modules);
    return this;
  }
}

/** Moves the modules from a place on by one, and puts one there. */
function insertAt(container: object, index: number, module: Module): void {
  const modules = itemsOf(container);
  for (let i = modules.length; i > index; i--) setField(container, String(i), modules[i - 1]);
  setField(container, String(index), module);
}

function checkSequential(other: unknown): void {
  if (other instanceof Sequential) return;
  throw new ValueError(
    `add operator supports only objects of Sequential class, but <class '${typeName(other)}'> is given.`,
  );
}

const SEQUENTIAL = "<class 'torch.nn.modules.container.Sequential'>";

function checkFactor(self: Module, factor: unknown): void {
  const type = self.constructor === Sequential ? SEQUENTIAL : `<class '${self.constructor.name}'>`;
  if (!Number.isInteger(factor)) {
    throw new TypeError(`unsupported operand type(s) for *: ${type} and <class '${typeName(factor)}'>`);
  }
  if ((factor as number) <= 0) throw new ValueError(`Non-positive multiplication factor ${factor} for ${type}`);
}

/** The modules of a tuple, each at its place. */
type At<M extends readonly Module[]> = { [Index in keyof M & `${number}`]: M[Index] };

interface SequentialConstructor {
  new <M extends readonly Module[] = Module[]>(...args: M): Sequential<M>;
  new (arg: Readonly<Record<string, Module>> | ReadonlyMap<string, Module>): Sequential;
  <M extends readonly Module[] = Module[]>(...args: M): Sequential<M>;
  (arg: Readonly<Record<string, Module>> | ReadonlyMap<string, Module>): Sequential;
  readonly prototype: Sequential;
}

class ModuleListModule<T extends Module = Module> extends ModuleSequence {
  [index: number]: T;
  [slice: `${string}:${string}`]: ModuleList<T>;

  constructor(modules: Iterable<T> | null = null) {
    super();
    if (modules !== null) this.extend(modules);
  }

  /** Python's `self[idx]`: a module, or a ModuleList of those in a slice. */
  __getitem__(idx: number): T;
  __getitem__(idx: Slice): ModuleList<T>;
  __getitem__(idx: Item): Module {
    const modules = itemsOf(this);
    if (!(idx instanceof Slice)) return modules[position(idx, modules.length)];
    return new (this.constructor as new (modules: Module[]) => ModuleList)(sliced(modules, idx));
  }

  /** Python's `self[idx] = module`. */
  __setitem__(idx: number, module: T): void {
    const name = String(position(idx, this.length));
    checkChild(name, module, typeName(module));
    setField(this, name, module);
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<T> {
    return itemsOf(this).values() as IterableIterator<T>;
  }

  /** Puts a module before the one at an index. */
  insert(index: number, module: T): void {
    insertAt(this, index, module);
  }

  /** Adds a module at the end. */
  append(module: T): this {
    this.add_module(String(this.length), module);
    return this;
  }

  /** Adds modules at the end; throws TypeError for what cannot be iterated over. */
  extend(modules: Iterable<T>): this {
    if (typeof (modules as Iterable<T> | null)?.[Symbol.iterator] !== "function") {
      throw new TypeError(`ModuleList.extend should be called with an iterable, but got ${typeName(modules)}`);
    }
    for (const module of [...modules]) this.append(module);
    return this;
  }

  /** Python's `self + other`: a ModuleList of the modules of both. */
  __add__(other: Iterable<T>): ModuleList<T> {
    return new ModuleList<T>(this).extend(other);
  }

  /** Python's `self += modules`. */
  __iadd__(modules: Iterable<T>): this {
    return this.extend(modules);
  }

  override __repr__(): string {
    const list_of_reprs = itemsOf(this).map(repr);
    if (list_of_reprs.length === 0) return `${this._get_name()}()`;
    const blocks: { start: number; end: number; text: string }[] = [];
    for (const [i, text] of list_of_reprs.entries()) {
      const last = blocks[blocks.length - 1];
      if (last?.text === text) last.end = i;
      else blocks.push({ start: i, end: i, text });
    }
    const lines = blocks.map(({ start, end, text }) =>
      _addindent(start === end ? `(${start}): ${text}` : `(${start}-${end}): ${end - start + 1} x ${text}`, 2),
    );
    return `${this._get_name()}(\n  ${lines.join("\n  ")}\n)`;
  }
}

takeKeywords("ModuleList", ModuleListModule.prototype, {
  append: ["module"],
  extend: ["modules"],
  insert: ["index", "module"],
  pop: ["key"],
});

interface ModuleListConstructor {
  new <T extends Module = Module>(modules?: Iterable<T> | null): ModuleList<T>;
  <T extends Module = Module>(modules?: Iterable<T> | null): ModuleList<T>;
  readonly prototype: ModuleList;
}

/** What a ModuleDict can be made of. */
type Modules =
  | Readonly<Record<string, Module>>
  | ReadonlyMap<string, Module>
  | Iterable<readonly [string, Module]>
  | ModuleDict;

class ModuleDictModule extends Module {
  static {
    Object.defineProperty(ModuleDictModule.prototype, TRAPS, { value: dictTraps });
  }

  constructor(modules: Modules | null = null) {
    super();
    if (modules !== null) this.update(modules);
  }

  /** @internal Whether an assignment to a field means an entry. */
  _isEntry(key: string, value: unknown): boolean {
    return isModule(value) || members(this, "module").some(([name]) => name === key);
  }

  /** Python's `self[key]`; throws KeyError if there is no such module. */
  __getitem__(key: string): Module {
    const found = members(this, "module").find(([name]) => name === key);
    if (!found) throw new KeyError(repr(key));
    return found[1] as Module;
  }

  /** Python's `self[key] = module`. */
  __setitem__(key: string, module: Module): void {
    this.add_module(key, module);
  }

  /** Python's `del self[key]`; throws KeyError if there is no such module. */
  __delitem__(key: string): void {
    this.__getitem__(key);
    deleteField(this, key);
  }

  /** The number of modules. */
  override get length(): number {
    return itemsOf(this).length;
  }

  __len__(): number {
    return this.length;
  }

  /** The keys, as Python iterates over a dict. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.keys().values();
  }

  /** Python's `key in self`. */
  __contains__(key: string): boolean {
    return this.keys().includes(key);
  }

  /** Takes all modules out. */
  clear(): void {
    for (const key of this.keys()) deleteField(this, key);
  }

  /** Takes a module out and returns it; throws KeyError if there is none. */
  pop(key: string): Module {
    const module = this.__getitem__(key);
    deleteField(this, key);
    return module;
  }

  /** The keys. */
  keys(): string[] {
    return members(this, "module").map(([name]) => name);
  }

  /** The keys with their modules. */
  items(): [string, Module][] {
    return members(this, "module") as [string, Module][];
  }

  /** The modules. */
  values(): Module[] {
    return [...itemsOf(this)];
  }

  /** Takes over the modules of a dict, a Map, a ModuleDict or pairs of keys and modules. */
  update(modules: Modules): void {
    for (const [key, module] of entriesOf(modules, "ModuleDict", "ModuleDict")) this.__setitem__(key, module as Module);
  }
}

takeKeywords("ModuleDict", ModuleDictModule.prototype, { clear: [], items: [], keys: [], pop: ["key"], values: [] });

takeKeywords("ModuleDict", ModuleDictModule.prototype, { update: ["modules"] }, { dict: 0 });

/** What the modules of a ModuleDict are. */
type Value<D> = D extends ReadonlyMap<string, infer M> | Readonly<Record<string, infer M>> ? M : Module;

interface ModuleDictConstructor {
  new <D extends Modules = ModuleDict>(modules?: D | null): ModuleDict<Value<D>>;
  <D extends Modules = ModuleDict>(modules?: D | null): ModuleDict<Value<D>>;
  readonly prototype: ModuleDict;
}

class ContainerModule extends Module {
  constructor(modules: Readonly<Record<string, Module>> = {}) {
    super();
    for (const [key, value] of Object.entries(modules)) this.add_module(key, value);
  }
}

takeKeywords("Sequential", SequentialModule.prototype, {
  append: ["module"],
  insert: ["index", "module"],
  extend: ["sequential"],
  pop: ["key"],
  forward: ["input"],
});
Object.defineProperty(SequentialModule, "name", { value: "Sequential" });

/**
 * Calls modules one after the other, each with what the one before it gave.
 *
 * Made of modules, or of one object of named modules. Its modules are `seq[0]`, `seq[-1]` and, as a Sequential,
 * `seq["1:"]`; `seq[0] = module` puts another in a place, and `delete seq[0]` takes one out.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Sequential.html}
 */
export type Sequential<M extends readonly Module[] = Module[]> = SequentialModule<M> & At<M>;
export const Sequential = callable(SequentialModule) as unknown as SequentialConstructor;

/**
 * A list of modules: `list[0]`, `list[-1]`, `list["1:"]`, `for (const module of list)`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ModuleList.html}
 */
export interface ModuleList<T extends Module = Module> extends ModuleListModule<T> {}
export const ModuleList = named<ModuleList>("ModuleList")(ModuleListModule, [
  "modules",
]) as unknown as ModuleListConstructor;

/**
 * Modules by key: `dict["conv"]`, `delete dict["conv"]`, `for (const key of dict)`.
 *
 * Made of an object, a Map, another ModuleDict, or pairs of keys and modules.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ModuleDict.html}
 */
export type ModuleDict<M extends Module = Module> = ModuleDictModule & { [key: string]: M };
export const ModuleDict = named<ModuleDict>("ModuleDict")(ModuleDictModule, ["modules"], [], {
  dict: 0,
}) as unknown as ModuleDictConstructor;

/** Deprecated: a module with the given modules in its fields. */
export interface Container extends ContainerModule {}
export const Container = named<Container>("Container")(ContainerModule, ["modules"], [], { dict: 0 });
