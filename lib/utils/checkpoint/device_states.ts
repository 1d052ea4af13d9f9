// What of the world outside its arguments a function's result depends on: random numbers and autocast.

import type { Tensor } from "../../_tensor.js";
import {
  autocast,
  get_autocast_dtype,
  is_autocast_available,
  is_autocast_cache_enabled,
  is_autocast_enabled,
} from "../../amp/autocast_mode.js";
import { def, isPlainObject } from "../../arguments/function.js";
import { native } from "../../binding.js";
import { device } from "../../device.js";
import { fork_rng, GeneratorClass, get_rng_state, set_rng_state } from "../../random.js";
import { TensorBase } from "../../tensor_base.js";

/** The tensors in a value, arrays and plain objects looked into. */
export function* tensorsIn(value: unknown): Generator<Tensor> {
  if (value instanceof TensorBase) yield value as Tensor;
  else if (Array.isArray(value)) for (const element of value) yield* tensorsIn(element);
  else if (isPlainObject(value)) yield* tensorsIn(Object.values(value));
}

const deviceTensors = (args: readonly unknown[]): Tensor[] =>
  [...tensorsIn(args)].filter((tensor) => !["cpu", "meta"].includes(tensor.device.type));

let defaultDeviceType: string | null = null;

/**
 * The type of device whose random numbers and autocast checkpoints keep where no argument is on a device: the
 * accelerator's, or the CPU.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.DefaultDeviceType}
 */
export const DefaultDeviceType = {
  set_device_type: def("set_device_type", ["device"], (device = "cuda"): void => {
    defaultDeviceType = device;
  }),
  get_device_type: def("get_device_type", [], (): string => {
    defaultDeviceType ??= native.accelerator() === 1 && native.deviceCount() > 0 ? "cuda" : "cpu";
    return defaultDeviceType;
  }),
};

/** @internal The type of device whose state is kept along with the CPU's: the arguments', or the accelerator's. */
export function inferDeviceType(args: readonly unknown[]): string {
  const types = deviceTensors(args).map((tensor) => tensor.device.type);
  if (types.length === 0) return DefaultDeviceType.get_device_type();
  return types.includes("cuda") ? "cuda" : types[0];
}

function generatorOf(type: string, index: number): GeneratorClass {
  const place = device(type, index);
  return new GeneratorClass(place, native.defaultGenerator(place.code, index));
}

/** The numbers of the devices that hold tensors among the arguments, and their generators' states. */
export function get_device_states(...args: unknown[]): [devices: number[], states: Tensor[]] {
  const type = inferDeviceType(args);
  const ids = deviceTensors(args).map((tensor) => tensor.get_device());
  return [ids, ids.map((id) => generatorOf(type, id).get_state())];
}

/** Sets the states of devices' generators. */
export const set_device_states = def(
  "set_device_states",
  ["devices", "states", "*", "device_type"],
  (devices: readonly number[], states: readonly Tensor[], device_type: string | null = null): void => {
    const type = device_type ?? DefaultDeviceType.get_device_type();
    if (type === "meta") return;
    for (const [i, id] of devices.entries()) generatorOf(type, id).set_state(states[i]);
  },
);

/** @internal A mode that brings back how random numbers stood when it was made. */
export function rngMode(args: readonly unknown[], preserve: boolean): <T>(body: () => T) => T {
  if (!preserve) return (body) => body();
  const device_type = inferDeviceType(args);
  const cpu = get_rng_state();
  const [devices, states] = device_type === "cpu" ? [[], []] : get_device_states(...args);
  return (body) =>
    fork_rng({ devices, device_type }, () => {
      set_rng_state(cpu);
      set_device_states(devices, states, { device_type });
      return body();
    });
}

/** @internal A mode that brings back how autocast stood when it was made. */
export function autocastMode(device_type: string): <T>(body: () => T) => T {
  const types = [...new Set(["cpu", device_type])].filter((device_type) => is_autocast_available(device_type));
  const settings = types.map((type) => ({
    device_type: type,
    enabled: is_autocast_enabled(type),
    dtype: get_autocast_dtype(type),
    cache_enabled: is_autocast_cache_enabled(),
  }));
  return <T>(body: () => T): T => settings.reduce<() => T>((inner, options) => () => autocast(options, inner), body)();
}
