import type { Tensor } from "./_tensor.js";
import { RuntimeError } from "./errors.js";
import { collectTensors, TensorBase } from "./tensor_base.js";

/** The tensors in a value: itself, in arrays, maps, plain objects, and what objects with parameters hold. */
function reach(value: unknown, found: Set<unknown>, seen: Set<unknown>): void {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof TensorBase) {
    found.add(value);
    return;
  }
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map || value instanceof Set) for (const entry of value) reach(entry, found, seen);
  for (const key of Object.keys(value)) reach((value as Record<string, unknown>)[key], found, seen);
}

/**
 * Runs a function, and frees at once every tensor that was made inside and is not in what it returns.
 *
 * Tensors that became part of the outside in another way (a module's parameter, an element of an outer array) are freed
 * too: return them. Gradients, and what autograd saved, stay: they are libtorch's own.
 *
 * Throws RuntimeError for an async function.
 */
export function tidy<T>(body: () => T): T {
  const made: Tensor[] = [];
  const outer = collectTensors(made);
  let result: T;
  const kept = new Set<unknown>();
  try {
    result = body();
    if (result instanceof Promise) throw new RuntimeError("torch.tidy() takes a function that is not async");
    reach(result, kept, new Set());
  } finally {
    collectTensors(outer);
    for (const tensor of made) {
      if (!kept.has(tensor)) tensor.dispose();
      else outer?.push(tensor);
    }
  }
  return result;
}
