// torch/cuda/random.py

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { deviceOf, toDevice } from "../device.js";
import { int } from "../python/numbers.js";
import { type Generator, GeneratorClass } from "../random.js";
import type { DeviceLike } from "../types.js";
import { CUDA, hasDevice, lazyCall, lazyInit } from "./_utils.js";

/** @internal The default generator of a device. */
export const defaultGenerator = (index: number): Generator =>
  new GeneratorClass(deviceOf(CUDA * 256 + index + 1), native.defaultGenerator(CUDA, index));

/** The generator that a device argument names, of the current device for "cuda". */
function generatorOf(device: DeviceLike): Generator {
  const index = typeof device === "number" ? device : toDevice(device).index;
  return defaultGenerator(index ?? native.currentDevice());
}

const count = (): number => (hasDevice() ? native.deviceCount() : 0);

/**
 * The state of a device's default generator, as a uint8 tensor.
 *
 * `get_rng_state(device='cuda') -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_rng_state.html}
 */
export const get_rng_state = def("get_rng_state", ["device"], (device: DeviceLike = "cuda"): Tensor => {
  lazyInit();
  return generatorOf(device).get_state();
});

/**
 * The states of the default generators of all devices.
 *
 * `get_rng_state_all() -> list[Tensor]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.get_rng_state_all.html}
 */
export const get_rng_state_all = def("get_rng_state_all", [], (): Tensor[] =>
  Array.from({ length: count() }, (_, index) => get_rng_state(index)),
);

/**
 * Sets the state of a device's default generator; does nothing without a device.
 *
 * `set_rng_state(new_state, device='cuda') -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.set_rng_state.html}
 */
export const set_rng_state = def(
  "set_rng_state",
  ["new_state", "device"],
  (new_state: Tensor, device: DeviceLike = "cuda"): void => {
    lazyCall(() => generatorOf(device).set_state(new_state));
  },
);

/**
 * Sets the states of the default generators of all devices.
 *
 * `set_rng_state_all(new_states) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.set_rng_state_all.html}
 */
export const set_rng_state_all = def("set_rng_state_all", ["new_states"], (new_states: Iterable<Tensor>): void => {
  let index = 0;
  for (const state of new_states) set_rng_state(state, index++);
});

/**
 * Seeds the generator of the current CUDA device; does nothing without one.
 *
 * `manual_seed(seed) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.manual_seed.html}
 */
export const manual_seed = def("manual_seed", ["seed"], (seed: number | bigint): void => {
  const exact = int(seed);
  lazyCall(() => defaultGenerator(native.currentDevice()).manual_seed(exact));
});

/**
 * Seeds the generators of all CUDA devices; does nothing without one.
 *
 * `manual_seed_all(seed) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.manual_seed_all.html}
 */
export const manual_seed_all = def("manual_seed_all", ["seed"], (seed: number | bigint): void => {
  const exact = int(seed);
  for (let index = 0; index < count(); index++) defaultGenerator(index).manual_seed(exact);
});

/**
 * Seeds the generator of the current CUDA device from the system's randomness; does nothing without one.
 *
 * `seed() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.seed.html}
 */
export const seed = def("seed", [], (): void => {
  lazyCall(() => void defaultGenerator(native.currentDevice()).seed());
});

/**
 * Seeds the generators of all CUDA devices alike, from the system's randomness; does nothing without one.
 *
 * `seed_all() -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.seed_all.html}
 */
export const seed_all = def("seed_all", [], (): void => {
  lazyCall(() => manual_seed_all(defaultGenerator(0).seed()));
});

/**
 * The seed that the generator of the current CUDA device began with.
 *
 * `initial_seed() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.initial_seed.html}
 */
export const initial_seed = def("initial_seed", [], (): number | bigint => {
  lazyInit();
  return defaultGenerator(native.currentDevice()).initial_seed();
});
