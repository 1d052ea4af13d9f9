// torch/cuda/__init__.py, without what needs tensors: index.ts adds that

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { AssertionError, AttributeError, RuntimeError } from "../errors.js";
import type { Entered } from "../modes.js";
import { typeName } from "../python/objects.js";
import type { Generator } from "../random.js";
import type { DeviceLike } from "../types.js";
import { CUDA, deviceIndex, hasDevice, isCompiled, lazyInit, wasInitialised } from "./_utils.js";
import { NO_DRIVER } from "./memory.js";
import { defaultGenerator } from "./random.js";
import { setStream, streamMode } from "./stream_context.js";
import { type Stream, streamOf } from "./streams.js";

export { CudaError, check_error, cudart, cudaStatus } from "./cudart.js";
export * as graphs from "./graphs.js";
export { CUDAGraph, graph, graph_pool_handle, is_current_stream_capturing } from "./graphs.js";
export * as memory from "./memory.js";
export {
  CUDAPluggableAllocator,
  caching_allocator_alloc,
  caching_allocator_delete,
  caching_allocator_disabled,
  caching_allocator_enable,
  change_current_allocator,
  empty_cache,
  get_allocator_backend,
  get_per_process_memory_fraction,
  host_memory_stats,
  host_memory_stats_as_nested_dict,
  list_gpu_processes,
  MemPool,
  max_memory_allocated,
  max_memory_cached,
  max_memory_reserved,
  mem_get_info,
  memory_allocated,
  memory_cached,
  memory_reserved,
  memory_snapshot,
  memory_stats,
  memory_stats_as_nested_dict,
  reset_accumulated_host_memory_stats,
  reset_accumulated_memory_stats,
  reset_max_memory_allocated,
  reset_max_memory_cached,
  reset_peak_host_memory_stats,
  reset_peak_memory_stats,
  set_per_process_memory_fraction,
  use_mem_pool,
} from "./memory.js";
export { memory_summary } from "./memory_summary.js";
export * as nvtx from "./nvtx.js";
export * as profiler from "./profiler.js";
export * as random from "./random.js";
export {
  get_rng_state,
  get_rng_state_all,
  initial_seed,
  manual_seed,
  manual_seed_all,
  seed,
  seed_all,
  set_rng_state,
  set_rng_state_all,
} from "./random.js";
export * as streams from "./streams.js";
export { Event, ExternalStream, Stream } from "./streams.js";
export * as tunable from "./tunable.js";

/**
 * Whether a CUDA device can be used: libtorch has CUDA, there is a driver, and it knows a device.
 *
 * `is_available() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_available.html}
 */
export const is_available = def("is_available", [], (): boolean => hasDevice());

/**
 * The number of CUDA devices; 0 where libtorch was built without CUDA.
 *
 * `device_count() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.device_count.html}
 */
export const device_count = def("device_count", [], (): number => (isCompiled() ? native.deviceCount() : 0));

/** What a call that CUDA had to wait for raised when it was begun; kept for Python's name. */
export class DeferredCudaCallError extends Error {
  override name = "DeferredCudaCallError";
}

/** Whether libtorch can calculate with float16 on CUDA devices: it can. */
export const has_half = true;

/** Whether libtorch has MAGMA, a library of linear algebra. */
export const has_magma: boolean = isCompiled() && (native.cudaHooks("hasMAGMA") as boolean);

/**
 * The architectures that libtorch has kernels for, such as "sm_90"; none where it was built without CUDA.
 *
 * `get_arch_list() -> list[str]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_arch_list.html}
 */
export const get_arch_list = def("get_arch_list", [], (): string[] => {
  if (!isCompiled()) return [];
  const flags = native.config().build.matchAll(/-gencode arch=compute_\w+,code=((?:sm|compute)_\w+)/g);
  return [...new Set(Array.from(flags, ([, arch]) => arch))];
});

/**
 * The flags by which NVIDIA's compiler was told these architectures.
 *
 * `get_gencode_flags() -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_gencode_flags.html}
 */
export const get_gencode_flags = def("get_gencode_flags", [], (): string =>
  get_arch_list()
    .map((name) => name.split("_"))
    .map(([kind, arch]) => `-gencode compute=compute_${arch},code=${kind}_${arch}`)
    .join(" "),
);

/**
 * Whether the current device calculates with bfloat16, by itself or, with `including_emulation`, at all.
 *
 * `is_bf16_supported(including_emulation=True)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_bf16_supported.html}
 */
export const is_bf16_supported = def(
  "is_bf16_supported",
  ["including_emulation"],
  (including_emulation = true): boolean =>
    hasDevice() && (including_emulation || native.deviceCapability(native.currentDevice())[0] >= 8),
);

/**
 * Whether the current device calculates with TensorFloat32.
 *
 * `is_tf32_supported() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_tf32_supported.html}
 */
export const is_tf32_supported = def("is_tf32_supported", [], (): boolean => is_bf16_supported(false));

/**
 * The ordinal of the current device.
 *
 * `current_device() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.current_device.html}
 */
export const current_device = def("current_device", [], (): number => {
  lazyInit();
  return native.currentDevice();
});

/**
 * Makes a device the current one; a negative ordinal does nothing.
 *
 * `set_device(device) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.set_device.html}
 */
export const set_device = def("set_device", ["device"], (device: DeviceLike): void => {
  const index = deviceIndex(device);
  if (index < 0) return;
  lazyInit();
  native.setDevice(index);
});

function enterDevice(index: number): () => void {
  if (index < 0) return () => {};
  lazyInit();
  const before = native.currentDevice();
  native.setDevice(index);
  return () => native.setDevice(before);
}

/** Makes a device the current one while a function runs, or until the end of a `using` block; null changes nothing. */
export const device: { <T>(device: DeviceLike | null, body: () => T): T; (device: DeviceLike | null): Entered } = mode(
  "cuda.device",
  ["device"],
  (device: DeviceLike | null) => {
    const index = deviceIndex(device, true);
    return () => enterDevice(index);
  },
  { called: "device.__init__" },
);

/** What device_of() takes: a tensor or a storage. */
type Placed = { readonly is_cuda: boolean; get_device(): number | null };

/**
 * The device of a tensor or a storage as device() has it; what is not on a CUDA device changes nothing.
 *
 * `device_of(obj)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.device_of.html}
 */
export const device_of: { <T>(obj: Placed, body: () => T): T; (obj: Placed): Entered } = mode(
  "cuda.device_of",
  ["obj"],
  (obj: Placed) => {
    if (typeof (obj as unknown) !== "object" || obj === null || obj.is_cuda === undefined) {
      throw new AttributeError(`'${typeName(obj)}' object has no attribute 'is_cuda'`);
    }
    const index = obj.is_cuda ? (obj.get_device() ?? -1) : -1;
    return () => enterDevice(index);
  },
  { called: "device_of.__init__" },
);

/**
 * Waits until all work on a device is done.
 *
 * `synchronize(device=None) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.synchronize.html}
 */
export const synchronize = def("synchronize", ["device"], (device: DeviceLike | null = null): void => {
  lazyInit();
  native.synchronize(deviceIndex(device, true));
});

/**
 * Frees memory that other processes used; this package gives CUDA memory to none.
 *
 * `ipc_collect()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.ipc_collect.html}
 */
export const ipc_collect = def("ipc_collect", [], (): void => lazyInit());

/**
 * Whether CUDA has been begun in this process.
 *
 * `is_initialized()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_initialized.html}
 */
export const is_initialized = def("is_initialized", [], (): boolean => wasInitialised() || hasDevice());

/**
 * Starts CUDA; throws where there is none.
 *
 * `init()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.init.html}
 */
export const init = def("init", [], (): void => lazyInit());

// cudaDeviceAttr
const attributes = {
  max_threads_per_block: 1,
  shared_memory_per_block: 8,
  warp_size: 10,
  regs_per_multiprocessor: 82,
  multi_processor_count: 16,
  is_integrated: 18,
  L2_cache_size: 38,
  max_threads_per_multi_processor: 39,
  pci_bus_id: 33,
  pci_device_id: 34,
  pci_domain_id: 50,
  is_multi_gpu_board: 84,
  shared_memory_per_block_optin: 97,
  shared_memory_per_multiprocessor: 81,
  major: 75,
  minor: 76,
} as const;

/** What get_device_properties() tells of a device. */
export type DeviceProperties = { name: string; total_memory: number } & Record<keyof typeof attributes, number>;

/**
 * The name, the compute capability, the memory in bytes and other facts of a device.
 *
 * `get_device_properties(device=None) -> _CudaDeviceProperties`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_device_properties.html}
 */
export const get_device_properties = def(
  "get_device_properties",
  ["device"],
  (device: DeviceLike | null = null): DeviceProperties => {
    lazyInit();
    const index = deviceIndex(device, true);
    if (index < 0 || index >= native.deviceCount()) throw new AssertionError("Invalid device id");
    const values = native.cudaDeviceAttributes(index, Object.values(attributes));
    const facts = Object.fromEntries(Object.keys(attributes).map((name, i) => [name, values[i]]));
    return {
      name: native.deviceName(index),
      total_memory: native.memoryInfo(index)[1],
      ...(facts as Record<keyof typeof attributes, number>),
    };
  },
);

/**
 * The name of a device, such as "NVIDIA H200".
 *
 * `get_device_name(device=None) -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_device_name.html}
 */
export const get_device_name = def("get_device_name", ["device"], (device: DeviceLike | null = null): string => {
  lazyInit();
  return native.deviceName(deviceIndex(device, true));
});

/**
 * The compute capability of a device: `[9, 0]`.
 *
 * `get_device_capability(device=None) -> tuple[int, int]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_device_capability.html}
 */
export const get_device_capability = def(
  "get_device_capability",
  ["device"],
  (device: DeviceLike | null = null): [major: number, minor: number] => {
    lazyInit();
    return native.deviceCapability(deviceIndex(device, true));
  },
);

/**
 * Whether a device can read another one's memory.
 *
 * `can_device_access_peer(device, peer_device) -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.can_device_access_peer.html}
 */
export const can_device_access_peer = def(
  "can_device_access_peer",
  ["device", "peer_device"],
  (device: DeviceLike, peer_device: DeviceLike): boolean => {
    lazyInit();
    const [index, peer] = [deviceIndex(device, true), deviceIndex(peer_device)];
    if (index < 0 || index >= native.deviceCount()) throw new AssertionError("Invalid device id");
    if (peer < 0 || peer >= native.deviceCount()) throw new AssertionError("Invalid peer device id");
    return native.cudaCanAccessPeer(index, peer);
  },
);

/**
 * Makes a stream, and its device, the current ones while a function runs, or until the end of a `using` block; null
 * changes nothing.
 *
 * `stream(stream) -> StreamContext`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.stream.html}
 */
export const stream = streamMode("stream");

/** The class of what stream() is in Python. */
export const StreamContext = streamMode("StreamContext.__init__");

/**
 * Makes a stream the current one of its device, and the device the current one; null changes nothing.
 *
 * `set_stream(stream)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.set_stream.html}
 */
export const set_stream = def("set_stream", ["stream"], (stream: Stream | null): void => {
  if (stream !== null) setStream(stream);
});

/**
 * The stream that a device's work goes to.
 *
 * `current_stream(device=None) -> Stream`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.current_stream.html}
 */
export const current_stream = def("current_stream", ["device"], (device: DeviceLike | null = null): Stream => {
  lazyInit();
  return streamOf(native.currentStream(CUDA, deviceIndex(device, true)));
});

/**
 * The stream that a device's work goes to where no other was chosen.
 *
 * `default_stream(device=None) -> Stream`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.default_stream.html}
 */
export const default_stream = def("default_stream", ["device"], (device: DeviceLike | null = null): Stream => {
  lazyInit();
  return streamOf(native.defaultStream(CUDA, deviceIndex(device, true)));
});

/**
 * A stream that another library made, by the address of its cudaStream_t.
 *
 * `get_stream_from_external(data_ptr, device=None) -> Stream`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_stream_from_external.html}
 */
export const get_stream_from_external = def(
  "get_stream_from_external",
  ["data_ptr", "device"],
  (data_ptr: number | bigint, device: DeviceLike | null = null): Stream => {
    lazyInit();
    return streamOf(native.externalStream(data_ptr, deviceIndex(device, true)));
  },
);

/**
 * The address of the cublasHandle_t of the current device and stream.
 *
 * `current_blas_handle()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.current_blas_handle.html}
 */
export const current_blas_handle = def("current_blas_handle", [], (): number | bigint => {
  lazyInit();
  return native.cudaBlasHandle();
});

const modes = ["default", "warn", "error"];

/**
 * What happens where the CPU waits for a device: 0 or "default" nothing, 1 or "warn" a warning, 2 or "error" an error.
 *
 * `set_sync_debug_mode(debug_mode) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.set_sync_debug_mode.html}
 */
export const set_sync_debug_mode = def("set_sync_debug_mode", ["debug_mode"], (debug_mode: number | string): void => {
  lazyInit();
  const mode = typeof debug_mode === "string" ? modes.indexOf(debug_mode) : debug_mode;
  if (typeof debug_mode === "string" && mode < 0) {
    throw new RuntimeError("invalid value of debug_mode, expected one of `default`, `warn`, `error`");
  }
  if (mode < 0 || mode > 2) {
    throw new RuntimeError("invalid value of debug_mode, expected one of 0,1,2");
  }
  native.cudaSyncDebugMode(mode);
});

/**
 * What set_sync_debug_mode() set: 0, 1 or 2.
 *
 * `get_sync_debug_mode() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_sync_debug_mode.html}
 */
export const get_sync_debug_mode = def("get_sync_debug_mode", [], (): number => {
  lazyInit();
  return native.cudaSyncDebugMode();
});

/** A figure of NVIDIA's management library. */
const nvml = (name: string, question = name) =>
  def(name, ["device"], (device: DeviceLike | null = null): number => {
    if (!native.nvmlQuery("is_loaded")) throw new RuntimeError(NO_DRIVER);
    return native.nvmlQuery(question, deviceIndex(device, true)) as number;
  });

/**
 * The percentage of time in which memory was read or written, as nvidia-smi tells it.
 *
 * `memory_usage(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory_usage.html}
 */
export const memory_usage = nvml("memory_usage");
/**
 * The percentage of time in which kernels ran, as nvidia-smi tells it.
 *
 * `utilization(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.utilization.html}
 */
export const utilization = nvml("utilization");
/**
 * A device's temperature in degrees Celsius.
 *
 * `temperature(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.temperature.html}
 */
export const temperature = nvml("temperature");
/**
 * A device's power in milliwatts.
 *
 * `power_draw(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.power_draw.html}
 */
export const power_draw = nvml("power_draw");
/**
 * The clock of a device's multiprocessors in MHz.
 *
 * `clock_rate(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.clock_rate.html}
 */
export const clock_rate = nvml("clock_rate");
/**
 * The bytes of a device's memory that are in use, by all processes.
 *
 * `device_memory_used(device=None) -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.device_memory_used.html}
 */
export const device_memory_used = nvml("device_memory_used");

/** The default generators of the devices. */
export const default_generators: readonly Generator[] = new Proxy([] as Generator[], {
  get(target, key, receiver) {
    const count = hasDevice() ? native.deviceCount() : 0;
    while (target.length < count) target.push(defaultGenerator(target.length));
    return Reflect.get(target, key, receiver);
  },
});
