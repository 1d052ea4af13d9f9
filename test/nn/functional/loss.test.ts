import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, test } from "vitest";
import { expectClose, f32, iota, thrown } from "./helpers/values.js";

const a = f32([
  [1, 2, -1],
  [0.5, 0, 3],
]);
const b = f32([
  [1.5, 0, -1],
  [-2.5, 1, 2],
]);
const weight = f32([
  [1, 2, 1],
  [0, 1, 3],
]);
const classes = torch.tensor([1, 2]);
const log_probabilities = F.log_softmax(a, 1);
const probabilities = F.softmax(b, 1);

/** What the losses below have in common, whatever the order of their parameters. */
type Loss = (
  input: torch.Tensor,
  target: torch.Tensor,
  keywords?: { reduction?: string; weight?: torch.Tensor },
) => torch.Tensor;
const { l1_loss, mse_loss, smooth_l1_loss, huber_loss } = F as unknown as Record<string, Loss>;

describe("losses of distances", () => {
  test.each([
    [
      l1_loss,
      1.25,
      7.5,
      [
        [0.5, 2, 0],
        [3, 1, 1],
      ],
    ],
    [
      mse_loss,
      2.541667,
      15.25,
      [
        [0.25, 4, 0],
        [9, 1, 1],
      ],
    ],
    [
      smooth_l1_loss,
      0.854167,
      5.125,
      [
        [0.125, 1.5, 0],
        [2.5, 0.5, 0.5],
      ],
    ],
    [
      huber_loss,
      0.854167,
      5.125,
      [
        [0.125, 1.5, 0],
        [2.5, 0.5, 0.5],
      ],
    ],
  ])("%o and its reductions", (loss, mean, sum, none) => {
    expectClose(loss(a, b), mean);
    expectClose(loss(a, b, { reduction: "sum" }), sum);
    expectClose(loss(a, b, { reduction: "none" }), none);
    expect(thrown(() => loss(a, b, { reduction: "abc" }))).toBe("ValueError: abc is not a valid value for reduction");
  });

  test.each([
    [l1_loss, 1.0625, 8.5],
    [mse_loss, 1.53125, 12.25],
    [huber_loss, 0.854167, 5.125],
  ])("%o weighted", (loss, mean, sum) => {
    expectClose(loss(a, b, { weight }), mean);
    expectClose(loss(a, b, { weight, reduction: "sum" }), sum);
    expect(thrown(() => loss(a, b, { weight: f32([1]) }))).toBe(
      "ValueError: Weights and input must have the same size.",
    );
    expect(thrown(() => loss(a, b, { weight, reduction: "abc" }))).toBe(
      "ValueError: Invalid reduction mode: abc. Expected one of 'none', 'mean', 'sum'.",
    );
  });

  test("beta and delta", () => {
    expectClose(F.smooth_l1_loss(a, b, { beta: 0.5 }), 1.041667);
    expectClose(F.smooth_l1_loss(a, b, { beta: 0 }), 1.25);
    expectClose(F.huber_loss(a, b, "mean", 0.5), 0.520833);
  });

  test("the deprecated flags of reduction", () => {
    expectClose(F.mse_loss(a, b, { size_average: false }), 15.25);
    expectClose(F.mse_loss(a, b, { size_average: true, reduction: "sum" }), 2.541667);
    expectClose(F.mse_loss(a, b, null, false)[1], [9, 1, 1]);
  });
});

describe("losses of likelihoods", () => {
  test("nll_loss", () => {
    expectClose(F.nll_loss(log_probabilities, classes), 0.236443);
    expectClose(F.nll_loss(log_probabilities, classes, { reduction: "none" }), [0.349012, 0.123873]);
    expectClose(F.nll_loss(log_probabilities, classes, f32([1, 2, 3])), 0.213929);
    expectClose(F.nll_loss(log_probabilities, classes, { ignore_index: 1 }), 0.123873);
  });

  test("cross_entropy", () => {
    expectClose(F.cross_entropy(a, classes), 0.236443);
    expectClose(F.cross_entropy(a, classes, { reduction: "sum" }), 0.472885);
    expectClose(F.cross_entropy(a, classes, { label_smoothing: 0.1 }), 0.394776);
    expectClose(F.cross_entropy(a, probabilities), 1.124088);
    expectClose(F.cross_entropy(a[0], classes[0]), 0.349012);
  });

  test("binary_cross_entropy", () => {
    const input = a.sigmoid();
    expectClose(F.binary_cross_entropy(input, probabilities), 0.874092);
    expectClose(F.binary_cross_entropy(input, probabilities, f32([1, 0, 2]), { reduction: "sum" }), 4.015616);
    expect(thrown(() => F.binary_cross_entropy(input, torch.ones(3)))).toBe(
      "ValueError: Using a target size (torch.Size([3])) that is different to the input size (torch.Size([2, 3])) is deprecated. Please ensure they have the same size.",
    );
  });

  test("binary_cross_entropy_with_logits", () => {
    expectClose(F.binary_cross_entropy_with_logits(a, probabilities), 0.874092);
    const pos_weight = f32([1, 2, 3]);
    expectClose(F.binary_cross_entropy_with_logits(a, probabilities, { pos_weight, reduction: "sum" }), 5.686818);
    expect(thrown(() => F.binary_cross_entropy_with_logits(a, torch.ones(3)))).toBe(
      "ValueError: Target size (torch.Size([3])) must be the same as input size (torch.Size([2, 3]))",
    );
  });

  test("poisson_nll_loss", () => {
    expectClose(F.poisson_nll_loss(a, b.abs()), 4.243246);
    expectClose(F.poisson_nll_loss(a.abs(), b.abs(), false, { full: true }), 4.584301);
    // @ts-expect-error: no such reduction
    expect(thrown(() => F.poisson_nll_loss(a, b, { reduction: "abc" }))).toBe(
      "ValueError: abc is not a valid value for reduction",
    );
  });

  test("gaussian_nll_loss", () => {
    expectClose(F.gaussian_nll_loss(a, b, f32([1, 2]), { full: true }), 1.904725);
    expectClose(F.gaussian_nll_loss(a, b, 0.5, { reduction: "sum" }), 13.170558);
    const variance = f32([[1], [2]]);
    expectClose(
      F.gaussian_nll_loss(a, b, variance, { eps: 1.5, reduction: "none" })[0],
      [0.286066, 1.536066, 0.202733],
    );
    expect(variance.tolist()).toEqual([[1], [2]]);
    expect(thrown(() => F.gaussian_nll_loss(a, b, -1))).toBe("ValueError: var has negative entry/entries");
    expect(thrown(() => F.gaussian_nll_loss(a, b, f32([1, -1])))).toBe("ValueError: var has negative entry/entries");
    expect(thrown(() => F.gaussian_nll_loss(a, b, f32([1, 1, 1, 1])))).toBe("ValueError: var is of incorrect size");
  });

  test("kl_div", () => {
    expectClose(F.kl_div(log_probabilities, probabilities), 0.157296);
    expectClose(F.kl_div(log_probabilities, probabilities, { reduction: "batchmean" }), 0.471889);
    expectClose(F.kl_div(log_probabilities, probabilities, { reduction: "sum" }), 0.943778);
    const log_target = true;
    expectClose(F.kl_div(log_probabilities, probabilities.log(), { reduction: "batchmean", log_target }), 0.471889);
  });

  test("ctc_loss", () => {
    const input = F.log_softmax(iota(4, 2, 3).sin(), 2);
    const targets = torch.tensor([
      [1, 2],
      [2, 1],
    ]);
    expectClose(F.ctc_loss(input, targets, torch.tensor([4, 4]), torch.tensor([2, 1])), 1.264197);
    expectClose(F.ctc_loss(input, targets, [4, 4], [2, 1], { reduction: "none" }), [1.378001, 1.839393]);
    const short = input["0:1"];
    expectClose(F.ctc_loss(short, targets, [1, 1], [2, 1], { reduction: "none" }), [Infinity, 1.654085]);
    expectClose(F.ctc_loss(short, targets, [1, 1], [2, 1], 0, "none", true), [0, 1.654085]);
  });
});
