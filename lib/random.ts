import { inspect } from "node:util";
import type { Tensor } from "./_tensor.js";
import { binder, def } from "./arguments/function.js";
import { BOOL, INT, kindOf, typeName } from "./arguments/kinds.js";
import { mode } from "./arguments/mode.js";
import { type GeneratorHandle, native } from "./binding.js";
import { callable } from "./callable.js";
import { type device, deviceOf, toDevice } from "./device.js";
import { uint8 } from "./dtype.js";
import { RuntimeError, ValueError } from "./errors.js";
import { strided } from "./layout.js";
import type { Entered } from "./modes.js";
import { int } from "./python/numbers.js";
import { handleOf, TensorBase, wrap } from "./tensor_base.js";
import type { DeviceLike } from "./types.js";

/** A seed of 64 bits, as the addon takes it. */
function toSeed(seed: number | bigint): bigint {
  const exact = BigInt(seed);
  if (exact >= 2n ** 64n || exact < -(2n ** 63n)) throw new ValueError("Overflow when unpacking long long");
  return exact;
}

let read: (generator: GeneratorClass) => GeneratorHandle;

/** The class behind `Generator`. */
export class GeneratorClass {
  #handle: GeneratorHandle;

  constructor(device: device | string | { device: device | string } = "cpu", handle?: GeneratorHandle) {
    if (handle) {
      this.#handle = handle;
    } else {
      const place = toDevice(device as device | string);
      this.#handle = native.newGenerator(place.code, place.index ?? -1);
    }
  }

  static {
    read = (generator) => generator.#handle;
  }

  /** Where the generator's numbers are made. */
  get device(): device {
    return deviceOf(native.generatorDevice(this.#handle));
  }

  /**
   * Starts the sequence that belongs to a seed; a negative one stands for 2**64 plus it.
   *
   * Throws RuntimeError for what is no int, and ValueError for one beyond 64 bits.
   */
  manual_seed(seed: number | bigint): this {
    const kind = kindOf(seed);
    if (kind !== INT && kind !== BOOL) {
      throw new RuntimeError(`manual_seed expected a long, but got ${typeName(seed)}`);
    }
    native.generatorManualSeed(this.#handle, toSeed(seed));
    return this;
  }

  /** Takes a seed from the system's randomness and returns it. */
  seed(): number | bigint {
    return native.generatorSeed(this.#handle);
  }

  /** The seed that the sequence began with. */
  initial_seed(): number | bigint {
    return native.generatorInitialSeed(this.#handle);
  }

  /** The state, as a uint8 tensor. */
  get_state(): Tensor {
    return wrap(native.generatorGetState(this.#handle));
  }

  /** Continues from a state that get_state() returned. */
  set_state(state: Tensor): void {
    if (!(state instanceof TensorBase)) {
      throw new TypeError(`expected a torch.ByteTensor, but got ${typeName(state)}`);
    }
    if (state.dtype !== uint8 || state.layout !== strided || state.device.type !== "cpu") {
      throw new TypeError("RNG state must be a torch.ByteTensor");
    }
    native.generatorSetState(this.#handle, handleOf(state));
  }

  /** How many numbers a CUDA generator has made since its seed; RuntimeError for the CPU's. */
  get_offset(): number | bigint {
    return native.generatorGetOffset(this.#handle);
  }

  /** Sets how many numbers a CUDA generator has made, a multiple of 4; RuntimeError for the CPU's. */
  set_offset(offset: number | bigint): void {
    native.generatorSetOffset(this.#handle, offset);
  }

  /** A generator that continues as this one would. */
  clone_state(): Generator {
    const copy = new GeneratorClass(this.device);
    copy.set_state(this.get_state());
    return copy;
  }

  /** A generator whose state is this one's, in a way that captured graphs keep; NotImplementedError for the CPU's. */
  graphsafe_get_state(): Generator {
    const state = native.generatorGraphsafeGetState(this.#handle);
    return new GeneratorClass(this.device, state);
  }

  /** Takes the state that graphsafe_get_state() of another generator returned; NotImplementedError for the CPU's. */
  graphsafe_set_state(state: Generator): void {
    if (!(state instanceof GeneratorClass)) throw new TypeError(`expected a Generator, but got ${typeName(state)}`);
    native.generatorGraphsafeSetState(this.#handle, state.#handle);
  }

  /**
   * Reserves numbers of a CUDA generator's stream for a kernel of one's own: the seed, the offset and the offset within
   * the graph that is being captured, each an int64 tensor of one element; NotImplementedError for the CPU's.
   */
  philox_state(increment: number | bigint): [seed: Tensor, offset: Tensor, intragraph_offset: Tensor] {
    return native.generatorPhiloxState(this.#handle, increment).map(wrap) as [Tensor, Tensor, Tensor];
  }

  __deepcopy__(): Generator {
    return this.clone_state();
  }

  toString(): string {
    return "<torch._C.Generator object>";
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
Object.defineProperty(GeneratorClass, "name", { value: "Generator" });

const bindDevice = binder("Generator", ["device"], 0);

/**
 * A source of random numbers: `torch.Generator()`, `torch.Generator({ device: "cuda" })`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Generator.html}
 */
export const Generator = callable(
  new Proxy(GeneratorClass, {
    construct: (target, args, newTarget) => Reflect.construct(target, bindDevice(args), newTarget),
  }),
);
export type Generator = GeneratorClass;

/** @internal */
export function generatorHandle(generator: Generator): GeneratorHandle {
  return read(generator);
}

/** The generator that random operations on the CPU use by default. */
export const default_generator: Generator = new GeneratorClass("cpu", native.defaultGenerator(0, -1));

/**
 * Seeds the default generators of all devices; returns the CPU's.
 *
 * `manual_seed(seed) -> Generator`
 *
 * Throws as Python's int() does for what is no number, and ValueError for a seed beyond 64 bits.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.manual_seed.html}
 */
export const manual_seed = def("manual_seed", ["seed"], (seed: number | bigint): Generator => {
  native.manualSeed(toSeed(int(seed)));
  return default_generator;
});

/**
 * Seeds the default generator from the system's randomness and returns the seed.
 *
 * `seed() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.seed.html}
 */
export const seed = def("seed", [], (): number | bigint => {
  const value = default_generator.seed();
  native.manualSeed(value);
  return value;
});

/**
 * The seed that the default generator began with.
 *
 * `initial_seed() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.initial_seed.html}
 */
export const initial_seed = def("initial_seed", [], (): number | bigint => default_generator.initial_seed());

/**
 * The default generator's state, as a uint8 tensor.
 *
 * `get_rng_state() -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_rng_state.html}
 */
export const get_rng_state = def("get_rng_state", [], (): Tensor => default_generator.get_state());

/**
 * Sets the default generator's state.
 *
 * `set_rng_state(new_state) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_rng_state.html}
 */
export const set_rng_state = def("set_rng_state", ["new_state"], (new_state: Tensor): void => {
  default_generator.set_state(new_state);
});

/** The generator of a DataLoader's worker thread; null elsewhere, which stands for the default one. */
export function thread_safe_generator(): Generator | null {
  return null;
}
/** What fork_rng() takes by keyword. */
export interface ForkRngOptions {
  devices?: Iterable<DeviceLike> | null;
  enabled?: boolean;
  device_type?: string;
}

/** The type of fork_rng(). */
export interface ForkRng {
  <T>(body: () => T): T;
  <T>(options: ForkRngOptions, body: () => T): T;
  (options?: ForkRngOptions): Entered;
}

/** The default generators of the CPU and of devices of a type. */
function generatorsOf(devices: Iterable<DeviceLike> | null, device_type: string): Generator[] {
  const code = toDevice(device_type).code;
  const count = native.accelerator() === code ? native.deviceCount() : 0;
  const places = devices === null ? Array.from({ length: count }, (_, index) => index) : [...devices];
  const indices = places.map((place) => (typeof place === "number" ? place : (toDevice(place).index ?? 0)));
  return [
    default_generator,
    ...indices.map((index) => new GeneratorClass(`${device_type}:${index}`, native.defaultGenerator(code, index))),
  ];
}

/**
 * A mode after which the generators of the CPU, and of all or the given devices, continue as if nothing had been drawn.
 *
 * `fork_rng(devices=None, enabled=True, _caller='fork_rng', _devices_kw='devices', device_type=None) -> Generator`
 *
 * {@link https://docs.pytorch.org/docs/2.15/random.html#torch.random.fork_rng}
 */
export const fork_rng: ForkRng = mode(
  "random.fork_rng",
  ["devices", "enabled", "device_type"],
  (devices: Iterable<DeviceLike> | null = null, enabled = true, device_type = "cuda") =>
    () => {
      const generators = enabled ? generatorsOf(devices, device_type) : [];
      const states = generators.map((generator) => generator.get_state());
      return () => {
        for (const [i, generator] of generators.entries()) generator.set_state(states[i]);
      };
    },
);
