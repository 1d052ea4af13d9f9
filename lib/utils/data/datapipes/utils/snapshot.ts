// torch/utils/data/datapipes/utils/snapshot.py

import { RuntimeError } from "../../../../errors.js";
import { iter } from "../../../../python/sequences.js";
import type { Generator as TorchGenerator } from "../../../../random.js";
import { apply_random_seed } from "../../graph_settings.js";
import { _SnapshotState } from "../_hook_iterator.js";
import type { IterDataPipe } from "../datapipe.js";

/**
 * Reads so many samples of a datapipe, so that its next iterator goes on after them; `rng` is the generator with
 * which shuffling began.
 *
 * Throws RuntimeError for a datapipe that was restored and not read since, and where there are fewer samples.
 */
export function _simple_graph_snapshot_restoration(
  datapipe: IterDataPipe,
  n_iterations: number,
  rng: TorchGenerator | null = null,
): void {
  if (datapipe._snapshot_state === _SnapshotState.Restored) {
    throw new RuntimeError(
      "Snapshot restoration cannot be applied. You can only restore simple snapshot to the graph if your graph has not been restored.",
    );
  }
  datapipe.reset();
  apply_random_seed(datapipe, rng);
  const iterator = iter(datapipe as Iterable<unknown>);
  for (let i = 0; i < n_iterations; i++) {
    if (!iterator.next().done) continue;
    throw new RuntimeError(
      `Fast-forward ${datapipe} by ${n_iterations} iterations exceeds the number of samples available.`,
    );
  }
  datapipe._fast_forward_iterator = iterator;
  datapipe._snapshot_state = _SnapshotState.Restored;
}
