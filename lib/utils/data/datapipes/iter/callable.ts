// torch/utils/data/datapipes/iter/callable.py

import { keywordClass } from "../../../../arguments/class.js";
import { IndexError, ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { iter } from "../../../../python/sequences.js";
import { default_collate } from "../../_utils/collate.js";
import { getitem } from "../../_utils/fetch.js";
import { functional_datapipe } from "../_decorator.js";
import { lengthOfSource } from "../_sized.js";
import { DataChunk, IterDataPipe } from "../datapipe.js";
import type { Column, Columns } from "../functions.js";
import { _check_unpickable_fn, validate_input_col } from "../utils/common.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples, functions of any type

/** Sets an element of a list, counted from the end if negative, or of a dict. Throws IndexError. */
function setitem(data: any, place: Column, value: unknown): void {
  if (data instanceof Map) data.set(place, value);
  else if (Array.isArray(data)) {
    const index = Number(place) < 0 ? data.length + Number(place) : Number(place);
    if (!(index >= 0 && index < data.length)) throw new IndexError("list assignment index out of range");
    data[index] = value;
  } else data[place] = value;
}

function delitem(data: any, place: Column): void {
  if (data instanceof Map) data.delete(place);
  else if (Array.isArray(data)) data.splice(Number(place), 1);
  else delete data[place];
}

const isPlainList = (data: unknown): data is unknown[] => Array.isArray(data) && !(data instanceof DataChunk);

class MapperIterDataPipe<T = any> extends IterDataPipe<T> {
  datapipe: IterDataPipe;
  fn: (...args: any[]) => unknown;
  input_col: Columns | null;
  output_col: Column | null;

  constructor(
    datapipe: IterDataPipe,
    fn: (...args: any[]) => unknown,
    input_col: Columns | null = null,
    output_col: Column | readonly [Column] | null = null,
  ) {
    super();
    this.datapipe = datapipe;
    _check_unpickable_fn(fn);
    this.fn = fn;
    this.input_col = input_col;
    if (input_col === null && output_col !== null) {
      throw new ValueError("`output_col` must be None when `input_col` is None.");
    }
    if (Array.isArray(output_col) && output_col.length > 1) {
      throw new ValueError("`output_col` must be a single-element list or tuple");
    }
    this.output_col = Array.isArray(output_col) ? output_col[0] : output_col;
    validate_input_col(fn, input_col);
  }

  /** @internal */
  _apply_fn(given: unknown): unknown {
    const { input_col, output_col } = this;
    if (input_col === null) return this.fn(given);
    const columns: readonly Column[] = Array.isArray(input_col) ? input_col : [input_col as Column];
    const result = this.fn(...columns.map((column) => getitem(given, column)));
    // A list may be a Python tuple, which is not changed.
    const data = isPlainList(given) ? [...given] : (given as any);
    if (output_col === null) {
      setitem(data, columns[0], result);
      for (const column of columns.slice(1).sort(descending)) delitem(data, column);
    } else if (output_col === -1) data.push(result);
    else setitem(data, output_col, result);
    return data;
  }

  override *__iter__(): Generator<T, void, undefined> {
    for (const data of iter(this.datapipe as Iterable<unknown>)) yield this._apply_fn(data) as T;
  }

  override __len__(): number {
    return lengthOfSource(this, this.datapipe);
  }
}

const descending = (a: Column, b: Column) => (a < b ? 1 : a > b ? -1 : 0);

/**
 * What a function makes of each sample; functional form `map`.
 *
 * With `input_col` the function gets the values in those places of the sample, and its result comes in place of the first,
 * or at `output_col`; -1 for the end. The others go. Throws ValueError for a function that takes another number of values.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableMapper = functional_datapipe("map")(
  keywordClass<MapperIterDataPipe>("MapperIterDataPipe")(MapperIterDataPipe, [
    "datapipe",
    "fn",
    "input_col",
    "output_col",
  ]),
);
type CallableMapper<T = any> = MapperIterDataPipe<T>;

export { CallableMapper as MapperIterDataPipe };

class CollatorIterDataPipe<T = any> extends MapperIterDataPipe<T> {
  constructor(
    datapipe: IterDataPipe,
    conversion: (batch: any) => T = default_collate as (batch: any) => T,
    collate_fn: ((batch: any) => T) | null = null,
  ) {
    super(datapipe, collate_fn ?? conversion);
  }
}

/**
 * Each sample, a list of samples as `batch()` gives it, as one batch of tensors; functional form `collate`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableCollator = functional_datapipe("collate")(
  keywordClass<CollatorIterDataPipe>("CollatorIterDataPipe")(CollatorIterDataPipe, [
    "datapipe",
    "conversion",
    "collate_fn",
  ]),
);
type CallableCollator<T = any> = CollatorIterDataPipe<T>;

export { CallableCollator as CollatorIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.Mapper", CallableMapper as never);
registerFunction("torch.utils.data.datapipes.iter.Collator", CallableCollator as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
