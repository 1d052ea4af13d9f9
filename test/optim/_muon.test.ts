import * as torch from "tstorch";
import { functional, Muon } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories(
  "Muon",
  [
    [{}, [0.99883, -1.99728, 0.49971, 0.29883, 0.19997, -0.99654]],
    [{ lr: 0.1, momentum: 0.5, nesterov: false }, [0.8856, -1.73679, 0.47131, 0.18339, 0.19581, -0.66409]],
    [{ adjust_lr_fn: "match_rms_adamw", ns_steps: 3 }, [0.99943, -1.99874, 0.49981, 0.29954, 0.19995, -0.99863]],
    [
      { adjust_lr_fn: "spectral_unclamped", weight_decay: 0.5 },
      [0.99779, -1.99527, 0.49913, 0.29867, 0.19972, -0.99592],
    ],
  ],
  [{}],
);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Muon", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["momentum_buffer"]);
});

test.each([
  [{ lr: -0.5 }, "Learning rate should be >= 0 but is: -0.5"],
  [{ momentum: -1 }, "momentum should be >= 0 but is: -1.0"],
  [{ weight_decay: -0.5 }, "weight decay should be >= 0 but is: -0.5"],
  [{ adjust_lr_fn: "arbitrary" }, "Adjust learning rate function arbitrary is not supported"],
])("refuses %j", (options, message) => {
  expect(() => Muon(parameters("Muon"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Muon(parameters("Muon")))).toBe(
    [
      "Muon (",
      "Parameter Group 0",
      "    adjust_lr_fn: None",
      "    eps: 1e-07",
      "    lr: 0.001",
      "    momentum: 0.95",
      "    nesterov: True",
      "    ns_coefficients: (3.4445, -4.775, 2.0315)",
      "    ns_steps: 5",
      "    weight_decay: 0.1",
      ")",
    ].join("\n"),
  );
});

test("is for matrices", () => {
  expect(() => Muon([torch.zeros(3).requires_grad_()])).toThrow(
    new torch.ValueError("Muon only supports 2D parameters whereas we found a parameter with size: torch.Size([3])"),
  );
});

test("tall matrices are turned and turned back", () => {
  const p = torch.zeros(3, 2).requires_grad_();
  p.grad = torch.tensor(
    [
      [3, 0],
      [0, 1],
      [0, 0],
    ],
    { dtype: torch.float32 },
  );
  Muon([p], { lr: 1, weight_decay: 0, nesterov: false }).step();
  expect(p.shape.toString()).toBe("torch.Size([3, 2])");
  expectClose(elements([p]), [-0.91856, 0.0, 0.0, -1.38741, 0.0, 0.0]);
});

test("muon() has no foreach yet", () => {
  const keywords = { lr: 0.1, weight_decay: 0, momentum: 0.9, nesterov: true, ns_steps: 5, eps: 1e-7 };
  expect(() =>
    functional.muon([], [], [], {
      ...keywords,
      ns_coefficients: [3.4445, -4.775, 2.0315],
      adjust_lr_fn: null,
      has_complex: false,
      foreach: true,
    }),
  ).toThrow(new torch.RuntimeError("Foreach is not supported for Muon yet"));
});
