import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { Batcher } from "tstorch/serve";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { build } from "../../examples/serve/app.js";
import { Metrics } from "../../examples/serve/metrics.js";
import type { Input } from "../../examples/serve/model.js";
import { findChromium } from "../serve/chromium.js";
import { fuzz } from "../serve/fuzz/fuzz.js";
import { ask, classify, load, type Service, serve, trained } from "../serve/service.js";

const browser = findChromium();
if (!browser) console.warn("the page is not tested: there is no Chromium (install one, or name it in CHROMIUM)");

describe("statuses", () => {
  const labels = ["a", "b"];
  const answer = { label: "b", scores: { a: 0.25, b: 0.75 } };
  const make = (run: (batch: Input[]) => number[][] | Promise<number[][]>, keywords = {}) => {
    const batcher = new Batcher(run, { max_batch_size: 1, ...keywords });
    const metrics = new Metrics();
    metrics.watch(batcher);
    const app = build({ batcher, labels, metrics, num_words: 10, isReady: () => true, isDraining: () => false });
    const post = (payload: unknown, type = "application/json") =>
      app.inject({
        method: "POST",
        url: "/classify",
        headers: { "content-type": type },
        payload: typeof payload === "string" ? payload : JSON.stringify(payload),
      });
    return { app, batcher, post };
  };

  test("200 and 4xx", async () => {
    const { app, post } = make((batch) => batch.map(() => [0.25, 0.75]));
    expect((await post({ text: "a" })).json()).toEqual(answer);
    expect((await post({ ids: [0, 9] })).statusCode).toBe(200);
    for (const wrong of [
      {},
      [],
      { text: "" },
      { text: 1 },
      { ids: [] },
      { ids: [10] },
      { ids: [1.5] },
      { text: "a", x: 1 },
    ]) {
      expect((await post(wrong)).json()).toMatchObject({ statusCode: 400, error: "Bad Request" });
    }
    expect((await post('{"ids": [NaN]}')).statusCode).toBe(400);
    expect((await post({ ids: Array(40_000).fill(1) })).statusCode).toBe(413);
    expect((await post("a", "text/plain")).statusCode).toBe(415);
    expect((await app.inject("/classify")).statusCode).toBe(404);
    expect((await app.inject("/healthz")).json()).toEqual({ status: "ok" });
    expect((await app.inject("/metrics")).body).toContain(
      'serve_request_duration_seconds_count{route="/classify",status="400"} 9',
    );
  });

  test("503 when the queue is full, 504 after the timeout, 500 when the model fails", async () => {
    const slow = make(() => new Promise<number[][]>(() => undefined), { max_queue: 1, timeout: 1500 });
    const first = slow.post({ text: "a" });
    await expect.poll(() => slow.batcher.statistics().running).toBe(1);
    const second = slow.post({ text: "a" });
    await expect.poll(() => slow.batcher.is_full).toBe(true);
    const full = await slow.post({ text: "a" });
    expect([full.statusCode, full.headers["retry-after"]]).toEqual([503, "1"]);
    expect((await slow.app.inject("/healthz")).statusCode).toBe(200);
    expect([(await first).statusCode, (await second).statusCode]).toEqual([504, 504]);

    const failing = make(() => {
      throw new Error("a secret");
    });
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const failed = await failing.post({ text: "a" });
    expect(log.mock.calls[0][0].message).toBe("a secret");
    log.mockRestore();
    expect([failed.statusCode, failed.json().message]).toEqual([500, "the model failed"]);
    await failing.batcher.close();
    expect((await failing.post({ text: "a" })).statusCode).toBe(503);
    expect((await failing.app.inject("/readyz")).statusCode).toBe(503);
  });
});

describe("the service", () => {
  let service: Service;

  beforeAll(async () => {
    service = await serve({ MODEL: trained({ steps: 60 }), WORKERS: "2" });
  }, 300_000);

  afterAll(() => {
    service?.child.kill("SIGKILL");
  });

  test("classifies, in batches", async () => {
    const texts = ["My parcel has not arrived!", "I was charged twice", "the app crashes", "I love your product"];
    const replies = await Promise.all(texts.map((text) => classify(service.url, { text })));
    expect(replies.map(({ body }) => body.label)).toEqual(["delivery", "billing", "technical", "praise"]);
    expect(Object.values<number>(replies[0].body.scores).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect((await ask(`${service.url}/readyz`)).status).toBe(200);
    expect((await ask(`${service.url}/metrics`)).body).toContain("serve_workers_ready 2");
  });

  test("hostile requests get the right statuses", async () => {
    const { wrong, statuses } = await fuzz(service.url, 400, 1, 8);
    expect(wrong).toEqual([]);
    expect(Object.keys(statuses).length).toBeGreaterThan(20);
    expect((await classify(service.url, { text: "i was charged twice" })).body.label).toBe("billing");
  });

  test.skipIf(!browser)("the page shows what happens", async () => {
    const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
    try {
      const page = await chrome.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("requestfailed", (request) => errors.push(request.url()));
      await page.goto(service.url);
      await page.getByRole("textbox").fill("the courier left my parcel in the rain");
      await page.getByRole("button").click();
      await page.getByText(/^delivery \(0\.\d\d\)|delivery \(1\.00\)$/).waitFor();
      const until = performance.now() + 1500;
      await load(
        service.url,
        4,
        () => ({ text: "hello" }),
        () => performance.now() > until,
      );
      const rate = page.locator("#rate-now");
      await expect.poll(async () => Number(await rate.textContent()), { timeout: 10_000 }).toBeGreaterThanOrEqual(0);
      expect(await page.locator("#latency-now").textContent()).toMatch(/^[\d.]+ ms, [\d.]+ ms$/);
      expect(Number(await page.locator("#completed").textContent())).toBeGreaterThan(4);
      expect(await page.locator("#p99").getAttribute("points")).toContain(",");
      expect(errors).toEqual([]);
    } finally {
      await chrome.close();
    }
  });

  test("SIGTERM loses no request", async () => {
    const loaded = load(
      service.url,
      16,
      () => ({ text: "my parcel has not arrived yet" }),
      () => false,
    );
    await sleep(300);
    service.child.kill("SIGTERM");
    await sleep(100);
    expect((await ask(`${service.url}/readyz`)).status).toBe(503);
    const { answered, wrong, refused } = await loaded;
    expect({ wrong, end: await service.ended }).toEqual({ wrong: [], end: 0 });
    expect(answered).toBeGreaterThan(16);
    expect(refused).toBeGreaterThan(0);
  });
});
