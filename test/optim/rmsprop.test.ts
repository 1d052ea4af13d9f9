import * as torch from "tstorch";
import { functional, RMSprop } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("RMSprop", [
  [{}, [0.78201, -1.7777, 0.2915, 0.10743, 0.03119, -0.78201, 1.77915]],
  [
    { lr: 0.1, alpha: 0.5, eps: 0.001, momentum: 0.9 },
    [0.32871, -1.31177, -0.11925, -0.20415, -0.17919, -0.32871, 1.32075],
  ],
  [{ centered: true, weight_decay: 0.2 }, [0.77983, -1.77545, 0.28967, 0.10607, 0.03042, -0.77983, 1.77695]],
  [{ maximize: true }, [1.23857, -2.23505, 0.74411, 0.55054, 0.45702, -1.23857, 2.2346]],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("RMSprop", { momentum: 0.9, centered: true });
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual([
    "step",
    "square_avg",
    "momentum_buffer",
    "grad_avg",
  ]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ momentum: -1 }, "Invalid momentum value: -1"],
  [{ alpha: -0.9 }, "Invalid alpha value: -0.9"],
])("refuses %j", (options, message) => {
  expect(() => RMSprop(parameters("RMSprop"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(RMSprop(parameters("RMSprop")))).toBe(
    [
      "RMSprop (",
      "Parameter Group 0",
      "    alpha: 0.99",
      "    capturable: False",
      "    centered: False",
      "    differentiable: False",
      "    eps: 1e-08",
      "    foreach: None",
      "    lr: 0.01",
      "    maximize: False",
      "    momentum: 0",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test("rmsprop() is the update of RMSprop", () => {
  const params = parameters("RMSprop");
  const expected = RMSprop(
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
    functional.rmsprop(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      [],
      [],
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { lr: 0.5, alpha: 0.99, eps: 1e-8, weight_decay: 0, momentum: 0, centered: false },
    );
  });
  expectClose(elements(params), elements(copies));
});
