// torch/utils/data/datapipes/iter/utils.py

import { keywordClass } from "../../../../arguments/class.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { deepcopy } from "../../../../python/copy.js";
import { iter, type PythonIterable } from "../../../../python/sequences.js";
import { warn } from "../../../../warnings.js";
import { lengthOfSource } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";

// biome-ignore lint/suspicious/noExplicitAny: datapipes of any samples
class IterableWrapperIterDataPipe<T = any> extends IterDataPipe<T> {
  iterable: PythonIterable<T>;
  deepcopy: boolean;

  constructor(iterable: PythonIterable<T>, copies = true) {
    super();
    this.iterable = iterable;
    this.deepcopy = copies;
  }

  override *__iter__(): Generator<T, void, undefined> {
    yield* iter(this.deepcopy ? this._copy() : this.iterable);
  }

  /** @internal */
  _copy(): PythonIterable<T> {
    // An iterator is used up by reading it, and its copy would be as well: Python cannot copy it either.
    const isIterator = typeof (this.iterable as unknown as Iterator<T>).next === "function";
    try {
      if (!isIterator) return deepcopy(this.iterable);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    warn(
      "The input iterable can not be deepcopied, please be aware of in-place modification would affect source data.",
    );
    return this.iterable;
  }

  override __len__(): number {
    return lengthOfSource(this, this.iterable);
  }
}

/**
 * The elements of anything that can be iterated over, which is copied first, unless `deepcopy` is false.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableIterableWrapper = keywordClass<IterableWrapperIterDataPipe>("IterableWrapperIterDataPipe")(
  IterableWrapperIterDataPipe,
  ["iterable", "deepcopy"],
  { dict: 0 },
) as unknown as {
  new <T>(
    iterable: PythonIterable<T> | { iterable: PythonIterable<T>; deepcopy?: boolean },
    deepcopy?: boolean | { deepcopy?: boolean },
  ): IterableWrapperIterDataPipe<T>;
  <T>(
    iterable: PythonIterable<T> | { iterable: PythonIterable<T>; deepcopy?: boolean },
    deepcopy?: boolean | { deepcopy?: boolean },
  ): IterableWrapperIterDataPipe<T>;
  // biome-ignore lint/suspicious/noExplicitAny: of datapipes of any samples
  readonly prototype: any;
};
// biome-ignore lint/suspicious/noExplicitAny: datapipes of any samples
type CallableIterableWrapper<T = any> = IterableWrapperIterDataPipe<T>;

export { CallableIterableWrapper as IterableWrapperIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.IterableWrapper", CallableIterableWrapper as never);
