// torch/accelerator/__init__.py and torch/accelerator/memory.py

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import * as cuda from "../cuda/_device.js";
import { type device as Device, deviceOf, initialise, toDevice } from "../device.js";
import { dtype } from "../dtype.js";
import { RuntimeError, ValueError } from "../errors.js";
import type { Entered } from "../modes.js";
import { Stream } from "../streams.js";
import type { DeviceLike } from "../types.js";

/**
 * The number of accelerators.
 *
 * `device_count() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.device_count.html}
 */
export const device_count = def("device_count", [], (): number =>
  native.accelerator() === null ? 0 : native.deviceCount(),
);

/**
 * Whether an accelerator can be used.
 *
 * `is_available() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.is_available.html}
 */
export const is_available = def("is_available", [], (): boolean => device_count() > 0);

/**
 * The kind of accelerator that libtorch was built for, or null; `check_available` asks whether there is one, too.
 *
 * `current_accelerator(check_available=False) -> device | None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.current_accelerator.html}
 */
export const current_accelerator = def(
  "current_accelerator",
  ["check_available"],
  (check_available = false): Device | null => {
    const type = native.accelerator();
    if (type === null || (check_available && !is_available())) return null;
    return deviceOf(type * 256);
  },
);

/** Throws Python's error where there is no accelerator, or no driver for it. */
function required(): Device {
  const device = current_accelerator();
  if (device === null) throw new RuntimeError("Cannot access accelerator device when none is available.");
  initialise(device);
  return device;
}

/** @internal The ordinal that a device argument names; the current device for none. */
export function indexOf(device: DeviceLike | null): number {
  const { type } = required();
  if (device === null) return native.currentDevice();
  if (typeof device === "number") return device;
  const place = toDevice(device);
  if (place.type !== type) throw new ValueError(`${place.type} doesn't match the current accelerator ${type}.`);
  return place.index ?? native.currentDevice();
}

/**
 * The ordinal of the current device.
 *
 * `current_device_index() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.current_device_index.html}
 */
export const current_device_index = def("current_device_index", [], (): number => {
  required();
  return native.currentDevice();
});

/**
 * Makes a device the current one.
 *
 * `set_device_index(device, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.set_device_index.html}
 */
export const set_device_index = def("set_device_index", ["device"], (device: DeviceLike): void => {
  native.setDevice(indexOf(device));
});

const deprecated = (name: string) =>
  process.emitWarning(`Use \`${name}\` instead.`, "FutureWarning", `torch.accelerator.${name}`);

/**
 * Deprecated: current_device_index().
 *
 * `current_device_idx() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.current_device_idx.html}
 */
export const current_device_idx = def("current_device_index", [], (): number => {
  deprecated("current_device_index");
  return current_device_index();
});

/**
 * Deprecated: set_device_index().
 *
 * `set_device_idx(device, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.set_device_idx.html}
 */
export const set_device_idx = def("set_device_index", ["device"], (device: DeviceLike): void => {
  deprecated("set_device_index");
  set_device_index(device);
});

/**
 * Makes a device the current one while a function runs, or until the end of a `using` block; null changes nothing.
 *
 * `device_index(device, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.device_index.html}
 */
export const device_index: { <T>(device: number | null, body: () => T): T; (device: number | null): Entered } = mode(
  "accelerator.device_index",
  ["device"],
  (device: number | null) => () => {
    if (device === null) return () => {};
    const before = current_device_index();
    native.setDevice(device);
    return () => native.setDevice(before);
  },
  { called: "device_index.__init__" },
);

/**
 * Waits until all work on a device is done.
 *
 * `synchronize(device=None, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.synchronize.html}
 */
export const synchronize = def("synchronize", ["device"], (device: DeviceLike | null = null): void => {
  native.synchronize(indexOf(device));
});

/**
 * What a device can do: the dtypes that its tensors can have.
 *
 * `get_device_capability(device=None, /) -> dict[str, Any]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.get_device_capability.html}
 */
export const get_device_capability = def(
  "get_device_capability",
  ["device"],
  (device: DeviceLike | null = null): { supported_dtypes: Set<dtype> } => ({
    supported_dtypes: new Set(native.supportedDtypes(indexOf(device)).map(dtype.of)),
  }),
);

/**
 * The stream that a device's work goes to.
 *
 * `current_stream(device=None, /) -> Stream`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.current_stream.html}
 */
export const current_stream = def("current_stream", ["device"], (device: DeviceLike | null = null): Stream => {
  const index = indexOf(device);
  return new Stream(...native.currentStream(native.accelerator() as number, index));
});

/**
 * Makes a stream of the accelerator the current one of its device, and the device the current one.
 *
 * `set_stream(stream) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.set_stream.html}
 */
export const set_stream = def("set_stream", ["stream"], (stream: Stream): void => {
  required();
  native.setAcceleratorStream(...stream._packed);
});

/**
 * Gives memory that the allocator of pinned memory holds but nobody uses back to the system.
 *
 * `empty_host_cache() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.empty_host_cache.html}
 */
export const empty_host_cache = def("empty_host_cache", [], (): void => {
  if (native.accelerator() !== null) native.emptyHostCache();
});

/**
 * Begins the figures of memory_stats() that only grow anew.
 *
 * `reset_accumulated_memory_stats(device_index=None, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.reset_accumulated_memory_stats.html}
 */
export const reset_accumulated_memory_stats = def(
  "reset_accumulated_memory_stats",
  ["device"],
  (device: DeviceLike | null = null): void => {
    if (is_available()) cuda.reset_accumulated_memory_stats(device);
  },
);

/**
 * Gives memory that the caching allocator holds but nobody uses back to the device.
 *
 * `empty_cache() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.empty_cache.html}
 */
export const empty_cache = def("empty_cache", [], (): void => {
  if (is_available()) native.emptyCache();
});

/**
 * Free and total memory of a device, in bytes.
 *
 * `get_memory_info(device_index=None, /) -> tuple[int, int]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.get_memory_info.html}
 */
export const get_memory_info = def(
  "get_memory_info",
  ["device"],
  (device: DeviceLike | null = null): [free: number, total: number] => native.memoryInfo(indexOf(device)),
);

export {
  max_memory_allocated,
  max_memory_reserved,
  memory_allocated,
  memory_reserved,
  memory_stats,
} from "../cuda/_device.js";

/**
 * Begins the figures of max_memory_allocated() and max_memory_reserved() anew.
 *
 * `reset_peak_memory_stats(device_index=None, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.accelerator.memory.reset_peak_memory_stats.html}
 */
export const reset_peak_memory_stats = def(
  "reset_peak_memory_stats",
  ["device"],
  (device: DeviceLike | null = null): void => {
    if (is_available()) cuda.reset_peak_memory_stats(device);
  },
);

export * as random from "./random.js";
