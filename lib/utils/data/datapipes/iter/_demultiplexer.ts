// torch/utils/data/datapipes/iter/combining.py: demux

import { keywordClass } from "../../../../arguments/class.js";
import { BufferError, ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { str } from "../../../../python/repr.js";
import { iter } from "../../../../python/sequences.js";
import { warn } from "../../../../warnings.js";
import { functional_datapipe } from "../_decorator.js";
import { _SnapshotState } from "../_hook_iterator.js";
import { IterDataPipe } from "../datapipe.js";
import { _check_unpickable_fn, StreamWrapper } from "../utils/common.js";
import { _ChildDataPipe, _ContainerTemplate } from "./_child.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

type Classifier<T> = (value: T) => number | boolean | null;

class _DemultiplexerIterDataPipe<T = any> extends _ContainerTemplate<T> {
  main_datapipe: IterDataPipe<T>;
  num_instances: number;
  buffer_size: number;
  classifier_fn: Classifier<T>;
  drop_none: boolean;
  /** How many samples wait in all buffers. */
  current_buffer_usage = 0;
  child_buffers: T[][] = [];
  main_datapipe_exhausted = false;
  _child_stop: boolean[] = [];
  _datapipe_iterator: Iterator<T> | null = null;

  constructor(
    datapipe: IterDataPipe<T>,
    num_instances: number,
    classifier_fn: Classifier<T>,
    drop_none: boolean,
    buffer_size: number,
  ) {
    super();
    this.main_datapipe = datapipe;
    this.num_instances = num_instances;
    this.buffer_size = buffer_size;
    if (buffer_size < 0) {
      warn("Unlimited buffer size is set for `demux`, please be aware of OOM at random places");
    }
    this.classifier_fn = classifier_fn;
    this.drop_none = drop_none;
    this._clear();
  }

  _clear(): void {
    this._datapipe_iterator = null;
    this.current_buffer_usage = 0;
    this.child_buffers = Array.from({ length: this.num_instances }, () => []);
    this._child_stop = new Array(this.num_instances).fill(true);
    this.main_datapipe_exhausted = false;
  }

  /** The next sample of an instance; those of others go to their buffers. */
  _find_next(instance_id: number): IteratorResult<T, undefined> {
    for (;;) {
      if (this.main_datapipe_exhausted || this._child_stop[instance_id]) return { done: true, value: undefined };
      if (this._datapipe_iterator === null) {
        throw new ValueError(
          "_datapipe_iterator has not been set, likely because this private method is called directly without invoking get_next_element_by_instance() first.",
        );
      }
      const step = this._datapipe_iterator.next() as IteratorResult<T, undefined>;
      if (step.done) return step;
      const given = this.classifier_fn(step.value);
      if (given === null && this.drop_none) {
        StreamWrapper.close_streams(step.value);
        continue;
      }
      const classification = Number(given);
      if (given === null || !(classification >= 0 && classification < this.num_instances)) {
        throw new ValueError(
          `Output of the classification fn should be between 0 and ${this.num_instances - 1}. ${str(given)} is returned.`,
        );
      }
      if (classification === instance_id) return step;
      this.child_buffers[classification].push(step.value);
      this.current_buffer_usage += 1;
      if (this.buffer_size >= 0 && this.current_buffer_usage > this.buffer_size) {
        throw new BufferError(
          `DemultiplexerIterDataPipe buffer overflow, buffer size ${this.buffer_size} is insufficient.`,
        );
      }
    }
  }

  override *get_next_element_by_instance(instance_id: number): Generator<T, void, undefined> {
    if (this._datapipe_iterator === null && this._child_stop[instance_id]) {
      this._datapipe_iterator = iter(this.main_datapipe as Iterable<T>);
      this._snapshot_state = _SnapshotState.Iterating;
      this.main_datapipe_exhausted = false;
      this._child_stop.fill(false);
    }
    try {
      while (!this._child_stop[instance_id]) {
        if (this.child_buffers[instance_id].length > 0) {
          this.current_buffer_usage -= 1;
          yield this.child_buffers[instance_id].shift() as T;
          continue;
        }
        const step = this._find_next(instance_id);
        if (step.done) {
          this.main_datapipe_exhausted = true;
          this._datapipe_iterator = null;
          break;
        }
        yield step.value;
      }
    } finally {
      this._child_stop[instance_id] = true;
      if (this._child_stop.every(Boolean)) {
        this._datapipe_iterator?.return?.();
        this._datapipe_iterator = null;
      }
      this._cleanup(instance_id);
    }
  }

  override is_every_instance_exhausted(): boolean {
    return this.main_datapipe_exhausted && this._child_stop.every(Boolean);
  }

  override get_length_by_instance(_instance_id: number): number {
    throw new TypeError("");
  }

  override reset(): void {
    this._clear();
  }

  override __getstate__(): unknown {
    const { main_datapipe, num_instances, buffer_size, classifier_fn, drop_none } = this;
    const state = [
      ...[main_datapipe, num_instances, buffer_size, classifier_fn, drop_none],
      ...[this._valid_iterator_id, this._number_of_samples_yielded],
    ];
    return IterDataPipe.getstate_hook === null ? state : IterDataPipe.getstate_hook(state);
  }

  /** @internal */
  __setstate__(state: any[]): void {
    const [main_datapipe, num_instances, buffer_size, classifier_fn, drop_none, ...more] = state;
    const [_valid_iterator_id, _number_of_samples_yielded] = more;
    Object.assign(this, { main_datapipe, num_instances, buffer_size, classifier_fn, drop_none });
    Object.assign(this, { _valid_iterator_id, _number_of_samples_yielded });
    this._clear();
  }

  _cleanup(instance_id: number): void {
    for (const value of this.child_buffers[instance_id].splice(0)) StreamWrapper.close_streams(value);
  }
}

class DemultiplexerIterDataPipe<T = any> extends IterDataPipe<T> {
  constructor(
    datapipe: IterDataPipe<T>,
    num_instances: number,
    classifier_fn: Classifier<T>,
    drop_none = false,
    buffer_size = 1000,
  ) {
    if (num_instances < 1) {
      throw new ValueError(`Expected \`num_instances\` larger than 0, but ${num_instances} is found`);
    }
    super();
    _check_unpickable_fn(classifier_fn);
    const container = new _DemultiplexerIterDataPipe(datapipe, num_instances, classifier_fn, drop_none, buffer_size);
    // biome-ignore lint/correctness/noConstructorReturn: Python's __new__ makes a list of datapipes, too
    return Array.from({ length: num_instances }, (_, i) => new _ChildDataPipe(container, i)) as never;
  }
}

/**
 * Several datapipes that share the samples of one: each gets those for which a function gives its number; functional form
 * `demux`. A list.
 *
 * Samples for which it gives null are dropped with `drop_none`; else they are a ValueError, as is a number out of range. At most
 * `buffer_size` samples can wait for their datapipes to be read, -1 for any number: else BufferError is thrown. A second iterator
 * of one of them begins all of them anew.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableDemultiplexer = functional_datapipe("demux")(
  keywordClass<any>("DemultiplexerIterDataPipe")(DemultiplexerIterDataPipe, [
    ...(["datapipe", "num_instances", "classifier_fn", "drop_none", "buffer_size"] as const),
  ]),
);
type CallableDemultiplexer<T = any> = IterDataPipe<T>[];

export { CallableDemultiplexer as DemultiplexerIterDataPipe };

registerFunction(
  "torch.utils.data.datapipes.iter.combining._DemultiplexerIterDataPipe",
  _DemultiplexerIterDataPipe as never,
);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
