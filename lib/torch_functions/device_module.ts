// torch.get_device_module of torch/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import * as cpu from "../cpu/index.js";
import * as cuda from "../cuda/index.js";
import { device as Device, deviceOf, toDevice } from "../device.js";
import { RuntimeError } from "../errors.js";
import { str } from "../python/repr.js";

const modules = new Map<string, typeof cpu | typeof cuda>([
  ["cpu", cpu],
  ["cuda", cuda],
]);

/**
 * The module of a device: torch.cuda or torch.cpu; without a device that of the accelerator, or of the CPU if there is none.
 *
 * `get_device_module(device=None) -> module`
 *
 * Throws RuntimeError for devices that have no module.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_device_module.html}
 */
export const get_device_module = def(
  "get_device_module",
  ["device"],
  (device: Device | string | null = null): typeof cpu | typeof cuda => {
    if (device !== null && typeof device !== "string" && !(device instanceof Device)) {
      throw new RuntimeError(`Invalid value of device '${str(device)}', expect torch.device, str, or None`);
    }
    const accelerator = native.accelerator();
    const { type } = device === null ? deviceOf((accelerator ?? 0) * 256) : toDevice(device);
    const module = modules.get(type);
    if (!module) {
      throw new RuntimeError(`Device '${type}' does not have a corresponding module registered as 'torch.${type}'.`);
    }
    return module;
  },
);
