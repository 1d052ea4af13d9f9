import * as torch from "tstorch";
import { nn } from "tstorch";
import { SGD, swa_utils } from "tstorch/optim";
import { describe, expect, test } from "vitest";

const { AveragedModel, get_ema_avg_fn, get_ema_multi_avg_fn, get_swa_avg_fn, get_swa_multi_avg_fn, SWALR, update_bn } =
  swa_utils;

function linear(value: number): InstanceType<typeof nn.Linear> {
  const model = nn.Linear(1, 1);
  torch.no_grad(() => {
    for (const p of model.parameters()) p.fill_(value);
  });
  return model;
}

const close = (got: torch.Tensor, want: number) => expect(got.item()).toBeCloseTo(want, 5);

describe("AveragedModel", () => {
  test.each([
    ["the mean, by default", {}, 2],
    ["the mean", { avg_fn: get_swa_avg_fn() }, 2],
    ["the mean of all at once", { multi_avg_fn: get_swa_multi_avg_fn() }, 2],
    ["an exponential average", { avg_fn: get_ema_avg_fn(0.5) }, 2.25],
    ["an exponential average of all at once", { multi_avg_fn: get_ema_multi_avg_fn({ decay: 0.5 }) }, 2.25],
  ])("keeps %s", (_, options, expected) => {
    const averaged = AveragedModel(linear(0), options);
    for (const value of [1, 2, 3]) averaged.update_parameters(linear(value));
    close(averaged.module.weight, expected);
    expect(averaged.n_averaged.item()).toBe(3);
    close(averaged(torch.ones(1, 1)), 2 * expected);
  });

  test("is a copy of the model, with a count in its state dict", () => {
    const model = linear(5);
    const averaged = AveragedModel(model);
    torch.no_grad(() => model.weight.fill_(7));
    close(averaged.module.weight, 5);
    expect(Object.keys(averaged.state_dict())).toEqual(["n_averaged", "module.weight", "module.bias"]);
  });

  test("copies buffers, or averages them", () => {
    const model = nn.BatchNorm1d(1);
    const [copied, means] = [AveragedModel(model), AveragedModel(model, { use_buffers: true })];
    for (const value of [2, 4]) {
      model.running_mean?.fill_(value);
      copied.update_parameters(model);
      means.update_parameters(model);
    }
    close(copied.module.running_mean as torch.Tensor, 4);
    close(means.module.running_mean as torch.Tensor, 3);
  });

  test("takes one function or the other", () => {
    const options = { avg_fn: get_swa_avg_fn(), multi_avg_fn: get_swa_multi_avg_fn() };
    expect(() => AveragedModel(linear(0), options)).toThrow(
      new torch.AssertionError("Only one of avg_fn and multi_avg_fn should be provided"),
    );
    expect(() => get_ema_avg_fn(2)).toThrow(
      new torch.ValueError("Invalid decay value 2.0 provided. Please provide a value in [0,1] range."),
    );
  });
});

describe("update_bn()", () => {
  test("computes the running statistics anew", () => {
    const model = nn.BatchNorm1d(1, { momentum: 0.3 });
    model.eval();
    const batches = [
      [torch.tensor([[1], [3]], { dtype: torch.float32 }), "label"],
      [torch.tensor([[5], [7]], { dtype: torch.float32 }), "label"],
    ];
    update_bn(batches, model);
    close(model.running_mean as torch.Tensor, 4);
    close(model.running_var as torch.Tensor, 2);
    expect([model.momentum, model.training]).toEqual([0.3, false]);
  });

  test("leaves a model without batch normalization alone", () => {
    const calls: unknown[] = [];
    const model = nn.Identity();
    model.register_forward_hook((...args) => void calls.push(args));
    update_bn([torch.ones(1)], model);
    expect(calls).toEqual([]);
  });
});

describe("SWALR", () => {
  test.each([
    [{ swa_lr: 0.05, anneal_epochs: 4 }, [0.1, 0.0926777, 0.075, 0.0573223, 0.05, 0.05]],
    [{ swa_lr: 0.05, anneal_epochs: 2, anneal_strategy: "linear" }, [0.1, 0.075, 0.05, 0.05, 0.05, 0.05]],
    [{ swa_lr: [0.2], anneal_epochs: 0 }, [0.2, 0.2, 0.2, 0.2, 0.2, 0.2]],
  ] as const)("%j", (options, expected) => {
    const optimizer = SGD([torch.zeros(1).requires_grad_()], { lr: 0.1 });
    const scheduler = SWALR(optimizer, options);
    const lrs = [scheduler.get_last_lr()[0]];
    for (let step = 0; step < 5; step++) {
      optimizer.step();
      scheduler.step();
      lrs.push(scheduler.get_last_lr()[0]);
    }
    lrs.forEach((lr, i) => {
      expect(lr as number).toBeCloseTo(expected[i], 6);
    });
    expect(Object.keys(scheduler.state_dict())).toEqual([
      ...["_anneal_strategy", "anneal_epochs", "base_lrs", "last_epoch", "_step_count", "_is_initial"],
      ...["_get_lr_called_within_step", "_last_lr"],
    ]);
  });

  test("refuses what Python refuses", () => {
    const optimizer = SGD([torch.zeros(1)], { lr: 0.1 });
    expect(() => SWALR(optimizer, 0.1, { anneal_strategy: "log" as never })).toThrow(
      new torch.ValueError("anneal_strategy must be one of 'cos' or 'linear', instead got log"),
    );
    expect(() => SWALR(optimizer, 0.1, -1)).toThrow(
      new torch.ValueError("anneal_epochs must be equal or greater than 0, got -1"),
    );
  });
});
