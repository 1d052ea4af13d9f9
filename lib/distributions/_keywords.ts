// The public classes of torch.distributions: without `new`, with keyword arguments, and with the names that Python prints.

import { type KeywordClass, keywordClass, type Options, takeKeywords } from "../arguments/class.js";

// biome-ignore lint/suspicious/noExplicitAny: classes of any constructor
type Class = new (...args: any[]) => object;

type Methods = Readonly<Record<string, readonly string[]>>;

const METHODS: Methods = {
  expand: ["batch_shape", "_instance"],
  sample: ["sample_shape"],
  rsample: ["sample_shape"],
  sample_n: ["n"],
  log_prob: ["value"],
  cdf: ["value"],
  icdf: ["value"],
  enumerate_support: ["expand"],
  with_cache: ["cache_size"],
  log_abs_det_jacobian: ["x", "y"],
  forward_shape: ["shape"],
  inverse_shape: ["shape"],
  entropy: [],
  perplexity: [],
  log_cdf: ["value"],
  log_survival_function: ["value"],
};

const modules = new WeakMap<object, string>();

/**
 * Makes the public class of a class of this module: it may be called without `new`, and its constructor and its methods
 * take keyword arguments. `methods` names the parameters of those that have other ones than usual.
 */
export function publicClass<C extends Class, const Names extends readonly string[]>(
  module: string,
  base: C,
  parameters: Names,
  { methods = {}, ...options }: Options & { methods?: Methods } = {},
): KeywordClass<InstanceType<C>, C, Names> {
  modules.set(base.prototype, module);
  const own = Object.entries({ ...METHODS, ...methods }).filter(([name]) => Object.hasOwn(base.prototype, name));
  takeKeywords(base.name, base.prototype, Object.fromEntries(own));
  return keywordClass<InstanceType<C>>(base.name)(base, parameters, options);
}

/** How Python prints an object's class: `<class 'torch.distributions.normal.Normal'>`. */
export function classText(instance: object): string {
  const prototype = Object.getPrototypeOf(instance);
  const module = modules.get(prototype);
  return `<class '${module ? `torch.distributions.${module}.` : ""}${prototype.constructor.name}'>`;
}

/** Whether a class between an object's and this one was written with a constructor of its own: only its source tells. */
export function hasOwnConstructor(instance: object, cls: { readonly prototype: object }): boolean {
  for (let p = Object.getPrototypeOf(instance); p !== null && p !== cls.prototype; p = Object.getPrototypeOf(p)) {
    if (/(?<![.\w])constructor\s*\(/.test(Function.prototype.toString.call(p.constructor))) return true;
  }
  return false;
}
