import fs from "node:fs";
import path from "node:path";
import { inspect, type Libtorch } from "./layout.js";
import type { Settings } from "./settings.js";
import type { Device } from "./wheels.js";

/** The places in the cache; all that differs between versions and platforms is in the names. */
export function cachePlaces(settings: Settings) {
  const inCache = (name: string) => path.join(settings.cache, name);
  const name = `${settings.version}-${settings.platform}`;
  return {
    /** Says which libtorch the last installation settled on. */
    choice: inCache(`${name}.json`),
    installed: (device: Device) => inCache(`${name}-${device}`),
    /** A libtorch that `--from` brought. */
    brought: inCache(`${name}-from`),
    lock: inCache("install.lock"),
    downloads: inCache("downloads"),
    temporary: inCache(".tmp-"),
  };
}

type Choice = Pick<Libtorch, "root" | "device" | "source">;

/** Records what an installation settled on, so that `import` finds it without a search. */
export async function writeChoice({ root, device, source }: Choice, settings: Settings): Promise<void> {
  const { choice } = cachePlaces(settings);
  await fs.promises.mkdir(path.dirname(choice), { recursive: true });
  const temporary = `${choice}.${process.pid}`;
  await fs.promises.writeFile(temporary, `${JSON.stringify({ root, device, source })}\n`);
  await fs.promises.rename(temporary, choice);
}

/** The libtorch that the last installation settled on, or a sentence that says why there is none to use. */
export function readChoice(settings: Settings): Libtorch | string {
  const file = cachePlaces(settings).choice;
  if (!fs.existsSync(file)) return "nothing is installed there";
  let choice: Choice;
  try {
    choice = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return `${file} cannot be read`;
  }
  const libtorch = inspect(choice.root, choice.source, settings);
  if (typeof libtorch === "string") return `${choice.root}: ${libtorch}`;
  return choice.device === "cpu" ? { ...libtorch, device: "cpu", cudaLibrary: undefined } : libtorch;
}
