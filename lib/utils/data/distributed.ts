// torch/utils/data/distributed.py

import { takeKeywords } from "../../arguments/class.js";
import { callable } from "../../callable.js";
import { AssertionError, RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { type Arguments, named } from "../../optim/_arguments.js";
import { len } from "../../python/sequences.js";
import { Generator as TorchGenerator } from "../../random.js";
import { Sampler, type Sized } from "./sampler.js";

/** The keyword arguments of DistributedSampler. */
export interface DistributedSamplerOptions {
  /** Among how many processes the indices are divided. */
  num_replicas?: number | null;
  /** Which of the processes this one is. */
  rank?: number | null;
  /** @default true */
  shuffle?: boolean;
  /** The seed of the order, the same for all processes. @default 0 */
  seed?: number;
  /** Leaves out the last indices instead of repeating the first ones. @default false */
  drop_last?: boolean;
}

class DistributedSampler extends Sampler {
  readonly dataset: Sized;
  readonly num_replicas: number;
  readonly rank: number;
  epoch: number;
  readonly drop_last: boolean;
  readonly num_samples: number;
  readonly total_size: number;
  readonly shuffle: boolean;
  readonly seed: number;

  constructor(
    ...args: Arguments<
      [dataset: Sized],
      [num_replicas: number | null, rank: number | null, shuffle: boolean, seed: number, drop_last: boolean],
      DistributedSamplerOptions
    >
  ) {
    super();
    type Given = DistributedSamplerOptions & { dataset: Sized };
    const parameters = ["dataset", "num_replicas", "rank", "shuffle", "seed", "drop_last"];
    const given = named<Given>("DistributedSampler.__init__", parameters, 1, args);
    const { dataset, num_replicas = null, rank = null, shuffle = true, seed = 0, drop_last = false } = given;
    if (num_replicas === null || rank === null) {
      throw new RuntimeError("Requires distributed package to be available");
    }
    if (rank >= num_replicas || rank < 0) {
      throw new ValueError(`Invalid rank ${rank}, rank should be in the interval [0, ${num_replicas - 1}]`);
    }
    this.dataset = dataset;
    this.num_replicas = num_replicas;
    this.rank = rank;
    this.epoch = 0;
    this.drop_last = drop_last;
    const length = len(dataset);
    const isUneven = drop_last && length % num_replicas !== 0;
    this.num_samples = Math.ceil((isUneven ? length - num_replicas : length) / num_replicas);
    this.total_size = this.num_samples * num_replicas;
    this.shuffle = shuffle;
    this.seed = seed;
  }

  override *__iter__(): Generator<number, void, undefined> {
    const { total_size, num_replicas } = this;
    const length = len(this.dataset);
    let indices = Array.from({ length }, (_, i) => i);
    if (this.shuffle) {
      const generator = new TorchGenerator().manual_seed(this.seed + this.epoch);
      indices = torch.randperm(length, { generator }).tolist();
    }

    // Divisible by the number of processes: the first indices come again at the end, or the last ones not at all.
    if (this.drop_last) indices = indices.slice(0, total_size);
    else
      while (indices.length > 0 && indices.length < total_size) {
        indices.push(...indices.slice(0, total_size - indices.length));
      }
    if (indices.length !== total_size) {
      throw new AssertionError(`Number of indices (${indices.length}) does not match total_size (${total_size})`);
    }

    for (let i = this.rank; i < total_size; i += num_replicas) yield indices[i];
  }

  override __len__(): number {
    return this.num_samples;
  }

  /** Changes the order: call it before each pass, with the same number in all processes. */
  set_epoch(epoch: number): void {
    this.epoch = epoch;
  }
}

takeKeywords("DistributedSampler", DistributedSampler.prototype, { set_epoch: ["epoch"] });

/**
 * The part of a dataset's indices that belongs to one of several processes.
 *
 * Throws RuntimeError unless `num_replicas` and `rank` are given, and ValueError for a rank that there is not.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.distributed.DistributedSampler}
 */
const CallableDistributedSampler = callable(DistributedSampler);
type CallableDistributedSampler = DistributedSampler;

export { CallableDistributedSampler as DistributedSampler };
