import { isPlainObject } from "../arguments/function.js";
import { ValueError } from "../errors.js";
import { bool } from "./numbers.js";
import { has, takeKeywords, typeName } from "./objects.js";
import { iter, len, type PythonIterable } from "./sequences.js";

type Start = number | { start?: number };

/** Python's `enumerate()`: `[0, first], [1, second], ...`; of an asynchronous iterable also for `for await`. */
export function enumerate<T>(
  x: Iterable<T> & AsyncIterable<T>,
  start?: Start,
): IterableIterator<[number, T]> & AsyncIterable<[number, T]>;
export function enumerate<T>(x: PythonIterable<T>, start?: Start): IterableIterator<[number, T]>;
export function enumerate<T>(x: AsyncIterable<T>, start?: Start): AsyncIterable<[number, T]>;
export function enumerate(x: unknown, start: Start = 0): unknown {
  const first = typeof start === "object" && isPlainObject(start) ? (start.start ?? 0) : Number(start);
  if (!has(x, Symbol.asyncIterator)) return counted(iter(x as Iterable<unknown>), first);
  const asynchronous = { [Symbol.asyncIterator]: () => countedAsync(x as unknown as AsyncIterable<unknown>, first) };
  // Its own iterator starts workers, say: it is asked for only when the loop is not a `for await`.
  return has(x, Symbol.iterator)
    ? Object.assign(counted(x as unknown as Iterable<unknown>, first), asynchronous)
    : asynchronous;
}

function* counted<T>(x: Iterable<T>, first: number): Generator<[number, T]> {
  let count = first;
  for (const element of x) yield [count++, element];
}

async function* countedAsync<T>(x: AsyncIterable<T>, first: number): AsyncGenerator<[number, T]> {
  let count = first;
  for await (const element of x) yield [count++, element];
}

/** The elements that iterables of these types give in one step. */
type Zipped<Iterables extends readonly unknown[]> = {
  [I in keyof Iterables]: Iterables[I] extends PythonIterable<infer T> ? T : never;
};

/** Python's `zip()`: lists of the iterables' elements, to the end of the shortest; if `strict` that is a ValueError. */
export function zip<Iterables extends PythonIterable<unknown>[]>(
  ...iterables: Iterables
): IterableIterator<Zipped<Iterables>>;
export function zip<Iterables extends PythonIterable<unknown>[]>(
  ...iterables: [...Iterables, { strict: boolean }]
): IterableIterator<Zipped<Iterables>>;
export function zip(...iterables: unknown[]): IterableIterator<unknown[]> {
  const { strict } = takeKeywords(iterables, ["strict"]);
  return zipped(
    iterables.map((x) => iter(x as Iterable<unknown>)),
    strict === true,
  );
}

function* zipped(iterators: Iterator<unknown>[], strict: boolean): Generator<unknown[]> {
  while (iterators.length > 0) {
    const row: unknown[] = [];
    for (const iterator of iterators) {
      const step = iterator.next();
      if (step.done) break;
      row.push(step.value);
    }
    if (row.length < iterators.length) return strict ? checkEnds(iterators, row.length) : undefined;
    yield row;
  }
}

/** Throws unless all iterators have come to their end; the one at `place` has. */
function checkEnds(iterators: Iterator<unknown>[], place: number): void {
  const others = (count: number) => (count === 1 ? "argument 1" : `arguments 1-${count}`);
  if (place > 0) throw new ValueError(`zip() argument ${place + 1} is shorter than ${others(place)}`);
  const longer = iterators.findIndex((iterator, i) => i > 0 && !iterator.next().done);
  if (longer > 0) throw new ValueError(`zip() argument ${longer + 1} is longer than ${others(longer)}`);
}

/** Python's `map()`: the function's results for the iterables' elements, each made when it is asked for. */
export function map<Iterables extends PythonIterable<unknown>[], R>(
  f: (...elements: Zipped<Iterables>) => R,
  ...iterables: Iterables
): IterableIterator<R> {
  return mapped(f as (...elements: unknown[]) => R, zip(...iterables));
}

function* mapped<R>(f: (...elements: unknown[]) => R, rows: Iterable<unknown>): Generator<R> {
  for (const row of rows) yield f(...(row as unknown[]));
}

/** Python's `filter()`: the elements for which the function's result, or with null the element itself, is true. */
export function filter<T>(f: ((element: T) => unknown) | null, x: PythonIterable<T>): IterableIterator<T> {
  return filtered(f ?? ((element) => element), iter(x));
}

function* filtered<T>(f: (element: T) => unknown, x: Iterable<T>): Generator<T> {
  for (const element of x) if (bool(f(element))) yield element;
}

/** Python's `reversed()`: the elements of a list, text, range or dict from the last to the first. Throws TypeError. */
export function reversed<T>(x: PythonIterable<T>): IterableIterator<T> {
  if (has(x, "__reversed__")) return iter(x.__reversed__() as Iterable<T>);
  if (has(x, "__len__") && has(x, "__getitem__"))
    return fromLast(x as unknown as { __getitem__(index: number): T }, len(x));
  const ordered = typeof x === "string" || x instanceof Map || isPlainObject(x) || "length" in x;
  if (!ordered) throw new TypeError(`'${typeName(x)}' object is not reversible`);
  return [...iter(x)].reverse().values();
}

function* fromLast<T>(x: { __getitem__(index: number): T }, length: number): Generator<T> {
  for (let index = length - 1; index >= 0; index--) yield x.__getitem__(index);
}

/** Python's `list()`: an array of all elements. */
export function list<T>(x: PythonIterable<T> = []): T[] {
  return [...iter(x)];
}

/** Python's `tuple()`: an array too. */
export const tuple: <T>(x?: PythonIterable<T>) => T[] = list;
