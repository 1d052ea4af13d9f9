import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;

/** -0.5, -0.4, ... in a given shape. */
const ramp = (...shape: number[]) =>
  torch
    .arange(shape.reduce((n, size) => n * size, 1))
    .reshape(shape)
    .float()
    .div(10)
    .sub(0.5);

const x = ramp(3, 4);
const y = torch.tensor([0, 3, 1]);

describe("reduction", () => {
  test("is the mean by default, and takes the deprecated flags", () => {
    expect(nn.MSELoss().reduction).toBe("mean");
    expectClose(nn.MSELoss({ reduction: "sum" })(x, x.mul(2)), 1.46);
    expect(nn.CrossEntropyLoss(null, false).reduction).toBe("sum");
    expectClose(nn.CrossEntropyLoss(null, false)(x, y), 4.2276068, 1e-5);
    expect(nn.L1Loss(null, false).reduction).toBe("none");
  });

  test("is looked at when the loss is called", () => {
    expect(thrown(() => untyped.MSELoss({ reduction: "avg" })(x, x))).toBe(
      "ValueError: avg is not a valid value for reduction",
    );
  });
});

describe("arguments", () => {
  test("of forward by keyword", () => {
    expectClose(nn.MSELoss()({ input: x, target: x.add(2) }), 4, 1e-5);
    expectClose(nn.L1Loss()(x, { target: x.add(2) }), 2, 1e-5);
  });

  test("errors name the class that has the constructor", () => {
    expect(thrown(() => untyped.MSELoss({ weight: 1 }))).toBe(
      "TypeError: _Loss.__init__() got an unexpected keyword argument 'weight'",
    );
    expect(thrown(() => untyped.MSELoss(1, 2, 3, 4))).toBe(
      "TypeError: _Loss.__init__() takes from 1 to 4 positional arguments but 5 were given",
    );
    expect(thrown(() => untyped.MSELoss()(x))).toBe(
      "TypeError: MSELoss.forward() missing 1 required positional argument: 'target'",
    );
    expect(thrown(() => untyped.GaussianNLLLoss(true))).toBe(
      "TypeError: GaussianNLLLoss.__init__() takes 1 positional argument but 2 were given",
    );
  });
});

describe("CrossEntropyLoss", () => {
  test("weights, smooths and ignores", () => {
    const weight = torch.tensor([1, 2, 3, 4]).float();
    const loss = nn.CrossEntropyLoss({ weight, label_smoothing: 0.1, reduction: "none" });
    expectClose(loss(x, y), [1.72392, 4.80876, 2.9322], 1e-4);
    expect(Object.keys(loss.state_dict())).toEqual(["weight"]);
    expectClose(nn.CrossEntropyLoss({ ignore_index: 3, reduction: "sum" })(x, y), 2.9851, 1e-3);
  });
});

describe("BCEWithLogitsLoss", () => {
  test("weights the positive class", () => {
    const loss = nn.BCEWithLogitsLoss({ pos_weight: torch.tensor([1, 2, 3, 4]).float(), reduction: "none" });
    expectClose(
      loss(x, x.gt(0).float()),
      [
        [0.47408, 0.51302, 0.55436, 0.59814],
        [0.6444, Math.LN2, 1.93319, 2.39256],
        [0.55436, 1.02603, 1.42223, 1.74995],
      ],
      1e-4,
    );
  });

  test("has its weights as buffers", () => {
    const loss = nn.BCEWithLogitsLoss(torch.ones(2));
    expect(Object.keys(loss.state_dict())).toEqual(["weight"]);
    expect(loss.pos_weight).toBe(null);
    expect(loss.double().weight?.dtype).toBe(torch.float64);
  });
});

describe("likelihoods", () => {
  test("KLDivLoss", () => {
    const loss = nn.KLDivLoss({ reduction: "batchmean", log_target: true });
    expectClose(loss(x.log_softmax(1), x.mul(2).log_softmax(1)), 0.0061023, 1e-6);
  });

  test("GaussianNLLLoss", () => {
    expectClose(nn.GaussianNLLLoss({ full: true })(x, x.mul(2), torch.ones(3, 4)), 0.9797719, 1e-5);
  });
});

describe("TripletMarginLoss", () => {
  test("with the p-norm", () => {
    expectClose(nn.TripletMarginLoss({ p: 1, swap: true })(x, x.mul(2), x.sub(0.1)), 1.799996, 1e-4);
  });

  test("with a distance of one's own, a function or a module", () => {
    const distance_function = (a: torch.Tensor, b: torch.Tensor) => a.sub(b).abs().sum(1);
    const loss = nn.TripletMarginWithDistanceLoss({ distance_function, margin: 0.5 });
    expectClose(loss(x, x.mul(2), x.sub(0.1)), 1.3, 1e-5);
    expect(String(nn.TripletMarginWithDistanceLoss())).toBe(
      "TripletMarginWithDistanceLoss(\n  (distance_function): PairwiseDistance()\n)",
    );
  });

  test("errors", () => {
    expect(thrown(() => nn.TripletMarginLoss({ margin: 0 }))).toBe(
      "ValueError: TripletMarginLoss: expected margin to be greater than 0, got 0 instead",
    );
    expect(thrown(() => nn.TripletMarginWithDistanceLoss({ margin: -0.5 }))).toBe(
      "ValueError: TripletMarginWithDistanceLoss: expected margin to be greater than 0, got -0.5 instead",
    );
  });
});

describe("LinearCrossEntropyLoss", () => {
  test("draws a linear layer as Python does", () => {
    torch.manual_seed(0);
    expectClose(nn.LinearCrossEntropyLoss(4, 3)(x, torch.tensor([0, 2, 1])), 0.9964616, 1e-5);
    torch.manual_seed(0);
    const loss = nn.LinearCrossEntropyLoss(4, 3, { out_features: [2], bias: true, reduction: "sum" });
    const target = torch.tensor([
      [0, 2],
      [1, 1],
      [2, 0],
    ]);
    expectClose(loss(x, target), 6.9887638, 1e-5);
  });

  test("prints", () => {
    const loss = nn.LinearCrossEntropyLoss(5, 4, { out_features: [2, 3], bias: true, label_smoothing: 0.1 });
    expect(String(loss)).toBe(
      [
        "LinearCrossEntropyLoss(",
        "  in_features=5, num_classes=4, out_features=(2, 3), bias=True, reduction=mean, ignore_index=None, label_smoothing=0.1, options=None",
        "  (linear): Linear(in_features=5, out_features=24, bias=True)",
        ")",
      ].join("\n"),
    );
  });

  test("errors", () => {
    expect(thrown(() => nn.LinearCrossEntropyLoss(5, 4, { weight: torch.ones(3) }))).toBe(
      "RuntimeError: expected weight shape to be (4,), got (3,)",
    );
    expect(thrown(() => nn.LinearCrossEntropyLoss(5, 4, { label_smoothing: 1.5 }))).toBe(
      "RuntimeError: expected label_smoothing to be in range [0, 1], got 1.5",
    );
    expect(thrown(() => untyped.LinearCrossEntropyLoss(5, 4, [2]))).toBe(
      "TypeError: LinearCrossEntropyLoss.__init__() takes 3 positional arguments but 4 were given",
    );
  });
});

describe("other losses", () => {
  test("HuberLoss and MultiMarginLoss check their arguments", () => {
    expect(thrown(() => untyped.HuberLoss({ delta: "1" }))).toBe(
      "TypeError: delta must be a float or int, got: <class 'str'>",
    );
    expect(thrown(() => nn.MultiMarginLoss({ p: 3 }))).toBe("ValueError: only p == 1 and p == 2 supported");
    expect(thrown(() => nn.MultiMarginLoss({ weight: torch.ones(2, 2) }))).toBe(
      "ValueError: MultiMarginLoss: expected weight to be None or 1D tensor, got 2D instead",
    );
  });

  test("can be subclassed", () => {
    class Doubled extends nn.MSELoss {
      override forward(input: torch.Tensor, target: torch.Tensor): torch.Tensor {
        return super.forward(input, target).mul(2);
      }
    }
    const loss = new Doubled({ reduction: "sum" });
    expectClose(loss(x, x.mul(2)), 2.92, 1e-5);
    expect(String(loss)).toBe("Doubled()");
  });
});
