import * as torch from "tstorch";
import { functional, RAdam } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("RAdam", [
  [{}, [0.99653, -1.99074, 0.49844, 0.29909, 0.1994, -0.99653, 1.9835]],
  [{ lr: 0.1, betas: [0.8, 0.5] }, [0.6794, -1.1855, 0.35348, 0.21397, 0.14304, -0.6794, 0.82718]],
  [
    { lr: 0.1, weight_decay: 0.2, decoupled_weight_decay: true },
    [0.62968, -1.09062, 0.32818, 0.19872, 0.13286, -0.62968, 0.73996],
  ],
  [{ weight_decay: 0.2, maximize: true }, [1.00288, -2.00808, 0.50126, 0.30073, 0.20048, -1.00288, 2.01538]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("RAdam", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "exp_avg", "exp_avg_sq"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ eps: -1 }, "Invalid epsilon value: -1.0"],
  [{ weight_decay: -1 }, "Invalid weight_decay value: -1"],
])("refuses %j", (options, message) => {
  expect(() => RAdam(parameters("RAdam"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(RAdam(parameters("RAdam")))).toBe(
    [
      "RAdam (",
      "Parameter Group 0",
      "    betas: (0.9, 0.999)",
      "    capturable: False",
      "    decoupled_weight_decay: False",
      "    differentiable: False",
      "    eps: 1e-08",
      "    foreach: None",
      "    lr: 0.001",
      "    maximize: False",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test.each([{ foreach: true }, { foreach: false }])("rectifies after some steps: %j", (implementation) => {
  const params = parameters("RAdam");
  const optimizer = RAdam(params, { lr: 0.1, ...implementation });
  for (let step = 0; step < 8; step++) {
    for (const p of params) p.grad = torch.full_like(p, (step % 3) - 0.5);
    optimizer.step();
  }
  expectClose(elements(params), [0.92809, -2.07191, 0.42809, 0.22809, 0.12809, -1.07191, 1.92809]);
});

test("a gradient of zero is no step, without eps either", () => {
  const p = torch.ones(2).requires_grad_();
  p.grad = torch.zeros(2);
  RAdam([p], { eps: 0 }).step();
  expect(p.tolist()).toEqual([1, 1]);
});

test("radam() is the update of RAdam", () => {
  const params = parameters("RAdam");
  const expected = RAdam(
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
    functional.radam(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.zeros_like(p)),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { beta1: 0.9, beta2: 0.999, lr: 0.5, weight_decay: 0, eps: 1e-8 },
    );
  });
  expectClose(elements(params), elements(copies));
});
