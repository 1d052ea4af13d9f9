// skip_data of torch/serialization.py

import { mode } from "../arguments/mode.js";
import type { Entered } from "../modes.js";

let skips = false;

/** @internal Whether the bytes of storages are neither written nor read. */
export const skipsData = () => skips;

/**
 * While it holds, `torch.save()` leaves the places of the storages' bytes empty, and `torch.load()` makes tensors without
 * reading their data: what they hold is what the memory held.
 *
 * `skip_data(materialize_fake_tensors=False)`
 *
 * A function holds it for its duration, `using` for that of the block. `materialize_fake_tensors` makes no difference: there are
 * no fake tensors here.
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html}
 */
export const skip_data: {
  <T>(body: () => T): T;
  <T>(materialize_fake_tensors: boolean | { materialize_fake_tensors?: boolean }, body: () => T): T;
  (materialize_fake_tensors?: boolean | { materialize_fake_tensors?: boolean }): Entered;
} = mode(
  "serialization.skip_data",
  ["materialize_fake_tensors"],
  (_materialize_fake_tensors = false) =>
    () => {
      const before = skips;
      skips = true;
      return () => {
        skips = before;
      };
    },
  { called: "skip_data.__init__" },
);
