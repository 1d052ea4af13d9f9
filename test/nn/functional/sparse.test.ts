import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, f32, thrown } from "./helpers/values.js";

let weight: torch.Tensor;
const input = torch.tensor([
  [0, 2],
  [1, 1],
]);

beforeEach(() => {
  weight = f32([
    [1, 2],
    [3, 4],
    [5, 6],
  ]).requires_grad_();
});

const gradient = (y: torch.Tensor) => torch.autograd.grad(y.sum(), weight)[0];

describe("embedding", () => {
  test("the rows at the indices; none of a gradient at padding_idx", () => {
    const y = F.embedding(input, weight, { padding_idx: -1 });
    expectClose(y, [
      [
        [1, 2],
        [5, 6],
      ],
      [
        [3, 4],
        [3, 4],
      ],
    ]);
    expectClose(gradient(y), [
      [1, 1],
      [2, 2],
      [0, 0],
    ]);
  });

  test("scale_grad_by_freq and sparse", () => {
    expectClose(gradient(F.embedding(input, weight, { scale_grad_by_freq: true })), [
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    const sparse = gradient(F.embedding(input, weight, { sparse: true }));
    expect(sparse.is_sparse).toBe(true);
    expectClose(sparse.to_dense(), [
      [1, 1],
      [2, 2],
      [1, 1],
    ]);
  });

  test("max_norm shortens the rows that are looked up, in place", () => {
    const rows = weight.detach().clone();
    expectClose(F.embedding(torch.tensor([0, 2]), rows, { max_norm: 1 })[0], [0.447214, 0.894427]);
    expectClose(rows, [
      [0.447214, 0.894427],
      [3, 4],
      [0.640184, 0.768221],
    ]);
  });

  test("errors", () => {
    for (const padding_idx of [3, -4]) {
      expect(thrown(() => F.embedding(input, weight, padding_idx))).toBe(
        "AssertionError: Padding_idx must be within num_embeddings",
      );
    }
  });
});

describe("embedding_bag", () => {
  const flat = torch.tensor([0, 1, 2, 2]);

  test("bags of one size and bags by offsets", () => {
    expectClose(F.embedding_bag(input, weight), [
      [3, 4],
      [3, 4],
    ]);
    expectClose(F.embedding_bag(input, weight, { mode: "max" }), [
      [5, 6],
      [3, 4],
    ]);
    expectClose(F.embedding_bag(flat, weight, torch.tensor([0, 1]), { mode: "sum" }), [
      [1, 2],
      [13, 16],
    ]);
    const offsets = torch.tensor([0, 1, 4]);
    expectClose(F.embedding_bag(flat, weight, offsets, { include_last_offset: true }), [
      [1, 2],
      [4.333333, 5.333333],
    ]);
  });

  test("per_sample_weights and padding_idx", () => {
    const per_sample_weights = f32([
      [1, 2],
      [0.5, 0],
    ]);
    expectClose(F.embedding_bag(input, weight, { mode: "sum", per_sample_weights }), [
      [11, 14],
      [1.5, 2],
    ]);
    expectClose(F.embedding_bag(input, weight, { padding_idx: 0 }), [
      [5, 6],
      [3, 4],
    ]);
  });

  test("errors", () => {
    expect(thrown(() => F.embedding_bag(flat, weight))).toBe("ValueError: offsets has to be a 1D Tensor but got None");
    expect(thrown(() => F.embedding_bag(flat, weight, input))).toBe("ValueError: offsets has to be a 1D Tensor");
    expect(thrown(() => F.embedding_bag(input, weight, flat))).toBe(
      "ValueError: if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
    );
    expect(thrown(() => F.embedding_bag(input, f32([1])))).toBe(
      "ValueError: weight has to be a 2D Tensor, but got Tensor of dimension 1",
    );
    // @ts-expect-error: no such mode
    expect(thrown(() => F.embedding_bag(input, weight, { mode: "min" }))).toBe(
      "ValueError: mode has to be one of sum, mean or max",
    );
    expect(thrown(() => F.embedding_bag(input, weight, { mode: "max", sparse: true }))).toBe(
      "ValueError: max mode does not support sparse weights",
    );
    expect(thrown(() => F.embedding_bag(input, weight, { per_sample_weights: torch.ones(2, 2) }))).toBe(
      "NotImplementedError: embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='mean'). Please open a feature request on GitHub.",
    );
    expect(thrown(() => F.embedding_bag(input, weight, { per_sample_weights: torch.ones(2) }))).toBe(
      "ValueError: embedding_bag: If per_sample_weights (torch.Size([2])) is not None, then it must have the same shape as the input (torch.Size([2, 2]))",
    );
  });
});

test("one_hot", () => {
  expect(F.one_hot(torch.tensor([0, 2]), 4).tolist()).toEqual([
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ]);
});
