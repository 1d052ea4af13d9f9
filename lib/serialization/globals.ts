// What a pickle may name: the list of torch/_weights_only_unpickler.py, and what users add to it.

import { inspect } from "node:util";
import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { device } from "../device.js";
import * as dtypes from "../dtype.js";
import { dtype } from "../dtype.js";
import { UnpicklingError, ValueError } from "../errors.js";
import * as layouts from "../layout.js";
import { layout, qscheme } from "../layout.js";
import type { Entered } from "../modes.js";
import { Complex } from "../python/complex.js";
import { Size } from "../size.js";
import { allowBuild } from "./buildable.js";
import { numpyGlobals } from "./numpy_globals.js";
import { rebuildFunctions } from "./rebuild.js";
import { StorageType, storageNames } from "./storages.js";
import { asCounts, asInteger, asNumber, asText, Global, itemsOf, nameOfType, PyDict } from "./values.js";

const globals = new Map<string, unknown>();

function allow(name: string, call: (args: readonly unknown[]) => unknown): void {
  globals.set(name, new Global(name, call));
}

function dictOf(kind: "OrderedDict" | "Counter", [given]: readonly unknown[]): PyDict {
  const made = new PyDict(kind);
  if (given instanceof PyDict) for (const [key, value] of given.entries ?? []) made.set(key, value);
  else if (given !== undefined) {
    for (const pair of itemsOf(given, "items")) {
      const [key, value] = itemsOf(pair, "an item");
      made.set(key, value);
    }
  }
  return made;
}

/** bytes in a pickle of protocol 2: text whose characters stand for the bytes. */
function bytesOf(args: readonly unknown[], what: string): Uint8Array {
  const [text, encoding = "utf-8"] = args;
  if (text instanceof Uint8Array) return new Uint8Array(text);
  const named = asText(encoding, "encoding").toLowerCase();
  if (named === "latin1" || named === "latin-1") return new Uint8Array(Buffer.from(asText(text, what), "latin1"));
  if (named === "utf-8" || named === "utf8") return new Uint8Array(Buffer.from(asText(text, what), "utf8"));
  throw new UnpicklingError(`${what} in the encoding ${named} cannot be read`);
}

allow("collections.OrderedDict", (args) => dictOf("OrderedDict", args));
allow("collections.Counter", (args) => dictOf("Counter", args));
allow("_codecs.encode", (args) => bytesOf(args, "bytes"));
allow("builtins.bytearray", (args) => (args.length === 0 ? new Uint8Array() : bytesOf(args, "a bytearray")));
allow("builtins.set", ([items = []]) => new Set(itemsOf(items, "items")));
allow("builtins.complex", ([real, imag]) => new Complex(asNumber(real, "real"), asNumber(imag, "imag")));
allow("torch.Size", ([sizes]) => new Size(asCounts(sizes, "sizes").slice(0, 1000)));
allow("torch.device", ([type, index = null]) =>
  device(asText(type, "type"), index === null ? null : asInteger(index, "index")),
);
allow("torch.serialization._get_layout", ([name]) => {
  for (const value of Object.values(layouts)) if (value instanceof layout && String(value) === name) return value;
  throw new UnpicklingError(`unknown layout ${String(name)}`);
});
const noCall = (name: string) => () => {
  throw new UnpicklingError(`${name} is not called by files that torch.save() writes`);
};
for (const name of ["torch.nn.parameter.Parameter", "torch.Tensor", "torch._tensor.Tensor"]) allow(name, noCall(name));
for (const value of Object.values(dtypes)) if (value instanceof dtype) globals.set(String(value), value);
for (const value of Object.values(layouts)) if (value instanceof qscheme) globals.set(String(value), value);
for (const [type, name] of storageNames) {
  globals.set(`torch.${name}`, new StorageType(type));
  globals.set(`torch.cuda.${name}`, new StorageType(type));
}
globals.set("torch.storage.UntypedStorage", new StorageType(dtypes.uint8));
for (const value of rebuildFunctions) globals.set(value.name, value);

// The names of Python 2, which protocol 2 still writes.
const modules = new Map([
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
  ["UserDict", "collections"],
  ["UserList", "collections"],
  ["UserString", "collections"],
  ["torch.tensor", "torch._tensor"],
]);

// biome-ignore lint/suspicious/noExplicitAny: functions and classes of any kind
type AnyFunction = (...args: any[]) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyClass = abstract new (...args: any[]) => object;

/**
 * What can be added to the list: `[function or class, its full path in Python]`, or the name of one of numpy's that
 * are known here, such as "numpy._core.multiarray.scalar".
 */
export type SafeGlobal = string | readonly [AnyFunction | AnyClass, string];

let added: SafeGlobal[] = [];

function checked(item: SafeGlobal): SafeGlobal {
  if (typeof item === "string") {
    if (numpyGlobals.has(item)) return item;
    throw new ValueError(
      `${item} is not known here; give [function or class, ${JSON.stringify(item)}] to say what is to be called`,
    );
  }
  if (!Array.isArray(item)) {
    throw new TypeError(`Expected [function or class, str of callable full path], but got: ${inspect(item)}`);
  }
  if (item.length !== 2) {
    throw new ValueError(
      `Expected tuple of length 2 (global, str of callable full path), but got tuple of length: ${item.length}`,
    );
  }
  if (typeof item[1] !== "string") {
    throw new TypeError(
      `Expected second item in tuple to be str of callable full path, but got: <class '${nameOfType(item[1])}'>`,
    );
  }
  return item as SafeGlobal;
}

/**
 * Lets `torch.load()` call functions and make objects of classes that files name: `add_safe_globals([[MyConfig,
 * "__main__.MyConfig"]])`. A class gets its arguments by its constructor and its state by `__setstate__`, or else as
 * properties.
 *
 * `add_safe_globals(safe_globals) -> None`
 *
 * numpy's own are known: `add_safe_globals(["numpy._core.multiarray.scalar", "numpy.dtype"])`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.add_safe_globals}
 */
export const add_safe_globals = def(
  "add_safe_globals",
  ["safe_globals"],
  (safe_globals: readonly SafeGlobal[]): void => {
    added = [...added, ...safe_globals.map(checked).filter((item) => !added.includes(item))];
  },
);

/**
 * What was added by `add_safe_globals()`.
 *
 * `get_safe_globals() -> list[Callable | tuple[Callable, str]]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.get_safe_globals}
 */
export const get_safe_globals = def("get_safe_globals", [], (): SafeGlobal[] => [...added]);

/**
 * Empties the list that `add_safe_globals()` fills.
 *
 * `clear_safe_globals() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.clear_safe_globals}
 */
export const clear_safe_globals = def("clear_safe_globals", [], (): void => {
  added = [];
});

/**
 * `add_safe_globals()` for a while: `torch.serialization.safe_globals([...], () => torch.load(path))`.
 *
 * `safe_globals(safe_globals)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.safe_globals}
 */
export const safe_globals: {
  <T>(list: readonly SafeGlobal[], body: () => T): T;
  (list: readonly SafeGlobal[]): Entered;
} = mode(
  "serialization.safe_globals",
  ["safe_globals"],
  (list: readonly SafeGlobal[]) => () => {
    add_safe_globals(list);
    return () => {
      added = added.filter((item) => !list.includes(item));
    };
  },
  { called: "_safe_globals.__init__" },
);

/** Whether a file may name a global. */
export function isAllowed(name: string): boolean {
  return globals.has(name) || findAdded(name) !== undefined;
}

function findAdded(name: string): unknown {
  const item = added.find((one) => (typeof one === "string" ? one : one[1]) === name);
  if (item === undefined) return undefined;
  if (typeof item === "string") return numpyGlobals.get(item);
  const [callee] = item;
  const isClass = /^class\b/.test(Function.prototype.toString.call(callee));
  return new Global(
    name,
    (args) => {
      const made = isClass ? Reflect.construct(callee, args as unknown[]) : (callee as AnyFunction)(...args);
      if (typeof made !== "object" || made === null) return made;
      if (!("__setstate__" in made)) {
        const value = (state: object) => Object.assign(made, state);
        Object.defineProperty(made, "__setstate__", { value, configurable: true });
      }
      return allowBuild(made);
    },
    true,
  );
}

const blocked = new Set(["sys", "os", "posix", "nt"]);

/** The full path of a global, with Python 3's name of its module. */
export function pathOf(module: string, name: string): string {
  return `${modules.get(module) ?? module}.${name}`;
}

/** What a pickle names. Throws UnpicklingError for what is not on the list. */
export function findGlobal(module: string, name: string): unknown {
  const path = pathOf(module, name);
  const known = modules.get(module) ?? module;
  if (blocked.has(known)) {
    throw new UnpicklingError(`Trying to load unsupported GLOBAL ${path} whose module ${known} is blocked.`);
  }
  const found = globals.get(path) ?? findAdded(path);
  if (found !== undefined) return found;
  throw new UnpicklingError(unsupported(path.replace(/^builtins\./, "")));
}

function unsupported(path: string): string {
  const text = `Unsupported global: GLOBAL ${path} was not an allowed global by default. `;
  if (path.startsWith("torch.nn.modules.") || path.startsWith("torch.optim.")) {
    return `${text}The file holds a whole ${path}, saved by torch.save(model): that is code of Python's, which only Python can run. Save its state in Python, torch.save(model.state_dict(), path), and load that here: model.load_state_dict(torch.load(path)).`;
  }
  const item = numpyGlobals.has(path) ? `"${path}"` : `[function or class, "${path}"]`;
  return `${text}Please use \`torch.serialization.add_safe_globals([${item}])\` or the \`torch.serialization.safe_globals([${item}], () => ...)\` context manager to allowlist this global if you trust this class/function. If it is the class of a whole model, saved by torch.save(model), it is code of Python's: save model.state_dict() in Python instead, and load that.`;
}
