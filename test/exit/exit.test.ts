import { describe, expect, test } from "vitest";
import { codes, end, long } from "./scenarios.js";

const repetitions = 5;

describe("a process ends with the right exit code", { timeout: 300_000 }, () => {
  test.for(Object.entries(codes))("%s", async ([scenario, code]) => {
    for (let i = 0; i < (long.has(scenario) ? 1 : repetitions); i++) expect(await end(scenario)).toBe(code);
  });
});
