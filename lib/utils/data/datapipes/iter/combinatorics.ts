// torch/utils/data/datapipes/iter/combinatorics.py

import { keywordClass, takeKeywords } from "../../../../arguments/class.js";
import { AssertionError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { Random, type RandomState } from "../../../../python/random.js";
import { iter } from "../../../../python/sequences.js";
import { drawSeed, RandomSampler, type Sampler, SequentialSampler } from "../../sampler.js";
import { functional_datapipe } from "../_decorator.js";
import { isSized, lengthOfSource } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples, samplers of any arguments

type SamplerClass = new (...args: any[]) => Sampler<any>;

class SamplerIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipe: IterDataPipe;
  sampler_args: readonly unknown[];
  sampler_kwargs: Record<string, unknown>;
  sampler: Sampler<T>;

  constructor(
    datapipe: IterDataPipe,
    sampler: SamplerClass = SequentialSampler as unknown as SamplerClass,
    sampler_args: readonly unknown[] | null = null,
    sampler_kwargs: Record<string, unknown> | null = null,
  ) {
    if (!isSized(datapipe)) {
      throw new AssertionError("Sampler class requires input datapipe implemented `__len__`");
    }
    super();
    this.datapipe = datapipe;
    this.sampler_args = sampler_args ?? [];
    this.sampler_kwargs = { ...sampler_kwargs, data_source: datapipe };
    this.sampler = new sampler(...this.sampler_args, this.sampler_kwargs);
  }

  override __iter__(): Iterator<T> {
    return iter(this.sampler as Iterable<T>);
  }

  override __len__(): number {
    return lengthOfSource(this, this.sampler);
  }

  override __getstate__(): unknown {
    const { sampler, ...state } = super.__getstate__() as Record<string, unknown>;
    return { ...state, sampler: sampler && { class: (sampler as object).constructor } };
  }

  /** @internal */
  __setstate__(state: Record<string, unknown>): void {
    const { class: Class } = state.sampler as { class: SamplerClass };
    Object.assign(this, state);
    this.sampler = new Class(...this.sampler_args, this.sampler_kwargs);
  }
}

/**
 * What a sampler gives, which is made of its class and of arguments, with the datapipe as its `data_source`.
 *
 * Throws AssertionError for a datapipe without a length.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableSampler = keywordClass<SamplerIterDataPipe>("SamplerIterDataPipe")(
  SamplerIterDataPipe,
  ["datapipe", "sampler", "sampler_args", "sampler_kwargs"],
  { dict: 3 },
);
type CallableSampler<T = any> = SamplerIterDataPipe<T>;

export { CallableSampler as SamplerIterDataPipe };

class ShufflerIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipe: IterDataPipe<T>;
  buffer_size: number;
  /** @internal */
  _buffer: T[] = [];
  /** @internal */
  _enabled = true;
  /** @internal */
  _seed: number | bigint | null = null;
  /** @internal */
  _rng = new Random();

  constructor(datapipe: IterDataPipe<T>, buffer_size = 10000, unbatch_level = 0) {
    super();
    if (buffer_size <= 0) throw new AssertionError("buffer_size should be larger than 0");
    this.datapipe = unbatch_level === 0 ? datapipe : datapipe.unbatch({ unbatch_level });
    this.buffer_size = buffer_size;
  }

  /** Whether it shuffles, or passes on what comes. */
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
      yield* iter(this.datapipe as Iterable<T>);
      return;
    }
    for (const x of iter(this.datapipe as Iterable<T>)) {
      if (this._buffer.length === this.buffer_size) {
        const idx = this._rng.randint(0, this._buffer.length - 1);
        const val = this._buffer[idx];
        this._buffer[idx] = x;
        yield val;
      } else this._buffer.push(x);
    }
    while (this._buffer.length) {
      const idx = this._rng.randint(0, this._buffer.length - 1);
      yield this._buffer.splice(idx, 1)[0];
    }
  }

  override __len__(): number {
    return lengthOfSource(this, this.datapipe);
  }

  override reset(): void {
    this._buffer = [];
    if (!this._enabled) return;
    this._rng.seed(this._seed ?? drawSeed());
    this._seed = null;
  }

  override __getstate__(): unknown {
    const { datapipe, buffer_size, _enabled, _seed, _buffer, _valid_iterator_id, _number_of_samples_yielded } = this;
    const state = [
      ...[datapipe, buffer_size, _enabled, _seed, _buffer, this._rng.getstate()],
      ...[_valid_iterator_id, _number_of_samples_yielded],
    ];
    return IterDataPipe.getstate_hook === null ? state : IterDataPipe.getstate_hook(state);
  }

  /** @internal */
  __setstate__(state: unknown[]): void {
    const [datapipe, buffer_size, _enabled, _seed, _buffer, rng, _valid_iterator_id, _number_of_samples_yielded] =
      state;
    Object.assign(this, { datapipe, buffer_size, _enabled, _seed, _buffer });
    Object.assign(this, { _valid_iterator_id, _number_of_samples_yielded, _rng: new Random() });
    this._rng.setstate(rng as RandomState);
  }
}

takeKeywords("ShufflerIterDataPipe", ShufflerIterDataPipe.prototype, { set_seed: ["seed"], set_shuffle: ["shuffle"] });

/**
 * The samples in random order; functional form `shuffle`: a buffer of `buffer_size` samples is filled, and each sample that
 * comes takes the place of one of them, at random.
 *
 * The order for a seed is Python's. Throws AssertionError for a `buffer_size` below 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableShuffler = functional_datapipe("shuffle")(
  keywordClass<ShufflerIterDataPipe>("ShufflerIterDataPipe")(ShufflerIterDataPipe, [
    "datapipe",
    "*",
    "buffer_size",
    "unbatch_level",
  ]),
);
type CallableShuffler<T = any> = ShufflerIterDataPipe<T>;

export { CallableShuffler as ShufflerIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.Sampler", CallableSampler as never);
registerFunction("torch.utils.data.datapipes.iter.Shuffler", CallableShuffler as never);
registerFunction("torch.utils.data.SequentialSampler", SequentialSampler as never);
registerFunction("torch.utils.data.RandomSampler", RandomSampler as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
