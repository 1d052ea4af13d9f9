// torch/multiprocessing/reductions.py: values that cross to other threads in messages. Of a tensor the message holds a
// number, under which the receiver claims a tensor of the same memory.

import { threadId } from "node:worker_threads";
import { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import { native } from "../binding.js";
import { device } from "../device.js";
import { dtype } from "../dtype.js";
import { RuntimeError } from "../errors.js";
import { layout } from "../layout.js";
import { Buffer, Parameter } from "../nn/parameter.js";
import { Complex } from "../python/complex.js";
import { PyFloat } from "../python/float.js";
import { has, typeName } from "../python/objects.js";
import { Slice } from "../python/slice.js";
import { Generator } from "../random.js";
import { Size, sizeOf } from "../size.js";
import { handleOf, wrap } from "../tensor_base.js";
import { importModules, type Origin, originOf, reference } from "./from_module.js";

const KEY = "__tstorch__";

/** A value in a form that `postMessage` carries. */
export interface Message {
  readonly [KEY]: "message";
  readonly value: unknown;
  /** The modules that the value needs. */
  readonly modules: readonly string[];
  /** The tensors that wait to be claimed. */
  readonly tensors: readonly number[];
}

interface Encoded {
  readonly [KEY]: string;
  readonly [field: string]: unknown;
}

// biome-ignore-start lint/suspicious/noExplicitAny: classes and functions of any type
type AnyClass = abstract new (...args: any[]) => any;
type Rebuild = (...args: any[]) => unknown;

/** How the objects of a class are taken apart: the arguments that make another one. */
type Reduce<T> = (value: T) => readonly unknown[];

/** The classes and functions that each thread knows by name. */
const named = new Map<string, { rebuild: Rebuild; reduce?: Reduce<any> }>();
const names = new Map<unknown, string>();
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** @internal Lets a function of this package cross by its name. */
export function registerFunction(name: string, body: Rebuild): void {
  named.set(name, { rebuild: body });
  names.set(body, name);
}

/** @internal Lets the objects of a class of this package cross; `rebuild` makes them of what `reduce` gives. */
export function registerClass<T>(name: string, type: AnyClass, reduce: Reduce<T>, rebuild: Rebuild): void {
  named.set(name, { rebuild, reduce });
  names.set(type.prototype, name);
}

class Pickler {
  readonly modules = new Set<string>();
  readonly tensors: number[] = [];
  readonly #known = new Map<unknown, unknown>();

  encode(value: unknown): unknown {
    if ((typeof value !== "object" || value === null) && typeof value !== "function") {
      if (typeof value === "symbol") throw new TypeError("cannot pickle 'symbol' object");
      return value;
    }
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const made = this.#encodeObject(value);
    this.#known.set(value, made);
    return made;
  }

  #encodeObject(value: object): unknown {
    if (value instanceof Tensor) return this.#tensor(value);
    const name = names.get(value) ?? names.get(Object.getPrototypeOf(value));
    if (name !== undefined) return this.#registered(name, value);
    const origin = originOf(value);
    if (origin) return this.#origin(origin, value);
    if (has(value, "__reduce__")) {
      const [rebuild, args] = value.__reduce__() as [unknown, readonly unknown[]];
      return { [KEY]: "reduced", rebuild: this.encode(rebuild), args: args.map((arg) => this.encode(arg)) };
    }
    return this.#constant(value) ?? this.#container(value);
  }

  #tensor(tensor: Tensor): Encoded {
    const id = native.shareTensor(handleOf(tensor), threadId);
    this.tensors.push(id);
    const kind = tensor instanceof Parameter ? "Parameter" : tensor instanceof Buffer ? "Buffer" : "Tensor";
    return { [KEY]: "tensor", id, kind, persistent: tensor instanceof Buffer ? tensor.persistent : undefined };
  }

  #registered(name: string, value: object): Encoded {
    const args = named.get(name)?.reduce?.(value);
    return args ? { [KEY]: "made", name, args: args.map((arg) => this.encode(arg)) } : { [KEY]: "named", name };
  }

  #origin({ url, name, args }: Origin, value: object): Encoded {
    this.modules.add(url);
    const state = args && has(value, "state_dict") && has(value, "load_state_dict") ? value.state_dict() : undefined;
    return { [KEY]: "origin", url, name, args: args?.map((arg) => this.encode(arg)), state: this.encode(state) };
  }

  #constant(value: object): Encoded | undefined {
    if (value instanceof dtype) return { [KEY]: "dtype", code: value.code };
    if (value instanceof device) return { [KEY]: "device", name: String(value) };
    if (value instanceof layout) return { [KEY]: "layout", code: value.code };
    if (value instanceof Complex) return { [KEY]: "complex", real: value.real, imag: value.imag };
    if (value instanceof PyFloat) return { [KEY]: "float", value: value.valueOf() };
    if (value instanceof Slice) {
      const [start, stop, step] = [value.start, value.stop, value.step].map((bound) => this.encode(bound));
      return { [KEY]: "slice", start, stop, step };
    }
    if (value instanceof Generator) {
      return { [KEY]: "generator", device: String(value.device), state: this.encode(value.get_state()) };
    }
    return undefined;
  }

  #container(value: object): unknown {
    if (value instanceof Size) return { [KEY]: "size", sizes: [...value] };
    if (Array.isArray(value)) {
      const list: readonly unknown[] = value;
      return this.#fill(value, [] as unknown[], (made) => {
        for (const element of list) made.push(this.encode(element));
      });
    }
    if (value instanceof Map) {
      return this.#fill(value, new Map(), (made) => {
        for (const [key, element] of value) made.set(this.encode(key), this.encode(element));
      });
    }
    if (value instanceof Set) {
      return this.#fill(value, new Set(), (made) => {
        for (const element of value) made.add(this.encode(element));
      });
    }
    if (isPlainObject(value)) {
      return this.#fill(value, {} as Record<string, unknown>, (made) => {
        const fields = Object.entries(value).map(([key, element]) => [key, this.encode(element)]);
        if (KEY in value) Object.assign(made, { [KEY]: "object", fields });
        else for (const [key, element] of fields as [string, unknown][]) set(made, key, element);
      });
    }
    const isPlain = ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
    if (isPlain || value instanceof Date || value instanceof RegExp || value instanceof Error) return value;
    throw new TypeError(
      `cannot pickle '${typeName(value)}' object: get functions, and objects of your own classes, from torch.multiprocessing.from_module(url, name, args)`,
    );
  }

  /** Makes a container known before its elements are encoded, which may contain it. */
  #fill<T>(value: object, made: T, fill: (made: T) => unknown): T {
    this.#known.set(value, made);
    fill(made);
    return made;
  }
}

/** Sets a field, be it named `__proto__`. */
function set(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

class Unpickler {
  readonly #known = new Map<unknown, unknown>();

  decode(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const made = KEY in value ? this.#decodeObject(value as Encoded) : this.#container(value);
    this.#known.set(value, made);
    return made;
  }

  #list(values: unknown): unknown[] {
    return (values as unknown[]).map((value) => this.decode(value));
  }

  #decodeObject(value: Encoded): unknown {
    switch (value[KEY]) {
      case "tensor":
        return this.#tensor(value);
      case "named":
        return named.get(value.name as string)?.rebuild;
      case "made":
        return named.get(value.name as string)?.rebuild(...this.#list(value.args));
      case "reduced":
        return (this.decode(value.rebuild) as Rebuild)(...this.#list(value.args));
      case "origin":
        return this.#origin(value);
      case "dtype":
        return dtype.of(value.code as number);
      case "device":
        return device(value.name as string);
      case "layout":
        return layout.of(value.code as number);
      case "complex":
        return new Complex(value.real as number, value.imag as number);
      case "float":
        return new PyFloat(value.value as number);
      case "slice":
        return new Slice(...([value.start, value.stop, value.step].map((b) => this.decode(b)) as [null, null, null]));
      case "generator": {
        const generator = new Generator(value.device as string);
        generator.set_state(this.decode(value.state) as Tensor);
        return generator;
      }
      case "size":
        return sizeOf(value.sizes as number[]);
      case "object":
        return this.#container(Object.fromEntries(value.fields as [string, unknown][]));
      default:
        throw new RuntimeError("this is no message of ForkingPickler.dumps()");
    }
  }

  #tensor({ id, kind, persistent }: Encoded): Tensor {
    const tensor = wrap(native.claimTensor(id as number));
    if (kind === "Parameter") return new Parameter(tensor, tensor.requires_grad);
    return kind === "Buffer" ? new Buffer(tensor, { persistent: persistent as boolean }) : tensor;
  }

  #origin({ url, name, args, state }: Encoded): unknown {
    const value = reference({ url, name, ...(args ? { args: this.#list(args) } : {}) } as Origin);
    if (state !== undefined && has(value, "load_state_dict")) {
      value.load_state_dict(this.decode(state), { assign: true });
    }
    return value;
  }

  #container(value: object): unknown {
    if (Array.isArray(value)) {
      const made: unknown[] = [];
      this.#known.set(value, made);
      for (const element of value) made.push(this.decode(element));
      return made;
    }
    if (value instanceof Map) {
      const made = new Map();
      this.#known.set(value, made);
      for (const [key, element] of value) made.set(this.decode(key), this.decode(element));
      return made;
    }
    if (value instanceof Set) {
      const made = new Set();
      this.#known.set(value, made);
      for (const element of value) made.add(this.decode(element));
      return made;
    }
    if (!isPlainObject(value)) return value;
    const made = {};
    this.#known.set(value, made);
    for (const [key, element] of Object.entries(value)) set(made, key, this.decode(element));
    return made;
  }
}

/**
 * Values as messages for other threads, as Python's `multiprocessing` pickles them for other processes.
 *
 * A tensor's memory is not copied: sender and receiver have tensors of the same memory, which is freed once, when the
 * last of them is gone, whichever thread that ends first. (Memory that belongs to JavaScript, such as `from_numpy()`'s, is
 * first moved to memory of its own, as `share_memory_()` does.) Gradients and hooks do not cross.
 */
export const ForkingPickler = {
  /**
   * A message that `postMessage` can carry, of numbers, text, tensors, modules, datasets, and lists, dicts, Maps and Sets of them.
   *
   * Each message is received once. Until then it keeps its tensors: send it, or call `release(message)`. What a thread sent and
   * nobody received is released some seconds after that thread has ended.
   *
   * Throws RuntimeError for a tensor that has a graph, and TypeError for what cannot cross: get functions, and objects of your
   * own classes, from `torch.multiprocessing.from_module()`.
   */
  dumps(value: unknown): Message {
    const pickler = new Pickler();
    try {
      const encoded = pickler.encode(value);
      return { [KEY]: "message", value: encoded, modules: [...pickler.modules], tensors: pickler.tensors };
    } catch (error) {
      for (const id of pickler.tensors) native.releaseShared(id);
      throw error;
    }
  },

  /**
   * The value of a message.
   *
   * Throws RuntimeError for a message that was received before or released, and where the value needs a module that this
   * thread has not imported: see `loads_async()`.
   */
  loads(message: unknown): unknown {
    return new Unpickler().decode(check(message).value);
  },

  /** The value of a message, whose modules are imported. */
  async loads_async(message: unknown): Promise<unknown> {
    await importModules(check(message).modules);
    return ForkingPickler.loads(message);
  },

  /** Gives up a message that nobody will receive: its tensors are freed unless something else has them. */
  release(message: unknown): void {
    for (const id of check(message).tensors) native.releaseShared(id);
  },

  /**
   * Tells how objects of a class cross: `reduce` gives a function from `from_module()` and the arguments with which it makes
   * another such object. A method `__reduce__()` does the same.
   */
  register<T extends object>(
    type: abstract new (...args: never[]) => T,
    reduce: (value: T) => [unknown, unknown[]],
  ): void {
    Object.defineProperty(type.prototype, "__reduce__", {
      value(this: T) {
        return reduce(this);
      },
      configurable: true,
      writable: true,
    });
  },
};

function check(message: unknown): Message {
  if (typeof message !== "object" || message === null || (message as Message)[KEY] !== "message") {
    throw new RuntimeError("this is no message of ForkingPickler.dumps()");
  }
  return message as Message;
}

const GRACE = 10_000;

// A worker's messages may still be on their way when it has ended.
process.on("worker", (worker) => {
  const sender = worker.threadId;
  worker.once("exit", () => setTimeout(() => native.releaseSharedOf(sender), GRACE).unref());
});
