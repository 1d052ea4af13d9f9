import * as torch from "tstorch";
import { Adam, functional } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories(
  "Adam",
  [
    [{}, [0.997, -1.997, 0.497, 0.297, 0.197, -0.997, 1.997]],
    [{ lr: 0.1, betas: [0.8, 0.9], eps: 0.001 }, [0.70252, -1.70126, 0.20625, 0.01562, -0.06281, -0.70252, 1.70159]],
    [{ lr: 0.1, weight_decay: 0.2, amsgrad: true }, [0.70201, -1.70101, 0.20519, 0.01351, -0.06708, -0.70201, 1.70135]],
    [
      { lr: 0.1, weight_decay: 0.2, decoupled_weight_decay: true, maximize: true },
      [1.23572, -2.17676, 0.76493, 0.57586, 0.4802, -1.23572, 2.17676],
    ],
  ],
  [{}, { foreach: true }, { foreach: false }, { fused: true }],
);

test("keeps for each parameter what Python keeps", () => {
  const [, optimizer] = train("Adam", { amsgrad: true });
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual([
    "step",
    "exp_avg",
    "exp_avg_sq",
    "max_exp_avg_sq",
  ]);
});

test.each([
  [{ lr: -0.1 }, "Invalid learning rate: -0.1"],
  [{ betas: [0, 1] }, "Invalid beta parameter at index 1: 1.0"],
  [{ eps: -1e-8 }, "Invalid epsilon value: -1e-08"],
  [{ weight_decay: -1 }, "Invalid weight_decay value: -1"],
  [{ betas: [0.9, torch.tensor(0.999)] }, "betas must be either both floats or both Tensors"],
  [{ lr: torch.tensor(0.1), foreach: true }, "lr as a Tensor is not supported for capturable=False and foreach=True"],
  [{ lr: torch.tensor([0.1, 0.2]) }, "Tensor lr must be 1-element"],
])("refuses %j", (options, message) => {
  expect(() => Adam(parameters("Adam"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(Adam(parameters("Adam"), { lr: 1 }))).toBe(
    [
      "Adam (",
      "Parameter Group 0",
      "    amsgrad: False",
      "    betas: (0.9, 0.999)",
      "    capturable: False",
      "    decoupled_weight_decay: False",
      "    differentiable: False",
      "    eps: 1e-08",
      "    foreach: None",
      "    fused: None",
      "    lr: 1.0",
      "    maximize: False",
      "    weight_decay: 0",
      ")",
    ].join("\n"),
  );
});

test.each([
  [{ fused: true, foreach: true }, "`fused` and `foreach` cannot be `True` together."],
  [{ fused: true, differentiable: true }, "`fused` does not support `differentiable`"],
])("refuses %j", (options, message) => {
  expect(() => Adam(parameters("Adam"), options)).toThrow(new torch.RuntimeError(message));
});

test("positional arguments, as Python takes them", () => {
  const { lr, betas, eps, weight_decay, amsgrad } = Adam(parameters("Adam"), 0.1, [0.8, 0.9], 1e-6, 0.5, true).defaults;
  expect([lr, betas, eps, weight_decay, amsgrad]).toEqual([0.1, [0.8, 0.9], 1e-6, 0.5, true]);
  expect(Adam(parameters("Adam"), 0.1, { eps: 1e-4 }).defaults.eps).toBe(1e-4);
});

test("tensors as lr and betas", () => {
  const options = { lr: torch.tensor(0.1), betas: [torch.tensor([0.8]), torch.tensor(0.9)], eps: 1e-3 };
  expectClose(elements(train("Adam", options)[0]), [0.70252, -1.70126, 0.20625, 0.01562, -0.06281, -0.70252, 1.70159]);
});

test.each([{ foreach: true }, { foreach: false }])("complex parameters: %j", (implementation) => {
  const p = torch
    .view_as_complex(
      torch.tensor([
        [1, 2],
        [0.5, -1],
      ]),
    )
    .clone()
    .requires_grad_();
  const optimizer = Adam([p], { lr: 0.1, amsgrad: true, ...implementation });
  for (let step = 0; step < 2; step++) {
    p.grad = p.detach().mul(2);
    optimizer.step();
  }
  expectClose(torch.view_as_real(p.detach()).flatten().tolist(), [0.80041, 1.80017, 0.30119, -0.80041]);
});

test("a differentiable step", () => {
  const leaf = torch.tensor([1, 2], { dtype: torch.float64, requires_grad: true });
  const p = leaf.clone();
  p.retain_grad();
  const optimizer = Adam([p], { lr: 0.1, differentiable: true });
  const grad = torch.tensor([0.5, -0.3], { dtype: torch.float64, requires_grad: true });
  p.grad = grad;
  optimizer.step();
  const [forLeaf, forGrad] = torch.autograd.grad(p.mul(p).sum(), [leaf, grad]);
  expectClose(forLeaf.tolist(), [1.8, 4.2]);
  expectClose(
    forGrad.tolist().map((x: number) => x * 1e8),
    [-0.71999, -4.6666],
  );
});

test("capturable needs a device that captures", () => {
  expect(() => train("Adam", { capturable: true })).toThrow(
    new torch.AssertionError(
      "If capturable=True, params and state_steps must be on supported devices: ['cuda', 'xpu', 'hpu', 'privateuseone'].",
    ),
  );
});

test("sparse gradients are SparseAdam's", () => {
  const w = torch.zeros(3, 2).requires_grad_();
  torch.nn.functional
    .embedding(torch.tensor([1]), w, { sparse: true })
    .sum()
    .backward();
  expect(() => Adam([w]).step()).toThrow("Adam does not support sparse gradients, please consider SparseAdam instead");
});

test("adam() is the update of Adam", () => {
  const params = parameters("Adam");
  const expected = Adam(
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
    functional.adam(
      params,
      grads,
      params.map((p) => torch.zeros_like(p)),
      params.map((p) => torch.zeros_like(p)),
      [],
      params.map(() => torch.tensor(0, { dtype: torch.float32 })),
      { amsgrad: false, beta1: 0.9, beta2: 0.999, lr: 0.5, weight_decay: 0.1, eps: 1e-8, maximize: true },
    );
  });
  expectClose(elements(params), elements(copies));
});

test("adam() says what is missing", () => {
  expect(() => functional.adam([], [], [], [], [], [], { amsgrad: false, lr: 0.1 } as never)).toThrow(
    new TypeError(
      "adam() missing 5 required keyword-only arguments: 'beta1', 'beta2', 'weight_decay', 'eps', and 'maximize'",
    ),
  );
});
