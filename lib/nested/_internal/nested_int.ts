// torch/nested/_internal/nested_int.py: the size of a ragged dimension, which is no number

import { inspect } from "node:util";
import type { Tensor } from "../../_tensor.js";

let count = 0;
const known = new WeakMap<Tensor, NestedInt>();

/** A symbolic integer: in the shape of a jagged tensor it stands for the sizes of the ragged dimension, and prints as `j1`. */
export class NestedInt {
  readonly id: number;
  readonly coeff: number;

  /** @internal */
  constructor(id: number, coeff = 1) {
    this.id = id;
    this.coeff = coeff;
  }

  /** @internal The size of the ragged dimension that a tensor of offsets or lengths describes. */
  static of(source: Tensor): NestedInt {
    let size = known.get(source);
    if (!size) {
      size = new NestedInt(count++);
      known.set(source, size);
    }
    return size;
  }

  /** @internal Lets another tensor describe the same ragged dimension. */
  static share(from: Tensor, to: Tensor): void {
    known.set(to, NestedInt.of(from));
  }

  /** The same size times a number. */
  mul(factor: number): NestedInt {
    return factor === 1 ? this : new NestedInt(this.id, this.coeff * factor);
  }

  toString(): string {
    return this.coeff === 1 ? `j${this.id}` : `${this.coeff}*j${this.id}`;
  }

  __repr__(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
