// torch/utils/data/datapipes/iter/combining.py

import { nameParameters } from "../../../../arguments/names.js";
import { callable } from "../../../../callable.js";
import { ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { iter, len } from "../../../../python/sequences.js";
import { functional_datapipe } from "../_decorator.js";
import { isSized, noLength } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";

export { DemultiplexerIterDataPipe } from "./_demultiplexer.js";
export { type Copy, ForkerIterDataPipe } from "./_forker.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

class ConcaterIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipes: readonly IterDataPipe<T>[];

  constructor(...datapipes: IterDataPipe<T>[]) {
    super();
    if (datapipes.length === 0) throw new ValueError("Expected at least one DataPipe, but got nothing");
    if (!datapipes.every((datapipe: unknown) => datapipe instanceof IterDataPipe)) {
      throw new TypeError("Expected all inputs to be `IterDataPipe`");
    }
    this.datapipes = datapipes;
  }

  override *__iter__(): Generator<T, void, undefined> {
    for (const datapipe of this.datapipes) yield* iter(datapipe as Iterable<T>);
  }

  override __len__(): number {
    if (!this.datapipes.every(isSized)) throw noLength(this);
    return this.datapipes.reduce((sum, datapipe) => sum + len(datapipe), 0);
  }
}

/**
 * The samples of datapipes one after the other; functional form `concat`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableConcater = functional_datapipe("concat")(callable(ConcaterIterDataPipe));
type CallableConcater<T = any> = ConcaterIterDataPipe<T>;

export { CallableConcater as ConcaterIterDataPipe };

/** Iterators of datapipes, which are closed when this one is. */
function* together<T>(
  datapipes: readonly Iterable<T>[],
  read: (iterators: readonly Iterator<T>[]) => Generator<any, void, undefined>,
): Generator<any, void, undefined> {
  const iterators = datapipes.map((datapipe) => iter(datapipe));
  try {
    yield* read(iterators);
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

/** One sample of each iterator; null when one of them is at its end. */
function round<T>(iterators: readonly Iterator<T>[]): T[] | null {
  const values: T[] = [];
  for (const iterator of iterators) {
    const step = iterator.next();
    if (step.done) return null;
    values.push(step.value);
  }
  return values.length > 0 ? values : null;
}

class MultiplexerIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipes: readonly IterDataPipe<T>[];

  constructor(...datapipes: IterDataPipe<T>[]) {
    super();
    this.datapipes = datapipes;
  }

  override *__iter__(): Generator<T, void, undefined> {
    yield* together<T>(this.datapipes as readonly Iterable<T>[], function* (iterators) {
      for (let values = round(iterators); values !== null; values = round(iterators)) yield* values;
    });
  }

  override __len__(): number {
    if (!this.datapipes.every(isSized)) throw noLength(this);
    return Math.min(...this.datapipes.map(len)) * this.datapipes.length;
  }
}

/**
 * One sample of each datapipe in turn, until the shortest is at its end; functional form `mux`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableMultiplexer = functional_datapipe("mux")(callable(MultiplexerIterDataPipe));
type CallableMultiplexer<T = any> = MultiplexerIterDataPipe<T>;

export { CallableMultiplexer as MultiplexerIterDataPipe };

class ZipperIterDataPipe<T extends readonly unknown[] = any[]> extends IterDataPipe<T> {
  datapipes: readonly IterDataPipe[];

  constructor(...datapipes: IterDataPipe[]) {
    super();
    if (!datapipes.every((datapipe: unknown) => datapipe instanceof IterDataPipe)) {
      throw new TypeError("All inputs are required to be `IterDataPipe` for `ZipIterDataPipe`.");
    }
    this.datapipes = datapipes;
  }

  override *__iter__(): Generator<T, void, undefined> {
    yield* together<unknown>(this.datapipes as readonly Iterable<unknown>[], function* (iterators) {
      for (let values = round(iterators); values !== null; values = round(iterators)) yield values;
    });
  }

  override __len__(): number {
    if (!this.datapipes.every(isSized)) throw noLength(this);
    return Math.min(...this.datapipes.map(len));
  }
}

/**
 * Lists of one sample of each datapipe, until the shortest is at its end; functional form `zip`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableZipper = functional_datapipe("zip")(callable(ZipperIterDataPipe));
type CallableZipper<T extends readonly unknown[] = any[]> = ZipperIterDataPipe<T>;

export { CallableZipper as ZipperIterDataPipe };

for (const Class of [CallableConcater, CallableMultiplexer, CallableZipper]) {
  nameParameters(Class, ["datapipes"]);
  registerFunction(`torch.utils.data.datapipes.iter.${Class.name}`, Class as never);
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above
