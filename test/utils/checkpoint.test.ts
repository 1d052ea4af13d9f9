import * as torch from "tstorch";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const { checkpoint, checkpoint_sequential, set_checkpoint_early_stop, CheckpointError } = torch.utils.checkpoint;
type Tensor = torch.Tensor;
const leaf = (...values: number[]) => torch.tensor(values, { dtype: torch.float32, requires_grad: true });
const both = [true, false];

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe.each(both)("use_reentrant: %s", (use_reentrant) => {
  test("the function runs again, and gradients are the same", () => {
    let calls = 0;
    const fn = (x: Tensor, n: number, y: Tensor) => {
      calls++;
      return [x.sin().mul(n).exp(), y.mul(x)];
    };
    const run = (call: typeof fn) => {
      const [x, y] = [leaf(1, 2), leaf(3, 4)];
      const [a, b] = call(x, 2, y);
      a.sum().add(b.sum()).backward();
      return [a.tolist(), b.tolist(), x.grad?.tolist(), y.grad?.tolist()];
    };
    const expected = run(fn);
    calls = 0;
    expect(run((x, n, y) => checkpoint(fn, x, n, y, { use_reentrant }))).toEqual(expected);
    expect(calls).toBe(2);
  });

  test("random numbers and autocast are as they were", () => {
    const seen: unknown[] = [];
    const fn = (x: Tensor) => {
      const product = x.reshape(2, 2).matmul(x.reshape(2, 2));
      const noise = torch.rand(4);
      seen.push([product.dtype, noise.tolist()]);
      return product.sum().add(noise.mul(x).sum().mul(x.sum()));
    };
    const x = leaf(1, 2, 3, 4);
    const y = torch.autocast("cpu", () => checkpoint(fn, x, { use_reentrant }));
    const before = torch.get_rng_state();
    y.backward();
    expect(torch.get_rng_state().equal(before)).toBe(true);
    expect(seen[1]).toEqual(seen[0]);
    expect((seen[0] as unknown[])[0]).toBe(torch.bfloat16);
    const other = checkpoint(fn, x, { use_reentrant, preserve_rng_state: false });
    torch.rand(1);
    other.backward();
    expect(seen[3]).not.toEqual(seen[2]);
  });

  test("one inside of another", () => {
    const inner = (x: Tensor) => x.sin().exp();
    const outer = (x: Tensor) => checkpoint(inner, x.mul(2), { use_reentrant }).cos();
    const [x, y] = [leaf(0.5), leaf(0.5)];
    checkpoint(outer, x, { use_reentrant }).backward();
    inner(y.mul(2)).cos().backward();
    expect(x.grad?.item()).toBe(y.grad?.item());
  });

  test("an error in the function, in the first call and in the second", () => {
    const mine = new Error("mine");
    let calls = 0;
    const fn = (failing: number) => (x: Tensor) => {
      if (++calls === failing) throw mine;
      return x.exp();
    };
    expect(() => checkpoint(fn(1), leaf(1), { use_reentrant })).toThrow(mine);
    calls = 0;
    const y = checkpoint(fn(2), leaf(1), { use_reentrant });
    expect(() => y.backward()).toThrow(mine);
  });

  test("without a gradient it only calls", () => {
    const y = torch.no_grad(() => checkpoint((x: Tensor) => x.exp(), leaf(1), { use_reentrant }));
    expect(y.requires_grad).toBe(false);
  });

  test("checkpoint_sequential", () => {
    torch.manual_seed(0);
    const model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2), torch.nn.Tanh());
    const [x, y] = [leaf(1, 2), leaf(1, 2)];
    checkpoint_sequential(model, 2, x, { use_reentrant }).sum().backward();
    model(y).sum().backward();
    expect(x.grad?.tolist()).toEqual(y.grad?.tolist());
  });
});

describe("use_reentrant: true", () => {
  test("grad() and inputs are refused", () => {
    const x = leaf(1);
    const y = checkpoint((v: Tensor) => v.exp(), x, { use_reentrant: true });
    expect(() => torch.autograd.grad(y, x)).toThrow(
      "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward().",
    );
  });

  test("errors and warnings", () => {
    const fn = (v: Tensor) => v.exp();
    checkpoint(fn, torch.ones(1), { use_reentrant: true });
    checkpoint(fn, leaf(1));
    const texts = vi.mocked(process.emitWarning).mock.calls.map(([text]) => String(text));
    expect(texts[0]).toBe("None of the inputs have requires_grad=True. Gradients will be None");
    expect(texts[1]).toMatch(/^torch\.utils\.checkpoint: the use_reentrant parameter should be passed explicitly\./);
    expect(() => checkpoint(fn, leaf(1), { use_reentrant: true, more: 1 } as never)).toThrow(
      new torch.ValueError("Unexpected keyword arguments: more"),
    );
    const options = { use_reentrant: true, context_fn: () => torch.utils.checkpoint.noop_context_fn() };
    expect(() => checkpoint(fn, leaf(1), options)).toThrow(
      "Passing `context_fn`, `debug`, or `respect_saved_tensors_hooks` is only supported when use_reentrant=False.",
    );
    const cut = checkpoint((v: Tensor) => v.detach(), leaf(1), { use_reentrant: true });
    expect(() => cut.backward()).toThrow("none of output has requires_grad=True, this checkpoint() is not necessary");
  });
});

describe("use_reentrant: false", () => {
  const options = { use_reentrant: false };

  test("grad(), inputs, retain_graph and second derivatives", () => {
    let calls = 0;
    const fn = (v: Tensor) => {
      calls++;
      return v.pow(3);
    };
    const x = leaf(2);
    const y = checkpoint(fn, x, options);
    expect(torch.autograd.grad(y, x, { retain_graph: true })[0].item()).toBe(12);
    expect(torch.autograd.grad(y, x, { retain_graph: true })[0].item()).toBe(12);
    expect(calls).toBe(3);
    const [first] = torch.autograd.grad(y, x, { create_graph: true });
    expect(torch.autograd.grad(first, x)[0].item()).toBe(12);
  });

  test("ends the second call as soon as all is there", () => {
    let ends = 0;
    const fn = (v: Tensor) => {
      const y = v.exp();
      ends++;
      return y;
    };
    checkpoint(fn, leaf(1), options).backward();
    expect(ends).toBe(1);
    checkpoint(fn, leaf(1), { ...options, early_stop: false }).backward();
    expect(ends).toBe(3);
    set_checkpoint_early_stop(false, () => checkpoint(fn, leaf(1), options)).backward();
    expect(ends).toBe(5);
  });

  test("keywords are passed on", () => {
    const fn = (v: Tensor, { n }: { n: number }) => v.mul(n);
    const x = leaf(1);
    checkpoint(fn as never, x, { use_reentrant: false, n: 7 });
    expect((checkpoint(fn as never, x, { use_reentrant: false, n: 7 }) as Tensor).item()).toBe(7);
  });

  test("context_fn", () => {
    const seen: string[] = [];
    const context =
      (name: string) =>
      <T>(body: () => T): T => {
        seen.push(name);
        return body();
      };
    const y = checkpoint((v: Tensor) => v.exp(), leaf(1), {
      ...options,
      context_fn: () => [context("forward"), context("recompute")],
    });
    expect(seen).toEqual(["forward"]);
    y.backward();
    expect(seen).toEqual(["forward", "recompute"]);
  });

  test("what differs in the second call is an error", () => {
    let calls = 0;
    const differing = (first: (v: Tensor) => Tensor, second: (v: Tensor) => Tensor) => {
      calls = 0;
      return (v: Tensor) => (++calls === 1 ? first(v) : second(v));
    };
    const run =
      (fn: (v: Tensor) => Tensor, more = {}) =>
      () =>
        checkpoint(fn, leaf(1, 2), { ...options, early_stop: false, ...more })
          .sum()
          .backward();
    expect(
      run(
        differing(
          (v) => v.exp().sin(),
          (v) => v.exp(),
        ),
      ),
    ).toThrow(
      "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: 2\nNumber of tensors saved during recomputation: 1.\n",
    );
    expect(
      run(
        differing(
          (v) => v.exp(),
          (v) => v.exp().sin(),
        ),
      ),
    ).toThrow(
      "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.\n",
    );
    const other = () =>
      differing(
        (v) => v.exp(),
        (v) => v["0:1"].exp(),
      );
    expect(run(other())).toThrow(CheckpointError);
    expect(run(other())).toThrow(
      "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\ntensor at position 0:\nsaved metadata: {'shape': torch.Size([2]), 'dtype': torch.float32, 'device': device(type='cpu')}\nrecomputed metadata: {'shape': torch.Size([1]), 'dtype': torch.float32, 'device': device(type='cpu')}\n.\n",
    );
    run(other(), { determinism_check: "none" })();
    expect(run((v) => v.exp(), { determinism_check: "some" })).toThrow(
      new torch.ValueError("determinism_check should be one of ['default', 'none'], but got some"),
    );
  });

  test("reading a saved tensor twice is an error", () => {
    class Twice extends torch.autograd.Function {
      static override forward(ctx: torch.autograd.function.FunctionCtx, v: Tensor): Tensor {
        ctx.save_for_backward(v);
        return v.mul(2);
      }
      static override backward(ctx: torch.autograd.function.FunctionCtx, grad: Tensor): Tensor {
        return grad.mul(ctx.saved_tensors[0]).mul(ctx.saved_tensors[0]);
      }
    }
    const y = checkpoint((v: Tensor) => Twice.apply(v) as Tensor, leaf(1), options);
    expect(() => y.backward()).toThrow(
      "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once.",
    );
  });

  test("arguments that were changed are an error", () => {
    const x = leaf(1).mul(1);
    const y = checkpoint((v: Tensor) => v.exp(), x, options);
    x.add_(1);
    expect(() => y.backward()).toThrow(
      "one of the variables needed for gradient computation has been modified by an inplace operation",
    );
  });
});

describe("selective checkpoints", () => {
  const { create_selective_checkpoint_contexts, CheckpointPolicy } = torch.utils.checkpoint;
  const { aten } = torch.ops;
  let products = 0;
  const fn = (x: Tensor, y: Tensor) => {
    products++;
    return x.matmul(y).matmul(y).sigmoid().mul(y);
  };
  const inputs = () => [torch.eye(2).requires_grad_(), leaf(1, 2, 3, 4).view(2, 2).detach().requires_grad_()];
  const gradients = (out: Tensor, [x, y]: Tensor[]) =>
    torch.autograd.grad(out.sum(), [x, y], { retain_graph: true }).map((one) => one.tolist());

  test("results that a policy or a list keeps are not computed again", () => {
    const [x, y] = inputs();
    const expected = gradients(fn(x, y), [x, y]);
    const asked: string[] = [];
    const policy = (ctx: { is_recompute: boolean; op_output: unknown }, op: unknown, ...args: unknown[]) => {
      asked.push(`${op} ${args.length} ${[...(ctx.op_output as Tensor).shape]} ${ctx.is_recompute}`);
      return op === aten.mm.default ? CheckpointPolicy.MUST_SAVE : CheckpointPolicy.PREFER_RECOMPUTE;
    };
    for (const given of [policy, [aten.mm.default], (_: unknown, op: unknown) => op === aten.mm.default]) {
      products = 0;
      const context_fn = () => create_selective_checkpoint_contexts(given as never);
      const out = checkpoint(fn, x, y, { use_reentrant: false, context_fn });
      expect(gradients(out, [x, y])).toEqual(expected);
      expect(products).toBe(2);
      expect(() => gradients(out, [x, y])).toThrow("Trying to backward an extra time.");
    }
    expect(asked).toEqual([
      "aten.mm.default 2 2,2 false",
      "aten.mm.default 2 2,2 false",
      "aten.sigmoid.default 1 2,2 false",
      "aten.mul.Tensor 2 2,2 false",
    ]);
  });

  test("what was kept and then changed is an error", () => {
    const changing = (x: Tensor) => {
      const y = x.exp();
      return y.mul(y.detach().add_(1)).sin();
    };
    const x = leaf(1, 2);
    const run = (allow_cache_entry_mutation: boolean) => {
      const context_fn = () => create_selective_checkpoint_contexts([aten.exp.default], { allow_cache_entry_mutation });
      return () => checkpoint(changing, x, { use_reentrant: false, context_fn }).sum().backward();
    };
    expect(run(false)).toThrow("Tensor cached during selective activation checkpoint has been mutated");
    expect(run(true)).not.toThrow("has been mutated");
  });

  test("another second call, and wrong arguments", () => {
    const x = leaf(1, 2);
    let first = true;
    const changes = (v: Tensor) => {
      const result = first ? v.exp().sin() : v.sin().exp();
      first = false;
      return result;
    };
    const context_fn = () => create_selective_checkpoint_contexts([aten.cos.default]);
    const out = checkpoint(changes, x, { use_reentrant: false, context_fn });
    expect(() => out.sum().backward()).not.toThrow();
    first = true;
    const others = (v: Tensor) => {
      const result = first ? v.exp() : v.tanh();
      first = false;
      return result;
    };
    const other = checkpoint(others, x, { use_reentrant: false, context_fn });
    expect(() => other.sum().backward()).toThrow(
      "aten.tanh.default encountered during backward but not found in storage. This can happen if the operations",
    );
    expect(() => create_selective_checkpoint_contexts([aten.mm] as never)).toThrow(
      "Expected op in `op_list` to be an OpOverload but got: aten.mm of type <class 'torch._ops.OpOverloadPacket'>. Please update the OpOverloadPacket to a specific OpOverload.For example, if you have `torch.ops.aten.mm`, change it to `torch.ops.aten.mm.default`.",
    );
    expect(() => create_selective_checkpoint_contexts(3 as never)).toThrow(
      "policy_fn_or_list must be either a function or a list of ops.",
    );
  });
});

describe("debug", () => {
  const { set_checkpoint_debug_enabled } = torch.utils.checkpoint;
  const failing = (options: object) => {
    let calls = 0;
    const fn = (v: Tensor) => (++calls === 1 ? v.exp() : v.exp()["0:1"].sin());
    const y = checkpoint(fn, leaf(1, 2), { use_reentrant: false, early_stop: false, ...options });
    try {
      y.sum().backward();
    } catch (error) {
      return error as Error;
    }
    throw new Error("backward() did not throw");
  };

  test("the error tells which operators ran, and where", () => {
    const error = failing({ debug: true });
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain(
      "Operations executed during the original forward:\n\n$1: f32[2] = torch._ops.aten.exp.default($0)\n\nOperations executed during recomputation:\n\n$1: f32[2] = torch._ops.aten.exp.default($0)\n$2: f32[2] = torch._ops.aten.detach.default($1)\n$3: f32[1] = torch._ops.aten.slice.Tensor($1, 0, 0, 1, 1)\n",
    );
    expect(error.message).toContain("(1 of 1 in original)\n\n");
    expect(error.message).toMatch(/checkpoint\.test\.ts:\d+:fn/);
    expect((error.cause as Error).message).toContain("trying to save more tensors");
  });

  test("the mode stands above the argument", () => {
    expect(set_checkpoint_debug_enabled(true, () => failing({})).message).toContain("dumping logs");
    const plain = set_checkpoint_debug_enabled(false, () => failing({ debug: true })).message;
    expect(plain).toContain("trying to save more tensors");
    expect(plain).toContain("Tip: To see a more detailed error message, either pass `debug=True`");
    const context_fn = torch.utils.checkpoint.noop_context_fn;
    expect(() =>
      checkpoint((v: Tensor) => v.exp(), leaf(1), {
        use_reentrant: false,
        debug: true,
        context_fn: () => context_fn(),
      }),
    ).toThrow(new torch.ValueError("debug=True is incompatible with non-default context_fn"));
  });
});

describe("GraphExecGroup", () => {
  const { GraphExecGroup } = torch.utils.checkpoint;
  let calls = 0;
  const halves = (x: Tensor): [Tensor, Tensor] =>
    checkpoint(
      (v: Tensor): [Tensor, Tensor] => {
        calls++;
        return [v.sin().exp(), v.cos().exp()];
      },
      x,
      { use_reentrant: false },
    );
  const grad = (y: Tensor, x: Tensor) => torch.autograd.grad(y.sum(), x, { retain_graph: true });

  test("passes over separate parts compute again once", () => {
    const x = leaf(1, 2);
    calls = 0;
    const [a, b] = halves(x);
    GraphExecGroup(() => [grad(a, x), grad(b, x)]);
    expect(calls).toBe(2);
    grad(a, x);
    expect(calls).toBe(3);
  });

  test("passes that overlap, and groups within groups, are errors", () => {
    const x = leaf(1, 2);
    const [a] = halves(x);
    expect(() => GraphExecGroup(() => [grad(a, x), grad(a, x)])).toThrow(
      "Performing two backward calls that overlap (i.e. require the same saved activation in order to compute gradients) is not allowed while under the torch.utils.checkpoint.GraphExecGroup context. If you are",
    );
    expect(() => GraphExecGroup(() => GraphExecGroup(() => 1))).toThrow("GraphExecGroup contexts cannot be nested.");
  });
});

test("respect_saved_tensors_hooks: what a selective checkpoint keeps goes through the hooks around it", () => {
  const { create_selective_checkpoint_contexts } = torch.utils.checkpoint;
  const context_fn = () => create_selective_checkpoint_contexts([torch.ops.aten.exp.default]);
  const run = (options: { respect_saved_tensors_hooks?: boolean }) => {
    const log: string[] = [];
    const x = leaf(0, 1);
    const note = (what: string) => (t: Tensor) => {
      log.push(`${what} ${t[0].item()}`);
      return t;
    };
    const y = torch.autograd.graph.saved_tensors_hooks(note("pack"), note("unpack"), () =>
      checkpoint((v: Tensor) => v.exp().sin(), x, { use_reentrant: false, context_fn, ...options }),
    );
    y.sum().backward();
    return [x.grad?.tolist(), ...log];
  };
  const expected = (() => {
    const x = leaf(0, 1);
    x.exp().sin().sum().backward();
    return x.grad?.tolist();
  })();
  expect(run({})).toEqual([expected, "pack 0", "unpack 0"]);
  expect(vi.mocked(process.emitWarning).mock.calls.at(-1)?.[0]).toContain("A saved_tensors_hooks context");
  vi.mocked(process.emitWarning).mockClear();
  expect(run({ respect_saved_tensors_hooks: false })).toEqual([expected, "pack 0", "unpack 0"]);
  expect(run({ respect_saved_tensors_hooks: true })).toEqual([expected, "pack 0", "pack 1", "unpack 0", "unpack 1"]);
  expect(process.emitWarning).not.toHaveBeenCalled();
});

test("without a function it makes checkpoints of functions", () => {
  const fn = checkpoint({ use_reentrant: false })((v: Tensor) => v.exp().sin());
  const x = leaf(0, 1);
  fn(x).sum().backward();
  const other = leaf(0, 1);
  other.exp().sin().sum().backward();
  expect(x.grad?.tolist()).toEqual(other.grad?.tolist());
  expect(() => checkpoint({ use_reentrant: false, foo: 1 } as never)).toThrow(
    new torch.ValueError("Unexpected keyword arguments: foo"),
  );
});

test("the second call makes tensors on the device of the first", () => {
  const seen: string[] = [];
  const x = leaf(1);
  const fn = (v: Tensor) => {
    seen.push(String(torch.empty(1).device));
    return v.exp();
  };
  const y = torch.device("meta", () => checkpoint(fn, x, { use_reentrant: false, early_stop: false }));
  y.backward();
  expect(seen).toEqual(["meta", "meta"]);
});

test("DefaultDeviceType", () => {
  const { DefaultDeviceType } = torch.utils.checkpoint;
  const before = DefaultDeviceType.get_device_type();
  expect(before).toBe(torch.accelerator.current_accelerator(true)?.type ?? "cpu");
  DefaultDeviceType.set_device_type({ device: "meta" });
  expect(DefaultDeviceType.get_device_type()).toBe("meta");
  DefaultDeviceType.set_device_type(before);
});
