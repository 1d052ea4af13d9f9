// torch/utils/data/datapipes/iter/combining.py: fork

import { keywordClass } from "../../../../arguments/class.js";
import { BufferError, ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { copy as copymodule, deepcopy } from "../../../../python/copy.js";
import { iter, len } from "../../../../python/sequences.js";
import { warn } from "../../../../warnings.js";
import { functional_datapipe } from "../_decorator.js";
import { _SnapshotState } from "../_hook_iterator.js";
import { IterDataPipe } from "../datapipe.js";
import { StreamWrapper } from "../utils/common.js";
import { _ChildDataPipe, _ContainerTemplate } from "./_child.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

/** Whether each branch gets a copy of a sample. */
export type Copy = "shallow" | "deep" | null;

function _no_op<T>(x: T): T {
  return x;
}

function copyFunction(copy: Copy): <T>(x: T) => T {
  if (copy === null) return _no_op;
  if (copy === "shallow") return copymodule.copy;
  if (copy === "deep") return deepcopy;
  throw new ValueError(`Unknown copy method \`${copy}\` requested, choose one of None, \`shallow\` or \`deep\`.`);
}

class _ForkerIterDataPipe<T = any> extends _ContainerTemplate<T> {
  main_datapipe: IterDataPipe<T>;
  num_instances: number;
  buffer_size: number;
  copy_fn: <U>(x: U) => U;
  /** The samples that some branch has yet to read, by their numbers from 1. */
  buffer = new Map<number, T>();
  /** The number of the sample that each branch read last. */
  child_pointers: number[] = [];
  slowest_ptr = 0;
  leading_ptr = 0;
  /** The number after the last sample, once it is known. */
  end_ptr: number | null = null;
  _child_stop: boolean[] = [];
  _datapipe_iterator: Iterator<T> | null = null;

  constructor(datapipe: IterDataPipe<T>, num_instances: number, buffer_size = 1000, copy: Copy = null) {
    super();
    this.main_datapipe = datapipe;
    this.num_instances = num_instances;
    this.buffer_size = buffer_size;
    if (buffer_size < 0) {
      warn("Unlimited buffer size is set for `fork`, please be aware of OOM at random places");
    }
    this.copy_fn = copyFunction(copy);
    this._clear();
  }

  _clear(): void {
    this._datapipe_iterator = null;
    this.buffer = new Map();
    this.child_pointers = new Array(this.num_instances).fill(0);
    this.slowest_ptr = 0;
    this.leading_ptr = 0;
    this.end_ptr = null;
    this._child_stop = new Array(this.num_instances).fill(true);
  }

  override __len__(): number {
    return len(this.main_datapipe);
  }

  override *get_next_element_by_instance(instance_id: number): Generator<T, void, undefined> {
    if (this._datapipe_iterator === null && this._child_stop[instance_id]) {
      this._datapipe_iterator = iter(this.main_datapipe as Iterable<T>);
      this._snapshot_state = _SnapshotState.Iterating;
      this._child_stop.fill(false);
    }
    try {
      while (!this._child_stop[instance_id]) {
        this.child_pointers[instance_id] += 1;
        const pointer = this.child_pointers[instance_id];
        if (pointer === this.end_ptr) break;
        let value: T;
        if (pointer <= this.leading_ptr) value = this.buffer.get(pointer) as T;
        else {
          this.leading_ptr = pointer;
          const step = (this._datapipe_iterator as Iterator<T>).next();
          if (step.done) {
            this._datapipe_iterator = null;
            this.end_ptr = pointer;
            break;
          }
          value = step.value;
          this.buffer.set(pointer, value);
        }
        this._passed(pointer);
        if (this.buffer_size >= 0 && this.leading_ptr > this.buffer_size + this.slowest_ptr) {
          throw new BufferError(`ForkerIterDataPipe buffer overflow,buffer size ${this.buffer_size} is insufficient.`);
        }
        yield this.copy_fn(value);
      }
    } finally {
      this._child_stop[instance_id] = true;
      if (this._child_stop.every(Boolean)) {
        this._datapipe_iterator?.return?.();
        this._datapipe_iterator = null;
        this._cleanup();
      }
    }
  }

  /** Drops the oldest sample when the last branch has read it. */
  _passed(pointer: number): void {
    if (pointer !== this.slowest_ptr + 1 || Math.min(...this.child_pointers) < pointer) return;
    this.slowest_ptr = pointer;
    this.buffer.delete(pointer);
  }

  override is_every_instance_exhausted(): boolean {
    return this.end_ptr !== null && this._child_stop.every(Boolean);
  }

  override get_length_by_instance(_instance_id: number): number {
    return len(this.main_datapipe);
  }

  override reset(): void {
    this._clear();
  }

  override __getstate__(): unknown {
    const { main_datapipe, num_instances, buffer_size, copy_fn, _valid_iterator_id, _number_of_samples_yielded } = this;
    const state = [main_datapipe, num_instances, buffer_size, copy_fn, _valid_iterator_id, _number_of_samples_yielded];
    return IterDataPipe.getstate_hook === null ? state : IterDataPipe.getstate_hook(state);
  }

  /** @internal */
  __setstate__(state: any[]): void {
    const [main_datapipe, num_instances, buffer_size, copy_fn, ...more] = state;
    const [_valid_iterator_id, _number_of_samples_yielded] = more;
    Object.assign(this, { main_datapipe, num_instances, buffer_size, copy_fn });
    Object.assign(this, { _valid_iterator_id, _number_of_samples_yielded });
    this._clear();
  }

  _cleanup(): void {
    for (const value of this.buffer.values()) StreamWrapper.close_streams(value);
    this.buffer.clear();
  }
}

class ForkerIterDataPipe<T = any> extends IterDataPipe<T> {
  constructor(datapipe: IterDataPipe<T>, num_instances: number, buffer_size = 1000, copy: Copy = null) {
    if (num_instances < 1) {
      throw new ValueError(`Expected \`num_instances\` larger than 0, but ${num_instances} is found`);
    }
    super();
    // biome-ignore lint/correctness/noConstructorReturn: Python's __new__ makes a list of datapipes, too
    if (num_instances === 1) return datapipe as never;
    const container = new _ForkerIterDataPipe(datapipe, num_instances, buffer_size, copy);
    // biome-ignore lint/correctness/noConstructorReturn: see above
    return Array.from({ length: num_instances }, (_, i) => new _ChildDataPipe(container, i)) as never;
  }
}

/**
 * Several datapipes that give the samples of one; functional form `fork`. A list, or the datapipe itself for one instance.
 *
 * All give the same objects, unless `copy` is "shallow" or "deep". The fastest can be `buffer_size` samples before the slowest,
 * -1 for any number: else BufferError is thrown. A second iterator of one of them begins all of them anew.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableForker = functional_datapipe("fork")(
  keywordClass<any>("ForkerIterDataPipe")(ForkerIterDataPipe, ["datapipe", "num_instances", "buffer_size", "copy"]),
);
type CallableForker<T = any> = IterDataPipe<T>[];

export { CallableForker as ForkerIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.combining._ForkerIterDataPipe", _ForkerIterDataPipe as never);
registerFunction("torch.utils.data.datapipes.iter.combining._no_op", _no_op);
registerFunction("copy.copy", copymodule.copy);
registerFunction("copy.deepcopy", deepcopy);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
