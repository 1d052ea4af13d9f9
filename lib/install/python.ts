import { spawnSync } from "node:child_process";
import { inspect, type Libtorch, release } from "./layout.js";
import type { Settings } from "./settings.js";

// Python would also look into the current folder, where a folder `torch` may lie that is something else.
const withoutCurrentFolder = "import sys; sys.path[:] = [p for p in sys.path if p]";

/** Runs Python with these arguments; returns what it printed, or nothing when it failed or is not there. */
export function runPython(command: string, args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", timeout: 60_000, windowsHide: true });
  return status === 0 ? stdout.trim() : undefined;
}

/** The torch of an installed Python, of exactly this version, or a sentence that says why there is none to use. */
export function findPythonTorch(settings: Settings): Libtorch | string {
  const code = `${withoutCurrentFolder}
import importlib.util
spec = importlib.util.find_spec("torch")
print(spec.submodule_search_locations[0] if spec else "")`;
  const reasons: string[] = [];
  for (const command of settings.pythons) {
    const folder = runPython(command, ["-c", code]);
    if (!folder) {
      reasons.push(folder === undefined ? `${command} does not run` : `${command} has no torch`);
      continue;
    }
    const libtorch = inspect(folder, "python", settings);
    if (typeof libtorch === "string") reasons.push(`${folder}: ${libtorch}`);
    else if (settings.anyVersion || release(libtorch.version) === settings.version) return libtorch;
    else reasons.push(`${folder}: it is torch ${libtorch.version}, not ${settings.version}`);
  }
  return reasons.join("; ") || "there is no Python";
}

/** The package index that pip uses: its configuration's, else the one that it knows itself. */
export function pipIndex(settings: Settings): string | undefined {
  const code = `${withoutCurrentFolder}
from pip._internal.models.index import PyPI
print(PyPI.simple_url)`;
  for (const command of settings.pythons) {
    const index =
      runPython(command, ["-m", "pip", "config", "get", "global.index-url"]) || runPython(command, ["-c", code]);
    if (index) return index;
  }
  return undefined;
}
