import type { Tensor } from "./_tensor.js";
import { RuntimeError } from "./errors.js";
import { runsLater } from "./modes.js";
import { collectTensors, isHandleless, TensorBase } from "./tensor_base.js";

/** All that a value reaches, tensors among it: through arrays, maps, sets and the fields of objects. */
function reach(value: unknown): Set<unknown> {
  const seen = new Set<unknown>();
  const next: unknown[] = [value];
  while (next.length > 0) {
    const one = next.pop();
    if ((typeof one !== "object" && typeof one !== "function") || one === null || seen.has(one)) continue;
    seen.add(one);
    if (one instanceof TensorBase && isHandleless(one)) next.push(...one.parts());
    if (one instanceof TensorBase || ArrayBuffer.isView(one)) continue;
    if (one instanceof Map || one instanceof Set) for (const entry of one) next.push(entry);
    for (const key of Reflect.ownKeys(one)) {
      if (Object.prototype.propertyIsEnumerable.call(one, key)) next.push(Reflect.get(one, key));
    }
  }
  return seen;
}

function refuseAsync(): never {
  throw new RuntimeError("torch.tidy() takes a function that is not async");
}

/**
 * Runs a function, and frees at once every tensor that was made inside and is not in what it returns.
 *
 * Tensors that became part of the outside in another way (a module's parameter, an element of an outer array) are freed
 * too: return them. Gradients, and what autograd saved, stay: they are libtorch's own.
 *
 * Throws RuntimeError for an async function, and for a generator function.
 */
export function tidy<T>(body: () => T): T {
  if (runsLater(body)) refuseAsync();
  const made: Tensor[] = [];
  const outer = collectTensors(made);
  let result: T;
  let kept = new Set<unknown>();
  try {
    result = body();
    if (result instanceof Promise) {
      result.catch(() => {}); // it goes on without its tensors, and nobody waits for it
      refuseAsync();
    }
    kept = reach(result);
  } finally {
    collectTensors(outer);
    for (const tensor of made) {
      if (!kept.has(tensor)) tensor.dispose();
      else outer?.push(tensor);
    }
  }
  return result;
}
