import * as torch from "tstorch";
import { DataLoader, from_module, type IterDataPipe } from "tstorch/utils/data";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";
import { SequenceWrapper } from "tstorch/utils/data/datapipes/map";
import { expect, test } from "vitest";
import { warnings } from "./helpers.js";

const { len, range } = torch.py;
const url = new URL("./exports.mjs", import.meta.url);
const numbers = (count: number) => IterableWrapper(range(count));
const lists = (loader: Iterable<torch.Tensor>) => Array.from(loader, (batch) => batch.tolist());

test("without workers, in Python's order", () => {
  torch.manual_seed(1);
  expect(lists(DataLoader(numbers(10).shuffle(), { batch_size: 4 }))).toEqual([
    [9, 2, 1, 4],
    [6, 8, 5, 3],
    [0, 7],
  ]);
  const ordered = DataLoader(numbers(10).shuffle(), { batch_size: 4, shuffle: false });
  expect(lists(ordered)).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
  expect(len(DataLoader(numbers(8), { batch_size: 3 }))).toBe(3);
});

test("shuffle=True without a Shuffler warns and, as in Python, does not shuffle", () => {
  const told = warnings(() => {
    expect(lists(DataLoader(numbers(4), { batch_size: 4, shuffle: true }))).toEqual([[0, 1, 2, 3]]);
  });
  expect(told[0]).toContain("the datapipe does not contain a `Shuffler`. Adding one at the end.");
});

test("workers shuffle alike and take their parts", () => {
  torch.manual_seed(1);
  void [...DataLoader(numbers(10).shuffle(), { batch_size: 4 })];
  void [...DataLoader(numbers(10).shuffle(), { batch_size: 4, shuffle: false })];
  expect(lists(DataLoader(numbers(10).shuffle().sharding_filter(), { batch_size: 2, num_workers: 2 }))).toEqual([
    [4, 0],
    [2, 8],
    [5, 7],
    [1, 3],
    [9],
    [6],
  ]);
  // Without a sharding filter, every worker reads all.
  expect(lists(DataLoader(numbers(4), { batch_size: 2, num_workers: 2 }))).toEqual([
    [0, 1],
    [0, 1],
    [2, 3],
    [2, 3],
  ]);
});

test("workers that stay get another seed for each pass", () => {
  torch.manual_seed(11);
  const datapipe = numbers(8).shuffle().sharding_filter();
  const loader = DataLoader(datapipe, { batch_size: 2, num_workers: 2, persistent_workers: true });
  expect([lists(loader), lists(loader)]).toEqual([
    [
      [0, 1],
      [2, 3],
      [5, 4],
      [7, 6],
    ],
    [
      [3, 6],
      [1, 0],
      [4, 7],
      [2, 5],
    ],
  ]);
});

test("all kinds of datapipes cross to workers", async () => {
  const tenfold = await from_module<(x: number) => number>(url, "tenfold");
  const odd = await from_module<(x: number) => number>(url, "odd");
  const source = await from_module<IterDataPipe<number>>(url, "Source", [6]);
  const [even, rest] = source.map(tenfold).fork(2);
  const joined = even.zip(rest).batch(2).unbatch().concat(source.groupby(odd).batch(1)).sharding_filter();
  const loader = DataLoader(joined, { batch_size: null, num_workers: 2 });
  expect([...loader]).toEqual([[0, 0], [10, 10], [20, 20], [30, 30], [40, 40], [50, 50], [[0, 2, 4]], [[1, 3, 5]]]);
  const [a, b] = numbers(4).demux(2, odd);
  expect(lists(DataLoader(a.mux(b), { batch_size: 4, num_workers: 1 }))).toEqual([[0, 1, 2, 3]]);
  const whole = await from_module<IterDataPipe<number>>(url, "pipeline", [4]);
  expect(lists(DataLoader(whole, { batch_size: 2, num_workers: 2 }))).toEqual([
    [100, 102],
    [101, 103],
  ]);
  expect(() => [
    ...DataLoader(
      numbers(1).map((x) => x),
      { num_workers: 1 },
    ),
  ]).toThrow("cannot pickle 'function' object");
});

test("MapDataPipes", () => {
  torch.manual_seed(11);
  expect(lists(DataLoader(SequenceWrapper(range(6)).shuffle(), { batch_size: 4 }))).toEqual([
    [4, 2, 3, 5],
    [1, 0],
  ]);
  const five = SequenceWrapper([1, 2, 3, 4, 5]);
  expect(lists(DataLoader(five, { batch_size: 2, num_workers: 1 }))).toEqual([[1, 2], [3, 4], [5]]);
  expect(lists(DataLoader(five, { batch_size: 5, shuffle: true }))[0].sort()).toEqual([1, 2, 3, 4, 5]);
});

test("check_worker_number_rationality", () => {
  const loader = DataLoader(numbers(1), { num_workers: 1 });
  expect(warnings(() => loader.check_worker_number_rationality())).toEqual([]);
  loader.num_workers = 10000;
  expect(warnings(() => loader.check_worker_number_rationality())[0]).toContain(
    "This DataLoader will create 10000 worker processes in total. Our suggested max number of worker in current system is",
  );
});
