import { expect, test } from "vitest";
import { fuzz } from "./fuzz.js";

test.each(["bytes", "json"] as const)("400 programs with changed %s", { timeout: 120_000 }, (kind) => {
  const { loaded, ran, errors } = fuzz(kind, 400);
  expect(loaded).toBeGreaterThan(0);
  expect(ran).toBeGreaterThan(0);
  expect(errors.size).toBeGreaterThan(0);
});
