// The public classes of torch.nn: without `new`, and with keyword arguments for constructors and `forward`.

import { type KeywordClass, keywordClass, type Options, takeKeywords } from "../../../arguments/class.js";
import type { Arguments } from "../../../arguments/function.js";
import type { Module } from "../module.js";

// biome-ignore lint/suspicious/noExplicitAny: modules of any constructor
type Class = new (...args: any[]) => Module;

/** Lets a module be called with keyword arguments. */
export type Called<M extends Module, Names extends readonly string[]> = (
  ...args: Arguments<Names, Parameters<M["forward"]>>
) => ReturnType<M["forward"]>;

const INPUT = ["input"];

/** Methods of many modules, none of which takes arguments. */
const PLAIN = ["extra_repr", "reset_parameters", "reset_running_stats", "flatten_parameters"];

/** A class of modules with call signatures for keyword arguments. */
type WithKeywordCalls<C extends Class, Forward extends readonly string[]> = InstanceType<C> &
  Called<InstanceType<C>, Forward>;

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
  const plain = PLAIN.filter((name) => Object.hasOwn(base.prototype, name));
  takeKeywords(base.name, base.prototype, Object.fromEntries(plain.map((name) => [name, []])));
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
