// What is printed of these uses of torch.func: the twin of programs.py.

import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { nn } from "tstorch";
import {
  debug_unwrap,
  functional_call,
  functionalize,
  grad,
  grad_and_value,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  replace_all_batch_norm_modules_,
  stack_module_state,
  vjp,
  vmap,
} from "tstorch/func";
import * as F from "tstorch/nn/functional";
import { str } from "tstorch/python";
import { expect, test } from "vitest";

const file = path.join(import.meta.dirname, "recordings", "programs.json");
const recorded: Record<string, string> = JSON.parse(fs.readFileSync(file, "utf8"));
const counts = new Map<string, number>();

function printed_of(run: () => unknown): string {
  try {
    return str(run());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** Runs at once, as Python does, for the random numbers; a name that was there gets a number. */
function t(name: string, run: () => unknown): void {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  const full = count > 1 ? `${name} #${count}` : name;
  const text = printed_of(run);
  test(full, () => expect(text).toBe(recorded[full]));
}

test("all that was recorded is here", () => {
  const names = [...counts].flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => (i ? `${name} #${i + 1}` : name)),
  );
  expect(names.sort()).toEqual(Object.keys(recorded).sort());
});

type T = torch.Tensor;

/** What a Function's static methods are given. */
interface Ctx {
  saved_tensors: T[];
  save_for_backward(...tensors: T[]): void;
}

const f64 = { dtype: torch.float64 };
const vals = (shape: number[], start = 0) => {
  const count = shape.reduce((a, b) => a * b, 1);
  return torch
    .arange(0, count, f64)
    .mul(37)
    .add(start * 11)
    .remainder(23)
    .add(1)
    .div(16)
    .reshape(shape);
};
const x = vals([4, 3]);
const y = vals([4, 3], 5);
const k = torch.tensor([0, 2, 1, 2]);
const losses = { mse_loss: F.mse_loss, smooth_l1_loss: F.smooth_l1_loss, huber_loss: F.huber_loss, l1_loss: F.l1_loss };
for (const [loss, f] of Object.entries(losses) as [string, typeof F.l1_loss][])
  for (const red of ["mean", "sum", "none"] as const)
    t(`${loss} ${red}`, () => vmap(grad((x, y) => f(x, y, { reduction: red }).sum()))(x, y).sum());
let w = vals([3], 2);
for (const red of ["mean", "sum", "none"] as const) {
  t(`nll ${red}`, () => vmap(grad((x, k) => F.cross_entropy(x, k, { reduction: red }).sum()))(x, k));
  t(`nllw ${red}`, () =>
    vmap(
      grad((x, k) =>
        F.cross_entropy(x.expand(2, 3), k.expand(2), { weight: w, reduction: red, ignore_index: 1 }).sum(),
      ),
    )(x, k),
  );
  t(`nll2d ${red}`, () =>
    vmap(
      grad((x) =>
        F.cross_entropy(
          x.view(1, 3, 2, 2),
          torch.tensor([
            [
              [0, 1],
              [2, 1],
            ],
          ]),
          { reduction: red },
        ).sum(),
      ),
    )(vals([2, 12])).sum([1]),
  );
}
t("addr", () => vmap((a, b) => torch.addr(a.outer(b), a, b, { beta: 2, alpha: 3 }))(x, y).sum([1, 2]));
t("hess ce", () => hessian((x) => F.cross_entropy(x, torch.tensor(1)))(x[0]));
t("hess ce2", () => hessian((x) => F.cross_entropy(x.view(2, 2), torch.tensor([1, 0])))(vals([4])));
t("hess ln", () => hessian((x) => F.layer_norm(x, [3], w, w).pow(3).sum())(x[0]));
t("hess bn", () => hessian((x) => F.batch_norm(x.view(3, 2), null, null, { training: true }).pow(3).sum())(vals([6])));
t("hess bn eval", () =>
  hessian((x) => F.batch_norm(x.view(3, 1), torch.zeros(1).double(), torch.ones(1).double()).pow(3).sum())(x[0]),
);
t("jacfwd logsig", () => jacfwd(F.logsigmoid)(x[0]));
t("hess logsig", () => hessian((x) => F.logsigmoid(x).sum())(x[0]));
t("hess softmax", () => hessian((x) => F.softmax(x, 0).pow(2).sum())(x[0]));
t("jacfwd trace", () => jacfwd(torch.trace)(vals([2, 2])));
t("hess gelu", () => hessian((x) => F.gelu(x).sum())(x[0]));
t("jacfwd conv", () => jacfwd((x) => F.conv1d(x.view(1, 1, 6), vals([1, 1, 3])))(vals([6])).shape);
for (const randomness of ["different", "same"] as const) {
  torch.manual_seed(0);
  t(`rand ${randomness}`, () => vmap((x) => x.add(torch.randn(2)), { randomness })(torch.zeros(3, 2)));
  torch.manual_seed(0);
  t(`drop ${randomness}`, () => vmap((x) => F.dropout(x, 0.5), { randomness })(torch.ones(3, 4)));
  torch.manual_seed(0);
  t(`bern ${randomness}`, () => vmap((x) => torch.bernoulli(x), { randomness })(torch.full([3, 4], 0.5)));
  torch.manual_seed(0);
  t(`chunk ${randomness}`, () => vmap((x) => x.add(torch.randn(2)), { randomness, chunk_size: 2 })(torch.zeros(3, 2)));
}
torch.manual_seed(0);
const models = [0, 1, 2].map(() => nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)));
const [params, buffers] = stack_module_state(models);
t("stacked", () => [
  Object.fromEntries(Object.entries(params).map(([k, v]) => [k, v.shape])),
  buffers,
  params["0.weight"].requires_grad,
  params["0.weight"].is_leaf,
]);
const d = torch.arange(0, 6).float().view(2, 3).div(6);
t("ensemble", () => vmap((p, b, d) => functional_call(models[0], [p, b], [d]), [0, 0, null])(params, buffers, d));
const pd = Object.fromEntries([...models[0].named_parameters()].map(([k, v]) => [k, v.detach()]));
const cl = (p: Record<string, T>, a: T, b: T): T =>
  F.mse_loss(functional_call(models[0], p, [a.unsqueeze(0)]), b.unsqueeze(0));
t("persample", () =>
  Object.fromEntries(
    Object.entries<T>(vmap(grad(cl), [null, 0, 0])(pd, d, torch.ones(2, 2))).map(([k, v]) => [k, v.shape]),
  ),
);
t("persample", () => vmap(grad(cl), [null, 0, 0])(pd, d, torch.ones(2, 2))["2.bias"]);
const maml = (theta: T): T => {
  const inner = (w: T, x: T): T => w.mul(x).sin().sub(x).pow(2).mean();
  const task = (x: T): T => {
    const w = theta.sub(grad(inner)(theta, x).mul(0.1));
    return inner(w, x);
  };
  return vmap(task)(vals([4, 3])).mean();
};
t("maml", () => grad_and_value(maml)(torch.tensor(0.5, f64)));
const bn = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2));
t("bn", () => vmap((b) => bn(b))(torch.ones(2, 4, 3)));
replace_all_batch_norm_modules_(bn);
t("bn replaced", () => {
  const norm = bn[0] as InstanceType<typeof nn.BatchNorm1d>;
  return [norm.running_mean, norm.track_running_stats, [...bn.named_buffers()].map(([name]) => name)];
});
t("bn", () => vmap((b) => bn(b))(torch.ones(2, 4, 3)).shape);
class Sq extends torch.autograd.Function {
  static override generate_vmap_rule = true;
  static override forward(x: T, y: T) {
    return x.mul(x).mul(y);
  }
  static override setup_context = (ctx: Ctx, inputs: T[]) => ctx.save_for_backward(...inputs);
  static override backward(ctx: Ctx, g: T) {
    const [x, y] = ctx.saved_tensors;
    return [x.mul(2).mul(y).mul(g), x.mul(x).mul(g)];
  }
}
const sq = (...a: T[]): T => Sq.apply(...a);
t("sq grad", () => grad((x) => sq(x, x).sum())(x[0]));
t("sq gradgrad", () => grad((x) => grad((x) => sq(x, x).sum())(x).sum())(x[0]));
t("sq vmap", () => vmap(sq, [0, null])(x, y[0]));
t("sq vmapgrad", () =>
  vmap(
    grad((x, y) => sq(x, y).sum(), [0, 1]),
    [0, null],
  )(x, y[0]),
);
t("sq gradvmap", () => grad((y) => vmap(sq, [0, null])(x, y).sum())(y[0]));
t("sq vmapvmap", () => vmap(vmap(sq, [0, null]), [0, 0])(x, y[":,0"]));
t("sq vmapvmapgrad", () => vmap(vmap(grad(sq), [0, null]), [0, 0])(x, y[":,0"]));
t("sq jacrev", () => jacrev((x) => sq(x, y[0]))(x[0]));
t("sq jacrevjacrev", () => jacrev(jacrev((x) => sq(x, y[0]).sum()))(x[0]));
const seen: unknown[] = [];
class Mul extends torch.autograd.Function {
  static override forward(x: T, y: T) {
    return [x.mul(y), x.add(y)];
  }
  static override setup_context = (ctx: Ctx, inputs: T[]) => ctx.save_for_backward(...inputs);
  static override backward(ctx: Ctx, g: T, h: T) {
    const [x, y] = ctx.saved_tensors;
    return [y.mul(g).add(h), x.mul(g).add(h)];
  }
  static override vmap = (info: { batch_size: number; randomness: string }, in_dims: (number | null)[], a: T, b: T) => {
    seen.push([info.batch_size, info.randomness, in_dims]);
    const [x, y] = [a, b].map((t, i) => (in_dims[i] === null ? t : t.movedim(in_dims[i], 0)));
    return [Mul.apply(x, y), [0, 0]];
  };
}
t("mul vmap", () => vmap((...a) => Mul.apply(...a), [1, null])(x.t(), y[0]));
t("mul vmapgrad", () =>
  vmap(
    grad(
      (x, y) => {
        const [a, b] = Mul.apply(x, y);
        return a.sum().add(b.sum());
      },
      [0, 1],
    ),
    [0, null],
  )(x, y[0]),
);
t("vmap info", () => seen);
t("kw", () => vmap((x, { scale = 4 } = {}) => x.mul(scale))(x[":2"], { scale: 2 }));
t("sumdim", () => vmap(torch.sum)(x, { dim: 0 }));
t("names", () => vmap((d) => ({ a: d.x.dot(d.y), b: d.x }), [{ x: 0, y: null }], { a: 0, b: 1 })({ x, y: y[0] }));
t("aux", () => grad((x) => [x.sin().sum(), { c: x.cos() }], { has_aux: true })(x[0]));
t("gvaux", () => grad_and_value((x) => [x.sin().sum(), { c: x.cos() }], { has_aux: true })(x[0]));
t("argnums", () => grad((x, y) => x.mul(y).mul(y).sum(), [0, -1])(x[0], y[0]));
t("jvpaux", () => jvp((x) => [x.sin(), x.cos()], [x[0]], [y[0]], { has_aux: true }));
t("vjpaux", () => vjp((x) => [x.sin(), x.cos()], x[0], { has_aux: true })[2]);
t("vjpdict", () => vjp((d) => ({ o: d.a.mul(2) }), { a: x[0] })[1]({ o: y[0] }));
t("jacrev2", () => jacrev((x, y) => [x.mul(y.sum()), { s: y.sin() }], [0, 1])(x[0], y[0][":2"]));
t("jacrevchunk", () => jacrev((x) => x.mul(x).outer(x), { chunk_size: 2 })(x[0]).sum(2));
t("jacrevchunk1", () => jacrev((x) => x.mul(x).outer(x), { chunk_size: 1 })(x[0]).sum(2));
t("jacfwdaux", () => jacfwd((x) => [x.sin(), x.cos()], { has_aux: true })(x[0]));
t("jacrevaux", () => jacrev((x) => [x.sin(), x.cos()], { has_aux: true })(x[0]));
t("linearize", () => [
  linearize((x, y) => x.sin().mul(y), x[0], y[0])[0],
  linearize((x, y) => x.sin().mul(y), x[0], y[0])[1](y[0], x[0]),
]);
const mut = (x: T): T => {
  x.index_put_([0], 5);
  x.view(-1).mul_(2);
  return x;
};
let z = x[0].clone();
t("func", () => [functionalize(mut)(z), z]);
z = x[0].clone();
t("func", () => [functionalize(mut, { remove: "mutations_and_views" })(z), z]);
t("func", () => functionalize(mut, { remove: "foo" }));
t("outneg", () => vmap((x) => x.sum(), { out_dims: -1 })(x).shape);
t("outneg", () => vmap((_x) => torch.ones(2, 3), { out_dims: -1 })(x).shape);
torch.no_grad(() => t("nograd", () => grad((x) => x.sin().sum())(x[0])));
t("ng", () =>
  grad((x) => {
    const c = torch.no_grad(() => x.mul(x));
    return x.sub(c).sum();
  })(x[0]),
);
w = torch.ones(3, { dtype: torch.float64, requires_grad: true });
t("outer", () => torch.autograd.grad(vmap((x) => x.mul(w).sum())(x).sum(), w));
t("outergrad", () => torch.autograd.grad(grad((x) => x.mul(w).sin().sum())(x[0]).sum(), w));
t("batched", () => torch.autograd.grad(w.mul(w).sum().add(w.mul(0)), w, torch.eye(3, f64), { is_grads_batched: true }));
t("strict", () => functional_call(nn.Linear(2, 2), { weight: torch.ones(2, 2) }, [torch.ones(2)], { strict: true }));
t("dup", () =>
  functional_call(nn.Linear(2, 2), [{ weight: torch.ones(2, 2) }, { weight: torch.ones(2, 2) }], [torch.ones(2)]),
);
t("stack", () => stack_module_state([]));
t("stack", () => stack_module_state([nn.Linear(2, 2), nn.ReLU()]));
t("stack", () => stack_module_state([nn.Linear(2, 2), nn.Linear(2, 2).eval()]));

const v = torch.arange(0, 3, { dtype: torch.float32 });
t("item", () => vmap((x) => x.item())(v));
t("item under grad", () => grad((x) => x.mul(x.sum().item()).sum())(v));
t("no tensor", () => grad((x) => x.sum().item() + 0.5)(v));
t("numpy", () => vmap((x) => x.numpy())(v));
t("tolist", () => vmap((x) => x.tolist())(torch.ones(2, 3)));
t("data_ptr", () => vmap((x) => x.data_ptr())(v));
t("untyped_storage", () => vmap((x) => x.untyped_storage())(v));
t("data", () => vmap((x) => x.data)(v));
t("numpy under grad", () => grad((x) => x.numpy())(v));
t("detached numpy under grad", () => grad((x) => x.detach().numpy())(v));
t("backward", () => grad((x) => x.sum().backward())(v));
t("requires_grad_", () => grad((x) => x.requires_grad_())(v));
t("retain_grad", () => grad((x) => x.mul(2).retain_grad())(v));
t("made inside", () => grad((x) => torch.tensor([1.5, 2.5], { requires_grad: true }).sum().add(x.sum()))(v));
t("random", () => vmap((x) => x.add(torch.randn([])))(v));
t("nonzero", () => vmap((x) => torch.nonzero(x))(torch.ones(2, 2)));
t("mask", () => vmap((x) => x.masked_select(x.gt(0)))(torch.ones(2, 2)));
t("equal", () => vmap((x) => torch.equal(x, x))(torch.ones(2, 2)));
const escaped: torch.Tensor[] = [];
const escape = (x: torch.Tensor) => {
  escaped.push(x);
  return x.sum();
};
grad(escape)(v);
vmap(escape)(torch.ones(2, 3));
t("escaped", () => [escaped[0], escaped[0].add(1), escaped[0].requires_grad, debug_unwrap(escaped[0])]);
t("escaped", () => [escaped[1], escaped[1].shape]);
t("escaped", () => escaped[1].add(1));
t("escaped", () => escaped[1].sum());
const printed: unknown[] = [];
const look = (x: torch.Tensor) => {
  printed.push([String(x), x.shape, x.requires_grad]);
  return x.sum();
};
vmap(look)(vals([2, 3]));
grad(look)(v);
vmap(grad(look))(vals([2, 3]));
jvp(look, [v], [v]);
functionalize(look)(v);
t("printed", () => printed);
const read: unknown[] = [];
const reads = (given: torch.Tensor) => {
  let x = given;
  read.push([x.is_conj(), x.is_neg(), x.is_complex(), x.is_floating_point(), x.is_signed(), x.is_inference()]);
  read.push([
    x.numel(),
    x.dim(),
    x.stride(),
    x.storage_offset(),
    x.is_contiguous(),
    x.is_leaf,
    String(x.dtype),
    String(x.device),
  ]);
  x = x.mul(1);
  x.index_put_([0], 5.5);
  x.index_put_([1], torch.tensor(6.5));
  const parts = [x[0], x["0:1"], x.index(":", null), x.index(torch.tensor([0, 1])), torch.tensor([0.5])];
  read.push([...parts.map(String), [...x].length]);
  const y = x.clone();
  read.push(y.add_(1) === y);
  return x.sum();
};
vmap(reads)(vals([2, 3]));
grad(reads)(v);
t("reads", () => read);
t("lists", () => jvp((x) => x.mul(torch.tensor(x.tolist(), { dtype: torch.float32 })), [v], [v]));
t("in_dims", () => vmap((x) => x, [0, 0])(v));
t("in_dims", () => vmap((x) => x, "a" as never)(v));
t("in_dims", () => vmap((x, ..._more) => x, [0])(v, v));
t("in_dims", () => vmap((..._none) => v)());
t("in_dims", () => vmap((x) => x)(3));
t("in_dims", () => vmap((x) => x, 3)(v));
t("in_dims", () => vmap((x) => x, null as never)(v));
t("in_dims", () => vmap((x) => x, [null])(v));
t("in_dims", () => vmap((x, _y) => x)(torch.ones(2), torch.ones(3)));
t("out_dims", () => vmap((x) => x, { out_dims: [0, 1] })(v));
t("out_dims", () => vmap((_x) => 3)(v));
t("out_dims", () => vmap((x) => [x, x], { out_dims: [0, null] })(v));
t("out_dims", () => vmap((x) => x, { out_dims: "a" })(v));
t("randomness", () => vmap((x) => x, { randomness: "foo" as never }));
t("chunk_size", () => vmap((x) => x, { chunk_size: 0 }));
t("grad", () => grad((x) => x)(v));
for (const argnums of [2, [0, 0], [], 1.5, [1.5]]) t("argnums error", () => grad((x) => x.sum(), { argnums })(v));
t("grad", () => grad((x) => x.sum())(3));
t("grad", () => grad((x) => x.sum())(torch.ones(2, { dtype: torch.int64 })));
t("vjp", () => vjp((_x) => 3, v));
t("vjp", () => vjp((_x) => null, v));
t("vjp", () => vjp((_x) => [], v));
t("vjp", () => vjp((x) => x.sum(), v)[1]([v, v]));
t("vjp", () => vjp((x) => [x.sum(), x], v)[1](v));
t("vjp", () => vjp((x) => x, v)[1](v.sum()));
t("vjp", () => vjp((x) => x.gt(0), v));
t("jvp", () => jvp((x) => x, v as never, v as never));
t("jvp", () => jvp((x) => x, [v], v as never));
t("jvp", () => jvp((x) => x, [v], [v.sum()]));
t("jvp", () => jvp((_x) => 3, [v], [v]));
t("jvp", () => jvp((_x) => torch.ones(3), [v], [v], { strict: true }));
t("jacrev", () => jacrev((x) => x)(v.to(torch.complex64)));
t("jacfwd", () => jacfwd((x) => x)(v.to(torch.complex64)));
t("linearize error", () => linearize((x) => x.sin(), v)[1](v.double()));
t("linearize error", () => linearize((x) => x.sin(), v)[1](v[0]));
t("linearize error", () => linearize((one: T) => one.sin(), v)[1](...([v, v] as never as [T])));
const captured = torch.ones(3);
t("captured", () => grad((x) => captured.add_(x).sum())(v));
t("captured", () => vmap((x) => captured.add_(x).sum())(torch.ones(2, 3)));
class Plain extends torch.autograd.Function {
  static override forward(_ctx: unknown, x: torch.Tensor) {
    return x.mul(2);
  }
  static override backward(_ctx: unknown, g: torch.Tensor) {
    return g.mul(2);
  }
}
t("Function", () => grad((x) => Plain.apply(x).sum())(v));
class Setup extends torch.autograd.Function {
  static override forward(x: torch.Tensor) {
    return x.mul(2);
  }
  static override setup_context = () => {};
  static override backward(_ctx: unknown, g: torch.Tensor) {
    return g.mul(2);
  }
}
t("Function", () => grad((x) => Setup.apply(x).sum())(v));
t("Function", () => vmap((x) => Setup.apply(x).sum())(torch.ones(2, 3)));
t("inference", () =>
  torch.inference_mode(() => [
    grad((x) => x.sin().sum())(v),
    jvp(torch.sin, [v], [v]),
    vjp(torch.sin, v)[1](v),
    torch.is_inference_mode_enabled(),
  ]),
);
t("layers", () => (v.sin().requires_grad_().requires_grad ? -1 : 0));
