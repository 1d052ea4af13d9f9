// Runs one synchronous loop and prints how the resident memory went: node --import tsx loop.ts NAME
import { memoryUsage, resourceUsage } from "node:process";
import * as torch from "tstorch";

const MB = 2 ** 20;
const floats = MB / 4;

/** Each loop: how often, and what it does once. */
const loops: Record<string, [iterations: number, body: (i: number) => void]> = {
  "small operators": [1e6, () => void small.add(small)],
  "small operators of many kinds": [200_000, (i) => void small.mul(i).sum({ dim: 0 }).view(2, 1)[0].item()],
  "1 MB tensors": [3000, () => void big.add(1)],
  "views of 1 MB tensors": [3000, () => void big.add(1)["1:"].view(-1)],
  "1 MB in place": [3000, () => void big.add_(1)],
  "training steps": [10_000, step],
  "1 MB of gradients": [3000, () => void weight.mul(2).sum().backward()],
  "backward passes with hooks": [10_000, hooks],
  "backward passes inside of hooks": [10_000, nested],
  "hooks that come and go": [20_000, () => weight.register_hook(() => {}).remove()],
  "from_numpy of 1 MB": [12_000, () => void torch.from_numpy(new Float32Array(floats).fill(1))],
  "tolist of 10,000 numbers": [1000, () => void numbers10.mul(2).tolist()],
  "torch.tensor of an array": [20_000, () => void torch.tensor(numbers)],
  "disposed 16 MB tensors": [1000, () => torch.zeros(16 * floats).dispose()],
  "hooks on saved tensors": [10_000, () => hooked().backward()],
  "hooks on saved tensors without backward()": [40_000, () => void hooked()],
  checkpoints: [10_000, () => checkpointed(false).backward()],
  "checkpoints without backward()": [10_000, () => void checkpointed(false)],
  "reentrant checkpoints": [10_000, () => checkpointed(true).backward()],
  "selective checkpoints": [3000, () => selective().backward()],
  "selective checkpoints without backward()": [3000, () => void selective()],
  "changed saved tensors": [3000, changed],
  "autograd functions": [10_000, () => Square.apply(page).sum().backward()],
  "autograd functions without backward()": [10_000, () => void Square.apply(page).sum()],
  "autocast and gradients": [
    10_000,
    () =>
      torch
        .autocast("cpu", () => page.matmul(page))
        .sum()
        .backward(),
  ],
  errors: [200_000, () => void fail()],
  transforms: [10_000, (i) => void (i % 2 ? perSample(medium) : failInside())],
};

const small = torch.ones(2, 2);
const big = torch.ones(floats);
const numbers = Array.from({ length: 1000 }, (_, i) => i);
const numbers10 = torch.arange(10_000).float();
const weight = torch.ones(floats, { requires_grad: true });
const parameter = torch.ones(8, 8, { requires_grad: true });

function step(): void {
  const loss = torch.ones(4, 8).matmul(parameter).relu().sum();
  loss.backward();
  torch.no_grad(() => parameter.sub_(parameter.grad as torch.Tensor, { alpha: 1e-6 }));
  parameter.grad = null;
}

const { checkpoint, create_selective_checkpoint_contexts } = torch.utils.checkpoint;

function selective(): torch.Tensor {
  const context_fn = () => create_selective_checkpoint_contexts([torch.ops.aten.mm.default]);
  const options = { use_reentrant: false, context_fn };
  return checkpoint((x: torch.Tensor) => x.matmul(parameter).matmul(parameter).sin().sum(), parameter, options);
}

function changed(): void {
  torch.autograd.graph.allow_mutation_on_saved_tensors(() => {
    const x = parameter.exp();
    const y = x.mul(x).sum();
    x.add_(1);
    y.backward();
  });
}

class Double extends torch.autograd.Function {
  static override forward(ctx: torch.autograd.Function, x: torch.Tensor) {
    ctx.save_for_backward(x);
    return x.mul(2);
  }
  static override backward(ctx: torch.autograd.Function, grad: torch.Tensor) {
    return ctx.saved_tensors[0].mul(0).add(grad).mul(2);
  }
}

const watched = torch.ones(64, 64, { requires_grad: true });
watched.register_hook((grad) => grad.mul(2));
watched.register_post_accumulate_grad_hook((param) => {
  param.grad = null;
});

function hooks(): void {
  const y: torch.Tensor = Double.apply(watched.mul(3));
  y.register_hook((grad) => grad.add(1));
  const removed = y.register_hook(() => {});
  y.grad_fn?.register_hook(([grad]) => grad);
  y.grad_fn?.register_prehook(([grad]) => grad);
  y.mul_(2);
  y.register_hook((grad) => grad.sub(1));
  removed.remove();
  y.sum().backward();
}

function nested(): void {
  const y = watched.mul(3);
  y.register_hook((grad) => {
    const z = torch.enable_grad(() => watched.mul(grad).sum());
    z.backward();
    return torch.autograd.grad(
      torch.enable_grad(() => watched.exp().sum()),
      watched,
    )[0];
  });
  y.sum().backward();
}

const page = torch.ones(32, 32, { requires_grad: true });
const compute = (x: torch.Tensor) => x.mul(x).exp().sin().sum();

function hooked(): torch.Tensor {
  const { saved_tensors_hooks } = torch.autograd.graph;
  return saved_tensors_hooks(
    (tensor) => ({ kept: tensor.clone() }),
    ({ kept }) => kept,
    () => compute(page),
  );
}

const checkpointed = (use_reentrant: boolean): torch.Tensor =>
  torch.utils.checkpoint.checkpoint(compute, page, { use_reentrant });

class Square extends torch.autograd.Function {
  static override forward(ctx: torch.autograd.function.FunctionCtx, x: torch.Tensor): torch.Tensor {
    const square = x.mul(x);
    ctx.save_for_backward(x, square);
    return square;
  }

  static override backward(ctx: torch.autograd.function.FunctionCtx, grad: torch.Tensor): torch.Tensor {
    return grad.mul(ctx.saved_tensors[0]).mul(2);
  }
}

function fail(): void {
  try {
    small.view(3, 3);
  } catch {}
}

const medium = torch.ones(16, 64);
const perSample = torch.vmap(torch.func.grad((x: torch.Tensor) => x.sin().sum()));

function failInside(): void {
  try {
    torch.vmap(torch.func.jacfwd((x: torch.Tensor) => x.item()))(torch.ones(2, 4));
  } catch {}
}

const [iterations, body] = loops[process.argv[2]];
const atStart = memoryUsage.rss();
const quarters = [0, 0, 0, 0];
const every = Math.ceil(iterations / 400);
for (let i = 0; i < iterations; i++) {
  body(i);
  const quarter = Math.floor((4 * i) / iterations);
  if (i % every === 0) quarters[quarter] = Math.max(quarters[quarter], memoryUsage.rss());
}
const peak = Math.max(resourceUsage().maxRSS * 1024, ...quarters);
console.log(JSON.stringify({ growth: (peak - atStart) / MB, quarters: quarters.map((rss) => (rss - atStart) / MB) }));
