// torch.cpu: torch/cpu/__init__.py, so that code for any device runs on the CPU.

import type { DeviceLike } from "./types.js";

export * as amp from "./cpu/amp/index.js";

/** The CPU is there. */
export function is_available(): boolean {
  return true;
}

/** The CPU is ready. */
export function is_initialized(): boolean {
  return true;
}

/** One. */
export function device_count(): number {
  return 1;
}

/** "cpu". */
export function current_device(): string {
  return "cpu";
}

/** Does nothing. */
export function set_device(_device: DeviceLike): void {}

/** Does nothing: the CPU's work is done when its call returns. */
export function synchronize(_device: DeviceLike | null = null): void {}
