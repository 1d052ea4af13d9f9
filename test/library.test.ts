import * as torch from "tstorch";
import { afterEach, describe, expect, test } from "vitest";

const libraries: torch.library.Library[] = [];

function library(ns: string): torch.library.Library {
  const made = new torch.library.Library(ns, "FRAGMENT");
  libraries.push(made);
  return made;
}

afterEach(() => {
  for (const made of libraries.splice(0)) made._destroy();
});

let count = 0;
const fresh = (name: string) => `surface::${name}${count++}`;

describe("Library", () => {
  test("defines operators that torch.ops calls by their schema, with its defaults", () => {
    const lib = library("mylib");
    expect(
      lib.define('scaled(Tensor x, float by=2.5, *, int? plus=None, int[] dims=[1, 2], str mode="a") -> Tensor'),
    ).toBe("scaled");
    const seen: unknown[] = [];
    lib.impl(
      "scaled",
      (...args) => {
        seen.push(args.slice(1));
        return args[0].mul(args[1]);
      },
      "CPU",
    );
    expect(torch.ops.mylib.scaled(torch.ones(2)).tolist()).toEqual([2.5, 2.5]);
    expect(torch.ops.mylib.scaled(torch.ones(2), 3, { plus: 1, mode: "b" }).tolist()).toEqual([3, 3]);
    expect(seen).toEqual([
      [2.5, null, [1, 2], "a"],
      [3, 1, [1, 2], "b"],
    ]);
    expect(String(torch.ops.mylib.scaled.default._schema)).toBe(
      'mylib::scaled(Tensor x, float by=2.5, *, int? plus=None, int[] dims=[1, 2], str mode="a") -> Tensor',
    );
  });

  test("arguments that do not fit give PyTorch's errors", () => {
    const lib = library("mylib");
    lib.define("one(Tensor x) -> Tensor");
    lib.impl("one", (x) => x, "CPU");
    expect(() => torch.ops.mylib.one.default()).toThrow(
      new torch.RuntimeError(
        "mylib::one() is missing value for argument 'x'. Declaration: mylib::one(Tensor x) -> Tensor",
      ),
    );
    expect(() => torch.ops.mylib.one.default("a")).toThrow("Expected a value of type 'Tensor' for argument 'x'");
    expect(() => lib.define("one(Tensor x) -> Tensor")).toThrow("with the same name and overload name multiple times");
    expect(() => lib.define("broken(Tensor x -> Tensor")).toThrow(torch.RuntimeError);
    expect(() => lib.impl("one", (x) => x, "Nonsense")).toThrow("could not parse dispatch key: Nonsense");
    expect(() => lib.impl("absent", (x) => x)).toThrow(new torch.RuntimeError("operator mylib::absent does not exist"));
    expect(() => new torch.library.Library("a", "B" as never)).toThrow(new torch.ValueError("Unsupported kind: B"));
    expect(() => new torch.library.Library("prim", "DEF")).toThrow("prim is a reserved namespace");
  });

  test("the kernel is that of the arguments' device", () => {
    const lib = library("mylib");
    lib.define("f(Tensor x) -> Tensor");
    expect(() => torch.ops.mylib.f(torch.ones(1))).toThrow(torch.NotImplementedError);
    lib.impl("f", (x) => x.add(1), "CPU");
    lib.impl("f", (x) => torch.empty_like(x, { dtype: torch.int64 }), "Meta");
    expect(torch.ops.mylib.f(torch.ones(1)).item()).toBe(2);
    expect(torch.ops.mylib.f(torch.ones(1, { device: "meta" })).dtype).toBe(torch.int64);
  });

  test("overloads are chosen by their arguments", () => {
    const lib = library("mylib");
    lib.define("g.Tensor(Tensor x) -> Tensor");
    lib.define("g.int(int x) -> int");
    lib.impl("g.Tensor", (x) => x.neg(), "CPU");
    lib.impl("g.int", (x) => x + 1);
    expect(torch.ops.mylib.g(torch.ones(1)).item()).toBe(-1);
    expect(torch.ops.mylib.g(3)).toBe(4);
    expect(torch.ops.mylib.g.overloads()).toEqual(["Tensor", "int"]);
  });

  test("_destroy() takes the operators away", () => {
    const lib = library("mylib");
    lib.define("h(Tensor x) -> Tensor");
    expect(torch.ops.mylib.h).toBeDefined();
    lib._destroy();
    expect(() => torch.ops.mylib.h).toThrow(torch.AttributeError);
    expect(() => lib.define("h(Tensor x) -> Tensor")).toThrow("Library object has been destroyed");
  });

  test("libtorch's own operators keep their kernels", () => {
    const lib = new torch.library.Library("aten", "IMPL");
    expect(() => lib.impl("add.Tensor", () => 1, "CPU")).toThrow(torch.NotImplementedError);
  });

  test("a kernel's exception reaches the caller unchanged", () => {
    const lib = library("mylib");
    lib.define("fails(Tensor x) -> Tensor");
    const error = new RangeError("mine");
    lib.impl(
      "fails",
      () => {
        throw error;
      },
      "CPU",
    );
    expect(() => torch.ops.mylib.fails(torch.ones(1))).toThrow(error);
  });
});

describe("autograd", () => {
  test("a composite kernel is differentiated by what it calls", () => {
    const lib = library("mylib");
    lib.define("square(Tensor x) -> Tensor");
    lib.impl("square", (x) => x.mul(x), "CompositeImplicitAutograd");
    const x = torch.tensor([3.5], { requires_grad: true });
    torch.ops.mylib.square(x).sum().backward();
    expect(x.grad?.item()).toBe(7);
  });

  test("register_autograd gives the formula", () => {
    const sin = torch.library.custom_op(fresh("sin"), (x: torch.Tensor) => x.sin(), {
      mutates_args: [],
      schema: "(Tensor x, float by=1.0) -> Tensor",
    });
    const x = torch.tensor([0.5], { requires_grad: true });
    const y = sin(x);
    expect(y.requires_grad).toBe(true);
    expect(() => y.sum().backward()).toThrow(
      /Trying to backward through surface.sin\d+.default but no autograd formula/,
    );
    sin.register_autograd((ctx, grad) => [grad.mul(ctx.saved_tensors[0].cos()), null], {
      setup_context: (ctx, [input]) => ctx.save_for_backward(input as torch.Tensor),
    });
    sin(x).sum().backward();
    expect(x.grad?.item()).toBeCloseTo(Math.cos(0.5), 6);
    expect(
      torch.autograd.gradcheck(
        (t: torch.Tensor) => sin(t),
        [torch.rand(3, { dtype: torch.float64, requires_grad: true })],
      ),
    ).toBe(true);
  });

  test("an operator that changes its input has no formula", () => {
    const name = fresh("fill_");
    torch.library.define(name, "(Tensor(a!) x) -> ()");
    torch.library.impl(name, "cpu", (x: torch.Tensor) => void x.fill_(3));
    expect(() => torch.library.register_autograd(name, () => null)).toThrow("non-functional operator");
    const x = torch.zeros(2);
    const [ns, op] = name.split("::");
    torch.ops[ns][op](x);
    expect(x.tolist()).toEqual([3, 3]);
  });
});

describe("custom_op", () => {
  test("is called by itself and through torch.ops, and told about tensors without data", () => {
    const name = fresh("pair");
    const pair = torch.library.custom_op(name, (x: torch.Tensor, n: number) => [x.add(n), x.mul(n)], {
      mutates_args: [],
      schema: "(Tensor x, int n) -> (Tensor, Tensor)",
    });
    expect(pair(torch.ones(1), 4).map((t: torch.Tensor) => t.item())).toEqual([5, 4]);
    const [ns, op] = name.split("::");
    expect(torch.ops[ns][op](torch.ones(1), 4).length).toBe(2);
    pair.register_fake((x: torch.Tensor) => [torch.empty_like(x), torch.empty_like(x)]);
    expect(pair(torch.ones(3, { device: "meta" }), 4)[0].shape).toEqual(torch.Size([3]));
    expect(String(pair)).toBe(`<CustomOpDef(${name})>`);
  });

  test("without the function gives what takes it, as a decorator does", () => {
    const name = fresh("later");
    const decorate = torch.library.custom_op(name, { mutates_args: [], schema: "(Tensor x) -> Tensor" });
    expect(decorate((x: torch.Tensor) => x.add(1))(torch.ones(1)).item()).toBe(2);
    const [ns, op] = name.split("::");
    expect(torch.ops[ns][op](torch.ones(1)).item()).toBe(2);
    expect(() => torch.library.custom_op("a::b", { schema: "(Tensor x) -> Tensor" } as never)).toThrow(
      new TypeError("custom_op() missing 1 required keyword-only argument: 'mutates_args'"),
    );
  });

  test("needs a schema, and a name with a namespace", () => {
    expect(() => torch.library.custom_op("a::b", () => 1, { mutates_args: [] })).toThrow("needs a schema");
    expect(() => torch.library.custom_op("b", () => 1, { mutates_args: [], schema: "() -> int" })).toThrow(
      torch.ValueError,
    );
  });

  test("register_autocast casts where autocast is on", () => {
    const dtypeOf = torch.library.custom_op(fresh("cast"), (x: torch.Tensor) => x.clone(), {
      mutates_args: [],
      schema: "(Tensor x) -> Tensor",
    });
    dtypeOf.register_autocast("cpu", torch.float16);
    expect(dtypeOf(torch.ones(1)).dtype).toBe(torch.float32);
    torch.autocast("cpu", { dtype: torch.bfloat16 }, () => expect(dtypeOf(torch.ones(1)).dtype).toBe(torch.float16));
  });

  test("decorators and the functions that are given at once do the same", () => {
    const name = fresh("deco");
    torch.library.define(name, "(Tensor x) -> Tensor");
    const kernel = torch.library.impl(name, "cpu") as (f: torch.library.Kernel) => torch.library.Kernel;
    const body = (x: torch.Tensor) => x.add(2);
    expect(kernel(body)).toBe(body);
    expect(torch.library.get_kernel(name, "cpu")).toBe(body);
    expect(() => torch.library.get_kernel(name, "cuda")).toThrow(torch.RuntimeError);
    expect(() => torch.library.fallthrough_kernel()).toThrow(torch.NotImplementedError);
  });
});
