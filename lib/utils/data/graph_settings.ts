// torch/utils/data/graph_settings.py

import { def } from "../../arguments/function.js";
import { parametersOf } from "../../arguments/names.js";
import { RuntimeError } from "../../errors.js";
import { has } from "../../python/objects.js";
import type { Generator as TorchGenerator } from "../../random.js";
import { warn } from "../../warnings.js";
import type { IterDataPipe } from "./datapipes/datapipe.js";
import { _ShardingIterDataPipe, SHARDING_PRIORITIES } from "./datapipes/iter/sharding.js";
import { type DataPipe, type DataPipeGraph, traverse_dps } from "./graph.js";
import { drawSeed } from "./sampler.js";

/** The datapipes of a graph, each once. */
export const get_all_graph_pipes = def("get_all_graph_pipes", ["graph"], (graph: DataPipeGraph): DataPipe[] =>
  allPipes(graph, new Set()),
);

function allPipes(graph: DataPipeGraph, seen: Set<number>): DataPipe[] {
  const results: DataPipe[] = [];
  for (const [number, [datapipe, below]] of graph) {
    if (seen.has(number)) continue;
    seen.add(number);
    results.push(datapipe, ...allPipes(below, seen));
  }
  return results;
}

type Sharding = DataPipe & Pick<_ShardingIterDataPipe, "apply_sharding">;

const isSharding = (datapipe: DataPipe): datapipe is Sharding =>
  datapipe instanceof _ShardingIterDataPipe || has(datapipe, "apply_sharding");

/**
 * Lets every datapipe of a graph that can be sharded give the part of one of several readers; returns the datapipe.
 *
 * Throws RuntimeError where one that can be sharded reads from another.
 */
export const apply_sharding = def(
  "apply_sharding",
  ["datapipe", "num_of_instances", "instance_id", "sharding_group"],
  <D extends DataPipe>(
    datapipe: D,
    num_of_instances: number,
    instance_id: number,
    sharding_group: SHARDING_PRIORITIES = SHARDING_PRIORITIES.DEFAULT,
  ): D => {
    const apply = (graph: DataPipeGraph, before: DataPipe | null): void => {
      for (const [pipe, below] of graph.values()) {
        if (!isSharding(pipe)) {
          apply(below, before);
          continue;
        }
        if (before !== null) {
          throw new RuntimeError(
            `Sharding twice on a single pipeline is likely unintended and will cause data loss. Sharding already applied to ${before} while trying to apply to ${pipe}`,
          );
        }
        if ((parametersOf(pipe.apply_sharding)?.length ?? 3) < 3 && !hasRest(pipe.apply_sharding)) {
          pipe.apply_sharding(num_of_instances, instance_id);
        } else pipe.apply_sharding(num_of_instances, instance_id, sharding_group);
        apply(below, pipe);
      }
    };
    apply(traverse_dps(datapipe), null);
    return datapipe;
  },
);

const hasRest = (fn: (...args: never[]) => unknown) => parametersOf(fn)?.some(({ isRest }) => isRest);

type Shuffling = DataPipe & { set_shuffle(shuffle: boolean): unknown; set_seed(seed: number | bigint): unknown };

const isShuffling = (datapipe: DataPipe): datapipe is Shuffling =>
  has(datapipe, "set_shuffle") && has(datapipe, "set_seed");

/**
 * Turns all shuffling of a graph on or off; null leaves it as it is. Returns the datapipe, or, to turn on what is not there,
 * one that shuffles it.
 */
export const apply_shuffle_settings = def(
  "apply_shuffle_settings",
  ["datapipe", "shuffle"],
  (datapipe: DataPipe, shuffle: boolean | null = null): DataPipe => {
    if (shuffle === null) return datapipe;
    const shufflers = get_all_graph_pipes(traverse_dps(datapipe)).filter(isShuffling);
    for (const shuffler of shufflers) shuffler.set_shuffle(shuffle);
    if (shufflers.length > 0 || !shuffle) return datapipe;
    warn(
      "`shuffle=True` was set, but the datapipe does not contain a `Shuffler`. Adding one at the end. Be aware that the default buffer size might not be sufficient for your task.",
    );
    return (datapipe as IterDataPipe).shuffle();
  },
);

/** As `apply_random_seed()`. Deprecated in PyTorch, of which it warns. */
export const apply_shuffle_seed = def(
  "apply_shuffle_seed",
  ["datapipe", "rng"],
  <D extends DataPipe>(datapipe: D, rng: TorchGenerator | null): D => {
    warn(
      "`apply_shuffle_seed` is deprecated since 1.12 and will be removed in the future releases. Please use `apply_random_seed` instead.",
      "FutureWarning",
    );
    return apply_random_seed(datapipe, rng) as D;
  },
);

/** Gives every datapipe of a graph that has `set_seed()` a seed from a generator; returns the datapipe. */
export const apply_random_seed = def(
  "apply_random_seed",
  ["datapipe", "rng"],
  <D extends DataPipe>(datapipe: D, rng: TorchGenerator | null): D => {
    for (const pipe of get_all_graph_pipes(traverse_dps(datapipe))) {
      if (has(pipe, "set_seed")) (pipe as Shuffling).set_seed(drawSeed(rng));
    }
    return datapipe;
  },
);
