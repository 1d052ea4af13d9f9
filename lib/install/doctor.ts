import fs from "node:fs";
import os from "node:os";
import { findLibtorch } from "./find.js";
import { megabytes } from "./progress.js";
import { readSettings } from "./settings.js";
import { cLibrary, nvidiaDriver, systemName } from "./system.js";

/** What lib/binding.ts tells a bug report; everything is optional, for the addon may be the thing that is broken. */
type Binding = {
  describeBinding?(): { addon?: string; loader?: string };
  native?: { config?(): { torch?: string; cpuCapability?: string; cuda?: unknown; threads?: number } };
};

/** Prints what a bug report needs; returns 1 when libtorch or the addon does not work. */
export async function doctor(print: (line: string) => void = console.log): Promise<number> {
  const settings = readSettings();
  const { libtorch, looked } = findLibtorch(settings);
  const row = (name: string, value: string) => print(`${`${name}:`.padEnd(11)}${value}`);

  const manifest = new URL("../../package.json", import.meta.url);
  row("tstorch", JSON.parse(fs.readFileSync(manifest, "utf8")).version);
  row("node", `${process.version}, ${process.execPath}`);
  row("system", [systemName(), os.arch(), cLibrary()].filter(Boolean).join(", "));
  row("machine", `${os.cpus().length} x ${os.cpus()[0]?.model ?? "unknown CPU"}, ${megabytes(os.totalmem())}`);
  for (const [name, value] of Object.entries(process.env)) {
    if (/^TSTORCH_/.test(name)) row("variable", `${name}=${withoutPassword(value ?? "")}`);
    else if (
      /^(PIP_INDEX_URL|HTTPS?_PROXY|NO_PROXY|LD_LIBRARY_PATH|LD_PRELOAD|OMP_NUM_THREADS|NODE_OPTIONS)$/i.test(name)
    ) {
      row("variable", `${name}=${withoutPassword(value ?? "")}`);
    }
  }
  for (const { place, reason } of looked) row("looked at", `${place}: ${reason}`);
  if (libtorch) {
    row("libtorch", `${libtorch.version}, ${libtorch.device}, from: ${libtorch.source}`);
    row("libraries", libtorch.lib);
    row("headers", fs.existsSync(libtorch.include) ? libtorch.include : "none");
  } else {
    row("libtorch", "none; run: npx tstorch install");
  }
  const driver = nvidiaDriver();
  row("CUDA", `driver ${driver ?? "none"}, libtorch_cuda ${libtorch?.cudaLibrary ?? "none"}`);
  const works = await addon(row);
  return libtorch && works ? 0 : 1;
}

async function addon(row: (name: string, value: string) => void): Promise<boolean> {
  try {
    const binding: Binding = await import(new URL("../binding.js", import.meta.url).href);
    const { addon, loader } = binding.describeBinding?.() ?? {};
    row("addon", [addon, loader].filter(Boolean).join(", ") || "loaded");
    const config = binding.native?.config?.();
    for (const [name, value] of Object.entries(config ?? {}))
      row(name, typeof value === "string" ? value : JSON.stringify(value));
    return config !== undefined;
  } catch (error) {
    row("addon", error instanceof Error ? error.message : String(error));
    return false;
  }
}

function withoutPassword(value: string): string {
  return value.replace(/\/\/[^@/]*@/, "//***@");
}
