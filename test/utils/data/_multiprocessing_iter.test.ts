import { setTimeout as sleep } from "node:timers/promises";
import * as torch from "tstorch";
import { DataLoader, type Dataset, from_module, Subset, TensorDataset } from "tstorch/utils/data";
import { afterEach, describe, expect, test } from "vitest";
import { native } from "../../../dist/binding.js";

const url = new URL("../../multiprocessing/exports.mjs", import.meta.url);
type Sample = [square: number, index: number, random: number];
const squares = (count: number, faults = {}) => from_module<Dataset<Sample>>(url, "Squares", [count, faults]);
const second = (batches: Iterable<unknown>) => Array.from(batches, (batch) => (batch as torch.Tensor[])[1].tolist());

// What nobody will receive is given up when the workers have ended.
afterEach(async () => {
  for (let i = 0; i < 200 && native.sharedCount() > 0; i++) await sleep(50);
  expect(native.sharedCount()).toBe(0);
}, 20_000);

test("batches in order, with the random numbers that Python's workers draw", async () => {
  torch.manual_seed(0);
  const dataset = await squares(10);
  const batches = [...DataLoader(dataset, { batch_size: 4, num_workers: 2 })] as unknown as torch.Tensor[][];
  expect(batches.map(([square, index]) => [square.tolist(), index.tolist()])).toEqual([
    [
      [0, 1, 4, 9],
      [0, 1, 2, 3],
    ],
    [
      [16, 25, 36, 49],
      [4, 5, 6, 7],
    ],
    [
      [64, 81],
      [8, 9],
    ],
  ]);
  const random = [0.7821398973464966, 0.053598999977111816, 0.9887869358062744, 0.1948593258857727];
  expect(batches[0][2].tolist()).toEqual(random);
  expect(batches[2][2].tolist()).toEqual([0.5241790413856506, 0.19871777296066284]);
  expect(second(DataLoader(dataset, { batch_size: 4, num_workers: 2, shuffle: true }))).toEqual([
    [3, 5, 0, 6],
    [1, 2, 4, 9],
    [7, 8],
  ]);
});

test("for await, while the event loop turns", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const indices: number[][] = [];
  for await (const batch of DataLoader(await squares(5), { batch_size: 2, num_workers: 2 })) {
    indices.push((batch as unknown as torch.Tensor[])[1].tolist());
  }
  clearInterval(timer);
  expect(indices).toEqual([[0, 1], [2, 3], [4]]);
  expect(turns).toBeGreaterThan(0);
});

test("torch's own datasets cross as they are, without a copy", () => {
  const x = torch.arange(6);
  const dataset = Subset(TensorDataset(x, x.mul(2)), [5, 3, 1]);
  const loader = DataLoader(dataset, { batch_size: 2, num_workers: 1 });
  expect(Array.from(loader, ([a, b]) => [a.tolist(), b.tolist()])).toEqual([
    [
      [5, 3],
      [10, 6],
    ],
    [[1], [2]],
  ]);
  expect(x.is_shared()).toBe(true);
});

test("a stream of which each worker gives its share", async () => {
  const stream = await from_module<torch.utils.data.IterableDataset<number>>(url, "Numbers", [7]);
  const lists = Array.from(DataLoader(stream, { batch_size: 2, num_workers: 2 }), (batch) =>
    (batch as torch.Tensor).tolist(),
  );
  expect(lists).toEqual([[0, 2], [1, 3], [4, 6], [5]]);
});

test("workers that persist", async () => {
  const stream = await from_module<torch.utils.data.IterableDataset<number>>(url, "Numbers", [3]);
  const loader = DataLoader(stream, { batch_size: null, num_workers: 2, persistent_workers: true });
  expect([...loader]).toEqual([0, 1, 2]);
  for (const first of loader) {
    expect(first).toBe(0);
    break;
  }
  const again: unknown[] = [];
  for await (const number of loader) again.push(number);
  expect(again).toEqual([0, 1, 2]);
  loader.__iter__().__next__();
  (loader.__iter__() as unknown as { _shutdown_workers(): void })._shutdown_workers();
});

test("what a worker knows of itself; worker_init_fn and collate_fn", async () => {
  const dataset = await from_module<Dataset<unknown[]>>(url, "Infos", []);
  const collate_fn = await from_module<(samples: unknown[][]) => unknown[][]>(url, "list");
  const worker_init_fn = await from_module<(id: number) => void>(url, "remember");
  expect([...DataLoader(dataset, { num_workers: 2, collate_fn, worker_init_fn })]).toEqual([
    [[0, 2, 0, true, 0]],
    [[1, 2, 0, true, 1]],
  ]);
});

test("out of order, whichever is first", async () => {
  const loader = DataLoader(await squares(8), { num_workers: 2, in_order: false, prefetch_factor: 1 });
  expect(second(loader).flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

describe("errors", () => {
  test("of a sample, with the worker's number and stack", async () => {
    const loader = DataLoader(await squares(8, { throws: 3 }), { batch_size: 2, num_workers: 2 });
    expect(() => [...loader]).toThrow(torch.ValueError);
    expect(() => [...loader]).toThrow(
      /^Caught ValueError in DataLoader worker process 1\.\nOriginal ValueError: bad sample\n.*\n?.*exports\.mjs/,
    );
  });

  test("of a worker that ends", async () => {
    const loader = DataLoader(await squares(8, { exits: 2 }), { batch_size: 2, num_workers: 2 });
    expect(() => [...loader]).toThrow(/^DataLoader worker exited unexpectedly \(worker 1: exit code 3\)$/);
    const asynchronous = async () => {
      for await (const _ of loader);
    };
    await expect(asynchronous()).rejects.toThrow("DataLoader worker exited unexpectedly (worker 1: exit code 3)");
  });

  test("of a worker that ends in a way of which it cannot tell", async () => {
    const loader = DataLoader(await squares(2, { vanishes: 1 }), { num_workers: 1 });
    expect(() => [...loader]).toThrow("DataLoader worker exited unexpectedly (worker 0: terminated)");
  });

  test("of a batch that does not come in time", async () => {
    const loader = DataLoader(await squares(4, { hangs: 1 }), { num_workers: 1, timeout: 3 });
    expect(() => [...loader]).toThrow("DataLoader timed out after 3 seconds");
  });

  test("of a dataset that cannot cross", () => {
    expect(() => [...DataLoader([() => 1], { num_workers: 1 })]).toThrow("cannot pickle 'function' object");
    expect(() => [...DataLoader([1], { num_workers: 1, prefetch_factor: 0 })]).toThrow(
      "prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter",
    );
  });
});

test("a loop that is left early ends the workers", async () => {
  const loader = DataLoader(await squares(1000), { num_workers: 2 });
  for (const _ of loader) break;
  for await (const _ of loader) break;
  const iterator = loader[Symbol.iterator]();
  iterator.next();
  iterator.return?.();
  expect(iterator.next().done).toBe(true);
});
