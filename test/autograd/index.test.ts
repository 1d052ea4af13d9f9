// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse

import * as torch from "tstorch";
import { complex } from "tstorch/python";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const { tensor, ones } = torch;
const { backward, grad } = torch.autograd;
const loose = torch.autograd as any;

const leaf = (...values: number[]) =>
  tensor(values.length ? values : [2.5], { dtype: torch.float32, requires_grad: true });
const message = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
};

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe("backward()", () => {
  test("adds to the gradients of the leaves", () => {
    const x = leaf(1, 2);
    x.pow(2).sum().backward();
    expect(x.grad?.tolist()).toEqual([2, 4]);
    x.mul(3).sum().backward();
    expect(x.grad?.tolist()).toEqual([5, 7]);
  });

  test("with a gradient to begin with", () => {
    const x = leaf(1, 2);
    x.mul(2).backward(tensor([1.5, 10]));
    expect(x.grad?.tolist()).toEqual([3, 20]);
    x.grad = null;
    x.mul(2).backward({ gradient: ones(2) });
    expect((x.grad as torch.Tensor | null)?.tolist()).toEqual([2, 2]);
    backward([x.mul(2), x.mul(3)], [ones(2), null as any].slice(0, 1).concat(ones(2)));
    expect((x.grad as torch.Tensor | null)?.tolist()).toEqual([7, 7]);
  });

  test("retain_graph", () => {
    const x = leaf();
    const y = x.pow(2);
    y.backward({ retain_graph: true });
    y.backward(null, true);
    y.backward();
    expect(x.grad?.item()).toBe(15);
    expect(message(() => y.backward())).toMatch(
      /^RuntimeError: Trying to backward through the graph a second time \(or directly access saved tensors after they have already been freed\)\./,
    );
  });

  test("create_graph", () => {
    const x = leaf();
    x.pow(3).backward({ create_graph: true });
    expect(x.grad?.requires_grad).toBe(true);
    const [second] = grad(x.grad as torch.Tensor, x);
    expect(second.item()).toBe(15);
    expect(vi.mocked(process.emitWarning).mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^Using backward\(\) with create_graph=True will create a reference cycle/),
    ]);
    x.grad = null;
  });

  test("inputs", () => {
    const x = leaf();
    const y = x.mul(2);
    const z = y.mul(3);
    z.backward({ inputs: [y] });
    expect(y.grad?.item()).toBe(3);
    expect(x.grad).toBeNull();
    const [a, b] = [leaf(), leaf()];
    a.mul(b).backward(null, null, false, a);
    expect([a.grad?.item(), b.grad]).toEqual([2.5, null]);
  });

  test("of several outputs", () => {
    const x = leaf();
    backward([x.mul(2), x.mul(3)]);
    expect(x.grad?.item()).toBe(5);
    loose.backward({ tensors: x.mul(1), grad_tensors: ones(1) });
    expect(x.grad?.item()).toBe(6);
    backward([]);
  });

  test("errors", () => {
    expect(message(() => leaf(1, 2).mul(2).backward())).toBe(
      "RuntimeError: grad can be implicitly created only for scalar outputs",
    );
    expect(message(() => ones(1).backward())).toBe(
      "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn",
    );
    expect(message(() => leaf().mul(2).backward(ones(3)))).toBe(
      "RuntimeError: Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([1]).",
    );
    expect(message(() => leaf().mul(2).backward({ inputs: [] }))).toBe(
      "RuntimeError: `inputs` argument to `backward()` cannot be empty.",
    );
    expect(
      message(() =>
        leaf()
          .mul(2)
          .backward({ inputs: [ones(1)] }),
      ),
    ).toBe("RuntimeError: can't retain_grad on Tensor that has requires_grad=False");
    expect(message(() => loose.backward("a"))).toBe("AssertionError: Expected output to be a torch.Tensor");
    expect(message(() => loose.backward([null]))).toBe("AssertionError: Expected output to be a torch.Tensor");
    expect(message(() => loose.backward(5))).toBe("TypeError: 'int' object is not iterable");
    expect(message(() => (leaf().mul(2) as any).backward(5))).toBe("TypeError: 'int' object is not iterable");
    expect(message(() => backward([leaf().mul(2), leaf().mul(3)], [ones(1)]))).toBe(
      "RuntimeError: got 2 tensors and 1 gradients",
    );
    expect(message(() => loose.backward(leaf().mul(2), ones(1), { grad_variables: ones(1) }))).toBe(
      "RuntimeError: `grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.",
    );
    expect(message(() => (leaf() as any).backward({ foo: 1 }))).toBe(
      "TypeError: Tensor.backward() got an unexpected keyword argument 'foo'",
    );
    const z = tensor([complex(1, 2)], { requires_grad: true });
    expect(message(() => z.mul(z).sum().backward())).toBe(
      "RuntimeError: grad can be implicitly created only for real scalar outputs but got torch.complex64",
    );
    const changed = leaf().exp();
    changed.add_(1);
    expect(message(() => changed.backward())).toMatch(
      /^RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: \[torch\.FloatTensor \[1\]\], which is output 0 of Exp, is at version 1; expected version 0 instead\./,
    );
  });

  test("of complex numbers", () => {
    const z = tensor([complex(1, 2)], { requires_grad: true });
    z.abs().sum().backward();
    const { real, imag } = (z.grad as torch.Tensor).item() as unknown as { real: number; imag: number };
    expect(real).toBeCloseTo(0.4472136, 6);
    expect(imag).toBeCloseTo(0.8944272, 6);
  });
});

describe("autograd.grad()", () => {
  test("returns the gradients, and changes no leaf", () => {
    const [x, y] = [leaf(1, 2), leaf(3, 4)];
    const [dx, dy] = grad(x.mul(y).sum(), [x, y]);
    expect(dx.tolist()).toEqual([3, 4]);
    expect(dy.tolist()).toEqual([1, 2]);
    expect([x.grad, y.grad]).toEqual([null, null]);
    expect(grad(x.mul(2), x, ones(2))[0].tolist()).toEqual([2, 2]);
    expect(grad(x.mul(2), x, { grad_outputs: tensor([1, 3], { dtype: torch.float32 }) })[0].tolist()).toEqual([2, 6]);
  });

  test("higher derivatives", () => {
    const x = leaf(2);
    let [y] = [x.pow(4).sum()];
    const found: number[] = [];
    for (let i = 0; i < 4; i++) {
      [y] = grad(y, x, { create_graph: true });
      found.push(y.item());
    }
    expect(found).toEqual([32, 48, 48, 24]);
  });

  test("unused inputs", () => {
    expect(message(() => grad(leaf().mul(2), leaf()))).toBe(
      "RuntimeError: The differentiated Tensor at index 0 appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.",
    );
    expect(grad(leaf().mul(2), leaf(), { allow_unused: true })).toEqual([null]);
    expect(grad(leaf().mul(2), leaf(), { materialize_grads: true })[0].tolist()).toEqual([0]);
    expect(message(() => grad(leaf().mul(2), leaf(), { materialize_grads: true, allow_unused: false }))).toBe(
      "ValueError: Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.",
    );
  });

  test("is_grads_batched", () => {
    const x = leaf(1, 2);
    expect(grad(x.pow(2), x, { grad_outputs: torch.eye(2), is_grads_batched: true })[0].tolist()).toEqual([[2, 0], [0, 4]]); // biome-ignore format: one row
  });

  test("errors", () => {
    expect(message(() => grad(leaf().mul(2), ones(1)))).toBe(
      "RuntimeError: One of the differentiated Tensors does not require grad",
    );
    expect(message(() => grad([], []))).toBe("RuntimeError: `inputs` argument to `grad()` cannot be empty.");
    expect(message(() => grad(leaf().mul(2), []))).toBe("RuntimeError: `inputs` argument to `grad()` cannot be empty.");
    expect(message(() => loose.grad(5, leaf()))).toBe("TypeError: 'int' object is not iterable");
    expect(message(() => loose.grad(leaf().mul(2), 5))).toBe("TypeError: 'int' object is not iterable");
  });
});

describe("grad", () => {
  test("is one object", () => {
    const x = leaf();
    expect(x.grad).toBeNull();
    x.mul(2).backward();
    const first = x.grad;
    expect(x.grad).toBe(first);
    x.mul(2).backward();
    expect(x.grad).toBe(first);
    expect(first?.item()).toBe(4);
    first?.zero_();
    expect(x.grad?.item()).toBe(0);
    x.grad = null;
    expect(x.grad).toBeNull();
    const own = ones(1);
    x.grad = own;
    expect(x.grad).toBe(own);
    x.mul(2).backward();
    expect(x.grad).toBe(own);
    expect(own.item()).toBe(3);
  });

  test("what it may be", () => {
    const x = ones(2, 3);
    const set = (value: unknown) =>
      message(() => {
        x.grad = value as torch.Tensor;
      });
    expect(set(5)).toBe("TypeError: assigned grad expected to be a Tensor or None but got grad of type int");
    expect(set(ones(2))).toBe(
      "RuntimeError: attempting to assign a gradient of size '[2]' to a tensor of size '[2, 3]'. Please ensure that the gradient and the tensor are the same size",
    );
    expect(set(ones(2, 3, { dtype: torch.float64 }))).toBe(
      "RuntimeError: attempting to assign a gradient with dtype 'double' to a tensor with grad_dtype 'Float'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match.",
    );
    expect(set(x)).toBe("RuntimeError: can't assign Variable as its own grad");
    expect(set(ones(2, 3, { device: "meta" }))).toBe(
      "RuntimeError: attempting to assign a gradient with device type 'meta' to a tensor with device type 'cpu'. Please ensure that the gradient and the tensor are on the same device",
    );
    expect(set(ones(2, 3).to_sparse())).toBe("no error");
    expect(set(null)).toBe("no error");
  });

  test("retain_grad()", () => {
    const x = leaf();
    const y = x.mul(2);
    y.retain_grad();
    y.retain_grad();
    y.mul(3).backward();
    expect([y.grad?.item(), y.retains_grad, x.retains_grad]).toEqual([3, true, false]);
    expect(message(() => ones(1).retain_grad())).toBe(
      "RuntimeError: can't retain_grad on Tensor that has requires_grad=False",
    );
    leaf().retain_grad();
  });

  test("of a tensor that is no leaf: a warning", () => {
    expect(leaf().mul(2).grad).toBeNull();
    expect(String(vi.mocked(process.emitWarning).mock.calls[0][0])).toMatch(
      /^The \.grad attribute of a Tensor that is not a leaf/,
    );
  });
});

describe("requires_grad", () => {
  test("reads and writes", () => {
    const x = ones(1);
    expect([x.requires_grad, x.is_leaf]).toEqual([false, true]);
    x.requires_grad = true;
    expect(x.requires_grad).toBe(true);
    expect(x.requires_grad_(false)).toBe(x);
    expect(x.requires_grad_({ requires_grad: true } as any).requires_grad).toBe(true);
    const y = x.mul(2);
    expect([y.requires_grad, y.is_leaf]).toEqual([true, false]);
    expect(y.detach().requires_grad).toBe(false);
    y.requires_grad = true;
  });

  test("errors", () => {
    expect(message(() => ones(1, { dtype: torch.int64 }).requires_grad_())).toBe(
      "RuntimeError: only Tensors of floating point dtype can require gradients",
    );
    expect(message(() => {
      ones(1, { dtype: torch.int64 }).requires_grad = true;
    })).toBe("RuntimeError: only Tensors of floating point and complex dtype can require gradients"); // biome-ignore format: one call
    expect(message(() => {
      ones(1).requires_grad = 5 as any;
    })).toBe("RuntimeError: requires_grad must be a bool"); // biome-ignore format: one call
    expect(message(() => leaf().mul(2).requires_grad_(false))).toBe(
      "RuntimeError: you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
    );
    expect(message(() => ones(1).requires_grad_(5 as any))).toBe(
      "TypeError: requires_grad_(): argument 'requires_grad' (position 1) must be bool, not int",
    );
    expect(message(() => leaf().add_(1))).toBe(
      "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
    );
    torch.no_grad(() => leaf().add_(1));
  });
});
