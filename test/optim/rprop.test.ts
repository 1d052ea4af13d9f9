import * as torch from "tstorch";
import { functional, Rprop } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("Rprop", [
  [{}, [0.9636, -1.9636, 0.4636, 0.2636, 0.1636, -0.9636, 1.9636]],
  [{ lr: 0.1, etas: [0.4, 1.5], step_sizes: [0.001, 0.12] }, [0.66, -1.66, 0.16, -0.04, -0.02, -0.66, 1.66]],
  [{ maximize: true }, [1.0364, -2.0364, 0.5364, 0.3364, 0.2364, -1.0364, 2.0364]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Rprop", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "prev", "step_size"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ etas: [1, 0.5] }, "Invalid eta values: 1.0, 0.5"],
])("refuses %j", (options, message) => {
  expect(() => Rprop(parameters("Rprop"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Rprop(parameters("Rprop")))).toBe(
    [
      "Rprop (",
      "Parameter Group 0",
      "    capturable: False",
      "    differentiable: False",
      "    etas: (0.5, 1.2)",
      "    foreach: None",
      "    lr: 0.01",
      "    maximize: False",
      "    step_sizes: (1e-06, 50)",
      ")",
    ].join("\n"),
  );
});

test.each([{ foreach: true }, { foreach: false }])(
  "an infinite gradient that turns is a gradient of zero: %j",
  (implementation) => {
    const p = torch.ones(2).requires_grad_();
    const optimizer = Rprop([p], implementation);
    p.grad = torch.tensor([1, -1], { dtype: torch.float32 });
    optimizer.step();
    p.grad = torch.tensor([Number.NEGATIVE_INFINITY, -1]);
    optimizer.step();
    expectClose(elements([p]), [0.99, 1.022]);
    expectClose(optimizer.state.get(p).prev.tolist(), [0, -1]);
  },
);

test("rprop() is the update of Rprop", () => {
  const params = parameters("Rprop");
  const expected = Rprop(
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
    functional.rprop(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.full_like(p, 0.5)),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { step_size_min: 1e-6, step_size_max: 50, etaminus: 0.5, etaplus: 1.2 },
    );
  });
  expectClose(elements(params), elements(copies));
});
