// Small parameters are updated together: bit for bit what an update of each alone gives.

import * as torch from "tstorch";
import { FlopCounterMode } from "tstorch/utils/flop_counter";
import { describe, expect, test } from "vitest";
import { native } from "../../dist/binding.js";

type Name =
  | "Adadelta"
  | "Adagrad"
  | "Adam"
  | "AdamW"
  | "Adamax"
  | "ASGD"
  | "NAdam"
  | "RAdam"
  | "RMSprop"
  | "Rprop"
  | "SGD";

const SHAPES = [[3, 5], [], [13], [1], [7, 9], [2, 3, 4], [64, 64], [5000], [31]];

function make(name: Name, params: torch.Tensor[], options: object): torch.optim.Optimizer {
  return (torch.optim[name] as (params: torch.Tensor[], options: object) => torch.optim.Optimizer)(params, options);
}

function parameters(dtype: torch.dtype): torch.Tensor[] {
  torch.manual_seed(3);
  return SHAPES.map((shape) => torch.nn.Parameter(torch.randn(shape).to(dtype)));
}

/** Parameters after steps of which some leave a parameter out, and the states. */
function train(name: Name, options: object, dtype: torch.dtype): torch.Tensor[] {
  const params = parameters(dtype);
  const optimizer = make(name, params, options);
  for (let step = 0; step < 6; step++) {
    torch.manual_seed(step);
    params.forEach((p, i) => {
      p.grad = (step === 2 && i === 3) || (step === 0 && i === 0) ? null : torch.randn(p.shape).to(dtype);
    });
    optimizer.step();
  }
  return params.flatMap((p) => [p, ...(Object.values(optimizer.state.get(p)) as torch.Tensor[])]);
}

const rows: [Name, object][] = [
  ["Adadelta", { weight_decay: 0.1 }],
  ["Adadelta", { maximize: true }],
  ["Adagrad", { lr_decay: 0.1, weight_decay: 0.1 }],
  ["Adam", {}],
  ["Adam", { amsgrad: true, weight_decay: 0.1, maximize: true }],
  ["Adam", { lr: torch.tensor(0.01) }],
  ["AdamW", { weight_decay: 0.1 }],
  ["Adamax", { weight_decay: 0.1 }],
  ["ASGD", { t0: 2, weight_decay: 0.1 }],
  ["NAdam", { weight_decay: 0.1, decoupled_weight_decay: true }],
  ["RAdam", { weight_decay: 0.1 }],
  ["RMSprop", { momentum: 0.9, centered: true }],
  ["RMSprop", {}],
  ["Rprop", {}],
  ["SGD", { momentum: 0.9, nesterov: true, weight_decay: 0.1 }],
  ["SGD", {}],
];

describe.each([torch.float32, torch.float64, torch.bfloat16])("%s", (dtype) => {
  test.each(rows)("%s, %o", (name, options) => {
    const joined = train(name, options, dtype);
    const single = train(name, { ...options, foreach: false }, dtype);
    expect(joined.length).toBe(single.length);
    joined.forEach((tensor, i) => {
      expect(torch.equal(tensor, single[i]), `tensor ${i}`).toBe(true);
    });
  });
});

/** How many groups of parameters a step joins. */
function groups(params: torch.Tensor[], options: object = {}): number {
  const optimizer = make("Adam", params, options);
  const calls: number[] = [];
  const { joinSmall } = native;
  native.joinSmall = (...args) => {
    const joint = joinSmall(...args);
    calls.push(joint === null ? 0 : joint[1].length);
    return joint;
  };
  try {
    optimizer.step();
  } finally {
    native.joinSmall = joinSmall;
  }
  return calls.reduce((a, b) => a + b, 0);
}

function withGradients(params: torch.Tensor[]): torch.Tensor[] {
  for (const p of params) p.grad = torch.ones_like(p);
  return params;
}

describe("joins", () => {
  test("what is small and plain", () => {
    expect(groups(withGradients(parameters(torch.float32)))).toBe(1);
    const mixed = [...parameters(torch.float32), ...parameters(torch.float64)];
    expect(groups(withGradients(mixed))).toBe(2);
    const large = [5000, 6000].map((size) => torch.nn.Parameter(torch.zeros(size)));
    expect(groups(withGradients(large))).toBe(0);
    const strided = Array.from({ length: 3 }, () => torch.nn.Parameter(torch.randn(4, 3).t()));
    expect(groups(withGradients(strided))).toBe(0);
  });

  test("nothing that shares memory", () => {
    const both = torch.randn(2, 8);
    const views = [0, 1].map((i) => torch.nn.Parameter(both.detach()[i]));
    const alone = [torch.nn.Parameter(torch.randn(4)), torch.nn.Parameter(torch.randn(4))];
    expect(groups(withGradients([...views, ...alone]))).toBe(0);
    expect(groups(withGradients(alone))).toBe(1);
  });

  test("nothing that other threads share", () => {
    const params = withGradients(parameters(torch.float32));
    for (const p of params) p.share_memory_();
    expect(groups(params)).toBe(0);
  });

  test("nothing where one call for each parameter, or foreach operators, were asked for", () => {
    for (const foreach of [true, false]) expect(groups(withGradients(parameters(torch.float32)), { foreach })).toBe(0);
    expect(groups(withGradients(parameters(torch.float32)), { fused: true })).toBe(0);
  });

  test("nothing that a mode is to see", () => {
    const params = withGradients(parameters(torch.float32));
    expect(FlopCounterMode({ display: false }, () => groups(params))).toBe(0);
  });
});

test("steps of several dtypes count each for itself", () => {
  const params = withGradients(Array.from({ length: 4 }, () => torch.nn.Parameter(torch.ones(3))));
  const optimizer = make("Adam", params, {});
  optimizer.step();
  params.forEach((p, i) => {
    if (i > 1) optimizer.state.get(p).step = torch.tensor(1, { dtype: torch.float64 });
  });
  optimizer.step();
  expect(params.map((p) => optimizer.state.get(p).step.item())).toEqual([2, 2, 2, 2]);
  expect(params.map((p) => optimizer.state.get(p).step.dtype)).toEqual([
    torch.float32,
    torch.float32,
    torch.float64,
    torch.float64,
  ]);
});

test("parameters that autograd saved notice that they were changed", () => {
  const params = withGradients([torch.nn.Parameter(torch.ones(3)), torch.nn.Parameter(torch.ones(3))]);
  const loss = params[0].mul(params[1]).sum();
  make("SGD", params, { lr: 0.1 }).step();
  expect(() => loss.backward()).toThrow("has been modified by an inplace operation");
});
