// torch/utils/data/datapipes/_hook_iterator.py and _typing.py: what is done to every class of datapipes

import { parameterNames } from "../../../arguments/names.js";
import { RuntimeError } from "../../../errors.js";
import { has } from "../../../python/objects.js";
import { repr } from "../../../python/repr.js";
import { iter, type PythonIterable, StopIteration } from "../../../python/sequences.js";

/** @internal What a datapipe is about to do: begin, go on from where it was restored, or go on. */
export const _SnapshotState = { NotStarted: 0, Restored: 1, Iterating: 2 } as const;

/** What the hooks know of an IterDataPipe. */
export interface Hooked {
  _valid_iterator_id: number | null;
  _number_of_samples_yielded: number;
  _snapshot_state: number;
  _fast_forward_iterator: Iterator<unknown> | null;
  readonly _is_child_datapipe?: boolean;
  readonly main_datapipe?: unknown;
  __iter__(): Iterator<unknown>;
  reset(): void;
}

/** One of several datapipes that read from one: its iterators are valid together with those of the others. */
interface Child extends Hooked {
  _set_main_datapipe_valid_iterator_id(): number;
  _check_valid_iterator_id(iterator_id: number): boolean;
}

const isChild = (datapipe: Hooked): datapipe is Child => datapipe._is_child_datapipe === true;

const simplified = (x: unknown) => (typeof x === "function" && !has(x, "__repr__") ? x.name || "<lambda>" : repr(x));

/** The arguments of an object's constructor, as far as it has kept them under their names. */
function _generate_input_args_string(object: object): string {
  const names = parameterNames(object.constructor).filter((name) => name in object);
  return [...names]
    .sort()
    .map((name) => `${name}=${simplified((object as Record<string, unknown>)[name])}`)
    .join(", ");
}

const _generate_iterdatapipe_msg = (datapipe: object) =>
  `${datapipe.constructor.name}(${_generate_input_args_string(datapipe)})`;

const FEEDBACK =
  "\nFor feedback regarding this single iterator per IterDataPipe constraint, feel free to comment on this issue: https://github.com/pytorch/data/issues/45.";

/** Throws RuntimeError if a later iterator of the datapipe, or of those that read with it, has made this one invalid. */
function _check_iterator_valid(datapipe: Hooked, iterator_id: number): void {
  if (isChild(datapipe)) {
    if (!has(datapipe, "_check_valid_iterator_id")) {
      throw new RuntimeError("ChildDataPipe must have method `_check_valid_iterator_id`.");
    }
    if (datapipe._check_valid_iterator_id(iterator_id)) return;
    throw new RuntimeError(
      `This iterator has been invalidated, because a new iterator has been created from one of the ChildDataPipes of ${_generate_iterdatapipe_msg(datapipe.main_datapipe as object)}.${FEEDBACK}`,
    );
  }
  if (datapipe._valid_iterator_id === iterator_id) return;
  throw new RuntimeError(
    `This iterator has been invalidated because another iterator has been created from the same IterDataPipe: ${_generate_iterdatapipe_msg(datapipe)}\nThis may be caused by multiple references to the same IterDataPipe. We recommend using \`.fork()\` if that is necessary.${FEEDBACK}`,
  );
}

/** Begins another iterator, of which the number comes back, and resets the datapipe. */
function _set_datapipe_valid_iterator_id(datapipe: Hooked): number {
  if (isChild(datapipe)) {
    if (!has(datapipe, "_set_main_datapipe_valid_iterator_id")) {
      throw new RuntimeError("ChildDataPipe must have method `_set_main_datapipe_valid_iterator_id`.");
    }
    return datapipe._set_main_datapipe_valid_iterator_id();
  }
  datapipe._valid_iterator_id = (datapipe._valid_iterator_id ?? -1) + 1;
  datapipe.reset();
  return datapipe._valid_iterator_id;
}

/** Adds to an error's message in which datapipe it came up, the innermost one. */
function explain(error: unknown, datapipe: Hooked): void {
  if (!(error instanceof Error)) return;
  const { message } = error;
  const known = "thrown by __iter__ of";
  if (message.includes(known) || message.includes("single iterator per IterDataPipe constraint")) return;
  error.message = `${message}\nThis exception is ${known} ${_generate_iterdatapipe_msg(datapipe)}`;
  if (message && error.stack) error.stack = error.stack.replace(message, () => error.message);
}

/** The next step of an iterator, be it Python's (with `__next__`) or JavaScript's. */
function advance(iterator: Iterator<unknown>): IteratorResult<unknown, undefined> {
  if (!has(iterator, "__next__")) return iterator.next() as IteratorResult<unknown, undefined>;
  try {
    return { done: false, value: iterator.__next__() };
  } catch (error) {
    if (error instanceof StopIteration) return { done: true, value: undefined };
    throw error;
  }
}

/** The iterator of a datapipe whose `__iter__` is no generator function. */
class IteratorDecorator implements IterableIterator<unknown> {
  constructor(
    readonly iterator: Iterator<unknown>,
    readonly datapipe: Hooked,
    readonly iterator_id: number,
    readonly self_and_has_next_method: boolean,
  ) {}

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<unknown, undefined> {
    _check_iterator_valid(this.datapipe, this.iterator_id);
    const step = advance(this.iterator);
    if (!step.done && !this.self_and_has_next_method) this.datapipe._number_of_samples_yielded += 1;
    return step;
  }

  return(): IteratorResult<unknown, undefined> {
    if ((this.iterator as unknown) !== this.datapipe) this.iterator.return?.();
    return { done: true, value: undefined };
  }
}

type Iterate = (this: Hooked) => Iterator<unknown>;

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor;

/** Lets the iterators of a generator function be valid one at a time. */
function wrapGenerator(iterate: Iterate): Iterate {
  return function* __iter__(this: Hooked) {
    const generator = iterate.call(this);
    if (this._fast_forward_iterator) {
      const forwarded = this._fast_forward_iterator;
      this._fast_forward_iterator = null;
      this._snapshot_state = _SnapshotState.Iterating;
      yield* iter(forwarded as unknown as PythonIterable<unknown>);
      return;
    }
    const iterator_id = _set_datapipe_valid_iterator_id(this);
    try {
      for (let step = generator.next(); !step.done; step = generator.next()) {
        this._number_of_samples_yielded += 1;
        yield step.value;
        _check_iterator_valid(this, iterator_id);
      }
    } catch (error) {
      explain(error, this);
      throw error;
    } finally {
      generator.return?.();
    }
  };
}

function wrapIter(iterate: Iterate, hasNext: boolean): Iterate {
  return function __iter__(this: Hooked) {
    const iterator = iterate.call(this);
    this._snapshot_state = _SnapshotState.Iterating;
    if (this._fast_forward_iterator) {
      const forwarded = this._fast_forward_iterator;
      this._fast_forward_iterator = null;
      return forwarded;
    }
    const iterator_id = _set_datapipe_valid_iterator_id(this);
    return new IteratorDecorator(iterator, this, iterator_id, (iterator as unknown) === this && hasNext);
  };
}

function wrapNext(next: (this: Hooked) => unknown) {
  return function __next__(this: Hooked) {
    const result = next.call(this);
    this._number_of_samples_yielded += 1;
    return result;
  };
}

/** A datapipe that was just restored is not reset by the iterator that goes on. */
function wrapReset(reset: (this: Hooked) => void) {
  return function conditional_reset(this: Hooked): void {
    if (this._snapshot_state !== _SnapshotState.Restored) {
      this._number_of_samples_yielded = 0;
      this._fast_forward_iterator = null;
      reset.call(this);
    }
    this._snapshot_state = _SnapshotState.Iterating;
  };
}

const hooked = new WeakSet<object>();

/**
 * Wraps the `__iter__`, `__next__` and `reset` that a class has of its own, and those of the classes that it extends: what
 * Python's metaclass does when a class is made is done here when its first object is.
 */
export function hook_iterator(prototype: object, end: object): void {
  for (let holder = prototype; holder !== end; holder = Object.getPrototypeOf(holder)) {
    if (hooked.has(holder)) return;
    hooked.add(holder);
    const replace = (name: string, value: unknown) =>
      Object.defineProperty(holder, name, { value, writable: true, configurable: true });
    const own = (name: string | symbol) => Object.getOwnPropertyDescriptor(holder, name)?.value;
    const reset = own("reset");
    if (reset) replace("reset", wrapReset(reset));
    const iterate: Iterate | undefined = own("__iter__") ?? own(Symbol.iterator);
    if (!iterate) continue;
    if (!own("__iter__")) Reflect.deleteProperty(holder, Symbol.iterator);
    const next = own("__next__");
    const isGenerator = iterate instanceof GeneratorFunction;
    if (next && !isGenerator) replace("__next__", wrapNext(next));
    replace("__iter__", isGenerator ? wrapGenerator(iterate) : wrapIter(iterate, Boolean(next)));
  }
}
