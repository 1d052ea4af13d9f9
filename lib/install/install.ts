import fs from "node:fs";
import path from "node:path";
import { findArchives, isAddress } from "./archives.js";
import { cachePlaces, readChoice, writeChoice } from "./cache.js";
import { explain, InstallError } from "./errors.js";
import { findLibtorch, type Libtorch, missingLibtorch } from "./find.js";
import { inspect } from "./layout.js";
import { withLock } from "./lock.js";
import { consoleReport, type Report, secondsSince } from "./progress.js";
import { readSettings, type Settings } from "./settings.js";
import { checkSystem, nvidiaDriver } from "./system.js";
import { forget, unpack } from "./unpack.js";
import type { Device } from "./wheels.js";

export type InstallRequest = { device?: Device; from?: string; signal?: AbortSignal };

/** Sees to it that there is a libtorch: keeps one that is there already, else fetches it into the cache. */
export async function install(
  request: InstallRequest = {},
  settings: Settings = readSettings(),
  report: Report = consoleReport(),
): Promise<Libtorch> {
  const start = performance.now();
  const { device, from, signal } = request;
  try {
    checkSystem();
    let libtorch = from ? undefined : await keepWhatIsThere(device, settings);
    if (!libtorch) {
      const { lock } = cachePlaces(settings);
      const onWait = (pid: number) => report.line(`Another installation is running (process ${pid}); waiting for it.`);
      libtorch = await withLock(lock, { onWait, signal }, async () => {
        const meanwhile = from ? undefined : await keepWhatIsThere(device, settings);
        return meanwhile ?? settle(await bring(request, settings, report), device, settings);
      });
      report.line(`libtorch is there after ${secondsSince(start)}.`);
    }
    report.line(`Using libtorch ${libtorch.version} (${libtorch.device}) in ${libtorch.root}`);
    if (!device && libtorch.device === "cpu" && nvidiaDriver() && settings.wheels.some((w) => w.device === "cuda")) {
      report.line("This machine has an NVIDIA driver; CUDA comes with: npx tstorch install --device cuda");
    }
    return libtorch;
  } catch (error) {
    const options = `${device ? ` --device ${device}` : ""}${from ? ` --from ${from}` : ""}`;
    const command = `npx tstorch install${options}`;
    throw explain(signal?.aborted ? signal.reason : error, { cache: settings.cache, command });
  }
}

async function keepWhatIsThere(device: Device | undefined, settings: Settings): Promise<Libtorch | undefined> {
  const { libtorch, looked } = findLibtorch(settings);
  if (settings.libtorch) {
    if (!libtorch) throw new InstallError(missingLibtorch(looked, settings));
    if (device === "cuda" && libtorch.device === "cpu") {
      throw new InstallError(`TSTORCH_LIBTORCH=${settings.libtorch} has no CUDA.`, "Unset it, and try again.");
    }
    return libtorch;
  }
  if (!libtorch || (device === "cuda" && libtorch.device === "cpu")) return undefined;
  return settle(libtorch, device, settings);
}

/** Makes a libtorch the one that `import` finds. */
async function settle(found: Libtorch, device: Device | undefined, settings: Settings): Promise<Libtorch> {
  if (device === "cuda" && found.device === "cpu") {
    throw new InstallError(
      `The libtorch in ${found.root} has no CUDA.`,
      "Name another one, or leave out --device cuda.",
    );
  }
  const libtorch: Libtorch = device === "cpu" ? { ...found, device, cudaLibrary: undefined } : found;
  const recorded = readChoice(settings);
  const isRecorded =
    typeof recorded === "object" && recorded.root === libtorch.root && recorded.device === libtorch.device;
  if (!isRecorded) await writeChoice(libtorch, settings);
  return libtorch;
}

async function bring(request: InstallRequest, settings: Settings, report: Report): Promise<Libtorch> {
  const { device = "cpu", from } = request;
  if (!from) {
    const complete = inspect(cachePlaces(settings).installed(device), "cache", settings);
    if (typeof complete === "object") return complete;
  } else if (!isAddress(from)) {
    if (!fs.existsSync(from)) throw new InstallError(`${from} does not exist.`, "Name a folder, a zip or an address.");
    const folder = inspect(path.resolve(from), "folder", settings);
    if (typeof folder === "object") return folder;
  }
  return fetchIntoCache({ ...request, device }, settings, report);
}

/** What is half done lies in a temporary folder until the end, so that a folder with a name is whole. */
async function fetchIntoCache(
  { device, from, signal }: InstallRequest & { device: Device },
  settings: Settings,
  report: Report,
): Promise<Libtorch> {
  const { temporary, installed, brought } = cachePlaces(settings);
  await removeLeftovers(temporary);
  const archives = await findArchives(settings, { device, from, signal });
  const folder = await fs.promises.mkdtemp(temporary);
  const libtorchIn = (place: string) => {
    const result = inspect(place, "cache", settings);
    if (typeof result === "object") return result;
    throw new InstallError(`${archives[0].name} is no good: ${result}.`, "Name another one.");
  };
  try {
    for (const archive of archives) await unpack(archive, folder, { settings, report, signal });
    libtorchIn(folder);
    const target = from ? brought : installed(device);
    await fs.promises.rm(target, { recursive: true, force: true });
    // mkdtemp makes folders that only their owner may enter.
    await fs.promises.chmod(folder, 0o755);
    await fs.promises.rename(folder, target);
    for (const archive of archives) await forget(archive, settings);
    return libtorchIn(target);
  } catch (error) {
    await fs.promises.rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Removes the temporary folders of installations that were killed; only the holder of the lock may. */
async function removeLeftovers(temporary: string): Promise<void> {
  const folder = path.dirname(temporary);
  for (const name of await fs.promises.readdir(folder)) {
    if (!name.startsWith(path.basename(temporary))) continue;
    await fs.promises.rm(path.join(folder, name), { recursive: true, force: true });
  }
}
