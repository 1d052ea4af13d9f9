// torch/utils/data/datapipes/map/utils.py

import { keywordClass } from "../../../../arguments/class.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { deepcopy } from "../../../../python/copy.js";
import { len } from "../../../../python/sequences.js";
import { warn } from "../../../../warnings.js";
import { getitem } from "../../_utils/fetch.js";
import type { DatasetLike } from "../../dataset.js";
import { MapDataPipe } from "../datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

/** A list or anything else that is read by index, or a dict. */
type Source<T> = DatasetLike<T> | ReadonlyMap<any, T> | Readonly<Record<string, T>>;

function copied<T>(sequence: T): T {
  try {
    return deepcopy(sequence);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    warn("The input sequence can not be deepcopied, please be aware of in-place modification would affect source data");
    return sequence;
  }
}

class SequenceWrapperMapDataPipe<T = any> extends MapDataPipe<T> {
  sequence: Source<T>;

  constructor(sequence: Source<T>, copies = true) {
    super();
    this.sequence = copies ? copied(sequence) : sequence;
  }

  override __getitem__(index: any): T {
    return getitem(this.sequence, index) as T;
  }

  override __len__(): number {
    return len(this.sequence);
  }
}

/**
 * The elements of a list, or of a dict by its keys, which is copied, unless `deepcopy` is false.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableSequenceWrapper = keywordClass<SequenceWrapperMapDataPipe>("SequenceWrapperMapDataPipe")(
  SequenceWrapperMapDataPipe,
  ["sequence", "deepcopy"],
  { dict: 0 },
) as unknown as {
  new <T>(sequence: Source<T>, deepcopy?: boolean | { deepcopy?: boolean }): SequenceWrapperMapDataPipe<T>;
  <T>(sequence: Source<T>, deepcopy?: boolean | { deepcopy?: boolean }): SequenceWrapperMapDataPipe<T>;
  readonly prototype: any;
};
type CallableSequenceWrapper<T = any> = SequenceWrapperMapDataPipe<T>;

export { CallableSequenceWrapper as SequenceWrapperMapDataPipe };

registerFunction("torch.utils.data.datapipes.map.SequenceWrapper", CallableSequenceWrapper as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
