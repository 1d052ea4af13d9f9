import * as torch from "tstorch";
import { constraints } from "tstorch/distributions";
import { biject_to, ConstraintRegistry, transform_to } from "tstorch/distributions/constraint_registry";
import { ExpTransform } from "tstorch/distributions/transforms";
import { expect, test } from "vitest";

test("biject_to and transform_to lead to what satisfies a constraint", () => {
  const unconstrained = torch.randn(4, 3);
  for (const constraint of [constraints.simplex, constraints.interval(-1, 2), constraints.less_than(0.5)]) {
    for (const registry of [biject_to, transform_to]) {
      expect(constraint.check(registry(constraint)(unconstrained)).all().item()).toBe(true);
    }
  }
});

test("a registry of one's own, for a class and for one of its objects", () => {
  class Even extends constraints.Constraint {}
  const registry = new ConstraintRegistry();
  expect(() => registry(new Even())).toThrow("Cannot transform Even constraints");
  registry.register(Even)(() => ExpTransform());
  expect(String(registry(new Even()))).toBe("ExpTransform()");
  registry.register(constraints.real, () => ExpTransform());
  expect(String(registry(constraints.real))).toBe("ExpTransform()");
  expect(() => registry.register(Map as never)).toBeTypeOf("function");
  expect(() => registry.register(Map as never, () => ExpTransform())).toThrow(
    "Expected constraint to be either a Constraint subclass or instance, but got",
  );
});
