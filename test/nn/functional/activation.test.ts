import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { describe, expect, test } from "vitest";
import { expectClose, f32, thrown } from "./helpers/values.js";

const x = f32([[-2, -0.5, 0, 1.5]]);

describe("activations", () => {
  test.each([
    [F.relu, [0, 0, 0, 1.5]],
    [F.relu6, [0, 0, 0, 1.5]],
    [F.elu, [-0.864665, -0.393469, 0, 1.5]],
    [F.selu, [-1.520167, -0.691758, 0, 1.576051]],
    [F.celu, [-0.864665, -0.393469, 0, 1.5]],
    [F.leaky_relu, [-0.02, -0.005, 0, 1.5]],
    [F.rrelu, [-0.458333, -0.114583, 0, 1.5]],
    [F.hardtanh, [-1, -0.5, 0, 1]],
    [F.tanhshrink, [-1.035972, -0.037883, 0, 0.594852]],
    [F.softsign, [-0.666667, -0.333333, 0, 0.6]],
    [F.sigmoid, [0.119203, 0.377541, 0.5, 0.817574]],
    [F.tanh, [-0.964028, -0.462117, 0, 0.905148]],
    [F.hardsigmoid, [0.166667, 0.416667, 0.5, 0.75]],
    [F.silu, [-0.238406, -0.18877, 0, 1.226362]],
    [F.mish, [-0.252501, -0.220744, 0, 1.403378]],
    [F.hardswish, [-0.333333, -0.208333, 0, 1.125]],
    [F.logsigmoid, [-2.126928, -0.974077, -Math.LN2, -0.201413]],
    [F.gelu, [-0.0455, -0.154269, 0, 1.399789]],
    [F.softplus, [0.126928, 0.474077, Math.LN2, 1.701413]],
    [F.softshrink, [-1.5, 0, 0, 1]],
    [F.hardshrink, [-2, 0, 0, 1.5]],
  ] as [(x: torch.Tensor) => torch.Tensor, number[]][])("%o with its defaults", (f, values) => {
    expectClose(f(x), [values]);
  });

  test("parameters by position and by keyword", () => {
    expectClose(F.elu(x, 2), [[-1.729329, -0.786939, 0, 1.5]]);
    expectClose(F.celu(x, { alpha: 0.5 }), [[-0.490842, -0.31606, 0, 1.5]]);
    expectClose(F.hardtanh(x, -0.25, { max_val: 0.25 }), [[-0.25, -0.25, 0, 0.25]]);
    expectClose(F.leaky_relu({ input: x, negative_slope: 0.2 }), [[-0.4, -0.1, 0, 1.5]]);
    expectClose(F.gelu(x, { approximate: "tanh" }), [[-0.045402, -0.154286, 0, 1.399572]]);
    expectClose(F.threshold(x, 0.1, 20), [[20, 20, 20, 1.5]]);
    expectClose(F.glu(x), [[-1, -0.408787]]);
  });

  test("inplace changes and returns the input, as the functions with an underscore do", () => {
    for (const f of [F.relu, F.relu6, F.elu, F.selu, F.celu, F.hardsigmoid, F.silu, F.mish, F.hardswish]) {
      const y = x.clone();
      expect(f(y, { inplace: true })).toBe(y);
      expectClose(y, f(x).tolist());
    }
    const y = x.clone();
    expect(F.threshold(y, 0, 7, true)).toBe(y);
    expect(F.relu_(y)).toBe(y);
    expectClose(y, [[7, 7, 7, 1.5]]);
    expectClose(F.hardtanh_(x.clone(), -1, 1), [[-1, -0.5, 0, 1]]);
    expectClose(F.elu_(x.clone()), F.elu(x).tolist());
    expectClose(F.leaky_relu_(x.clone(), 0.2), F.leaky_relu(x, 0.2).tolist());
  });

  test("rrelu draws its slopes when training", () => {
    torch.manual_seed(0);
    expectClose(F.rrelu(x, 0.1, 0.3, { training: true }), [[-0.588021, -0.120782, 0, 1.5]]);
  });

  test("errors", () => {
    expect(thrown(() => F.hardtanh(x, 1, -1))).toBe("ValueError: min_val cannot be greater than max_val");
    expect(thrown(() => F.glu(f32(1)))).toBe(
      "RuntimeError: glu does not support scalars because halving size must be even",
    );
    // @ts-expect-error: value is missing
    expect(thrown(() => F.threshold(x, 1))).toBe(
      "TypeError: _threshold() missing 1 required positional argument: 'value'",
    );
    // @ts-expect-error: no such parameter
    expect(thrown(() => F.relu(x, { nonsense: 1 }))).toBe(
      "TypeError: relu() got an unexpected keyword argument 'nonsense'",
    );
    // @ts-expect-error: too many arguments
    expect(thrown(() => F.relu(x, true, 1))).toBe(
      "TypeError: relu() takes from 1 to 2 positional arguments but 3 were given",
    );
    // @ts-expect-error: given twice
    expect(thrown(() => F.relu(x, { input: x }))).toBe("TypeError: relu() got multiple values for argument 'input'");
  });
});

describe("softmax", () => {
  test("softmax, softmin and log_softmax", () => {
    expectClose(F.softmax(x, 1), [[0.021746, 0.097457, 0.16068, 0.720117]]);
    expectClose(F.softmin(x, { dim: -1 }), [[0.720117, 0.16068, 0.097457, 0.021746]]);
    const y = F.log_softmax(x, { dim: 1, dtype: torch.float64 });
    expect(y.dtype).toBe(torch.float64);
    expectClose(y, [[-3.828341289, -2.328341289, -1.828341289, -0.328341289]], 1e-9);
    expect(F.softmax(torch.tensor([1, 2]), 0, 3, torch.float32).dtype).toBe(torch.float32);
  });

  test("without dim it is guessed", () => {
    expectClose(F.softmax(f32([1, 2])), [0.268941, 0.731059]);
    expectClose(F.softmax(x), [[0.021746, 0.097457, 0.16068, 0.720117]]);
    expectClose(F.softmax(f32([[[1]], [[2]]])), [[[0.268941]], [[0.731059]]]);
  });

  test("gumbel_softmax", () => {
    torch.manual_seed(0);
    expectClose(F.gumbel_softmax(x, 0.5), [[0.000247, 0.040412, 0.439616, 0.519724]]);
    torch.manual_seed(0);
    const logits = x.clone().requires_grad_();
    const hard = F.gumbel_softmax(logits, { hard: true });
    expectClose(hard, [[0, 0, 0, 1]]);
    hard[":, 1"].sum().backward();
    expect(logits.grad?.any().item()).toBe(true);
  });
});
