// Keyword arguments for constructors and methods of classes that are written in TypeScript.

import { callable } from "../callable.js";
import { type Arguments, binder, type Dict } from "./function.js";
import { nameParameters } from "./names.js";

// biome-ignore-start lint/suspicious/noExplicitAny: classes of any constructor, functions of any type

type AnyClass = abstract new (...args: any[]) => object;
type KeywordableClass = new (...args: any[]) => object;

/** A class whose objects are of type T, and which may be called without `new`. */
export interface Constructor<T, Args extends readonly unknown[]> {
  new (...args: Args): T;
  (...args: Args): T;
  readonly prototype: T;
}

/** A public class whose constructor takes keyword arguments. */
export type KeywordClass<T, C extends KeywordableClass, Names extends readonly string[]> = Constructor<
  T,
  Arguments<Names, ConstructorParameters<C>>
> & { [Key in Exclude<keyof C, "prototype">]: C[Key] };

// biome-ignore-end lint/suspicious/noExplicitAny: see above

/**
 * Lets methods of a class take keyword arguments, and refuse what is too many; `methods` has the names of their parameters.
 *
 * `self` is 0 for static methods, which in Python have none.
 */
export function takeKeywords(
  owner: string,
  methods: object,
  parameters: Readonly<Record<string, readonly string[]>>,
  { dict = -1, self = 1 }: Partial<Dict> & { self?: 0 | 1 } = {},
): void {
  for (const [name, names] of Object.entries(parameters)) {
    const body = (methods as Record<string, (...args: unknown[]) => unknown>)[name];
    const bind = binder(`${owner}.${name}`, names, body.length, dict, self);
    const wrapped = {
      [name](this: unknown, ...args: unknown[]) {
        return body.apply(this, bind(args) as unknown[]);
      },
    };
    nameParameters(wrapped[name], names);
    Object.defineProperty(methods, name, { value: wrapped[name], writable: true, configurable: true });
  }
}

/** Which class has the constructor, if it is inherited; and which parameter takes a dict. */
export type Options = { owner?: AnyClass } & Partial<Dict>;

/** Lets a class be called without `new` and with keyword arguments; `parameters` are those of its constructor. */
export function keywordClass<T>(name: string) {
  return <C extends KeywordableClass, const Names extends readonly string[]>(
    base: C,
    parameters: Names,
    { owner = base, dict = -1 }: Options = {},
  ): KeywordClass<T, C, Names> => {
    Object.defineProperty(base, "name", { value: name });
    const bind = binder(`${owner.name}.__init__`, parameters, owner.length, dict);
    const bound = new Proxy(base, {
      construct: (target, args, newTarget) => Reflect.construct(target, bind(args), newTarget),
    });
    const made = callable(bound);
    nameParameters(made, parameters);
    return made as unknown as KeywordClass<T, C, Names>;
  };
}
