import * as torch from "tstorch";
import { nn } from "tstorch";
import { functional, SGD } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories(
  "SGD",
  [
    [{ lr: 0.1 }, [0.69838, -1.26091, 0.36043, 0.21781, 0.14553, -0.69838, 1.09876]],
    [{ lr: 0.1, momentum: 0.9, dampening: 0.5 }, [0.55186, -0.85421, 0.29562, 0.18004, 0.1206, -0.55186, 0.29293]],
    [
      { lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.1 },
      [0.2158, -0.18305, 0.12911, 0.08042, 0.05425, -0.2158, 0.15716],
    ],
    [{ lr: 0.1, weight_decay: 0.5, maximize: true }, [1.21815, -2.76614, 0.58643, 0.34893, 0.23201, -1.21815, 3.51769]],
  ],
  [{}, { foreach: true }, { foreach: false }, { fused: true }],
);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("SGD", { momentum: 0.9 });
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual(["momentum_buffer"]);
});

test.each([
  [{ lr: -0.5 }, "Invalid learning rate: -0.5"],
  [{ momentum: -0.5 }, "Invalid momentum value: -0.5"],
  [{ weight_decay: -1 }, "Invalid weight_decay value: -1"],
  [{ nesterov: true }, "Nesterov momentum requires a momentum and zero dampening"],
])("refuses %j", (options, message) => {
  expect(() => SGD(parameters("SGD"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(SGD(parameters("SGD"), { lr: 0.1, momentum: 0.9 }))).toBe(
    [
      "SGD (",
      "Parameter Group 0",
      "    dampening: 0",
      "    differentiable: False",
      "    foreach: None",
      "    fused: None",
      "    lr: 0.1",
      "    maximize: False",
      "    momentum: 0.9",
      "    nesterov: False",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test("keeps no state without momentum", () => {
  expect(train("SGD", {})[1].state_dict().state.size).toBe(0);
});

test("lr and weight_decay as tensors", () => {
  const options = { lr: torch.tensor([0.1]), weight_decay: torch.tensor(0.5), maximize: true };
  expectClose(elements(train("SGD", options)[0]), [1.21815, -2.76614, 0.58643, 0.34893, 0.23201, -1.21815, 3.51769]);
});

test.each([{ foreach: true }, { foreach: false }, { fused: true }])(
  "a parameter that comes later begins its momentum later: %j",
  (implementation) => {
    const [a, b] = [torch.ones(1).requires_grad_(), torch.ones(1).requires_grad_()];
    const optimizer = SGD([a, b], { lr: 0.1, momentum: 0.9, ...implementation });
    a.grad = torch.ones(1);
    optimizer.step();
    b.grad = torch.ones(1);
    optimizer.step();
    optimizer.step();
    expectClose(elements([a, b]), [1 - 0.1 - 0.19 - 0.271, 1 - 0.1 - 0.19]);
  },
);

test("nesterov leaves the gradients as they are", () => {
  const p = torch.ones(2).requires_grad_();
  p.grad = torch.ones(2);
  const optimizer = SGD([p], { lr: 0.1, momentum: 0.9, nesterov: true, foreach: true });
  optimizer.step();
  optimizer.step();
  expect(p.grad?.tolist()).toEqual([1, 1]);
});

test("sparse gradients", () => {
  const w = torch.arange(0, 8, { dtype: torch.float32 }).reshape(4, 2).requires_grad_();
  const optimizer = SGD([w], { lr: 0.1, momentum: 0.9 });
  for (let step = 0; step < 2; step++) {
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
  }
  expectClose(elements([w]), [0, 0.46, 0.92, 1.38, 0, 0, 6, 7]);
  expect(() => SGD([w], { fused: true }).step()).toThrow("`_fused_sgd` does not support sparse gradients");
});

test("a differentiable step", () => {
  const leaf = torch.tensor([1, 2], { dtype: torch.float64, requires_grad: true });
  const p = leaf.clone();
  p.retain_grad();
  const lr = torch.tensor(0.1, { dtype: torch.float64, requires_grad: true });
  const optimizer = SGD([p], { lr, differentiable: true });
  p.grad = torch.tensor([0.5, -0.3], { dtype: torch.float64 });
  optimizer.step();
  const [forLeaf, forLr] = torch.autograd.grad(p.mul(p).sum(), [leaf, lr]);
  expectClose(forLeaf.tolist(), [1.9, 4.06]);
  expectClose([forLr.item()], [0.268]);
});

test("fused kernels are for floating point parameters", () => {
  const p = torch.zeros(2, { dtype: torch.complex64, requires_grad: true });
  p.grad = torch.zeros(2, { dtype: torch.complex64 });
  expect(() => SGD([p], { fused: true }).step()).toThrow(
    new torch.RuntimeError(
      "`fused=True` requires all the params to be floating point Tensors of supported devices: ['mps', 'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone'] but torch.complex64 and cpu",
    ),
  );
});

test("sgd() is the update of SGD", () => {
  const params = parameters("SGD");
  const expected = SGD(
    params.map((p) => p.detach().clone().requires_grad_()),
    { lr: 0.5, weight_decay: 0.1, momentum: 0.9, nesterov: true },
  );
  const grads = params.map((p) => torch.full_like(p, 0.5));
  const copies = expected.param_groups[0].params;
  copies.forEach((p, i) => {
    p.grad = grads[i];
  });
  expected.step();
  torch.no_grad(() => {
    functional.sgd(params, grads, [null, null], {
      weight_decay: 0.1,
      momentum: 0.9,
      lr: 0.5,
      dampening: 0,
      nesterov: true,
      maximize: false,
    });
  });
  expectClose(elements(params), elements(copies));
});

test("half precision is rounded after each operator, as by Python's default", () => {
  const p = nn.Parameter(torch.linspace(-2, 3, 7).bfloat16());
  const optimizer = torch.optim.SGD([p], { lr: 0.1, momentum: 0.3, dampening: 0.7, weight_decay: 0.01 });
  for (let i = 0; i < 6; i++) {
    p.grad = torch
      .linspace(1, -1.5, 7)
      .bfloat16()
      .mul(i - 1.5);
    optimizer.step();
  }
  expect(p.tolist()).toEqual([-2.046875, -1.1953125, -0.341796875, 0.51171875, 1.3671875, 2.21875, 3.0625]);
});
