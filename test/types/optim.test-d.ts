import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { nn, optim } from "../../lib/index.js";

const model = nn.Linear(2, 3);

const sgd = optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, nesterov: true });
expectTypeOf(sgd).toExtend<optim.Optimizer>();
optim.SGD([model.weight], 0.1, 0.9);
optim.SGD(model.parameters(), torch.tensor(0.1));
optim.Adam(model.named_parameters(), { betas: [0.9, 0.99], amsgrad: true, foreach: null });
new optim.AdamW([{ params: model.parameters(), lr: 1e-3 }, { params: [model.weight] }], { weight_decay: 0.1 });
optim.Adam({ params: model.parameters(), lr: 1e-3 });
const lbfgs = optim.LBFGS(model.parameters(), { line_search_fn: "strong_wolfe" });
lbfgs.step(() => torch.ones([]));

sgd.step();
sgd.zero_grad();
sgd.zero_grad({ set_to_none: false });
sgd.add_param_group({ params: [model.weight], lr: 1 });
expectTypeOf(sgd.load_state_dict(sgd.state_dict())).toEqualTypeOf<void>();

const scheduler = optim.lr_scheduler.StepLR(sgd, 10, { gamma: 0.5 });
scheduler.step();
optim.lr_scheduler.StepLR(sgd, { step_size: 10, gamma: 0.5 });
optim.lr_scheduler.LambdaLR(sgd, { lr_lambda: () => 1 });
optim.lr_scheduler.CosineAnnealingLR(sgd, 10, { eta_min: 1e-4 });
expectTypeOf(scheduler.get_last_lr()).toEqualTypeOf<(number | torch.Tensor)[]>();
optim.lr_scheduler.SequentialLR(sgd, [scheduler, optim.lr_scheduler.LambdaLR(sgd, (epoch) => 1 / epoch)], {
  milestones: [3],
});

// @ts-expect-error misspelt
optim.SGD(model.parameters(), { lrr: 0.1 });
// @ts-expect-error Adam has no momentum
optim.Adam(model.parameters(), { momentum: 0.9 });
// @ts-expect-error two betas
optim.Adam(model.parameters(), { betas: [0.9] });
// @ts-expect-error parameters are missing
optim.SGD({ lr: 0.1 });
// @ts-expect-error text is no learning rate
optim.SGD(model.parameters(), { lr: "0.1" });
// @ts-expect-error step_size is missing
optim.lr_scheduler.StepLR(sgd);
// @ts-expect-error step_size is missing
optim.lr_scheduler.StepLR(sgd, { gamma: 0.5 });
// @ts-expect-error T_max is missing
optim.lr_scheduler.CosineAnnealingLR(sgd);
// @ts-expect-error misspelt
optim.lr_scheduler.ExponentialLR(sgd, { gama: 0.5 });
// @ts-expect-error a module is no optimizer
optim.lr_scheduler.StepLR(model, 1);
