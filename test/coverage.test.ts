import fs from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { coverage, entries, page, share, unusedPatterns, version } from "../scripts/coverage/coverage.js";

describe("docs/coverage.md", async () => {
  const all = await entries();
  afterAll(() => console.log(`There are ${share(all)}.`));

  test("is what `npm run coverage` writes", () => {
    expect(coverage(all, version)).toBe(fs.readFileSync(page, "utf8"));
  });

  test("each reason stands for a name", () => {
    expect(unusedPatterns()).toEqual([]);
  });
});
