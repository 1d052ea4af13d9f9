import { inspect } from "node:util";

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

/** @internal A Size of given numbers: `new Size(3)` would have three holes. */
export function sizeOf(sizes: ArrayLike<number>): Size {
  const result = new Size(sizes.length);
  for (let i = 0; i < sizes.length; i++) result[i] = sizes[i];
  return result;
}
