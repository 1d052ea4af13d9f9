"""What record.py records besides calls and modules: schedulers, the transforms of torch.func, autograd Functions."""
import contextlib, random
import torch
from torch.optim import lr_scheduler as L


def record(a): globals()[a.kind](a)


LAMBDAS = {"halving": lambda epoch: 0.5 ** epoch, "inverse": lambda epoch: 1 / (1 + 0.1 * epoch), "constant": lambda epoch: 0.95}


def scheduler_specs(rng):
    """[name, arguments as they are recorded]; a scheduler among them is a spec again, a function the name of one of LAMBDAS."""
    u, i = rng.uniform, rng.randint
    yield "LambdaLR", {"lr_lambda": {"lambda": rng.choice(["halving", "inverse"])}}
    yield "LambdaLR", {"lr_lambda": [{"lambda": "halving"}, {"lambda": "inverse"}]}
    yield "MultiplicativeLR", {"lr_lambda": {"lambda": "constant"}}
    yield "StepLR", {"step_size": i(1, 6), "gamma": u(0.1, 0.9)}
    yield "MultiStepLR", {"milestones": sorted(i(1, 18) for _ in range(3)), "gamma": u(0.1, 0.9)}
    yield "ConstantLR", {"factor": u(0.1, 0.9), "total_iters": i(1, 9)}
    yield "LinearLR", {"start_factor": u(0.1, 0.9), "end_factor": u(0.1, 1), "total_iters": i(2, 15)}
    yield "ExponentialLR", {"gamma": u(0.5, 0.99)}
    yield "CosineAnnealingLR", {"T_max": i(3, 12), "eta_min": u(0, 0.01)}
    yield "PolynomialLR", {"total_iters": i(3, 25), "power": u(0.5, 3)}
    yield "CosineAnnealingWarmRestarts", {"T_0": i(2, 6), "T_mult": i(1, 3), "eta_min": u(0, 0.01)}
    for mode in ("triangular", "triangular2", "exp_range"):
        yield "CyclicLR", {"base_lr": u(0.001, 0.01), "max_lr": u(0.1, 0.5), "step_size_up": i(2, 6), "step_size_down": i(2, 6), "mode": mode, "gamma": 0.97}
    yield "CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4, "cycle_momentum": False}
    for strategy in ("cos", "linear"):
        yield "OneCycleLR", {"max_lr": u(0.1, 0.5), "total_steps": i(25, 40), "pct_start": u(0.2, 0.5), "anneal_strategy": strategy, "three_phase": rng.random() < 0.5, "div_factor": u(5, 30)}
    yield "OneCycleLR", {"max_lr": [0.1, 0.2], "epochs": 5, "steps_per_epoch": 6, "cycle_momentum": False}
    yield "ReduceLROnPlateau", {"factor": u(0.1, 0.7), "patience": i(0, 3), "cooldown": i(0, 2), "threshold": u(0.001, 0.1), "threshold_mode": rng.choice(["rel", "abs"])}
    yield "ReduceLROnPlateau", {"mode": "max", "patience": 1, "min_lr": [0.01, 0.02]}
    yield "ChainedScheduler", {"schedulers": [["ConstantLR", {"factor": u(0.1, 0.9), "total_iters": i(2, 6)}], ["ExponentialLR", {"gamma": u(0.5, 0.99)}]]}
    yield "SequentialLR", {"schedulers": [["ConstantLR", {"factor": 0.1, "total_iters": i(2, 6)}], ["ExponentialLR", {"gamma": u(0.5, 0.99)}], ["CosineAnnealingLR", {"T_max": 5}]], "milestones": sorted([i(2, 8), i(9, 15)])}
    yield "SWALR", {"swa_lr": u(0.01, 0.2), "anneal_epochs": i(2, 9), "anneal_strategy": rng.choice(["cos", "linear"])}


def build(optimizer, name, kwargs):
    kwargs = {k: [build(optimizer, *s) for s in v] if k == "schedulers" else v for k, v in kwargs.items()}
    if "lr_lambda" in kwargs:
        named = lambda f: LAMBDAS[f["lambda"]]
        given = kwargs["lr_lambda"]
        kwargs["lr_lambda"] = [named(f) for f in given] if isinstance(given, list) else named(given)
    if name == "ChainedScheduler": return L.ChainedScheduler(kwargs["schedulers"], optimizer=optimizer)
    cls = torch.optim.swa_utils.SWALR if name == "SWALR" else getattr(L, name)
    return cls(optimizer, **kwargs)


def schedulers(a):
    """A case: what the optimizer is made with, each step's rates and momenta, state_dict() after half of the steps and at the end."""
    from record import Writer
    rng, w, cases = random.Random(a.seed), Writer(a.out), []
    for _ in range(a.samples):
        for name, kwargs in scheduler_specs(rng):
            optimizer = rng.choice(["SGD", "AdamW"])
            options = {"lr": rng.uniform(0.01, 0.3), **({"momentum": 0.9} if optimizer == "SGD" else {})}
            rates = [options["lr"], options["lr"] / 3]
            case = {"scheduler": name, "kwargs": values(w, kwargs), "optimizer": optimizer, "options": w.value(options), "rates": w.value(rates)}
            params = [torch.nn.Parameter(torch.zeros(2)) for _ in rates]
            o = getattr(torch.optim, optimizer)([{"params": [p], "lr": r} for p, r in zip(params, rates)], **options)
            s = build(o, name, kwargs)
            metrics, case["steps"] = [], []
            for step in range(24):
                if step == 12: case["half"] = states(w, s, o)
                case["steps"].append(w.value([[g["lr"] for g in o.param_groups], [g.get("momentum", g.get("betas")) for g in o.param_groups]]))
                o.step()
                if name == "ReduceLROnPlateau":
                    metrics.append(rng.uniform(0, 2) / (step + 1))
                    s.step(metrics[-1])
                else: s.step()
            case["metrics"], case["end"] = w.value(metrics), states(w, s, o)
            if hasattr(s, "get_last_lr"): case["last_lr"] = w.value(s.get_last_lr())
            cases.append(case)
    w.close(cases, kind="schedulers", seed=a.seed)


def values(w, v):
    """Arguments as they are recorded: lists and dicts in the clear."""
    if isinstance(v, dict): return {k: values(w, x) for k, x in v.items()}
    return [values(w, x) for x in v] if isinstance(v, list) else w.value(v)


def states(w, scheduler, optimizer):
    plain = lambda v: {k: plain(x) for k, x in v.items()} if isinstance(v, dict) else [plain(x) for x in v] if isinstance(v, (list, tuple)) else v
    return [w.value(plain(scheduler.state_dict())), w.value(plain(optimizer.state_dict())["param_groups"])]


TRANSFORMS = {
    "vmap": lambda f, x, t: torch.func.vmap(f)(torch.stack([x, t, x + t])),
    "vmap_out": lambda f, x, t: torch.func.vmap(f, in_dims=-1, out_dims=-1, chunk_size=2)(torch.stack([x, t, x + t], -1)),
    "jvp": lambda f, x, t: torch.func.jvp(f, (x,), (t,)),
    "vjp": lambda f, x, t: (lambda out, fn: (out, *fn(out.detach().cos())))(*torch.func.vjp(f, x)),
    "grad_and_value": lambda f, x, t: torch.func.grad_and_value(lambda y: f(y).sin().sum())(x),
    "per_sample_grad": lambda f, x, t: torch.func.vmap(torch.func.grad(lambda y: f(y).sin().sum()))(torch.stack([x, t])),
    "jacrev": lambda f, x, t: torch.func.jacrev(f)(x),
    "jacfwd": lambda f, x, t: torch.func.jacfwd(f)(x),
    "hessian": lambda f, x, t: torch.func.hessian(lambda y: f(y).sin().sum())(x),
}
SMALL = ("jacrev", "jacfwd", "hessian")  # only of small tensors


def func(a):
    """The transforms of TRANSFORMS for every differentiable operator of op_db, as functions of the first argument."""
    from record import NO_JAVASCRIPT, Recorder, Unrecordable, Writer, leaves, public_names, rebuilt, seed, spread
    from torch.testing._internal.common_methods_invocations import op_db
    import re
    names, w, cases, skipped = public_names(), Writer(a.out), [], {}
    for op in op_db:
        if a.only and not re.search(a.only, op.name): continue
        if torch.float32 not in op.supported_dtypes("cpu") or not op.supports_autograd: continue
        seed(a.seed)
        try: samples = list(op.sample_inputs("cpu", torch.float32))
        except Exception as e: skipped[op.name] = repr(e)[:200]; continue
        for s in spread(samples, a.samples):
            if not isinstance(s.input, torch.Tensor) or s.input.numel() > 64: continue
            calls = []
            def emit(name, function, args, kwargs):
                calls.append((name, function, args, kwargs))
                return function(*args, **kwargs)
            with contextlib.suppress(Exception), Recorder(names, emit): op(s.input, *s.args, **s.kwargs)
            if not calls or NO_JAVASCRIPT.search(calls[0][0]): continue
            name, function, args, kwargs = calls[0]
            if not args or not isinstance(args[0], torch.Tensor) or not args[0].is_floating_point(): continue
            for transform in TRANSFORMS:
                with contextlib.suppress(Exception):
                    cases.append(func_case(w, op, name, function, transform, *rebuilt((args, kwargs), False)))
    w.close(cases, kind="func", seed=a.seed, skipped=skipped)


def func_case(w, op, name, function, transform, args, kwargs):
    x, rest = args[0], args[1:]
    if x.numel() > 12 and transform in SMALL: raise ValueError("large")
    tangent = torch.randn_like(x)
    def f(y):
        out = function(y, *rest, **kwargs)
        if not isinstance(out, torch.Tensor): raise TypeError("several outputs")
        return out
    case = {"op": op.full_name, "call": name, "transform": transform, "args": w.value(args), "kwargs": {k: w.value(v) for k, v in kwargs.items()}, "tangent": w.value(tangent)}
    torch.manual_seed(1234)
    out = TRANSFORMS[transform](f, x, tangent)
    case["out"] = w.value(out)
    return case


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad):
        result, = ctx.saved_tensors
        return grad * result


class Scale(torch.autograd.Function):
    """setup_context, an argument that is no tensor, jvp, and a rule for vmap that is generated"""
    generate_vmap_rule = True

    @staticmethod
    def forward(x, factor): return x * factor

    @staticmethod
    def setup_context(ctx, inputs, output): ctx.factor = inputs[1]

    @staticmethod
    def backward(ctx, grad): return grad * ctx.factor, None

    @staticmethod
    def jvp(ctx, tangent, _): return tangent * ctx.factor


class Doubled(torch.autograd.Function):
    """changes its input"""
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, grad): return grad * 2


class Split(torch.autograd.Function):
    """several outputs, one of which has no gradient; gradients that are None stay None"""
    @staticmethod
    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        order = x.argsort()
        ctx.mark_non_differentiable(order)
        ctx.save_for_backward(x, y)
        return x * y, order, x + y

    @staticmethod
    def backward(ctx, product, _, total):
        x, y = ctx.saved_tensors
        needs = ctx.needs_input_grad
        part = lambda other, needed: None if not needed else (0 if product is None else product * other) + (torch.zeros_like(other) if total is None else total)
        return part(y, needs[0]), part(x, needs[1])


class Straight(torch.autograd.Function):
    """derivatives of the first order alone"""
    @staticmethod
    def forward(ctx, x): return x.round()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad): return grad.clamp(-1, 1)


FUNCTIONS = {"Exp": Exp, "Scale": Scale, "Doubled": Doubled, "Split": Split, "Straight": Straight}
USES = {
    "exp": lambda x, y: Exp.apply(x),
    "exp_twice": lambda x, y: Exp.apply(Exp.apply(x).sin()) * y,
    "scale": lambda x, y: Scale.apply(x, 1.5).sin() + y,
    "scale_vmap": lambda x, y: torch.func.vmap(lambda a: Scale.apply(a, 2.0).cos())(x) + y,
    "scale_jvp": lambda x, y: torch.func.jvp(lambda a: Scale.apply(a, 3.0).sin(), (x,), (y.detach(),))[1],
    "doubled": lambda x, y: Doubled.apply(x.clone()) * y,
    "product": lambda x, y: Split.apply(x, y)[0].sin(),
    "total": lambda x, y: Split.apply(x, y)[2].sin(),
    "both": lambda x, y: (lambda p, _, t: p.sin() + t)(*Split.apply(x, y)),
    "half": lambda x, y: Split.apply(x, y.detach())[0].sin(),
    "straight": lambda x, y: Straight.apply(x * 3) * y,
    "grad": lambda x, y: torch.func.grad(lambda a: Scale.apply(a, 3.0).sin().sum())(x) * y,
}


def functions(a):
    """The uses of USES: output, the names of the graph, first derivatives, second ones or the error of asking for them."""
    from record import Writer, seed
    w, cases = Writer(a.out), []
    seed(a.seed)
    for _ in range(a.samples):
        shape = [random.randint(1, 4) for _ in range(random.randint(1, 3))]
        for use, f in USES.items():
            x, y = torch.randn(shape, requires_grad=True), torch.randn(shape, requires_grad=True)
            case = {"use": use, "args": w.value([x, y])}
            with contextlib.suppress(NotImplementedError):
                out = f(x, y)
                case["out"], case["grad_fn"] = w.value(out), out.grad_fn.name()
                first = torch.autograd.grad(out.sum(), [x, y], create_graph=True, allow_unused=True)
                case["grads"] = w.value([g.detach() if g is not None else None for g in first])
                graph = [g for g in first if g is not None and g.requires_grad]
                try: case["second"] = w.value(list(torch.autograd.grad(sum(g.sum() for g in graph), [x, y], allow_unused=True))) if graph else None
                except RuntimeError as e: case["error"] = str(e).split("\nException raised")[0]
                cases.append(case)
    w.close(cases, kind="functions", seed=a.seed)
