import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import torch from "tstorch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const fixtures = path.join(import.meta.dirname, "fixtures");

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-asynchronous-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** The longest time for which the event loop did not turn, as a share of all. */
async function longestDelay(body: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  delay.enable();
  await body();
  delay.disable();
  return delay.max / 1e6 / (performance.now() - start);
}

describe("torch.aio.save and torch.aio.load", () => {
  test("leave the event loop free", async () => {
    const file = path.join(folder, "large.pt");
    const state = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, torch.rand(1_000_003)])); // 80 MB
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    let loaded: typeof state = {};
    const delays = [
      await longestDelay(() => torch.aio.save(state, file)),
      await longestDelay(async () => {
        loaded = await torch.aio.load(file);
      }),
    ];
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(10);
    expect(Math.max(...delays)).toBeLessThan(0.7);
    for (const [name, x] of Object.entries(state)) expect(torch.equal(loaded[name], x)).toBe(true);
    expect(torch.equal(torch.load(file).x7, state.x7)).toBe(true);
    expect(loaded.x0.resize_([2_000_000]).numel()).toBe(2_000_000); // its memory is its own
    fs.rmSync(file);
  });

  test("what load() and save() take and give", async () => {
    const file = path.join(folder, "a.pt");
    const base = torch.arange(6).to(torch.float32);
    await torch.aio.save(
      { base, view: base["2:4"], big: new Map([[1, torch.ones(2).to(torch.bfloat16)]]), no: null },
      file,
    );
    const written = fs.readFileSync(file);
    torch.save(torch.load(file), file);
    expect(fs.readFileSync(file)).toEqual(written);
    const loaded = await torch.aio.load(file, { map_location: "cpu" });
    loaded.base[2] = -1;
    expect(loaded.view.tolist()).toEqual([-1, 3]);
    expect(loaded.big.get(1).dtype).toBe(torch.bfloat16);
    expect((await torch.aio.load(file, "meta")).base.device.type).toBe("meta");
    expect((await torch.aio.load(file, { mmap: true })).base.tolist()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const given of [
      fs.readFileSync(file),
      fs.createReadStream(file),
      fs.openAsBlob(file).then((b) => b.stream()),
    ]) {
      expect((await torch.aio.load((await given) as Uint8Array)).base.tolist()).toEqual([0, 1, 2, 3, 4, 5]);
    }
    const parts: Uint8Array[] = [];
    await torch.aio.save(base, { write: async (part: Uint8Array) => parts.push(part) });
    expect(torch.load(Buffer.concat(parts)).tolist()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("Python's files of all kinds, as load() reads them", async () => {
    for (const name of [
      "checkpoint.pt",
      "views.pt",
      "sparse.pt",
      "legacy.pt",
      "legacy_views.pt",
      "empty.pt",
      "storages.pt",
    ]) {
      const file = path.join(fixtures, name);
      expect(String(torch.py.repr(await torch.aio.load(file)))).toBe(String(torch.py.repr(torch.load(file))));
    }
  });

  test("errors are load()'s and save()'s, and nothing half-written is left", async () => {
    const missing = path.join(folder, "missing.pt");
    await expect(torch.aio.load(missing)).rejects.toMatchObject({ code: "ENOENT", path: missing });
    await expect(torch.aio.load(Buffer.from("nothing"))).rejects.toThrow();
    await expect(torch.aio.load(path.join(fixtures, "module.pt"))).rejects.toThrow(torch.UnpicklingError);
    await expect(torch.aio.save(1, path.join(folder, "no", "a.pt"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(torch.aio.save(torch.nn.Linear(1, 1), path.join(folder, "m.pt"))).rejects.toThrow("state_dict");
    expect(fs.existsSync(path.join(folder, "m.pt"))).toBe(false);
  });

  test("a signal ends them", async () => {
    const file = path.join(folder, "aborted.pt");
    torch.save({ old: 1 }, file);
    const before = fs.readdirSync(folder);
    const state = { x: torch.zeros(4_000_000), y: torch.zeros(4_000_000) };
    const saving = new AbortController();
    const saved = torch.aio.save(state, file, { signal: saving.signal });
    setImmediate(() => saving.abort(new Error("enough")));
    await expect(saved).rejects.toThrow("enough");
    expect(fs.readdirSync(folder)).toEqual(before);
    expect(torch.load(file)).toEqual({ old: 1 });
    torch.save(state, file);
    const loading = new AbortController();
    const loaded = torch.aio.load(file, { signal: loading.signal });
    loading.abort(new Error("no more"));
    await expect(loaded).rejects.toThrow("no more");
    await expect(torch.aio.load(file, { signal: AbortSignal.abort(new Error("never")) })).rejects.toThrow("never");
  });
});
