// Where storages were saved from and are restored to: the registry of torch/serialization.py.

import type { Tensor } from "../_tensor.js";
import { def, isPlainObject } from "../arguments/function.js";
import * as cuda from "../cuda/_device.js";
import { Device, toDevice } from "../device.js";
import { RuntimeError } from "../errors.js";
import { storageBytes, storageOf, TypedStorage, UntypedStorage } from "../storage.js";
import type { device } from "../types.js";

/** A storage of either kind. */
export type Storage = UntypedStorage | TypedStorage;

/** What `map_location` can be: a device for all, new places for old ones, or a function that moves a storage. */
export type MapLocation =
  | string
  | device
  | ReadonlyMap<string, string>
  | Record<string, string>
  | ((storage: UntypedStorage, location: string) => Storage | null | undefined)
  | null;

type Tagger = (storage: Storage) => string | null | undefined;
type Deserializer = (storage: UntypedStorage, location: string) => Storage | null | undefined;

interface Package {
  priority: number;
  tagger: Tagger;
  deserializer: Deserializer;
}

const packages: Package[] = [];

/**
 * Teaches `torch.save()` and `torch.load()` another kind of place: `tagger(storage)` gives its name for storages there,
 * `deserializer(storage, location)` moves a storage there; each returns null for what is not its own. Those of lower
 * priority are asked first.
 *
 * `register_package(priority, tagger, deserializer)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/notes/serialization.html#torch.serialization.register_package}
 */
export const register_package = def(
  "register_package",
  ["priority", "tagger", "deserializer"],
  (priority: number, tagger: Tagger, deserializer: Deserializer): void => {
    packages.push({ priority, tagger, deserializer });
    packages.sort((a, b) => a.priority - b.priority);
  },
);

const ofType = (type: string) => (storage: Storage) => (storage.device.type === type ? String(storage.device) : null);

register_package(10, ofType("cpu"), (storage, location) => (location === "cpu" ? storage : null));
register_package(20, ofType("cuda"), (storage, location) => {
  if (!/^cuda(:|\d|$)/.test(location)) return null;
  return storage.cuda(validate_cuda_device(location));
});
register_package(21, ofType("mps"), (storage, location) =>
  location.startsWith("mps") ? storage.to({ device: location }) : null,
);
register_package(22, ofType("meta"), (storage, location) =>
  location === "meta" ? new UntypedStorage(storage.nbytes(), { device: "meta" }) : null,
);
const builtin = packages.length;

/**
 * The ordinal of a CUDA device by its name. Throws RuntimeError if there is none.
 *
 * `validate_cuda_device(location)`
 */
export const validate_cuda_device = def("validate_cuda_device", ["location"], (location: string): number => {
  if (!cuda.is_available()) {
    throw new RuntimeError(
      "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU.",
    );
  }
  const index = toDevice(location).index ?? cuda.current_device();
  if (index >= cuda.device_count()) {
    throw new RuntimeError(
      `Attempting to deserialize object on CUDA device ${index} but torch.cuda.device_count() is ${cuda.device_count()}. Please use torch.load with map_location to map your storages to an existing device.`,
    );
  }
  return index;
});

/**
 * The name of the place of a storage, for files. Throws RuntimeError for one that no package knows.
 *
 * `location_tag(storage)`
 */
export const location_tag = def("location_tag", ["storage"], (storage: Storage): string => {
  for (const { tagger } of packages) {
    const location = tagger(storage);
    if (location) return location;
  }
  throw new RuntimeError(`don't know how to determine data location of ${storage.type()}`);
});

/**
 * A storage at the place of a name. Throws RuntimeError for a name that no package knows.
 *
 * `default_restore_location(storage, location)`
 */
export const default_restore_location: (storage: UntypedStorage, location: string) => Storage = def(
  "default_restore_location",
  ["storage", "location"],
  (storage: UntypedStorage, location: string): Storage => {
    for (const { deserializer } of packages) {
      const result = deserializer(storage, location);
      if (result !== null && result !== undefined) return result;
    }
    throw new RuntimeError(`don't know how to restore data location of ${storage.type()} (tagged with ${location})`);
  },
);

/** Moves the bytes of a storage to where they belong. */
export type Restore = (bytes: Tensor, location: string) => Tensor;

function restoreTo(bytes: Tensor, location: string): Tensor {
  if (location === "cpu" && packages.length === builtin) return bytes;
  return storageBytes(default_restore_location(storageOf(bytes), location));
}

/** Whether all storages go to the meta device, and their bytes need not be read. */
export function isMeta(map_location: MapLocation): boolean {
  return map_location === "meta" || (map_location instanceof Device && map_location.type === "meta");
}

/** What moves storages for a `map_location`. */
export function restorer(map_location: MapLocation): Restore {
  if (map_location === null) return restoreTo;
  if (typeof map_location === "string" || map_location instanceof Device) {
    return (bytes) => restoreTo(bytes, String(map_location));
  }
  if (typeof map_location === "function") {
    return (bytes, location) => {
      const result = map_location(storageOf(bytes), location);
      if (result === null || result === undefined) return restoreTo(bytes, location);
      if (result instanceof UntypedStorage || result instanceof TypedStorage) return storageBytes(result);
      throw new TypeError("map_location must return a storage or null");
    };
  }
  const places =
    map_location instanceof Map
      ? map_location
      : isPlainObject(map_location)
        ? new Map(Object.entries(map_location))
        : null;
  if (places === null) throw new TypeError("map_location must be a string, a torch.device, a dict or a function");
  return (bytes, location) => restoreTo(bytes, (places.get(location) as string | undefined) ?? location);
}

/** What places the tensors that are not stored as storages: see `_rebuild_device_tensor_from_cpu_tensor`. */
export function placer(map_location: MapLocation): (saved: device | string) => device | string {
  return (saved) => {
    if (map_location === null) return saved;
    if (typeof map_location === "string" || map_location instanceof Device) return map_location;
    if (typeof map_location === "function") {
      throw new RuntimeError(
        "Callable map_location not supported with _rebuild_wrapper_subclass or _rebuild_device_tensor_from_numpy",
      );
    }
    const places = map_location instanceof Map ? map_location : new Map(Object.entries(map_location));
    return places.get(String(saved)) ?? saved;
  };
}
