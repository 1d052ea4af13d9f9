import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { runExample } from "./run.js";

const fixtures = path.resolve(import.meta.dirname, "../fixtures/seed");

describe("examples/seed prints what Python prints", () => {
  test.for(["variable_length", "embedding", "training"])("%s", async (name) => {
    const { stdout, stderr, status } = await runExample(`examples/seed/${name}.ts`);
    expect(stderr).toBe("");
    expect(stdout).toBe(fs.readFileSync(path.join(fixtures, `${name}.expected.txt`), "utf8"));
    expect(status).toBe(0);
  });
});
