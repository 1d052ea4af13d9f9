// torch/utils/data/datapipes/map/combinatorics.py

import { keywordClass, takeKeywords } from "../../../../arguments/class.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { Random, type RandomState } from "../../../../python/random.js";
import { len } from "../../../../python/sequences.js";
import { getitem } from "../../_utils/fetch.js";
import { drawSeed } from "../../sampler.js";
import { IterDataPipe, MapDataPipe } from "../datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

class ShufflerIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipe: MapDataPipe<T>;
  indices: readonly any[];
  /** @internal */
  _enabled = true;
  /** @internal */
  _seed: number | bigint | null = null;
  /** @internal */
  _rng = new Random();
  /** @internal */
  _shuffled_indices: any[];

  constructor(datapipe: MapDataPipe<T>, indices: readonly any[] | null = null) {
    super();
    this.datapipe = datapipe;
    this.indices = indices ?? Array.from({ length: len(datapipe) }, (_, i) => i);
    this._shuffled_indices = [...this.indices];
  }

  /** Whether it shuffles, or gives the samples in the order of the indices. */
  set_shuffle(shuffle = true): this {
    this._enabled = shuffle;
    return this;
  }

  /** The seed of the next pass; without one, it is drawn from the default generator. */
  set_seed(seed: number | bigint): this {
    this._seed = seed;
    return this;
  }

  override *__iter__(): Generator<T, void, undefined> {
    if (!this._enabled) {
      for (const idx of this.indices) yield getitem(this.datapipe, idx) as T;
      return;
    }
    while (this._shuffled_indices.length > 0) yield getitem(this.datapipe, this._shuffled_indices.pop()) as T;
  }

  override reset(): void {
    if (this._enabled) this._seed ??= drawSeed();
    this._rng.seed(this._seed);
    this._seed = null;
    this._shuffled_indices = this._rng.sample(this.indices, this.indices.length);
  }

  override __len__(): number {
    return len(this.datapipe);
  }

  override __getstate__(): unknown {
    const { datapipe, indices, _enabled, _seed, _shuffled_indices, _valid_iterator_id } = this;
    const state = [
      ...[datapipe, indices, _enabled, _seed, this._rng.getstate(), _shuffled_indices],
      ...[_valid_iterator_id, this._number_of_samples_yielded],
    ];
    return IterDataPipe.getstate_hook === null ? state : IterDataPipe.getstate_hook(state);
  }

  /** @internal */
  __setstate__(state: unknown[]): void {
    const [datapipe, indices, _enabled, _seed, rng, _shuffled_indices, ...more] = state;
    const [_valid_iterator_id, _number_of_samples_yielded] = more;
    Object.assign(this, { datapipe, indices, _enabled, _seed, _shuffled_indices });
    Object.assign(this, { _valid_iterator_id, _number_of_samples_yielded, _rng: new Random() });
    this._rng.setstate(rng as RandomState);
  }
}

takeKeywords("ShufflerIterDataPipe", ShufflerIterDataPipe.prototype, { set_seed: ["seed"], set_shuffle: ["shuffle"] });

/**
 * The samples of a MapDataPipe in random order, which for a seed is Python's; functional form `shuffle`. It is an IterDataPipe.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableShuffler = keywordClass<ShufflerIterDataPipe>("ShufflerIterDataPipe")(ShufflerIterDataPipe, [
  "datapipe",
  "*",
  "indices",
]);
type CallableShuffler<T = any> = ShufflerIterDataPipe<T>;

export { CallableShuffler as ShufflerIterDataPipe };

MapDataPipe.register_datapipe_as_function("shuffle", CallableShuffler as never);
registerFunction("torch.utils.data.datapipes.map.Shuffler", CallableShuffler as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
