#!/usr/bin/env node
// Builds the addon and its loader with cmake-js: node scripts/build.js [rebuild] [--out DIR]
// What is there already is kept while its sources are the same. prebuildify and binding.gyp call this too.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findLibtorch, missingLibtorch } from "../dist/install/find.js";
import { release } from "../dist/install/layout.js";
import { secondsSince } from "../dist/install/progress.js";

const require = createRequire(import.meta.url);
const root = path.dirname(import.meta.dirname);
const work = path.join(root, "build", "cmake");
const librarySuffix = { darwin: "dylib", win32: "dll" }[process.platform] ?? "so";
const products = ["tstorch.node", `loader.${librarySuffix}`, `torch_stub.${librarySuffix}`];
const showsProgress = process.stdout.isTTY && !process.env.CI;

// prebuildify adds node-gyp's options (--target, --arch, ...), which mean nothing to a Node-API addon.
const options = { out: { type: "string" } };
const { values, positionals } = parseArgs({ options, strict: false, allowPositionals: true });
const out = path.resolve(values.out ?? path.join(root, "build", "Release"));

const { libtorch, looked } = findLibtorch();
if (!libtorch) fail(missingLibtorch(looked));
if (!fs.existsSync(path.join(libtorch.include, "ATen", "ATen.h"))) {
  fail(`${libtorch.root} has no headers to build the addon with. Run: npx tstorch install`);
}

const stamp = hashOfSources();
if (isBuilt() && !positionals.includes("rebuild")) process.exit(0);

const start = performance.now();
console.log("Building the addon ...");
configure();
build();
copyProducts();
console.log(`The addon was built in ${secondsSince(start)}.`);

/** Names all that the addon is made from: its sources, and the versions of libtorch and of Node-API's headers. */
function hashOfSources() {
  const native = fs.readdirSync(path.join(root, "native"), { recursive: true, withFileTypes: true });
  const sources = native.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash("sha256").update(`${release(libtorch.version)} ${process.platform}-${process.arch} `);
  hash.update(require("node-api-headers/package.json").version);
  for (const file of [path.join(root, "CMakeLists.txt"), ...sources.sort()]) {
    hash.update(`\n${path.relative(root, file)}\n`).update(fs.readFileSync(file));
  }
  return hash.digest("hex");
}

function isBuilt() {
  const stampFile = path.join(out, "stamp");
  const files = [stampFile, ...products.map((name) => path.join(out, name))];
  return files.every((file) => fs.existsSync(file)) && fs.readFileSync(stampFile, "utf8") === stamp;
}

/** CMake refuses a build folder that was made for another place or another generator: such a one is made anew. */
function configure() {
  const args = ["configure", `--CDLIBTORCH=${libtorch.root}`, "--CDCMAKE_MESSAGE_LOG_LEVEL=NOTICE"];
  const isNew = !fs.existsSync(path.join(work, "CMakeCache.txt"));
  const { status, output } = cmakeJs(args);
  if (status === 0) return;
  if (isNew) explain(output);
  fs.rmSync(work, { recursive: true, force: true });
  configure();
}

function build() {
  // A compiler takes up to 2 GB for a file that includes libtorch's headers.
  const jobs = Math.max(1, Math.min(os.availableParallelism(), Math.floor(os.totalmem() / 2e9)));
  const { status, output } = cmakeJs(["build", "--parallel", String(jobs)]);
  if (status !== 0) explain(output);
}

/** Runs cmake-js: seen on a terminal; elsewhere its output comes back, for the case that it fails. */
function cmakeJs(args) {
  const command = [require.resolve("cmake-js/bin/cmake-js"), ...args, "--out", work, "--log-level", "error"];
  const stdio = ["ignore", showsProgress ? "inherit" : "pipe", showsProgress ? "inherit" : "pipe"];
  const result = spawnSync(process.execPath, command, { cwd: root, stdio, encoding: "utf8", maxBuffer: 2 ** 28 });
  return { status: result.status, output: `${result.stdout ?? ""}${result.stderr ?? ""}` };
}

/** A process may have the old files loaded: they are replaced, not overwritten. */
function copyProducts() {
  fs.mkdirSync(out, { recursive: true });
  const built = [path.join(work, "Release"), work].find((folder) => fs.existsSync(path.join(folder, products[0])));
  for (const name of products) {
    const temporary = path.join(out, `${name}.new`);
    fs.copyFileSync(path.join(built, name), temporary);
    fs.renameSync(temporary, path.join(out, name));
  }
  fs.writeFileSync(path.join(out, "stamp"), stamp);
}

function explain(output) {
  const install = {
    linux: "Debian and Ubuntu: apt-get install g++ cmake ninja-build",
    darwin: "macOS: xcode-select --install, and brew install cmake ninja",
    win32: "Windows: Visual Studio 2022 with C++, and CMake",
  };
  fail(
    [
      output.trim(),
      "The addon was not built. It needs a C++20 compiler (g++ >= 11, clang >= 14) and CMake >= 3.22.",
      `  ${install[process.platform] ?? "Install both"}`,
      "If both are there, delete the folder build/ and run: npm run setup",
    ].join("\n"),
  );
}

function fail(message) {
  console.error(message.trim());
  process.exit(1);
}
