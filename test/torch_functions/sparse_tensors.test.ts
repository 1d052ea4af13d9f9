import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const indices = [
  [0, 1],
  [1, 0],
];

describe("sparse_coo_tensor", () => {
  test("with and without a size", () => {
    const made = torch.sparse_coo_tensor(indices, [1.5, 2]);
    expect(made.layout).toBe(torch.sparse_coo);
    expect(made.to_dense().tolist()).toEqual([
      [0, 1.5],
      [2, 0],
    ]);
    expect([...torch.sparse_coo_tensor(indices, [1.5, 2], [2, 3]).shape]).toEqual([2, 3]);
    expect([...torch.sparse_coo_tensor(indices, [1.5, 2], { size: [2, 3] }).shape]).toEqual([2, 3]);
    expect(torch.sparse_coo_tensor([2, 3], { requires_grad: true })._nnz()).toBe(0);
  });

  test("options", () => {
    const hybrid = torch.sparse_coo_tensor(torch.tensor([[0, 1]]), torch.ones(2, 3), { dtype: torch.float64 });
    expect(hybrid.dtype).toBe(torch.float64);
    expect(hybrid.dense_dim()).toBe(1);
    expect(torch.sparse_coo_tensor(indices, [1, 2], [2, 2], { is_coalesced: true }).is_coalesced()).toBe(true);
  });

  test("gradient of the values", () => {
    const values = torch.ones(2, { requires_grad: true });
    torch.sparse_coo_tensor(indices, values).to_dense().sum().backward();
    expect(values.grad?.tolist()).toEqual([1, 1]);
  });

  test("errors", () => {
    expect(() => torch.sparse_coo_tensor(indices, [1, 2], [1, 1], { check_invariants: true })).toThrow(
      new torch.RuntimeError("size is inconsistent with indices: for dim 0, size is 1 but found index 1"),
    );
    expect(() => torch.sparse_coo_tensor("a" as never)).toThrow(
      new TypeError("sparse_coo_tensor(): argument 'size' (position 1) must be tuple of ints, not str"),
    );
  });
});

describe("compressed layouts", () => {
  test.each([
    [torch.sparse_csr_tensor, torch.sparse_csr, [1.5, 2]],
    [torch.sparse_csc_tensor, torch.sparse_csc, [1.5, 2]],
    [torch.sparse_bsr_tensor, torch.sparse_bsr, [[[1.5]], [[2]]]],
    [torch.sparse_bsc_tensor, torch.sparse_bsc, [[[1.5]], [[2]]]],
  ])("%o", (constructor, layout, values) => {
    const made = constructor([0, 1, 2], [1, 0], values);
    expect(made.layout).toBe(layout);
    expect(made.to_dense().sum().item()).toBe(3.5);
    expect([...constructor([0, 1, 2], [1, 0], values, [2, 2], { dtype: torch.float64 }).shape]).toEqual([2, 2]);
  });

  test("sparse_compressed_tensor", () => {
    const made = torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1, 2], [2, 2], { layout: torch.sparse_csr });
    expect(made.layout).toBe(torch.sparse_csr);
    expect(made.dtype).toBe(torch.int64);
    const named = torch.sparse_csr_tensor({ crow_indices: [0, 1], col_indices: [0], values: [1], size: [1, 1] });
    expect(named.to_dense().tolist()).toEqual([[1]]);
  });

  test("errors", () => {
    expect(() => torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1, 2], [2, 2])).toThrow(
      "sparse_compressed_tensor expected sparse compressed tensor layout but got none",
    );
    expect(() => torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1, 2], [2, 2], { layout: torch.sparse_csc })).toThrow(
      new torch.RuntimeError("sparse_csr_tensor: layout must be SparseCsr but got SparseCsc"),
    );
    expect(() => torch.sparse_csr_tensor([0, 1, 2], [0, 5], [1, 2], [2, 3], { check_invariants: true })).toThrow(
      new torch.RuntimeError("`0 <= col_indices < ncols` is not satisfied."),
    );
  });
});
