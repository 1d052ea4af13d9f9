import * as torch from "tstorch";
import { Adafactor, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories("Adafactor", [
  [{}, [0.97568, -1.97488, 0.48959, 0.28241, 0.19545, -0.93682, 1.94103]],
  [{ lr: 0.1, beta2_decay: -0.5, d: 2 }, [0.72427, -1.71264, 0.36646, 0.10246, 0.14062, -0.27815, 1.49275]],
  [
    { weight_decay: 0.1, eps: [1e-6, 0.1], maximize: true },
    [1.02174, -2.0195, 0.50888, 0.31697, 0.20393, -1.06104, 2.05449],
  ],
]);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Adafactor", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "row_var", "col_var"]);
});

test.each([
  [{ lr: -0.1 }, "Learning rate should be >= 0 but is: -0.1"],
  [{ beta2_decay: 0.8 }, "beta2_decay should be <= 0 but is: 0.8"],
  [{ eps: [-1e-30, 1e-3] }, "epsilon1 should be >= 0 but is: -1e-30"],
  [{ eps: [null, -1e-3] }, "epsilon2 should be >= 0 but is: -0.001"],
  [{ d: 0 }, "Clipping threshold d should be >= 1 but is: 0.0"],
  [{ weight_decay: -0.5 }, "weight_decay should be >= 0 but is: -0.5"],
])("refuses %j", (options, message) => {
  expect(() => Adafactor(parameters("Adafactor"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Adafactor(parameters("Adafactor")))).toBe(
    [
      "Adafactor (",
      "Parameter Group 0",
      "    beta2_decay: -0.8",
      "    d: 1.0",
      "    eps: (None, 0.001)",
      "    foreach: None",
      "    lr: 0.01",
      "    maximize: False",
      "    weight_decay: 0.0",
      ")",
    ].join("\n"),
  );
});

test("refuses complex parameters", () => {
  const p = torch.zeros(2, { dtype: torch.complex64, requires_grad: true });
  p.grad = torch.zeros(2, { dtype: torch.complex64 });
  expect(() => Adafactor([p]).step()).toThrow("Adafactor does not support complex parameters");
});

test("lr as a tensor", () => {
  expectClose(
    elements(train("Adafactor", { lr: torch.tensor(0.01) })[0]),
    [0.97568, -1.97488, 0.48959, 0.28241, 0.19545, -0.93682, 1.94103],
  );
});

test("adafactor() is the update of Adafactor", () => {
  const p = torch.ones(3).requires_grad_();
  const expected = torch.ones(3).requires_grad_();
  expected.grad = torch.full([3], 0.5);
  Adafactor([expected]).step();
  torch.no_grad(() => {
    functional.adafactor(
      [p],
      [torch.full([3], 0.5)],
      [null],
      [null],
      [torch.zeros(3)],
      [torch.tensor(0, { dtype: torch.float32 })],
      {
        d: 1,
        lr: 0.01,
        beta2_decay: -0.8,
        weight_decay: 0,
        eps1: null,
        eps2: 1e-3,
        maximize: false,
      },
    );
  });
  expectClose(elements([p]), elements([expected]));
});
