// The caches of cuFFT's plans of torch/backends/cuda/__init__.py

import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { current_device, device_count } from "../../cuda/_device.js";
import { deviceIndex } from "../../cuda/_utils.js";
import { RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import type { DeviceLike } from "../../types.js";

class PlanCache {
  constructor(readonly device_index: number) {}

  /** How many plans there are. */
  get size(): number {
    return torch._cufft_get_plan_cache_size(this.device_index);
  }

  set size(_: number) {
    throw new RuntimeError(
      ".size is a read-only property showing the number of plans currently in the cache. To change the cache capacity, set cufft_plan_cache.max_size.",
    );
  }

  /** How many plans are kept at most. */
  get max_size(): number {
    return torch._cufft_get_plan_cache_max_size(this.device_index);
  }

  set max_size(max_size: number) {
    torch._cufft_set_plan_cache_max_size(this.device_index, max_size);
  }

  /** Drops the plans. */
  clear(): void {
    torch._cufft_clear_plan_cache(this.device_index);
  }
}

/**
 * The plans of Fourier transforms that cuFFT keeps for a device.
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/cuda.html#cufft-plan-cache}
 */
export interface cuFFTPlanCache extends PlanCache {}
export const cuFFTPlanCache = keywordClass<cuFFTPlanCache>("cuFFTPlanCache")(PlanCache, ["device_index"]);

takeKeywords("cuFFTPlanCache", PlanCache.prototype, { clear: [] });

class PlanCacheManager {
  readonly #caches: cuFFTPlanCache[] = [];

  /** The cache of a device. */
  __getitem__(device: DeviceLike): cuFFTPlanCache {
    const index = deviceIndex(device);
    const count = device_count();
    if (index < 0 || index >= count) {
      throw new RuntimeError(
        `cufft_plan_cache: expected 0 <= device index < ${count}, but got device with index ${index}`,
      );
    }
    this.#caches[index] ??= new cuFFTPlanCache(index);
    return this.#caches[index];
  }

  get #current(): cuFFTPlanCache {
    return this.__getitem__(current_device());
  }

  get device_index(): number {
    return this.#current.device_index;
  }

  get size(): number {
    return this.#current.size;
  }

  set size(size: number) {
    this.#current.size = size;
  }

  get max_size(): number {
    return this.#current.max_size;
  }

  set max_size(max_size: number) {
    this.#current.max_size = max_size;
  }

  clear(): void {
    this.#current.clear();
  }
}

/** A whole number between the brackets, or the text of a device. */
const isDevice = (key: string | symbol): key is string => typeof key === "string" && /^-?\d+$|^(cpu|cuda)\b/.test(key);

/** The caches of all devices: indexed by a device, and by itself that of the current one. */
export interface cuFFTPlanCacheManager extends PlanCacheManager {
  readonly [device: number]: cuFFTPlanCache;
  readonly [device: `cuda${string}`]: cuFFTPlanCache;
}

export const cuFFTPlanCacheManager = keywordClass<cuFFTPlanCacheManager>("cuFFTPlanCacheManager")(
  class {
    constructor() {
      const manager = new PlanCacheManager();
      // biome-ignore lint/correctness/noConstructorReturn: what is indexed is a proxy
      return new Proxy(manager, {
        get: (target, key) => {
          if (isDevice(key)) return target.__getitem__(/^-?\d+$/.test(key) ? Number(key) : key);
          const value = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
        set: (target, key, value) => Reflect.set(target, key, value, target),
      });
    }
  },
  [],
);

/** The plans of Fourier transforms that cuFFT keeps. */
export const cufft_plan_cache: cuFFTPlanCacheManager = new cuFFTPlanCacheManager();
