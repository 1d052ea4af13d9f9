// torch/utils/data/datapipes/iter/selecting.py

import { keywordClass } from "../../../../arguments/class.js";
import { ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { typeName } from "../../../../python/objects.js";
import { iter } from "../../../../python/sequences.js";
import { getitem } from "../../_utils/fetch.js";
import { functional_datapipe } from "../_decorator.js";
import { IterDataPipe } from "../datapipe.js";
import type { Columns } from "../functions.js";
import { _check_unpickable_fn, StreamWrapper, validate_input_col } from "../utils/common.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples, functions of any type

class FilterIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipe: IterDataPipe<T>;
  filter_fn: (...args: any[]) => boolean;
  input_col: Columns | null;

  constructor(datapipe: IterDataPipe<T>, filter_fn: (...args: any[]) => boolean, input_col: Columns | null = null) {
    super();
    this.datapipe = datapipe;
    _check_unpickable_fn(filter_fn);
    this.filter_fn = filter_fn;
    this.input_col = input_col;
    validate_input_col(filter_fn, input_col);
  }

  /** @internal */
  _apply_filter_fn(data: T): boolean {
    const { input_col } = this;
    if (input_col === null) return this.filter_fn(data);
    const columns = Array.isArray(input_col) ? input_col : [input_col];
    return this.filter_fn(...columns.map((column) => getitem(data, column)));
  }

  override *__iter__(): Generator<T, void, undefined> {
    for (const data of iter(this.datapipe as Iterable<T>)) {
      const condition: unknown = this._apply_filter_fn(data);
      if (typeof condition !== "boolean") {
        throw new ValueError(
          `Boolean output is required for \`filter_fn\` of FilterIterDataPipe, got <class '${typeName(condition)}'>`,
        );
      }
      if (condition) yield data;
      else StreamWrapper.close_streams(data);
    }
  }
}

/**
 * The samples for which a function gives true; functional form `filter`. With `input_col` it gets the values in those places.
 *
 * Throws ValueError for a function that takes another number of values or gives something else than a bool.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableFilter = functional_datapipe("filter")(
  keywordClass<FilterIterDataPipe>("FilterIterDataPipe")(FilterIterDataPipe, ["datapipe", "filter_fn", "input_col"]),
);
type CallableFilter<T = any> = FilterIterDataPipe<T>;

export { CallableFilter as FilterIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.Filter", CallableFilter as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
