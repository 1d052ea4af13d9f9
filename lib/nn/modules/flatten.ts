// torch/nn/modules/flatten.py

import type { Tensor } from "../../_tensor.js";
import { isInt } from "../../python/float.js";
import { typeName } from "../../python/objects.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { tupleText } from "./utils.js";

class Flatten extends Module {
  start_dim: number;
  end_dim: number;

  constructor(start_dim = 1, end_dim = -1) {
    super();
    this.start_dim = start_dim;
    this.end_dim = end_dim;
  }

  override forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim);
  }

  override extra_repr(): string {
    return `start_dim=${this.start_dim}, end_dim=${this.end_dim}`;
  }
}

/**
 * Makes one dimension of those from `start_dim` to `end_dim`: by default of all but the batch's.
 *
 * (N, d1, d2, ...) becomes (N, d1 * d2 * ...).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Flatten.html}
 */
const FlattenClass = module(Flatten, ["start_dim", "end_dim"]);
type FlattenClass = InstanceType<typeof FlattenClass>;

class Unflatten extends Module {
  dim: number;
  unflattened_size: readonly number[];

  constructor(dim: number, unflattened_size: readonly number[]) {
    super();
    this._require_tuple_int(unflattened_size);
    this.dim = dim;
    this.unflattened_size = unflattened_size;
  }

  _require_tuple_int(input: readonly number[]): void {
    if (!Array.isArray(input)) {
      throw new TypeError(`unflattened_size must be a tuple of ints, but found type ${typeName(input)}`);
    }
    for (const [idx, elem] of input.entries()) {
      if (isInt(elem)) continue;
      throw new TypeError(
        `unflattened_size must be tuple of ints, but found element of type ${typeName(elem)} at pos ${idx}`,
      );
    }
  }

  override forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattened_size);
  }

  override extra_repr(): string {
    return `dim=${this.dim}, unflattened_size=${tupleText(this.unflattened_size)}`;
  }
}

/**
 * Makes several dimensions, of the sizes `unflattened_size`, of the one that is `dim`.
 *
 * One of the sizes may be -1: it is what is left. Throws TypeError for sizes that are no ints.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Unflatten.html}
 */
const UnflattenClass = module(Unflatten, ["dim", "unflattened_size"]);
type UnflattenClass = InstanceType<typeof UnflattenClass>;

export { FlattenClass as Flatten, UnflattenClass as Unflatten };
