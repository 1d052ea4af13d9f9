#!/usr/bin/env node
// Makes a checkout ready to run: what is there already is kept. `npm start` and `npm test` do this first.
import { spawnSync } from "node:child_process";
import path from "node:path";

const steps = [
  ["TypeScript", "npm run --silent build:ts"],
  ["libtorch", "node scripts/install-libtorch.js"],
  ["addon", "npm run --silent build:addon"],
];

const times = [];
for (const [name, command] of steps) {
  const start = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: "inherit", cwd: path.dirname(import.meta.dirname) });
  if (status !== 0) {
    console.error(`The set-up stopped at: ${command}`);
    process.exit(1);
  }
  times.push(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
console.log(`Ready: ${times.join(", ")}.`);
