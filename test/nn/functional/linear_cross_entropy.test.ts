import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, test } from "vitest";
import { LinearCrossEntropyOptions } from "../../../dist/nn/functional/linear_cross_entropy_options.js";
import { expectClose, f32, iota, thrown } from "./helpers/values.js";

const a = f32([
  [1, 2, -1],
  [0.5, 0, 3],
]);
const classes = torch.tensor([1, 2]);

describe("linear_cross_entropy", () => {
  const linear_weight = iota(4, 3).cos();

  test("is the cross entropy of a linear layer", () => {
    expectClose(F.linear_cross_entropy(a, linear_weight, classes), 3.535339);
    const linear_bias = iota(4);
    expectClose(
      F.linear_cross_entropy(a, linear_weight, classes, { linear_bias, reduction: "none" }),
      [6.323122, 1.174418],
    );
    expectClose(F.linear_cross_entropy(a[0], linear_weight, classes[0], { label_smoothing: 0.1 }), 5.580238);
    const targets = torch.tensor([
      [0, 1],
      [1, 0],
    ]);
    expectClose(F.linear_cross_entropy(a, linear_weight.view(2, 2, 3), targets), 0.549493);
    expectClose(F.linear_cross_entropy(a, linear_weight, classes, { ignore_index: 1 }), 1.233957);
  });

  test("errors", () => {
    expect(thrown(() => F.linear_cross_entropy(a, iota(4, 2), classes))).toBe(
      "RuntimeError: expected equal input and linear_weight last dimensions (in_features), got 3 and 2, respectively",
    );
    expect(thrown(() => F.linear_cross_entropy(a, linear_weight, classes, { linear_bias: iota(3) }))).toBe(
      "RuntimeError: expected linear_bias shape (4,), got (3,)",
    );
    expect(thrown(() => F.linear_cross_entropy(a, linear_weight, torch.ones(2, 4), { ignore_index: 0 }))).toBe(
      "RuntimeError: ignore_index cannot be specified when target contains probabilities",
    );
    // @ts-expect-error: linear_bias goes by keyword alone
    expect(thrown(() => F.linear_cross_entropy(a, linear_weight, classes, iota(4)))).toBe(
      "TypeError: linear_cross_entropy() takes 3 positional arguments but 4 were given",
    );
  });
});

describe("linear_cross_entropy in chunks", () => {
  const target = torch.tensor([1, 0, 3, 2, 1]);

  function losses(keywords: Parameters<typeof F.linear_cross_entropy>[3] & object, targets = target) {
    const [input, weight, linear_bias] = [iota(5, 3).sin(), iota(4, 3).cos(), iota(4)];
    const given = [input, weight, linear_bias].map((tensor) => tensor.requires_grad_());
    const loss = F.linear_cross_entropy(input, weight, targets, { linear_bias, ...keywords });
    const weights = iota(loss.numel()).add(1).view(loss.shape);
    return [loss, ...torch.autograd.grad(loss.mul(weights).sum(), given)].map((tensor) => tensor.tolist());
  }

  test.each(["mean", "sum", "none"] as const)("the same losses and gradients: %s", (reduction) => {
    const probabilities = F.softmax(iota(5, 4).sin(), 1);
    const weight = f32([1, 2, 0.5, 3]);
    for (const batch_chunk_size of [1, 2, 5]) {
      const options = LinearCrossEntropyOptions({ batch_chunk_size });
      for (const [keywords, targets] of [
        [{ reduction }, target],
        [{ reduction, weight, ignore_index: 1 }, target],
        [{ reduction, weight }, probabilities],
      ] as const) {
        const [wanted, chunked] = [losses(keywords, targets), losses({ ...keywords, options }, targets)];
        expect(chunked.flat(Infinity).length).toBe(wanted.flat(Infinity).length);
        wanted.forEach((values, i) => {
          expectClose(f32(chunked[i]), values);
        });
      }
    }
  });

  test("backward consumes the gradients, unless the graph is to be kept", () => {
    const weight = iota(4, 3).cos().requires_grad_();
    const backward = (options: LinearCrossEntropyOptions) => {
      const loss = F.linear_cross_entropy(iota(5, 3).sin(), weight, target, { options });
      loss.backward({ retain_graph: true });
      loss.backward();
    };
    expect(thrown(() => backward(LinearCrossEntropyOptions()))).toBe(
      "RuntimeError: linear_cross_entropy chunked backward called twice; retain_graph=True / double backward are not supported.",
    );
    expect(thrown(() => backward(LinearCrossEntropyOptions({ allow_retain_graph: true })))).toBe("nothing");
  });

  test("options", () => {
    expect(String(new LinearCrossEntropyOptions({ batch_chunk_size: 2 }))).toBe(
      "LinearCrossEntropyOptions(allow_retain_graph=False, batch_chunk_size=2, chunking_method='auto', acc_policy='auto', acc_dtype=None)",
    );
    expect(thrown(() => LinearCrossEntropyOptions({ batch_chunk_size: 0 }))).toBe(
      "ValueError: batch_chunk_size must be positive int or None, got 0",
    );
    expect(thrown(() => LinearCrossEntropyOptions({ chunking_method: "aspect_ratio:0" }))).toBe(
      "ValueError: invalid chunking_method: 'aspect_ratio:0'",
    );
    const float64 = LinearCrossEntropyOptions({ acc_dtype: torch.float64 });
    expect(thrown(() => losses({ options: float64 }))).toBe(
      "RuntimeError: linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got torch.float64 acc_dtype and torch.float32 inputs.",
    );
  });
});
