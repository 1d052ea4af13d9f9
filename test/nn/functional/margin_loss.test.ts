import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { expect, test } from "vitest";
import { expectClose, f32, thrown } from "./helpers/values.js";

const a = f32([
  [1, 2, -1],
  [0.5, 0, 3],
]);
const b = f32([
  [1.5, 0, -1],
  [-2.5, 1, 2],
]);
const c = f32([
  [0, 1, 0],
  [1, 1, 1],
]);
const signs = f32([1, -1, 1]);

test("margin_ranking_loss", () => {
  expectClose(F.margin_ranking_loss(a[0], a[1], signs), 2);
  expectClose(F.margin_ranking_loss(a[0], a[1], signs, 0.5, { reduction: "none" }), [0, 2.5, 4.5]);
  expect(thrown(() => F.margin_ranking_loss(a, b, signs))).toBe(
    "RuntimeError: margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: torch.Size([2, 3]), input2: torch.Size([2, 3]), target: torch.Size([3]) ",
  );
});

test("hinge_embedding_loss and soft_margin_loss", () => {
  expectClose(F.hinge_embedding_loss(a[0], signs, { margin: 3, reduction: "none" }), [1, 1, -1]);
  expectClose(F.soft_margin_loss(a, b), 0.567562);
  expectClose(F.soft_margin_loss(a, b, { reduction: "sum" }), 3.405374);
});

test("multilabel losses", () => {
  expectClose(
    F.multilabel_margin_loss(
      a,
      torch.tensor([
        [1, -1, 0],
        [2, 0, -1],
      ]),
    ),
    0.083333,
  );
  const target = b.gt(0).float();
  expectClose(F.multilabel_soft_margin_loss(a, target), 0.744877);
  const weight = f32([1, 2, 0]);
  expectClose(F.multilabel_soft_margin_loss(a, target, weight, { reduction: "none" }), [1.522373, 0.78679]);
  // @ts-expect-error: no such reduction
  expect(thrown(() => F.multilabel_soft_margin_loss(a, target, { reduction: "abc" }))).toBe(
    "ValueError: abc is not valid",
  );
});

test("cosine_embedding_loss", () => {
  expectClose(F.cosine_embedding_loss(a, b, f32([1, -1])), 0.449749);
  expectClose(F.cosine_embedding_loss(a, b, f32([1, -1]), 0.2, { reduction: "none" }), [0.433861, 0.265636]);
});

test("multi_margin_loss", () => {
  const target = torch.tensor([0, 1]);
  const weight = f32([1, 2, 1]);
  expectClose(F.multi_margin_loss(a, target, 2, 0.5, weight, { reduction: "none" }), [0.75, 8.833333]);
  expect(thrown(() => F.multi_margin_loss(a, target, 3))).toBe("ValueError: only p == 1 and p == 2 supported");
  expect(thrown(() => F.multi_margin_loss(a, target, { weight: a }))).toBe(
    "ValueError: weight must be one-dimensional",
  );
});

test("triplet_margin_loss", () => {
  expectClose(F.triplet_margin_loss(a, b, c), 1.67742);
  const keywords = { margin: 0.5, p: 1, swap: true, reduction: "none" } as const;
  expectClose(F.triplet_margin_loss(a, b, c, keywords), [0, 2.000002]);
  expect(thrown(() => F.triplet_margin_loss(a, b, c, 0))).toBe("ValueError: margin must be greater than 0, got 0.0");
});

test("triplet_margin_with_distance_loss", () => {
  expectClose(F.triplet_margin_with_distance_loss(a, b, c), 1.67742);
  const distance_function = (x: torch.Tensor, y: torch.Tensor) => x.sub(y).abs().sum(1);
  expectClose(
    F.triplet_margin_with_distance_loss(a, b, c, { distance_function, margin: 2, swap: true, reduction: "none" }),
    [1.5, 3.5],
  );
  expect(thrown(() => F.triplet_margin_with_distance_loss(a, b, signs))).toBe(
    "RuntimeError: The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor 2D, positive 2D, and negative 1D inputs",
  );
  // @ts-expect-error: distance_function goes by keyword alone
  expect(thrown(() => F.triplet_margin_with_distance_loss(a, b, c, distance_function))).toBe(
    "TypeError: triplet_margin_with_distance_loss() takes 3 positional arguments but 4 were given",
  );
});
