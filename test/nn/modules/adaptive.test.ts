import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

describe("AdaptiveLogSoftmaxWithLoss", () => {
  torch.manual_seed(5);
  const m = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], { div_value: 2 });
  const input = torch.randn(6, 8);
  const target = torch.tensor([0, 5, 17, 3, 10, 19]);

  test("is made of linear layers, drawn as Python does", () => {
    expect(Object.keys(m.state_dict())).toEqual([
      "head.weight",
      "tail.0.0.weight",
      "tail.0.1.weight",
      "tail.1.0.weight",
      "tail.1.1.weight",
    ]);
    expect(String(m.tail[1][0])).toBe("Linear(in_features=8, out_features=2, bias=False)");
    expect(String(m.head)).toBe("Linear(in_features=8, out_features=6, bias=False)");
  });

  test("gives the log-probabilities of the targets and the loss", () => {
    const { output, loss } = m(input, target);
    expectClose(output, [-1.95853, -3.14172, -3.86746, -1.80854, -4.45965, -4.35363], 1e-4);
    expectClose(loss, 3.2649214, 1e-5);
    loss.backward();
    expect(m.head.weight.grad?.shape).toEqual([6, 8]);
  });

  test("of a single sample", () => {
    expectClose(m({ input_: input[0], target_: target[1] }).output, -3.2728655, 1e-5);
  });

  test("log_prob and predict", () => {
    const log_prob = m.log_prob(input);
    expectClose(log_prob[0][":5"], [-1.95853, -1.20834, -2.03638, -1.8526, -3.64142], 1e-4);
    expectClose(log_prob.exp().sum(1), [1, 1, 1, 1, 1, 1], 1e-5);
    expect(m.predict(input).tolist()).toEqual([1, 1, 2, 1, 2, 3]);
  });

  test("predict leaves the shortlist for some samples, and for all", () => {
    const biased = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], { head_bias: true });
    torch.no_grad(() => biased.head.bias?.[":4"].fill_(-100));
    expect(biased.predict(input).ge(4).all().item()).toBe(true);
    torch.no_grad(() => {
      biased.head.bias?.zero_();
      biased.head.weight.zero_();
      biased.head.weight.index_put_([0, 0], 1);
      biased.head.weight.index_put_([4, 0], -1);
    });
    const samples = torch.zeros(2, 8);
    samples.index_put_([0, 0], 5);
    samples.index_put_([1, 0], -5);
    const [first, second] = biased.predict(samples).tolist() as number[];
    expect([first, second >= 4 && second < 10]).toEqual([0, true]);
  });

  test("errors of cutoffs", () => {
    expect(thrown(() => nn.AdaptiveLogSoftmaxWithLoss(8, 20, []))).toBe(
      "ValueError: cutoffs should be a sequence of length larger than 0",
    );
    for (const cutoffs of [[10, 4], [4, 20], [4, 4], [0, 4], [1.5]]) {
      expect(thrown(() => nn.AdaptiveLogSoftmaxWithLoss(8, 20, cutoffs))).toBe(
        "ValueError: cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1",
      );
    }
  });

  test("errors of targets", () => {
    expect(thrown(() => m(input, target.add(5)))).toBe(
      "RuntimeError: Target values should be in [0, 19], but values in range [5, 24] were found. ",
    );
    expect(thrown(() => m(input, target[":3"]))).toBe(
      "RuntimeError: Input and target should have the same size in the batch dimension.",
    );
    expect(thrown(() => m(input, target[0]))).toBe(
      "RuntimeError: 0D target tensor expects 1D input tensors, but found inputs with size torch.Size([6, 8])",
    );
    expect(thrown(() => m(input.view(6, 2, 4), target))).toBe(
      "RuntimeError: 1D target tensor expects 2D input tensors, but found inputs with size torch.Size([6, 2, 4])",
    );
    expect(thrown(() => m(input, target.view(2, 3)))).toBe(
      "RuntimeError: 0D or 1D target tensor expected, multi-target not supported",
    );
  });
});
