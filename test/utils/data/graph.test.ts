import * as torch from "tstorch";
import { IterDataPipe } from "tstorch/utils/data";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { SequenceWrapper } from "tstorch/utils/data/datapipes/map";
import { type DataPipeGraph, traverse, traverse_dps } from "tstorch/utils/data/graph";
import {
  apply_random_seed,
  apply_sharding,
  apply_shuffle_seed,
  apply_shuffle_settings,
  get_all_graph_pipes,
} from "tstorch/utils/data/graph_settings";
import { expect, test } from "vitest";
import { list, warnings } from "./datapipes/helpers.js";

const { range } = torch.py;
const numbers = (count: number) => IterableWrapper(range(count));

/** A graph as names in names. */
type Names = [name: string, below: Names][];
const namesIn = (graph: DataPipeGraph): Names =>
  [...graph.values()].map(([datapipe, below]) => [String(datapipe), namesIn(below)]);

const chain = (...names: string[]): Names => names.reduceRight<Names>((below, name) => [[name, below]], []);

test("traverse_dps", () => {
  const [a, b] = numbers(4).shuffle().sharding_filter().batch(2).fork(2);
  const below = [
    ...["_ForkerIterDataPipe", "BatcherIterDataPipe", "ShardingFilterIterDataPipe", "ShufflerIterDataPipe"],
    "IterableWrapperIterDataPipe",
  ];
  expect(namesIn(traverse_dps(a.zip(b)))).toEqual([
    ["ZipperIterDataPipe", [...chain("_ChildDataPipe", ...below), ...chain("_ChildDataPipe", ...below)]],
  ]);
  expect(namesIn(traverse_dps(SequenceWrapper([1]).map(String).shuffle()))).toEqual(
    chain("ShufflerIterDataPipe", "MapperMapDataPipe", "SequenceWrapperMapDataPipe"),
  );
  expect(get_all_graph_pipes(traverse_dps(a.zip(b))).length).toBe(8);
  expect(() => traverse_dps([1] as never)).toThrow(
    "Expected `IterDataPipe` or `MapDataPipe`, but <class 'list'> is found",
  );
});

test("only datapipes and collections are looked into, or all objects", () => {
  class Holder extends IterDataPipe<number> {
    readonly in_dict = { x: [numbers(1)] };
    readonly in_object = new (class {
      readonly hidden = SequenceWrapper([1]);
    })();
    override *__iter__() {
      yield 1;
    }
  }
  expect(namesIn(traverse_dps(new Holder()))).toEqual(chain("Holder", "IterableWrapperIterDataPipe"));
  const told = warnings(() => {
    expect(namesIn(traverse(new Holder()))).toEqual([
      ["Holder", [...chain("IterableWrapperIterDataPipe"), ...chain("SequenceWrapperMapDataPipe")]],
    ]);
    traverse(new Holder(), { only_datapipe: true });
  });
  const deprecated =
    "`traverse` function is deprecated and will be removed after 1.13. Please use `traverse_dps` instead.";
  expect(told).toEqual([
    `${deprecated} And, the behavior will be changed to the equivalent of \`only_datapipe=True\`.`,
    deprecated,
  ]);
});

test("a datapipe that holds itself", () => {
  class Loop extends IterDataPipe<number> {
    self: unknown = null;
    readonly source = numbers(1);
  }
  const loop = new Loop();
  loop.self = [loop];
  expect(namesIn(traverse_dps(loop))).toEqual(chain("Loop", "IterableWrapperIterDataPipe"));
});

test("apply_sharding", () => {
  const datapipe = numbers(6)
    .sharding_filter()
    .map((x) => x);
  expect(apply_sharding(datapipe, 3, { instance_id: 1 })).toBe(datapipe);
  expect(list(datapipe)).toEqual([1, 4]);
  class Old extends IterDataPipe<number> {
    given: unknown[] = [];
    apply_sharding(num_of_instances: number, instance_id: number) {
      this.given = [num_of_instances, instance_id];
    }
  }
  const old = new Old();
  apply_sharding(old, 2, 0);
  expect(old.given).toEqual([2, 0]);
  expect(() => apply_sharding(datapipe.sharding_filter(), 2, 0)).toThrow(
    "Sharding twice on a single pipeline is likely unintended and will cause data loss. Sharding already applied to ShardingFilterIterDataPipe while trying to apply to ShardingFilterIterDataPipe",
  );
});

test("apply_random_seed and apply_shuffle_settings", () => {
  const generator = () => new torch.Generator().manual_seed(5);
  const once = numbers(6).shuffle();
  expect(list(apply_random_seed(once, generator()) as IterDataPipe)).toEqual([5, 0, 2, 4, 1, 3]);
  const twice = numbers(6).shuffle().shuffle();
  expect(list(apply_random_seed(twice, generator()) as IterDataPipe)).toEqual([4, 0, 2, 5, 1, 3]);
  expect(warnings(() => apply_shuffle_seed(once, generator()))).toEqual([
    "`apply_shuffle_seed` is deprecated since 1.12 and will be removed in the future releases. Please use `apply_random_seed` instead.",
  ]);
  expect(apply_shuffle_settings(once, false)).toBe(once);
  expect(list(once)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(apply_shuffle_settings(once)).toBe(once);
  const told = warnings(() => {
    expect(String(apply_shuffle_settings(numbers(3), { shuffle: true }))).toBe("ShufflerIterDataPipe");
  });
  expect(told[0]).toContain("`shuffle=True` was set, but the datapipe does not contain a `Shuffler`.");
});
