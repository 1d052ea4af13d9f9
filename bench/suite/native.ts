// Builds a benchmark in C++: a small program against libtorch, kept until its source changes.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { findLibtorch, missingLibtorch } from "../../dist/install/find.js";

const build = path.join(import.meta.dirname, "../../build/bench");

/** The program, or null where no compiler for it is to be had. */
export function buildNative(source: string): string | null {
  if (process.platform === "win32") return null;
  const { libtorch, looked } = findLibtorch();
  if (!libtorch) throw new Error(missingLibtorch(looked));
  const hash = createHash("sha256").update(fs.readFileSync(source)).update(libtorch.root).digest("hex").slice(0, 16);
  const program = path.join(build, `${path.basename(source, ".cc")}-${hash}`);
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(build, { recursive: true });
  const include = ["include", "include/torch/csrc/api/include"].map((name) => `-I${path.join(libtorch.root, name)}`);
  const libraries = [`-L${libtorch.lib}`, "-ltorch_cpu", "-lc10", `-Wl,-rpath,${libtorch.lib}`];
  const args = ["-std=c++20", "-O2", source, ...include, "-Wl,--no-as-needed", ...libraries, "-o", `${program}.new`];
  if (process.platform === "darwin") args.splice(args.indexOf("-Wl,--no-as-needed"), 1);
  const { status, stderr, error } = spawnSync(process.env.CXX ?? "c++", args, { encoding: "utf8" });
  if (error) return null;
  if (status !== 0) throw new Error(`${source} was not built:\n${stderr}`);
  fs.renameSync(`${program}.new`, program);
  return program;
}
