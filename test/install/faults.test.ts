import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { install } from "../../lib/install/install.js";
import type { Settings } from "../../lib/install/settings.js";
import { type Fault, startServer, type TestServer } from "./helpers/server.js";
import { fakeWheels, installedIn, keepLines, testSettings } from "./helpers/wheels.js";

const { wheels, files } = fakeWheels();
let server: TestServer;
let settings: Settings;

beforeEach(async () => {
  server = await startServer(files);
  settings = testSettings({ wheels, index: `${server.address}/simple` });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
  fs.rmSync(settings.cache, { recursive: true });
});

async function expectFailure(message: RegExp): Promise<void> {
  await expect(install({}, settings, keepLines())).rejects.toThrow(message);
  expect(installedIn(settings)).toEqual([]);
}

async function expectSuccess(): Promise<void> {
  const { lib } = await install({}, settings, keepLines());
  expect(fs.statSync(path.join(lib, "libtorch_cpu.so")).size).toBe(400_000);
}

const always = (fault: Fault) => () => fault;

describe("a fault that passes does not end the installation", () => {
  test.each<Fault>(["cut", "hang", "silent", 500, 429])("%s, now and then", async (fault) => {
    const isNew = (i: number) => server.requests.indexOf(server.requests[i]) === i;
    server.fault = (_, request) => (request % 4 === 0 && isNew(request - 1) ? fault : undefined);
    await expectSuccess();
  });

  test("the connection is cut in each long request", async () => {
    server.fault = (_, __, bytes) => (bytes > 2 * settings.network.block ? "cut" : undefined);
    await expectSuccess();
  });
});

describe("a fault that stays is explained, and the next try succeeds", () => {
  const faults: [Fault, RegExp][] = [
    ["hang", /torch-.*whl: no answer for 0.2 s\.\nTo go on with what has arrived, run: npx tstorch install/],
    ["silent", /no answer for 0.2 s/],
    ["corrupt", /torch-.*whl: .*It was deleted.\nTo fetch it again, run: npx tstorch install/],
    ["truncated", /torch-.*whl: .*It was deleted.\nTo fetch it again, run: npx tstorch install/],
    [404, /torch-.*whl: the server answered 404.\nWhen that is mended, run: npx tstorch install/],
    [500, /torch-.*whl: the server answered 500.\nTo go on/],
  ];

  test.each(faults)("%s from the start", async (fault, message) => {
    server.fault = always(fault);
    await expectFailure(message);
    server.fault = () => undefined;
    await expectSuccess();
  });

  test("cut, in the middle: the next try fetches only the rest", async () => {
    server.fault = (_, request) => (request > 8 ? 500 : undefined);
    await expectFailure(/the server answered 500/);
    server.fault = () => undefined;
    const before = server.sent;
    await expectSuccess();
    expect(before).toBeGreaterThan(100_000);
    expect(server.sent).toBeLessThan(550_000);
  });

  test("corrupted, in the middle", async () => {
    server.fault = (_, request) => (request === 9 ? "corrupt" : undefined);
    await expectFailure(/is not what RECORD says|invalid|RECORD/);
    await expectSuccess();
  });

  test("another file under the same name", async () => {
    server.fault = (_, request) => (request > 6 ? "truncated" : undefined);
    await expectFailure(/has changed. It was deleted/);
    server.fault = () => undefined;
    await expectSuccess();
  });

  test("a wheel with another RECORD than the pinned one", async () => {
    const pinned = settings.wheels;
    settings.wheels = pinned.map((wheel) => ({ ...wheel, record: "0".repeat(64) }));
    await expectFailure(/torch-.*: its RECORD has the sha256 .*, and not the pinned 000/);
    settings.wheels = pinned;
    await expectSuccess();
  });

  test("offline", async () => {
    const { index } = settings;
    settings.index = "http://127.0.0.1:3/simple";
    await expectFailure(
      /simple.torch.: connect ECONNREFUSED .*\nTo go on with what has arrived, run: npx tstorch install/,
    );
    settings.index = index;
    await expectSuccess();
  });

  test("stopped by the user", async () => {
    const controller = new AbortController();
    server.fault = (_, request) => {
      if (request > 6) controller.abort(new Error("stopped"));
      return undefined;
    };
    await expect(install({ signal: controller.signal }, settings, keepLines())).rejects.toThrow("stopped");
    expect(installedIn(settings)).toEqual([]);
    server.fault = () => undefined;
    await expectSuccess();
  });

  test("the command to run again has the same options", async () => {
    server.fault = always(404);
    await expect(install({ device: "cuda" }, settings, keepLines())).rejects.toThrow(/install --device cuda$/);
  });
});

describe("servers may", () => {
  test("redirect", async () => {
    server.fault = (_, request) => (server.requests[request - 1].startsWith("/files/") ? "redirect" : undefined);
    await expectSuccess();
  });

  test("not know ranges", async () => {
    server.fault = always("whole");
    await expectSuccess();
  });
});

describe("a full disk is explained, and the next try succeeds", () => {
  const full = () => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  const message = /The disk of .* is full.\nFree some space, or set TSTORCH_CACHE .* run: npx tstorch install/;

  test("while files are written", async () => {
    const writeFile = fs.promises.writeFile;
    vi.spyOn(fs.promises, "writeFile").mockImplementation(async (file, ...rest) => {
      if (String(file).endsWith("libc10.so")) throw full();
      return writeFile(file, ...rest);
    });
    await expectFailure(message);
    vi.restoreAllMocks();
    await expectSuccess();
  });

  test("while bytes arrive", async () => {
    let count = 0;
    const appendFile = fs.promises.appendFile;
    vi.spyOn(fs.promises, "appendFile").mockImplementation(async (...args) => {
      if (++count > 20) throw full();
      return appendFile(...args);
    });
    await expectFailure(message);
    vi.restoreAllMocks();
    await expectSuccess();
  });

  test("before it begins", async () => {
    vi.spyOn(fs.promises, "statfs").mockResolvedValue({ bavail: 10, bsize: 4096 } as fs.StatsFs);
    await expectFailure(/has 0 MB free, and \d+ MB are needed.\nFree some space/);
  });

  test("a cache that may not be written to", async () => {
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    vi.spyOn(fs.promises, "mkdtemp").mockRejectedValue(denied);
    await expectFailure(/permission denied.\nSet TSTORCH_CACHE to a folder that you may write to/);
  });
});
