import { setTimeout as sleep } from "node:timers/promises";
import * as torch from "tstorch";
import { Batcher, ClosedError, pack_batch, pad_batch, QueueFullError, TimeoutError } from "tstorch/serve";
import { describe, expect, test } from "vitest";

/** A runner whose batches end when the test lets them. */
function gate() {
  const open: (() => void)[] = [];
  const batches: number[][] = [];
  const run = async (batch: number[]) => {
    batches.push(batch);
    await new Promise<void>((resolve) => open.push(resolve));
    return batch.map((x) => x * 2);
  };
  return { run, batches, next: () => open.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const outcomes = async (promises: Promise<unknown>[]) =>
  (await Promise.allSettled(promises)).map((one) => (one.status === "fulfilled" ? one.value : one.reason.message));

describe("batches", () => {
  test("calls of one turn come together, up to max_batch_size", async () => {
    const batches: number[][] = [];
    const double = (batch: number[]) => {
      batches.push(batch);
      return batch.map((x) => x * 2);
    };
    const batcher = new Batcher(double, { max_batch_size: 3 });
    expect(await Promise.all([1, 2, 3, 4].map((x) => batcher.call(x)))).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  test("what comes while a batch is computed is the next one", async () => {
    const { run, batches, next } = gate();
    const batcher = new Batcher(run);
    const results = [batcher.call(1)];
    await turn();
    results.push(batcher.call(2));
    await turn();
    results.push(batcher.call(3));
    await turn();
    next();
    await results[0];
    await turn();
    next();
    expect(await Promise.all(results)).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  test("a request waits for others for max_wait", async () => {
    const sizes: number[] = [];
    const count = (batch: number[]) => {
      sizes.push(batch.length);
      return batch;
    };
    const batcher = new Batcher(count, { max_wait: 50, max_batch_size: 3 });
    const begin = performance.now();
    const first = batcher.call(1);
    await sleep(10);
    await Promise.all([first, batcher.call(2)]);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(49);
    const patient = new Batcher(count, { max_wait: 3_600_000, max_batch_size: 3 });
    await Promise.all([1, 2, 3].map((x) => patient.call(x))); // a full batch does not wait
    expect(sizes).toEqual([2, 3]);
  });

  test("concurrency", async () => {
    const { run, batches, next } = gate();
    const batcher = new Batcher(run, { concurrency: 2, max_batch_size: 1 });
    const results = [1, 2, 3].map((x) => batcher.call(x));
    await turn();
    expect(batches).toEqual([[1], [2]]);
    expect(batcher.statistics()).toMatchObject({ running: 2, queue_length: 1 });
    next();
    await results[0];
    await turn();
    expect(batches).toEqual([[1], [2], [3]]);
    next();
    next();
    expect(await Promise.all(results)).toEqual([2, 4, 6]);
  });

  test("tensors: collate, and results along the first dimension", async () => {
    const rnn = torch.nn.GRU(2, 3, { batch_first: true });
    const run = (packed: torch.nn.utils.rnn.PackedSequence) => torch.no_grad(() => rnn(packed)[1][0]);
    const batcher = new Batcher(run, { collate: (inputs: torch.Tensor[]) => pack_batch(inputs) });
    const inputs = [2, 5, 1].map((length) => torch.randn(length, 2));
    const results = await Promise.all(inputs.map((input) => batcher.call(input)));
    for (const [i, result] of results.entries()) {
      expect(
        torch.allclose(
          result,
          torch.no_grad(() => rnn(inputs[i].unsqueeze(0))[1][0][0]),
          { atol: 1e-6 },
        ),
      ).toBe(true);
    }
    const lengths = new Batcher(([, lengths]: [torch.Tensor, torch.Tensor]) => lengths, {
      collate: (inputs: torch.Tensor[]) => pad_batch(inputs),
      split: (lengths, count) => lengths.tolist().slice(0, count) as number[],
    });
    expect(await Promise.all(inputs.map((input) => lengths.call(input)))).toEqual([2, 5, 1]);
  });

  test("batches do not run under the modes of a caller", async () => {
    const batcher = new Batcher((batch: number[]) => batch.map(() => torch.is_grad_enabled()));
    expect(await torch.no_grad(async () => batcher.call(1))).toBe(true);
    expect(await torch.no_grad(async () => Promise.all([batcher.call(1), batcher.call(2)]))).toEqual([true, true]);
  });
});

describe("errors", () => {
  const fussy = (batch: number[]) => {
    if (batch.includes(3)) throw new torch.ValueError("3 is bad");
    return batch;
  };

  test("reach only the requests that cause them", async () => {
    const sizes: number[] = [];
    const batcher = new Batcher(fussy, { on_batch: ({ size }) => sizes.push(size) });
    expect(await outcomes([1, 2, 3, 4].map((x) => batcher.call(x)))).toEqual([1, 2, "3 is bad", 4]);
    expect(sizes).toEqual([4, 2, 2, 1, 1]);
    expect(batcher.statistics()).toMatchObject({ completed: 3, failed: 1, batches: 5, accepted: 4 });
  });

  test("without isolate the whole batch fails, and no other", async () => {
    const batcher = new Batcher(fussy, { isolate: false, max_batch_size: 2 });
    expect(await outcomes([1, 3, 2, 4].map((x) => batcher.call(x)))).toEqual(["3 is bad", "3 is bad", 2, 4]);
    const some = new Batcher(fussy, { isolate: (error) => !(error instanceof torch.ValueError) });
    expect(await outcomes([1, 3].map((x) => some.call(x)))).toEqual(["3 is bad", "3 is bad"]);
  });

  test("validate refuses an input before it is queued", async () => {
    const validate = (x: number) => {
      if (!(x > 0)) throw new RangeError("not positive");
    };
    const batcher = new Batcher((batch: number[]) => batch, { validate });
    expect(await outcomes([batcher.call(-1), batcher.call(2)])).toEqual(["not positive", 2]);
    expect(batcher.statistics().accepted).toBe(1);
  });

  test("a runner that gives too few outputs, or none", async () => {
    const few = new Batcher((batch: number[]) => batch.slice(1), { isolate: false });
    expect(await outcomes([few.call(1), few.call(2)])).toEqual(Array(2).fill("the runner gave 1 outputs for 2 inputs"));
    const apart = new Batcher(() => 1, { split: () => [], isolate: false });
    expect(await outcomes([apart.call(1)])).toEqual(["the runner gave 0 outputs for 1 inputs"]);
    const none = new Batcher((() => null) as never);
    expect(await outcomes([none.call(1)])).toEqual(["the runner must give a list or a tensor: see 'split'"]);
  });

  test("a callback that throws answers the requests all the same", async () => {
    const fail = () => {
      throw new Error("in a callback");
    };
    for (const keywords of [{ isolate: fail }, { on_batch: fail, isolate: false }, { collate: fail, isolate: false }]) {
      const batcher = new Batcher(fussy, keywords as { isolate: false });
      expect(await outcomes([batcher.call(3), batcher.call(3)])).toEqual(["in a callback", "in a callback"]);
      await batcher.close();
    }
  });

  test("wrong arguments", async () => {
    const run = (batch: number[]) => batch;
    expect(() => new Batcher(run, { max_batch_size: 0 })).toThrow("max_batch_size must be at least 1, but got 0");
    expect(() => new Batcher(run, { max_wait: -1 })).toThrow(torch.ValueError);
    expect(() => new Batcher(run, { max_queue: 1.5 })).toThrow(TypeError);
    expect(() => new Batcher(run, { max_size: 1 } as object)).toThrow("unexpected keyword argument 'max_size'");
    expect(() => new Batcher(run, { timeout: Number.POSITIVE_INFINITY })).toThrow(
      "timeout must be from 0 to 2147483647",
    );
    await expect(new Batcher(run).call(1, { timeout: Number.NaN })).rejects.toThrow(torch.ValueError);
    expect(() => new Batcher(1 as never)).toThrow("run must be a function");
  });
});

describe("back-pressure, timeouts and signals", () => {
  test("a full queue refuses", async () => {
    const { run, next } = gate();
    const batcher = new Batcher(run, { max_queue: 2, max_batch_size: 1 });
    const first = batcher.call(1);
    await turn();
    const others = [batcher.call(2), batcher.call(3)];
    expect(batcher.is_full).toBe(true);
    await expect(batcher.call(4)).rejects.toThrow(QueueFullError);
    expect(batcher.statistics()).toMatchObject({ rejected: 1, accepted: 3 });
    for (const result of [first, ...others]) {
      next();
      await result;
      await turn();
    }
    expect(batcher.is_full).toBe(false);
  });

  test("a timeout in the queue, and in a batch, whose signal is aborted", async () => {
    const signals: AbortSignal[] = [];
    const run = (batch: number[], { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return sleep(60, batch);
    };
    const batcher = new Batcher(run, { timeout: 20, max_batch_size: 2 });
    const results = [batcher.call(1), batcher.call(2, { timeout: null }), batcher.call(3), batcher.call(4)];
    await expect(results[0]).rejects.toThrow(TimeoutError);
    expect(signals[0].aborted).toBe(false); // the second one still waits
    expect(await outcomes(results)).toEqual([
      "no answer within 20 ms",
      2,
      "no answer within 20 ms",
      "no answer within 20 ms",
    ]);
    expect(signals.length).toBe(1); // those of the queue were not computed
    await expect(batcher.call(5)).rejects.toThrow(TimeoutError);
    expect(signals[1].aborted).toBe(true);
    expect(batcher.statistics()).toMatchObject({ timed_out: 4, completed: 1, queue_length: 0 });
  });

  test("a signal", async () => {
    const { run, batches, next } = gate();
    const batcher = new Batcher(run, { max_batch_size: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const results = [batcher.call(1), batcher.call(2, { signal }), batcher.call(3)];
    await turn();
    controller.abort(new Error("given up"));
    await expect(results[1]).rejects.toThrow("given up");
    await expect(batcher.call(4, { signal })).rejects.toThrow("given up");
    next();
    await results[0];
    await turn();
    next();
    expect(await results[2]).toBe(6);
    expect(batches).toEqual([[1], [3]]);
    expect(batcher.statistics()).toMatchObject({ aborted: 1, accepted: 3 });
  });
});

describe("close()", () => {
  test("computes what was accepted, at once, and takes no more", async () => {
    const batcher = new Batcher((batch: number[]) => sleep(10, batch), { max_wait: 60_000, max_batch_size: 2 });
    const results = [1, 2, 3].map((x) => batcher.call(x));
    await turn();
    const closed = batcher.close();
    await expect(batcher.call(4)).rejects.toThrow(ClosedError);
    await closed;
    expect(batcher.statistics()).toMatchObject({ completed: 3, queue_length: 0, running: 0 });
    expect(await Promise.all(results)).toEqual([1, 2, 3]);
    await batcher.close();
  });

  test("gives up after its timeout", async () => {
    const batcher = new Batcher(() => new Promise<number[]>(() => undefined), { max_batch_size: 1 });
    const results = [batcher.call(1), batcher.call(2)];
    await turn();
    const [ended] = await Promise.all([outcomes(results), batcher.close({ timeout: 10 })]);
    expect(ended).toEqual(Array(2).fill("the Batcher was closed before the request was answered"));
  });
});

test("statistics", async () => {
  const batcher = new Batcher((batch: number[]) => sleep(20, batch), { max_batch_size: 2 });
  expect(batcher.statistics().latency.p50).toBeNaN();
  await Promise.all([1, 2, 3].map((x) => batcher.call(x)));
  const { latency, waiting, computing, batch_sizes, ...counts } = batcher.statistics();
  expect(counts).toEqual({
    ...{ queue_length: 0, running: 0, accepted: 3, rejected: 0, batches: 2 },
    ...{ completed: 3, failed: 0, timed_out: 0, aborted: 0 },
  });
  expect([...batch_sizes]).toEqual([
    [1, 1],
    [2, 1],
  ]);
  expect(latency.max).toBeGreaterThanOrEqual(38); // two timers, each of which may be early by a millisecond
  expect(latency.p50).toBeLessThan(latency.max);
  expect(computing.p50).toBeGreaterThanOrEqual(19);
  expect(waiting.max).toBeGreaterThanOrEqual(19);
});
