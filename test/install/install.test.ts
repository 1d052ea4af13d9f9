import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLibtorch } from "../../lib/install/find.js";
import { install } from "../../lib/install/install.js";
import type { Settings } from "../../lib/install/settings.js";
import { startServer, type TestServer } from "./helpers/server.js";
import { fakeWheels, installedIn, keepLines, testSettings, torchMembers } from "./helpers/wheels.js";
import { buildZip } from "./helpers/zip.js";

const { wheels, files } = fakeWheels();
let server: TestServer;
let settings: Settings;

beforeEach(async () => {
  server = await startServer(files);
  settings = testSettings({ wheels, index: `${server.address}/simple` });
});

afterEach(async () => {
  await server.close();
  fs.rmSync(settings.cache, { recursive: true });
});

const inCache = (...names: string[]) => path.join(settings.cache, ...names);

describe("install", () => {
  test("brings what the CPU needs, in the layout of the wheels", async () => {
    const report = keepLines();
    const libtorch = await install({}, settings, report);
    const root = inCache("2.15.0-linux-x64-cpu", "torch");
    expect(libtorch).toMatchObject({ root, version: "2.15.0+cu132", device: "cpu", source: "cache" });
    expect(fs.readdirSync(libtorch.lib).sort()).toEqual(["libc10.so", "libgomp.so.1", "libtorch_cpu.so"]);
    expect(fs.readFileSync(path.join(libtorch.include, "ATen/ops/op7.h"), "utf8")).toBe("// operator 7\n");
    expect(fs.readdirSync(path.join(root, "../nvidia/cu13"), { recursive: true })).toEqual([
      "lib",
      path.join("lib", "libcudart.so.13"),
    ]);
    expect(fs.existsSync(path.join(root, "../torch-2.15.0.dist-info/licenses/LICENSE"))).toBe(true);
    expect(report.lines.join("\n")).toMatch(
      /Fetching torch-2.15.0: .* MB\nFetched .* s\nUnpacked and checked 45 files of torch-2.15.0, .* s/,
    );
  });

  test("fetches only the bytes that it needs", async () => {
    await install({}, settings, keepLines());
    expect(server.sent).toBeLessThan(550_000);
    expect(server.requests.filter((request) => request.startsWith("/simple/torch/"))).toHaveLength(1);
  });

  test("keeps what is there, and leaves nothing else behind", async () => {
    const first = await install({}, settings, keepLines());
    const requests = server.requests.length;
    expect(await install({}, settings, keepLines())).toEqual(first);
    expect(server.requests).toHaveLength(requests);
    expect(installedIn(settings).sort()).toEqual(["2.15.0-linux-x64-cpu", "2.15.0-linux-x64.json"]);
    expect(fs.readdirSync(inCache("downloads"))).toEqual([]);
  });

  test("what it brought is what import finds, without a process", async () => {
    const libtorch = await install({}, settings, keepLines());
    const search = findLibtorch({ ...settings, pythons: ["no such command"] });
    expect(search.libtorch).toEqual(libtorch);
  });

  test("brings everything for CUDA, and can go back to the CPU", async () => {
    const cuda = await install({ device: "cuda" }, settings, keepLines());
    expect(cuda).toMatchObject({ device: "cuda", cudaLibrary: path.join(cuda.lib, "libtorch_cuda.so") });
    expect(fs.existsSync(path.join(cuda.root, "../nvidia/cu13/lib/libcublas.so.13"))).toBe(true);
    expect(await install({}, settings, keepLines())).toEqual(cuda);
    const cpu = await install({ device: "cpu" }, settings, keepLines());
    expect(cpu).toMatchObject({ root: cuda.root, device: "cpu", cudaLibrary: undefined });
    expect(findLibtorch(settings).libtorch).toEqual(cpu);
  });

  test("adds CUDA to a cache that has the CPU's", async () => {
    await install({}, settings, keepLines());
    expect((await install({ device: "cuda" }, settings, keepLines())).device).toBe("cuda");
  });

  test("says that a platform has no wheel, or none with CUDA", async () => {
    await expect(install({}, { ...settings, wheels: [], platform: "sunos-x64" }, keepLines())).rejects.toThrow(
      /no wheel of torch 2.15.0 for sunos-x64.*--from/s,
    );
    const onlyCpu = { ...settings, wheels: wheels.slice(0, 2) };
    await expect(install({ device: "cuda" }, onlyCpu, keepLines())).rejects.toThrow(/has no CUDA.*--from/s);
  });

  test("says that there is neither an index nor a pip", async () => {
    await expect(install({}, { ...settings, index: undefined }, keepLines())).rejects.toThrow(/no pip.*TSTORCH_INDEX/s);
    await expect(install({}, { ...settings, index: "nowhere" }, keepLines())).rejects.toThrow(/not an address/);
  });

  test("says that TSTORCH_LIBTORCH is no good, instead of fetching another one", async () => {
    const wrong = { ...settings, libtorch: settings.cache };
    await expect(install({}, wrong, keepLines())).rejects.toThrow(/TSTORCH_LIBTORCH=.*libtorch_cpu.*unset it/s);
  });
});

describe("the index", () => {
  test("may be HTML", async () => {
    const html = await startServer(files, "html");
    await install({}, { ...settings, index: `${html.address}/simple/` }, keepLines());
    await html.close();
  });

  test("may ask for a password, which also goes to files of the same server", async () => {
    const index = `${server.address.replace("//", "//me:secret@")}/simple`;
    await install({}, { ...settings, index }, keepLines());
    expect(new Set(server.passwords)).toEqual(new Set(["me:secret"]));
  });

  test("may lack the wheel", async () => {
    const other = [{ ...wheels[0], file: "torch-2.15.0-other.whl" }];
    await expect(install({}, { ...settings, wheels: other }, keepLines())).rejects.toThrow(
      /does not have torch-2.15.0-other.whl.*TSTORCH_INDEX/s,
    );
  });
});

describe("install --from", () => {
  const official = buildZip(
    Object.fromEntries([
      ["libtorch/build-version", "2.15.0+cpu\n"],
      ...Object.entries(torchMembers())
        .filter(([name]) => !name.includes("cuda") && !name.endsWith(".py"))
        .map(([name, content]) => [name.replace("torch/", "libtorch/"), content]),
    ]),
  );
  const write = (name: string, content: Buffer | string) => {
    fs.mkdirSync(path.dirname(inCache(name)), { recursive: true });
    fs.writeFileSync(inCache(name), content);
    return inCache(name);
  };

  test("takes a libtorch folder where it lies", async () => {
    write("my/libtorch/lib/libtorch_cpu.so", "");
    write("my/libtorch/build-version", "2.15.0");
    const libtorch = await install({ from: inCache("my") }, settings, keepLines());
    expect(libtorch).toMatchObject({ root: inCache("my/libtorch"), source: "folder", version: "2.15.0" });
    expect(findLibtorch(settings).libtorch).toEqual(libtorch);
    expect(server.requests).toEqual([]);
  });

  test("takes a folder of wheels, or one wheel with the others beside it", async () => {
    for (const { file } of wheels.slice(0, 2)) write(`wheels/${file}`, files.get(file) ?? "");
    for (const from of [inCache("wheels"), inCache("wheels", wheels[0].file)]) {
      const libtorch = await install({ from }, settings, keepLines());
      expect(libtorch.root).toBe(inCache("2.15.0-linux-x64-from", "torch"));
      expect(fs.existsSync(path.join(libtorch.root, "../nvidia/cu13/lib/libcudart.so.13"))).toBe(true);
    }
    fs.rmSync(inCache("wheels", wheels[1].file));
    await expect(install({ from: inCache("wheels") }, settings, keepLines())).rejects.toThrow(/nvidia_cuda_runtime/);
    expect(server.requests).toEqual([]);
  });

  test("takes a zip", async () => {
    const libtorch = await install({ from: write("official.zip", official) }, settings, keepLines());
    expect(libtorch).toMatchObject({ root: inCache("2.15.0-linux-x64-from", "libtorch"), version: "2.15.0+cpu" });
    await expect(install({ from: inCache("official.zip"), device: "cuda" }, settings, keepLines())).rejects.toThrow(
      /has no CUDA/,
    );
  });

  test("takes an address with a hash, and only with the right one", async () => {
    files.set("official.zip", official);
    const address = `${server.address}/files/official.zip`;
    await expect(install({ from: address }, settings, keepLines())).rejects.toThrow(/#sha256=/);
    await expect(install({ from: `${address}#sha256=${"0".repeat(64)}` }, settings, keepLines())).rejects.toThrow(
      /official.zip: its sha256 is .* and not 000/,
    );
    const hash = createHash("sha256").update(official).digest("hex");
    const libtorch = await install({ from: `${address}#sha256=${hash}` }, settings, keepLines());
    expect(libtorch.version).toBe("2.15.0+cpu");
    files.delete("official.zip");
  });

  test("refuses what is not there, not whole, no libtorch, or another version", async () => {
    await expect(install({ from: inCache("none") }, settings, keepLines())).rejects.toThrow(/does not exist/);
    const half = write("half.zip", official.subarray(0, 100_000));
    await expect(install({ from: half }, settings, keepLines())).rejects.toThrow(/half.zip is damaged/);
    const other = write("other.zip", buildZip({ "readme.txt": "no libtorch" }));
    await expect(install({ from: other }, settings, keepLines())).rejects.toThrow(/no lib.libtorch_cpu/);
    const old = write("old.zip", buildZip(torchMembers("2.8.0")));
    await expect(install({ from: old }, settings, keepLines())).rejects.toThrow(/2.8.0, not 2.15.0; TSTORCH_ANY/);
    expect(installedIn(settings).filter((name) => name.startsWith("2.15"))).toEqual([]);
    const any = await install({ from: old }, { ...settings, anyVersion: true }, keepLines());
    expect(any.version).toBe("2.8.0");
  });
});
