import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

describe("examples/seed prints what Python prints", () => {
  test.for(["variable_length", "embedding", "training"])("%s", (name) => {
    const expected = fs.readFileSync(path.join(root, "test/fixtures/seed", `${name}.expected.txt`), "utf8");
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--import", "tsx", path.join(root, "examples/seed", `${name}.ts`)],
      { cwd: root, encoding: "utf8", env: { ...process.env, OMP_NUM_THREADS: "1" } },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe(expected);
    expect(status).toBe(0);
  });
});
