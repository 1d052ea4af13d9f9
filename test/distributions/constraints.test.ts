import * as torch from "tstorch";
import { constraints, Normal } from "tstorch/distributions";
import { expect, test } from "vitest";

test("constraints print as in Python", () => {
  expect(String(constraints.positive)).toBe("GreaterThan(lower_bound=0.0)");
  expect(String(constraints.interval(0, { upper_bound: 1.5 }))).toBe("Interval(lower_bound=0, upper_bound=1.5)");
  expect(String(constraints.real_vector)).toBe("IndependentConstraint(Real(), 1)");
  expect(String(Normal.arg_constraints.scale)).toBe("GreaterThan(lower_bound=0.0)");
});

test("dependent constraints are called to tell more of them", () => {
  expect(constraints.is_dependent(constraints.dependent)).toBe(true);
  expect(() => constraints.dependent.event_dim).toThrow(".event_dim cannot be determined statically");
  const known = constraints.dependent({ event_dim: 1 });
  expect(known.event_dim).toBe(1);
  expect(() => known.is_discrete).toThrow(torch.NotImplementedError);
  expect(() => known.check(torch.ones(1))).toThrow("Cannot determine validity of dependent constraint");
});

test("a constraint of a user's", () => {
  class _Even extends constraints.Constraint {
    static override is_discrete = true;

    override check(value: torch.Tensor): torch.Tensor {
      return value.remainder(2).eq(0);
    }
  }
  expect([String(new _Even()), new _Even().is_discrete, new _Even().event_dim]).toEqual(["Even()", true, 0]);
  expect(
    constraints
      .independent(new _Even(), 1)
      .check(
        torch.tensor([
          [2, 4],
          [1, 2],
        ]),
      )
      .tolist(),
  ).toEqual([true, false]);
});
