// torch/utils/data/datapipes/map/grouping.py

import { keywordClass } from "../../../../arguments/class.js";
import { AssertionError, IndexError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { getitem } from "../../_utils/fetch.js";
import { functional_datapipe } from "../_decorator.js";
import { lengthOfSource } from "../_sized.js";
import { type ChunkClass, DataChunk, MapDataPipe } from "../datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

class BatcherMapDataPipe<T = any> extends MapDataPipe<DataChunk<T>> {
  datapipe: MapDataPipe<T>;
  batch_size: number;
  drop_last: boolean;
  wrapper_class: ChunkClass;

  constructor(
    datapipe: MapDataPipe<T>,
    batch_size: number,
    drop_last = false,
    wrapper_class: ChunkClass = DataChunk as unknown as ChunkClass,
  ) {
    if (batch_size <= 0) throw new AssertionError("Batch size is required to be larger than 0!");
    super();
    this.datapipe = datapipe;
    this.batch_size = batch_size;
    this.drop_last = drop_last;
    this.wrapper_class = wrapper_class;
  }

  override __getitem__(index: number): DataChunk<T> {
    const batch: T[] = [];
    try {
      for (let i = index * this.batch_size; i < (index + 1) * this.batch_size; i++) {
        batch.push(getitem(this.datapipe, i) as T);
      }
    } catch (error) {
      if (!(error instanceof IndexError)) throw error;
      if (this.drop_last || batch.length === 0) {
        throw new IndexError(`Index ${index} is out of bound.`, { cause: error });
      }
    }
    return new this.wrapper_class(batch);
  }

  override __len__(): number {
    const batches = lengthOfSource(this, this.datapipe) / this.batch_size;
    return this.drop_last ? Math.floor(batches) : Math.ceil(batches);
  }
}

/**
 * Lists of `batch_size` samples; functional form `batch`. The last one may be shorter, unless `drop_last` leaves it out.
 *
 * Throws AssertionError for a `batch_size` below 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableBatcher = functional_datapipe("batch")(
  keywordClass<BatcherMapDataPipe>("BatcherMapDataPipe")(BatcherMapDataPipe, [
    "datapipe",
    "batch_size",
    "drop_last",
    "wrapper_class",
  ]),
);
type CallableBatcher<T = any> = BatcherMapDataPipe<T>;

export { CallableBatcher as BatcherMapDataPipe };

registerFunction("torch.utils.data.datapipes.map.Batcher", CallableBatcher as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
