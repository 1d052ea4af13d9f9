// torch.cuda: torch/cuda/__init__.py and torch/cuda/memory.py, as far as libtorch's device-agnostic interface reaches.

import { def } from "./arguments/function.js";
import { native } from "./binding.js";
import { type device as Device, initialise, toDevice } from "./device.js";
import { ValueError } from "./errors.js";
import { type Entered, withMode } from "./modes.js";
import type { DeviceLike } from "./types.js";

export * as amp from "./cuda/amp/index.js";

const CUDA = 1; // c10::DeviceType

/**
 * Whether a CUDA device can be used: libtorch has CUDA, there is a driver, and it knows a device.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_available.html}
 */
export const is_available = def("is_available", [], (): boolean => device_count() > 0);

/**
 * The number of CUDA devices; 0 where libtorch was built without CUDA.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.device_count.html}
 */
export const device_count = def("device_count", [], (): number =>
  native.accelerator() === CUDA ? native.deviceCount() : 0,
);

/** Throws Python's error for a libtorch without CUDA, or a machine without a driver. */
function requireCuda(): void {
  initialise(toDevice("cuda"));
}

/** The ordinal that a device argument names; the current device for none. */
function indexOf(device: DeviceLike | null | undefined): number {
  requireCuda();
  if (device === null || device === undefined) return native.currentDevice();
  if (typeof device === "number") return device;
  const place: Device = toDevice(device);
  if (place.type !== "cuda") throw new ValueError(`Expected a cuda device, but got: ${place}`);
  return place.index ?? native.currentDevice();
}

/**
 * The ordinal of the current device.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.current_device.html}
 */
export const current_device = def("current_device", [], (): number => {
  requireCuda();
  return native.currentDevice();
});

/**
 * Makes a device the current one; a negative ordinal does nothing.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.set_device.html}
 */
export const set_device = def("set_device", ["device"], (device: DeviceLike): void => {
  const index = indexOf(device);
  if (index >= 0) native.setDevice(index);
});

/** Makes a device the current one while a function runs, or until the end of a `using` block. */
export function device<T>(device: DeviceLike, body: () => T): T;
export function device(device: DeviceLike): Entered;
export function device<T>(device: DeviceLike, body?: () => T): T | Entered {
  const enter = () => {
    const before = current_device();
    set_device(device);
    return () => native.setDevice(before);
  };
  return withMode("cuda.device", enter, body);
}

/**
 * Waits until all work on a device is done.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.synchronize.html}
 */
export const synchronize = def("synchronize", ["device"], (device: DeviceLike | null = null): void => {
  native.synchronize(indexOf(device));
});

/** Gives memory that the caching allocator holds but nobody uses back to the device. */
export const empty_cache = def("empty_cache", [], (): void => {
  if (is_available()) native.emptyCache();
});

/**
 * Whether CUDA has been used in this process.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_initialized.html}
 */
export const is_initialized = def("is_initialized", [], (): boolean => is_available());

/**
 * Starts CUDA; throws where there is none.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.init.html}
 */
export const init = def("init", [], (): void => {
  requireCuda();
});

/**
 * The name of a device, such as "NVIDIA H200".
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_device_name.html}
 */
export const get_device_name = def("get_device_name", ["device"], (device: DeviceLike | null = null): string =>
  native.deviceName(indexOf(device)),
);

/**
 * The compute capability of a device: `[9, 0]`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_device_capability.html}
 */
export const get_device_capability = def(
  "get_device_capability",
  ["device"],
  (device: DeviceLike | null = null): [major: number, minor: number] => native.deviceCapability(indexOf(device)),
);

/**
 * What torch.cuda.get_device_properties() tells: name, compute capability and memory in bytes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_device_properties.html}
 */
export const get_device_properties = def(
  "get_device_properties",
  ["device"],
  (
    device: DeviceLike | null = null,
  ): {
    name: string;
    major: number;
    minor: number;
    total_memory: number;
  } => {
    const index = indexOf(device);
    const [major, minor] = native.deviceCapability(index);
    return { name: native.deviceName(index), major, minor, total_memory: native.memoryInfo(index)[1] };
  },
);

/** Free and total memory of a device, in bytes. */
export const mem_get_info = def(
  "mem_get_info",
  ["device"],
  (device: DeviceLike | null = null): [free: number, total: number] => native.memoryInfo(indexOf(device)),
);

/** The caching allocator's statistics of a device, under the names that Python gives them, in bytes and counts. */
export const memory_stats = def(
  "memory_stats",
  ["device"],
  (device: DeviceLike | null = null): Record<string, number> => {
    if (!is_available()) return {};
    const stats: Record<string, number> = {};
    const { allocated_bytes, reserved_bytes, active_bytes, num_ooms, num_alloc_retries } = native.memoryStats(
      indexOf(device),
    );
    for (const [name, group] of Object.entries({ allocated_bytes, reserved_bytes, active_bytes })) {
      for (const [figure, value] of Object.entries(group)) stats[`${name}.all.${figure}`] = value;
    }
    return { ...stats, num_ooms, num_alloc_retries };
  },
);

/** Bytes that tensors take on a device. */
export const memory_allocated = def("memory_allocated", ["device"], (device: DeviceLike | null = null): number =>
  is_available() ? native.memoryStats(indexOf(device)).allocated_bytes.current : 0,
);

/** The most bytes that tensors took on a device since the last reset. */
export const max_memory_allocated = def(
  "max_memory_allocated",
  ["device"],
  (device: DeviceLike | null = null): number =>
    is_available() ? native.memoryStats(indexOf(device)).allocated_bytes.peak : 0,
);

/** Bytes that the caching allocator holds on a device. */
export const memory_reserved = def("memory_reserved", ["device"], (device: DeviceLike | null = null): number =>
  is_available() ? native.memoryStats(indexOf(device)).reserved_bytes.current : 0,
);

/** The most bytes that the caching allocator held on a device since the last reset. */
export const max_memory_reserved = def("max_memory_reserved", ["device"], (device: DeviceLike | null = null): number =>
  is_available() ? native.memoryStats(indexOf(device)).reserved_bytes.peak : 0,
);

/** Begins the figures of max_memory_allocated() and max_memory_reserved() anew. */
export const reset_peak_memory_stats = def(
  "reset_peak_memory_stats",
  ["device"],
  (device: DeviceLike | null = null): void => {
    native.resetPeakMemoryStats(indexOf(device));
  },
);

/** Seeds the generator of the current CUDA device; does nothing without CUDA. */
export const manual_seed = def("manual_seed", ["seed"], (seed: number | bigint): void => {
  if (is_available()) native.generatorManualSeed(native.defaultGenerator(CUDA, native.currentDevice()), seed);
});

/** Seeds the generators of all CUDA devices; does nothing without CUDA. */
export const manual_seed_all = def("manual_seed_all", ["seed"], (seed: number | bigint): void => {
  for (let index = 0; index < device_count(); index++) {
    native.generatorManualSeed(native.defaultGenerator(CUDA, index), seed);
  }
});
