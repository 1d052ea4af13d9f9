import { isPlainObject } from "../arguments/function.js";
import { IndexError } from "../errors.js";
import { has, typeName } from "./objects.js";

/** The number of elements, or undefined for what has none: numbers, functions, iterators. */
export function lengthOf(x: unknown): number | undefined {
  if (typeof x === "string") return Array.from(x).length;
  if (has(x, "__len__")) return Number(x.__len__());
  if (isPlainObject(x)) return Object.keys(x).length;
  if (typeof x !== "object" || x === null) return undefined;
  const { length, size } = x as { length?: unknown; size?: unknown };
  return typeof length === "number" ? length : typeof size === "number" ? size : undefined;
}

/** Python's `len()`: what `__len__()`, `length` or `size` says; the keys of a plain object. Throws TypeError. */
export function len(x: unknown): number {
  const length = lengthOf(x);
  if (length === undefined) throw new TypeError(`object of type '${typeName(x)}' has no len()`);
  return length;
}

/** What Python can iterate over: a dict by its keys, an iterable, an object with `__iter__` or `__getitem__`. */
export type PythonIterable<T> =
  | ReadonlyMap<T, unknown>
  | Iterable<T>
  | { __iter__(): Iterator<T> }
  | { __getitem__(index: number): T; __len__?(): number };

/** Python's `iter()`: an iterator over anything that Python iterates over. Throws TypeError for anything else. */
export function iter<T>(x: PythonIterable<T>): IterableIterator<T>;
export function iter(x: Record<string, unknown>): IterableIterator<string>;
export function iter(x: unknown): IterableIterator<unknown> {
  const iterator = iteratorOf(x);
  return Symbol.iterator in iterator ? (iterator as IterableIterator<unknown>) : wrap(iterator);
}

function iteratorOf(x: unknown): Iterator<unknown> {
  if (has(x, "__iter__")) return x.__iter__() as Iterator<unknown>;
  if (x instanceof Map) return x.keys();
  if (typeof x === "string" || has(x, Symbol.iterator)) return (x as Iterable<unknown>)[Symbol.iterator]();
  if (has(x, "__getitem__")) return elements(x as { __getitem__(index: number): unknown });
  if (has(x, "next")) return x as unknown as Iterator<unknown>;
  if (isPlainObject(x)) return Object.keys(x).values();
  throw new TypeError(`'${typeName(x)}' object is not iterable`);
}

function* wrap<T>(iterator: Iterator<T>): Generator<T> {
  for (let step = iterator.next(); !step.done; step = iterator.next()) yield step.value;
}

/** The elements that `__getitem__` gives for 0, 1, ... until it throws an IndexError. */
function* elements<T>(x: { __getitem__(index: number): T }): Generator<T> {
  for (let index = 0; ; index++) {
    let element: T;
    try {
      element = x.__getitem__(index);
    } catch (error) {
      if (error instanceof IndexError) return;
      throw error;
    }
    yield element;
  }
}

/** Python's StopIteration: the iterator that `next()` was asked of has come to its end. */
export class StopIteration extends Error {
  override readonly name = "StopIteration";
}

/** Python's `next()`: the iterator's next element; at its end the default, if one is given, or a StopIteration. */
export function next<T>(iterator: Iterator<T>): T;
export function next<T, D>(iterator: Iterator<T>, otherwise: D): T | D;
export function next(iterator: Iterator<unknown>, ...otherwise: unknown[]): unknown {
  if (!has(iterator, "next")) throw new TypeError(`'${typeName(iterator)}' object is not an iterator`);
  const step = iterator.next() as IteratorResult<unknown>;
  if (!step.done) return step.value;
  if (otherwise.length === 0) throw new StopIteration();
  return otherwise[0];
}
