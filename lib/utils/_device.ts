// torch/utils/_device.py: the device of tensors that are made without one.

import type { device } from "../device.js";
import { followAsync } from "../modes.js";

let CURRENT_DEVICE: device | null = null;

/** The device of tensors that are made without one; null stands for the CPU. */
export function currentDevice(): device | null {
  followAsync();
  return CURRENT_DEVICE;
}

/** Makes a device, null for the CPU, that of tensors that are made without one, until what it returns is called. */
export function enterDevice(device: device | null): () => void {
  const before = CURRENT_DEVICE;
  CURRENT_DEVICE = device;
  return () => {
    CURRENT_DEVICE = before;
  };
}

/** The functions of the generated table that make tensors on a device of their own, not on that of an argument. */
export const _device_constructors: ReadonlySet<string> = new Set([
  "empty",
  "empty_permuted",
  "empty_strided",
  "ones",
  "arange",
  "bartlett_window",
  "blackman_window",
  "eye",
  "fft_fftfreq",
  "fft_rfftfreq",
  "full",
  "hamming_window",
  "hann_window",
  "kaiser_window",
  "linspace",
  "logspace",
  "rand",
  "randn",
  "randint",
  "randperm",
  "range",
  "tril_indices",
  "triu_indices",
  "zeros",
  "scalar_tensor",
]);
