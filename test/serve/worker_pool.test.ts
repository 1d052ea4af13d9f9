import { spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import * as torch from "tstorch";
import { Batcher, ClosedError, TimeoutError, WorkerError, WorkerPool, type WorkerPoolKeywords } from "tstorch/serve";
import { afterEach, expect, test } from "vitest";
import { native } from "../../dist/binding.js";

const models = new URL("./models.mjs", import.meta.url);
const pools: WorkerPool<unknown[], unknown>[] = [];

function make(keywords?: WorkerPoolKeywords): WorkerPool<unknown[], unknown> {
  const pool = new WorkerPool<unknown[], unknown>(models, keywords);
  pools.push(pool);
  return pool;
}

async function failure(of: Promise<unknown>): Promise<Error> {
  return of.then(
    () => expect.fail("no error"),
    (error) => error,
  );
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.terminate()));
  expect(native.sharedCount()).toBe(0);
});

test("each thread loads the model, and computes", async () => {
  const pool = make({ args: [3], num_workers: 2, num_threads: 1 });
  await pool.ready();
  expect(pool.statistics()).toEqual({ ready: 2, busy: 0, queue_length: 0, tasks: 0, restarts: 0 });
  const result = await pool.run(["scale", torch.tensor([1, 2])]);
  expect((result as torch.Tensor).tolist()).toEqual([3, 6]);
  expect(await pool.run(["threads"])).toBe(1);
  const busy = [pool.run(["sleeps", 20]), pool.run(["sleeps", 20]), pool.run(["thread"])];
  expect(pool.statistics()).toMatchObject({ busy: 2, queue_length: 1 });
  expect((await Promise.all(busy)).slice(0, 2)).toEqual(["slept", "slept"]);

  // Errors of the model have their class.
  const error = await failure(pool.run(["throws"]));
  expect(error).toBeInstanceOf(torch.IndexError);
  expect(error.stack).toContain("models.mjs");
  await expect(pool.run(["graph"])).rejects.toThrow(torch.RuntimeError);
  await expect(pool.run([Symbol()])).rejects.toThrow("cannot pickle 'symbol' object");
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  await expect(pool.run(["scale", torch.ones(2), buffer])).rejects.toThrow("could not be cloned");
  await expect(pool.run(["detached"])).rejects.toThrow("could not be cloned");

  // A signal takes a task back that waits.
  const controller = new AbortController();
  const tasks = ["sleeps", "sleeps", "scale"].map((name) => [name, name === "scale" ? torch.ones(2) : 50]);
  const [first, second, given] = tasks.map((task) => pool.run(task, { signal: controller.signal }));
  controller.abort(new Error("given up"));
  await expect(given).rejects.toThrow("given up");
  expect(await Promise.all([first, second])).toEqual(["slept", "slept"]);
  expect(pool.statistics()).toMatchObject({ ready: 2, restarts: 0, queue_length: 0 });
});

test("a thread that exits, or throws outside of the task, fails its own task and is replaced", async () => {
  const pool = make({ num_workers: 2 });
  await pool.ready();
  for (const [does, message] of Object.entries({
    exits: "the worker thread ended with exit code 9",
    fails: "the worker thread ended: thrown outside of the task",
    rejects: "the worker thread ended: unhandled",
  })) {
    const neighbour = pool.run(["sleeps", 100]);
    const error = await failure(pool.run([does]));
    expect(error).toBeInstanceOf(WorkerError);
    expect(error.message).toBe(message);
    expect(await neighbour).toBe("slept");
  }
  await expect.poll(() => pool.statistics(), { timeout: 20_000 }).toMatchObject({ ready: 2, restarts: 3 });
});

test("wrong arguments", () => {
  expect(() => make({ num_workers: 0 })).toThrow("num_workers must be at least 1, but got 0");
  expect(() => make({ num_threads: 0.5 })).toThrow("num_threads must be an integer");
  expect(() => make({ task_timeout: -1 })).toThrow("task_timeout must be from 0");
});

test("a thread that is terminated while computing", async () => {
  const started = once(process, "worker");
  const pool = make({ num_workers: 1 });
  const [worker] = (await started) as [Worker];
  await pool.ready();
  const tasks = [pool.run(["computes"]), pool.run(["sleeps", 1])];
  await sleep(50);
  await worker.terminate();
  await expect(tasks[0]).rejects.toThrow(WorkerError);
  expect(await tasks[1]).toBe("slept");
});

test("task_timeout ends a thread that hangs", async () => {
  const pool = make({ num_workers: 1, task_timeout: 200 });
  await pool.ready();
  const error = await failure(pool.run(["computes"]));
  expect(error).toBeInstanceOf(WorkerError);
  expect(error.cause).toBeInstanceOf(TimeoutError);
  expect(await pool.run(["sleeps", 1])).toBe("slept");
});

test("a model that cannot be loaded", async () => {
  const broken = make({ name: "broken", num_workers: 1 });
  const task = broken.run([]);
  await expect(broken.ready()).rejects.toThrow(torch.ValueError);
  const error = await failure(task);
  expect(error).toBeInstanceOf(WorkerError);
  expect((error.cause as Error).message).toBe("no model");
  await broken.terminate();
  const nothing = make({ name: "nothing", num_workers: 1 });
  await expect(nothing.ready()).rejects.toThrow("gave no function");
  await nothing.terminate();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const second = make({ name: "second", args: [flag], num_workers: 1 });
  await expect(second.ready()).rejects.toThrow("the first time");
  await expect.poll(() => second.statistics().ready, { timeout: 10_000 }).toBe(1);
  expect(await second.run([])).toBe("loaded");
});

test("close() lets work end, terminate() does not", async () => {
  const closing = make({ num_workers: 1 });
  const done = [closing.run(["sleeps", 20]), closing.run(["sleeps", 1])];
  const closed = closing.close();
  await expect(closing.run(["thread"])).rejects.toThrow(ClosedError);
  await closed;
  expect(await Promise.all(done)).toEqual(["slept", "slept"]);
  const ending = make({ num_workers: 1 });
  await ending.ready();
  const undone = [ending.run(["computes"]), ending.run(["scale", torch.ones(2)])];
  const all = Promise.allSettled(undone);
  await ending.terminate();
  expect((await all).map((one) => one.status)).toEqual(["rejected", "rejected"]);
  await expect(undone[0]).rejects.toThrow("the WorkerPool was terminated");
});

test("with a Batcher: a batch that ends its thread fails alone", async () => {
  const pool = new WorkerPool<string[], [string, number][]>(models, { name: "batches", num_workers: 2 });
  pools.push(pool as never);
  await pool.ready();
  const batcher = new Batcher(pool.run, { concurrency: pool.num_workers, max_batch_size: 2 });
  const results = await Promise.allSettled(["a", "b", "exit", "c", "d", "e"].map((x) => batcher.call(x)));
  expect(results.map((one) => (one.status === "fulfilled" ? one.value[0] : one.reason.name))).toEqual([
    ...["a", "b", "WorkerError", "WorkerError", "d", "e"],
  ]);
  await batcher.close();
});

test("idle threads do not keep the process from ending", () => {
  const script = path.join(import.meta.dirname, "idle.mjs");
  const { status, stdout } = spawnSync(process.execPath, [script], { encoding: "utf8", timeout: 30_000 });
  expect([status, stdout]).toEqual([0, "slept\n"]);
});
