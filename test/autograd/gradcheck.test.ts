import * as torch from "tstorch";
import {
  get_analytical_jacobian,
  get_numerical_jacobian,
  get_numerical_jacobian_wrt_specific_input,
} from "tstorch/autograd/gradcheck";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const { Function, GradcheckError, gradcheck, gradgradcheck } = torch.autograd;
type Tensor = torch.Tensor;
const options = { dtype: torch.float64 };

beforeEach(() => {
  torch.manual_seed(0);
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

const real = (...sizes: number[]) => torch.randn(sizes, options).requires_grad_();
const complex = (...sizes: number[]) => torch.randn(sizes, { dtype: torch.complex128 }).requires_grad_();

/** Its backward is wrong. */
class Wrong extends Function {
  static override forward(ctx: InstanceType<typeof Function>, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    return x.exp();
  }
  static override backward(ctx: InstanceType<typeof Function>, grad: Tensor): Tensor {
    return grad.mul(ctx.saved_tensors[0]);
  }
}

describe.each([
  { fast_mode: false, check_forward_ad: false },
  { fast_mode: true, check_forward_ad: false },
  { fast_mode: false, check_forward_ad: true },
  { fast_mode: true, check_forward_ad: true },
])("gradcheck(%o)", (mode) => {
  const passes = (func: (...inputs: Tensor[]) => unknown, ...inputs: Tensor[]) =>
    expect(gradcheck(func, inputs, mode)).toBe(true);

  test("of real functions", () => {
    passes((a, b) => a.matmul(b).sin(), real(2, 3), real(3, 2));
    passes((a) => a.exp(), real().detach().requires_grad_());
    passes((a) => [a.exp(), a.argmax(), a.sin()], real(3));
  });

  test("of complex functions", () => {
    passes((a) => a.mul(a).sum(), complex(2, 2));
    passes((a) => a.abs(), complex(2));
    passes((a) => torch.view_as_complex(torch.stack([a, a.mul(2)], -1)), real(2));
  });

  test("second derivatives", () => {
    const { fast_mode, check_forward_ad: check_fwd_over_rev } = mode;
    expect(gradgradcheck((a: Tensor) => a.pow(3), real(2, 2), { fast_mode, check_fwd_over_rev })).toBe(true);
    expect(gradgradcheck((a: Tensor) => a.sin(), real(2, 2), torch.ones(2, 2, options), { fast_mode })).toBe(true);
    expect(gradgradcheck((a: Tensor) => a.sin(), real(4), { fast_mode, gen_non_contig_grad_outputs: true })).toBe(true);
  });
});

test.each([
  ["COO", () => torch.eye(3, options).to_sparse()],
  ["CSR", () => torch.eye(3, options).to_sparse_csr()],
  ["CSC", () => torch.eye(3, options).to_sparse_csc()],
  ["BSR", () => torch.eye(4, options).to_sparse_bsr([2, 2])],
  ["BSC", () => torch.eye(4, options).to_sparse_bsc([2, 2])],
])("sparse inputs: %s", (_, make) => {
  for (const fast_mode of [false, true]) {
    for (const masked of [false, true]) {
      const func = (a: Tensor) => a.to_dense({ masked_grad: masked });
      expect(gradcheck(func, [make().requires_grad_()], { fast_mode, masked })).toBe(true);
    }
  }
});

test("a wrong backward", () => {
  const x = torch.zeros(2, options).requires_grad_();
  const func = (a: Tensor) => Wrong.apply(a);
  expect(() => gradcheck(func, x)).toThrow(
    new GradcheckError(
      "Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[1.0000, 0.0000],\n        [0.0000, 1.0000]], dtype=torch.float64)\nanalytical:tensor([[0., 0.],\n        [0., 0.]], dtype=torch.float64)\n",
    ),
  );
  expect(gradcheck(func, x, { raise_exception: false })).toBe(false);
  expect(() => gradcheck(func, x, { fast_mode: true })).toThrow("The max per-element difference (slow mode) is: ");
  expect(GradcheckError.prototype).toBeInstanceOf(torch.RuntimeError);
});

test("a backward that gives something for nothing", () => {
  class Constant extends Function {
    static override forward(_: unknown, x: Tensor): Tensor {
      return x.mul(1);
    }
    static override backward(_: unknown, grad: Tensor): Tensor {
      return grad.sum().item() === 0 ? grad.add(1) : grad;
    }
  }
  expect(() => gradcheck((a: Tensor) => Constant.apply(a), real(2))).toThrow("backward not multiplied by grad_output");
});

test("a backward that does not take null", () => {
  class Strict extends Function {
    static override forward(ctx: InstanceType<typeof Function>, x: Tensor): Tensor {
      ctx.set_materialize_grads(false);
      return x.mul(2);
    }
    static override backward(_: unknown, grad: Tensor | null): Tensor {
      if (grad === null) throw new torch.RuntimeError("no gradient");
      return grad.mul(2);
    }
  }
  const func = (a: Tensor) => Strict.apply(a);
  expect(() => gradcheck(func, real(2))).toThrow(
    'Expected backward function to handle undefined output grads. Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"',
  );
  expect(gradcheck(func, real(2), { check_undefined_grad: false })).toBe(true);
});

test("a backward that is not the same twice", () => {
  let calls = 0;
  class Random extends Function {
    static override forward(_: unknown, x: Tensor): Tensor {
      return x.mul(1);
    }
    static override backward(_: unknown, grad: Tensor): Tensor {
      return grad.mul(1 + 1e-9 * calls++);
    }
  }
  const func = (a: Tensor) => Random.apply(a);
  expect(() => gradcheck(func, real(2))).toThrow("Backward is not reentrant, i.e., running backward with same input");
  expect(gradcheck(func, real(2), { nondet_tol: 1e-5 })).toBe(true);
});

test("what cannot be checked", () => {
  const exp = (a: Tensor) => a.exp();
  expect(() => gradcheck((a: Tensor) => a.detach().exp(), real(2))).toThrow(
    new GradcheckError("Numerical gradient for function expected to be zero"),
  );
  expect(gradcheck((a: Tensor) => a.detach().mul(0), real(2))).toBe(true);
  expect(() => gradcheck(exp, torch.ones(2))).toThrow(
    new torch.ValueError(
      "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.",
    ),
  );
  expect(() => gradcheck(exp, torch.ones(1, options).expand(3).requires_grad_())).toThrow(
    "The 0th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping",
  );
  expect(() => gradcheck(exp, real(2), { check_backward_ad: false })).toThrow(
    new torch.AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True"),
  );
  expect(() => gradcheck((a: Tensor) => a.to_sparse(), real(2))).toThrow(
    "Sparse output is not supported at gradcheck yet.",
  );
  gradcheck(exp, torch.ones(2).requires_grad_(), { raise_exception: false });
  expect(vi.mocked(process.emitWarning).mock.calls.map(([text]) => text)).toContain(
    "Input #0 requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. ",
  );
});

test("batched gradients", () => {
  const func = (a: Tensor) => [a.sin().mul(a), a.sum()];
  const all = { check_batched_grad: true, check_batched_forward_grad: true, check_forward_ad: true };
  expect(gradcheck(func, real(3), all)).toBe(true);
  expect(gradgradcheck(func, real(3), { check_batched_grad: true, check_fwd_over_rev: true })).toBe(true);
});

test("Jacobians by themselves", () => {
  const x = torch.tensor([1, 2], { ...options, requires_grad: true });
  const w = torch.tensor([3, 5], { ...options, requires_grad: true });
  const lists = (tensors: readonly Tensor[]) =>
    tensors.map((t) => (t.tolist() as number[][]).map((row) => row.map((n) => Math.round(n * 1e6) / 1e6)));
  const fn = ([i]: unknown[]) => (i as Tensor).mul(i as Tensor).mul(w);
  // biome-ignore format: rows
  expect(lists(get_numerical_jacobian(fn, [x]))).toEqual([[[6, 0], [0, 20]]]);
  // biome-ignore format: rows
  expect(lists(get_numerical_jacobian(fn, [x], { target: [w], eps: 1e-4 }))).toEqual([[[1, 0], [0, 4]]]);
  const two = (a: Tensor, b: Tensor) => [a.mul(b), a.add(b)];
  const specific = get_numerical_jacobian_wrt_specific_input(two as never, 1, [x, w], two(x, w), 1e-3);
  // biome-ignore format: rows
  expect(lists(specific)).toEqual([[[1, 0], [0, 2]], [[1, 0], [0, 1]]]);
  const times = (a: Tensor) => a.mul(w);
  const other = get_numerical_jacobian_wrt_specific_input(times as never, 0, [x], [times(x)], 1e-3, { input: w });
  // biome-ignore format: rows
  expect(lists(other)).toEqual([[[1, 0], [0, 2]]]);
  const [analytical, ...ok] = get_analytical_jacobian([x, w], x.mul(x).mul(w));
  // biome-ignore format: rows
  expect(lists(analytical)).toEqual([[[6, 0], [0, 20]], [[1, 0], [0, 4]]]);
  expect(ok).toEqual([true, true, true]);
  expect(() => get_numerical_jacobian(fn, [x], { grad_out: 2 })).toThrow(
    new torch.ValueError(
      "Expected grad_out to be 1.0. get_numerical_jacobian no longer supports values of grad_out != 1.0.",
    ),
  );
  expect(() => get_analytical_jacobian([x], torch.complex(x, x))).toThrow(
    new torch.ValueError(
      "Expected output to be non-complex. get_analytical_jacobian no longer supports functions that return complex outputs.",
    ),
  );
  expect(() => get_numerical_jacobian_wrt_specific_input(times as never, 0, [x.detach()], [x], 1e-3)).toThrow(
    new torch.AssertionError("Expected input to have requires_grad=True"),
  );
});
