// torch/accelerator/random.py

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { deviceOf } from "../device.js";
import { Generator } from "../random.js";
import type { DeviceLike } from "../types.js";
import { device_count, indexOf } from "./index.js";

function defaultGenerator(device: DeviceLike | null): Generator {
  const index = indexOf(device);
  const type = native.accelerator() as number; // indexOf() throws where there is none
  return new Generator(deviceOf(type * 256 + index + 1), native.defaultGenerator(type, index));
}

/** The seed that the default generator of a device began with. */
export const initial_seed = def("initial_seed", ["device"], (device: DeviceLike | null = null): number | bigint =>
  defaultGenerator(device).initial_seed(),
);

/** The state of the default generator of a device. */
export const get_rng_state = def(
  "get_rng_state",
  ["device"],
  (device: DeviceLike | null = null): Tensor => defaultGenerator(device).get_state(),
);

/** The states of the default generators of all devices. */
export const get_rng_state_all = def("get_rng_state_all", [], (): Tensor[] =>
  Array.from({ length: device_count() }, (_, i) => get_rng_state(i)),
);
