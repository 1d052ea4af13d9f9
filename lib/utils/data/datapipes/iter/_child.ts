// torch/utils/data/datapipes/iter/combining.py: several datapipes that read from one

import { AssertionError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { warn } from "../../../../warnings.js";
import { IterDataPipe } from "../datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

/** @internal What reads from the one datapipe on behalf of several. */
export abstract class _ContainerTemplate<T = any> extends IterDataPipe<T> {
  abstract get_next_element_by_instance(instance_id: number): Generator<T, void, undefined>;

  abstract is_every_instance_exhausted(): boolean;

  /** Throws TypeError where an instance's length is not known. */
  abstract get_length_by_instance(instance_id: number): number;
}

/** @internal One of several datapipes that read from one: their iterators belong together. */
export class _ChildDataPipe<T = any> extends IterDataPipe<T> {
  main_datapipe: _ContainerTemplate<T>;
  instance_id: number;

  constructor(main_datapipe: _ContainerTemplate<T>, instance_id: number) {
    super();
    if (!((main_datapipe as unknown) instanceof _ContainerTemplate)) {
      throw new AssertionError("main_datapipe must implement _ContainerTemplate");
    }
    this.main_datapipe = main_datapipe;
    this.instance_id = instance_id;
  }

  get _is_child_datapipe(): boolean {
    return true;
  }

  override __iter__(): Iterator<T> {
    return this.main_datapipe.get_next_element_by_instance(this.instance_id);
  }

  override __len__(): number {
    return this.main_datapipe.get_length_by_instance(this.instance_id);
  }

  /** Begins an iterator: of this generation, or of a new one if this datapipe has had one of it. */
  _set_main_datapipe_valid_iterator_id(): number {
    const main = this.main_datapipe;
    if (main._valid_iterator_id === null) main._valid_iterator_id = 0;
    else if (main._valid_iterator_id === this._valid_iterator_id) {
      main._valid_iterator_id += 1;
      if (!main.is_every_instance_exhausted()) {
        warn(
          "Some child DataPipes are not exhausted when __iter__ is called. We are resetting the buffer and each child DataPipe will read from the start again.",
        );
      }
      main.reset();
    }
    this._valid_iterator_id = main._valid_iterator_id;
    return this._valid_iterator_id;
  }

  _check_valid_iterator_id(iterator_id: number): boolean {
    return iterator_id === this._valid_iterator_id && iterator_id === this.main_datapipe._valid_iterator_id;
  }
}

registerFunction("torch.utils.data.datapipes.iter.combining._ChildDataPipe", _ChildDataPipe as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
