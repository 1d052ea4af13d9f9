import fs from "node:fs";
import os from "node:os";
import { findLibtorch } from "./find.js";
import { megabytes } from "./progress.js";
import { readSettings } from "./settings.js";
import { cLibrary, nvidiaDriver, systemName } from "./system.js";

/** The part of lib/binding.ts that a bug report needs; everything is optional, for it may be what is broken. */
type Binding = {
  describeBinding?(): { addon?: string; loader?: string };
  native?: {
    config?(): { torch?: string; cpuCapability?: string; threads?: number; build?: string };
    deviceCount?(): number;
    deviceName?(index: number): string;
  };
};

type Print = (name: string, value: unknown) => void;

const shownVariables =
  /^(TSTORCH_.*|PIP_INDEX_URL|HTTPS?_PROXY|NO_PROXY|LD_LIBRARY_PATH|LD_PRELOAD|OMP_NUM_THREADS|NODE_OPTIONS)$/i;

/** Prints what a bug report needs; returns 1 when libtorch or the addon does not work. */
export async function doctor(): Promise<number> {
  const print: Print = (name, value) => console.log(`${`${name}:`.padEnd(12)}${value}`);
  printMachine(print);
  const hasLibtorch = printLibtorch(print);
  const works = await printAddon(print);
  if (!hasLibtorch) console.log("To get libtorch, run: npx tstorch install");
  return hasLibtorch && works ? 0 : 1;
}

function printMachine(print: Print) {
  const manifest = new URL("../../package.json", import.meta.url);
  print("tstorch", JSON.parse(fs.readFileSync(manifest, "utf8")).version);
  print("node", `${process.version}, ${process.execPath}`);
  print("system", [systemName(), os.arch(), cLibrary()].filter(Boolean).join(", "));
  print("machine", `${os.cpus().length} x ${os.cpus()[0]?.model ?? "unknown CPU"}, ${megabytes(os.totalmem())}`);
  for (const [name, value = ""] of Object.entries(process.env)) {
    if (shownVariables.test(name)) print("variable", `${name}=${value.replace(/\/\/[^@/]*@/, "//***@")}`);
  }
}

function printLibtorch(print: Print): boolean {
  const { libtorch, looked } = findLibtorch(readSettings());
  for (const { place, reason } of looked) print("looked at", `${place}: ${reason}`);
  print("libtorch", libtorch ? `${libtorch.version}, ${libtorch.device}, from: ${libtorch.source}` : "none");
  if (libtorch) {
    print("libraries", libtorch.lib);
    print("headers", fs.existsSync(libtorch.include) ? libtorch.include : "none");
  }
  print("CUDA", `driver ${nvidiaDriver() ?? "none"}, libtorch_cuda ${libtorch?.cudaLibrary ?? "none"}`);
  return libtorch !== undefined;
}

async function printAddon(print: Print): Promise<boolean> {
  try {
    const binding: Binding = await import(new URL("../binding.js", import.meta.url).href);
    const { addon, loader } = binding.describeBinding?.() ?? {};
    print("addon", `${addon}, ${loader}`);
    const { native } = binding;
    const config = native?.config?.();
    if (!config) throw new Error("it does not say how it was built");
    print("torch", config.torch);
    print("CPU", `${config.cpuCapability}, ${config.threads} threads`);
    const count = native?.deviceCount?.() ?? 0;
    print("devices", Array.from({ length: count }, (_, i) => native?.deviceName?.(i)).join(", ") || "none but the CPU");
    print("build", config.build?.trim());
    return true;
  } catch (error) {
    print("addon", error instanceof Error ? error.message : error);
    return false;
  }
}
