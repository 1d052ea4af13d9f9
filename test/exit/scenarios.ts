// The scenarios of scenario.mjs: how each process must end, every time.
import { spawn } from "node:child_process";
import path from "node:path";

/** Each scenario with its exit code. */
export const codes: Readonly<Record<string, number>> = {
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
  "worker exits in a hook of torch.aio": 0,
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
  "process.exit in a hook of torch.aio, and listeners that compute": 3,
  "worker terminated with jobs of torch.aio pending": 0,
  "worker terminated while a hook of torch.aio waits": 0,
  "process.exit while a worker has jobs of torch.aio": 4,
  "a DataLoader's workers, left alone": 0,
  "20 workers one after another": 0,
  "20 workers at once, half of them terminated": 0,
  "100 workers started and ended while computing": 0,
};

/** Scenarios of a minute each. */
export const long: ReadonlySet<string> = new Set(["100 workers started and ended while computing"]);

const PATIENCE = 240_000;

/** Runs a scenario; gives its exit code, or else its signal or code with what it printed. */
export function end(scenario: string): Promise<number | string> {
  const args = [path.join(import.meta.dirname, "scenario.mjs"), scenario];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "pipe"], timeout: PATIENCE });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve(code === codes[scenario] ? code : `${signal ?? code}: ${printed}`));
  });
}
