// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse

import * as torch from "tstorch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectGarbage, native } from "../../dist/binding.js";

const { tensor, ones, zeros } = torch;
const leaf = (...values: number[]) =>
  tensor(values.length ? values : [2.5], { dtype: torch.float32, requires_grad: true });

// The same on the calling thread, and where libtorch runs the graph on threads of its own.
describe.each([
  ["on the calling thread", false],
  ["on another thread", true],
])("hooks %s", (_, helper) => {
  beforeEach(() => native.runBackwardOnHelperThread(helper));
  afterEach(() => native.runBackwardOnHelperThread(false));

  test("see the gradient, and may replace it, in order", () => {
    const x = leaf();
    const seen: unknown[] = [];
    x.register_hook((grad) => {
      seen.push("a", grad.item());
      return grad.mul(2);
    });
    const handle = x.register_hook((grad) => {
      seen.push("b", grad.item());
      return grad.add(1);
    });
    x.register_hook((grad) => {
      seen.push("c", grad.item());
    });
    x.mul(3).backward();
    handle.remove();
    x.mul(3).backward();
    expect(seen).toEqual(["a", 3, "b", 6, "c", 7, "a", 3, "c", 6]);
    expect(x.grad?.item()).toBe(13);
  });

  test("of tensors within the graph", () => {
    const x = leaf();
    const y = x.mul(2);
    y.register_hook((grad) => grad.mul(10));
    y.mul(3).backward();
    expect(x.grad?.item()).toBe(60);
    expect(torch.autograd.grad(x.mul(2), x)[0].item()).toBe(2);
  });

  test("before and after a change in place", () => {
    const x = leaf();
    const seen: string[] = [];
    const y = x.mul(2);
    const before = y.register_hook((grad) => {
      seen.push(`before ${grad.item()}`);
    });
    y.mul_(3);
    y.register_hook((grad) => {
      seen.push(`after ${grad.item()}`);
    });
    y.backward({ retain_graph: true });
    expect(seen).toEqual(["after 1", "before 3"]);
    seen.length = 0;
    before.remove();
    y.backward();
    expect(seen).toEqual(["after 1"]);
  });

  test("removal: twice, inside the hook, after dispose(), and by using", () => {
    const x = leaf();
    let count = 0;
    const handle = x.register_hook(() => {
      count++;
      handle.remove();
    });
    x.mul(2).backward();
    x.mul(2).backward();
    handle.remove();
    expect(count).toBe(1);
    {
      using _ = x.register_hook(() => {
        count++;
      });
      x.mul(2).backward();
    }
    x.mul(2).backward();
    expect(count).toBe(2);
    const y = x.mul(2);
    const late = y.register_hook(() => {});
    y.dispose();
    late.remove();
  });

  test("what they throw reaches the caller itself", () => {
    class Mine extends Error {}
    for (const thrown of [new Mine("mine"), 5, null, undefined, "text", Symbol("s"), { a: 1 }]) {
      const y = leaf().mul(2);
      y.register_hook(() => {
        throw thrown;
      });
      let caught: unknown = "nothing";
      try {
        y.backward();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
      try {
        torch.autograd.grad(leaf().mul(y), [y]);
      } catch (error) {
        expect(error).toBe(thrown);
      }
    }
    const x = leaf();
    x.mul(2).backward();
    expect(x.grad?.item()).toBe(2);
  });

  test("what they may return", () => {
    const run = (hook: unknown) => () => {
      const y = leaf().mul(2);
      y.register_hook(hook as any);
      y.backward();
    };
    run(() => null)();
    run(() => undefined)();
    expect(run(() => 5)).toThrow(new TypeError("expected Variable, but hook returned 'int'"));
    expect(run(() => "a")).toThrow("expected Variable, but hook returned 'str'");
    expect(run(async () => {})).toThrow(TypeError);
    function named() {
      return ones(7);
    }
    expect(run(named)).toThrow(new torch.RuntimeError("hook 'named' has changed the size of value"));
    expect(run((grad: torch.Tensor) => grad.double())).toThrow("has changed the type of value");
    expect(run(() => {
      const freed = ones(1);
      freed.dispose();
      return freed;
    })).toThrow("this tensor was disposed"); // biome-ignore format: one call
    expect(run(() => Object.create(torch.Tensor.prototype))).toThrow(TypeError);
    expect(run(5)).toThrow(TypeError);
  });

  test("may dispose of what they are given, and of the outputs", () => {
    const x = leaf();
    const y = x.mul(2);
    const z = y.mul(3);
    y.register_hook((grad) => {
      grad.dispose();
      y.dispose();
      z.dispose();
    });
    z.backward();
    expect(x.grad?.item()).toBe(6);
  });

  test("run with the modes of the backward pass", () => {
    const x = leaf();
    const seen: boolean[] = [];
    const run = (options: object) => {
      const y = x.pow(2);
      y.register_hook((grad) => {
        seen.push(torch.is_grad_enabled(), x.mul(grad).requires_grad);
        torch.enable_grad(() => seen.push(x.mul(2).requires_grad));
      });
      torch.autograd.grad(y, x, options);
      seen.push(torch.is_grad_enabled());
    };
    run({});
    expect(seen).toEqual([false, false, true, true]);
    seen.length = 0;
    run({ create_graph: true });
    expect(seen).toEqual([true, true, true, true]);
  });

  test("backward() inside of a hook", () => {
    const x = leaf();
    const y = x.mul(2);
    const other = leaf();
    y.register_hook((grad) => {
      torch.enable_grad(() => other.mul(grad).backward());
    });
    y.mul(3).backward();
    expect([x.grad?.item(), other.grad?.item()]).toEqual([6, 3]);
    const nest = (depth: number): number =>
      torch.enable_grad(() => {
        const inner = leaf(1);
        const made = inner.mul(depth);
        made.register_hook(() => {
          if (depth > 1) nest(depth - 1);
        });
        made.backward();
        return inner.grad?.item() as number;
      });
    expect(nest(100)).toBe(100);
  });

  test("an error in an inner backward pass can be caught in the hook", () => {
    const x = leaf();
    const y = x.mul(2);
    const inner = new Error("inner");
    let caught: unknown;
    y.register_hook(() => {
      try {
        torch.enable_grad(() => {
          const z = leaf().mul(2);
          z.register_hook(() => {
            throw inner;
          });
          z.backward();
        });
      } catch (error) {
        caught = error;
      }
    });
    y.backward();
    expect(caught).toBe(inner);
    expect(x.grad?.item()).toBe(2);
  });

  test("after the gradient was accumulated", () => {
    const x = leaf();
    const seen: unknown[] = [];
    const first = x.register_post_accumulate_grad_hook((param) => {
      seen.push(param === x, param.grad?.item());
    });
    x.register_post_accumulate_grad_hook((param) => {
      param.sub_((param.grad as torch.Tensor).mul(0.5));
      param.grad = null;
    });
    x.mul(3).backward();
    expect(seen).toEqual([true, 3]);
    expect([x.item(), x.grad]).toEqual([1, null]);
    first.remove();
    x.mul(2).backward();
    expect(seen).toHaveLength(2);
    expect(x.item()).toBe(0);
    const error = new Error("mine");
    const broken = leaf();
    broken.register_post_accumulate_grad_hook(() => {
      throw error;
    });
    expect(() => broken.mul(2).backward()).toThrow(error);
  });

  test("where hooks cannot be", () => {
    expect(() => ones(1).register_hook(() => {})).toThrow(
      "cannot register a hook on a tensor that doesn't require gradient",
    );
    expect(() => ones(1).register_post_accumulate_grad_hook(() => {})).toThrow(
      "cannot register a hook on a tensor that doesn't require gradient",
    );
    expect(() =>
      leaf()
        .mul(2)
        .register_post_accumulate_grad_hook(() => {}),
    ).toThrow("post accumulate grad hooks cannot be registered on non-leaf tensors");
  });

  test("never wait for each other: many backward passes in and beside hooks", () => {
    let calls = 0;
    const work = (depth: number): number =>
      torch.enable_grad(() => {
        const x = leaf(1, 2);
        const y = x.mul(2);
        y.register_hook((grad) => {
          calls++;
          if (depth === 0) return grad;
          expect(work(depth - 1)).toBe(12);
          const [three] = torch.enable_grad(() => torch.autograd.grad(x.mul(3).sum(), x));
          return grad.add(three).sub(3);
        });
        const z = y.mul(3);
        z.grad_fn?.register_hook(() => {
          calls++;
          torch.enable_grad(() => {
            const other = leaf();
            const made = other.mul(2);
            made.register_hook(() => {
              calls++;
            });
            made.backward();
          });
        });
        z.sum().backward();
        return (x.grad as torch.Tensor).sum().item();
      });
    for (let i = 0; i < 50; i++) expect(work(4)).toBe(12);
    expect(calls).toBe(50 * 5 * 3);
  });

  test("deeper than libtorch nests on one thread, with errors on the way", () => {
    const error = new Error("at the end");
    let depth = 0;
    const nest = (left: number): void =>
      torch.enable_grad(() => {
        const made = leaf(1).mul(2);
        made.register_hook(() => {
          depth++;
          if (left === 0) throw error;
          nest(left - 1);
        });
        made.backward();
      });
    for (let i = 0; i < 3; i++) {
      depth = 0;
      expect(() => nest(150)).toThrow(error);
      expect(depth).toBe(151);
    }
    expect(torch.is_grad_enabled()).toBe(true);
    const endless = leaf().mul(2);
    endless.register_hook(() => endless.backward(null, true));
    expect(() => endless.backward(null, true)).toThrow(RangeError);
  });

  test("of a result that nothing depends on see null", () => {
    const [a, b] = leaf(1, 2).unbind(0);
    const seen: unknown[] = [];
    b.register_hook((grad) => {
      seen.push(grad);
    });
    a.backward();
    expect(seen).toEqual([null]);
    const [c, d] = leaf(1, 2).unbind(0);
    d.register_hook(() => ones(1));
    expect(() => c.backward()).toThrow(new torch.RuntimeError("can't replace a None gradient with a non-None value"));
  });

  test("are those of the time when the gradient comes, as in Python", () => {
    const x = leaf();
    const seen: string[] = [];
    x.register_hook(() => {
      seen.push("first");
      last.remove();
      x.register_hook(() => {
        seen.push("new");
      });
    });
    const last = x.register_hook(() => {
      seen.push("last");
    });
    x.mul(2).backward();
    expect(seen).toEqual(["first", "last"]);
  });

  test("see no tensor that keeps its own hook alive after it is removed", async () => {
    let held: object | null = { big: true };
    const gone = new WeakRef(held);
    const x = leaf();
    const handles = [
      x.register_hook(
        (
          (object) => () =>
            void object
        )(held),
      ),
    ];
    handles.push(
      (x.mul(2).grad_fn as torch.autograd.graph.Node).register_hook(
        (
          (object) => () =>
            void object
        )(held),
      ),
    );
    held = null;
    for (const handle of handles) handle.remove();
    for (let i = 0; i < 10 && gone.deref(); i++) {
      await new Promise((done) => setTimeout(done, 1));
      collectGarbage();
    }
    expect(gone.deref()).toBeUndefined();
    expect(x.requires_grad).toBe(true);
  });

  test("many", () => {
    const x = zeros(1, { requires_grad: true });
    let count = 0;
    for (let i = 0; i < 2000; i++) {
      const handle = x.register_hook(() => {
        count++;
      });
      if (i % 2) handle.remove();
    }
    x.mul(2).backward();
    expect(count).toBe(1000);
  });
});
