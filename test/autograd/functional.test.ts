// The values are Python's.

import * as torch from "tstorch";
import { expect, test } from "vitest";

const { jacobian, hessian, vjp, jvp, vhp, hvp } = torch.autograd.functional;
type Tensor = torch.Tensor;

const floats = (...values: number[]) => torch.tensor(values, { dtype: torch.float32 });
const x = floats(1, 2);
const y = floats(3, 4);
const v = [floats(1, 0.5), floats(2, -1)];
const f = (a: Tensor, b: Tensor) => [a.mul(b).add(a.pow(2)), b.sum().mul(a)];
const g = (a: Tensor, b: Tensor) => a.pow(3).mul(b).sum();

// biome-ignore lint/suspicious/noExplicitAny: nested lists of tensors
const lists = (value: any): unknown => (Array.isArray(value) ? value.map(lists) : value.tolist());
const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};

test("jacobian", () => {
  expect(lists(jacobian(f, [x, y]))).toEqual([
    [[[5, 0], [0, 8]], [[1, 0], [0, 2]]],
    [[[7, 0], [0, 7]], [[1, 1], [2, 2]]],
  ]); // biome-ignore format: a matrix
  expect(lists(jacobian((a: Tensor) => a.exp().sum(), floats(0)))).toEqual([1]);
  const made = jacobian((a: Tensor) => a.pow(3), x.clone().requires_grad_(), { create_graph: true });
  expect([made.tolist(), made.requires_grad]).toEqual([
    [
      [3, 0],
      [0, 12],
    ],
    true,
  ]);
});

test("products with vectors", () => {
  expect(lists(vjp(f, [x, y], v))).toEqual([
    [
      [4, 12],
      [7, 14],
    ],
    [
      [19, -3],
      [1, 1],
    ],
  ]);
  expect(lists(jvp(f, [x, y], v))).toEqual([
    [
      [4, 12],
      [7, 14],
    ],
    [
      [7, 2],
      [8, 5.5],
    ],
  ]);
  expect(lists(vhp(g, [x, y], v))).toEqual([
    35,
    [
      [24, 12],
      [3, 6],
    ],
  ]);
  expect(lists(hvp(g, [x, y], v))).toEqual([
    35,
    [
      [24, 12],
      [3, 6],
    ],
  ]);
  expect(lists(vjp((a: Tensor) => a.sum(), x))).toEqual([3, [1, 1]]);
});

test("hessian", () => {
  expect(lists(hessian(g, [x, y]))).toEqual([
    [[[18, 0], [0, 48]], [[3, 0], [0, 12]]],
    [[[3, 0], [0, 12]], [[0, 0], [0, 0]]],
  ]); // biome-ignore format: a matrix
  expect(lists(hessian((a: Tensor) => a.pow(3).sum(), x))).toEqual([
    [6, 0],
    [0, 12],
  ]);
});

test("results have a graph only if asked for", () => {
  const input = x.clone().requires_grad_();
  const [output, product] = vjp((a: Tensor) => a.pow(3).sum(), input) as Tensor[];
  expect([output.requires_grad, product.requires_grad]).toEqual([false, false]);
  const [, kept] = vjp((a: Tensor) => a.pow(3).sum(), input, { create_graph: true }) as Tensor[];
  kept.sum().backward();
  expect(input.grad?.tolist()).toEqual([6, 12]);
});

test("strict", () => {
  const start = "RuntimeError: ";
  expect(message(() => jacobian((a: Tensor) => a.mul(2), [x, y], { strict: true }))).toBe(
    `${start}Output 0 of the user-provided function is independent of input 1. This is not allowed in strict mode.`,
  );
  expect(message(() => jacobian((a: Tensor) => a.detach(), x, { strict: true }))).toBe(
    `${start}Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.`,
  );
  expect(message(() => jacobian((a: Tensor) => a.mul(2), x, { strict: true, create_graph: true }))).toBe(
    `${start}The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True.`,
  );
  expect(message(() => hessian((a: Tensor) => a.sum(), x, { strict: true }))).toMatch(
    /^RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input\./,
  );
  expect(lists(jvp((a: Tensor) => a.mul(2), x, x, { strict: true }))).toEqual([
    [2, 4],
    [2, 4],
  ]);
});

test("errors", () => {
  const double = (a: Tensor) => a.mul(2);
  const both = (a: Tensor, b: Tensor) => [a, b];
  expect(message(() => vjp(double, x))).toBe(
    "RuntimeError: The vector v can only be None if the user-provided function returns a single Tensor with a single element.",
  );
  expect(message(() => hvp((a: Tensor) => a.sum(), x))).toBe(
    "RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.",
  );
  expect(message(() => vjp(double, x, torch.ones(3)))).toBe(
    "RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3]).",
  );
  expect(message(() => vjp(both, [x, y], [x]))).toBe(
    "RuntimeError: v is a tuple of invalid length: should be 2 but got 1.",
  );
  expect(message(() => vjp(both, [x, y], [x, torch.ones(3)]))).toBe(
    "RuntimeError: Entry 1 in v has invalid size: should be torch.Size([2]) but got torch.Size([3]).",
  );
  expect(message(() => vjp(() => 5 as never, x))).toBe(
    "TypeError: The outputs of the user-provided function given to vjp must be either a Tensor or a tuple of Tensors but the given outputs of the user-provided function has type <class 'int'>.",
  );
  expect(message(() => vjp(both, [x, 5 as never]))).toBe(
    "TypeError: The inputs given to vjp must be either a Tensor or a tuple of Tensors but the value at index 1 has type <class 'int'>.",
  );
  expect(message(() => hessian(double, x))).toBe(
    "RuntimeError: The Tensor returned by the function given to hessian should contain a single element",
  );
  expect(message(() => hessian(((a: Tensor) => [a.sum(), a.sum()]) as never, x))).toBe(
    "RuntimeError: The function given to hessian should return a single Tensor",
  );
  expect(message(() => jacobian(double, x, { strategy: "forward-mode" }))).toBe(
    "NotImplementedError: Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.",
  );
  expect(message(() => jacobian(double, x, { strategy: "forward-mode", strict: true }))).toMatch(
    /^RuntimeError: .* are not supported together \(yet\)/,
  );
  expect(message(() => jacobian(double, x, { vectorize: true, strict: true }))).toMatch(
    /^RuntimeError: .*`vectorized=True` are not supported together/,
  );
  expect(message(() => jacobian(double, x, { strategy: "x" as never }))).toMatch(/^AssertionError: Expected strategy/);
});

test("the Jacobian by forward-mode gradients", () => {
  const options = { vectorize: true, strategy: "forward-mode" } as const;
  expect(lists(jacobian(f, [x, y], options))).toEqual(lists(jacobian(f, [x, y])));
  expect(lists(jacobian((a: Tensor) => torch.outer(a, a), x, options))).toEqual([
    [[2, 0], [2, 1]],
    [[2, 1], [0, 4]],
  ]); // biome-ignore format: a matrix
  expect(lists(jacobian((_a: Tensor, b: Tensor) => b.exp(), [x, torch.zeros(1)], options))).toEqual([[[0, 0]], [[1]]]);
  for (const outer_jacobian_strategy of ["forward-mode", "reverse-mode"] as const) {
    const found = hessian(g, [x, y], { vectorize: true, outer_jacobian_strategy });
    expect(lists(found)).toEqual(lists(hessian(g, [x, y])));
  }
  expect(message(() => jacobian(() => 3 as never, x, options))).toBe(
    "TypeError: The outputs given to None must be either a Tensor or a tuple of Tensors but the given outputs has type <class 'int'>.",
  );
});
