// torch/utils/data/datapipes/map/combining.py

import { nameParameters } from "../../../../arguments/names.js";
import { callable } from "../../../../callable.js";
import { IndexError, ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { len } from "../../../../python/sequences.js";
import { getitem } from "../../_utils/fetch.js";
import { functional_datapipe } from "../_decorator.js";
import { isSized } from "../_sized.js";
import { MapDataPipe } from "../datapipe.js";

// biome-ignore-start lint/suspicious/noExplicitAny: datapipes of any samples

function check(datapipes: readonly unknown[]): void {
  if (datapipes.length === 0) throw new ValueError("Expected at least one DataPipe, but got nothing");
  if (!datapipes.every((datapipe) => datapipe instanceof MapDataPipe)) {
    throw new TypeError("Expected all inputs to be `MapDataPipe`");
  }
  if (!datapipes.every(isSized)) throw new TypeError("Expected all inputs to be `Sized`");
}

class ConcaterMapDataPipe<T = any> extends MapDataPipe<T> {
  datapipes: readonly MapDataPipe<T>[];

  constructor(...datapipes: MapDataPipe<T>[]) {
    super();
    check(datapipes);
    this.datapipes = datapipes;
  }

  override __getitem__(index: number): T {
    let offset = 0;
    for (const datapipe of this.datapipes) {
      const length = len(datapipe);
      if (index - offset < length) return getitem(datapipe, index - offset) as T;
      offset += length;
    }
    throw new IndexError(`Index ${index} is out of range.`);
  }

  override __len__(): number {
    return this.datapipes.reduce((sum, datapipe) => sum + len(datapipe), 0);
  }
}

/**
 * The samples of datapipes one after the other; functional form `concat`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableConcater = functional_datapipe("concat")(callable(ConcaterMapDataPipe));
type CallableConcater<T = any> = ConcaterMapDataPipe<T>;

export { CallableConcater as ConcaterMapDataPipe };

class ZipperMapDataPipe<T extends readonly unknown[] = any[]> extends MapDataPipe<T> {
  datapipes: readonly MapDataPipe[];

  constructor(...datapipes: MapDataPipe[]) {
    super();
    check(datapipes);
    this.datapipes = datapipes;
  }

  override __getitem__(index: any): T {
    return this.datapipes.map((datapipe) => {
      try {
        return getitem(datapipe, index);
      } catch (error) {
        if (!(error instanceof IndexError)) throw error;
        throw new IndexError(`Index ${index} is out of range for one of the input MapDataPipes ${datapipe}.`, {
          cause: error,
        });
      }
    }) as unknown as T;
  }

  override __len__(): number {
    return Math.min(...this.datapipes.map(len));
  }
}

/**
 * Lists of one sample of each datapipe; functional form `zip`. Throws IndexError beyond the shortest.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableZipper = functional_datapipe("zip")(callable(ZipperMapDataPipe));
type CallableZipper<T extends readonly unknown[] = any[]> = ZipperMapDataPipe<T>;

export { CallableZipper as ZipperMapDataPipe };

for (const Class of [CallableConcater, CallableZipper]) {
  nameParameters(Class, ["datapipes"]);
  registerFunction(`torch.utils.data.datapipes.map.${Class.name}`, Class as never);
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above
