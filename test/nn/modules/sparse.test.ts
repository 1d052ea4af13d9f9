import * as torch from "tstorch";
import { nn } from "tstorch";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, f32, thrown } from "../functional/helpers/values.js";

const { ones } = torch;
// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;
const table = () =>
  f32([
    [1, 2],
    [3, 4],
    [5, 7],
  ]);

beforeEach(() => {
  torch.manual_seed(0);
});

describe("Embedding", () => {
  test("draws its weight as Python does, with zeros at padding_idx", () => {
    const m = nn.Embedding(3, 2, { padding_idx: -1 });
    expectClose(
      m.weight,
      [
        [1.541, -0.2934],
        [-2.1788, 0.5684],
        [0, 0],
      ],
      1e-4,
    );
    expect(m.padding_idx).toBe(2);
    expect(m(torch.tensor([[0, 2]])).shape).toEqual([1, 2, 2]);
  });

  test("from_pretrained", () => {
    const frozen = nn.Embedding.from_pretrained(table());
    expect(frozen.weight.requires_grad).toBe(false);
    expect(frozen(torch.tensor([2, 0])).tolist()).toEqual([
      [5, 7],
      [1, 2],
    ]);
    expect(nn.Embedding.from_pretrained(table(), false).weight.requires_grad).toBe(true);
    class Mine extends nn.Embedding {}
    expect(Mine.from_pretrained(table())).toBeInstanceOf(Mine);
  });

  test("max_norm changes the rows in place, and padding_idx gets no gradient", () => {
    const m = nn.Embedding.from_pretrained(
      f32([
        [3, 4],
        [1, 0],
      ]),
      { freeze: false, max_norm: 1, padding_idx: 1 },
    );
    const y = m(torch.tensor([0, 1, 0]));
    expectClose(y, [
      [0.6, 0.8],
      [1, 0],
      [0.6, 0.8],
    ]);
    expectClose(m.weight, [
      [0.6, 0.8],
      [1, 0],
    ]);
    y.sum().backward();
    expect(m.weight.grad?.tolist()).toEqual([
      [2, 2],
      [0, 0],
    ]);
  });

  test("sparse and scale_grad_by_freq", () => {
    const sparse = nn.Embedding(3, 2, { sparse: true });
    sparse(torch.tensor([0, 0]))
      .sum()
      .backward();
    expect(sparse.weight.grad?.is_sparse).toBe(true);
    expect(sparse.weight.grad?.to_dense().tolist()).toEqual([
      [2, 2],
      [0, 0],
      [0, 0],
    ]);
    const scaled = nn.Embedding(2, 1, { scale_grad_by_freq: true });
    scaled(torch.tensor([0, 0]))
      .sum()
      .backward();
    expect(scaled.weight.grad?.tolist()).toEqual([[1], [0]]);
  });

  test("prints what differs from the defaults", () => {
    expect(String(nn.Embedding(10, 3))).toBe("Embedding(10, 3)");
    const m = nn.Embedding(3, 2, { norm_type: 1, sparse: true, scale_grad_by_freq: true, max_norm: 2 });
    expect(String(m)).toBe("Embedding(3, 2, max_norm=2.0, norm_type=1.0, scale_grad_by_freq=True, sparse=True)");
  });

  test("errors", () => {
    for (const padding_idx of [3, -4]) {
      expect(thrown(() => nn.Embedding(3, 2, { padding_idx }))).toBe(
        "AssertionError: Padding_idx must be within num_embeddings",
      );
    }
    expect(thrown(() => nn.Embedding(3, 2, { _weight: ones(2, 2) }))).toBe(
      "AssertionError: Shape of weight does not match num_embeddings and embedding_dim",
    );
    expect(thrown(() => nn.Embedding.from_pretrained(ones(2)))).toBe(
      "AssertionError: Embeddings parameter is expected to be 2-dimensional",
    );
    expect(thrown(() => untyped.Embedding.from_pretrained())).toBe(
      "TypeError: Embedding.from_pretrained() missing 1 required positional argument: 'embeddings'",
    );
    expect(thrown(() => nn.Embedding(3, 2)(torch.tensor([3])))).toBe("IndexError: index out of range in self");
  });
});

describe("EmbeddingBag", () => {
  test("bags by offsets, and of a fixed size", () => {
    const m = nn.EmbeddingBag.from_pretrained(table());
    expect(m.weight.requires_grad).toBe(false);
    expect(m(torch.tensor([0, 1, 2]), { offsets: torch.tensor([0, 2]) }).tolist()).toEqual([
      [2, 3],
      [5, 7],
    ]);
    expect(nn.EmbeddingBag.from_pretrained(table(), { mode: "max" })(torch.tensor([[0, 1]])).tolist()).toEqual([
      [3, 4],
    ]);
  });

  test("per_sample_weights and include_last_offset", () => {
    const m = nn.EmbeddingBag.from_pretrained(table(), { mode: "sum", include_last_offset: true });
    const per_sample_weights = f32([1, 2, 3]);
    expect(m(torch.tensor([0, 1, 2]), torch.tensor([0, 2, 3]), { per_sample_weights }).tolist()).toEqual([
      [7, 10],
      [15, 21],
    ]);
  });

  test("prints", () => {
    expect(String(nn.EmbeddingBag(3, 2, { mode: "sum", padding_idx: 0, max_norm: 1 }))).toBe(
      "EmbeddingBag(3, 2, max_norm=1.0, mode='sum', padding_idx=0)",
    );
  });

  test("errors", () => {
    expect(thrown(() => nn.EmbeddingBag(3, 2, { padding_idx: 5 }))).toBe(
      "AssertionError: padding_idx must be within num_embeddings",
    );
    expect(thrown(() => nn.EmbeddingBag(3, 2, { mode: "x" as "sum" })(torch.tensor([[1]])))).toBe(
      "ValueError: mode has to be one of sum, mean or max",
    );
  });
});
