// Context managers that are objects: what a `with` block enters and leaves, and what can be used besides.

import { RuntimeError } from "../errors.js";
import { runsLater } from "../modes.js";
import { type Constructor, keywordClass, type Options } from "./class.js";
import type { Arguments } from "./function.js";

/** An object that is entered and left, as Python's are by `with`. */
export interface Manager {
  __enter__(): unknown;
  __exit__(): unknown;
}

const isAsync = (body: unknown) => body instanceof (async () => {}).constructor;

/**
 * Runs a function between an object's `__enter__` and `__exit__`, with what `__enter__` gave; for an async function the
 * object is left when that has settled.
 *
 * Throws RuntimeError for a generator function, whose body would run later.
 */
export function within<M extends Manager, R>(manager: M, body: (entered: M) => R): R {
  if (runsLater(body) && !isAsync(body)) {
    throw new RuntimeError(
      "a context manager around a generator function would not hold for its body, which runs later",
    );
  }
  const entered = (manager.__enter__() ?? manager) as M;
  let result: R;
  try {
    result = body(entered);
  } catch (error) {
    manager.__exit__();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => manager.__exit__()) as R;
  manager.__exit__();
  return result;
}

/** Enters an object for a `using` block: JavaScript asks for what leaves it where such a block begins. */
export function enterForUsing(manager: Manager): () => void {
  manager.__enter__();
  return () => {
    manager.__exit__();
  };
}

// biome-ignore lint/suspicious/noExplicitAny: classes of any constructor
type AnyClass = new (...args: any[]) => Manager;

/** A class of context managers: called with a function as its last argument it runs that within, and returns its result. */
export type ManagerClass<T, Args extends readonly unknown[], Static> = {
  <R>(body: (entered: T) => R): R;
  <R>(first: Args[0], body: (entered: T) => R): R;
  <R>(first: Args[0], second: Args[1], body: (entered: T) => R): R;
} & Constructor<T, Args> &
  Static;

/** Lets a class of context managers be called without `new`, with keyword arguments, and around a function. */
export function managerClass<T extends Manager>(name: string) {
  return <C extends AnyClass, const Names extends readonly string[]>(
    base: C,
    parameters: Names,
    options: Options = {},
  ): ManagerClass<
    T,
    Arguments<Names, ConstructorParameters<C>>,
    { [Key in Exclude<keyof C, "prototype">]: C[Key] }
  > => {
    const made = keywordClass<T>(name)(base, parameters, options) as unknown as new (...args: unknown[]) => T;
    const proxy = new Proxy(made, {
      apply(_target, _receiver, args: unknown[]) {
        const body = args.at(-1);
        if (typeof body !== "function") return new made(...args);
        return within(new made(...args.slice(0, -1)), body as (entered: T) => unknown);
      },
    });
    Object.defineProperty(base.prototype, "constructor", { value: proxy, writable: true, configurable: true });
    return proxy as never;
  };
}
