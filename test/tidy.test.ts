// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse

import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const { ones, tidy } = torch;

const disposed = "this tensor was disposed: it was freed by dispose(), `using` or torch.tidy()";
const isDisposed = (x: torch.Tensor) => {
  try {
    x.numel();
    return false;
  } catch (error) {
    expect((error as Error).message).toBe(disposed);
    return true;
  }
};

describe("torch.tidy()", () => {
  test("frees what was made inside, and keeps what is returned", () => {
    const outer = ones(2);
    const made: torch.Tensor[] = [];
    const result = tidy(() => {
      made.push(outer.add(1));
      made.push(made[0].mul(2));
      return made[1].sum();
    });
    expect(made.map(isDisposed)).toEqual([true, true]);
    expect(result.item()).toBe(8);
    expect(outer.tolist()).toEqual([1, 1]);
  });

  test("keeps the tensors in what is returned", () => {
    class Pair {
      constructor(
        readonly a: torch.Tensor,
        readonly b: torch.Tensor[],
      ) {}
    }
    const result = tidy(() => ({
      list: [ones(1), [ones(2)]],
      map: new Map([["a", ones(3)]]),
      set: new Set([ones(4)]),
      pair: new Pair(ones(5), [ones(6)]),
      tuple: ones(2, 3).max(1),
      module: Object.assign(() => 0, { weight: ones(7) }),
      number: 5,
    }));
    const all = [
      result.list[0],
      (result.list[1] as torch.Tensor[])[0],
      result.map.get("a"),
      [...result.set][0],
      result.pair.a,
      result.pair.b[0],
      result.tuple.values,
      result.tuple.indices,
      result.module.weight,
    ] as torch.Tensor[];
    expect(all.map((x) => x.numel())).toEqual([1, 2, 3, 4, 5, 6, 2, 2, 7]);
  });

  test("keeps tensors under symbols, and in objects that hold themselves", () => {
    const key = Symbol("key");
    const result = tidy(() => {
      const object: any = { [key]: ones(1), x: ones(2) };
      object.self = object;
      return object;
    });
    expect(result.x.numel()).toBe(2);
    expect(result[key].numel()).toBe(1);
  });

  test("nested", () => {
    const seen: torch.Tensor[] = [];
    const result = tidy(() => {
      const a = ones(1);
      const b = tidy(() => {
        seen.push(a.add(1));
        return a.add(2);
      });
      expect(seen.map(isDisposed)).toEqual([true]);
      expect(b.item()).toBe(3);
      seen.push(a, b);
      return b.add(1);
    });
    expect(seen.map(isDisposed)).toEqual([true, true, true]);
    expect(result.item()).toBe(4);
  });

  test("frees everything when the function throws", () => {
    const seen: torch.Tensor[] = [];
    const error = new Error("mine");
    expect(() =>
      tidy(() => {
        seen.push(tidy(() => ones(1)));
        throw error;
      }),
    ).toThrow(error);
    expect(seen.map(isDisposed)).toEqual([true]);
    expect(isDisposed(ones(1))).toBe(false);
  });

  test("views, and the results of in-place operators", () => {
    const x = ones(4);
    expect(tidy(() => x.add_(1))).toBe(x);
    const seen: torch.Tensor[] = [];
    tidy(() => seen.push(x.view(2, 2)));
    expect(seen.map(isDisposed)).toEqual([true]);
    expect(x.tolist()).toEqual([2, 2, 2, 2]);
    expect(tidy(() => ones(4).view(2, 2)).tolist()).toEqual([[1, 1], [1, 1]]); // biome-ignore format: one row
  });

  test("gradients survive, and what autograd saved", () => {
    const x = ones(2, { requires_grad: true });
    const loss = tidy(() => x.mul(2).exp().sum());
    tidy(() => loss.backward());
    expect(x.grad?.tolist()?.[0]).toBeCloseTo(14.7781, 4);
    const { grad } = x;
    expect(tidy(() => x.grad)).toBe(grad);
    expect(x.grad).toBe(grad);
    const read = ones(1, { requires_grad: true });
    tidy(() => {
      read.mul(3).backward();
      return read.grad?.item();
    });
    expect(read.grad?.item()).toBe(3);
    tidy(() => {
      read.grad = ones(1);
    });
    expect(read.grad?.item()).toBe(1);
  });

  test("a tensor that was disposed inside", () => {
    expect(
      tidy(() => {
        ones(1).dispose();
        return 5;
      }),
    ).toBe(5);
  });

  test("an async function is refused, and nothing of it goes on", async () => {
    let ran = false;
    expect(() =>
      tidy(async () => {
        ran = true;
      }),
    ).toThrow(new torch.RuntimeError("torch.tidy() takes a function that is not async"));
    expect(() =>
      tidy(() =>
        (async () => {
          const x = ones(1);
          await null;
          x.add(1);
        })(),
      ),
    ).toThrow(torch.RuntimeError);
    await new Promise((done) => setTimeout(done, 5)); // an unhandled rejection would fail the run
    expect(ran).toBe(false);
    expect(() => tidy(5 as any)).toThrow(TypeError);
  });

  test("a getter of the result that throws", () => {
    const seen: torch.Tensor[] = [];
    expect(() =>
      tidy(() => {
        seen.push(ones(1));
        return {
          get broken() {
            throw new Error("mine");
          },
        };
      }),
    ).toThrow("mine");
    expect(seen.map(isDisposed)).toEqual([true]);
    expect(isDisposed(ones(1))).toBe(false);
  });

  test("a result that is nested very deep", () => {
    let deep: { next: unknown; x?: torch.Tensor } = { next: null };
    expect(
      tidy(() => {
        deep = { next: null, x: ones(1) };
        for (let i = 0; i < 100_000; i++) deep = { next: deep };
        return deep;
      }),
    ).toBe(deep);
  });
});

describe("dispose()", () => {
  test("every later use is an error", () => {
    const x = ones(2);
    x.dispose();
    x.dispose();
    for (const use of [
      () => x.add(1),
      () => torch.add(1, x),
      () => torch.cat([ones(1), x]),
      () => torch.add(ones(1), 1, { out: x }),
      () => ones(3).index(x),
      () => x[0],
      () => {
        (x as any)[0] = 1;
      },
      () => x.shape,
      () => x.dtype,
      () => x.grad,
      () => x.item(),
      () => x.tolist(),
      () => x.numpy(),
      () => x.backward(),
      () => [...x],
      () => `${x}`,
      () => x.requires_grad_(),
      () => torch.autograd.grad(x, [ones(1)]),
      () => torch.Generator().set_state(x),
    ]) {
      expect(use).toThrow(new torch.RuntimeError(disposed));
    }
  });

  test("using", () => {
    const seen: torch.Tensor[] = [];
    {
      using x = ones(1);
      seen.push(x);
      expect(isDisposed(x)).toBe(false);
    }
    expect(seen.map(isDisposed)).toEqual([true]);
  });

  test("what shares the memory lives on", () => {
    const x = ones(4);
    const view = x.view(2, 2);
    const array = x.numpy().data;
    x.dispose();
    expect(view.sum().item()).toBe(4);
    array[0] = 5;
    expect(view["0, 0"].item()).toBe(5);
    const bytes = new Float32Array([1, 2]);
    torch.from_numpy(bytes).dispose();
    expect([...bytes]).toEqual([1, 2]);
  });

  test("the graph lives on", () => {
    const x = ones(1, { requires_grad: true });
    const y = x.mul(2);
    const z = y.mul(3);
    y.dispose();
    z.backward();
    expect(x.grad?.item()).toBe(6);
    const { grad_fn } = z;
    z.dispose();
    expect(grad_fn?.name()).toBe("MulBackward0");
    const { grad } = x;
    grad?.dispose();
    expect(x.grad?.item()).toBe(6);
    const w = x.mul(1);
    x.dispose();
    w.backward();
  });

  test("while rows are read", () => {
    const x = ones(3);
    let rows = 0;
    for (const row of x) {
      x.dispose();
      rows += row.item();
    }
    expect(rows).toBe(3);
  });
});
