// References to what modules export: how functions, and objects of users' classes, cross to other threads.

import { AttributeError, RuntimeError } from "../errors.js";

/** Where a value comes from: a module's export, or what that makes of arguments. */
export interface Origin {
  readonly url: string;
  readonly name: string;
  readonly args?: readonly unknown[];
}

const origins = new WeakMap<object, Origin>();
const modules = new Map<string, Record<string, unknown>>();

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

const isClass = (value: unknown): boolean => /^class\b/.test(Function.prototype.toString.call(value));

/** Imports modules, so that reference() finds them. */
export async function importModules(urls: readonly string[]): Promise<void> {
  for (const url of urls) if (!modules.has(url)) modules.set(url, await import(url));
}

/** The value that an origin describes, made anew if it has arguments; its module was imported before. */
export function reference(origin: Origin): unknown {
  const { url, name, args } = origin;
  const module = modules.get(url);
  if (module === undefined) {
    throw new RuntimeError(`${url} is not imported yet: use await ForkingPickler.loads_async(message)`);
  }
  if (!(name in module)) throw new AttributeError(`module '${url}' has no attribute '${name}'`);
  const exported = module[name] as (...args: unknown[]) => unknown;
  let value: unknown = exported;
  if (args !== undefined) value = isClass(exported) ? Reflect.construct(exported, args) : exported(...args);
  if (isObject(value)) origins.set(value, origin);
  return value;
}

/** Where a value comes from, if from_module() made it. */
export function originOf(value: object): Origin | undefined {
  return origins.get(value);
}

/**
 * What a module exports under a name, or, with arguments, the object that it makes of them (a class by `new`).
 *
 * The result can be passed to other threads, which import the module and make the same: a dataset or a function for the
 * workers of a DataLoader, a function for a Pool. What was changed in the object since stays behind, except the state of a
 * module, which crosses with it. `url` is a full one: `new URL("./dataset.js", import.meta.url)`.
 *
 * Throws AttributeError if the module exports no such name.
 */
export async function from_module<T = unknown>(
  url: URL | string,
  name = "default",
  args?: readonly unknown[],
): Promise<T> {
  const href = String(url);
  await importModules([href]);
  return reference(args === undefined ? { url: href, name } : { url: href, name, args }) as T;
}
