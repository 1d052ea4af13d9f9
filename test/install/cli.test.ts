import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { megabytes } from "../../lib/install/progress.js";
import { checkSystem } from "../../lib/install/system.js";

const cli = fileURLToPath(new URL("../../lib/install/cli.ts", import.meta.url));
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-cli-"));
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

async function tstorch(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", cli, ...args], {
    env: { PATH: process.env.PATH, TSTORCH_CACHE: path.join(folder, "cache"), ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const [code] = await once(child, "close");
  return { code, output };
}

function makeLibtorch(): string {
  fs.mkdirSync(path.join(folder, "lib"));
  for (const name of ["libtorch_cpu.so", "libtorch_cpu.dylib", "torch_cpu.dll"]) {
    fs.writeFileSync(path.join(folder, "lib", name), "");
  }
  fs.writeFileSync(path.join(folder, "build-version"), "2.15.0");
  return folder;
}

describe("tstorch", () => {
  test("explains itself, and refuses what it does not know", async () => {
    const runs = [["--help"], [], ["fetch"], ["install", "--device", "tpu"], ["install", "--force"]];
    const [help, none, ...wrong] = await Promise.all(runs.map((args) => tstorch(args)));
    expect(help).toMatchObject({ code: 0, output: expect.stringContaining("tstorch install [--device cpu|cuda]") });
    expect(none).toEqual(help);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(wrong[0].output).toMatch(/no command "fetch".*--help/);
    expect(wrong[1].output).toMatch(/--device is cpu or cuda/);
    expect(wrong[2].output).toMatch(/'--force'/);
  });

  test("install takes what --from names, and doctor then tells where it is", async () => {
    const libtorch = makeLibtorch();
    const installed = await tstorch(["install", "--from", libtorch]);
    expect(installed).toMatchObject({
      code: 0,
      output: expect.stringContaining(`Using libtorch 2.15.0 (cpu) in ${libtorch}`),
    });
    const { output } = await tstorch(["doctor"], { HTTPS_PROXY: "http://me:secret@proxy.example" });
    expect(output).toMatch(/^tstorch: +\d+\.\d+\.\d+$/m);
    expect(output).toContain(process.version);
    expect(output).toMatch(/^libtorch: +2.15.0, cpu, from: folder$/m);
    expect(output).toContain(path.join(libtorch, "lib"));
    expect(output).toMatch(/^CUDA: +driver .*, libtorch_cuda none$/m);
    expect(output).toMatch(/^addon: /m);
    expect(output).toContain("HTTPS_PROXY=http://***@proxy.example");
  });

  test("doctor fails without libtorch, and says what to run", async () => {
    const { code, output } = await tstorch(["doctor"], { TSTORCH_LIBTORCH: "/nowhere" });
    expect(code).toBe(1);
    expect(output).toMatch(/looked at: +TSTORCH_LIBTORCH=.*nowhere: there is no/);
    expect(output).toContain("npx tstorch install");
  });

  test("an error is a message, not a stack", async () => {
    const { code, output } = await tstorch(["install"], { TSTORCH_LIBTORCH: "/nowhere" });
    expect(code).toBe(1);
    expect(output).toMatch(/^tstorch needs libtorch/);
    expect(output).not.toMatch(/\n +at /);
  });
});

test("systems that libtorch cannot run on are named", () => {
  expect(() => checkSystem("musl")).toThrow(/needs glibc, and this system \(Alpine\?\) has musl/);
  expect(() => checkSystem("glibc 2.17")).toThrow(/needs glibc 2.28, and this system has glibc 2.17/);
  expect(() => checkSystem("glibc 2.36")).not.toThrow();
  expect(() => checkSystem(undefined)).not.toThrow();
});

test("sizes are in megabytes", () => expect(megabytes(146_900_000)).toBe("147 MB"));
