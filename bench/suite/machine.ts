// What the figures were measured on.
import { spawnSync } from "node:child_process";
import os from "node:os";
import path from "node:path";

export interface Machine {
  date: string;
  commit: string;
  cpu: string;
  cores: number;
  memory: string;
  system: string;
  node: string;
  python: string | null;
  /** The load of the last minute when the run began, and when it ended. */
  load: [number, number];
}

function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8", cwd: path.dirname(import.meta.dirname) }).stdout?.trim() ?? "";
}

export function describeMachine(python: string | undefined): Machine {
  const versions = "import platform, torch; print(platform.python_version() + ', torch ' + torch.__version__)";
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: output("git", "rev-parse", "--short", "HEAD"),
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    python: python ? output(python, "-c", versions) : null,
    load: [os.loadavg()[0], os.loadavg()[0]],
  };
}
