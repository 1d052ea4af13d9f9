import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { runExample } from "./run.js";

const root = path.resolve(import.meta.dirname, "../..");
const fixtures = path.join(root, "test/fixtures/tutorials");
const names = fs.readdirSync(path.join(root, "examples/tutorials")).filter((name) => name.endsWith(".ts"));

describe("examples/tutorials prints what its Python twins print", () => {
  test.for(names.map((name) => path.basename(name, ".ts")))("%s", async (name) => {
    const { stdout, stderr, status } = await runExample(`examples/tutorials/${name}.ts`);
    expect(stderr).toBe("");
    expect(stdout).toBe(fs.readFileSync(path.join(fixtures, `${name}.expected.txt`), "utf8"));
    expect(status).toBe(0);
  });
});
