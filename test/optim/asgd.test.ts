import * as torch from "tstorch";
import { ASGD, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("ASGD", [
  [{}, [0.96574, -1.90947, 0.48456, 0.29096, 0.19402, -0.96574, 1.84251]],
  [{ lr: 0.1, lambd: 0.1, alpha: 0.5, t0: 1 }, [0.67693, -1.22326, 0.34923, 0.21102, 0.141, -0.67693, 1.07716]],
  [{ weight_decay: 0.2, maximize: true }, [1.02912, -2.08253, 0.51273, 0.3074, 0.20488, -1.02912, 2.15984]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("ASGD", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "eta", "mu", "ax"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ lambd: -0.1 }, "Invalid lambd value: -0.1"],
  [{ alpha: -1 }, "Invalid alpha value: -1.0"],
])("refuses %j", (options, message) => {
  expect(() => ASGD(parameters("ASGD"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(ASGD(parameters("ASGD")))).toBe(
    [
      "ASGD (",
      "Parameter Group 0",
      "    alpha: 0.75",
      "    capturable: False",
      "    differentiable: False",
      "    foreach: None",
      "    lambd: 0.0001",
      "    lr: 0.01",
      "    maximize: False",
      "    t0: 1000000.0",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test.each([{ foreach: true }, { foreach: false }])("averages the parameters from t0 on: %j", (implementation) => {
  const [params, optimizer] = train("ASGD", { lr: 0.1, t0: 1, ...implementation });
  expectClose(elements([optimizer.state.get(params[1]).ax]), [1.09874]);
  expect(optimizer.state.get(params[1]).mu.item()).toBe(0.5);
  expect(optimizer.state.get(params[1]).eta.item()).toBeCloseTo(0.09999775, 6);
});

test("asgd() is the update of ASGD", () => {
  const params = parameters("ASGD");
  const expected = ASGD(
    params.map((p) => p.detach().clone().requires_grad_()),
    { lr: 0.5 },
  );
  const grads = params.map((p) => torch.full_like(p, 0.5));
  const copies = expected.param_groups[0].params;
  copies.forEach((p, i) => {
    p.grad = grads[i];
  });
  expected.step();
  torch.no_grad(() => {
    functional.asgd(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map(() => torch.tensor(1, { dtype: torch.float32 })),
      params.map(() => torch.tensor(0.5)),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { lambd: 1e-4, lr: 0.5, t0: 1e6, alpha: 0.75, weight_decay: 0 },
    );
  });
  expectClose(elements(params), elements(copies));
});
