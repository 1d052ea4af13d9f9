// torch/utils/data/datapipes/map/callable.py

import { keywordClass } from "../../../../arguments/class.js";
import { generic } from "../../../../arguments/function.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { len } from "../../../../python/sequences.js";
import { getitem } from "../../_utils/fetch.js";
import { functional_datapipe } from "../_decorator.js";
import { MapDataPipe } from "../datapipe.js";
import { _check_unpickable_fn } from "../utils/common.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples, functions of any type

/** Gives what it is given. */
export const default_fn = generic(
  "default_fn",
  ["data"],
  <T>(data: T): T => {
    return data;
  },
  { dict: 0 },
);

class MapperMapDataPipe<T = any> extends MapDataPipe<T> {
  datapipe: MapDataPipe;
  fn: (data: any) => T;

  constructor(datapipe: MapDataPipe, fn: (data: any) => T = default_fn) {
    super();
    this.datapipe = datapipe;
    _check_unpickable_fn(fn);
    this.fn = fn;
  }

  override __len__(): number {
    return len(this.datapipe);
  }

  override __getitem__(index: any): T {
    return this.fn(getitem(this.datapipe, index));
  }
}

/**
 * What a function makes of each sample; functional form `map`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableMapper = functional_datapipe("map")(
  keywordClass<MapperMapDataPipe>("MapperMapDataPipe")(MapperMapDataPipe, ["datapipe", "fn"]),
);
type CallableMapper<T = any> = MapperMapDataPipe<T>;

export { CallableMapper as MapperMapDataPipe };

registerFunction("torch.utils.data.datapipes.map.Mapper", CallableMapper as never);
registerFunction("torch.utils.data.datapipes.map.callable.default_fn", default_fn);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
