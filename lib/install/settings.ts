import os from "node:os";
import path from "node:path";
import { type Device, type Wheel, wheels } from "./wheels.js";

/** The libtorch that this version of tstorch is made for. */
export const version = "2.15.0";

/** How requests are made: sizes in bytes, times in milliseconds. */
export type Network = {
  timeout: number;
  tries: number;
  pause: number;
  block: number;
  request: number;
  parallel: number;
};

/** Everything that the installer and the search for libtorch depend on. */
export type Settings = {
  version: string;
  /** TSTORCH_ANY_VERSION=1: another libtorch than `version` is taken too. */
  anyVersion: boolean;
  /** `process.platform`-`process.arch`. */
  platform: string;
  /** TSTORCH_CACHE, else the cache folder of the operating system. */
  cache: string;
  /** TSTORCH_LIBTORCH: a directory that holds libtorch. */
  libtorch?: string;
  /** TSTORCH_INDEX or PIP_INDEX_URL: the package index, where it is not pip's own setting. */
  index?: string;
  /** The commands that may be Python, best first. */
  pythons: string[];
  /** The pinned wheels of this platform; none where tstorch does not support it. */
  wheels: Wheel[];
  network: Network;
};

/** Reads the settings from the environment. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const platform = `${process.platform}-${process.arch}`;
  return {
    version,
    anyVersion: env.TSTORCH_ANY_VERSION === "1",
    platform,
    cache: path.resolve(env.TSTORCH_CACHE || systemCache(env)),
    libtorch: env.TSTORCH_LIBTORCH ? path.resolve(env.TSTORCH_LIBTORCH) : undefined,
    index: env.TSTORCH_INDEX || env.PIP_INDEX_URL || undefined,
    pythons: process.platform === "win32" ? ["python", "py"] : ["python3", "python"],
    wheels: wheels[platform] ?? [],
    network: { timeout: 30_000, tries: 5, pause: 500, block: 2 ** 18, request: 2 ** 24, parallel: 4 },
  };
}

function systemCache(env: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") {
    return path.join(env.LOCALAPPDATA || path.join(os.homedir(), "AppData", "Local"), "tstorch", "Cache");
  }
  if (process.platform === "darwin") return path.join(os.homedir(), "Library", "Caches", "tstorch");
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "tstorch");
}

const headers = ["torch/version.py", "torch/include/"];

const inFolder = (folder: string, names: string[]) => names.map((name) => folder + name);

const linux = [
  ...headers,
  ...inFolder("torch/lib/", ["libtorch_cpu.so", "libc10.so", "libgomp.so.1"]),
  ...inFolder("nvidia/cu13/lib/", ["libcudart.so.13", "libcupti.so.13"]),
];

/** What a CPU needs: the headers, and libtorch_cpu with all that it is linked against. */
const cpuMembers: { [platform: string]: string[] } = {
  "linux-x64": linux,
  "linux-arm64": [
    ...linux,
    ...inFolder("torch/lib/", ["libarm_compute.so", "libarm_compute_graph.so"]),
    ...inFolder("torch/lib/libnvpl_", ["blas_core.so.0", "blas_lp64_gomp.so.0"]),
    ...inFolder("torch/lib/libnvpl_", ["lapack_core.so.0", "lapack_lp64_gomp.so.0"]),
  ],
  "darwin-arm64": [...headers, ...inFolder("torch/lib/", ["libtorch_cpu.dylib", "libc10.dylib", "libomp.dylib"])],
  "win32-x64": [
    ...headers,
    ...inFolder("torch/lib/", ["torch_cpu.dll", "torch_cpu.lib", "c10.dll", "c10.lib", "libiomp5md.dll", "uv.dll"]),
  ],
};

/** The members that are taken from an archive of which the layout is not known: a wheel or an official libtorch. */
export const libtorchMembers = [
  ...headers,
  ...inFolder("libtorch/", ["build-version", "include/", "lib/"]),
  ...["torch/lib/", "nvidia/"],
];

/** The members of the pinned wheels that a device needs; a folder ends with a slash. */
export function neededMembers(platform: string, device: Device): string[] {
  return (device === "cpu" && cpuMembers[platform]) || [...headers, "torch/lib/", "nvidia/"];
}
