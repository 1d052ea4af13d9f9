// Loading a package's library: what it was compiled for is compared with what is here, before code of it runs.

import { parseJson } from "../../_export/serde/union.js";
import { loadTorchStub, native, type StateHandle } from "../../binding.js";
import { get_capabilities } from "../../cpu/index.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { repr } from "../../python/repr.js";
import type { FileLike } from "../../serialization/file_like.js";
import { type ModelFiles, withModelFiles } from "./_unpack.js";

interface Options {
  readonly model_name: string;
  readonly run_single_threaded: boolean;
  readonly num_runners: number;
  readonly device_index: number;
  readonly use_stream_affinity: boolean;
}

type Metadata = Readonly<Record<string, string>>;

const AGAIN = "compile the model with torch._inductor.aoti_compile_and_package()";

function libraryOf({ names }: ModelFiles): string {
  const libraries = names.filter((name) => /\.(so|pyd)$/.test(name));
  const wrappers = libraries.filter((name) => name.includes(".wrapper."));
  const found = wrappers.length > 0 ? wrappers : libraries;
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    throw new RuntimeError(`Multiple wrapper shared libraries found in AOTI package: ${repr(found)}`);
  }
  if (!names.some((name) => name.endsWith(".cpp"))) {
    throw new RuntimeError(`Failed to find a generated cpp file or so file in the package: ${AGAIN} anew.`);
  }
  throw new RuntimeError(
    `The package holds no library of the model, only its source (it was made with aot_inductor.package_cpp_only): ${AGAIN} without that option.`,
  );
}

function metadataOf(files: ModelFiles, library: string): Metadata {
  const name = library.replace(/\.(so|pyd)$/, "_metadata.json");
  if (!files.names.includes(name)) {
    throw new RuntimeError(`Failed to find wrapper metadata for the model: the package has no ${name}. ${AGAIN}.`);
  }
  const metadata = parseJson(files.text(name), name);
  const isRecord = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  if (!isRecord || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new RuntimeError(`${name} of the package must hold an object of strings`);
  }
  return metadata as Metadata;
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", win32: "windows" };
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  x64: ["x86_64", "amd64"],
  arm64: ["aarch64", "arm64"],
};

/** The names that cpuinfo has for the instruction sets that inductor writes. */
const INSTRUCTIONS: Readonly<Record<string, string>> = {
  AVX2: "avx2",
  AVX512: "avx512_f",
  AVX512_VNNI: "avx512_vnni",
  AMX_TILE: "amx_tile",
  NEON: "neon",
  SVE256: "sve",
};

/** Throws RuntimeError for a package that was compiled for another machine. */
function checkMachine({ AOTI_PLATFORM: platform, AOTI_MACHINE: machine, AOTI_CPU_ISA: isa }: Metadata): void {
  const here = `${PLATFORMS[process.platform] ?? process.platform} on ${MACHINES[process.arch]?.[0] ?? process.arch}`;
  const isOther = platform !== undefined && platform.toLowerCase() !== PLATFORMS[process.platform];
  const isForeign = machine !== undefined && !MACHINES[process.arch]?.includes(machine.toLowerCase());
  if (isOther || isForeign) {
    throw new RuntimeError(
      `The package was compiled for ${platform} on ${machine}, and this is ${here}: ${AGAIN} there.`,
    );
  }
  const can = get_capabilities();
  const lacking = (isa ?? "").split(/\s+/).filter((name) => name in INSTRUCTIONS && can[INSTRUCTIONS[name]] !== true);
  if (lacking.length === 0) return;
  throw new RuntimeError(
    `The package was compiled for a CPU with ${lacking.join(" and ")}, which this one lacks: ${AGAIN} on a machine like this one, or for less (torch._inductor.config.cpp.march and cpp.simdlen).`,
  );
}

/** Adds to an error of the system's loader what can be done about it. */
function advise(error: unknown): unknown {
  if (!(error instanceof RuntimeError)) return error;
  const { message } = error;
  const cure = /undefined symbol|symbol lookup|Symbol not found/.test(message)
    ? `It was compiled by another version of PyTorch than ${native.config().torch}, which runs here: ${AGAIN} of that version. If the symbol is an operator's of another library, load that library first with torch.ops.load_library().`
    : /version `?\w+_[\d.]+'? not found/.test(message)
      ? "It was compiled on a newer system: compile it on one as old as this, or run on a newer one."
      : /failed to map segment|Operation not permitted/.test(message)
        ? "The folder for temporary files does not allow code (it may be mounted with noexec): set TMPDIR to one that does."
        : /libgomp/.test(message)
          ? "It needs the OpenMP library of the compiler: apt-get install libgomp1."
          : /ELF|file too short|cannot read file data|not a mach-o/.test(message)
            ? "The package is damaged, or of another machine."
            : /libtorch_cuda|libcuda/.test(message)
              ? "It was compiled for CUDA, and libtorch was installed for the CPU: compile it for the CPU, or run npx tstorch install cuda."
              : null;
  return cure === null ? error : new RuntimeError(`${message}\n${cure}`, { cause: error });
}

function check({ num_runners, device_index }: Options): void {
  if (!Number.isInteger(num_runners) || num_runners < 1) {
    throw new ValueError(`num_runners must be a positive integer, not ${repr(num_runners)}`);
  }
  if (!Number.isInteger(device_index) || device_index < -1) {
    throw new ValueError(`device_index must be -1 or the number of a device, not ${repr(device_index)}`);
  }
}

/** Sources and what they were compiled with. */
const NOT_NEEDED = /\.(cpp|h|o|c|txt)$|_flags\.json$/;

/** Loads a library that AOTInductor made, for a device. */
export function loadLibraryFor(
  library: string,
  device: string,
  { run_single_threaded, num_runners, use_stream_affinity }: Omit<Options, "model_name" | "device_index">,
  folder = "",
  weights = "",
): StateHandle {
  loadTorchStub();
  try {
    return native.aotiLoad(library, device, folder, num_runners, run_single_threaded, use_stream_affinity, weights);
  } catch (error) {
    throw advise(error);
  }
}

/** Loads a model of a package. */
export function loadCompiled(path: FileLike, options: Options): { handle: StateHandle; metadata: Metadata } {
  check(options);
  return withModelFiles(path, options.model_name, (files) => {
    const library = libraryOf(files);
    const metadata = metadataOf(files, library);
    checkMachine(metadata);
    const { AOTI_DEVICE_KEY: key = "cpu" } = metadata;
    const device = key === "cpu" || options.device_index === -1 ? key : `${key}:${options.device_index}`;
    const folder = files.place(files.names.filter((name) => !NOT_NEEDED.test(name)));
    // A library is in memory when it is loaded; Windows keeps its file, and kernels for a GPU are read when they run first.
    const isInUse = () => process.platform === "win32" || key !== "cpu";
    let isLoaded = false;
    try {
      const weights = files.names.find((name) => name.endsWith(".blob"));
      const at = (name: string) => `${folder.path}/${name}`;
      const handle = loadLibraryFor(at(library), device, options, folder.path, weights ? at(weights) : "");
      isLoaded = true;
      return { handle, metadata };
    } finally {
      if (!isLoaded || !isInUse()) folder.remove();
    }
  });
}
