import * as torch from "tstorch";
import { LBFGS } from "tstorch/optim";
import { expect, test } from "vitest";
import { elements, expectClose, parameters, testTrajectories, train } from "./trajectories.js";

testTrajectories(
  "LBFGS",
  [
    [{}, [-1e-5, 1e-5, 0, 0, 0, 1e-5, 0.94773]],
    [{ lr: 0.1, max_iter: 3 }, [0.71062, -1.42589, 0.35489, 0.2129, 0.14193, -0.71062, 1.53519]],
    [
      { line_search_fn: "strong_wolfe", max_iter: 2 },
      [0.28832, -0.41851, 0.15918, 0.09768, 0.06559, -0.28832, 0.82466],
    ],
  ],
  [{}],
);

test.each([[{ lr: -0.5 }, "Invalid learning rate: -0.5"]])("refuses %j", (options, message) => {
  expect(() => LBFGS(parameters("LBFGS"), options as object)).toThrow(new torch.ValueError(message));
});

test("prints as Python prints it", () => {
  expect(String(LBFGS(parameters("LBFGS")))).toBe(
    [
      "LBFGS (",
      "Parameter Group 0",
      "    history_size: 100",
      "    line_search_fn: None",
      "    lr: 1",
      "    max_eval: 25",
      "    max_iter: 20",
      "    maximize: False",
      "    tolerance_change: 1e-09",
      "    tolerance_grad: 1e-07",
      ")",
    ].join("\n"),
  );
});

test("keeps one state, with the first parameter", () => {
  const [params, optimizer] = train("LBFGS", { max_iter: 3 });
  expect(optimizer.state.size).toBe(1);
  expect(optimizer.state.has(params[0])).toBe(true);
  expect(Object.keys(optimizer.state_dict().state.get(0) ?? {})).toEqual([
    "func_evals",
    "n_iter",
    "al",
    "d",
    "t",
    "old_dirs",
    "old_stps",
    "ro",
    "H_diag",
    "prev_flat_grad",
    "prev_loss",
  ]);
  expect(optimizer.state.get(params[0]).func_evals).toBe(9);
});

test("returns the first loss, and needs a closure", () => {
  const p = torch.tensor([3], { dtype: torch.float32, requires_grad: true });
  const optimizer = LBFGS([p]);
  const loss = optimizer.step(() => {
    optimizer.zero_grad();
    const result = p.mul(p).sum();
    result.backward();
    return result;
  });
  expect(loss.item()).toBe(9);
  expect(p.item()).toBeCloseTo(0, 5);
  // @ts-expect-error: the closure is missing
  expect(() => optimizer.step()).toThrow(
    new TypeError("LBFGS.step() missing 1 required positional argument: 'closure'"),
  );
});

test("maximizes", () => {
  const p = torch.tensor([1, -2], { dtype: torch.float32, requires_grad: true });
  const optimizer = LBFGS([p], { maximize: true, lr: 0.5 });
  optimizer.step(() => {
    optimizer.zero_grad();
    const result = p.sub(3).pow(2).sum().neg();
    result.backward();
    return result;
  });
  expectClose(elements([p]), [3, 3]);
});

test("takes one group only", () => {
  expect(() => LBFGS([{ params: [torch.zeros(1)] }, { params: [torch.zeros(1)] }])).toThrow(
    new torch.ValueError("LBFGS doesn't support per-parameter options (parameter groups)"),
  );
});

test("complex parameters and parameters without a gradient", () => {
  const z = torch.zeros(1, { dtype: torch.complex64, requires_grad: true });
  const unused = torch.ones(2).requires_grad_();
  const optimizer = LBFGS([z, unused], { line_search_fn: "strong_wolfe" });
  optimizer.step(() => {
    optimizer.zero_grad();
    const real = torch.view_as_real(z);
    const result = real
      .sub(torch.tensor([1, 2]))
      .pow(2)
      .sum();
    result.backward();
    return result;
  });
  expectClose(torch.view_as_real(z.detach()).flatten().tolist(), [1, 2]);
  expect(unused.tolist()).toEqual([1, 1]);
});

test("its state is not freed by tidy()", () => {
  const p = torch.tensor([3, 1], { dtype: torch.float32, requires_grad: true });
  const optimizer = LBFGS([p], { max_iter: 2 });
  for (let step = 0; step < 3; step++) {
    torch.tidy(() => {
      optimizer.step(() => {
        optimizer.zero_grad();
        const result = p.pow(4).sum();
        result.backward();
        return result;
      });
    });
  }
  expect(optimizer.state.get(p).n_iter).toBe(3);
});
