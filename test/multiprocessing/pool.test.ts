import * as torch from "tstorch";
import { afterEach, expect, test } from "vitest";
import { native } from "../../dist/binding.js";

const { Pool, from_module } = torch.multiprocessing;
// biome-ignore lint/suspicious/noExplicitAny: functions of any type
const named = (name: string) => from_module<(...args: any[]) => any>(new URL("./exports.mjs", import.meta.url), name);

let pool: ReturnType<typeof Pool>;
afterEach(async () => {
  pool.terminate();
  await pool.join();
});

test("results, in order, of functions that may be async", async () => {
  pool = Pool({ processes: 2 });
  const [square, add] = await Promise.all([named("square"), named("add")]);
  expect(await pool.map(square, [1, 2, 3, 4])).toEqual([1, 4, 9, 16]);
  expect(
    await pool.starmap(add, [
      [1, 2],
      [3, 4],
    ]),
  ).toEqual([3, 7]);
  const results: number[] = [];
  for await (const result of pool.imap(square, [5, 6])) results.push(result);
  expect(results).toEqual([25, 36]);
  const unordered: number[] = [];
  for await (const result of pool.imap_unordered(square, [1, 2, 3])) unordered.push(result);
  expect(unordered.sort()).toEqual([1, 4, 9]);
});

test("tensors and modules cross without a copy", async () => {
  pool = Pool(1);
  const x = torch.zeros(3);
  await pool.apply(await named("inPlace"), [x]);
  expect(x.tolist()).toEqual([1, 1, 1]);
  expect((await pool.apply(await named("twice"), [x])).tolist()).toEqual([2, 2, 2]);
  const net = await from_module<torch.nn.Module>(new URL("./exports.mjs", import.meta.url), "Net", [3]);
  const made = await pool.apply(await named("predict"), [net, torch.ones(2)]);
  const { weight, bias } = (net as unknown as { fc: { weight: torch.Tensor; bias: torch.Tensor } }).fc;
  expect(torch.allclose(made, weight.sum(1).add(bias))).toBe(true);
  expect(native.sharedCount()).toBe(0);
});

test("each worker has a generator of its own, as a new process has", async () => {
  pool = Pool(1);
  const state = torch.get_rng_state();
  expect(await pool.apply(await named("initial_seed"))).toBe(67280421310721);
  await pool.apply(await named("draws"));
  expect(torch.equal(torch.get_rng_state(), state)).toBe(true);
});

test("the initializer, and maxtasksperchild", async () => {
  pool = Pool({ processes: 1, initializer: await named("remember"), initargs: [5], maxtasksperchild: 1 });
  expect(await pool.apply(await named("remembered"))).toBe(5);
  const threads = [await pool.apply(await named("thread")), await pool.apply(await named("thread"))];
  expect(threads[0]).not.toBe(threads[1]);
});

test("errors have their class and stack; a worker that dies fails its own task", async () => {
  pool = Pool(1);
  const error = await pool.apply(await named("fails")).catch((caught) => caught);
  expect(error).toBeInstanceOf(torch.IndexError);
  expect(error.stack).toContain("exports.mjs");
  const ends = await Promise.allSettled([pool.apply(await named("exits")), pool.apply(await named("square"), [3])]);
  expect(ends.map((end) => (end.status === "fulfilled" ? end.value : end.reason.message))).toEqual([
    "a worker of the pool ended with exit code 9",
    9,
  ]);
});

test("close() lets work end, and takes no more", async () => {
  pool = Pool(1);
  await expect(pool.join()).rejects.toThrow("Pool is still running");
  const results = pool.map(await named("square"), [1, 2]);
  pool.close();
  await expect(pool.apply(await named("square"), [1])).rejects.toThrow("Pool not running");
  expect(await results).toEqual([1, 4]);
  await pool.join();
  expect(() => Pool(0)).toThrow("Number of processes must be at least 1");
});
