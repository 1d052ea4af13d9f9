// Three steps of an optimizer, against the parameters that Python's has after them.

import * as torch from "tstorch";
import * as optim from "tstorch/optim";
import { expect, test } from "vitest";

type Options = Record<string, unknown>;
type Name = Exclude<
  keyof typeof optim,
  "lr_scheduler" | "functional" | "swa_utils" | "swap_in_optimizer_params_and_state"
>;

/** The elements of parameters, one after the other. */
export function elements(params: readonly torch.Tensor[]): number[] {
  return params.flatMap((p) => p.detach().flatten().tolist());
}

export function parameters(name: Name, dtype = torch.float32): torch.Tensor[] {
  const matrix = torch.tensor([1, -2, 0.5, 0.3, 0.2, -1], { dtype }).reshape(2, 3);
  const all = name === "Muon" ? [matrix] : [matrix, torch.tensor(2, { dtype })];
  return all.map((p) => p.requires_grad_());
}

/** The sum over cos((i + 1)p) + p² for the parameters i. */
export function loss(params: readonly torch.Tensor[]): torch.Tensor {
  return params
    .map((p, i) =>
      p
        .mul(i + 1)
        .cos()
        .add(p.mul(p))
        .sum(),
    )
    .reduce((a, b) => a.add(b));
}

/** The parameters after three steps, and the optimizer. */
export function train(name: Name, options: Options, dtype = torch.float32): [torch.Tensor[], optim.Optimizer] {
  const params = parameters(name, dtype);
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: tests are not bundled
  const make = optim[name] as unknown as (params: torch.Tensor[], options: Options) => optim.Optimizer;
  const optimizer = make(params, options);
  const closure = () => {
    optimizer.zero_grad();
    const result = loss(params);
    result.backward();
    return result;
  };
  for (let step = 0; step < 3; step++) {
    if (name === "LBFGS") optimizer.step(closure);
    else {
      closure();
      optimizer.step();
    }
  }
  return [params, optimizer];
}

export function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => {
    expect(value, `element ${i} of ${got}`).toBeCloseTo(want[i], 4);
  });
}

/** The same parameters whichever implementation computes them. */
export function testTrajectories(
  name: Name,
  rows: readonly (readonly [options: Options, expected: readonly number[]])[],
  implementations: readonly Options[] = [{}, { foreach: true }, { foreach: false }],
): void {
  for (const implementation of implementations) {
    for (const [options, expected] of rows) {
      test(`${name} ${JSON.stringify({ ...options, ...implementation })}`, () => {
        expectClose(elements(train(name, { ...options, ...implementation })[0]), expected);
      });
    }
  }
}
