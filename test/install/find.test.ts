import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cachePlaces, writeChoice } from "../../lib/install/cache.js";
import { findLibtorch, missingLibtorch } from "../../lib/install/find.js";
import { install } from "../../lib/install/install.js";
import { pipIndex } from "../../lib/install/python.js";
import { readSettings, type Settings } from "../../lib/install/settings.js";
import { keepLines, testSettings } from "./helpers/wheels.js";

let folder: string;
let settings: Settings;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-find-"));
  settings = testSettings({ cache: path.join(folder, "cache") });
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

function makeLibtorch(name: string, files: { [name: string]: string }): string {
  for (const [file, content] of Object.entries({ "lib/libtorch_cpu.so": "", ...files })) {
    const target = path.join(folder, name, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }
  return path.join(folder, name);
}

/** A command that answers as Python does when it is asked for torch, or for pip's index. */
function makePython(answer: string): string {
  const command = path.join(folder, `python-${fs.readdirSync(folder).length}`);
  fs.writeFileSync(command, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  return command;
}

const wheel = { "version.py": "__version__ = '2.15.0+cu132'\n" };

describe("TSTORCH_LIBTORCH", () => {
  test("may be the torch folder of a wheel, its parent, or an official libtorch", () => {
    const torch = makeLibtorch("site/torch", wheel);
    const official = makeLibtorch("official", { "build-version": "2.15.0+cpu\n" });
    const header = "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 15\n#define TORCH_VERSION_PATCH 1\n";
    const built = makeLibtorch("built", { "include/torch/headeronly/version.h": header });
    const root = (libtorch: string) => findLibtorch({ ...settings, libtorch }).libtorch;
    expect(root(torch)).toEqual({
      root: torch,
      lib: path.join(torch, "lib"),
      include: path.join(torch, "include"),
      version: "2.15.0+cu132",
      device: "cpu",
      source: "TSTORCH_LIBTORCH",
    });
    expect(root(path.dirname(torch))?.root).toBe(torch);
    expect(root(official)).toMatchObject({ root: official, version: "2.15.0+cpu" });
    expect(root(built)?.version).toBe("2.15.1");
  });

  test("has CUDA when libtorch_cuda is there", () => {
    const libtorch = makeLibtorch("torch", { ...wheel, "lib/libtorch_cuda.so": "" });
    const cudaLibrary = path.join(libtorch, "lib", "libtorch_cuda.so");
    expect(findLibtorch({ ...settings, libtorch }).libtorch).toMatchObject({ device: "cuda", cudaLibrary });
  });

  test("is not replaced by another one when it is no good", async () => {
    const there = makeLibtorch("there", wheel);
    await install({ from: there }, settings, keepLines());
    const search = findLibtorch({ ...settings, libtorch: path.join(folder, "nowhere") });
    expect(search.libtorch).toBeUndefined();
    expect(search.looked).toHaveLength(1);
  });

  test("must be of this version, or TSTORCH_ANY_VERSION=1", () => {
    const libtorch = makeLibtorch("torch", { "version.py": "__version__ = '2.8.0'\n" });
    const { looked } = findLibtorch({ ...settings, libtorch });
    expect(looked[0].reason).toBe("it is libtorch 2.8.0, not 2.15.0; TSTORCH_ANY_VERSION=1 accepts it");
    expect(findLibtorch({ ...settings, libtorch, anyVersion: true }).libtorch?.version).toBe("2.8.0");
  });
});

describe("the cache", () => {
  test("comes before Python, and says when what it names is gone", async () => {
    const there = makeLibtorch("there", wheel);
    const python = makePython(makeLibtorch("python/torch", wheel));
    await writeChoice({ root: there, device: "cpu", source: "folder" }, settings);
    expect(findLibtorch({ ...settings, pythons: [python] }).libtorch).toMatchObject({ root: there, source: "folder" });
    fs.rmSync(there, { recursive: true });
    const { libtorch, looked } = findLibtorch({ ...settings, pythons: [python] });
    expect(libtorch?.source).toBe("python");
    expect(looked[1].reason).toMatch(/there: there is no .*libtorch_cpu.so in it/);
  });

  test("may be damaged", () => {
    fs.mkdirSync(settings.cache);
    fs.writeFileSync(cachePlaces(settings).choice, "{");
    expect(findLibtorch(settings).looked[1].reason).toMatch(/cannot be read/);
  });
});

describe("Python", () => {
  test("is asked last, and `install` records its torch so that it is not asked again", async () => {
    const torch = makeLibtorch("site/torch", { ...wheel, "lib/libtorch_cuda.so": "" });
    const pythons = ["no such command", makePython(""), makePython(torch)];
    const { libtorch, looked } = findLibtorch({ ...settings, pythons });
    expect(libtorch).toMatchObject({ root: torch, source: "python", device: "cuda" });
    expect(looked.map(({ place }) => place)).toEqual(["TSTORCH_LIBTORCH", `the cache, ${settings.cache}`]);
    await install({}, { ...settings, pythons }, keepLines());
    expect(findLibtorch(settings).libtorch).toEqual(libtorch);
  });

  test("must have exactly this version", () => {
    const near = makePython(makeLibtorch("near/torch", { "version.py": "__version__ = '2.15.1'\n" }));
    const far = makePython(makeLibtorch("far/torch", { "version.py": "__version__ = '2.8.0'\n" }));
    const { libtorch, looked } = findLibtorch({ ...settings, pythons: [near, far, makePython("")] });
    expect(libtorch).toBeUndefined();
    expect(looked[2].reason).toMatch(/it is torch 2.15.1, not 2.15.0; .*libtorch 2.8.0, not 2.15.0.*; .* has no torch/);
    expect(findLibtorch({ ...settings, pythons: [far], anyVersion: true }).libtorch?.version).toBe("2.8.0");
  });

  test("names the package index of its pip", () => {
    expect(pipIndex({ ...settings, pythons: ["no such command"] })).toBeUndefined();
    const pythons = [makePython("https://index.example/simple")];
    expect(pipIndex({ ...settings, pythons })).toBe("https://index.example/simple");
  });
});

test("the text for a missing libtorch says what was looked for, where, and what to run", () => {
  const { looked } = findLibtorch(settings);
  expect(missingLibtorch(looked, settings)).toBe(
    [
      "tstorch needs libtorch 2.15.0 and did not find it. It looked at:",
      "  TSTORCH_LIBTORCH: it is not set",
      `  the cache, ${settings.cache}: nothing is installed there`,
      "  Python: there is no Python",
      "Run: npx tstorch install",
    ].join("\n"),
  );
});

test("settings come from the environment", () => {
  const env = {
    TSTORCH_LIBTORCH: "/lib/torch",
    TSTORCH_CACHE: "/cache",
    PIP_INDEX_URL: "https://pip.example",
    TSTORCH_ANY_VERSION: "1",
  };
  expect(readSettings(env)).toMatchObject({
    libtorch: path.resolve("/lib/torch"),
    cache: path.resolve("/cache"),
    index: "https://pip.example",
    anyVersion: true,
  });
  expect(readSettings({ ...env, TSTORCH_INDEX: "https://own.example" }).index).toBe("https://own.example");
  expect(readSettings({})).toMatchObject({ libtorch: undefined, index: undefined, anyVersion: false });
  expect(readSettings({}).cache).toMatch(/tstorch/);
});
