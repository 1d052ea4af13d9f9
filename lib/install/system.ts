import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { InstallError } from "./errors.js";

type ProcessReport = { excludeNetwork?: boolean; getReport(): { header: { glibcVersionRuntime?: string } } };

/** The C library of a Linux system: "glibc 2.36" or "musl"; undefined elsewhere. */
export function cLibrary(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const report = process.report as unknown as ProcessReport;
  // Without this a report may wait for name servers.
  report.excludeNetwork = true;
  const { header } = report.getReport();
  return header.glibcVersionRuntime ? `glibc ${header.glibcVersionRuntime}` : "musl";
}

/** Throws where libtorch cannot run at all. */
export function checkSystem(library: string | undefined = cLibrary()): void {
  if (library === "musl") {
    throw new InstallError(
      "libtorch needs glibc, and this system (Alpine?) has musl.",
      "Use one with glibc, for example the image node:22-bookworm-slim.",
    );
  }
  const [major, minor] = (library?.match(/[\d.]+/)?.[0] ?? "2.28").split(".").map(Number);
  if (major === 2 && minor < 28) {
    throw new InstallError(`libtorch needs glibc 2.28, and this system has ${library}.`, "Use a newer Linux.");
  }
}

/** The name of the operating system. */
export function systemName(): string {
  const file = "/etc/os-release";
  const release = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(release)?.[1] ?? `${os.type()} ${os.release()}`;
}

/** The NVIDIA driver: its version or its file, where there is one. */
export function nvidiaDriver(): string | undefined {
  const kernel = "/proc/driver/nvidia/version";
  if (fs.existsSync(kernel))
    return /Module\s+(?:for \S+\s+)?([\d.]+)/.exec(fs.readFileSync(kernel, "utf8"))?.[1] ?? kernel;
  const files = [path.join(process.env.SystemRoot ?? "", "System32", "nvcuda.dll"), "/usr/lib/wsl/lib/libcuda.so.1"];
  return files.find((file) => fs.existsSync(file));
}
