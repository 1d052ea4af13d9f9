import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const eye = torch.eye(2).to_sparse();

describe("sum", () => {
  test("of all elements and along dimensions", () => {
    expect(torch.sparse.sum(eye).item()).toBe(2);
    const columns = torch.sparse.sum(eye, 0, torch.float64);
    expect(columns.dtype).toBe(torch.float64);
    expect(columns.to_dense().tolist()).toEqual([1, 1]);
    expect(torch.sparse.sum(eye, { dim: [0, 1] }).item()).toBe(2);
  });
});

describe("check_sparse_tensor_invariants", () => {
  const { check_sparse_tensor_invariants: check } = torch.sparse;
  const outside = () =>
    torch.sparse_coo_tensor(
      [
        [0, 1],
        [1, 0],
      ],
      [1, 2],
      [1, 1],
    );

  test("around a function", () => {
    expect(check.is_enabled()).toBe(false);
    expect(outside).not.toThrow();
    expect(() => check(outside)).toThrow(
      new torch.RuntimeError("size is inconsistent with indices: for dim 0, size is 1 but found index 1"),
    );
    expect(check.is_enabled()).toBe(false);
    expect(() => check(false, outside)).not.toThrow();
  });

  test("for good", () => {
    check.enable();
    expect(check.is_enabled()).toBe(true);
    expect(outside).toThrow(torch.RuntimeError);
    check.disable();
    expect(check.is_enabled()).toBe(false);
  });
});

test.each([torch.sparse_coo, torch.sparse_csr, torch.sparse_csc])("as_sparse_gradcheck of %s", (layout) => {
  const input = torch.eye(2, { dtype: torch.float64 }).to_sparse({ layout }).requires_grad_();
  const given: unknown[] = [];
  const gradcheck = torch.sparse.as_sparse_gradcheck((func, inputs) => {
    const args = inputs as unknown[];
    given.push(...args);
    const output = func(...args) as torch.Tensor;
    return output.layout === torch.strided && output.sum().item() === 4;
  });
  expect(gradcheck((x) => (x as torch.Tensor).mul(2), [input])).toBe(true);
  const values = given.filter((value) => value instanceof torch.Tensor) as torch.Tensor[];
  expect(values).toHaveLength(1);
  expect(values[0].requires_grad).toBe(true);
});

test("operators", () => {
  expect(torch.sparse.mm(eye, torch.ones(2, 1)).tolist()).toEqual([[1], [1]]);
  expect(torch.sparse.softmax(eye, 1).to_dense().diag().tolist()).toEqual([1, 1]);
});
