// What the containers have in common: places in lists, slices of them, entries of dicts.

import { isPlainObject } from "../../../arguments/function.js";
import { IndexError, ValueError } from "../../../errors.js";
import { typeName } from "../../../python/objects.js";
import type { Slice } from "../../../python/slice.js";
import { isModule, members, stateOf } from "../module/state.js";
import type { Module } from "../module.js";

/** The position that an index stands for in a list of this length; throws IndexError if there is none. */
export function position(idx: number, size: number): number {
  if (!Number.isInteger(idx)) throw new TypeError(`'${typeName(idx)}' object cannot be interpreted as an integer`);
  if (idx < -size || idx >= size) throw new IndexError(`index ${idx} is out of range`);
  return idx < 0 ? idx + size : idx;
}

/** The elements that a slice takes out of a list. */
export function sliced<T>(list: readonly T[], slice: Slice): T[] {
  const [start, stop, step] = slice.indices(list.length);
  const taken: T[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) taken.push(list[i]);
  return taken;
}

/** The modules of a container, in order. */
export function itemsOf(container: object): readonly Module[] {
  const state = stateOf(container);
  state.items ??= members(container, "module").map(([_name, module]) => module as Module);
  return state.items;
}

/** The entries that `update()` of a dict takes over; throws TypeError and ValueError for what are none. */
export function entriesOf(given: unknown, name: string, element: string): Iterable<readonly [string, unknown]> {
  if (given instanceof Map) return given;
  if (isPlainObject(given)) return Object.entries(given);
  const { items } = (given ?? {}) as { items?: () => Iterable<[string, unknown]> };
  if (isModule(given) && typeof items === "function") return items.call(given);
  if (typeof (given as Iterable<unknown> | null)?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `${name}.update should be called with an iterable of key/value pairs, but got ${typeName(given)}`,
    );
  }
  return Array.from(given as Iterable<[string, unknown]>, (pair, j) => {
    if (!Array.isArray(pair)) {
      throw new TypeError(`${element} update sequence element #${j} should be Iterable; is${typeName(pair)}`);
    }
    if (pair.length !== 2) {
      throw new ValueError(`${element} update sequence element #${j} has length ${pair.length}; 2 is required`);
    }
    return pair;
  });
}
