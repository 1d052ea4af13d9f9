import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Report } from "../../../lib/install/progress.js";
import type { Settings } from "../../../lib/install/settings.js";
import type { Device, Wheel } from "../../../lib/install/wheels.js";
import { buildZip } from "./zip.js";

type Members = { [name: string]: string | Buffer };

const sha256 = (bytes: string | Buffer, encoding: "hex" | "base64url" = "hex") =>
  createHash("sha256").update(bytes).digest(encoding);

/** Bytes that do not compress, the same in every run. */
function noise(name: string, size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) =>
    createHash("sha256").update(`${name} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

/** Builds a wheel: its members, and a RECORD of them. */
export function buildWheel(file: string, device: Device, members: Members): { wheel: Wheel; bytes: Buffer } {
  const info = `${file.split("-").slice(0, 2).join("-")}.dist-info`;
  const all: Members = { ...members, [`${info}/licenses/LICENSE`]: "do as you please" };
  const rows = Object.entries(all).map(([name, content]) => {
    const size = Buffer.byteLength(content);
    return `${name},sha256=${sha256(Buffer.from(content), "base64url")},${size}\n`;
  });
  const record = `${rows.join("")}${info}/RECORD,,\n`;
  const bytes = buildZip({ ...all, [`${info}/RECORD`]: record });
  return { wheel: { file, record: sha256(record), device }, bytes };
}

/** What torch's own wheel has in it. */
export function torchMembers(version = "2.15.0+cu132"): Members {
  const headers = Array.from({ length: 40 }, (_, i) => [`torch/include/ATen/ops/op${i}.h`, `// operator ${i}\n`]);
  return {
    "torch/__init__.py": "raise SystemExit",
    "torch/version.py": `__all__ = []\n__version__ = '${version}'\n`,
    "torch/lib/libtorch_python.so": noise("python", 300_000),
    "torch/lib/libtorch_cpu.so": noise("cpu", 400_000),
    "torch/lib/libc10.so": noise("c10", 20_000),
    "torch/lib/libgomp.so.1": noise("gomp", 10_000),
    ...Object.fromEntries(headers),
    "torch/lib/libtorch_cuda.so": noise("cuda", 500_000),
  };
}

/** A small set of wheels as they are for linux-x64. */
export function fakeWheels(version?: string): { wheels: Wheel[]; files: Map<string, Buffer> } {
  const built = [
    buildWheel("torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl", "cpu", torchMembers(version)),
    buildWheel("nvidia_cuda_runtime-13.2.86-py3-none-manylinux2014_x86_64.whl", "cpu", {
      "nvidia/cu13/include/cuda.h": "// cuda\n",
      "nvidia/cu13/lib/libcudart.so.13": noise("cudart", 5_000),
    }),
    buildWheel("nvidia_cublas-13.4.1.3-py3-none-manylinux_2_27_x86_64.whl", "cuda", {
      "nvidia/cu13/lib/libcublas.so.13": noise("cublas", 50_000),
    }),
  ];
  return {
    wheels: built.map(({ wheel }) => wheel),
    files: new Map(built.map(({ wheel, bytes }) => [wheel.file, bytes])),
  };
}

/** Settings for a test: a cache of its own, no Python, and a network that gives up quickly. */
export function testSettings(overrides: Partial<Settings> = {}): Settings {
  return {
    version: "2.15.0",
    anyVersion: false,
    platform: "linux-x64",
    cache: fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-test-")),
    pythons: [],
    wheels: [],
    network: { timeout: 200, tries: 3, pause: 5, block: 2 ** 13, request: 2 ** 16, parallel: 2 },
    ...overrides,
  };
}

/** A report that keeps its lines. */
export function keepLines(): Report & { lines: string[] } {
  const lines: string[] = [];
  return { lines, line: (text) => void lines.push(text), bar: () => ({ add() {}, end() {} }) };
}

/** What lies in a cache apart from downloads; after a failure it must be nothing. */
export function installedIn(settings: Settings): string[] {
  return fs.readdirSync(settings.cache).filter((name) => name !== "downloads");
}
