import * as torch from "tstorch";
import { constraints, Distribution, ExponentialFamily, Normal, Uniform } from "tstorch/distributions";
import { afterEach, describe, expect, test } from "vitest";

const { tensor } = torch;

afterEach(() => {
  Distribution.set_default_validate_args(true);
});

/** A distribution of a user's: a point that must be positive. */
class Point extends Distribution {
  static override arg_constraints = { at: constraints.positive };
  static override support = constraints.dependent_property((self: Point) => constraints.interval(self.at, self.at), {
    is_discrete: true,
    event_dim: 0,
  });

  declare at: torch.Tensor;

  constructor(at: torch.Tensor, validate_args: boolean | null = null) {
    super(at.shape, [], validate_args, { at });
  }

  override rsample(sample_shape: number[] = []): torch.Tensor {
    return this.at.expand(this._extended_shape(sample_shape));
  }

  override log_prob(value: torch.Tensor): torch.Tensor {
    if (this._validate_args) this._validate_sample(value);
    return torch.zeros_like(value);
  }
}

describe("keyword arguments", () => {
  test("of constructors, with and without new", () => {
    expect(String(Normal({ scale: 2, loc: 1 }))).toBe("Normal(loc: 1.0, scale: 2.0)");
    expect(String(new Normal(1, { scale: 2 }))).toBe("Normal(loc: 1.0, scale: 2.0)");
    expect(() => Normal(...([1] as unknown as [number, number]))).toThrow(
      "Normal.__init__() missing 1 required positional argument: 'scale'",
    );
  });

  test("of methods", () => {
    torch.manual_seed(0);
    const sample = Normal(0, 1).sample([2]);
    torch.manual_seed(0);
    expect(
      Normal(0, 1)
        .sample({ sample_shape: [2] })
        .tolist(),
    ).toEqual(sample.tolist());
  });
});

describe("a distribution of a user's", () => {
  test("has its parameters before they are validated", () => {
    expect(String(new Point(tensor([1.5])))).toBe("Point(at: tensor([1.5000]))");
    expect(() => new Point(tensor([-1.5]))).toThrow(
      "Expected parameter at (Tensor of shape (1,)) of distribution Point(at: tensor([-1.5000])) to satisfy the constraint " +
        "GreaterThan(lower_bound=0.0), but found invalid values:\ntensor([-1.5000])",
    );
  });

  test("has what the base gives", () => {
    const point = new Point(tensor([1.5]));
    expect(point.sample([2]).tolist()).toEqual([[1.5], [1.5]]);
    expect(String(point.support)).toBe("Interval(lower_bound=tensor([1.5000]), upper_bound=tensor([1.5000]))");
    expect(Point.support.event_dim).toBe(0);
    expect(() => point.log_prob(tensor([1]))).toThrow("to be within the support");
    expect(() => point.mean).toThrow(torch.NotImplementedError);
    expect(() => point.mode).toThrow("<class 'Point'> does not implement mode");
  });

  test("that forgets a parameter", () => {
    class Forgetful extends Distribution {
      static override arg_constraints = { at: constraints.positive };
    }
    expect(() => new Forgetful()).toThrow("'Forgetful' object has no attribute 'at'");
  });

  test("needs an expand() if it has a constructor", () => {
    class Inherits extends Normal {}
    class Constructs extends Normal {
      constructor() {
        super(0, 1);
      }
    }
    expect(String(new Inherits(0, 1).expand([2]))).toBe("Inherits(loc: torch.Size([2]), scale: torch.Size([2]))");
    expect(() => new Constructs().expand([2])).toThrow(
      "Subclass Constructs of Normal that defines a custom __init__ method must also define a custom .expand() method.",
    );
  });
});

test("set_default_validate_args", () => {
  Distribution.set_default_validate_args(false);
  expect(Normal(0, -1).scale.item()).toBe(-1);
  expect(() => Normal(0, -1, true)).toThrow(torch.ValueError);
  Distribution.set_default_validate_args(true);
  expect(() => Normal(0, -1)).toThrow(torch.ValueError);
  expect(() => Distribution.set_default_validate_args(1 as unknown as boolean)).toThrow(torch.ValueError);
});

test("lazy properties are computed once, and with their graph", () => {
  const probs = tensor([0.25, 0.5]).requires_grad_();
  const bernoulli = torch.distributions.Bernoulli({ probs });
  expect(Object.hasOwn(bernoulli, "logits")).toBe(false);
  const logits = torch.no_grad(() => bernoulli.logits);
  expect(bernoulli.logits).toBe(logits);
  expect(logits.requires_grad).toBe(true);
});

test("the entropy of an exponential family by its Bregman divergence", () => {
  for (const distribution of [Normal(tensor([0.5, 1]), tensor([2, 0.5])), torch.distributions.Bernoulli(0.3)]) {
    const entropy = ExponentialFamily.prototype.entropy.call(distribution);
    expect(torch.allclose(entropy, distribution.entropy(), { atol: 1e-6 })).toBe(true);
  }
});

test("uniform samples keep their bounds, and gradients flow through them", () => {
  const low = tensor([1.5]).requires_grad_();
  const sample = Uniform(low, 2).rsample([100]);
  expect(sample.ge(1.5).bitwise_and(sample.lt(2)).all().item()).toBe(true);
  sample.sum().backward();
  expect(low.grad?.isfinite().all().item()).toBe(true);
});
