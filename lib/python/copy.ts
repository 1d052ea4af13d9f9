import { PyFloat } from "./float.js";
import { has } from "./objects.js";
import { Printed } from "./printed.js";

/** What has been copied already: each object's copy. */
export type Memo = Map<unknown, unknown>;

/** Python's `copy.copy()`: a new container with the same elements; by its own `__copy__()` if an object has one. */
function copyOf<T>(x: T): T {
  if (has(x, "__copy__")) return x.__copy__() as T;
  return duplicate(x, new Map(), (element) => element);
}

/** Python's `copy.deepcopy()`: copies all that is inside too, each object once; by its own `__deepcopy__(memo)`. */
export function deepcopy<T>(x: T, memo: Memo = new Map()): T {
  if (memo.has(x)) return memo.get(x) as T;
  if (!has(x, "__deepcopy__")) return duplicate(x, memo, (element) => deepcopy(element, memo));
  const made = x.__deepcopy__(memo);
  memo.set(x, made);
  return made as T;
}

/** Python's module `copy`. */
export const copy = { copy: copyOf, deepcopy };

/** What cannot change needs no copy: numbers, text, functions, frozen objects such as `torch.float32`. */
function isAtom(x: unknown): boolean {
  if (typeof x !== "object" || x === null || x instanceof PyFloat || x instanceof Printed) return true;
  return Object.isFrozen(x) && !Array.isArray(x);
}

/** A new object with the elements that `element` makes of the old one's. */
function duplicate<T>(x: T, memo: Memo, element: <E>(x: E) => E): T {
  if (isAtom(x)) return x;
  if (ArrayBuffer.isView(x) || x instanceof ArrayBuffer || x instanceof Date || x instanceof RegExp) {
    return remember(x, structuredClone(x), memo);
  }
  if (x instanceof Map) {
    const made = remember(x, new Map(), memo);
    for (const [key, value] of x) made.set(element(key), element(value));
    return made as T;
  }
  if (x instanceof Set) {
    const made = remember(x, new Set(), memo);
    for (const value of x) made.add(element(value));
    return made as T;
  }
  const made = remember(x, Array.isArray(x) ? [] : {}, memo) as object;
  Object.setPrototypeOf(made, Object.getPrototypeOf(x));
  for (const key of Reflect.ownKeys(x as object)) {
    const property = Object.getOwnPropertyDescriptor(x, key) as PropertyDescriptor;
    if ("value" in property) property.value = element(property.value);
    Object.defineProperty(made, key, property);
  }
  return made as T;
}

function remember<T>(x: unknown, made: T, memo: Memo): T {
  memo.set(x, made);
  return made;
}
