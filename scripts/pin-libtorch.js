// Writes lib/install/wheels.ts anew for the version in lib/install/settings.ts: the wheels of each platform, and the
// hash of each one's RECORD. To move to another libtorch: `npm run build:ts`, this, `npm run format`; read the diff.
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { indexAddress, readIndex } from "../dist/install/index-page.js";
import { openRemote } from "../dist/install/remote.js";
import { readSettings } from "../dist/install/settings.js";
import { openZip } from "../dist/install/zip.js";

const settings = readSettings();
const index = indexAddress(settings);
const downloads = fs.mkdtempSync(path.join(os.tmpdir(), "pin-libtorch-"));

// Which of the wheels for different Pythons is taken does not matter: their libraries are the same.
const platforms = {
  "linux-x64": { tag: /-cp311-cp311-manylinux_\w+_x86_64\.whl$/, machine: "x86_64" },
  "linux-arm64": { tag: /-cp311-cp311-manylinux_\w+_aarch64\.whl$/, machine: "aarch64" },
  "darwin-arm64": { tag: /-cp311-cp311-macosx_\w+_arm64\.whl$/ },
  "win32-x64": { tag: /-cp311-cp311-win_amd64\.whl$/ },
};

// libtorch_cpu of the Linux wheels is linked against these.
const neededOnCpu = ["nvidia-cuda-runtime", "nvidia-cuda-cupti"];

async function read(address, task) {
  const file = path.posix.basename(new URL(address).pathname);
  const remote = await openRemote(address, path.join(downloads, file), settings);
  const zip = await openZip(remote);
  const result = await task((ending) => zip.text(zip.names.find((name) => name.endsWith(`.dist-info/${ending}`))));
  await remote.discard();
  return result;
}

async function pin(address, device) {
  const record = await read(address, (member) => member("RECORD"));
  const file = decodeURIComponent(path.posix.basename(new URL(address).pathname));
  return { file, record: createHash("sha256").update(record).digest("hex"), device };
}

/** The requirements of a wheel that hold on Linux: name, extras, version. */
async function requirements(address, machine, extras = [""]) {
  const text = await read(address, (member) => member("METADATA"));
  return [...text.matchAll(/^Requires-Dist: ([\w.-]+)(?:\[(.*?)\])?(.*?)(?:;(.*))?$/gm)].flatMap(
    ([, name, wanted, version, marker = ""]) => {
      const extra = /extra == ['"](.*?)['"]/.exec(marker)?.[1] ?? "";
      const isLinux = /linux/i.test(marker) && (!marker.includes("platform_machine") || marker.includes(machine));
      return isLinux && extras.includes(extra) ? [{ name, extras: wanted?.split(",") ?? [], version }] : [];
    },
  );
}

function satisfies(version, specifier) {
  const numbers = (text) => text.split(".").map(Number);
  const compare = (a, b) => numbers(a).reduce((order, n, i) => order || n - (numbers(b)[i] ?? 0), 0);
  return specifier.split(",").every((part) => {
    const [, operator, wanted, any] = /^\s*(==|>=|<)(.*?)(\.\*)?\s*$/.exec(part);
    if (operator === "<") return compare(version, wanted) < 0;
    if (operator === ">=") return compare(version, wanted) >= 0;
    return version === wanted || (any && version.startsWith(`${wanted}.`));
  });
}

async function newest(name, specifier, machine) {
  const links = await readIndex(name, index, settings);
  const found = links
    .map((link) => ({ link, parts: path.posix.basename(new URL(link).pathname).split("-") }))
    .filter(({ parts }) => parts.length >= 5 && satisfies(parts[1], specifier))
    .filter(({ parts }) => parts.at(-1) === "any.whl" || (/linux/.test(parts.at(-1)) && parts.at(-1).includes(machine)))
    .sort((a, b) => a.parts[1].localeCompare(b.parts[1], undefined, { numeric: true }));
  return found.at(-1).link;
}

async function nvidiaWheels(torch, machine) {
  const found = new Map();
  const collect = async (wanted) => {
    for (const { name, extras, version } of wanted) {
      if (name === "cuda-toolkit") {
        await collect(await requirements(await newest(name, version, machine), machine, extras));
      } else if (name.startsWith("nvidia-")) {
        found.set(name, await newest(name, version, machine));
      }
    }
  };
  await collect(await requirements(torch, machine));
  return [...found].sort(([a], [b]) => neededOnCpu.includes(b) - neededOnCpu.includes(a));
}

const wheels = {};
const torchLinks = await readIndex("torch", index, settings);
for (const [platform, { tag, machine }] of Object.entries(platforms)) {
  const torch = torchLinks.find((link) => link.includes(`/torch-${settings.version}-`) && tag.test(link));
  const more = machine ? await nvidiaWheels(torch, machine) : [];
  wheels[platform] = [await pin(torch, "cpu")];
  for (const [name, link] of more) wheels[platform].push(await pin(link, neededOnCpu.includes(name) ? "cpu" : "cuda"));
  console.log(`${platform}: ${wheels[platform].length} wheels`);
}
fs.rmSync(downloads, { recursive: true });

const table = JSON.stringify(wheels, undefined, 2).replaceAll(/"(\w+)":/g, "$1:");
fs.writeFileSync(
  new URL("../lib/install/wheels.ts", import.meta.url),
  `// Written by scripts/pin-libtorch.js; do not edit.

/** What an installation can compute on. */
export type Device = "cpu" | "cuda";

/** A wheel, the sha256 of its RECORD, and the first device that needs it. */
export type Wheel = { file: string; record: string; device: Device };

/** The wheels of each platform, torch's own first. */
export const wheels: { [platform: string]: Wheel[] } = ${table};
`,
);
