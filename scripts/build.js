#!/usr/bin/env node
// Builds the addon and its loader with cmake-js: node scripts/build.js [--out DIR]
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findLibtorch, missingLibtorch } from "../dist/install/find.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { out: { type: "string" } }, strict: false, allowPositionals: true });
const out = resolve(values.out ?? join(root, "build", "Release"));
const work = join(root, "build", "cmake");

const { libtorch, looked } = findLibtorch();
if (!libtorch) {
  console.error(missingLibtorch(looked));
  process.exit(1);
}

/** What the addon is built from, to tell whether what is there still holds. */
const sources = ["CMakeLists.txt", ...readdirSync(join(root, "native")).map((name) => join("native", name))];
const stamp = JSON.stringify({
  libtorch: [dirname(libtorch.lib), libtorch.version],
  newest: Math.max(...sources.map((name) => statSync(join(root, name)).mtimeMs)),
  count: sources.length,
});
const stampFile = join(out, "stamp.json");
if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) process.exit(0);

const quiet = !process.stdout.isTTY || Boolean(process.env.CI);
const started = performance.now();
if (quiet) console.log("Building the addon ...");
const cmakeJs = createRequire(import.meta.url).resolve("cmake-js/bin/cmake-js");
const args = ["compile", "--out", work, "--parallel", "2", `--CDLIBTORCH=${dirname(libtorch.lib)}`];
const result = spawnSync(process.execPath, [cmakeJs, ...args], {
  cwd: root,
  stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
  encoding: "utf8",
  maxBuffer: 1 << 28,
});
if (result.status !== 0) {
  if (quiet) console.error(result.stdout, result.stderr);
  console.error("The addon was not built. It needs a C++20 compiler and CMake >= 3.22; see CONTRIBUTING.md.");
  process.exit(1);
}

mkdirSync(out, { recursive: true });
for (const folder of [work, join(work, "Release")]) {
  if (!existsSync(folder)) continue;
  for (const name of readdirSync(folder)) {
    if (/^(tstorch\.node|loader\.(so|dylib|dll))$/.test(name)) copyFileSync(join(folder, name), join(out, name));
  }
}
writeFileSync(stampFile, stamp);
console.log(`The addon was built in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
