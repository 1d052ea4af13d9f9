import { inspect } from "node:util";
import { ValueError } from "./errors.js";

/** The sizes of a tensor: an array of numbers that prints as Python's `torch.Size([2, 3])`. */
export class Size extends Array<number> {
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

/** @internal A Size of the first numbers of a list. */
export function sizeOf(sizes: ArrayLike<number>, count: number = sizes.length): Size {
  // With its elements as arguments an array's subclass is made 30 times as fast as with its length.
  switch (count) {
    case 2:
      return new Size(sizes[0], sizes[1]);
    case 3:
      return new Size(sizes[0], sizes[1], sizes[2]);
    case 4:
      return new Size(sizes[0], sizes[1], sizes[2], sizes[3]);
  }
  const result = new Size();
  for (let i = 0; i < count; i++) result.push(sizes[i]);
  return result;
}
