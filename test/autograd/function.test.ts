// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse

import * as torch from "tstorch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { native } from "../../dist/binding.js";

const { Function, function: fn, forward_ad, grad, gradcheck, gradgradcheck } = torch.autograd;
type Tensor = torch.Tensor;
type Ctx = torch.autograd.function.FunctionCtx;

const leaf = (...values: number[]) =>
  torch.tensor(values.length ? values : [1, 2], { dtype: torch.float32, requires_grad: true });
const double = (...sizes: number[]) => torch.randn(sizes, { dtype: torch.float64, requires_grad: true });
const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};

/** A Function of these static methods. */
function make(methods: Record<string, unknown>): typeof Function {
  class H extends Function {}
  return Object.assign(H, { forward: (_: Ctx, x: Tensor) => x.mul(2), ...methods });
}
const run = (methods: Record<string, unknown>) => () => make(methods).apply(leaf()).sum().backward();

class Exp extends Function {
  static override forward(x: Tensor): Tensor {
    return x.exp();
  }
  static override setup_context = (ctx: Ctx, _inputs: unknown[], output: Tensor) => {
    ctx.save_for_backward(output);
    ctx.save_for_forward(output);
  };
  static override backward(ctx: Ctx, grad: Tensor): Tensor {
    return grad.mul(ctx.saved_tensors[0]);
  }
  static override jvp(ctx: Ctx, tangent: Tensor): Tensor {
    return tangent.mul(ctx.saved_tensors[0]);
  }
}

class Product extends Function {
  static override forward(ctx: Ctx, a: Tensor, b: Tensor): [Tensor, Tensor] {
    ctx.save_for_backward(a, b);
    return [a.mul(b), a.add(b)];
  }
  static override backward(ctx: Ctx, product: Tensor, sum: Tensor): [Tensor, Tensor] {
    const [a, b] = ctx.saved_tensors;
    return [product.mul(b).add(sum), product.mul(a).add(sum)];
  }
}

describe.each([
  ["on the calling thread", false],
  ["on another thread", true],
])("Function %s", (_, helper) => {
  beforeEach(() => native.runBackwardOnHelperThread(helper));
  afterEach(() => native.runBackwardOnHelperThread(false));

  test("gradcheck and gradgradcheck", () => {
    torch.manual_seed(0);
    const x = double(2, 3);
    expect(gradcheck(Exp.apply.bind(Exp), x)).toBe(true);
    expect(gradcheck(Exp.apply.bind(Exp), x, { fast_mode: true })).toBe(true);
    expect(gradgradcheck(Exp.apply.bind(Exp), x)).toBe(true);
    expect(gradcheck(Exp.apply.bind(Exp), x, { check_forward_ad: true })).toBe(true);
    expect(gradcheck(Product.apply.bind(Product), [x, double(2, 3)])).toBe(true);
    expect(gradgradcheck(Product.apply.bind(Product), [x, double(2, 3)])).toBe(true);
  });

  test("what backward throws reaches the caller, with its own stack", () => {
    const mine = new Error("mine");
    const failing = make({
      backward() {
        throw mine;
      },
    });
    expect(() => failing.apply(leaf()).sum().backward()).toThrow(mine);
    expect(mine.stack).toContain("function.test.ts");
  });

  test("backward inside of backward", () => {
    const outer = make({
      backward: (_: Ctx, grad: Tensor) =>
        torch.enable_grad(() => {
          const inner = leaf(3);
          Exp.apply(inner).sum().backward();
          return grad.mul(inner.grad as Tensor);
        }),
    });
    const x = leaf();
    outer.apply(x).sum().backward();
    expect(x.grad?.tolist()).toEqual([Math.fround(Math.exp(3)), Math.fround(Math.exp(3))]);
  });

  test("saved tensors: freed with the graph, and checked for changes", () => {
    const x = leaf();
    const [product] = Product.apply(x, leaf());
    product.sum().backward();
    expect(message(() => product.sum().backward())).toMatch(
      /^RuntimeError: Trying to backward through the graph a second time/,
    );
    const b = leaf().mul(1);
    const [again] = Product.apply(x, b);
    b.add_(1);
    expect(message(() => again.sum().backward())).toMatch(
      /^RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation/,
    );
    const unread = make({
      forward: (ctx: Ctx, a: Tensor) => {
        ctx.save_for_backward(a);
        return a.mul(2);
      },
      backward: (_: Ctx, g: Tensor) => g,
    });
    const y = unread.apply(x);
    y.sum().backward();
    y.sum().backward();
  });
});

test("needs_input_grad tells which arguments require grad, and forward records nothing", () => {
  const seen: unknown[] = [];
  const F = make({
    forward: (ctx: Ctx, a: Tensor, b: Tensor, _c: number) => {
      seen.push(ctx.needs_input_grad, torch.is_grad_enabled());
      return a.mul(b);
    },
    backward: (ctx: Ctx, g: Tensor) => {
      seen.push(ctx.needs_input_grad);
      return [g, null, null];
    },
  });
  F.apply(leaf(), torch.ones(2), 5).sum().backward();
  torch.no_grad(() => F.apply(leaf(), leaf(), 5));
  expect(seen).toEqual([[true, false, false], false, [true, false, false], [true, true, false], false]);
});

test("unused results give zeros, or null without set_materialize_grads", () => {
  const seen: unknown[] = [];
  const backward = (_: Ctx, a: Tensor, b: Tensor | null) => {
    seen.push(b === null ? null : b.tolist());
    return a;
  };
  const forward = (x: Tensor) => [x.mul(2), x.mul(3)];
  make({ forward: (_: Ctx, x: Tensor) => forward(x), backward })
    .apply(leaf())[0]
    .sum()
    .backward();
  make({
    forward: (ctx: Ctx, x: Tensor) => {
      ctx.set_materialize_grads(false);
      return forward(x);
    },
    backward,
  })
    .apply(leaf())[0]
    .sum()
    .backward();
  expect(seen).toEqual([[0, 0], null]);
});

test("mark_dirty and mark_non_differentiable", () => {
  const inPlace = make({
    forward: (ctx: Ctx, x: Tensor) => {
      ctx.mark_dirty(x);
      return x.mul_(2);
    },
    backward: (_: Ctx, g: Tensor) => g.mul(2),
  });
  const x = leaf();
  const y = x.mul(3);
  expect(inPlace.apply(y)).toBe(y);
  y.sum().backward();
  expect(x.grad?.tolist()).toEqual([6, 6]);
  const sort = make({
    forward: (ctx: Ctx, v: Tensor) => {
      const [sorted, index] = v.sort();
      ctx.mark_non_differentiable(index);
      return [sorted, index];
    },
    backward: (_: Ctx, g: Tensor, index: Tensor) => {
      expect(index.tolist()).toEqual([0, 0]);
      return g;
    },
  });
  const [sorted, index] = sort.apply(leaf());
  expect([sorted.requires_grad, index.requires_grad]).toEqual([true, false]);
  sorted.sum().backward();
});

test("what is no tensor passes through", () => {
  expect(make({ forward: () => 5 }).apply(leaf())).toBe(5);
  const [tensor, number] = make({ forward: (_: Ctx, x: Tensor) => [x.mul(1), 5] }).apply(leaf());
  expect([tensor.requires_grad, number]).toEqual([true, 5]);
});

test("boxed gradients come as one array", () => {
  const boxed = make({ boxed_grads_call: true, backward: (_: Ctx, grads: Tensor[]) => grads.pop() });
  const x = leaf();
  boxed.apply(x).sum().backward();
  expect(x.grad?.tolist()).toEqual([1, 1]);
});

test("errors", () => {
  const first = (methods: Record<string, unknown>) => message(run(methods)).split("\n")[0];
  const g = (_: Ctx, grad: Tensor) => grad;
  expect(first({ backward: () => 5 })).toBe("RuntimeError: expected Variable or None (got int)");
  expect(first({ backward: (_: Ctx, grad: Tensor) => [grad, grad] })).toBe(
    "RuntimeError: function HBackward returned an incorrect number of gradients (expected 1, got 2)",
  );
  expect(first({ backward: () => [] })).toBe(
    "RuntimeError: function HBackward returned an incorrect number of gradients (expected 1, got 0)",
  );
  expect(first({ backward: () => torch.ones(3) })).toBe(
    "RuntimeError: Function HBackward returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]",
  );
  expect(first({})).toBe(
    "NotImplementedError: You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
  );
  expect(first({ vjp: g })).toBe("no error");
  expect(first({ backward: g, vjp: g })).toBe(
    "RuntimeError: Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them.",
  );
  const inForward = (act: (ctx: any, x: Tensor) => unknown) =>
    first({
      forward: (ctx: Ctx, x: Tensor) => {
        act(ctx, x);
        return x.mul(2);
      },
    });
  expect(inForward((ctx) => ctx.save_for_backward(5))).toBe(
    "TypeError: save_for_backward can only save variables, but argument 0 is of type int",
  );
  expect(inForward((ctx) => ctx.mark_dirty(5))).toBe(
    "RuntimeError: mark_dirty can only accept variables, but argument 0 is of type int",
  );
  expect(inForward((ctx) => ctx.mark_non_differentiable(5))).toBe(
    "RuntimeError: mark_non_differentiable only accepts variable arguments, but got int",
  );
  expect(inForward((ctx) => ctx.save_for_forward(5))).toBe(
    "AssertionError: save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx.",
  );
  expect(inForward((ctx, x) => ctx.mark_dirty(x))).toMatch(
    /^RuntimeError: Some elements marked as dirty during the forward method were not returned as output\./,
  );
  expect(message(() => Function.apply(leaf()))).toBe(
    "NotImplementedError: You must implement the forward function for custom autograd.Function.",
  );
});

test("jvp", () => {
  forward_ad.dual_level(() => {
    const dual = forward_ad.make_dual(torch.ones(2), torch.ones(2));
    const tangent = (jvp?: unknown) => {
      const made = make(jvp ? { jvp } : {});
      return () => forward_ad.unpack_dual(made.apply(dual)).tangent?.tolist();
    };
    expect(tangent((_: Ctx, t: Tensor) => t.mul(7))()).toEqual([7, 7]);
    expect(message(tangent())).toBe(
      "NotImplementedError: You must implement the jvp function for custom autograd.Function to use it with forward mode AD.",
    );
    expect(message(tangent(() => 5))).toBe("RuntimeError: expected Variable or None (got int) for grad output 0.");
    expect(message(tangent((_: Ctx, t: Tensor) => [t, t]))).toBe(
      "RuntimeError: Function's jvp returned an invalid number of forward gradients (expected 1 but got 2)",
    );
    const mine = new Error("mine");
    expect(
      tangent(() => {
        throw mine;
      }),
    ).toThrow(mine);
  });
});

test("once_differentiable", () => {
  const F = make({ backward: fn.once_differentiable((_: Ctx, g: Tensor) => g.mul(3)) });
  const x = leaf(1, 1);
  const [first] = grad(F.apply(x).mul(F.apply(x)).sum(), x, { create_graph: true });
  expect([first.tolist(), first.requires_grad]).toEqual([[12, 12], true]);
  expect(message(() => first.sum().backward())).toBe(
    "RuntimeError: trying to differentiate twice a function that was marked with @once_differentiable",
  );
  F.apply(x).sum().backward();
  expect(x.grad?.tolist()).toEqual([3, 3]);
});

test("apply is bound to its class", () => {
  class Doubled extends torch.autograd.Function {
    static override forward(_: unknown, x: torch.Tensor) {
      return x.mul(2);
    }
    static override backward(_: unknown, grad: torch.Tensor) {
      return grad.mul(2);
    }
  }
  const double = Doubled.apply;
  const x = torch.ones(2, { requires_grad: true });
  double(x).sum().backward();
  expect(x.grad?.tolist()).toEqual([2, 2]);
});

test("clear_saved_tensors_on_access: saved_tensors are there once", () => {
  const seen: unknown[] = [];
  class Once extends Function {
    static override clear_saved_tensors_on_access = true;
    static override forward(ctx: Ctx, x: Tensor): Tensor {
      ctx.save_for_backward(x);
      return x.mul(2);
    }
    static override backward(ctx: Ctx, g: Tensor): Tensor {
      const [x] = ctx.saved_tensors;
      seen.push(message(() => ctx.saved_tensors));
      return g.mul(x);
    }
  }
  const again =
    "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the autograd.Function. Either access saved_tensors only once, or set clear_saved_tensors_on_access=False.";
  const x = leaf(1, 3);
  const y = (Once.apply(x) as Tensor).sum();
  y.backward({ retain_graph: true });
  expect(x.grad?.tolist()).toEqual([1, 3]);
  expect(String(seen[0])).toContain(again);
  expect(() => y.backward()).toThrow(again);
});

test("ctx is a BackwardCFunction, whose apply() calls backward", () => {
  class Twice extends Function {
    static override forward(ctx: Ctx, x: Tensor): Tensor {
      kept = ctx;
      return x.mul(2);
    }
    static override backward(_ctx: Ctx, g: Tensor): Tensor {
      return g.mul(2);
    }
    static override jvp(_ctx: Ctx, t: Tensor): Tensor {
      return t.mul(3);
    }
  }
  let kept: unknown;
  Twice.apply(leaf(1));
  expect(kept).toBeInstanceOf(fn.BackwardCFunction);
  const ctx = kept as InstanceType<typeof fn.BackwardCFunction>;
  expect(ctx.needs_input_grad).toEqual([true]);
  expect([ctx.apply(torch.ones(1)).item(), ctx.apply_jvp(torch.ones(1)).item()]).toEqual([2, 3]);
});

test("results that are no tensors have places among the gradients", () => {
  const got: unknown[] = [];
  const methods = {
    forward: (x: Tensor) => ["s", x.mul(2), 5, x.mul(3)],
    setup_context: () => {},
    backward(_: Ctx, ...grads: (Tensor | null)[]) {
      got.push(...grads.map((grad) => grad?.tolist() ?? null));
      return grads[1];
    },
  };
  make(methods).apply(leaf())[1].sum().backward();
  expect(got).toEqual([null, [1, 1], null, [0, 0]]);
  const tangents = (jvp: (ctx: Ctx, t: Tensor) => unknown) =>
    forward_ad.dual_level(() => {
      const dual = forward_ad.make_dual(torch.ones(2), torch.full([2], 7, { dtype: torch.float32 }));
      const outputs = make({ ...methods, jvp }).apply(dual) as unknown[];
      return [1, 3].map((i) => forward_ad.unpack_dual(outputs[i] as Tensor).tangent?.tolist());
    });
  const both = [
    [14, 14],
    [21, 21],
  ];
  expect(tangents((_, t) => [null, t.mul(2), null, t.mul(3)])).toEqual(both);
  expect(tangents((_, t) => [t, t.mul(2), t, t.mul(3)])).toEqual(both);
  expect(() => tangents((_, t) => [t.mul(2), t.mul(3)])).toThrow(
    new torch.RuntimeError("Function's jvp returned an invalid number of forward gradients (expected 4 but got 2)"),
  );
});

describe("set_output_grad_dtype()", () => {
  const { float16, float32, float64 } = torch;
  type Declared = (torch.dtype | null)[];

  /** What backward gets, and the result's grad_dtype, for these declarations. */
  function declared(dtypes: Declared, forward = (x: Tensor): unknown => x.mul(2), x = leaf()) {
    const got: unknown[] = [];
    const F = make({
      forward(ctx: Ctx, input: Tensor) {
        ctx.set_output_grad_dtype(...dtypes);
        return forward(input);
      },
      backward(_: Ctx, ...grads: (Tensor | null)[]) {
        got.push(...grads.map((grad) => grad && [grad.dtype, grad.tolist()]));
        return grads[0]?.to(float32) ?? null;
      },
    });
    const output = F.apply(x);
    const first = [output].flat()[0] as Tensor;
    if (first.requires_grad) first.backward(torch.ones_like(first));
    return [first.grad_dtype, ...got];
  }

  test("gives the gradient in that dtype, or as it is", () => {
    expect(declared([float64])).toEqual([float64, [float64, [1, 1]]]);
    expect(declared([float16])).toEqual([float16, [float16, [1, 1]]]);
    expect(declared([null])).toEqual([null, [float32, [1, 1]]]);
    expect(declared([float64, null], (x) => [x.mul(2), "s"])).toEqual([float64, [float64, [1, 1]], null]);
    expect(declared([float64, float16], (x) => [x.mul(2), x.mul(3)])).toEqual([
      float64,
      [float64, [1, 1]],
      [float32, [0, 0]],
    ]);
    expect(declared([float64], undefined, torch.ones(2))).toEqual([float32]);
    const got: torch.dtype[] = [];
    const F = make({
      forward(ctx: Ctx, x: Tensor) {
        ctx.set_output_grad_dtype(null);
        return x.mul(2);
      },
      backward(_: Ctx, grad: Tensor) {
        got.push(grad.dtype);
        return grad.float();
      },
    });
    F.apply(leaf()).backward(torch.ones(2, { dtype: float64 }));
    expect(got).toEqual([float64]);
  });

  test("refuses what Python refuses", () => {
    const name = "RuntimeError: set_output_grad_dtype";
    const expected = `${name} expected the number of declarations to match the number of outputs: the Function returned 1 values but`;
    expect(message(() => declared([float32, null]))).toBe(`${expected} 2 declarations were provided`);
    expect(message(() => declared([]))).toBe(`${expected} 0 declarations were provided`);
    expect(message(() => declared([float64, null], undefined, torch.ones(2)))).toBe(
      `${expected} 2 declarations were provided`,
    );
    expect(message(() => declared(["a" as any]))).toBe(
      `${name} expects each declaration to be a torch.dtype or None, but got str`,
    );
    expect(message(() => declared([3 as any], undefined, torch.ones(2)))).toBe(
      `${name} expects each declaration to be a torch.dtype or None, but got int`,
    );
    const concrete = (i: number) =>
      `${name}: got a concrete dtype for output ${i}, but that output is not a differentiable tensor (it is a non-tensor, was marked non-differentiable, or has a non-differentiable dtype). Pass None for output ${i} instead.`;
    expect(message(() => declared([float64, float32], (x) => [x.mul(2), "s"]))).toBe(concrete(1));
    expect(message(() => declared([float64, float32], (x) => [x.mul(2), x.long()]))).toBe(concrete(1));
    const marked = make({
      forward(ctx: Ctx, x: Tensor) {
        ctx.set_output_grad_dtype(float64);
        const output = x.mul(2);
        ctx.mark_non_differentiable(output);
        return output;
      },
    });
    expect(message(() => marked.apply(leaf()))).toBe(concrete(0));
    expect(message(() => marked.apply(torch.ones(2)))).toBe(concrete(0));
    const twice = make({
      forward(ctx: Ctx, x: Tensor) {
        ctx.set_output_grad_dtype(null);
        ctx.set_output_grad_dtype(null);
        return x;
      },
    });
    expect(message(() => twice.apply(leaf()))).toBe(`${name} can only be called once`);
  });
});
