import * as torch from "tstorch";
import { functional, NAdam } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("NAdam", [
  [{}, [0.99486, -1.99486, 0.49486, 0.29487, 0.19487, -0.99486, 1.99486]],
  [
    { lr: 0.1, betas: [0.8, 0.9], momentum_decay: 0.1 },
    [0.73255, -1.72731, 0.2447, 0.0664, 0.00062, -0.73255, 1.72925],
  ],
  [
    { lr: 0.1, weight_decay: 0.2, decoupled_weight_decay: true },
    [0.70454, -1.64142, 0.2448, 0.07559, 0.01016, -0.70454, 1.64465],
  ],
  [{ weight_decay: 0.2, maximize: true }, [1.00515, -2.00515, 0.50515, 0.30516, 0.20516, -1.00515, 2.00515]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("NAdam", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual([
    "step",
    "mu_product",
    "exp_avg",
    "exp_avg_sq",
  ]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ betas: [1, 0.9] }, "Invalid beta parameter at index 0: 1.0"],
  [{ momentum_decay: -0.2 }, "Invalid momentum_decay value: -0.2"],
])("refuses %j", (options, message) => {
  expect(() => NAdam(parameters("NAdam"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(NAdam(parameters("NAdam")))).toBe(
    [
      "NAdam (",
      "Parameter Group 0",
      "    betas: (0.9, 0.999)",
      "    capturable: False",
      "    decoupled_weight_decay: False",
      "    differentiable: False",
      "    eps: 1e-08",
      "    foreach: None",
      "    lr: 0.002",
      "    maximize: False",
      "    momentum_decay: 0.004",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test("nadam() is the update of NAdam", () => {
  const params = parameters("NAdam");
  const expected = NAdam(
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
    functional.nadam(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.zeros_like(p)),
      params.map(() => torch.tensor(1, { dtype: torch.float32 })),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { beta1: 0.9, beta2: 0.999, lr: 0.5, weight_decay: 0, momentum_decay: 4e-3, eps: 1e-8 },
    );
  });
  expectClose(elements(params), elements(copies));
});
