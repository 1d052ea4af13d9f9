import * as torch from "tstorch";
import { Adagrad, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories(
  "Adagrad",
  [
    [{}, [0.97726, -1.97722, 0.47733, 0.27744, 0.17759, -0.97726, 1.97723]],
    [{ lr: 0.1, lr_decay: 0.5, weight_decay: 0.1 }, [0.82957, -1.82734, 0.33448, 0.14271, 0.05536, -0.82957, 1.82803]],
    [
      { initial_accumulator_value: 0.5, eps: 0.001, maximize: true },
      [1.02056, -2.02251, 0.51568, 0.31119, 0.20802, -1.02056, 2.02278],
    ],
  ],
  [{}, { foreach: true }, { foreach: false }, { fused: true }],
);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Adagrad", {});
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["step", "sum"]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ lr_decay: -0.5 }, "Invalid lr_decay value: -0.5"],
  [{ initial_accumulator_value: -1 }, "Invalid initial_accumulator_value value: -1"],
])("refuses %j", (options, message) => {
  expect(() => Adagrad(parameters("Adagrad"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Adagrad(parameters("Adagrad")))).toBe(
    [
      "Adagrad (",
      "Parameter Group 0",
      "    differentiable: False",
      "    eps: 1e-10",
      "    foreach: None",
      "    fused: None",
      "    initial_accumulator_value: 0",
      "    lr: 0.01",
      "    lr_decay: 0",
      "    maximize: False",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test("adagrad() is the update of Adagrad", () => {
  const params = parameters("Adagrad");
  const expected = Adagrad(
    params.map((p) => p.detach().clone().requires_grad_()),
    { lr: 0.5, weight_decay: 0.1, lr_decay: 0.1 },
  );
  const grads = params.map((p) => torch.full_like(p, 0.5));
  const copies = expected.param_groups[0].params;
  copies.forEach((p, i) => {
    p.grad = grads[i];
  });
  expected.step();
  torch.no_grad(() => {
    functional.adagrad(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { lr: 0.5, weight_decay: 0.1, lr_decay: 0.1, eps: 1e-10, maximize: false },
    );
  });
  expectClose(elements(params), elements(copies));
});

test("takes sparse gradients, but no weight decay with them", () => {
  const w = torch.arange(0, 8, { dtype: torch.float32 }).reshape(4, 2).requires_grad_();
  const optimizer = Adagrad([w], { lr: 0.1 });
  const step = () => {
    optimizer.zero_grad();
    const rows = torch.nn.functional.embedding(
      torch.tensor([
        [0, 2],
        [2, 1],
      ]),
      w,
      { sparse: true },
    );
    rows.mul(rows).sum().backward();
    optimizer.step();
  };
  step();
  step();
  expectClose(elements([w]), [0, 0.8331, 1.83113, 2.8305, 3.83019, 4.83001, 6, 7]);
  optimizer.param_groups[0].weight_decay = 0.1;
  expect(step).toThrow("weight_decay option is not compatible with sparse gradients");
});

test("keeps complex sums", () => {
  const p = torch.zeros(2, { dtype: torch.complex64, requires_grad: true });
  expect(String(Adagrad([p], { initial_accumulator_value: 2 }).state.get(p).sum)).toBe("tensor([2.+2.j, 2.+2.j])");
});
