import fs from "node:fs";
import path from "node:path";
import { beforeEach } from "vitest";

// Tests of behaviour that is not there yet, one full name a line; they are skipped, and shown as such.
const listed = fs.readFileSync(path.join(import.meta.dirname, "known-defects.txt"), "utf8").split("\n");
const known = new Set(listed.filter((line) => line && !line.startsWith("#")));

beforeEach(({ task, skip }) => {
  const names = [task.name];
  for (let suite = task.suite; suite; suite = suite.suite) names.unshift(suite.name);
  const file = path.relative(import.meta.dirname, task.file.filepath);
  if (known.has([file, ...names.filter((name) => name && name !== `test/${file}`)].join(" > "))) skip("a known defect");
});
