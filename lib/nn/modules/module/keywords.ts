// Keyword arguments for the constructors, `forward` and other methods of the classes of torch.nn.

import { bindArguments, isPlainObject } from "../../../arguments/function.js";
import { callable } from "../../../callable.js";
import type { Arguments } from "../../functional/def.js";
import type { Module } from "../module.js";

// biome-ignore-start lint/suspicious/noExplicitAny: classes of any constructor, functions of any type

type AnyClass = abstract new (...args: any[]) => object;
type KeywordableClass = new (...args: any[]) => object;
type Class = new (...args: any[]) => Module;

/** Lets a module be called with keyword arguments. */
export type Called<M extends Module, Names extends readonly string[]> = (
  ...args: Arguments<Names, Parameters<M["forward"]>>
) => ReturnType<M["forward"]>;

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

type Bind = (args: readonly unknown[]) => readonly unknown[];

/** The place, in a list of parameters, of one that takes a dict, which is then not taken for keyword arguments. */
export interface Dict {
  readonly dict: number;
}

/** A function that puts arguments into their places; Python's errors count `self`. */
function binder(name: string, parameters: readonly string[], required: number, dict = -1): Bind {
  const star = parameters.indexOf("*");
  const positional = star < 0 ? parameters.length : star;
  const names = ["self", ...parameters.filter((parameter) => parameter !== "*")];
  return (args) => {
    const count = args.length;
    const last = args[count - 1];
    const isDict = isPlainObject(last);
    if (!isDict && count >= required && count <= positional) return args;
    if (isDict && count - 1 === dict && !Object.keys(last).some((key) => names.includes(key, 1))) return args;
    const known = (isDict ? count - 1 : count) > positional ? names.slice(0, positional + 1) : names;
    return bindArguments(name, known, required + 1, [null, ...args]).slice(1);
  };
}

/** Lets methods of a class take keyword arguments; `methods` has the names of their parameters. */
export function takeKeywords(
  owner: string,
  methods: object,
  parameters: Readonly<Record<string, readonly string[]>>,
  { dict = -1 }: Partial<Dict> = {},
): void {
  for (const [name, names] of Object.entries(parameters)) {
    const body = (methods as Record<string, (...args: unknown[]) => unknown>)[name];
    const bind = binder(`${owner}.${name}`, names, body.length, dict);
    const wrapped = {
      [name](this: unknown, ...args: unknown[]) {
        return body.apply(this, bind(args) as unknown[]);
      },
    };
    Object.defineProperty(methods, name, { value: wrapped[name], writable: true, configurable: true });
  }
}

const INPUT = ["input"];

/** A class of modules with call signatures for keyword arguments. */
type WithKeywordCalls<C extends Class, Forward extends readonly string[]> = InstanceType<C> &
  Called<InstanceType<C>, Forward>;

/** Which class has the constructor, if it is inherited; and which parameter takes a dict. */
type Options = { owner?: AnyClass } & Partial<Dict>;

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
    return callable(bound) as unknown as KeywordClass<T, C, Names>;
  };
}

/**
 * Makes the public class of a class of modules: it may be called without `new`, and its constructor and `forward` take
 * keyword arguments.
 *
 * `parameters` and `forward` are the names of the parameters of the constructor and of `forward`; `owner` is the class
 * that has the constructor, if it is inherited.
 */
export function module<
  C extends Class,
  const Names extends readonly string[],
  const Forward extends readonly string[] = readonly ["input"],
>(
  base: C,
  parameters: Names,
  forward: Forward = INPUT as unknown as Forward,
  options: Options = {},
): KeywordClass<WithKeywordCalls<C, Forward>, C, Names> {
  if (forward.length > 0 && Object.hasOwn(base.prototype, "forward")) {
    takeKeywords(base.name, base.prototype, { forward });
  }
  return keywordClass<WithKeywordCalls<C, Forward>>(base.name)(base, parameters, options);
}

/** The public class of this name, whose objects are of type T, of a class of another name: see module(). */
export function named<T extends Module>(name: string) {
  return <C extends Class, const Names extends readonly string[]>(
    base: C,
    parameters: Names,
    forward: readonly string[] = INPUT,
    options: Options = {},
  ): KeywordClass<T, C, Names> => {
    Object.defineProperty(base, "name", { value: name });
    return module(base, parameters, forward, options) as unknown as KeywordClass<T, C, Names>;
  };
}
