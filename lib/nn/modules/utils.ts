// torch/nn/modules/utils.py

import { inspect } from "node:util";
import { def } from "../../arguments/function.js";
import { ValueError } from "../../errors.js";
import { repr } from "../../python/repr.js";

/** A size that may be one number for all dimensions. */
export type Size1 = number | readonly number[];
/** One number for all dimensions, or one for each of two. */
export type Size2 = number | readonly [number, number] | readonly number[];
/** One number for all dimensions, or one for each of three. */
export type Size3 = number | readonly [number, number, number] | readonly number[];

const _ntuple =
  (n: number) =>
  (x: Size1): number[] =>
    typeof x === "object" && Symbol.iterator in x ? [...x] : new Array<number>(n).fill(Number(x));

export const _single = _ntuple(1);
export const _pair = _ntuple(2);
export const _triple = _ntuple(3);
export const _quadruple = _ntuple(4);

/** The elements in reverse order, each `n` times: what `F.pad` takes for the padding of convolutions. */
export function _reverse_repeat_tuple(t: readonly number[], n: number): number[] {
  return [...t].reverse().flatMap((x) => new Array<number>(n).fill(x));
}

/** The sizes with the input's in the places of those that are None. */
export function _list_with_default(
  out_size: number | readonly (number | null)[],
  defaults: readonly number[],
): number | number[] {
  if (typeof out_size === "number") return out_size;
  if (defaults.length <= out_size.length) {
    throw new ValueError(`Input dimension should be at least ${out_size.length + 1}`);
  }
  const ends = defaults.slice(-out_size.length);
  return out_size.map((size, i) => size ?? ends[i]);
}

/**
 * Takes a prefix, such as "module.", off the names in a state dict, in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.modules.utils.consume_prefix_in_state_dict_if_present.html}
 */
export const consume_prefix_in_state_dict_if_present = def(
  "consume_prefix_in_state_dict_if_present",
  ["state_dict", "prefix"],
  (state_dict: Record<string, unknown>, prefix: string): void => {
    for (const key of Object.keys(state_dict)) {
      if (!key.startsWith(prefix)) continue;
      const value = state_dict[key];
      delete state_dict[key];
      state_dict[key.slice(prefix.length)] = value;
    }
    const { _metadata } = state_dict;
    if (!(_metadata instanceof Map)) return;
    for (const key of [..._metadata.keys()] as string[]) {
      if (key.length === 0 || !(key === prefix.replaceAll(".", "") || key.startsWith(prefix))) continue;
      const value = _metadata.get(key);
      _metadata.delete(key);
      _metadata.set(key.slice(prefix.length), value);
    }
  },
);

/** Python's text for a tuple: `(3,)`, `(3, 4)`; for anything else its `repr()`. */
export function tupleText(x: unknown): string {
  if (!Array.isArray(x)) return repr(x);
  return `(${x.map(tupleText).join(", ")}${x.length === 1 ? "," : ""})`;
}

/** The base of the classes that `namedtuple()` makes. */
export class NamedTuple extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The names of the elements. */
  declare readonly _fields: readonly string[];

  __repr__(): string {
    const { name } = this.constructor;
    return `${name}(${this._fields.map((field, i) => `${field}=${repr(this[i])}`).join(", ")})`;
  }

  override toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

/** A class of arrays whose elements have names, as Python's `collections.namedtuple` makes them. */
export function namedtuple(name: string, fields: readonly string[]): new (...values: unknown[]) => NamedTuple {
  const made = class extends NamedTuple {
    constructor(...values: unknown[]) {
      super(values.length);
      for (const [i, value] of values.entries()) this[i] = value;
    }
  };
  Object.defineProperty(made, "name", { value: name });
  Object.defineProperty(made.prototype, "_fields", { value: fields });
  for (const [i, field] of fields.entries()) {
    const get = function (this: unknown[]) {
      return this[i];
    };
    Object.defineProperty(made.prototype, field, { get, configurable: true });
  }
  return made;
}
