import { execFile } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** Runs an example, named from the repository's root, on one thread. */
export function runExample(file: string): Promise<{ stdout: string; stderr: string; status: number }> {
  const env = { ...process.env, OMP_NUM_THREADS: "1" };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", file], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, status: error ? Number(error.code ?? -1) : 0 });
    });
  });
}
