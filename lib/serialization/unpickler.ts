// torch/_weights_only_unpickler.py: reads a pickle without ever calling what is not on the list.

import { EOFError, RuntimeError, UnpicklingError } from "../errors.js";
import { warn } from "../nn/functional/warn.js";
import { Parameter } from "../nn/parameter.js";
import { Size } from "../size.js";
import { isBuildable } from "./buildable.js";
import { findGlobal } from "./globals.js";
import type { ByteReader } from "./source.js";
import type { StoredBytes } from "./storages.js";
import { decode } from "./text.js";
import { asBool, asTensor, Finisher, Global, itemsOf, nameOfType, PyDict, PyTuple } from "./values.js";

/** What `persistent_load()` is given: the parts of a storage's id. */
export type PersistentLoad = (id: readonly unknown[]) => StoredBytes | unknown;

const LONGEST_NAME = 4096;
const protocol2 = 2;

/** An int of any size from little-endian bytes in two's complement. */
function decodeLong(bytes: Buffer): number | bigint {
  if (bytes.length === 0) return 0;
  const hex = Buffer.from(bytes).reverse().toString("hex");
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads one pickle after the other from a stream of bytes. */
export class Unpickler {
  readonly #reader: ByteReader;
  readonly #persistentLoad: PersistentLoad | null;
  readonly #encoding: string;
  #stack: unknown[] = [];
  #outer: unknown[][] = [];
  #memo = new Map<number, unknown>();
  readonly #finisher = new Finisher();

  constructor(reader: ByteReader, encoding = "utf-8", persistentLoad: PersistentLoad | null = null) {
    this.#reader = reader;
    this.#encoding = encoding;
    this.#persistentLoad = persistentLoad;
  }

  /** Reads a pickle to its end and returns what it holds, as JavaScript's values. */
  load(): unknown {
    const x = this.#run();
    this.#stack = [];
    this.#outer = [];
    this.#memo = new Map();
    return this.#finisher.finish(x);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw new UnpicklingError("unexpected end of the pickle's stack");
    return this.#stack.pop();
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw new UnpicklingError("unexpected end of the pickle's stack");
    return this.#stack[this.#stack.length - 1];
  }

  #replaceTop(x: unknown): void {
    this.#stack[this.#stack.length - 1] = x;
  }

  #popMark(): unknown[] {
    const items = this.#stack;
    const outer = this.#outer.pop();
    if (!outer) throw new UnpicklingError("could not find MARK");
    this.#stack = outer;
    return items;
  }

  #tuple(count: number): void {
    if (this.#stack.length < count) throw new UnpicklingError("unexpected end of the pickle's stack");
    const items = this.#stack.splice(this.#stack.length - count);
    this.#stack.push(new PyTuple(items));
  }

  #run(): unknown {
    const reader = this.#reader;
    for (;;) {
      const code = reader.uint8();
      switch (code) {
        case 0x63: // GLOBAL
          this.#stack.push(findGlobal(reader.line(LONGEST_NAME), reader.line(LONGEST_NAME)));
          break;
        case 0x81: // NEWOBJ
          this.#newObject();
          break;
        case 0x52: // REDUCE
          this.#reduce();
          break;
        case 0x62: // BUILD
          this.#build();
          break;
        case 0x61: // APPEND
          this.#append([this.#pop()], "append to");
          break;
        case 0x65: // APPENDS
          this.#append(this.#popMark(), "extend");
          break;
        case 0x73: {
          // SETITEM
          const value = this.#pop();
          this.#setItems([this.#pop(), value], "SETITEM");
          break;
        }
        case 0x75: // SETITEMS
          this.#setItems(this.#popMark(), "SETITEMS");
          break;
        case 0x28: // MARK
          this.#outer.push(this.#stack);
          this.#stack = [];
          break;
        case 0x74: {
          // TUPLE
          const items = this.#popMark();
          this.#stack.push(new PyTuple(items));
          break;
        }
        case 0x85: // TUPLE1
        case 0x86: // TUPLE2
        case 0x87: // TUPLE3
          this.#tuple(code - 0x84);
          break;
        case 0x4e: // NONE
          this.#stack.push(null);
          break;
        case 0x89: // NEWFALSE
          this.#stack.push(false);
          break;
        case 0x88: // NEWTRUE
          this.#stack.push(true);
          break;
        case 0x29: // EMPTY_TUPLE
          this.#stack.push(new PyTuple([]));
          break;
        case 0x5d: // EMPTY_LIST
          this.#stack.push([]);
          break;
        case 0x7d: // EMPTY_DICT
          this.#stack.push(new PyDict());
          break;
        case 0x8f: // EMPTY_SET
          this.#stack.push(new Set());
          break;
        case 0x4a: // BININT
          this.#stack.push(reader.int32());
          break;
        case 0x4b: // BININT1
          this.#stack.push(reader.uint8());
          break;
        case 0x4d: // BININT2
          this.#stack.push(reader.uint16());
          break;
        case 0x47: // BINFLOAT
          this.#stack.push(reader.float64());
          break;
        case 0x58: // BINUNICODE
          this.#stack.push(decode(reader.take(reader.uint32())));
          break;
        case 0x55: // SHORT_BINSTRING
          this.#stack.push(this.#byteString(reader.take(reader.uint8())));
          break;
        case 0x51: // BINPERSID
          this.#stack.push(this.#persistent(this.#pop()));
          break;
        case 0x68: // BINGET
          this.#get(reader.uint8());
          break;
        case 0x6a: // LONG_BINGET
          this.#get(reader.uint32());
          break;
        case 0x71: // BINPUT
          this.#memo.set(reader.uint8(), this.#top());
          break;
        case 0x72: // LONG_BINPUT
          this.#memo.set(reader.uint32(), this.#top());
          break;
        case 0x8a: // LONG1
          this.#stack.push(decodeLong(reader.take(reader.uint8())));
          break;
        case 0x80: // PROTO
          this.#protocol(reader.uint8());
          break;
        case 0x2e: // STOP
          return this.#pop();
        default:
          throw new UnpicklingError(`Unsupported operand ${code}`);
      }
    }
  }

  #protocol(protocol: number): void {
    if (protocol === protocol2) return;
    warn(
      `Detected pickle protocol ${protocol} in the checkpoint, which was not the default pickle protocol used by \`torch.load\` (2). The weights_only Unpickler might not support all instructions implemented by this protocol, please file an issue for adding support if you encounter this.`,
    );
  }

  #byteString(bytes: Buffer): string | Uint8Array {
    if (this.#encoding === "bytes") return new Uint8Array(bytes);
    if (/^latin-?1$/i.test(this.#encoding)) return bytes.toString("latin1");
    return decode(bytes);
  }

  #get(index: number): void {
    const found = this.#memo.get(index);
    if (found === undefined) throw new UnpicklingError(`Memo value not found at index ${index}`);
    this.#stack.push(found);
  }

  #append(items: unknown[], verb: string): void {
    const list = this.#top();
    if (!Array.isArray(list) || list instanceof Size) {
      throw new UnpicklingError(`Can only ${verb} lists, but got <class '${nameOfType(list)}'>`);
    }
    for (const item of items) list.push(item);
  }

  #setItems(items: unknown[], operation: string): void {
    const dict = this.#top();
    if (!(dict instanceof PyDict)) {
      throw new UnpicklingError(
        `Can only ${operation} for dict, collections.OrderedDict, collections.Counter, but got <class '${nameOfType(dict)}'>`,
      );
    }
    if (items.length % 2 === 1) throw new UnpicklingError("odd number of items for SETITEMS");
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  #reduce(): void {
    const args = itemsOf(this.#pop(), "argument list");
    const callee = this.#top();
    if (!(callee instanceof Global)) {
      throw new UnpicklingError(`Trying to call reduce for unrecognized function <class '${nameOfType(callee)}'>`);
    }
    this.#replaceTop(this.#call(callee, args));
  }

  #call(callee: Global, args: readonly unknown[]): unknown {
    return callee.call(callee.user ? args.map((arg) => this.#finisher.finish(arg)) : args);
  }

  #newObject(): void {
    const args = itemsOf(this.#pop(), "argument list");
    const callee = this.#pop();
    if (!(callee instanceof Global)) {
      throw new UnpicklingError(
        `Can only create new object for nn.Parameter or classes allowlisted via \`add_safe_globals\` but got <class '${nameOfType(callee)}'>`,
      );
    }
    if (callee.name === "torch.nn.parameter.Parameter") {
      const [data, requires_grad = true] = args;
      this.#stack.push(new Parameter(asTensor(data, "data"), asBool(requires_grad, "requires_grad")));
    } else {
      this.#stack.push(this.#call(callee, args));
    }
  }

  #build(): void {
    const state = this.#pop();
    const object = this.#top();
    if (object instanceof PyDict && object.kind === "OrderedDict") {
      if (!(state instanceof PyDict)) {
        throw new UnpicklingError(`the state of an OrderedDict must be a dict, not ${nameOfType(state)}`);
      }
      object.attributes = state;
      return;
    }
    const built = this.#finisher;
    if (isBuildable(object)) object.__setstate__(built.finish(state));
    else {
      throw new UnpicklingError(
        `Can only build Tensor, Parameter, OrderedDict or types allowlisted via \`add_safe_globals\`, but got <class '${nameOfType(object)}'>`,
      );
    }
  }

  #persistent(id: unknown): unknown {
    if (!(id instanceof PyTuple)) {
      throw new UnpicklingError(`persistent_load id must be tuple or int, but got <class '${nameOfType(id)}'>`);
    }
    if (this.#persistentLoad === null) throw new UnpicklingError("unsupported persistent id encountered");
    return this.#persistentLoad(id.items);
  }
}

const DOCS =
  "\n\nCheck the documentation of torch.load to learn more about types accepted: https://docs.pytorch.org/docs/2.15/generated/torch.load.html";

/** Runs the reading of a pickle; its errors say that and why the file could not be loaded. */
export function explaining<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof UnpicklingError) {
      throw new UnpicklingError(`Weights only load failed. ${error.message}${DOCS}`);
    }
    // The engine's own, for a stack that is too deep or a number that is out of range.
    if (error instanceof RangeError && !(error instanceof RuntimeError || error instanceof EOFError)) {
      throw new UnpicklingError(`Weights only load failed. The pickle is malformed: ${error.message}${DOCS}`);
    }
    throw error;
  }
}
