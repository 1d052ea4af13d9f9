import { readChoice } from "./cache.js";
import { inspect, type Libtorch } from "./layout.js";
import { findPythonTorch } from "./python.js";
import { readSettings, type Settings } from "./settings.js";

export type { Libtorch } from "./layout.js";

/** What was found, and the places that were looked at before, each with the reason why it was no good. */
export type Search = { libtorch?: Libtorch; looked: { place: string; reason: string }[] };

/** Looks for libtorch: TSTORCH_LIBTORCH, the cache, an installed Python torch; only the last one runs a process. */
export function findLibtorch(settings: Settings = readSettings()): Search {
  const looked: Search["looked"] = [];
  const places: [string, () => Libtorch | string][] = settings.libtorch
    ? [[`TSTORCH_LIBTORCH=${settings.libtorch}`, () => inspect(settings.libtorch ?? "", "TSTORCH_LIBTORCH", settings)]]
    : [
        ["TSTORCH_LIBTORCH", () => "it is not set"],
        [`the cache, ${settings.cache}`, () => readChoice(settings)],
        ["Python", () => findPythonTorch(settings)],
      ];
  for (const [place, look] of places) {
    const result = look();
    if (typeof result !== "string") return { libtorch: result, looked };
    looked.push({ place, reason: result });
  }
  return { looked };
}

/** The text of the error when there is no libtorch: what was looked for, where, and the command that mends it. */
export function missingLibtorch(looked: Search["looked"], settings: Settings = readSettings()): string {
  return [
    `tstorch needs libtorch ${settings.version} and did not find it. It looked at:`,
    ...looked.map(({ place, reason }) => `  ${place}: ${reason}`),
    settings.libtorch
      ? "Correct TSTORCH_LIBTORCH, or unset it and run: npx tstorch install"
      : "Run: npx tstorch install",
  ].join("\n");
}
