// Replays what record_objects.py records. `tools` are replay.mjs's: mismatch, resolve and text.
export function objects(torch, { mismatch, resolve, text }) {
  const keywords = (options) => (Object.keys(options).length ? [options] : []);
  const decay = { halving: (epoch) => 0.5 ** epoch, inverse: (epoch) => 1 / (1 + 0.1 * epoch), constant: () => 0.95 };

  function scheduler(cases, optimizer, name, kwargs) {
    const made = Object.fromEntries(
      Object.entries(kwargs).map(([key, value]) => [
        key,
        key === "schedulers"
          ? value.map((spec) => scheduler(cases, optimizer, ...spec))
          : key === "lr_lambda"
            ? Array.isArray(value)
              ? value.map((one) => decay[one.lambda])
              : decay[value.lambda]
            : cases.value(value),
      ]),
    );
    if (name === "ChainedScheduler")
      return new torch.optim.lr_scheduler.ChainedScheduler(made.schedulers, { optimizer });
    const cls = name === "SWALR" ? torch.optim.swa_utils.SWALR : torch.optim.lr_scheduler[name];
    return new cls(optimizer, made);
  }

  // The recorded state in the form that Python's state_dict() has: int keys come back as strings
  const plain = (value) =>
    value instanceof Map
      ? Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]))
      : Array.isArray(value)
        ? value.map(plain)
        : value && Object.getPrototypeOf(value) === Object.prototype
          ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
          : value;

  function state(cases, s, o, [want, groups], where) {
    const got = plain(s.state_dict());
    const names = [Object.keys(got), Object.keys(want.dict)].map((keys) => keys.sort().join());
    if (names[0] !== names[1]) return `${where}: state_dict has ${names[0]}, not ${names[1]}`;
    return (
      mismatch(cases, got, want, `${where}: state`) ??
      mismatch(cases, plain(o.state_dict().param_groups), groups, `${where}: param_groups`)
    );
  }

  function make(cases, c) {
    const rates = cases.value(c.rates);
    const groups = rates.map((lr) => ({ params: [torch.nn.Parameter(torch.zeros(2))], lr }));
    const o = new torch.optim[c.optimizer](groups, cases.value(c.options));
    return [o, scheduler(cases, o, c.scheduler, c.kwargs)];
  }

  function run(cases, c, [o, s], from, to) {
    const metrics = cases.value(c.metrics);
    for (let step = from; step < to; step++) {
      const now = [
        o.param_groups.map((group) => group.lr),
        o.param_groups.map((group) => group.momentum ?? group.betas ?? null),
      ];
      const bad = mismatch(cases, now, c.steps[step], `step ${step}`);
      if (bad) return bad;
      o.step();
      if (metrics.length) s.step(metrics[step]);
      else s.step();
    }
    return null;
  }

  const transforms = {
    vmap: (f, x, t) => torch.func.vmap(f)(torch.stack([x, t, x.add(t)])),
    vmap_out: (f, x, t) =>
      torch.func.vmap(f, { in_dims: -1, out_dims: -1, chunk_size: 2 })(torch.stack([x, t, x.add(t)], -1)),
    jvp: (f, x, t) => torch.func.jvp(f, [x], [t]),
    vjp: (f, x) => {
      const [out, fn] = torch.func.vjp(f, x);
      return [out, ...fn(out.detach().cos())];
    },
    grad_and_value: (f, x) => torch.func.grad_and_value((y) => f(y).sin().sum())(x),
    per_sample_grad: (f, x, t) => torch.func.vmap(torch.func.grad((y) => f(y).sin().sum()))(torch.stack([x, t])),
    jacrev: (f, x) => torch.func.jacrev(f)(x),
    jacfwd: (f, x) => torch.func.jacfwd(f)(x),
    hessian: (f, x) => torch.func.hessian((y) => f(y).sin().sum())(x),
  };

  const { Function } = torch.autograd;
  class Exp extends Function {
    static forward(ctx, x) {
      const result = x.exp();
      ctx.save_for_backward(result);
      return result;
    }
    static backward(ctx, grad) {
      return grad.mul(ctx.saved_tensors[0]);
    }
  }
  class Scale extends Function {
    static generate_vmap_rule = true;
    static forward(x, factor) {
      return x.mul(factor);
    }
    static setup_context(ctx, inputs) {
      ctx.factor = inputs[1];
    }
    static backward(ctx, grad) {
      return [grad.mul(ctx.factor), null];
    }
    static jvp(ctx, tangent) {
      return tangent.mul(ctx.factor);
    }
  }
  class Doubled extends Function {
    static forward(ctx, x) {
      ctx.mark_dirty(x);
      return x.mul_(2);
    }
    static backward(_, grad) {
      return grad.mul(2);
    }
  }
  class Split extends Function {
    static forward(ctx, x, y) {
      ctx.set_materialize_grads(false);
      const order = x.argsort();
      ctx.mark_non_differentiable(order);
      ctx.save_for_backward(x, y);
      return [x.mul(y), order, x.add(y)];
    }
    static backward(ctx, product, _, total) {
      const [x, y] = ctx.saved_tensors;
      const part = (other, needed) =>
        needed ? (product ? product.mul(other) : torch.tensor(0)).add(total ?? torch.zeros_like(other)) : null;
      return [part(y, ctx.needs_input_grad[0]), part(x, ctx.needs_input_grad[1])];
    }
  }
  class Straight extends Function {
    static forward(_, x) {
      return x.round();
    }
    static backward = torch.autograd.function.once_differentiable((_, grad) => grad.clamp(-1, 1));
  }
  const uses = {
    exp: (x) => Exp.apply(x),
    exp_twice: (x, y) => Exp.apply(Exp.apply(x).sin()).mul(y),
    scale: (x, y) => Scale.apply(x, 1.5).sin().add(y),
    scale_vmap: (x, y) =>
      torch.func
        .vmap((a) => Scale.apply(a, 2).cos())(x)
        .add(y),
    scale_jvp: (x, y) => torch.func.jvp((a) => Scale.apply(a, 3).sin(), [x], [y.detach()])[1],
    doubled: (x, y) => Doubled.apply(x.clone()).mul(y),
    product: (x, y) => Split.apply(x, y)[0].sin(),
    total: (x, y) => Split.apply(x, y)[2].sin(),
    both: (x, y) => {
      const [product, , total] = Split.apply(x, y);
      return product.sin().add(total);
    },
    half: (x, y) => Split.apply(x, y.detach())[0].sin(),
    straight: (x, y) => Straight.apply(x.mul(3)).mul(y),
    grad: (x, y) =>
      torch.func
        .grad((a) => Scale.apply(a, 3).sin().sum())(x)
        .mul(y),
  };

  return {
    schedulers(cases, c) {
      const first = make(cases, c);
      let bad = run(cases, c, first, 0, 12) ?? state(cases, first[1], first[0], c.half, "half");
      if (bad) return bad;
      const again = make(cases, c); // goes on from Python's own state
      again[1].load_state_dict(cases.value(c.half[0]), {});
      for (const [i, group] of cases.value(c.half[1]).entries())
        Object.assign(again[0].param_groups[i], group, { params: again[0].param_groups[i].params });
      for (const [name, pair] of Object.entries({ first, again })) {
        bad = run(cases, c, pair, 12, 24) ?? state(cases, pair[1], pair[0], c.end, name);
        if (bad) return `${name}: ${bad}`;
      }
      return c.last_lr ? mismatch(cases, first[1].get_last_lr(), c.last_lr, "get_last_lr()") : null;
    },
    func(cases, c) {
      const [x, ...rest] = cases.value(c.args);
      const tail = keywords(cases.entries(c.kwargs));
      const tangent = cases.value(c.tangent);
      const method = /^torch\.Tensor\.(\w+)$/.exec(c.call)?.[1];
      const f = (y) => (method ? y[method](...rest, ...tail) : resolve(c.call)(y, ...rest, ...tail));
      torch.manual_seed(1234);
      return mismatch(cases, transforms[c.transform](f, x, tangent), c.out);
    },
    functions(cases, c) {
      const [x, y] = cases.value(c.args);
      const out = uses[c.use](x, y);
      let bad = mismatch(cases, out, c.out);
      if (!bad && out.grad_fn.name() !== c.grad_fn) bad = `grad_fn is ${out.grad_fn.name()}, not ${c.grad_fn}`;
      if (bad) return bad;
      const first = torch.autograd.grad(out.sum(), [x, y], { create_graph: true, allow_unused: true });
      bad = mismatch(
        cases,
        first.map((g) => g?.detach() ?? null),
        c.grads,
        "gradient",
      );
      const graph = first.filter((g) => g?.requires_grad);
      if (bad || !graph.length) return bad ?? (c.second || c.error ? "no second derivative" : null);
      try {
        const total = graph.map((g) => g.sum()).reduce((a, b) => a.add(b));
        return mismatch(cases, torch.autograd.grad(total, [x, y], { allow_unused: true }), c.second, "gradient");
      } catch (error) {
        return text(error.message) === c.error ? null : `threw ${text(error.message)}, not ${c.error}`;
      }
    },
  };
}
