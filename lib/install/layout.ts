import fs from "node:fs";
import path from "node:path";
import type { Settings } from "./settings.js";
import type { Device } from "./wheels.js";

/** A libtorch on this machine. */
export type Libtorch = {
  /** The folder that holds `lib` and `include`: `torch` in a wheel's layout. */
  root: string;
  lib: string;
  include: string;
  version: string;
  device: Device;
  /** "cache": fetched by the installer; "folder": named by `install --from`. */
  source: "TSTORCH_LIBTORCH" | "cache" | "folder" | "python";
  /** libtorch_cuda, where this libtorch has one. */
  cudaLibrary?: string;
};

/** Looks at a directory; returns the libtorch in it, or a sentence that says why there is none to use. */
export function inspect(directory: string, source: Libtorch["source"], settings: Settings): Libtorch | string {
  const library = (name: string) => libraryName(name, settings.platform);
  const roots = [directory, path.join(directory, "torch"), path.join(directory, "libtorch")];
  const root = roots.find((root) => fs.existsSync(path.join(root, "lib", library("torch_cpu"))));
  if (!root) return `there is no ${path.join("lib", library("torch_cpu"))} in it`;
  const version = readVersion(root);
  if (!version) return "it does not say which version it is";
  if (!settings.anyVersion && minor(version) !== minor(settings.version)) {
    return `it is libtorch ${version}, not ${settings.version}; TSTORCH_ANY_VERSION=1 accepts it`;
  }
  const lib = path.join(root, "lib");
  const cudaLibrary = path.join(lib, library("torch_cuda"));
  const cuda = fs.existsSync(cudaLibrary);
  return {
    root,
    lib,
    include: path.join(root, "include"),
    version,
    device: cuda ? "cuda" : "cpu",
    source,
    ...(cuda && { cudaLibrary }),
  };
}

/** The version without what follows it in a build's name: "2.15.0" of "2.15.0+cu132". */
export function release(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}

function minor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function libraryName(name: string, platform: string): string {
  if (platform.startsWith("win32")) return `${name}.dll`;
  return platform.startsWith("darwin") ? `lib${name}.dylib` : `lib${name}.so`;
}

function readVersion(root: string): string | undefined {
  const read = (...names: string[]) => {
    const file = path.join(root, ...names);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  };
  const python = /^__version__ = ['"](.+)['"]/m.exec(read("version.py"));
  if (python) return python[1];
  const build = read("build-version").trim();
  if (build) return build;
  const header = read("include", "torch", "headeronly", "version.h");
  const [major, minor, patch] = ["MAJOR", "MINOR", "PATCH"].map(
    (part) => new RegExp(`define TORCH_VERSION_${part} (\\d+)`).exec(header)?.[1],
  );
  return major && minor && patch ? `${major}.${minor}.${patch}` : undefined;
}
