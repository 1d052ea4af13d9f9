import * as torch from "tstorch";
import { functional, SparseAdam } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose } from "./trajectories.js";

function train(options: object): [torch.Tensor, torch.optim.Optimizer] {
  const w = torch.arange(0, 8, { dtype: torch.float32 }).reshape(4, 2).requires_grad_();
  const optimizer = SparseAdam([w], options);
  for (const indices of [[0, 2, 2, 1], [0, 2, 2, 1], [3]]) {
    optimizer.zero_grad();
    const rows = torch.nn.functional.embedding(torch.tensor(indices), w, { sparse: true });
    rows.mul(rows).sum().backward();
    optimizer.step();
  }
  return [w, optimizer];
}

test.each([
  [{ lr: 0.1 }, [0, 0.80041, 1.80017, 2.8001, 3.80007, 4.80006, 5.93612, 6.93612]],
  [{ lr: 0.1, maximize: true }, [0, 1.20013, 2.2001, 3.20007, 4.20006, 5.20005, 6.06388, 7.06388]],
  [{ lr: torch.tensor(0.1) }, [0, 0.80041, 1.80017, 2.8001, 3.80007, 4.80006, 5.93612, 6.93612]],
])("%j", (options, expected) => {
  expectClose(elements([train(options)[0]]), expected);
});

test("counts its steps as a number", () => {
  const [w, optimizer] = train({});
  expect(optimizer.state.get(w).step).toBe(3);
  expect(Object.keys(optimizer.state.get(w))).toEqual(["step", "exp_avg", "exp_avg_sq"]);
});

test.each([
  [{ lr: 0 }, "Invalid learning rate: 0.0"],
  [{ eps: 0 }, "Invalid epsilon value: 0.0"],
  [{ betas: [0.9, 1] as const }, "Invalid beta parameter at index 1: 1.0"],
])("refuses %j", (options, message) => {
  expect(() => SparseAdam([torch.zeros(1)], options)).toThrow(new torch.ValueError(message));
});

test("is for dense parameters and sparse gradients", () => {
  const p = torch.zeros(2).requires_grad_();
  p.grad = torch.ones(2);
  expect(() => SparseAdam([p]).step()).toThrow(
    new torch.RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead"),
  );
  expect(() => SparseAdam([torch.zeros(2), torch.eye(2).to_sparse()])).toThrow(
    new torch.ValueError("Sparse params at indices [[0, 1]]: SparseAdam requires dense parameter tensors"),
  );
  expect(() => SparseAdam([{ params: [torch.zeros(1, { dtype: torch.complex64 })] }])).toThrow(
    new torch.ValueError("Complex params at indices [[0, 0]]: SparseAdam does not support complex parameters"),
  );
});

test("sparse_adam() takes the steps that were counted", () => {
  const p = torch.ones(2, 1);
  const grad = torch.tensor([[0], [2]], { dtype: torch.float32 }).to_sparse();
  const keywords = { eps: 1e-8, beta1: 0.9, beta2: 0.999, lr: 0.1, maximize: false };
  functional.sparse_adam([p], [grad], [torch.zeros(2, 1)], [torch.zeros(2, 1)], [1], keywords);
  expectClose(elements([p]), [1, 0.9]);
});
