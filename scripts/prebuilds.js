#!/usr/bin/env node
// Makes prebuilds/<platform>-<arch> for this machine's platform: the addon, stripped, and its loader; npm run prebuilds.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import prebuildify from "prebuildify";

const root = path.dirname(import.meta.dirname);
const supported = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64"];
const platform = `${process.platform}-${process.arch}`;
if (!supported.includes(platform)) {
  console.error(`There is no libtorch for ${platform}: prebuilds are for ${supported.join(", ")}.`);
  process.exit(1);
}

const folder = path.join(root, "prebuilds", platform);
fs.rmSync(folder, { recursive: true, force: true });
await promisify(prebuildify)({
  cwd: root,
  napi: true,
  strip: true,
  tagLibc: process.platform === "linux",
  shell: true,
  nodeGyp: "node scripts/build.js",
});
// prebuildify takes the addon away from build/Release.
execFileSync(process.execPath, [path.join(root, "scripts", "build.js")], { stdio: "inherit" });

for (const name of fs.readdirSync(folder)) {
  const file = path.join(folder, name);
  console.log(`${path.relative(root, file)}  ${(fs.statSync(file).size / 1e6).toFixed(1)} MB${oldestSystem(file)}`);
}

/** The oldest C library and C++ library that a Linux binary runs with. */
function oldestSystem(file) {
  const text = fs.readFileSync(file, "latin1");
  const newest = (prefix) => {
    const versions = [...text.matchAll(new RegExp(`\\b${prefix}_(\\d+(?:\\.\\d+)*)\0`, "g"))].map(([, v]) => v);
    return versions.sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).at(-1);
  };
  const [glibc, libstdcxx] = [newest("GLIBC"), newest("GLIBCXX")];
  return glibc ? `, needs glibc ${glibc}${libstdcxx ? ` and GLIBCXX ${libstdcxx}` : ""}` : "";
}
