import { expect, test } from "vitest";
import { fuzz, readers } from "./fuzz.js";

// `npm run fuzz:files` runs a million of each.
test.each(Object.keys(readers))("10,000 mutations for the reader of %s", { timeout: 300_000 }, (name) => {
  const { loaded, errors } = fuzz(name, 10_000);
  expect(loaded).toBeGreaterThan(0);
  expect(errors.size).toBeGreaterThan(0);
});
