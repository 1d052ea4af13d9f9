import * as torch from "tstorch";
import { Adamax, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("Adamax", [
  [{}, [0.994, -1.994, 0.49401, 0.29402, 0.19403, -0.994, 1.994]],
  [{ lr: 0.1, betas: [0.8, 0.9], eps: 0.001 }, [0.69044, -1.68873, 0.20832, 0.03304, -0.03688, -0.69044, 1.68688]],
  [{ lr: 0.1, weight_decay: 0.2, maximize: true }, [1.28436, -2.28964, 0.77711, 0.56925, 0.46168, -1.28436, 2.29084]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Adamax", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "exp_avg", "exp_inf"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ betas: [0, 1] }, "Invalid beta parameter at index 1: 1.0"],
  [{ betas: [-0.1, 0.9] }, "Invalid beta parameter at index 0: -0.1"],
])("refuses %j", (options, message) => {
  expect(() => Adamax(parameters("Adamax"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Adamax(parameters("Adamax")))).toBe(
    [
      "Adamax (",
      "Parameter Group 0",
      "    betas: (0.9, 0.999)",
      "    capturable: False",
      "    differentiable: False",
      "    eps: 1e-08",
      "    foreach: None",
      "    lr: 0.002",
      "    maximize: False",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test("adamax() is the update of Adamax", () => {
  const params = parameters("Adamax");
  const expected = Adamax(
    params.map((p) => p.detach().clone().requires_grad_()),
    { lr: 0.5, betas: [0.8, 0.9] },
  );
  const grads = params.map((p) => torch.full_like(p, 0.5));
  const copies = expected.param_groups[0].params;
  copies.forEach((p, i) => {
    p.grad = grads[i];
  });
  expected.step();
  torch.no_grad(() => {
    functional.adamax(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.zeros_like(p)),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { eps: 1e-8, beta1: 0.8, beta2: 0.9, lr: 0.5, weight_decay: 0 },
    );
  });
  expectClose(elements(params), elements(copies));
});
