#!/usr/bin/env node
// Runs the examples of the tutorial, each under a heading; npm start.
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.dirname(import.meta.dirname);
for (const name of ["variable_length", "embedding", "training"]) {
  const file = path.join("examples", "seed", `${name}.ts`);
  console.log(`\n── ${file} ${"─".repeat(Math.max(0, 72 - file.length))}\n`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", file], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
