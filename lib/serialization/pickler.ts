// Writes pickles of protocol 2, as Python's own pickler writes them.

import { isPlainObject } from "../arguments/function.js";
import { Device } from "../device.js";
import { dtype } from "../dtype.js";
import { PicklingError } from "../errors.js";
import { layout, memory_format, qscheme } from "../layout.js";
import { Module } from "../nn/modules/module.js";
import { Complex } from "../python/complex.js";
import { isInt, PyFloat } from "../python/float.js";
import { typeName } from "../python/objects.js";
import { Size } from "../size.js";
import { TypedStorage, UntypedStorage } from "../storage.js";
import { TensorBase } from "../tensor_base.js";
import { encode } from "./text.js";
import { DEEPEST } from "./values.js";

/** A function or class of Python's, by its module and name. */
export class Name {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** The call of a function of Python's. */
export class CallOf {
  readonly callee: Name;
  readonly args: Tuple;

  constructor(callee: Name, ...args: unknown[]) {
    this.callee = callee;
    this.args = new Tuple(args);
  }
}

/** A tuple of Python's. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** An id that the reader of the pickle resolves. */
export class PersistentId {
  readonly id: Tuple;

  constructor(id: Tuple) {
    this.id = id;
  }
}

/** How objects that are PyTorch's are written: as calls of rebuild functions and as ids of storages. */
export interface Reducer {
  tensor(x: TensorBase): CallOf;
  storage(x: TypedStorage | UntypedStorage): PersistentId;
}

const op = {
  APPEND: 0x61,
  APPENDS: 0x65,
  BINFLOAT: 0x47,
  BINGET: 0x68,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  BINPERSID: 0x51,
  BINPUT: 0x71,
  BINUNICODE: 0x58,
  BUILD: 0x62,
  EMPTY_DICT: 0x7d,
  EMPTY_LIST: 0x5d,
  EMPTY_TUPLE: 0x29,
  GLOBAL: 0x63,
  LONG1: 0x8a,
  LONG_BINGET: 0x6a,
  LONG_BINPUT: 0x72,
  MARK: 0x28,
  NEWFALSE: 0x89,
  NEWTRUE: 0x88,
  NONE: 0x4e,
  PROTO: 0x80,
  REDUCE: 0x52,
  SETITEM: 0x73,
  SETITEMS: 0x75,
  STOP: 0x2e,
  TUPLE: 0x74,
  TUPLE1: 0x85,
};

const BATCH = 1000; // items that one APPENDS or SETITEMS takes

const ORDERED_DICT = new Name("collections", "OrderedDict");

/** A new, empty OrderedDict. */
export const emptyOrderedDict = () => new CallOf(ORDERED_DICT);

export class Pickler {
  #buffer = Buffer.allocUnsafe(4096);
  #length = 0;
  /** Numbers of values that were written: objects by themselves, text by what it says. */
  readonly #memo = new Map<unknown, number>();
  /** Stands for a global in the memo. */
  readonly #names = new Map<string, object>();
  #memoized = 0;
  readonly #reducer: Reducer;

  constructor(reducer: Reducer) {
    this.#reducer = reducer;
  }

  /** The pickle of a value. Throws PicklingError for what Python's torch.load() could not read. */
  dump(x: unknown): Buffer {
    this.#byte(op.PROTO);
    this.#byte(2);
    this.#save(x, 0);
    this.#byte(op.STOP);
    return this.#buffer.subarray(0, this.#length);
  }

  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }

  #byte(value: number): void {
    const at = this.#room(1);
    this.#buffer[at] = value;
  }

  #bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
  }

  #uint32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  #remember(key: unknown): void {
    const index = this.#memoized++;
    this.#memo.set(key, index);
    if (index < 256) {
      this.#byte(op.BINPUT);
      this.#byte(index);
    } else {
      this.#byte(op.LONG_BINPUT);
      this.#uint32(index);
    }
  }

  /** Writes a reference to what was written before; false if it was not. */
  #recall(key: unknown): boolean {
    const index = this.#memo.get(key);
    if (index === undefined) return false;
    if (index < 256) {
      this.#byte(op.BINGET);
      this.#byte(index);
    } else {
      this.#byte(op.LONG_BINGET);
      this.#uint32(index);
    }
    return true;
  }

  #save(x: unknown, depth: number): void {
    if (x === null || x === undefined) this.#byte(op.NONE);
    else if (typeof x === "boolean") this.#byte(x ? op.NEWTRUE : op.NEWFALSE);
    else if (typeof x === "number") isInt(x) ? this.#int(x) : this.#float(x);
    else if (typeof x === "bigint") this.#long(x);
    else if (typeof x === "string") this.#text(x);
    else if (typeof x === "object") this.#object(x, depth);
    else throw cannot(x);
  }

  #int(x: number): void {
    if (x < -(2 ** 31) || x >= 2 ** 31) this.#long(BigInt(x));
    else if (x < 0 || x > 0xffff) {
      this.#byte(op.BININT);
      const at = this.#room(4);
      this.#buffer.writeInt32LE(x, at);
    } else if (x > 0xff) {
      this.#byte(op.BININT2);
      const at = this.#room(2);
      this.#buffer.writeUInt16LE(x, at);
    } else {
      this.#byte(op.BININT1);
      this.#byte(x);
    }
  }

  #long(x: bigint): void {
    if (x >= -(2n ** 31n) && x < 2n ** 31n) {
      this.#int(Number(x));
      return;
    }
    const size = Math.floor((x < 0n ? -x - 1n : x).toString(2).length / 8) + 1;
    if (size > 255) throw new PicklingError("an int of more than 255 bytes cannot be written");
    const hex = BigInt.asUintN(size * 8, x)
      .toString(16)
      .padStart(size * 2, "0");
    this.#byte(op.LONG1);
    this.#byte(size);
    this.#bytes(Buffer.from(hex, "hex").reverse());
  }

  #float(x: number): void {
    this.#byte(op.BINFLOAT);
    const at = this.#room(8);
    this.#buffer.writeDoubleBE(x, at);
  }

  #text(x: string): void {
    if (this.#recall(x)) return;
    const bytes = encode(x);
    this.#byte(op.BINUNICODE);
    this.#uint32(bytes.length);
    this.#bytes(bytes);
    this.#remember(x);
  }

  #global({ module, name }: Name): void {
    const path = `${module} ${name}`;
    const key = this.#names.get(path) ?? {};
    this.#names.set(path, key);
    if (this.#recall(key)) return;
    this.#byte(op.GLOBAL);
    this.#bytes(Buffer.from(`${module}\n${name}\n`, "utf8"));
    this.#remember(key);
  }

  #object(x: object, depth: number): void {
    if (depth > DEEPEST) throw new PicklingError(`values are nested more than ${DEEPEST} deep`);
    if (this.#recall(x)) return;
    if (x instanceof Name) this.#global(x);
    else if (x instanceof Tuple) this.#tuple(x.items, x, depth);
    else if (x instanceof CallOf) this.#call(x, x, depth);
    else if (x instanceof PersistentId) this.#persistent(x, depth);
    else if (x instanceof PyFloat) this.#float(x.valueOf());
    else if (x instanceof TensorBase) this.#call(this.#reducer.tensor(x), x, depth);
    else if (Array.isArray(x) && !(x instanceof Size)) this.#list(x, x, depth);
    else if (x instanceof Map) this.#dict([...x], x, depth);
    else if (x instanceof TypedStorage || x instanceof UntypedStorage) {
      this.#persistent(this.#reducer.storage(x), depth);
    } else if (x instanceof dtype || x instanceof qscheme) this.#global(new Name("torch", x.name));
    else if (isPlainObject(x)) this.#plain(x, depth);
    else this.#call(callFor(x), x, depth);
  }

  #tuple(items: readonly unknown[], key: unknown, depth: number): void {
    if (items.length === 0) {
      this.#byte(op.EMPTY_TUPLE);
      return;
    }
    if (items.length > 3) this.#byte(op.MARK);
    for (const item of items) this.#save(item, depth + 1);
    this.#byte(items.length > 3 ? op.TUPLE : op.TUPLE1 + items.length - 1);
    this.#remember(key);
  }

  #call({ callee, args }: CallOf, key: unknown, depth: number): void {
    this.#global(callee);
    this.#tuple(args.items, args, depth);
    this.#byte(op.REDUCE);
    this.#remember(key);
  }

  #persistent({ id }: PersistentId, depth: number): void {
    this.#tuple(id.items, id, depth);
    this.#byte(op.BINPERSID);
  }

  #list(items: readonly unknown[], key: unknown, depth: number): void {
    this.#byte(op.EMPTY_LIST);
    this.#remember(key);
    this.#batches(items, op.APPEND, op.APPENDS, (item) => this.#save(item, depth + 1));
  }

  #items(entries: readonly (readonly [unknown, unknown])[], depth: number): void {
    this.#batches(entries, op.SETITEM, op.SETITEMS, ([key, value]) => {
      this.#save(key, depth + 1);
      this.#save(value, depth + 1);
    });
  }

  #batches<T>(items: readonly T[], one: number, many: number, save: (item: T) => void): void {
    for (let start = 0; start < items.length; start += BATCH) {
      const batch = items.slice(start, start + BATCH);
      if (batch.length > 1) this.#byte(op.MARK);
      for (const item of batch) save(item);
      this.#byte(batch.length > 1 ? many : one);
    }
  }

  #dict(entries: readonly (readonly [unknown, unknown])[], key: unknown, depth: number): void {
    this.#byte(op.EMPTY_DICT);
    this.#remember(key);
    this.#items(entries, depth);
  }

  /** A dict; a state dict, which has `_metadata` besides its keys, is an OrderedDict with an attribute. */
  #plain(x: Record<string, unknown>, depth: number): void {
    const metadata = Object.getOwnPropertyDescriptor(x, "_metadata");
    if (metadata === undefined || metadata.enumerable) {
      this.#dict(Object.entries(x), x, depth);
      return;
    }
    this.#orderedDict(Object.entries(x), x, depth);
    const { value } = metadata as { value: unknown };
    const entries = value instanceof Map ? [...value] : Object.entries(value ?? {});
    this.#byte(op.EMPTY_DICT);
    this.#remember(metadata);
    this.#text("_metadata");
    this.#orderedDict(entries, value, depth + 1);
    this.#byte(op.SETITEM);
    this.#byte(op.BUILD);
  }

  #orderedDict(entries: readonly (readonly [unknown, unknown])[], key: unknown, depth: number): void {
    this.#global(ORDERED_DICT);
    this.#byte(op.EMPTY_TUPLE);
    this.#byte(op.REDUCE);
    this.#remember(key);
    this.#items(entries, depth);
  }
}

/** The call that makes a value in Python. Throws for what has no form there. */
function callFor(x: object): CallOf {
  if (x instanceof Size) return new CallOf(new Name("torch", "Size"), new Tuple([...x]));
  if (x instanceof Set) return new CallOf(new Name("__builtin__", "set"), [...x]);
  if (x instanceof Complex) {
    return new CallOf(new Name("__builtin__", "complex"), new PyFloat(x.real), new PyFloat(x.imag));
  }
  if (x instanceof layout) return new CallOf(new Name("torch.serialization", "_get_layout"), String(x));
  if (x instanceof Device) {
    return new CallOf(new Name("torch", "device"), ...(x.index === null ? [x.type] : [x.type, x.index]));
  }
  if (x instanceof Uint8Array) {
    const text = Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString("latin1");
    return new CallOf(new Name("_codecs", "encode"), text, "latin1");
  }
  throw cannot(x);
}

function cannot(x: unknown): Error {
  const name = typeName(x);
  if (x instanceof Module) {
    return new PicklingError(
      `torch.save() cannot write a whole ${name}: it is code as well as data. Save its state instead: torch.save(model.state_dict(), path).`,
    );
  }
  if (typeof x === "object" && x !== null && "state_dict" in x) {
    return new PicklingError(`torch.save() cannot write a whole ${name}: save its state_dict() instead`);
  }
  if (ArrayBuffer.isView(x)) {
    return new PicklingError(
      `torch.save() cannot write a ${name}: save torch.from_numpy(array), a tensor of its elements`,
    );
  }
  if (x instanceof memory_format) return new TypeError("cannot pickle 'memory_format' object");
  return new TypeError(`cannot pickle '${name}' object`);
}
