// Finds and loads libtorch and the addon, once, and gives the addon what it needs of JavaScript.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";
import * as errors from "./errors.js";
import { findLibtorch, missingLibtorch } from "./install/find.js";
import type { Native, StateHandle } from "./native.js";

export type * from "./native.js";

interface Loader {
  /** Loads a shared library for the whole process; returns "" or what went wrong. */
  loadLibrary(path: string): string;
}

const require = createRequire(import.meta.url);
const own = dirname(fileURLToPath(import.meta.url));
const root = dirname(own);
const librarySuffix = { darwin: "dylib", win32: "dll" }[process.platform as string] ?? "so";
const libraryPrefix = process.platform === "win32" ? "" : "lib";

/** The folders that may hold the addon: another build to be tested, one built in a checkout, or prebuilt in the package. */
function addonFolders(): string[] {
  if (process.env.TSTORCH_ADDON) return [process.env.TSTORCH_ADDON];
  return [join(root, "build", "Release"), join(root, "prebuilds", `${process.platform}-${process.arch}`)];
}

/** Where the addon and its loader are, whether or not they can be loaded; throws if there are none. */
export function describeBinding(): { addon: string; loader: string } {
  for (const folder of addonFolders()) {
    for (const addon of ["tstorch.node", "tstorch.glibc.node"]) {
      const loader = join(folder, `loader.${librarySuffix}`);
      if (existsSync(join(folder, addon)) && existsSync(loader)) return { addon: join(folder, addon), loader };
    }
  }
  throw new Error(
    [
      `tstorch has no addon for ${process.platform}-${process.arch}. Looked in:`,
      ...addonFolders().map((folder) => `  ${folder}`),
      "In a checkout, build it with: npm run setup",
      "From npm, this platform is not prebuilt: see README.md, Limits.",
    ].join("\n"),
  );
}

function loadShared(loader: Loader, path: string): void {
  const problem = loader.loadLibrary(path);
  if (problem) throw new Error(`tstorch cannot load ${path}: ${problem}\nRun: npx tstorch doctor`);
}

function open(path: string): unknown {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports;
}

/** Loads a shared library for the whole process; returns "" or what went wrong. */
export function loadLibrary(path: string): string {
  return (open(describeBinding().loader) as Loader).loadLibrary(path);
}

/** Loads the empty library named libtorch.so, which programs ask for that were linked with all of libtorch (not on Windows). */
export function loadTorchStub(): void {
  if (process.platform === "win32") return;
  const { loader } = describeBinding();
  loadShared(open(loader) as Loader, join(dirname(loader), `torch_stub.${librarySuffix}`));
}

function load(): Native {
  const { addon, loader: loaderPath } = describeBinding();
  const { libtorch, looked } = findLibtorch();
  if (!libtorch) throw new Error(missingLibtorch(looked));
  const loader = open(loaderPath) as Loader;
  const library = (name: string) => join(libtorch.lib, `${libraryPrefix}${name}.${librarySuffix}`);
  loadShared(loader, library("c10"));
  loadShared(loader, library("torch_cpu"));
  // Before the first call of libtorch: afterwards CUDA counts as absent for the whole process.
  if (libtorch.cudaLibrary) loadShared(loader, libtorch.cudaLibrary);
  return require(addon) as Native;
}

const classes: Record<string, unknown> = { ...errors, TypeError, SyntaxError };

/** The error for an exception of libtorch: PyTorch's class and text, the C++ stack aside. */
function makeError(name: string, message: string, stack: StateHandle | null): Error {
  const text = message.replace(
    /\b(Sparse)?(CPU|CUDA)(Byte|Char|Double|Float|Int|Long|Short|Half)Type\b/g,
    (_, sparse, device, type) => `torch.${device === "CUDA" ? "cuda." : ""}${sparse ? "sparse." : ""}${type}Tensor`,
  );
  const error = new ((classes[name] as ErrorConstructor) ?? errors.RuntimeError)(text);
  if (stack) Object.defineProperty(error, "cpp_stack", { get: () => native.cppStack(stack), configurable: true });
  return error;
}

let gc: ((options?: { type: "minor" }) => void) | null = null;

function exposeGarbageCollection(): NonNullable<typeof gc> {
  setFlagsFromString("--expose-gc");
  gc = runInNewContext("gc") as NonNullable<typeof gc>;
  setFlagsFromString("--no-expose-gc");
  return gc;
}

let beforeCollection = (): void => {};

/** Gives what lets go of tensors before each collection that the package asks for. */
export function setBeforeCollection(callback: () => void): void {
  beforeCollection = callback;
}

/** A full garbage collection, for when memory has run out. */
export function collectGarbage(): void {
  beforeCollection();
  (gc ?? exposeGarbageCollection())();
  native.freeDead();
}

/** A collection of young objects by this thread alone: few of them live, and waking others takes longer than they help. */
function collectYoungGarbage(): void {
  const collect = gc ?? exposeGarbageCollection();
  beforeCollection();
  setFlagsFromString("--no-parallel-scavenge");
  collect({ type: "minor" });
  setFlagsFromString("--parallel-scavenge");
}

/** The calls that are running, the package's own left out: where the user's code made a node of the graph. */
function captureStack(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  const lines = stack.split("\n").filter((line) => line.startsWith("    at ") && !line.includes(own));
  return `${lines.join("\n")}\n`;
}

const tracerWarned = new Set<string>();

/** The functions that take a value out of a trace, and those between them and the warning. */
const READS =
  /(warnOfTrace|emitWarning|warnConstant|item|tolist|numpy|shape|size|length|tensor|from_numpy|\[?Symbol\.(toPrimitive|iterator)\]?)( \[as [^\]]*\])? \(/;

/** Warns of what a trace does not record, once for each place in the user's code; the package's own checks do not count. */
function warnOfTrace(message: string): void {
  const { stack = "" } = new Error();
  const lines = stack.split("\n").filter((line) => line.startsWith("    at "));
  const caller = lines.find((line) => !(line.includes(own) && READS.test(line))) ?? "";
  if (caller.includes(own) || tracerWarned.has(caller + message)) return;
  tracerWarned.add(caller + message);
  process.emitWarning(message, "TracerWarning");
}

function emitWarning(category: string, message: string): void {
  if (category === "TracerWarning") warnOfTrace(message);
  else process.emitWarning(message, category);
}

/** The addon. */
export const native: Native = load();

native.initialise(
  {
    makeError,
    emitWarning,
    collect: collectGarbage,
    collectYoung: collectYoungGarbage,
    captureStack,
  },
  !isMainThread,
);
