import * as torch from "tstorch";
import { Adam, lr_scheduler, SGD } from "tstorch/optim";
import { describe, expect, test, vi } from "vitest";

const {
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  LRScheduler,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
} = lr_scheduler;

const zeros = () => torch.zeros(1).requires_grad_();
const sgd = (lr: number | torch.Tensor = 0.1) => SGD([zeros()], { lr, momentum: 0.9 });

type Optimizer = ReturnType<typeof sgd>;
type Scheduler = lr_scheduler.LRScheduler;

const rate = (value: number | torch.Tensor) => (value instanceof torch.Tensor ? value.item() : value);

/** The first group's learning rates (and momentums), before and after each of some steps. */
function run(optimizer: Optimizer, scheduler: Scheduler, steps = 6): { lrs: number[]; momentums: number[] } {
  const lrs = [rate(scheduler.get_last_lr()[0])];
  const momentums = [optimizer.param_groups[0].momentum];
  for (let step = 0; step < steps; step++) {
    optimizer.step();
    scheduler.step();
    lrs.push(rate(scheduler.get_last_lr()[0]));
    momentums.push(optimizer.param_groups[0].momentum);
  }
  return { lrs, momentums };
}

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => {
    expect(value, String(got)).toBeCloseTo(want[i], 6);
  });
}

/** What Node warns of while a function runs. */
function warnings(body: () => void): string[] {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    body();
    return emit.mock.calls.map(([warning]) => String(warning));
  } finally {
    emit.mockRestore();
  }
}

const COMMON = ["base_lrs", "last_epoch", "_step_count", "_is_initial", "_get_lr_called_within_step", "_last_lr"];

describe.each<[keyof typeof lr_scheduler, unknown[], number[], number[] | null, string[]]>([
  [
    "StepLR",
    [2, { gamma: 0.5 }],
    [0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125],
    null,
    ["step_size", "gamma", ...COMMON],
  ],
  [
    "MultiStepLR",
    [[1, 3, 3], { gamma: 0.5 }],
    [0.1, 0.05, 0.05, 0.0125, 0.0125, 0.0125, 0.0125],
    null,
    ["milestones", "gamma", ...COMMON],
  ],
  [
    "ConstantLR",
    [{ factor: 0.5, total_iters: 3 }],
    [0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1],
    null,
    ["factor", "total_iters", ...COMMON],
  ],
  [
    "LinearLR",
    [{ start_factor: 0.25, end_factor: 0.75, total_iters: 4 }],
    [0.025, 0.0375, 0.05, 0.0625, 0.075, 0.075, 0.075],
    null,
    ["start_factor", "end_factor", "total_iters", ...COMMON],
  ],
  ["ExponentialLR", [0.9], [0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049, 0.0531441], null, ["gamma", ...COMMON]],
  [
    "PolynomialLR",
    [{ total_iters: 5, power: 2.0 }],
    [0.1, 0.064, 0.036, 0.016, 0.004, 0, 0],
    null,
    ["total_iters", "power", ...COMMON],
  ],
  [
    "CosineAnnealingLR",
    [4, { eta_min: 0.01 }],
    [0.1, 0.0868198, 0.055, 0.0231802, 0.01, 0.0231802, 0.055],
    null,
    ["T_max", "eta_min", ...COMMON],
  ],
  [
    "CosineAnnealingWarmRestarts",
    [2, 2, { eta_min: 0.01 }],
    [0.1, 0.055, 0.1, 0.0868198, 0.055, 0.0231802, 0.1],
    null,
    ["T_0", "T_i", "T_mult", "eta_min", "T_cur", ...COMMON],
  ],
  [
    "CyclicLR",
    [0.01, 0.1, { step_size_up: 2 }],
    [0.01, 0.055, 0.1, 0.055, 0.01, 0.055, 0.1],
    [0.9, 0.85, 0.8, 0.85, 0.9, 0.85, 0.8],
    [
      "max_lrs",
      "total_size",
      "step_ratio",
      "mode",
      "gamma",
      "scale_mode",
      "cycle_momentum",
      "use_beta1",
      "base_momentums",
      "max_momentums",
      ...COMMON,
      "_scale_fn_custom",
    ],
  ],
  [
    "CyclicLR",
    [0.01, 0.1, { step_size_up: 2, step_size_down: 1, mode: "triangular2" }],
    [0.01, 0.055, 0.1, 0.01, 0.0325, 0.055, 0.01],
    [0.9, 0.85, 0.8, 0.9, 0.875, 0.85, 0.9],
    [
      "max_lrs",
      "total_size",
      "step_ratio",
      "mode",
      "gamma",
      "scale_mode",
      "cycle_momentum",
      "use_beta1",
      "base_momentums",
      "max_momentums",
      ...COMMON,
      "_scale_fn_custom",
    ],
  ],
  [
    "CyclicLR",
    [0.01, 0.1, { step_size_up: 2, mode: "exp_range", gamma: 0.9, cycle_momentum: false }],
    [0.01, 0.0505, 0.0829, 0.042805, 0.01, 0.0365721, 0.0578297],
    null,
    [
      "max_lrs",
      "total_size",
      "step_ratio",
      "mode",
      "gamma",
      "scale_mode",
      "cycle_momentum",
      ...COMMON,
      "_scale_fn_custom",
    ],
  ],
  [
    "OneCycleLR",
    [0.1, { total_steps: 7 }],
    [0.004, 0.0980557, 0.0919044, 0.0672684, 0.0357739, 0.00992968, 4e-7],
    [0.95, 0.852025, 0.858096, 0.882732, 0.914226, 0.940071, 0.95],
    ["total_steps", "_schedule_phases", "_anneal_func_type", "cycle_momentum", "use_beta1", ...COMMON],
  ],
  [
    "OneCycleLR",
    [0.1, { epochs: 1, steps_per_epoch: 7, three_phase: true, anneal_strategy: "linear" }],
    [0.004, 0.0912727, 0.0214545, 0.00315798, 0.00210545, 0.00105293, 4e-7],
    [0.95, 0.859091, 0.931818, 0.95, 0.95, 0.95, 0.95],
    ["total_steps", "_schedule_phases", "_anneal_func_type", "cycle_momentum", "use_beta1", ...COMMON],
  ],
])("%s(optimizer, ...%j)", (name, args, lrs, momentums, keys) => {
  const make = (optimizer: Optimizer) =>
    (lr_scheduler[name] as unknown as (...args: unknown[]) => Scheduler)(optimizer, ...args);

  test("learning rates and momentums", () => {
    const optimizer = sgd();
    const got = run(optimizer, make(optimizer));
    expectClose(got.lrs, lrs);
    if (momentums) expectClose(got.momentums, momentums);
  });

  test("the same with a tensor, in place", () => {
    const lr = torch.tensor(0.1);
    const optimizer = sgd(lr);
    expectClose(run(optimizer, make(optimizer)).lrs, lrs);
    expect(optimizer.param_groups[0].lr === lr).toBe(true);
  });

  test("betas in place of momentum", () => {
    const optimizer = Adam([zeros()], { lr: 0.1 });
    const got = run(optimizer, make(optimizer));
    expectClose(got.lrs, lrs);
    if (momentums) expect(optimizer.param_groups[0].betas[0]).toBeCloseTo(momentums[6], 5);
    expect(optimizer.param_groups[0].betas[1]).toBe(0.999);
  });

  test("a state dict of Python's fields, from which another one continues", () => {
    const optimizer = sgd();
    const scheduler = make(optimizer);
    run(optimizer, scheduler, 3);
    const state = scheduler.state_dict();
    expect(Object.keys(state)).toEqual(keys);
    const other = sgd();
    const loaded = make(other);
    loaded.load_state_dict(state);
    other.load_state_dict(optimizer.state_dict());
    expectClose(run(other, loaded, 3).lrs, lrs.slice(3));
  });
});

describe("LambdaLR and MultiplicativeLR", () => {
  test("one function for all groups, or one for each", () => {
    const optimizer = SGD([{ params: [zeros()] }, { params: [zeros()], lr: 0.5 }], { lr: 0.1 });
    const scheduler = LambdaLR(optimizer, [(epoch) => 0.5 ** epoch, (epoch) => 1 / (epoch + 1)]);
    optimizer.step();
    scheduler.step();
    optimizer.step();
    scheduler.step();
    expectClose(scheduler.get_last_lr() as number[], [0.025, 0.5 / 3]);
    expect(scheduler.base_lrs).toEqual([0.1, 0.5]);
    expect(() => LambdaLR(optimizer, [() => 1])).toThrow(new torch.ValueError("Expected 2 lr_lambdas, but got 1"));
  });

  test("multiply the first learning rate, and the last one", () => {
    const [a, b] = [sgd(), sgd()];
    expectClose(
      run(
        a,
        LambdaLR(a, (epoch) => 0.5 * epoch),
        3,
      ).lrs,
      [0, 0.05, 0.1, 0.15],
    );
    expectClose(run(b, MultiplicativeLR(b, { lr_lambda: () => 0.5 }), 3).lrs, [0.1, 0.05, 0.025, 0.0125]);
    expect(() => MultiplicativeLR(b, 3 as never)).toThrow(new TypeError("lr_lambda should be a function, but got int"));
  });

  test("save no functions", () => {
    const scheduler = LambdaLR(sgd(), () => 0.5);
    expect(scheduler.state_dict().lr_lambdas).toEqual([null]);
    scheduler.load_state_dict(scheduler.state_dict());
    expect(scheduler.lr_lambdas.length).toBe(1);
  });
});

describe("ReduceLROnPlateau", () => {
  const metrics = [1, 0.9, 0.95, 0.96, 0.97, 0.5, 0.5, 0.5];

  test.each([
    [{ patience: 1, factor: 0.5 }, [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025]],
    [
      { mode: "max", patience: 0, threshold_mode: "abs", cooldown: 1, min_lr: 0.005 },
      [0.1, 0.01, 0.01, 0.005, 0.005, 0.005, 0.005, 0.005],
    ],
  ] as const)("%j", (options, expected) => {
    const optimizer = sgd();
    const scheduler = ReduceLROnPlateau(optimizer, options);
    const lrs = metrics.map((metric) => {
      scheduler.step(metric);
      return optimizer.param_groups[0].lr;
    });
    expectClose(lrs, expected);
  });

  test("takes tensors, and keywords", () => {
    const scheduler = ReduceLROnPlateau(sgd(), "min", 0.5, 0);
    scheduler.step(torch.tensor(1.5));
    expect(scheduler.best).toBe(1.5);
    scheduler.step({ metrics: 2 });
    expect(scheduler.get_last_lr()).toEqual([0.05]);
    // @ts-expect-error: the metrics are missing
    expect(() => scheduler.step()).toThrow(
      "ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'",
    );
  });

  test("has Python's fields", () => {
    expect(Object.keys(ReduceLROnPlateau(sgd()).state_dict())).toEqual([
      ...["factor", "default_min_lr", "min_lrs", "patience", "cooldown", "eps", "last_epoch", "_last_lr"],
      ...["mode_worse", "mode", "threshold", "threshold_mode", "best", "cooldown_counter", "num_bad_epochs"],
    ]);
  });

  test("new groups need a least learning rate too", () => {
    const [one, each] = [sgd(), sgd()];
    const schedulers = [ReduceLROnPlateau(one, { patience: 0 }), ReduceLROnPlateau(each, { patience: 0, min_lr: [0] })];
    for (const optimizer of [one, each]) optimizer.add_param_group({ params: [zeros()] });
    for (const scheduler of schedulers) scheduler.step(1);
    schedulers[0].step(2);
    expect(schedulers[0].min_lrs).toEqual([0, 0]);
    expect(() => schedulers[1].step(2)).toThrow("The number of param groups in the `optimizer` (2) differs");
  });

  test.each([
    [{ factor: 1 }, "Factor should be < 1.0."],
    [{ mode: "mid" }, "mode mid is unknown!"],
    [{ threshold_mode: "both" }, "threshold mode both is unknown!"],
    [{ min_lr: [0, 0] }, "expected 1 min_lrs, got 2"],
  ])("refuses %j", (options, message) => {
    expect(() => ReduceLROnPlateau(sgd(), options as object)).toThrow(new torch.ValueError(message));
  });
});

describe("SequentialLR and ChainedScheduler", () => {
  test("one after the other", () => {
    const optimizer = sgd();
    const schedulers = [
      ConstantLR(optimizer, { factor: 0.1, total_iters: 2 }),
      ExponentialLR(optimizer, { gamma: 0.9 }),
    ];
    const scheduler = SequentialLR(optimizer, schedulers, { milestones: [3] });
    expectClose(run(optimizer, scheduler).lrs, [0.01, 0.01, 0.1, 0.1, 0.09, 0.081, 0.0729]);
  });

  test("sequences within sequences", () => {
    const optimizer = sgd();
    const inner = SequentialLR(optimizer, [LinearLR(optimizer, { total_iters: 2 }), StepLR(optimizer, 2)], [2]);
    const scheduler = SequentialLR(optimizer, [inner, ExponentialLR(optimizer, 0.5)], [5]);
    expectClose(run(optimizer, scheduler).lrs, [0.0333333, 0.1, 0.1, 0.01, 0.01, 0.1, 0.05]);
  });

  test("all at once", () => {
    const optimizer = sgd();
    const scheduler = ChainedScheduler([ConstantLR(optimizer, 0.1, 4), ExponentialLR(optimizer, 0.9)]);
    expectClose(run(optimizer, scheduler).lrs, [0.01, 0.009, 0.0081, 0.00729, 0.06561, 0.059049, 0.0531441]);
  });

  test("save the states of the schedulers within", () => {
    const make = (optimizer: Optimizer) =>
      SequentialLR(optimizer, [ConstantLR(optimizer), CosineAnnealingLR(optimizer, 5)], [2]);
    const optimizer = sgd();
    const scheduler = make(optimizer);
    run(optimizer, scheduler, 3);
    const state = scheduler.state_dict();
    expect(Object.keys(state)).toEqual(["_milestones", "last_epoch", "_last_lr", "_schedulers"]);
    expect(state._schedulers.map(({ last_epoch }: { last_epoch: number }) => last_epoch)).toEqual([1, 1]);
    const loaded = make(sgd());
    loaded.load_state_dict(state);
    expect(loaded.state_dict()).toEqual(state);
    expect(ChainedScheduler([scheduler]).state_dict()._schedulers).toEqual([state]);
  });

  test("belong to one optimizer, and fit", () => {
    const [optimizer, other] = [sgd(), sgd()];
    const schedulers = [ExponentialLR(optimizer, 0.9), ExponentialLR(other, 0.9)];
    expect(() => SequentialLR(optimizer, schedulers, [1])).toThrow(
      "SequentialLR expects all schedulers to belong to the same optimizer, but got scheduler ExponentialLR at index 1 has SGD (",
    );
    expect(() => SequentialLR(optimizer, schedulers.slice(0, 1), [1])).toThrow(
      "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers 1 and the number of milestones to be equal to 1",
    );
    expect(() => SequentialLR(optimizer, [], [])).toThrow(
      "SequentialLR expects at least one scheduler, but got no scheduler.",
    );
    expect(() => ChainedScheduler([ReduceLROnPlateau(optimizer)])).toThrow(
      "ChainedScheduler does not support `ReduceLROnPlateau` scheduler",
    );
  });
});

describe("LRScheduler", () => {
  class Halving extends LRScheduler {
    declare by: number;

    constructor(optimizer: Optimizer, by = 2) {
      super(optimizer, -1, { by });
    }

    override get_lr(): number[] {
      return this.optimizer.param_groups.map((group) => (this.last_epoch === 0 ? group.lr : group.lr / this.by));
    }
  }

  test("can be extended", () => {
    const optimizer = sgd();
    const scheduler = new Halving(optimizer);
    expectClose(run(optimizer, scheduler, 2).lrs, [0.1, 0.05, 0.025]);
    expect(Object.keys(scheduler.state_dict())).toEqual(["by", ...COMMON]);
  });

  test("is made for optimizers, and continues only what has an initial_lr", () => {
    expect(() => StepLR({} as never, 2)).toThrow(TypeError);
    expect(() => StepLR("x" as never, 2)).toThrow(new TypeError("str is not an Optimizer"));
    expect(() => StepLR(sgd(), { step_size: 2, last_epoch: 3 })).toThrow(torch.KeyError);
    expect(() => (StepLR as unknown as (optimizer: unknown) => void)(sgd())).toThrow(
      new TypeError("StepLR.__init__() missing 1 required positional argument: 'step_size'"),
    );
    expect(() => LRScheduler(sgd())).toThrow(torch.NotImplementedError);
    const optimizer = SGD([{ params: [zeros()], initial_lr: 0.8 }], { lr: 0.1 });
    expectClose(ExponentialLR(optimizer, 0.5, 3).base_lrs as number[], [0.8]);
  });

  test("warns when the optimizer has not stepped, and of other misuse", () => {
    const optimizer = sgd();
    const scheduler = ExponentialLR(optimizer, 0.5);
    expect(warnings(() => scheduler.step()).join()).toContain(
      "Detected call of `lr_scheduler.step()` before `optimizer.step()`.",
    );
    expect(warnings(() => scheduler.get_lr())).toEqual([
      "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
    ]);
    expect(warnings(() => scheduler.step({ epoch: 4 })).join()).toContain("The epoch parameter in `scheduler.step()`");
    expectClose(scheduler.get_last_lr() as number[], [0.1 * 0.5 ** 4]);

    const replaced = sgd();
    const other = ExponentialLR(replaced, 0.5);
    replaced.step = () => null as never;
    expect(warnings(() => other.step()).join()).toContain("`optimizer.step()` has been overridden");
    const fine = sgd();
    const last = ExponentialLR(fine, 0.5);
    expect(
      warnings(() => {
        fine.step();
        last.step();
      }),
    ).toEqual([]);
  });

  test("sets the learning rates of all groups", () => {
    const optimizer = SGD([{ params: [zeros()] }, { params: [zeros()], lr: 0.5 }], { lr: 0.1 });
    const scheduler = MultiStepLR(optimizer, { milestones: [1], gamma: 0.5 });
    optimizer.step();
    scheduler.step();
    expect(optimizer.param_groups.map(({ lr, initial_lr }) => [lr, initial_lr])).toEqual([
      [0.05, 0.1],
      [0.25, 0.5],
    ]);
    const byBase = LambdaLR(optimizer, () => 0.5);
    optimizer.add_param_group({ params: [zeros()] });
    optimizer.step();
    expect(() => byBase.step()).toThrow(new torch.ValueError("zip() argument 2 is shorter than argument 1"));
  });
});

test.each([
  [() => ConstantLR(sgd(), { factor: 2 }), "Constant multiplicative factor expected to be between 0 and 1."],
  [
    () => LinearLR(sgd(), { start_factor: 0 }),
    "Starting multiplicative factor expected to be greater than 0 and less or equal to 1.",
  ],
  [() => LinearLR(sgd(), { end_factor: 2 }), "Ending multiplicative factor expected to be between 0 and 1."],
  [() => CosineAnnealingWarmRestarts(sgd(), 0), "Expected positive integer T_0, but got 0"],
  [() => CosineAnnealingWarmRestarts(sgd(), 1, 0.5), "Expected integer T_mult >= 1, but got 0.5"],
  [() => CyclicLR(sgd(), 0.1, 1, { mode: "zigzag" as never }), "mode is invalid and scale_fn is None"],
  [
    () => CyclicLR(sgd(), [0.1, 0.2], 1),
    "base_lr must have the same length as optimizer.param_groups. base_lr has 2 values, param_groups has 1.",
  ],
  [
    () => CyclicLR(torch.optim.Adagrad([zeros()]), 0.1, 1),
    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
  ],
  [() => OneCycleLR(sgd(), 0.1), "You must define either total_steps OR (epochs AND steps_per_epoch)"],
  [() => OneCycleLR(sgd(), 0.1, -1), "Expected positive integer total_steps, but got -1"],
  [() => OneCycleLR(sgd(), 0.1, 5, { pct_start: 2 }), "Expected float between 0 and 1 pct_start, but got 2.0"],
  [
    () => OneCycleLR(sgd(), 0.1, 5, { anneal_strategy: "log" as never }),
    "anneal_strategy must be one of 'cos' or 'linear', instead got log",
  ],
])("throws what Python throws: %s", (make, message) => {
  expect(make).toThrow(new torch.ValueError(message));
});

test("OneCycleLR ends with its cycle", () => {
  const optimizer = sgd();
  const scheduler = OneCycleLR(optimizer, 0.1, { total_steps: 4 });
  expect(() => run(optimizer, scheduler, 5)).toThrow(
    new torch.ValueError("Tried to step 5 times. The specified number of total steps is 4"),
  );
});

test("CyclicLR scales by a function of one's own", () => {
  const optimizer = sgd();
  const scheduler = CyclicLR(optimizer, 0.1, 0.3, { step_size_up: 1, scale_fn: (x) => 1 / x, scale_mode: "cycle" });
  expectClose(run(optimizer, scheduler, 3).lrs, [0.1, 0.3, 0.1, 0.2]);
  expect(scheduler.state_dict()._scale_fn_custom).toBeNull();
});

test("PolynomialLR and CosineAnnealingWarmRestarts go to an epoch", () => {
  const [polynomial, cosine] = [PolynomialLR(sgd(), 4), CosineAnnealingWarmRestarts(sgd(), 2, 2)];
  warnings(() => polynomial.step(2));
  cosine.step(3.5);
  expectClose(polynomial.get_last_lr() as number[], [0.05]);
  expectClose(cosine.get_last_lr() as number[], [0.0691342]);
  expect([cosine.T_cur, cosine.T_i, cosine.last_epoch]).toEqual([1.5, 4, 3]);
});
