import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";

const repetitions = 5;
/** Scenarios of a minute each run once. */
const long = new Set(["100 workers started and ended while computing"]);

/** Each scenario of scenario.mjs, and the exit code that it must have every time. */
const codes = {
  "normal end": 0,
  "process.exit": 5,
  "uncaught throw": 1,
  "uncaught error of libtorch": 1,
  "process.exit in a hook": 3,
  "uncaught throw in a hook": 1,
  "process.exit in an exit listener's tensor code": 6,
  "worker ends": 0,
  "worker throws": 0,
  "worker has an error of libtorch": 0,
  "worker exits": 0,
  "worker terminated while computing": 0,
  "worker terminated while in backward": 0,
  "worker alone loads the addon, terminated": 0,
  "worker first, then main": 0,
  "process.exit while a worker computes": 4,
  "process.exit while a worker is in backward": 4,
  "uncaught throw while a worker computes": 1,
  "return with jobs of torch.aio pending": 0,
  "process.exit with jobs of torch.aio pending": 4,
  "uncaught throw with jobs of torch.aio pending": 1,
  "process.exit in a hook of torch.aio": 3,
  "worker terminated with jobs of torch.aio pending": 0,
  "worker terminated while a hook of torch.aio waits": 0,
  "process.exit while a worker has jobs of torch.aio": 4,
  "a DataLoader's workers, left alone": 0,
  "20 workers one after another": 0,
  "20 workers at once, half of them terminated": 0,
  "100 workers started and ended while computing": 0,
};

describe("a process ends with the right exit code", { timeout: 300_000 }, () => {
  test.for(Object.entries(codes))("%s", ([scenario, code]) => {
    const ends = Array.from({ length: long.has(scenario) ? 1 : repetitions }, () => {
      const args = [path.join(import.meta.dirname, "scenario.mjs"), scenario];
      const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 240_000 });
      return signal ?? (status === code ? status : `${status}: ${stderr}`);
    });
    expect(ends).toEqual(ends.map(() => code));
  });
});
