#!/usr/bin/env node
// Runs the tests, or some, with the same built addon under other versions of Node.js, which npm has as the package "node":
// node scripts/node-versions.js [--versions 22,24,26] [TEST ...]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const root = path.dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  options: { versions: { type: "string", default: "22,24,26" } },
  allowPositionals: true,
});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-node-"));
process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));

let failed = 0;
for (const version of values.versions.split(",")) {
  const prefix = path.join(folder, version);
  const install = ["install", `node@${version}`, "--prefix", prefix, "--no-audit", "--no-fund", "--silent"];
  run("npm", install, process.env);
  const bin = path.join(prefix, "node_modules", "node", "bin");
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  const sum = "if (torch.ones(3).sum().item() !== 3) process.exit(1);";
  const imported = ["--input-type=module", "--eval", `import * as torch from "tstorch"; ${sum}`];
  const required = ["--eval", `const torch = require("tstorch"); ${sum}`];
  for (const args of [imported, required, ["scripts/start.js"], [vitest, "run", ...positionals]]) {
    if (run(path.join(bin, "node"), args, env) !== 0) failed++;
  }
}
process.exit(failed === 0 ? 0 : 1);

function run(command, args, env) {
  console.log(`── ${path.relative(folder, command)} ${args.join(" ")}`);
  return spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status;
}
