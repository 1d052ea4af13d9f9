#!/usr/bin/env node
// Builds the addon with AddressSanitizer and UndefinedBehaviorSanitizer in build/Sanitize and runs tests with it (Linux, g++):
// node scripts/sanitize.js [--leaks] [TEST ...]
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const root = path.dirname(import.meta.dirname);
/** What says nothing of native code, starts programs of its own, or holds for memory without red zones. */
const leftOut = [
  ...["bench", "docs", "examples", "fuzz", "install", "package", "types"].map((name) => `test/${name}/**`),
  "test/memory/!(slab).test.ts",
];

const { values, positionals } = parseArgs({ options: { leaks: { type: "boolean" } }, allowPositionals: true });
const tests = positionals.length > 0 ? positionals : leftOut.flatMap((glob) => ["--exclude", glob]);

const build = ["scripts/build.js", "--sanitize", "address,undefined"];
if (spawnSync(process.execPath, build, { cwd: root, stdio: "inherit" }).status !== 0) process.exit(1);

/** Node.js is not instrumented, so the runtimes come first of all libraries; libstdc++ for the exceptions that they intercept. */
const libraries = ["libasan.so", "libubsan.so", "libstdc++.so.6"].map((name) =>
  execFileSync("g++", [`-print-file-name=${name}`], { encoding: "utf8" }).trim(),
);
/** Each report becomes a file, because a process that a test starts may keep its own stderr to itself. */
const reports = path.join(root, "build", "Sanitize", "reports");
fs.rmSync(reports, { recursive: true, force: true });
fs.mkdirSync(reports);
const log = `log_path=${path.join(reports, "report")}`;
const suppressions = path.join(root, "scripts", "sanitize", "leaks.txt");
const environment = {
  LD_PRELOAD: libraries.join(":"),
  TSTORCH_ADDON: path.join(root, "build", "Sanitize"),
  // libtorch is not instrumented either: its containers have no annotations, and symbols occur in several of its libraries.
  ASAN_OPTIONS: `detect_leaks=${values.leaks ? 1 : 0}:detect_container_overflow=0:detect_odr_violation=0:allocator_may_return_null=1:quarantine_size_mb=8:detect_stack_use_after_return=1:${log}`,
  UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=1:${log}`,
  LSAN_OPTIONS: `suppressions=${suppressions}:print_suppressions=0`,
};
const vitest = path.join("node_modules", "vitest", "vitest.mjs");
// The instrumented frames are too large for the deepest recursion that is tested, and memory is not given back at once.
const names = "^(?!.*(deeper than libtorch nests|takes no more than the file's size|memory is freed at once))";
const args = [vitest, "run", "--testTimeout", "600000", "--testNamePattern", names, ...tests];
const { status } = spawnSync(process.execPath, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...environment },
});
const written = fs.readdirSync(reports).map((name) => fs.readFileSync(path.join(reports, name), "utf8"));
// A sanitizer also writes of an allocation that it refuses, which is what tests of sizes that are too large ask for.
const found = written.filter((text) => /ERROR: |runtime error: /.test(text));
for (const text of found) console.error(text);
console.log(`${found.length} reports of the sanitizers`);
process.exit(found.length > 0 ? 1 : (status ?? 1));
