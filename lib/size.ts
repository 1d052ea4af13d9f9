import { inspect } from "node:util";
import type { Tensor } from "./_tensor.js";
import { typeName } from "./arguments/kinds.js";
import { isIndexTensor } from "./arguments/match.js";
import { ValueError } from "./errors.js";
import { isInt } from "./python/float.js";
import { TensorBase } from "./tensor_base.js";

class Sizes extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array; // map() and slice() give plain arrays
  }

  /** The number of elements of a tensor with these sizes. */
  numel(): number {
    let product = 1;
    for (const size of this) product *= size;
    return product;
  }

  /** How many of the sizes are `value`. */
  count(value: number): number {
    return this.filter((size) => size === value).length;
  }

  /** Where `value` stands first; throws ValueError if it is none of the sizes. */
  index(value: number): number {
    const index = this.indexOf(value);
    if (index < 0) throw new ValueError("tuple.index(x): x not in tuple");
    return index;
  }

  override toString(): string {
    return `torch.Size([${this.join(", ")}])`;
  }

  /** What Python's repr() prints. */
  __repr__(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function toSize(value: unknown, position: number): number {
  const number = value instanceof TensorBase && isIndexTensor(value as Tensor) ? (value as Tensor).item() : value;
  if (typeof number !== "boolean" && !isInt(number)) {
    throw new TypeError(`torch.Size() takes an iterable of 'int' (item ${position} is '${typeName(value)}')`);
  }
  if (typeof number === "bigint" && BigInt.asIntN(64, number) !== number) {
    throw new ValueError("Overflow when unpacking long long");
  }
  return Number(number);
}

function makeSize(args: readonly unknown[]): Size {
  const [sizes = []] = args;
  if (args.length > 1) throw new TypeError(`tuple expected at most 1 argument, got ${args.length}`);
  if (typeof (sizes as Iterable<unknown> | null)?.[Symbol.iterator] !== "function") {
    throw new TypeError(`'${typeName(sizes)}' object is not iterable`);
  }
  return sizeOf(Array.from(sizes as Iterable<unknown>, toSize));
}

/**
 * The sizes of a tensor: an array of numbers that prints as Python's `torch.Size([2, 3])`.
 *
 * `torch.Size([2, 3])` makes one of any iterable of integers; throws TypeError for what holds anything else.
 *
 * {@link https://docs.pytorch.org/docs/2.15/size.html}
 */
export type Size = Sizes;
export const Size = new Proxy(Sizes, {
  apply: (_target, _receiver, args) => makeSize(args),
  construct: (_target, args) => makeSize(args),
}) as unknown as {
  new (sizes?: Iterable<number>): Size;
  (sizes?: Iterable<number>): Size;
  readonly prototype: Size;
};
Object.defineProperty(Sizes, "name", { value: "Size" });
Object.defineProperty(Sizes.prototype, "constructor", { value: Size, writable: true, configurable: true });

/** @internal A Size of the first numbers of a list. */
export function sizeOf(sizes: ArrayLike<number>, count: number = sizes.length): Size {
  // With its elements as arguments an array's subclass is made 30 times as fast as with its length.
  switch (count) {
    case 2:
      return new Sizes(sizes[0], sizes[1]);
    case 3:
      return new Sizes(sizes[0], sizes[1], sizes[2]);
    case 4:
      return new Sizes(sizes[0], sizes[1], sizes[2], sizes[3]);
  }
  const result = new Sizes();
  for (let i = 0; i < count; i++) result.push(sizes[i]);
  return result;
}
