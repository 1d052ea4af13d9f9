// What the distributions share that are given by either probabilities or logits.

import type { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import { ValueError } from "../errors.js";
import type { Keywords } from "../types.js";
import type { Sizes } from "./distribution.js";
import { broadcast_all, type Value } from "./utils.js";

/** The name of the one that is given; throws ValueError unless it is exactly one. */
export function givenOne(probs: unknown, logits: unknown): "probs" | "logits" {
  if ((probs === null) === (logits === null)) {
    throw new ValueError("Either `probs` or `logits` must be specified, but not both.");
  }
  return probs === null ? "logits" : "probs";
}

/** The fields of a distribution of one number that is given by probs or logits. */
export function binaryFields(probs: Value | null, logits: Value | null): { _param: Tensor } {
  const name = givenOne(probs, logits);
  const [_param] = broadcast_all((probs ?? logits) as Value);
  return { [name]: _param, _param };
}

/** The fields of a distribution that is given by a count and probs or logits, broadcast to one shape. */
export function countedFields(
  total_count: Value,
  probs: Value | null,
  logits: Value | null,
): { total_count: Tensor; _param: Tensor } {
  const name = givenOne(probs, logits);
  const [count, _param] = broadcast_all(total_count, (probs ?? logits) as Value);
  return { total_count: count.type_as(_param), [name]: _param, _param };
}

/** Those of the fields `probs` and `logits` that an object has, and so `_param`, expanded to a shape. */
export function expandedFields(instance: object, shape: Sizes): object {
  const fields: Record<string, Tensor> = {};
  for (const name of ["probs", "logits"] as const) {
    if (!Object.hasOwn(instance, name)) continue;
    fields[name] = fields._param = (instance as Record<typeof name, Tensor>)[name].expand(shape);
  }
  return fields;
}

/** What `enumerate_support()` takes. */
export type Expand = boolean | Keywords<{ expand?: boolean }>;

/** Values along dimension 0, expanded over the batch or with dimensions of size 1 in its place. */
export function enumerated(values: Tensor, batch_shape: Sizes, expand: Expand): Tensor {
  const singletons = values.view([-1, ...batch_shape.map(() => 1)]);
  return wanted(expand) ? singletons.expand([-1, ...batch_shape]) : singletons;
}

/** Whether `enumerate_support()` shall expand: keywords have been bound by the time that they come here. */
export function wanted(expand: Expand): boolean {
  return isPlainObject(expand) ? (expand.expand ?? true) : Boolean(expand);
}
