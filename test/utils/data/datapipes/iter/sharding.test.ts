import * as torch from "tstorch";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { SHARDING_PRIORITIES } from "tstorch/utils/data/datapipes/iter/sharding";
import { expect, test } from "vitest";
import { list } from "../helpers.js";

const { len, range } = torch.py;

test("every n-th sample", () => {
  const datapipe = IterableWrapper(range(10)).sharding_filter();
  expect(list(datapipe).length).toBe(10);
  datapipe.apply_sharding(3, 1);
  expect([list(datapipe), len(datapipe)]).toEqual([[1, 4, 7], 3]);
  expect(() => datapipe.apply_sharding(2, 2)).toThrow("instance_id(2) should be smaller than num_of_instances(2)");
});

test("groups of readers", () => {
  const datapipe = IterableWrapper(range(12)).sharding_filter();
  datapipe.apply_sharding(2, 1, SHARDING_PRIORITIES.DISTRIBUTED);
  datapipe.apply_sharding(3, 2, SHARDING_PRIORITIES.MULTIPROCESSING);
  expect([list(datapipe), len(datapipe)]).toEqual([[5, 11], 2]);
  expect(() => datapipe.apply_sharding(2, 0)).toThrow("ShardingFilter cannot mix DEFAULT and non DEFAULT groups");
});
