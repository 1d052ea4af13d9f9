import * as torch from "tstorch";
import { Adam, SGD } from "tstorch/optim";
import { CyclicLR } from "tstorch/optim/lr_scheduler";
import { expect, test } from "vitest";
import { cos, log, pow } from "../../dist/python/math.js";

// Each of these is another number by JavaScript's own `**`, Math.cos and Math.log.
test("the numbers of the C library, as Python's", () => {
  expect(pow(0.9, 4)).toBe(0.6561);
  expect(cos(0.1)).toBe(0.9950041652780258);
  expect(log(3)).toBe(1.0986122886681098);
  expect(pow(torch.py.float(2) as number, 3)).toBe(8);
  expect([pow(-8, 0.5), pow(0, -1), log(0)]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
});

test("the learning rate of a schedule has Python's last digit", () => {
  const optimizer = SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
  const scheduler = CyclicLR(optimizer, 0.01, 0.1, 3, { mode: "exp_range", gamma: 0.9, cycle_momentum: false });
  for (let i = 0; i < 4; i++) {
    optimizer.step();
    scheduler.step();
  }
  expect(scheduler.get_last_lr()).toEqual([0.04936600000000002]);
});

test("parameters of float64 are Python's to the bit", () => {
  const p = new torch.nn.Parameter(torch.ones(1, { dtype: torch.float64 }));
  const optimizer = Adam([p], { lr: 0.1 });
  for (let i = 0; i < 20; i++) {
    optimizer.zero_grad();
    p.pow(3).sum().backward();
    optimizer.step();
  }
  expect(p.item()).toBe(-0.23308637749432048);
});
