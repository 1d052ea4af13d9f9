// skip_data of torch/serialization.py

import { isPlainObject } from "../arguments/function.js";
import { type Entered, withMode } from "../modes.js";

let skips = false;

/** @internal Whether the bytes of storages are neither written nor read. */
export const skipsData = () => skips;

/**
 * While it holds, `torch.save()` leaves the places of the storages' bytes empty, and `torch.load()` makes tensors without
 * reading their data: what they hold is what the memory held.
 *
 * A function holds it for its duration, `using` for that of the block. `materialize_fake_tensors` makes no difference: there are
 * no fake tensors here.
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html}
 */
export function skip_data(materialize_fake_tensors?: boolean | { materialize_fake_tensors?: boolean }): Entered;
export function skip_data<T>(body: () => T): T;
export function skip_data<T>(
  materialize_fake_tensors: boolean | { materialize_fake_tensors?: boolean },
  body: () => T,
): T;
export function skip_data<T>(...args: unknown[]): T | Entered {
  const body = args.find((arg) => typeof arg === "function") as (() => T) | undefined;
  const unknown = args.find(isPlainObject) as Record<string, unknown> | undefined;
  for (const key of Object.keys(unknown ?? {})) {
    if (key === "materialize_fake_tensors") continue;
    throw new TypeError(`skip_data.__init__() got an unexpected keyword argument '${key}'`);
  }
  const enter = () => {
    const before = skips;
    skips = true;
    return () => {
      skips = before;
    };
  };
  return withMode("serialization.skip_data", enter, body);
}
