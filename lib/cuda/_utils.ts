// What the modules of torch.cuda share: torch/cuda/_utils.py, and the start of CUDA in torch/cuda/__init__.py

import { native } from "../binding.js";
import { initialise, toDevice } from "../device.js";
import { AttributeError, RuntimeError, ValueError } from "../errors.js";
import type { DeviceLike } from "../types.js";

/** c10::DeviceType */
export const CUDA = 1;

/** Whether libtorch has CUDA; that there is a device says is_available(). */
export const isCompiled = (): boolean => native.accelerator() === CUDA;

/** Whether there is a device. */
export const hasDevice = (): boolean => isCompiled() && native.deviceCount() > 0;

let isInitialised = false;

/** Throws Python's error for a libtorch without CUDA, or a machine without a driver. */
export function lazyInit(): void {
  initialise(toDevice("cuda"));
  isInitialised = true;
}

/** Whether CUDA was begun by this module. */
export const wasInitialised = (): boolean => isInitialised;

/** Runs what needs CUDA where there is a device; nothing happens elsewhere, as Python would wait for CUDA to be begun. */
export function lazyCall(body: () => void): void {
  if (hasDevice()) body();
}

/** Throws Python's AttributeError where libtorch is without CUDA, and torch._C so without a function. */
export function requireFunction(name: string): void {
  if (!isCompiled()) throw new AttributeError(`module 'torch._C' has no attribute '${name}'`);
}

/** Throws Python's RuntimeError of a class, or a function, that stands for one of a libtorch with CUDA. */
export function requireClass(name: string): void {
  if (!isCompiled()) throw new RuntimeError(`Tried to instantiate dummy base class ${name}`);
}

/**
 * The ordinal that a device argument names.
 *
 * With `optional` that is the current device for none, or for "cuda"; with `allowCpu` -1 for the CPU.
 */
export function deviceIndex(device: DeviceLike | null | undefined, optional = false, allowCpu = false): number {
  if (typeof device === "number") return device;
  let index: number | null = null;
  if (device !== null && device !== undefined) {
    const place = toDevice(device);
    if (allowCpu && place.type === "cpu") return -1;
    if (place.type !== "cuda") throw new ValueError(`Expected a cuda device, but got: ${place}`);
    index = place.index;
  }
  if (index !== null) return index;
  if (!optional) {
    throw new ValueError(
      `Expected a torch.device with a specified index or an integer, but got:${device === undefined ? "None" : (device ?? "None")}`,
    );
  }
  return currentIndex();
}

/** torch._utils._get_current_device_index(): -1 without a device. */
export const currentIndex = (): number => (hasDevice() ? native.currentDevice() : -1);
