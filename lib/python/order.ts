import { ValueError } from "../errors.js";
import { isFloat, isInt } from "./float.js";
import { bool } from "./numbers.js";
import { has, takeKeywords, typeName } from "./objects.js";
import { iter, type PythonIterable } from "./sequences.js";

/** Python's `a < b`: numbers by value, text by its characters, lists by their first difference, tensors by `lt`. */
function less(a: unknown, b: unknown): boolean {
  if (isNumber(a) && isNumber(b)) return a < b;
  if (typeof a === "string" && typeof b === "string") return a < b;
  if (Array.isArray(a) && Array.isArray(b)) return lessList(a, b);
  if (has(a, "__lt__")) return bool(a.__lt__(b));
  if (has(a, "lt")) return bool(a.lt(b));
  if (has(b, "gt")) return bool(b.gt(a));
  throw new TypeError(`'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function lessList(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === b[i]) continue;
    if (less(a[i], b[i])) return true;
    if (less(b[i], a[i])) return false;
  }
  return a.length < b.length;
}

function isNumber(x: unknown): x is number {
  return isInt(x) || isFloat(x) || typeof x === "boolean";
}

/** What `min` and `max` take as keyword arguments: by what to compare, and the result where there are no elements. */
export interface ExtremeKeywords<T, D = never> {
  key?: ((element: T) => unknown) | null;
  default?: D;
}

/** Python's `min()`, of an iterable or of several arguments: the first of the least. Throws ValueError if empty. */
export function min<T, D = never>(x: PythonIterable<T>, keywords?: ExtremeKeywords<T, D>): T | D;
export function min<T>(first: T, second: T, ...more: T[]): T;
export function min<T>(...args: [first: T, second: T, ...more: T[], keywords: ExtremeKeywords<T>]): T;
export function min(...args: unknown[]): unknown {
  return extreme("min", args, less);
}

/** Python's `max()`, of an iterable or of several arguments: the first of the greatest. Throws ValueError if empty. */
export function max<T, D = never>(x: PythonIterable<T>, keywords?: ExtremeKeywords<T, D>): T | D;
export function max<T>(first: T, second: T, ...more: T[]): T;
export function max<T>(...args: [first: T, second: T, ...more: T[], keywords: ExtremeKeywords<T>]): T;
export function max(...args: unknown[]): unknown {
  return extreme("max", args, (candidate, best) => less(best, candidate));
}

function extreme(name: string, args: unknown[], better: (candidate: unknown, best: unknown) => boolean): unknown {
  const keywords: ExtremeKeywords<unknown, unknown> = takeKeywords(args, ["key", "default"], 1);
  if (args.length === 0) throw new TypeError(`${name} expected at least 1 argument, got 0`);
  const elements = args.length === 1 ? iter(args[0] as Iterable<unknown>) : args.values();
  const first = elements.next();
  if (first.done) {
    if ("default" in keywords) return keywords.default;
    throw new ValueError(`${name}() arg is an empty sequence`);
  }
  const key = keywords.key ?? ((element) => element);
  let best = first.value;
  let bestKey = key(best);
  for (const element of elements) {
    const elementKey = key(element);
    if (better(elementKey, bestKey)) [best, bestKey] = [element, elementKey];
  }
  return best;
}

/** Python's `sorted()`: a new array in ascending order, by `key` if given; equals keep their order, reversed too. */
export function sorted<T>(
  x: PythonIterable<T>,
  { key, reverse = false }: { key?: ((element: T) => unknown) | null; reverse?: boolean } = {},
): T[] {
  const sign = reverse ? -1 : 1;
  return Array.from(iter(x), (element) => ({ element, key: key ? key(element) : element }))
    .sort((a, b) => (less(a.key, b.key) ? -sign : less(b.key, a.key) ? sign : 0))
    .map(({ element }) => element);
}
