// torch/utils/data/_utils/pin_memory.py

import { isPlainObject } from "../../../arguments/function.js";
import { has } from "../../../python/objects.js";

/** Copies the tensors of a batch to pinned memory, by `pin_memory()` of whatever has it. */
export function pin_memory(data: unknown): unknown {
  if (has(data, "pin_memory")) return data.pin_memory();
  if (data instanceof Map) return new Map([...data].map(([key, sample]) => [key, pin_memory(sample)]));
  if (Array.isArray(data)) return data.map(pin_memory);
  if (!isPlainObject(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, sample]) => [key, pin_memory(sample)]));
}
