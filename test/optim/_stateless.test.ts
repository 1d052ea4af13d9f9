import * as torch from "tstorch";
import { Adam, swap_in_optimizer_params_and_state } from "tstorch/optim";
import { expect, test } from "vitest";

function trained(lr: number): [torch.Tensor, ReturnType<typeof Adam>] {
  const p = torch.ones(2).requires_grad_();
  p.grad = torch.ones(2);
  const optimizer = Adam([p], { lr });
  optimizer.step();
  return [p, optimizer];
}

test("steps on other parameters, with another state, for a while", () => {
  const [p, optimizer] = trained(0.1);
  const [, other] = trained(0.5);
  const q = torch.zeros(2).requires_grad_();
  q.grad = torch.ones(2);
  const before = p.tolist();
  const { state } = optimizer;
  const state_dict = other.state_dict();
  const result = swap_in_optimizer_params_and_state(optimizer, { weight: q }, state_dict, () => {
    expect(optimizer.param_groups[0].lr).toBe(0.5);
    optimizer.step();
    return 7;
  });
  expect(result).toBe(7);
  expect(q.tolist()[0]).toBeCloseTo(-0.5, 5);
  expect(state_dict.state.get(0)?.step.item()).toBe(2);
  expect(p.tolist()).toEqual(before);
  expect(optimizer.state).toBe(state);
  expect(optimizer.param_groups[0]).toMatchObject({ lr: 0.1 });
  expect(optimizer.param_groups[0].params[0]).toBe(p);
});

test("ends with a using block, or an error", () => {
  const [p, optimizer] = trained(0.1);
  const state_dict = optimizer.state_dict();
  {
    using _ = swap_in_optimizer_params_and_state(optimizer, { weight: torch.zeros(2) }, state_dict);
    expect(optimizer.param_groups[0].params[0] === p).toBe(false);
  }
  expect(optimizer.param_groups[0].params[0]).toBe(p);
  const fail = () => {
    throw new Error("no");
  };
  expect(() => swap_in_optimizer_params_and_state(optimizer, { weight: torch.zeros(2) }, state_dict, fail)).toThrow(
    "no",
  );
  expect(optimizer.param_groups[0].params[0]).toBe(p);
});

test("checks that the state fits", () => {
  const [, optimizer] = trained(0.1);
  const q = torch.zeros(2);
  const swap = (state_dict: unknown, params: Record<string, torch.Tensor> = { q }) =>
    swap_in_optimizer_params_and_state(optimizer, params, state_dict as never);
  const { state, param_groups } = optimizer.state_dict();
  const name = "swap_in_optimizer_params_and_state requires";
  expect(() => swap_in_optimizer_params_and_state(Adam([q]), { q }, { state, param_groups })).toThrow(
    `${name} initialized optimizer state.`,
  );
  expect(() => swap({ state: [], param_groups })).toThrow(
    `${name} swapin_optim_state['state'] to be a dict mapping packed parameter ids to per-param state dicts, got list.`,
  );
  expect(() => swap({ state, param_groups: [] })).toThrow(
    "swapin_optim_state has a different number of parameter groups than the live optimizer.",
  );
  expect(() => swap({ state, param_groups: [{ ...param_groups[0], params: [0, 1] }] })).toThrow(
    "swapin_optim_state param group 0 has a different number of params than the live optimizer param group.",
  );
  expect(() => swap({ state, param_groups: [{ ...param_groups[0], extra: 1 }] })).toThrow(
    "Keys only in swap-in: ['extra']. Keys only in live: [].",
  );
  expect(() => swap({ state: new Map([[5, {}]]), param_groups })).toThrow("got extra keys [5].");
  expect(() => swap({ state, param_groups }, {})).toThrow(
    `${name} the explicit parameter state to match optimizer.param_groups ordering.`,
  );
});
