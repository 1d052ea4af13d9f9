import * as torch from "tstorch";
import { Distribution, kl_divergence, Normal, Uniform } from "tstorch/distributions";
import { register_kl } from "tstorch/distributions/kl";
import { expect, test } from "vitest";

test("kl_divergence of normal distributions", () => {
  expect(kl_divergence(Normal(0, 1), Normal(1, 2)).item()).toBeCloseTo(0.4431471824645996);
});

test("no divergence is registered", () => {
  expect(() => kl_divergence(Normal(0, 1), torch.distributions.VonMises(0, 1))).toThrow(
    "No KL(p || q) is implemented for p type Normal and q type VonMises",
  );
});

test("the most specific function wins, and an ambiguous one is warned of", async () => {
  class A extends Distribution {
    static override arg_constraints = {};
  }
  class B extends A {}
  const named = (value: number) => () => torch.tensor(value);
  register_kl(A, A)(named(1));
  register_kl(B, A)(named(2));
  expect(kl_divergence(new A(), new A()).item()).toBe(1);
  expect(kl_divergence(new B(), new B()).item()).toBe(2);

  const warning = new Promise<Error>((resolve) => process.once("warning", resolve));
  register_kl(A, B)(named(3));
  expect(kl_divergence(new B(), new B()).item()).toBe(2);
  expect(await warning).toMatchObject({
    name: "RuntimeWarning",
    message: "Ambiguous kl_divergence(B, B). Please register_kl(B, B)",
  });
  register_kl(B, B)(named(4));
  expect(kl_divergence(new B(), new B()).item()).toBe(4);
});

test("what is registered must be for classes of distributions", () => {
  expect(() => register_kl(Uniform, Map as never)).toThrow("Expected type_q to be a Distribution subclass");
});
