import * as torch from "tstorch";
import { AdamW, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories(
  "AdamW",
  [
    [{}, [0.99697, -1.99694, 0.49699, 0.29699, 0.19699, -0.99697, 1.99694]],
    [{ lr: 0.1, weight_decay: 0.2 }, [0.64985, -1.59001, 0.18269, 0.00338, -0.07046, -0.64985, 1.59074]],
    [{ lr: 0.1, amsgrad: true, maximize: true }, [1.29719, -2.29416, 0.79839, 0.59806, 0.49676, -1.29719, 2.29414]],
  ],
  [{}, { foreach: true }, { foreach: false }, { fused: true }],
);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("AdamW", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "exp_avg", "exp_avg_sq"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ weight_decay: -1 }, "Invalid weight_decay value: -1"],
])("refuses %j", (options, message) => {
  expect(() => AdamW(parameters("AdamW"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(AdamW(parameters("AdamW")))).toBe(
    [
      "AdamW (",
      "Parameter Group 0",
      "    amsgrad: False",
      "    betas: (0.9, 0.999)",
      "    capturable: False",
      "    decoupled_weight_decay: True",
      "    differentiable: False",
      "    eps: 1e-08",
      "    foreach: None",
      "    fused: None",
      "    lr: 0.001",
      "    maximize: False",
      "    weight_decay: 0.01",
      ")",
    ].join("\n"),
  );
});

test("stays AdamW with the state of an Adam", () => {
  const optimizer = AdamW(parameters("AdamW"));
  optimizer.load_state_dict(train("Adam", {})[1].state_dict());
  expect(optimizer.param_groups[0].decoupled_weight_decay).toBe(true);
});

test("has no decoupled_weight_decay to choose", () => {
  expect(() => AdamW(parameters("AdamW"), { decoupled_weight_decay: false } as object)).toThrow(
    new TypeError("AdamW.__init__() got an unexpected keyword argument 'decoupled_weight_decay'"),
  );
});

test("adamw() is the update of AdamW", () => {
  const params = parameters("AdamW");
  const expected = AdamW(
    params.map((p) => p.detach().clone().requires_grad_()),
    { lr: 0.5, weight_decay: 0.1 },
  );
  const grads = params.map((p) => torch.full_like(p, 0.5));
  const copies = expected.param_groups[0].params;
  copies.forEach((p, i) => {
    p.grad = grads[i];
  });
  expected.step();
  torch.no_grad(() => {
    functional.adamw(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.zeros_like(p)),
      [],
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { amsgrad: false, beta1: 0.9, beta2: 0.999, lr: 0.5, weight_decay: 0.1, eps: 1e-8, maximize: false },
    );
  });
  expectClose(elements(params), elements(copies));
});
