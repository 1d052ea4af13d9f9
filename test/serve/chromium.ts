// Finds a Chromium: of Debian or another system, or where Playwright or Puppeteer have put one.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const CACHES = ["ms-playwright", "puppeteer"].map((name) => path.join(os.homedir(), ".cache", name));

function* candidates(): Generator<string> {
  if (process.env.CHROMIUM) yield process.env.CHROMIUM;
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const name of NAMES) yield path.join(folder, name);
  }
  for (const cache of CACHES) {
    if (!fs.existsSync(cache)) continue;
    for (const file of fs.readdirSync(cache, { recursive: true, encoding: "utf8" })) {
      if (/(^|[\\/])(chrome|chrome-headless-shell|headless_shell)$/.test(file)) yield path.join(cache, file);
    }
  }
}

/** The path of a Chromium, or undefined. */
export function findChromium(): string | undefined {
  for (const file of candidates()) if (fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  return undefined;
}
