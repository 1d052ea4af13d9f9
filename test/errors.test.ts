// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { inspect } from "node:util";
import * as torch from "tstorch";
import { afterEach, describe, expect, test, vi } from "vitest";

const { ones, tensor } = torch;

function caught(run: () => unknown): any {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("classes", () => {
  test.each([
    [
      "RuntimeError",
      () => ones(2).add(ones(3)),
      "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
    ],
    ["RuntimeError", () => ones(6).view(4, -1), "shape '[4, -1]' is invalid for input of size 6"],
    ["RuntimeError", () => ones(2, 3).mm(ones(2, 3)), "mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"],
    ["RuntimeError", () => ones(2).gather(0, tensor([5])), "index 5 is out of bounds for dimension 0 with size 2"],
    ["IndexError", () => ones(2).sum(3), "Dimension out of range (expected to be in range of [-1, 0], but got 3)"],
    ["IndexError", () => torch.embedding(ones(2, 2), tensor([5])), "index out of range in self"],
    ["ValueError", () => torch.cat([]), "torch.cat(): expected a non-empty list of Tensors"],
    ["TypeError", () => ones(2).imag, "imag is not implemented for tensors with non-complex dtypes."],
    ["TypeError", () => torch.add("a" as any, 1), "add(): argument 'input' (position 1) must be Tensor, not str"],
    [
      "NotImplementedError",
      () => tensor([1, 2]).mean(),
      "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long",
    ],
    ["NotImplementedError", () => ones(1, { device: "meta" }).tolist(), "Cannot copy out of meta tensor; no data!"],
    [
      "LinAlgError",
      () => torch.linalg.inv(torch.zeros(2, 2)),
      "linalg.inv: The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular.",
    ],
    [
      "RuntimeError",
      () => ones(2, 3).expand(4),
      "expand(torch.FloatTensor{[2, 3]}, size=[4]): the number of sizes provided (1) must be greater or equal to the number of dimensions in the tensor (2)",
    ],
  ])("%s %#", (name, run, message) => {
    const error = caught(run);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.constructor).toBe(Reflect.get(torch, name));
    expect(error.message).toBe(message);
  });

  test("inherit as Python's do", () => {
    for (const kind of [torch.NotImplementedError, torch.LinAlgError, torch.OutOfMemoryError, torch.AcceleratorError]) {
      expect(new kind("x")).toBeInstanceOf(torch.RuntimeError);
    }
    expect((torch as any).TypeError).toBe(TypeError);
    expect(new torch.IndexError("x")).not.toBeInstanceOf(torch.RuntimeError);
  });
});

describe("an error", () => {
  test("has a JavaScript stack, and the C++ one beside it", () => {
    const error = caught(() => ones(2).add(ones(3)));
    expect(error.stack).toMatch(/^RuntimeError: The size of tensor a/);
    expect(error.stack).toContain("errors.test.ts");
    expect(error.message).not.toContain("Exception raised from");
    expect(error.cpp_stack).toContain("Exception raised from");
    expect(Object.keys(error)).toEqual([]);
    expect(inspect(error)).not.toContain("Exception raised from");
  });

  test("costs little while nobody reads its C++ stack", () => {
    const begin = performance.now();
    for (let i = 0; i < 2000; i++) caught(() => ones(4).view(3));
    expect(performance.now() - begin).toBeLessThan(10_000); // with the stack's text it would be a minute
  });

  test("from arguments has none", () => {
    expect(caught(() => torch.add("a" as any, 1)).cpp_stack).toBeUndefined();
  });

  test("leaves the next call alone", () => {
    expect(() => ones(2).add(ones(3))).toThrow();
    expect(() => torch.cat([ones(1), Object.create(torch.Tensor.prototype)])).toThrow(TypeError);
    expect(ones(2).add(1).tolist()).toEqual([2, 2]);
  });

  test("of memory that there is not", () => {
    const error = caught(() => torch.empty(2 ** 50));
    expect(error).toBeInstanceOf(torch.RuntimeError);
    expect(error.message).toContain(
      "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4503599627370496 bytes.",
    );
    expect(() => torch.zeros(2n ** 62n)).toThrow(torch.RuntimeError);
    expect(() => torch.zeros(-1)).toThrow("zeros: Dimension size must be non-negative.");
  });

  test("can be made by users", () => {
    class Mine extends torch.RuntimeError {}
    const error = new Mine("text");
    expect([error.name, error.message, error instanceof torch.RuntimeError]).toEqual(["Mine", "text", true]);
  });
});

describe("warnings", () => {
  afterEach(() => vi.restoreAllMocks());

  const collected = (run: () => unknown) => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    warn.mockClear();
    run();
    return warn.mock.calls.map(([message, category]) => [category, String(message)]);
  };

  test("of libtorch go through process.emitWarning, once", () => {
    const call = () => torch.std(ones(1));
    expect(collected(call)).toEqual([
      [
        "UserWarning",
        "std(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel).",
      ],
    ]);
    expect(collected(() => torch.range(0, 3)).map(([category]) => category)).toEqual(["UserWarning"]);
  });

  test("of deprecated signatures", () => {
    const x = ones(2, 2);
    const call = () => (torch as any).addmm(1, x, 2, x, x);
    const [[category, message], ...more] = collected(call);
    expect(category).toBe("UserWarning");
    expect(message).toMatch(
      /^This overload of addmm is deprecated:\n\taddmm\(Number beta, Tensor input, Number alpha, Tensor mat1, Tensor mat2, \*, Tensor out = None\)\nConsider using one of the following signatures instead:/,
    );
    expect(more).toEqual([]);
    expect(collected(call).length).toBeLessThanOrEqual(1);
  });

  test("a listener that throws or calls torch again does no harm", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {
      ones(2).add(1);
      throw new Error("mine");
    });
    const x = ones(2, 3, 4);
    try {
      torch.cross(ones(3, 3), ones(3, 3));
    } catch (error) {
      expect((error as Error).message).toBe("mine");
    }
    expect(warn).toHaveBeenCalled();
    expect(x.add(1).sum().item()).toBe(48);
  });
});
