import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const a = torch.ones(2, 3);
const b = torch.ones(1, 3);
const lists = (nested: torch.Tensor) => nested.unbind().map((tensor) => tensor.tolist());

describe("nested_tensor", () => {
  test("of tensors and of data", () => {
    const made = torch.nested.nested_tensor([a, b]);
    expect(made.is_nested).toBe(true);
    expect(lists(made)).toEqual([a.tolist(), b.tolist()]);
    expect(lists(torch.nested.nested_tensor([[1, 2], [3]], { dtype: torch.float64 }))).toEqual([[1, 2], [3]]);
  });

  test("keeps no graph", () => {
    const parameter = torch.ones(2, { requires_grad: true });
    expect(torch.nested.nested_tensor([parameter]).requires_grad).toBe(false);
    expect(torch.nested.nested_tensor([parameter], { requires_grad: true }).requires_grad).toBe(true);
  });

  test("errors", () => {
    expect(() => torch.nested.nested_tensor(3 as never)).toThrow(
      new TypeError("Only lists (List[Tensor] and List[List...[Scalar]]) are accepted in nested_tensor"),
    );
    expect(() => torch.nested.nested_tensor([a], { layout: torch.sparse_coo })).toThrow(
      new torch.RuntimeError("Specified layout is unsupported for nested tensors: torch.sparse_coo"),
    );
    expect(() => torch.nested.nested_tensor([a], 3 as never)).toThrow(
      new TypeError("nested_tensor() takes 1 positional argument but 2 were given"),
    );
  });
});

describe("as_nested_tensor", () => {
  test("keeps the graph", () => {
    const parameter = torch.ones(2, { requires_grad: true });
    torch.nested
      .as_nested_tensor([parameter, torch.ones(3)])
      .to_padded_tensor(0)
      .sum()
      .backward();
    expect(parameter.grad?.tolist()).toEqual([1, 1]);
  });

  test("of the slices of a tensor, sharing its memory", () => {
    const source = torch.zeros(2, 3);
    const made = torch.nested.as_nested_tensor(source);
    source.fill_(1);
    expect(lists(made)).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  test("errors", () => {
    expect(() => torch.nested.as_nested_tensor(torch.ones(3))).toThrow(
      new torch.RuntimeError("as_nested_tensor(): Expected tensor argument to have dim() > 1"),
    );
    expect(() => torch.nested.as_nested_tensor(3 as never)).toThrow(TypeError);
  });
});

test("narrow takes numbers", () => {
  expect(() => torch.nested.narrow(a, 1, torch.tensor(0), 1)).toThrow(
    new torch.RuntimeError("start and length must be integers for the strided layout NT impl"),
  );
  expect(() => torch.nested.narrow(a, 1, 0, "a" as never)).toThrow(
    new torch.RuntimeError("length must be an integer or a tensor"),
  );
});

test("to_padded_tensor", () => {
  const padded = torch.nested.to_padded_tensor(torch.nested.as_nested_tensor([a, b]), -1);
  expect(padded[1].tolist()).toEqual([
    [1, 1, 1],
    [-1, -1, -1],
  ]);
});

test("size(dim) of a nested tensor without a shape", () => {
  const nested = torch.nested.nested_tensor([a, b]);
  expect([nested.size(0), nested.size(-1), nested.size({ dim: 2 })]).toEqual([2, 3, 3]);
  expect(() => nested.size(1)).toThrow(
    new torch.RuntimeError("Given dimension 1 is irregular and does not have a size."),
  );
  expect(() => nested.size(3)).toThrow(
    new torch.IndexError("Dimension out of range (expected to be in range of [-3, 2], but got 3)"),
  );
});
