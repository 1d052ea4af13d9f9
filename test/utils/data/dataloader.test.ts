import * as torch from "tstorch";
import {
  BatchSampler,
  DataLoader,
  Dataset,
  get_worker_info,
  IterableDataset,
  SequentialSampler,
  Subset,
  TensorDataset,
} from "tstorch/utils/data";
import { describe, expect, test, vi } from "vitest";

const { enumerate, len, list, next, range, zip } = torch.py;

const lists = (loader: Iterable<torch.Tensor>) => Array.from(loader, (batch) => batch.tolist());

class Numbers extends IterableDataset<number> {
  end: number;

  constructor(end: number) {
    super();
    this.end = end;
  }

  override *__iter__(): Generator<number> {
    for (let i = 0; i < this.end; i++) yield i;
  }
}

/** What Node warns of while a function runs. */
function warnings(body: () => void): string[] {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    body();
    return emit.mock.calls.map(([warning]) => String(warning));
  } finally {
    emit.mockRestore();
  }
}

describe("passes", () => {
  test("in order, again and again", () => {
    const loader = DataLoader(range(5), { batch_size: 2 });
    expect([lists(loader), lists(loader)]).toEqual([
      [[0, 1], [2, 3], [4]],
      [[0, 1], [2, 3], [4]],
    ]);
    expect([len(loader), loader.length]).toEqual([3, 3]);
    expect(lists(DataLoader(range(5), 2, { drop_last: true }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(lists(DataLoader([7, 8]))).toEqual([[7], [8]]);
  });

  test("in Python's random order, which leaves the default generator where Python leaves it", () => {
    torch.manual_seed(3);
    const loader = DataLoader(range(7), { batch_size: 3, shuffle: true });
    expect(lists(loader)).toEqual([[3, 2, 5], [4, 1, 0], [6]]);
    expect(lists(loader)).toEqual([[3, 1, 6], [0, 2, 4], [5]]);
    expect(torch.rand(1).item()).toBeCloseTo(0.5944212079048157, 7);
  });

  test("with a generator", () => {
    torch.manual_seed(3);
    const generator = torch.Generator().manual_seed(5);
    const loader = DataLoader(range(7), { batch_size: 3, shuffle: true, generator });
    expect(lists(loader)).toEqual([[2, 4, 3], [5, 0, 6], [1]]);
    expect(lists(loader)).toEqual([[4, 1, 0], [2, 3, 6], [5]]);
    expect(torch.rand(1).item()).toBeCloseTo(0.004263520240783691, 7);
  });

  test("draw a seed each, shuffled or not", () => {
    torch.manual_seed(0);
    void [...DataLoader([1, 2])];
    const [after] = [torch.rand(1).item()];
    torch.manual_seed(0);
    torch.empty([], { dtype: torch.int64 }).random_();
    expect(torch.rand(1).item()).toBe(after);
  });

  test("with samplers of one's own", () => {
    expect(lists(DataLoader(range(9), { sampler: [5, 3, 1], batch_size: 2 }))).toEqual([[5, 3], [1]]);
    const batch_sampler = [[1, 2], [3]];
    expect(lists(DataLoader(range(9), { batch_sampler }))).toEqual(batch_sampler);
    const loader = DataLoader(range(4), { batch_sampler: BatchSampler(SequentialSampler(range(4)), 3, false) });
    expect([lists(loader), len(loader), loader.batch_size]).toEqual([[[0, 1, 2], [3]], 2, null]);
  });

  test("by enumerate(), zip() and an iterator of one's own", () => {
    const loader = DataLoader(TensorDataset(torch.arange(3), torch.arange(3).mul(10)), { batch_size: 2 });
    const seen: unknown[] = [];
    for (const [i, [x, y]] of enumerate(loader)) seen.push([i, x.tolist(), y.tolist()]);
    expect(seen).toEqual([
      [0, [0, 1], [0, 10]],
      [1, [2], [20]],
    ]);
    expect(list(zip(loader, ["a", "b"])).map(([, letter]) => letter)).toEqual(["a", "b"]);
    const iterator = torch.py.iter(loader);
    next(iterator);
    expect(next(iterator)[0].tolist()).toEqual([2]);
    expect(() => next(iterator)).toThrow(torch.py.StopIteration);
    expect(() => next(iterator)).toThrow(torch.py.StopIteration);
  });

  test("by for await, which waits for what collate_fn promises", async () => {
    const seen: number[][] = [];
    for await (const batch of DataLoader([1, 2, 3], { batch_size: 2 })) seen.push(batch.tolist());
    expect(seen).toEqual([[1, 2], [3]]);
    const collate_fn = async (samples: number[]) => samples.map((sample) => sample * 10);
    const waited: unknown[] = [];
    for await (const batch of DataLoader([1, 2], { collate_fn, batch_size: 2 })) waited.push(batch);
    expect(waited).toEqual([[10, 20]]);
  });
});

describe("samples", () => {
  test("of datasets, lists, tensors, Maps", () => {
    class Pairs extends Dataset<[number, string]> {
      override __getitem__(index: number): [number, string] {
        return [index, `s${index}`];
      }

      override __len__(): number {
        return 2;
      }
    }
    const [[numbers, texts]] = DataLoader(new Pairs(), { batch_size: 2 });
    expect([numbers.tolist(), texts]).toEqual([
      [0, 1],
      ["s0", "s1"],
    ]);
    expect(lists(DataLoader(torch.arange(4).reshape(2, 2) as never, { batch_size: 2 }))).toEqual([
      [
        [0, 1],
        [2, 3],
      ],
    ]);
    const map = new Map([
      ["a", 1],
      ["b", 2],
    ]);
    expect(lists(DataLoader(map as never, { sampler: ["b", "a"], batch_size: 2 }))).toEqual([[2, 1]]);
    const anything = { length: 2, 0: 5, 1: 6 };
    expect(lists(DataLoader(Object.assign(Object.create({ isMine: true }), anything), { batch_size: 2 }))).toEqual([
      [5, 6],
    ]);
  });

  test("several at once, where the dataset can", () => {
    class Batched extends Dataset<number> {
      override __getitems__(indices: number[]): number[] {
        return indices.map((index) => index * 10);
      }

      override __len__(): number {
        return 3;
      }
    }
    expect(lists(DataLoader(new Batched(), { batch_size: 2 }))).toEqual([[0, 10], [20]]);
  });

  test("of tensors are made at once, as if they were stacked", () => {
    const x = torch.arange(24).view(6, 2, 2).to(torch.float32).requires_grad_();
    const columns = TensorDataset(x, torch.arange(6), x.detach().to(torch.bfloat16));
    const strided = TensorDataset(x, x.detach().transpose(1, 2));
    expect(columns.__getbatch__([0, 1])).not.toBeNull();
    expect(strided.__getbatch__([0, 1])).toBeNull();
    const orders = [
      [0, 2, 2],
      [-1, 3],
    ];
    const stacked = { collate_fn: (samples: torch.Tensor[][]) => torch.utils.data.default_collate(samples) };
    const datasets: Dataset<torch.Tensor[]>[] = [
      columns,
      strided,
      Subset(columns, [5, 4, 3, 2, 1, 0]),
      Subset(Subset(columns, [5, 0, 1, 2]), [3, 2, 1, 0]),
    ];
    for (const dataset of datasets) {
      const fast = [...DataLoader(dataset, { batch_sampler: orders })] as torch.Tensor[][];
      const slow = [...DataLoader(dataset, { batch_sampler: orders, ...stacked })] as torch.Tensor[][];
      expect(fast.map((batch) => batch.map((x) => x.tolist()))).toEqual(
        slow.map((batch) => batch.map((x) => x.tolist())),
      );
      expect(fast[0].map((x) => x.stride())).toEqual(slow[0].map((x) => x.stride()));
      expect(fast[0][0].requires_grad).toBe(true);
    }
    expect(() => [...DataLoader(columns, { batch_sampler: [[6]] })]).toThrow(torch.IndexError);
    class Doubled extends TensorDataset {
      override __getitem__(index: number): torch.Tensor[] {
        return super.__getitem__(index).map((x) => x.mul(2));
      }
    }
    const doubled = new Doubled(torch.arange(4));
    expect([...DataLoader(doubled, { batch_size: 4 })][0][0].tolist()).toEqual([0, 2, 4, 6]);
    expect([...DataLoader(Subset(doubled, [3]), { batch_size: 4 })][0][0].tolist()).toEqual([6]);
  });

  test("without batches", () => {
    const loader = DataLoader([new Float32Array([1]), new Float32Array([2])], { batch_size: null });
    expect([lists(loader), len(loader)]).toEqual([[[1], [2]], 2]);
  });

  test("made into batches by a function of one's own", () => {
    const loader = DataLoader([1, 2, 3], { batch_size: 2, collate_fn: (samples) => samples.join("+") });
    expect([...loader]).toEqual(["1+2", "3"]);
  });

  test("of streams", () => {
    expect(lists(DataLoader(new Numbers(5), { batch_size: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
    expect(lists(DataLoader(new Numbers(5), { batch_size: 2, drop_last: true }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect([...DataLoader(new Numbers(2), { batch_size: null })]).toEqual([0, 1]);
    expect(() => len(DataLoader(new Numbers(2)))).toThrow(new TypeError("object of type 'Numbers' has no len()"));
  });

  test("more of them than a stream said", () => {
    class Short extends Numbers {
      override __len__(): number {
        return 1;
      }
    }
    const loader = DataLoader(new Short(3));
    expect(len(loader)).toBe(1);
    expect(warnings(() => void [...loader])[0]).toContain(
      "was reported to be 1(when accessing len(dataloader)), but 2 samples have been fetched. ",
    );
  });

  test("errors come through unchanged", () => {
    const error = new Error("mine");
    class Failing extends Dataset<number> {
      override __getitem__(): number {
        throw error;
      }

      override __len__(): number {
        return 1;
      }
    }
    expect(() => [...DataLoader(new Failing())]).toThrow(error);
  });
});

describe("options", () => {
  test.each([
    [
      { num_workers: -1 },
      torch.ValueError,
      "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.",
    ],
    [{ timeout: -1 }, torch.ValueError, "timeout option should be non-negative"],
    [
      { prefetch_factor: 2 },
      torch.ValueError,
      "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
    ],
    [{ persistent_workers: true }, torch.ValueError, "persistent_workers option needs num_workers > 0"],
    [
      { multiprocessing_context: "fork" },
      torch.ValueError,
      "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers=0",
    ],
    [{ sampler: [0], shuffle: true }, torch.ValueError, "sampler option is mutually exclusive with shuffle"],
    [
      { batch_sampler: [[0]], batch_size: 2 },
      torch.ValueError,
      "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last",
    ],
    [
      { batch_size: null, drop_last: true },
      torch.ValueError,
      "batch_size=None option disables auto-batching and is mutually exclusive with drop_last",
    ],
    [{ batch_size: 0 }, torch.ValueError, "batch_size should be a positive integer value, but got batch_size=0"],
    [{ batchsize: 1 }, TypeError, "DataLoader.__init__() got an unexpected keyword argument 'batchsize'"],
  ])("refuses %j", (options, type, message) => {
    expect(() => DataLoader([1, 2], options as object)).toThrow(new type(message));
  });

  test.each([
    [{ shuffle: true }, "DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True"],
    [{ sampler: [1] }, "DataLoader with IterableDataset: expected unspecified sampler option, but got sampler=[1]"],
    [
      { batch_sampler: [[1]] },
      "DataLoader with IterableDataset: expected unspecified batch_sampler option, but got batch_sampler=[[1]]",
    ],
  ])("of a stream refuse %j", (options, message) => {
    expect(() => DataLoader(new Numbers(2), options)).toThrow(new torch.ValueError(message));
  });

  test("are fixed once a loader is made", () => {
    const loader = DataLoader([1]);
    expect(() => {
      (loader as { batch_size: number }).batch_size = 2;
    }).toThrow(new torch.ValueError("batch_size attribute should not be set after DataLoader is initialized"));
    loader.num_workers = 0;
    expect([loader.batch_size, loader.drop_last, loader.dataset]).toEqual([1, false, [1]]);
  });

  test("pin_memory without an accelerator is a warning", () => {
    if (torch.cuda.is_available()) return;
    const loader = DataLoader([1], { pin_memory: true });
    expect(warnings(() => void [...loader])).toEqual([
      "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
    ]);
  });

  test("work with new, without, and in subclasses", () => {
    class Mine extends DataLoader<number> {}
    expect(lists(new Mine([1, 2], { batch_size: 2 }))).toEqual([[1, 2]]);
    expect(new Mine([1])).toBeInstanceOf(DataLoader);
    expect(lists(new DataLoader([3]))).toEqual([[3]]);
  });

  test("get_worker_info() knows of no worker here", () => {
    expect(get_worker_info()).toBeNull();
  });
});
