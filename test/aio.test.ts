import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { collectGarbage, native } from "../dist/binding.js";

const { aio, tensor, ones, rand } = torch;
const leaf = (...values: number[]) => tensor(values, { dtype: torch.float32, requires_grad: true });

test("every name of the namespaces is there", () => {
  for (const name of ["matmul", "einsum", "tensor", "view", "item", "backward", "tolist", "to"]) {
    expect(typeof (aio as unknown as Record<string, unknown>)[name]).toBe("function");
  }
  expect(Object.keys(aio.linalg)).toEqual(expect.arrayContaining(["svd", "solve"]));
  expect(Object.keys(aio.nn.functional)).toContain("cross_entropy");
  expect(Object.keys(aio)).not.toContain("register_hook");
});

describe("results are those of the function", () => {
  test("an operator, with keywords, overloads and out", async () => {
    const x = tensor([
      [1, 5],
      [7, 2],
    ]);
    const [values, indices] = await aio.max(x, 1);
    expect([values.tolist(), indices.tolist()]).toEqual([
      [5, 7],
      [1, 0],
    ]);
    expect((await aio.sum(x, { dim: 0, keepdim: true })).tolist()).toEqual([[8, 7]]);
    const out = torch.empty(2, 2, { dtype: torch.int64 });
    expect(await aio.add(x, 1, { out })).toBe(out);
    expect(out.tolist()).toEqual([
      [2, 6],
      [8, 3],
    ]);
    expect(await aio.add_(x, 1)).toBe(x);
  });

  test("functions of several operators, once each", async () => {
    torch.manual_seed(1);
    const expected = torch.nn.functional.gumbel_softmax(ones(2, 3), { hard: true });
    torch.manual_seed(1);
    expect(torch.equal(await aio.nn.functional.gumbel_softmax(ones(2, 3), { hard: true }), expected)).toBe(true);
    expect((await aio.einsum("ij,jk->ik", ones(2, 3), ones(3, 2))).tolist()).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  test("methods, indexing and reading", async () => {
    const x = torch.arange(6).view(2, 3);
    expect((await aio.index(x, 1)).tolist()).toEqual([3, 4, 5]);
    await aio.index_put_(x, [tensor(0)], tensor(9));
    expect(await aio.tolist(x)).toEqual([
      [9, 9, 9],
      [3, 4, 5],
    ]);
    expect(await aio.item(x.sum())).toBe(39);
  });

  test("gradients", async () => {
    const x = leaf(1, 2);
    await aio.backward(await aio.sum(await aio.mul(x, x)));
    expect(x.grad?.tolist()).toEqual([2, 4]);
    const [grad] = await aio.autograd.grad(x.mul(3).sum(), x);
    expect(grad.tolist()).toEqual([3, 3]);
  });
});

test("calls take effect in their order, of one operator or of several", async () => {
  const x = torch.zeros(3);
  const big = rand(300, 300);
  const ended: string[] = [];
  await Promise.all([
    aio.matmul(big, big).then(() => ended.push("matmul")),
    aio.nn.functional.cross_entropy(rand(4, 3), tensor([0, 1, 2, 0])).then(() => ended.push("cross_entropy")),
    aio.fill_(x, 1).then(() => ended.push("fill")),
    aio.autograd.backward(leaf(2).sum()).then(() => ended.push("backward")),
    aio.mul_(x, 5).then(() => ended.push("mul")),
  ]);
  expect(ended).toEqual(["matmul", "cross_entropy", "fill", "backward", "mul"]);
  expect(x.tolist()).toEqual([5, 5, 5]);
});

describe("modes are those of the call", () => {
  test("of functions and of async functions", async () => {
    const x = leaf(1);
    const results = await Promise.all([
      torch.no_grad(() => aio.mul(x, 2)),
      aio.mul(x, 2),
      torch.no_grad(async () => aio.nn.functional.linear(x, x)),
      torch.inference_mode(() => aio.mul(x, 2)),
    ]);
    expect(results.map((result) => result.requires_grad)).toEqual([false, true, false, false]);
    expect(results.map((result) => result.is_inference())).toEqual([false, false, false, true]);
    expect(torch.is_grad_enabled()).toBe(true);
  });

  test("of functions of several operators, which go on when the mode has ended", async () => {
    const x = leaf(1, 2, 3).view(1, 3);
    const result = await torch.no_grad(() => aio.einsum("ij,kj->ik", x, x));
    expect(result.requires_grad).toBe(false);
  });

  test("the number of threads", async () => {
    const before = torch.get_num_threads();
    torch.set_num_threads(1);
    try {
      await aio.add(ones(2), 1);
      expect(torch.get_num_threads()).toBe(1);
    } finally {
      torch.set_num_threads(before);
    }
  });
});

describe("errors", () => {
  test("are PyTorch's, with the caller's stack", async () => {
    async function theCaller() {
      await aio.mm(ones(2, 3), ones(2, 3));
    }
    const error = await theCaller().catch((caught) => caught);
    expect(error).toBeInstanceOf(torch.RuntimeError);
    expect(error.message).toBe("mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
    expect(error.stack).toMatch(/^RuntimeError: mm: mat1 and mat2.*\n.*theCaller/);
  });

  test("of arguments, and of what a function finds after its first operators", async () => {
    // @ts-expect-error no tensor
    await expect(aio.mm("x")).rejects.toThrow(TypeError);
    await expect(aio.nn.functional.cross_entropy(ones(2, 3), tensor([0, 7]))).rejects.toThrow(torch.IndexError);
    expect((await aio.add(ones(1), 1)).tolist()).toEqual([2]);
  });
});

describe("an AbortSignal", () => {
  test("ends calls that have not begun, with its reason", async () => {
    const abort = new AbortController();
    const big = rand(2000, 2000);
    const { signal } = abort;
    const calls = [
      aio.matmul(big, big),
      aio.matmul(big, big, { signal }),
      aio.autograd.backward(leaf(1).sum(), { signal }),
      aio.nn.functional.cross_entropy(rand(1, 3), tensor([0]), { signal, reduction: "sum" }),
      aio.add(ones(1), 1),
    ];
    abort.abort(new Error("no longer wanted"));
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected", "fulfilled"]);
    expect((ends[1] as PromiseRejectedResult).reason.message).toBe("no longer wanted");
    await expect(aio.add(ones(1), 1, { signal })).rejects.toThrow("no longer wanted");
  });

  test("does nothing to a call that has ended", async () => {
    const abort = new AbortController();
    await aio.add(ones(1), 1, { signal: abort.signal });
    abort.abort();
  });
});

describe("hooks", () => {
  test("are called by this thread, under the modes of the graph", async () => {
    const x = leaf(1, 2);
    const modes: boolean[] = [];
    x.register_hook((grad) => {
      modes.push(torch.is_grad_enabled());
      return grad.mul(10);
    });
    await aio.backward(x.mul(2).sum());
    expect(x.grad?.tolist()).toEqual([20, 20]);
    expect(modes).toEqual([false]);
    expect(torch.is_grad_enabled()).toBe(true);
  });

  test("may throw, which reaches the caller unchanged", async () => {
    const thrown = new TypeError("mine");
    const { stack } = thrown;
    const x = leaf(1);
    x.register_hook(() => {
      throw thrown;
    });
    await expect(aio.backward(x.sum())).rejects.toBe(thrown);
    expect(thrown.stack).toBe(stack);
  });

  test("of a Function", async () => {
    class Double extends torch.autograd.Function {
      static override forward(_ctx: unknown, x: torch.Tensor) {
        return x.mul(2);
      }
      static override backward(_ctx: unknown, grad: torch.Tensor) {
        return grad.mul(2);
      }
    }
    const x = leaf(3);
    await aio.backward(Double.apply(x).sum());
    expect(x.grad?.tolist()).toEqual([2]);
  });

  test("and a backward of this thread at the same time", async () => {
    const [x, y] = [leaf(1), leaf(1)];
    x.register_hook((grad) => grad.mul(2));
    y.register_hook((grad) => grad.mul(3));
    native.runBackwardOnHelperThread(true);
    try {
      const ended = aio.backward(x.sum());
      y.sum().backward();
      await ended;
    } finally {
      native.runBackwardOnHelperThread(false);
    }
    expect([x.grad?.item(), y.grad?.item()]).toEqual([2, 3]);
  });
});

test("the event loop turns meanwhile", async () => {
  const x = rand(1500, 1500);
  const began = performance.now();
  x.matmul(x);
  const alone = performance.now() - began;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await sleep(10);
  delay.enable();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await Promise.all([1, 2, 3, 4].map(() => aio.matmul(x, x)));
  clearInterval(timer);
  delay.disable();
  expect(turns).toBeGreaterThan(10);
  expect(delay.percentile(50) / 1e6).toBeLessThan(Math.max(alone / 2, 20));
});

test("a tensor that is disposed while a job reads it is freed after it", async () => {
  const x = rand(400, 400);
  const y = x.clone();
  const product = aio.matmul(x, x);
  x.dispose();
  expect(torch.equal(await product, y.matmul(y))).toBe(true);
});

test("results count for this thread's memory", async () => {
  collectGarbage();
  const before = native.externalMemory();
  const kept = await aio.zeros(8 * 2 ** 20);
  expect(native.externalMemory() - before).toBeGreaterThan(30 * 2 ** 20);
  kept.dispose();
  expect(native.externalMemory() - before).toBeLessThan(2 ** 20);
});
