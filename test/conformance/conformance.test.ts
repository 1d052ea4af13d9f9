import { afterAll, describe, expect, test } from "vitest";
import { floors, type Recording, recordings, replay, type Score, table } from "./recordings.js";

describe("conformance with Python", () => {
  const scores = new Map<Recording, Score>();
  afterAll(() => console.log(table(scores)));

  test.for(recordings)("%s", { timeout: 300_000 }, (recording) => {
    const score = replay(recording);
    scores.set(recording, score);
    if (score.share < floors[recording]) console.log(score.output);
    expect(score.share).toBeGreaterThanOrEqual(floors[recording]);
    expect(score.left / score.total).toBeLessThan(0.015);
  });
});
