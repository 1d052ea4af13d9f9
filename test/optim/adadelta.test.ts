import * as torch from "tstorch";
import { Adadelta, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("Adadelta", [
  [{}, [0.99031, -1.99031, 0.49033, 0.29035, 0.19038, -0.99031, 1.99031]],
  [{ lr: 0.5, rho: 0.8, eps: 0.001 }, [0.89158, -1.89039, 0.3944, 0.19926, 0.10647, -0.89158, 1.89059]],
  [{ weight_decay: 0.1, maximize: true }, [1.00973, -2.00972, 0.50974, 0.30976, 0.20979, -1.00973, 2.00972]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Adadelta", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "square_avg", "acc_delta"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ rho: 1.1 }, "Invalid rho value: 1.1"],
  [{ eps: -1e-6 }, "Invalid epsilon value: -1e-06"],
  [{ weight_decay: -1 }, "Invalid weight_decay value: -1"],
])("refuses %j", (options, message) => {
  expect(() => Adadelta(parameters("Adadelta"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Adadelta(parameters("Adadelta")))).toBe(
    [
      "Adadelta (",
      "Parameter Group 0",
      "    capturable: False",
      "    differentiable: False",
      "    eps: 1e-06",
      "    foreach: None",
      "    lr: 1.0",
      "    maximize: False",
      "    rho: 0.9",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test("adadelta() is the update of Adadelta", () => {
  const params = parameters("Adadelta");
  const expected = Adadelta(
    params.map((p) => p.detach().clone().requires_grad_()),
    { lr: 0.5, weight_decay: 0.1, maximize: true },
  );
  const grads = params.map((p) => torch.full_like(p, 0.5));
  const copies = expected.param_groups[0].params;
  copies.forEach((p, i) => {
    p.grad = grads[i];
  });
  expected.step();
  torch.no_grad(() => {
    functional.adadelta(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.zeros_like(p)),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { lr: 0.5, rho: 0.9, eps: 1e-6, weight_decay: 0.1, maximize: true },
    );
  });
  expectClose(elements(params), elements(copies));
});
