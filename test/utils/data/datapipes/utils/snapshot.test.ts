import * as torch from "tstorch";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { _simple_graph_snapshot_restoration } from "tstorch/utils/data/datapipes/utils/snapshot";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

test("a restored datapipe goes on", () => {
  const datapipe = IterableWrapper(torch.py.range(6));
  _simple_graph_snapshot_restoration(datapipe, 2);
  expect([list(datapipe), datapipe._number_of_samples_yielded]).toEqual([[2, 3, 4, 5], 6]);
  expect(list(datapipe)).toEqual([0, 1, 2, 3, 4, 5]);
  _simple_graph_snapshot_restoration(datapipe, 1);
  expect(() => _simple_graph_snapshot_restoration(datapipe, 1)).toThrow(
    "Snapshot restoration cannot be applied. You can only restore simple snapshot to the graph if your graph has not been restored.",
  );
  expect(() => _simple_graph_snapshot_restoration(IterableWrapper([1]), 9)).toThrow(
    "Fast-forward IterableWrapperIterDataPipe by 9 iterations exceeds the number of samples available.",
  );
});
