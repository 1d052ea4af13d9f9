import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cachePlaces } from "../../lib/install/cache.js";
import { install } from "../../lib/install/install.js";
import type { Settings } from "../../lib/install/settings.js";
import { startServer, type TestServer } from "./helpers/server.js";
import { fakeWheels, installedIn, keepLines, testSettings } from "./helpers/wheels.js";

const { wheels, files } = fakeWheels();
const script = fileURLToPath(new URL("helpers/install-process.ts", import.meta.url));
let server: TestServer;
let settings: Settings;
let children: ChildProcess[];

beforeEach(async () => {
  server = await startServer(files);
  settings = testSettings({ wheels, index: `${server.address}/simple` });
  settings.network.timeout = 5_000;
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server.close();
  fs.rmSync(settings.cache, { recursive: true });
});

/** Starts an installation in another process. */
function startInstall() {
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(settings)]);
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const ended = once(child, "close").then(([code]) => ({ code, output }));
  return { child, ended };
}

/** Lets the server answer `count` requests of torch's wheel, and hang from then on; returns when it hangs. */
function hangAfter(count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    server.fault = () => {
      if (++seen <= count) return undefined;
      resolve();
      return "hang";
    };
  });
}

test("two at once: one fetches, the other waits for it and uses the result", async () => {
  const [a, b] = await Promise.all([startInstall().ended, startInstall().ended]);
  expect([a.code, b.code]).toEqual([0, 0]);
  const outputs = [a.output, b.output].sort((x, y) => y.length - x.length);
  expect(outputs[0]).toMatch(/Fetching/);
  expect(outputs[1]).not.toMatch(/Fetching/);
  expect(outputs[1]).toMatch(/Using libtorch 2.15.0/);
  expect(server.sent).toBeLessThan(550_000);
});

test("one is killed in the middle: the next takes over its lock and fetches the rest", async () => {
  const hangs = hangAfter(6);
  const { child, ended } = startInstall();
  await hangs;
  child.kill("SIGKILL");
  await ended;
  expect(installedIn(settings)).toContain("install.lock");
  expect(installedIn(settings)).not.toContain("2.15.0-linux-x64-cpu");
  server.fault = () => undefined;
  const before = server.sent;
  await install({}, settings, keepLines());
  expect(server.sent - before).toBeLessThan(480_000);
  expect(installedIn(settings).sort()).toEqual(["2.15.0-linux-x64-cpu", "2.15.0-linux-x64.json"]);
});

test("one is killed while another waits: the other goes on", async () => {
  const hangs = hangAfter(6);
  const first = startInstall();
  await hangs;
  const second = startInstall();
  await once(second.child.stderr, "data");
  server.fault = () => undefined;
  first.child.kill("SIGKILL");
  const { code, output } = await second.ended;
  expect(code).toBe(0);
  expect(output).toMatch(new RegExp(`Another installation is running .process ${first.child.pid}.; waiting`));
});

test("a lock that nobody has renewed for a minute does not count", async () => {
  const { lock } = cachePlaces(settings);
  fs.writeFileSync(lock, `${process.pid} ${os.hostname()}`);
  const longAgo = new Date(Date.now() - 120_000);
  fs.utimesSync(lock, longAgo, longAgo);
  await install({}, settings, keepLines());
  expect(fs.existsSync(lock)).toBe(false);
});

test("what a killed installation was unpacking is removed", async () => {
  const leftover = path.join(settings.cache, ".tmp-abc", "torch");
  fs.mkdirSync(leftover, { recursive: true });
  await install({}, settings, keepLines());
  expect(installedIn(settings).sort()).toEqual(["2.15.0-linux-x64-cpu", "2.15.0-linux-x64.json"]);
});
