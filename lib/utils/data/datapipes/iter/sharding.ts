// torch/utils/data/datapipes/iter/sharding.py

import { keywordClass, takeKeywords } from "../../../../arguments/class.js";
import { NotImplementedError, RuntimeError, ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { iter } from "../../../../python/sequences.js";
import { functional_datapipe } from "../_decorator.js";
import { lengthOfSource } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";

/** In what order groups of readers share a datapipe: processes before the workers of each. */
export enum SHARDING_PRIORITIES {
  DEFAULT = 1,
  DISTRIBUTED = 2,
  MULTIPROCESSING = 3,
}

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

/** The base of datapipes of which each reader gets a part. */
export class _ShardingIterDataPipe<T = any> extends IterDataPipe<T> {
  apply_sharding(_num_of_instances: number, _instance_id: number, _sharding_group?: SHARDING_PRIORITIES): void {
    throw new NotImplementedError("");
  }
}

class ShardingFilterIterDataPipe<T = any> extends _ShardingIterDataPipe<T> {
  source_datapipe: IterDataPipe<T>;
  sharding_group_filter: SHARDING_PRIORITIES | null;
  /** How many readers each group has, and which one this is. */
  groups = new Map<SHARDING_PRIORITIES, [num_of_instances: number, instance_id: number]>();
  num_of_instances = 1;
  instance_id = 0;

  constructor(source_datapipe: IterDataPipe<T>, sharding_group_filter: SHARDING_PRIORITIES | null = null) {
    super();
    this.source_datapipe = source_datapipe;
    this.sharding_group_filter = sharding_group_filter;
  }

  /** Reads every `num_of_instances`-th sample from here on, beginning with number `instance_id`. Throws ValueError, RuntimeError. */
  override apply_sharding(
    num_of_instances: number,
    instance_id: number,
    sharding_group: SHARDING_PRIORITIES = SHARDING_PRIORITIES.DEFAULT,
  ): void {
    if (instance_id >= num_of_instances) {
      throw new ValueError(`instance_id(${instance_id}) should be smaller than num_of_instances(${num_of_instances})`);
    }
    const hasDefault = this.groups.has(SHARDING_PRIORITIES.DEFAULT);
    if (sharding_group === SHARDING_PRIORITIES.DEFAULT ? this.groups.size > 0 && !hasDefault : hasDefault) {
      throw new RuntimeError("ShardingFilter cannot mix DEFAULT and non DEFAULT groups");
    }
    this.groups.set(sharding_group, [num_of_instances, instance_id]);
    this._update_num_of_instances();
  }

  /** @internal */
  _update_num_of_instances(): void {
    this.num_of_instances = 1;
    this.instance_id = 0;
    for (const [group, [num_of_instances, instance_id]] of [...this.groups].sort(([a], [b]) => b - a)) {
      if (this.sharding_group_filter !== null && group !== this.sharding_group_filter) continue;
      this.instance_id += this.num_of_instances * instance_id;
      this.num_of_instances *= num_of_instances;
    }
  }

  override *__iter__(): Generator<T, void, undefined> {
    let i = 0;
    for (const item of iter(this.source_datapipe as Iterable<T>)) {
      if (i++ % this.num_of_instances === this.instance_id) yield item;
    }
  }

  override __len__(): number {
    const length = lengthOfSource(this, this.source_datapipe);
    const { num_of_instances, instance_id } = this;
    return Math.floor(length / num_of_instances) + (instance_id < length % num_of_instances ? 1 : 0);
  }
}
takeKeywords("ShardingFilterIterDataPipe", ShardingFilterIterDataPipe.prototype, {
  apply_sharding: ["num_of_instances", "instance_id", "sharding_group"],
});

/**
 * Every n-th sample, once `apply_sharding()` was called, which a DataLoader does in each of its workers; functional form
 * `sharding_filter`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableShardingFilter = functional_datapipe("sharding_filter")(
  keywordClass<ShardingFilterIterDataPipe>("ShardingFilterIterDataPipe")(ShardingFilterIterDataPipe, [
    "source_datapipe",
    "sharding_group_filter",
  ]),
);
type CallableShardingFilter<T = any> = ShardingFilterIterDataPipe<T>;

export { CallableShardingFilter as ShardingFilterIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.ShardingFilter", CallableShardingFilter as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
