import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { collectGarbage, native } from "../../dist/binding.js";

/** How many tensors live after a full collection. */
function live(): number {
  collectGarbage();
  return native.liveTensors();
}

describe("small tensors that share a handle", () => {
  test("are used, changed and read each for itself", () => {
    const made = Array.from({ length: 50 }, (_, i) => torch.full([2], i));
    made[3].add_(100);
    expect(made.map((x) => x[0].item())).toEqual(made.map((_, i) => (i === 3 ? 103 : i)));
    expect(torch.stack(made).sum().item()).toBe(2 * (1225 + 100));
    expect(torch.cat(made.concat(made)).shape).toEqual([200]);
  });

  test("are disposed each for itself", () => {
    const [a, b, c] = [torch.ones(1), torch.ones(1), torch.ones(1)];
    b.dispose();
    expect(() => b.add(1)).toThrow("this tensor was disposed");
    expect(() => b.shape).toThrow("this tensor was disposed");
    expect(a.add(c).item()).toBe(2);
  });

  test("stay the same object when they take a handle of their own", () => {
    const weight = torch.ones(2, { requires_grad: true });
    const total = torch.zeros(2);
    expect(total.add_(weight)).toBe(total);
    expect(total.add_(weight)).toBe(total);
    total.sum().backward();
    expect(weight.grad?.tolist()).toEqual([2, 2]);

    const grown = torch.zeros(2);
    expect(grown.resize_(10_000)).toBe(grown);
    expect(grown.fill_(1).sum().item()).toBe(10_000);
  });

  test("keep their places while a warning's listener calls operators", () => {
    const emitWarning = process.emitWarning;
    torch.set_warn_always(true);
    try {
      process.emitWarning = () => {
        for (let i = 0; i < 3000; i++) torch.ones(1).add(1);
      };
      const views = Array.from({ length: 40 }, (_, i) => torch.full([1, 1, 2], i).T);
      expect(views.map((view) => view.flatten().tolist())).toEqual(views.map((_, i) => [i, i]));
    } finally {
      process.emitWarning = emitWarning;
      torch.set_warn_always(false);
    }
  });

  test("do not keep a graph that one of them got", () => {
    const weight = torch.ones(2, { requires_grad: true });
    const neighbours = Array.from({ length: 8 }, () => torch.zeros(2));
    const before = live();
    (() => {
      let freed = torch.zeros(2);
      const held = new Array(1000).fill(0).map(() => torch.zeros(100));
      freed.add_(weight);
      for (const one of held) freed = freed.add(one.sum().mul(weight));
    })();
    expect(live()).toBeLessThan(before + 100);
    expect(neighbours.map((x) => x.sum().item())).toEqual(new Array(8).fill(0));
  });

  test("keep a bounded amount of memory for those that live on", () => {
    const kept: torch.Tensor[] = [];
    const before = live();
    for (let i = 0; i < 300_000; i++) {
      const x = torch.ones(2);
      if (i % 16 === 0) kept.push(x);
    }
    expect(kept.length).toBe(18_750);
    // 32 MB of about 400 bytes each
    expect(live() - before - kept.length).toBeLessThan(90_000);
  });

  test("with a graph have slabs of their own, and are disposed each for itself", () => {
    const weight = torch.ones(2, { requires_grad: true });
    const made = Array.from({ length: 40 }, (_, i) => weight.mul(i));
    made[3].dispose();
    expect(() => made[3].sum()).toThrow("this tensor was disposed");
    const total = made.filter((_, i) => i !== 3).reduce((sum, x) => sum.add(x));
    total.sum().backward();
    expect(weight.grad?.tolist()).toEqual([777, 777]);
    expect(made[5].detach_().requires_grad).toBe(false);
    expect(made[6].grad_fn?.name()).toBe("MulBackward0");
  });

  test("do not keep graphs for longer than to the next collection", () => {
    const weight = torch.ones(2 ** 18, { requires_grad: true });
    const memory = () => process.memoryUsage.rss() / 2 ** 20;
    const step = () => weight.exp().mul(weight).sum(); // 3 MB of a graph, without backward()
    for (let i = 0; i < 20; i++) step();
    const before = memory();
    for (let i = 0; i < 100; i++) step();
    expect(memory() - before).toBeLessThan(40);
  });

  test("do not keep themselves through a function in the graph of a neighbour", () => {
    const weight = torch.ones(2, { requires_grad: true });
    const hook = () => {
      const hooked = weight.mul(3);
      const late: torch.Tensor[] = [];
      hooked.register_hook((grad) => grad.mul(late[0]));
      hooked.sum();
      late.push(weight.mul(4));
    };
    const custom = () => {
      const early = weight.mul(2);
      class Keeps extends torch.autograd.Function {
        static override forward(ctx: torch.autograd.function.FunctionCtx, x: torch.Tensor): torch.Tensor {
          Object.assign(ctx, { early });
          return x.mul(2);
        }
      }
      Keeps.apply(weight.mul(3)).sum();
    };
    const before = live();
    for (let i = 0; i < 3000; i++) {
      hook();
      custom();
    }
    collectGarbage(); // the functions, and with them what they held
    expect(live() - before).toBeLessThan(100);
  });
});
