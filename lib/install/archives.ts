import fs from "node:fs";
import path from "node:path";
import { InstallError } from "./errors.js";
import { indexAddress, wheelAddress } from "./index-page.js";
import { libtorchMembers, neededMembers, type Settings } from "./settings.js";
import type { Device, Wheel } from "./wheels.js";

/** A zip to install from. */
export type Archive = {
  name: string;
  /** A path or an address. */
  location: string;
  /** The files that are taken from it; a folder ends with a slash. */
  members: string[];
  /** The sha256 of a pinned wheel's RECORD. */
  record?: string;
  /** The sha256 of the whole zip. */
  sha256?: string;
};

const otherWays = "Or get libtorch yourself, and run: npx tstorch install --from DIR|ZIP|URL";

/** The archives that an installation reads: the pinned wheels on the index, or what `from` names. */
export async function findArchives(
  settings: Settings,
  { device, from, signal }: { device: Device; from?: string; signal?: AbortSignal },
): Promise<Archive[]> {
  const wheels = settings.wheels.filter((wheel) => device === "cuda" || wheel.device === "cpu");
  const members = neededMembers(settings.platform, device);
  const pinned = ({ file, record }: Wheel, location: string): Archive => ({ name: file, location, members, record });

  if (from && isAddress(from)) return [archiveAt(from)];
  if (from) {
    const isFolder = fs.statSync(from).isDirectory();
    // A wheel of torch is not all that is needed; the others may lie beside it.
    if (!isFolder && path.basename(from) !== wheels[0]?.file) {
      return [{ name: path.basename(from), location: from, members: libtorchMembers }];
    }
    return wheelsIn(isFolder ? from : path.dirname(from));
  }

  checkWheels(settings, device);
  const index = indexAddress(settings);
  const options = { network: settings.network, signal };
  return Promise.all(wheels.map(async (wheel) => pinned(wheel, await wheelAddress(wheel.file, index, options))));

  function wheelsIn(folder: string): Archive[] {
    checkWheels(settings, device);
    const missing = wheels.filter((wheel) => !fs.existsSync(path.join(folder, wheel.file)));
    if (missing.length === 0) return wheels.map((wheel) => pinned(wheel, path.join(folder, wheel.file)));
    const names = missing.map((wheel) => `\n  ${wheel.file}`).join("");
    throw new InstallError(
      `${folder} holds no libtorch, and not the wheels that could bring it.`,
      `There is no${names}`,
    );
  }
}

/** Whether a location is on a server. */
export function isAddress(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

function checkWheels({ wheels, platform, version }: Settings, device: Device) {
  if (wheels.length === 0) throw new InstallError(`There is no wheel of torch ${version} for ${platform}.`, otherWays);
  if (device === "cuda" && !wheels.some((wheel) => wheel.device === "cuda")) {
    throw new InstallError(`The wheel of torch ${version} for ${platform} has no CUDA.`, otherWays);
  }
}

function archiveAt(address: string): Archive {
  const url = new URL(address);
  const sha256 = /^#sha256=([\da-f]{64})$/i.exec(url.hash)?.[1].toLowerCase();
  if (!sha256) {
    throw new InstallError(
      "An address must say which hash the file has.",
      "Add it: npx tstorch install --from 'https://.../libtorch.zip#sha256=...'",
    );
  }
  url.hash = "";
  return { name: path.posix.basename(url.pathname), location: url.href, members: libtorchMembers, sha256 };
}
