// torch/cuda/memory.py

import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { type NestedStatistics, native, type PoolId, type ResourceHandle } from "../binding.js";
import { callable } from "../callable.js";
import { AttributeError, OSError, RuntimeError, ValueError } from "../errors.js";
import type { Entered } from "../modes.js";
import { typeName } from "../python/objects.js";
import type { DeviceLike } from "../types.js";
import { warn } from "../warnings.js";
import { CUDA, currentIndex, deviceIndex, hasDevice, lazyInit, requireClass, requireFunction } from "./_utils.js";
import { Stream } from "./streams.js";

type Device = DeviceLike | null;

/** The current device for none, else the one that is named. */
function initialisedIndex(device: Device): number {
  lazyInit();
  return device === null ? native.currentDevice() : deviceIndex(device);
}

/**
 * Takes memory from the caching allocator for another library, on the current stream or a given one; returns its address.
 *
 * `caching_allocator_alloc(size, device=None, stream=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.caching_allocator_alloc.html}
 */
export const caching_allocator_alloc = def(
  "caching_allocator_alloc",
  ["size", "device", "stream"],
  (size: number, device: Device = null, stream: Stream | number | bigint | null = null): number | bigint => {
    const index = initialisedIndex(device);
    const address = stream === null ? native.streamNativeHandle(...native.currentStream(CUDA, index)) : stream;
    const handle = address instanceof Stream ? address.cuda_stream : address;
    if (typeof handle !== "number" && typeof handle !== "bigint") {
      throw new TypeError(
        "Invalid type for stream argument, must be `torch.cuda.Stream` or `int` representing a pointer to an existing stream",
      );
    }
    return native.cudaAllocate(size, handle, index);
  },
);

/**
 * Gives memory of caching_allocator_alloc() back.
 *
 * `caching_allocator_delete(mem_ptr)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.caching_allocator_delete.html}
 */
export const caching_allocator_delete = def(
  "caching_allocator_delete",
  ["mem_ptr"],
  (mem_ptr: number | bigint): void => {
    requireFunction("_cuda_cudaCachingAllocator_raw_delete");
    if (mem_ptr) native.cudaFree(mem_ptr);
  },
);

/**
 * Lets the caching allocator keep freed memory, or not; does nothing before CUDA is begun.
 *
 * `caching_allocator_enable(value=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.caching_allocator_enable.html}
 */
export const caching_allocator_enable = def("caching_allocator_enable", ["value"], (value = true): void => {
  if (hasDevice()) native.cudaAllocatorEnabled(value);
});

/**
 * Frees memory at once, while a function runs or until the end of a `using` block.
 *
 * `caching_allocator_disabled()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.caching_allocator_disabled.html}
 */
export const caching_allocator_disabled: { <T>(body: () => T): T; (): Entered } = mode(
  "cuda.caching_allocator_disabled",
  [],
  () => {
    requireFunction("_cuda_cudaCachingAllocator_is_enabled");
    return () => {
      const before = native.cudaAllocatorEnabled();
      caching_allocator_enable(false);
      return () => caching_allocator_enable(before);
    };
  },
);

/**
 * Lets this process take a part of a device's memory at most, from 0 to 1.
 *
 * `set_per_process_memory_fraction(fraction, device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.set_per_process_memory_fraction.html}
 */
export const set_per_process_memory_fraction = def(
  "set_per_process_memory_fraction",
  ["fraction", "device"],
  (fraction: number, device: Device = null): void => {
    const index = initialisedIndex(device);
    if (typeof fraction !== "number") throw new TypeError("Invalid type for fraction argument, must be `float`");
    if (fraction < 0 || fraction > 1) {
      throw new ValueError(`Invalid fraction value: ${fraction}. Allowed range: 0~1`);
    }
    native.cudaMemoryFraction(index, fraction);
  },
);

/**
 * The part of a device's memory that this process may take.
 *
 * `get_per_process_memory_fraction(device=None) -> float`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.get_per_process_memory_fraction.html}
 */
export const get_per_process_memory_fraction = def(
  "get_per_process_memory_fraction",
  ["device"],
  (device: Device = null): number => native.cudaMemoryFraction(initialisedIndex(device)),
);

/**
 * Gives memory that the caching allocator holds but nobody uses back to the device.
 *
 * `empty_cache() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.empty_cache.html}
 */
export const empty_cache = def("empty_cache", [], (): void => {
  if (hasDevice()) native.emptyCache();
});

/** The figures by their paths, in order of the names. */
function flatten(stats: NestedStatistics): Record<string, number> {
  const found: [string, number][] = [];
  const visit = (prefix: string, value: number | NestedStatistics) => {
    if (typeof value !== "object") {
      found.push([prefix, value]);
      return;
    }
    for (const [name, inner] of Object.entries(value)) visit(prefix ? `${prefix}.${name}` : name, inner);
  };
  visit("", stats);
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What the caching allocator counts on a device: `memory_stats()["allocated_bytes.all.current"]`; empty without a device.
 *
 * `memory_stats(device_index=None, /) -> collections.OrderedDict[str, Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.memory_stats.html}
 */
export const memory_stats = def(
  "memory_stats",
  ["device"],
  (device: Device = null): Record<string, number> => flatten(memory_stats_as_nested_dict(device)),
);

/**
 * memory_stats() as objects within objects.
 *
 * `memory_stats_as_nested_dict(device=None) -> dict[str, Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.memory_stats_as_nested_dict.html}
 */
export const memory_stats_as_nested_dict = def(
  "memory_stats_as_nested_dict",
  ["device"],
  (device: Device = null): NestedStatistics => (hasDevice() ? native.deviceMemoryStats(deviceIndex(device, true)) : {}),
);

/** Python's error of a device that is not there. */
function checked(device: Device, name: string): number {
  requireFunction(
    name === "reset_peak_memory_stats" ? "_cuda_resetPeakMemoryStats" : "_cuda_resetAccumulatedMemoryStats",
  );
  const index = deviceIndex(device, true);
  if (index < 0) throw new RuntimeError(`invalid argument to ${name}`);
  return index;
}

/**
 * Begins the figures that only grow anew: what was allocated and freed, and the counts of events.
 *
 * `reset_accumulated_memory_stats(device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.reset_accumulated_memory_stats.html}
 */
export const reset_accumulated_memory_stats = def(
  "reset_accumulated_memory_stats",
  ["device"],
  (device: Device = null): void => native.deviceMemoryReset(checked(device, "reset_accumulated_memory_stats")),
);

/**
 * Begins the figures of max_memory_allocated() and max_memory_reserved() anew.
 *
 * `reset_peak_memory_stats(device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.reset_peak_memory_stats.html}
 */
export const reset_peak_memory_stats = def("reset_peak_memory_stats", ["device"], (device: Device = null): void =>
  native.resetPeakMemoryStats(checked(device, "reset_peak_memory_stats")),
);

/**
 * What the allocator of pinned memory counts; empty without a device.
 *
 * `host_memory_stats() -> dict[str, Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.host_memory_stats.html}
 */
export const host_memory_stats = def(
  "host_memory_stats",
  [],
  (): Record<string, number> => flatten(host_memory_stats_as_nested_dict()),
);

/**
 * host_memory_stats() as objects within objects.
 *
 * `host_memory_stats_as_nested_dict() -> dict[str, Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.host_memory_stats_as_nested_dict.html}
 */
export const host_memory_stats_as_nested_dict = def(
  "host_memory_stats_as_nested_dict",
  [],
  (): NestedStatistics => (hasDevice() ? native.hostMemory("stats") : {}),
);

/**
 * Begins the figures of host_memory_stats() that only grow anew.
 *
 * `reset_accumulated_host_memory_stats() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.reset_accumulated_host_memory_stats.html}
 */
export const reset_accumulated_host_memory_stats = def("reset_accumulated_host_memory_stats", [], (): void => {
  requireFunction("_cuda_resetAccumulatedHostMemoryStats");
  native.hostMemory("reset_accumulated");
});

/**
 * Begins the peaks of host_memory_stats() anew.
 *
 * `reset_peak_host_memory_stats() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.reset_peak_host_memory_stats.html}
 */
export const reset_peak_host_memory_stats = def("reset_peak_host_memory_stats", [], (): void => {
  requireFunction("_cuda_resetPeakHostMemoryStats");
  native.hostMemory("reset_peak");
});

const resetAll = (name: string, device: Device): void => {
  warn(
    `torch.cuda.${name} now calls torch.cuda.reset_peak_memory_stats, which resets /all/ peak memory stats.`,
    "FutureWarning",
  );
  reset_peak_memory_stats(device);
};

/**
 * Deprecated: reset_peak_memory_stats().
 *
 * `reset_max_memory_allocated(device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.reset_max_memory_allocated.html}
 */
export const reset_max_memory_allocated = def("reset_max_memory_allocated", ["device"], (device: Device = null) =>
  resetAll("reset_max_memory_allocated", device),
);

/**
 * Deprecated: reset_peak_memory_stats().
 *
 * `reset_max_memory_cached(device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.reset_max_memory_cached.html}
 */
export const reset_max_memory_cached = def("reset_max_memory_cached", ["device"], (device: Device = null) =>
  resetAll("reset_max_memory_cached", device),
);

const figure = (name: string, key: string) =>
  def(name, ["device"], (device: Device = null): number => memory_stats(device)[key] ?? 0);

/**
 * Bytes that tensors take on a device.
 *
 * `memory_allocated(device_index=None, /) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.memory_allocated.html}
 */
export const memory_allocated = figure("memory_allocated", "allocated_bytes.all.current");
/**
 * The most bytes that tensors took on a device since the last reset.
 *
 * `max_memory_allocated(device_index=None, /) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.max_memory_allocated.html}
 */
export const max_memory_allocated = figure("max_memory_allocated", "allocated_bytes.all.peak");
/**
 * Bytes that the caching allocator holds on a device.
 *
 * `memory_reserved(device_index=None, /) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.memory_reserved.html}
 */
export const memory_reserved = figure("memory_reserved", "reserved_bytes.all.current");
/**
 * The most bytes that the caching allocator held on a device since the last reset.
 *
 * `max_memory_reserved(device_index=None, /) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.max_memory_reserved.html}
 */
export const max_memory_reserved = figure("max_memory_reserved", "reserved_bytes.all.peak");

/**
 * Deprecated: memory_reserved().
 *
 * `memory_cached(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.memory_cached.html}
 */
export const memory_cached = def("memory_cached", ["device"], (device: Device = null): number => {
  warn("`torch.cuda.memory_cached` has been renamed to `torch.cuda.memory_reserved`", "FutureWarning");
  return memory_reserved(device);
});

/**
 * Deprecated: max_memory_reserved().
 *
 * `max_memory_cached(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.max_memory_cached.html}
 */
export const max_memory_cached = def("max_memory_cached", ["device"], (device: Device = null): number => {
  warn("`torch.cuda.max_memory_cached` has been renamed to `torch.cuda.max_memory_reserved`", "FutureWarning");
  return max_memory_reserved(device);
});

/**
 * The segments that the caching allocator holds, each with its blocks; of one pool where its id is given.
 *
 * `memory_snapshot(mempool_id=None, include_traces=True)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.memory_snapshot.html}
 */
export const memory_snapshot = def(
  "memory_snapshot",
  ["mempool_id", "include_traces"],
  (mempool_id: readonly [number, number] | null = null, include_traces = true): Record<string, unknown>[] => {
    requireFunction("_cuda_memorySnapshot");
    return native.cudaMemorySnapshot(...(mempool_id ?? [0, 0]), include_traces);
  },
);

/** What list_gpu_processes() and its kin say where NVIDIA's management library is missing. */
export const NO_DRIVER = "cuda driver can't be loaded, is cuda enabled?";

/**
 * The processes that use a device and their memory, as text.
 *
 * `list_gpu_processes(device=None) -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.list_gpu_processes.html}
 */
export const list_gpu_processes = def("list_gpu_processes", ["device"], (device: Device = null): string => {
  if (!native.nvmlQuery("is_loaded")) return NO_DRIVER;
  const index = deviceIndex(device, true);
  const processes = native.nvmlQuery("processes", index) as [pid: number, bytes: number][];
  const lines = processes.map(
    ([pid, bytes]) =>
      `process ${String(pid).padStart(10)} uses ${(bytes / 1024 ** 2).toFixed(3).padStart(12)} MB GPU memory`,
  );
  return [`GPU:${index}`, ...(lines.length ? lines : ["no processes are running"])].join("\n");
});

/**
 * Free and total memory of a device, in bytes.
 *
 * `mem_get_info(device=None) -> tuple[int, int]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.mem_get_info.html}
 */
export const mem_get_info = def("mem_get_info", ["device"], (device: Device = null): [free: number, total: number] => {
  lazyInit();
  return native.memoryInfo(deviceIndex(device, true));
});

/**
 * The allocator that is in use: "native" or "cudaMallocAsync".
 *
 * `get_allocator_backend() -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.get_allocator_backend.html}
 */
export const get_allocator_backend = def("get_allocator_backend", [], (): string => {
  requireFunction("_cuda_getAllocatorBackend");
  return native.cudaAllocatorName();
});

class CUDAPluggableAllocatorClass {
  readonly #handle: ResourceHandle;

  constructor(path_to_so_file: string, alloc_fn_name: string, free_fn_name: string) {
    const made = native.cudaPluggableAllocator(path_to_so_file, alloc_fn_name, free_fn_name);
    if (typeof made === "string") {
      throw /undefined symbol/.test(made) ? new AttributeError(made) : new OSError(made);
    }
    this.#handle = made;
  }

  /** @internal */
  allocator(): ResourceHandle {
    return this.#handle;
  }
}
Object.defineProperty(CUDAPluggableAllocatorClass, "name", { value: "CUDAPluggableAllocator" });

/**
 * An allocator of a shared library: the names of its functions `void* alloc(size_t, int device, cudaStream_t)` and
 * `void free(void*, size_t, int device, cudaStream_t)`.
 *
 * Throws OSError for a library that cannot be loaded and AttributeError for a function that it lacks.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.CUDAPluggableAllocator.html}
 */
export const CUDAPluggableAllocator = callable(CUDAPluggableAllocatorClass);
export type CUDAPluggableAllocator = CUDAPluggableAllocatorClass;

/**
 * Uses an allocator from now on; throws RuntimeError where memory was allocated already.
 *
 * `change_current_allocator(allocator) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.change_current_allocator.html}
 */
export const change_current_allocator = def(
  "change_current_allocator",
  ["allocator"],
  (allocator: CUDAPluggableAllocator): void => {
    if (!(allocator instanceof CUDAPluggableAllocatorClass)) {
      throw new AttributeError(`'${typeName(allocator)}' object has no attribute 'allocator'`);
    }
    native.cudaChangeAllocator(allocator.allocator());
  },
);

class MemPoolClass {
  readonly #handle: ResourceHandle;

  constructor(allocator: CUDAPluggableAllocator | null = null, use_on_oom = false, no_split = false) {
    requireClass("MemPool");
    lazyInit();
    this.#handle = native.newMemPool(allocator?.allocator() ?? null, use_on_oom, no_split);
  }

  /** The pool's id, as memory_snapshot() and graphs take it. */
  get id(): PoolId {
    return native.memPoolId(this.#handle);
  }

  get device(): number {
    return native.memPoolDevice(this.#handle);
  }

  /** How many use the pool. */
  use_count(): number {
    return native.memPoolUseCount(this.#handle);
  }

  /** The pool's segments: memory_snapshot() of its id. */
  snapshot(include_traces = true): Record<string, unknown>[] {
    return memory_snapshot(this.id, include_traces);
  }
}

takeKeywords("MemPool", MemPoolClass.prototype, { snapshot: ["include_traces"], use_count: [] });
Object.defineProperty(MemPoolClass, "name", { value: "MemPool" });

/**
 * A pool of memory that use_mem_pool() allocates from, by the caching allocator or a given one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.MemPool.html}
 */
export const MemPool = callable(MemPoolClass);
export type MemPool = MemPoolClass;

/**
 * Allocates from a pool on this thread, while a function runs or until the end of a `using` block.
 *
 * `use_mem_pool(pool, device=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.use_mem_pool.html}
 */
export const use_mem_pool: { <T>(pool: MemPool, body: () => T): T; (pool: MemPool, device?: Device): Entered } = mode(
  "cuda.use_mem_pool",
  ["pool", "device"],
  (pool: MemPool, device: Device = null) => {
    lazyInit();
    const index = device === null ? currentIndex() : deviceIndex(device);
    return () => {
      native.beginAllocateToPool(index, ...pool.id);
      if (native.streamIsCapturing(...native.currentStream(CUDA, -1))) native.cudaGraphRetainPool(...pool.id);
      return () => native.endAllocateToPool(index, ...pool.id);
    };
  },
);
