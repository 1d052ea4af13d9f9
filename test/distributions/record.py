#!/usr/bin/env python3
"""Record what Python's torch.distributions computes, as cases that replay.ts replays.

    python record.py recordings/distributions.json.gz [--seed N]

A case is an expression and what Python makes of it: `out` (and the gradients `grads` of the tensors that ask for them), or
`error` and `message`. Expressions:

    {"call": "Normal", "args": [...], "kwargs": {...}}   a function or class of torch.distributions
    {"name": "constraints.positive"}                     what torch.distributions has by this name
    {"get": "mean", "of": E}                             a property
    {"method": "sample", "of": E, "args": [...]}         a method
    {"apply": E, "args": [...]}                          an object that is called
    {"t": [numbers], "shape": [...], "dtype": "float32", "grad": true}
    {"size": [2, 3]}                                     a torch.Size
    {"f": 1.0}, 1, true, "text", null, [...]             a float, and what JSON has

`out` has {"repr": "..."} for any other object, too. An error may come from the gradients.
"""
import argparse, gzip, json, math, warnings
import torch
from torch import distributions as D, inf, nan
from torch.distributions import kl

warnings.simplefilter("ignore")
torch.set_num_threads(1)


def number(x):
    return x if math.isfinite(x) else repr(x)


def tensor(t, grad=False):
    values = t.detach().reshape(-1).tolist()
    if t.dtype == torch.float32: values = [float(f"{v:.9g}") for v in values]
    rec = {"t": [number(v) for v in values], "shape": list(t.shape), "dtype": str(t.dtype).removeprefix("torch.")}
    return {**rec, "grad": True} if grad else rec


def encode(v):
    if isinstance(v, torch.Tensor): return tensor(v, v.requires_grad)
    if isinstance(v, torch.Size): return {"size": list(v)}
    if v is None or isinstance(v, (bool, int, str)): return v
    if isinstance(v, float): return {"f": number(v)}
    if isinstance(v, (list, tuple)): return [encode(x) for x in v]
    return {"repr": repr(v)}


def call(name, *args, **kwargs): return {"call": name, "args": list(args), "kwargs": kwargs}
def get(of, name): return {"get": name, "of": of}
def method(of, name, *args, **kwargs): return {"method": name, "of": of, "args": list(args), "kwargs": kwargs}
def apply(of, *args): return {"apply": of, "args": list(args)}


def resolve(name):
    target = D
    for part in name.split("."): target = getattr(target, part)
    return target


def evaluate(e, leaves):
    """What an expression is; tensors that ask for gradients are added to the leaves."""
    def args(e): return [evaluate(x, leaves) for x in e["args"]], {k: evaluate(x, leaves) for k, x in e.get("kwargs", {}).items()}
    if isinstance(e, torch.Tensor):
        t = e.detach().clone()
        if e.requires_grad: leaves.append(t.requires_grad_())
        return t
    if isinstance(e, torch.Size): return e
    if isinstance(e, (list, tuple)): return [evaluate(x, leaves) for x in e]
    if not isinstance(e, dict): return e
    if "name" in e: return resolve(e["name"])
    if "call" in e:
        a, k = args(e)
        return resolve(e["call"])(*a, **k)
    if "get" in e: return getattr(evaluate(e["of"], leaves), e["get"])
    of = evaluate(e["apply"] if "apply" in e else e["of"], leaves)
    a, k = args(e)
    return of(*a, **k) if "apply" in e else getattr(of, e["method"])(*a, **k)


def written(e):
    """An expression as JSON."""
    if isinstance(e, dict): return {k: v if k in ("name", "call", "get", "method") else written(v) for k, v in e.items()}
    if isinstance(e, (list, tuple)) and not isinstance(e, torch.Size): return [written(x) for x in e]
    return encode(e)


class Recorder:
    def __init__(self, seed):
        self.seed, self.cases = seed, []

    def evaluate(self, e):
        torch.manual_seed(self.seed)
        leaves = []
        return evaluate(e, leaves), leaves

    def __call__(self, name, e):
        case = {"name": name, "expr": written(e)}
        try:
            out, leaves = self.evaluate(e)
            case["out"] = encode(out)
            if isinstance(out, torch.Tensor) and out.requires_grad and out.numel():
                weights = (torch.arange(out.numel(), dtype=out.dtype) + 1).reshape(out.shape)
                grads = torch.autograd.grad(out, leaves, weights, allow_unused=True)
                case["grads"] = [encode(g) for g in grads]
        except Exception as error:
            out = None
            case = {"name": name, "expr": written(e), "error": type(error).__name__.lstrip("_"), "message": str(error).strip()}
        self.cases.append(case)
        return out

    def value(self, e):
        """What an expression is, if it is no error."""
        try: return self.evaluate(e)[0]
        except Exception: return None


def spread(dtype):
    """Functions that make parameters of a dtype; they ask for gradients."""
    def t(*values): return torch.tensor(values[0] if len(values) == 1 else list(values), dtype=dtype, requires_grad=True)
    return t


def parameterisations(t):
    """For each class, lists of arguments: numbers, tensors without dimensions, batches, and shapes that broadcast."""
    matrix = [[2.0, 0.3], [0.3, 1.0]]
    tril = [[1.2, 0.0], [0.4, 0.8]]
    batch = lambda m: [m, [[x * 1.5 for x in row] for row in m]]
    column = lambda *v: [[x] for x in v]
    probs = [[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]]
    logits = [[0.1, -1.0, 2.0], [0.0, 0.5, -0.5]]
    loc_scale = [[0, 1], [0.5, 2.0], [t(0.5), t(1.5)], [t(0.1, -1.0), t(1.0, 0.5)], [t(column(0.1, -1.0)), t(1.0, 0.5, 2.0)], [t(0.3, 0.7), 2.0]]
    positive2 = [[1.0, 2.0], [t(0.5), t(1.5)], [t(0.5, 3.0), t(1.0, 2.5)], [t(column(0.5, 2.0)), t(1.0, 3.0, 4.5)], [2.0, t(1.5, 0.5)]]
    bernoulli = [[0.3], [None, 0.2], [t(0.5)], [t(0.0, 0.3, 1.0)], [None, t([[0.5, -2.0], [1.0, 0.0]])]]
    categorical = [[t(0.1, 0.2, 0.7)], [t(probs)], [None, t(logits)], [None, t(1.0, 2.0)], [t(0.0, 3.0, 1.0)]]
    temperature = t(0.7)
    cases = {
        "Bernoulli": bernoulli,
        "Beta": positive2,
        "Binomial": [[3, t(0.4)], [5, t(0.1, 0.9)], [2, None, t(0.3, -1.0)], [t(2.0, 4.0), t(0.5, 0.25)], [t(column(1.0, 2.0)), t(0.5, 0.1, 0.0)]],
        "Categorical": categorical,
        "Cauchy": loc_scale,
        "Chi2": [[2.0], [t(1.5)], [t(0.5, 4.0)]],
        "ContinuousBernoulli": [[0.3], [None, 0.2], [t(0.5)], [t(0.1, 0.4995, 0.9)], [None, t(0.5, -2.0)]],
        "Dirichlet": [[t(0.5, 1.5, 2.0)], [t([[0.5, 0.3], [2.0, 4.0]])], [t(0.2, 0.3, 0.4)]],
        "Exponential": [[1.5], [t(0.5)], [t(0.5, 2.0, 4.0)]],
        "FisherSnedecor": [[3.0, 5.0], [t(1.5), t(2.5)], [t(3.0, 6.0), t(5.0, 1.0)], [t(column(3.0, 1.0)), t(5.0, 9.0)]],
        "Gamma": positive2,
        "GeneralizedPareto": [[0.0, 1.0, 0.2], [t(0.5), t(1.0), t(-0.3)], [t(0.0, 1.0), t(1.0, 2.0), t(0.0, 0.4)], [t(column(0.0, 1.0)), t(1.0, 2.0, 0.5), 0.7]],
        "Geometric": [[0.3], [None, 0.2], [t(0.5)], [t(0.1, 0.3, 1.0)], [None, t(0.5, -2.0)]],
        "Gumbel": loc_scale,
        "HalfCauchy": [[1.5], [t(0.5)], [t(0.5, 2.0)]],
        "HalfNormal": [[1.5], [t(0.5)], [t(0.5, 2.0)]],
        "InverseGamma": positive2,
        "Kumaraswamy": positive2,
        "Laplace": loc_scale,
        "LKJCholesky": [[2], [3, 0.5], [3, t(1.5)], [4, t(0.5, 2.0)]],
        "LogNormal": loc_scale,
        "LogisticNormal": [[0.0, 1.0], [t(0.1, -1.0), t(1.0, 0.5)], [t([[0.1, -1.0, 0.3]]), t(column(1.0, 0.5))]],
        "LowRankMultivariateNormal": [
            [t(0.5, -1.0), t(column(0.5, 1.0)), t(1.0, 2.0)], [t([[0.5, -1.0], [0.0, 1.0]]), t([[0.5, 1.0, 0.2], [1.0, 0.3, 0.1]]), t(1.0, 2.0)],
            [t(0.0, 0.0), t([column(0.5, 1.0), column(0.1, 0.2)]), t([[1.0, 2.0], [0.5, 0.7]])],
        ],
        "Multinomial": [[3, t(0.1, 0.2, 0.7)], [4, t(probs)], [2, None, t(logits)], [5, t(0.0, 1.0, 1.0)]],
        "MultivariateNormal": [
            [t(0.5, -1.0), t(matrix)], [t(0.5, -1.0), None, t(matrix)], [t(0.5, -1.0), None, None, t(tril)],
            [t([[0.5, -1.0], [0.0, 1.0]]), t(matrix)], [t(0.0, 0.0), None, t(batch(matrix))], [t([[[0.5, -1.0]], [[0.0, 1.0]], [[2.0, 1.0]]]), None, None, t(batch(tril))],
        ],
        "NegativeBinomial": [[3, t(0.4)], [5.5, t(0.1, 0.9)], [2, None, t(0.3, -1.0)], [t(column(1.0, 2.0)), t(0.5, 0.1)], [t(0.0, 1.0), t(0.5, 0.5)]],
        "Normal": loc_scale,
        "OneHotCategorical": categorical,
        "OneHotCategoricalStraightThrough": categorical,
        "Pareto": positive2,
        "Poisson": [[1.5], [t(0.5)], [t(0.0, 3.0, 12.0)]],
        "RelaxedBernoulli": [[temperature, 0.3], [temperature, t(0.1, 0.9)], [temperature, None, t(0.5, -2.0)], [t(0.5, 2.0), t(0.4, 0.6)]],
        "RelaxedOneHotCategorical": [[temperature, t(0.1, 0.2, 0.7)], [temperature, t(probs)], [temperature, None, t(logits)]],
        "StudentT": [[2.5], [3.0, 1.0, 2.0], [t(1.5), t(0.5), t(2.0)], [t(0.5, 1.5, 6.0), 0.5, t(1.0, 2.0, 3.0)], [t(column(3.0, 1.0)), t(0.0, 1.0)]],
        "Uniform": [[0.0, 1.0], [-1, 2], [t(0.5), t(1.5)], [t(0.1, -1.0), t(1.0, 0.5)], [t(column(0.1, -1.0)), t(1.0, 2.0)]],
        "VonMises": [[t(0.5), t(1.5)], [t(0.1, -1.0), t(5.0, 0.5)], [t(column(0.1, -1.0)), t(0.01, 2.0)]],
        "Weibull": positive2,
        "Wishart": [
            [3.0, t(matrix)], [t(2.5), None, t(matrix)], [t(4.0), None, None, t(tril)], [t(2.5, 4.0), t(matrix)], [t(3.0, 5.0), None, None, t(batch(tril))],
        ],
        "relaxed_bernoulli.LogitRelaxedBernoulli": [[temperature, 0.3], [temperature, t(0.1, 0.9)], [temperature, None, t(0.5, -2.0)]],
        "relaxed_categorical.ExpRelaxedCategorical": [[temperature, t(0.1, 0.2, 0.7)], [temperature, None, t(logits)]],
    }
    for name, rows in cases.items():
        for args in rows: yield call(name, *args)
    normal = call("Normal", t([[0.1, -1.0, 2.0], [0.5, 0.3, 0.2]]), t(1.0, 0.5, 2.0))
    for n in (0, 1, 2, 3): yield call("Independent", normal, n)
    yield call("Independent", call("Bernoulli", t(0.2, 0.6)), 1)
    yield call("Independent", call("Bernoulli", t(0.2, 0.6)), 0)
    exp, affine = call("ExpTransform"), call("AffineTransform", t(1.0), t(-2.0))
    yield call("TransformedDistribution", normal, exp)
    yield call("TransformedDistribution", normal, [affine, call("TanhTransform")])
    yield call("TransformedDistribution", normal, [])
    yield call("TransformedDistribution", normal, [call("StickBreakingTransform")])
    yield call("TransformedDistribution", normal, [exp, call("ReshapeTransform", [3], [1, 3])])
    yield call("TransformedDistribution", call("Normal", 0.0, 1.0), [call("AffineTransform", t(1.0, 2.0), 3.0)])
    yield call("TransformedDistribution", call("Uniform", t(0.1, 0.2), 0.9), [get(call("SigmoidTransform"), "inv"), affine])
    yield call("TransformedDistribution", call("Normal", 0.0, 1.0), call("StickBreakingTransform"))
    yield call("TransformedDistribution", normal, "exp")
    mix = call("Categorical", t(0.1, 0.2, 0.7))
    yield call("MixtureSameFamily", mix, call("Normal", t(0.1, -1.0, 2.0), t(1.0, 0.5, 2.0)))
    yield call("MixtureSameFamily", mix, normal)
    yield call("MixtureSameFamily", call("Categorical", None, t(logits)), call("Gamma", t([[0.1, 1.0, 2.0], [0.5, 0.3, 0.2]]), 2.0))
    yield call("MixtureSameFamily", call("Categorical", t(0.4, 0.6)), call("MultivariateNormal", t([[0.5, -1.0], [0.0, 1.0]]), None, None, t(tril)))
    yield call("MixtureSameFamily", call("Categorical", t(0.4, 0.6)), call("Independent", call("Normal", t([[0.5, -1.0], [0.0, 1.0]]), t(1.0, 2.0)), 1))
    yield call("MixtureSameFamily", call("Categorical", t(0.4, 0.6)), call("Poisson", t(1.0, 4.0)))
    yield call("MixtureSameFamily", mix, call("Normal", t(0.1, -1.0), 1.0))
    yield call("MixtureSameFamily", call("Normal", 0.0, 1.0), normal)


PROPERTIES = ["batch_shape", "event_shape", "support", "arg_constraints", "has_rsample", "has_enumerate_support", "mean", "mode", "variance", "stddev"]


def record_distribution(record, e, dtype):
    name = e["call"]
    if record(f"{name} repr", e) is None: return
    d = record.value(e)
    for prop in PROPERTIES:
        if prop == "arg_constraints":
            for key in d.arg_constraints: record(f"{name} {key}", get(e, key)) if hasattr(d, key) else None
        else: record(f"{name} {prop}", get(e, prop))
    for shape in ([], [2]): record(f"{name} sample", method(e, "sample", shape))
    record(f"{name} rsample", method(e, "rsample", [2]))
    for m in ("entropy", "perplexity"): record(f"{name} {m}", method(e, m))
    for keywords in ({}, {"expand": False}): record(f"{name} enumerate_support", method(e, "enumerate_support", **keywords))
    value = record.value(method(e, "sample", sample_shape=[2]))
    value = torch.zeros(2, *d.batch_shape, *d.event_shape, dtype=dtype) if value is None else value.detach()
    for m in ("log_prob", "cdf"):
        record(f"{name} {m}", method(e, m, value))
        record(f"{name} {m} of NaN", method(e, m, torch.full_like(value.to(dtype), nan)))
    for bad in (-3.5, 0.0, 1.0): record(f"{name} log_prob of {bad}", method(e, "log_prob", torch.full_like(value.to(dtype), bad)))
    record(f"{name} log_prob of another shape", method(e, "log_prob", torch.ones(7, 5, dtype=dtype)))
    record(f"{name} log_prob of no tensor", method(e, "log_prob", "x"))
    record(f"{name} icdf", method(e, "icdf", torch.linspace(0.05, 0.95, d.batch_shape.numel() * 2, dtype=dtype).reshape(2, *d.batch_shape)))
    for attribute in ("log_survival_function", "log_cdf"):
        if hasattr(d, attribute): record(f"{name} {attribute}", method(e, attribute, value))
    expanded = method(e, "expand", [3, *d.batch_shape])
    record(f"{name} expand", expanded)
    record(f"{name} expand and sample", method(expanded, "sample"))
    record(f"{name} expand and log_prob", method(expanded, "log_prob", value[:1]))
    record(f"{name} expand to what does not go", method(e, "expand", [7, 5, 9][: len(d.batch_shape)]))


def record_bad_parameters(record, e):
    """Each parameter in turn replaced by what is out of bounds, or not right at all."""
    for i, arg in enumerate(e["args"]):
        if arg is None or isinstance(arg, dict): continue
        for bad in (-1, 0, 7) if isinstance(arg, int) else (nan, -1.5, 0.0, 7.0):
            value = torch.full_like(arg.detach(), bad) if isinstance(arg, torch.Tensor) else bad
            for keywords in ({}, {"validate_args": False}):
                changed = {**e, "args": [*e["args"][:i], value, *e["args"][i + 1:]], "kwargs": keywords}
                record(f"{e['call']} of {bad}", changed)
        if isinstance(arg, torch.Tensor) and arg.dim(): record(f"{e['call']} of an element", {**e, "args": [*e["args"][:i], arg.detach().flatten()[0], *e["args"][i + 1:]]})


def record_divergences(record, t):
    """Every registered pair, and some that are not; two distributions of each class."""
    two = lambda name, a, b: {name: [call(name, *a), call(name, *b)]}
    made = {}
    one = [t(0.5, 2.0)], [t(1.5, 0.7)]
    for name in ("Exponential", "HalfNormal", "Poisson"): made |= two(name, *one)
    for name in ("Normal", "Laplace", "Gumbel", "Cauchy"): made |= two(name, [t(0.5, -1.0), t(0.5, 2.0)], [t(0.1, 1.0), t(1.5, 0.7)])
    for name in ("Beta", "Gamma", "Pareto"): made |= two(name, [t(0.5, 2.0), t(1.5, 2.5)], [t(1.5, 0.7), t(0.4, 3.0)])
    made |= two("Uniform", [t(0.2, -1.0), t(0.8, 2.0)], [t(0.1, 0.0), t(1.0, 1.0)])
    for name in ("Bernoulli", "ContinuousBernoulli", "Geometric"): made |= two(name, [t(0.2, 0.9)], [t(0.4, 0.6)])
    made |= two("Binomial", [5, t(0.2, 0.9)], [t(5.0, 3.0), t(0.4, 0.6)])
    for name in ("Categorical", "OneHotCategorical"): made |= two(name, [t([[0.2, 0.8], [0.0, 1.0]])], [t(0.4, 0.6)])
    made |= two("Dirichlet", [t(0.5, 2.0)], [t(1.5, 0.7)])
    made |= two("MultivariateNormal", [t(0.5, -1.0), t([[2.0, 0.3], [0.3, 1.0]])], [t([[0.0, 1.0], [1.0, 2.0]]), None, None, t([[1.2, 0.0], [0.4, 0.8]])])
    made |= two("LowRankMultivariateNormal", [t(0.5, -1.0), t([[0.5], [1.0]]), t(1.0, 2.0)], [t([[0.0, 1.0], [1.0, 2.0]]), t([[0.2, 0.1], [1.0, 0.3]]), t(0.5, 0.7)])
    normals = made["Normal"]
    made["Independent"] = [call("Independent", n, 1) for n in normals]
    made["TransformedDistribution"] = [call("TransformedDistribution", n, [call("ExpTransform"), call("AffineTransform", 1.0, t(2.0))]) for n in normals]
    made["Wishart"] = [call("Wishart", t(3.0), t([[2.0, 0.3], [0.3, 1.0]])), call("Wishart", t(4.0), None, None, t([[1.2, 0.0], [0.4, 0.8]]))]
    made |= two("Chi2", *one)
    made |= two("LogNormal", [t(0.5), t(1.5)], [t(0.1), t(0.7)])
    made |= two("StudentT", *one)
    names = sorted({c.__name__ for pair in kl._KL_REGISTRY for c in pair if c is not D.ExponentialFamily} | set(made))
    for p in names:
        for q in names:
            record(f"kl_divergence {p} {q}", call("kl_divergence", made[p][0], made[q][1]))
            if p == q: record(f"kl_divergence {p} {q} turned over", call("kl_divergence", made[p][1], made[q][0]))
    record("kl_divergence of batches", call("kl_divergence", call("Independent", normals[0], 0), made["Independent"][1]))
    record("kl_divergence of transforms", call("kl_divergence", made["TransformedDistribution"][0], call("TransformedDistribution", normals[1], [call("ExpTransform")])))
    record("kl_divergence of dimensions", call("kl_divergence", made["MultivariateNormal"][0], call("MultivariateNormal", t(0.0, 0.0, 0.0), call("utils.vec_to_tril_matrix", t(1.0, 0.0, 1.0, 0.0, 0.0, 1.0)))))


def record_transforms(record, t, dtype):
    vector, matrix = t(0.3, -1.2, 0.8), t([[0.3, -0.2], [0.7, 0.5]])
    exp, affine = call("ExpTransform"), call("AffineTransform", t(1.0, 2.0, 3.0), t(-2.0, 0.5, 1.0))
    made = [
        (call("AbsTransform"), vector), (affine, vector), (call("AffineTransform", 1, 2), vector), (call("AffineTransform", 0.5, -1.5, 1), vector),
        (call("AffineTransform", t(1.0), t(0.5, 1.0, 2.0), event_dim=1), vector), (exp, vector), (call("SigmoidTransform"), vector), (call("SoftplusTransform"), vector),
        (call("TanhTransform"), vector), (call("PowerTransform", 2), t(0.5, 1.5)), (call("PowerTransform", t(-1.0, 0.5)), t(0.5, 1.5)), (call("SoftmaxTransform"), vector),
        (call("StickBreakingTransform"), vector), (call("StickBreakingTransform"), matrix), (call("CorrCholeskyTransform"), vector), (call("LowerCholeskyTransform"), matrix),
        (call("PositiveDefiniteTransform"), matrix), (call("ReshapeTransform", [3], [1, 3]), vector), (call("ReshapeTransform", [2, 2], [4]), matrix),
        (call("ComposeTransform", [exp, affine]), vector), (call("ComposeTransform", [affine, exp, call("SoftmaxTransform")]), vector), (call("ComposeTransform", []), vector),
        (call("IndependentTransform", exp, 1), vector), (call("IndependentTransform", affine, 1), matrix), (call("CatTransform", [exp, call("TanhTransform")], 0, [1, 2]), vector),
        (call("CatTransform", [exp, call("StickBreakingTransform")], -1, [1, 2]), vector), (call("CatTransform", [exp, exp]), vector), (call("StackTransform", [exp, call("TanhTransform")], 1), matrix),
        (call("StackTransform", [exp, affine], 0), matrix), (call("CumulativeDistributionTransform", call("Normal", t(0.5), t(2.0))), vector),
        (call("ComposeTransform", [call("ReshapeTransform", [4], [2, 2]), call("LowerCholeskyTransform")]), t(0.1, 0.2, 0.3, 0.4)),
    ]
    for e, x in made:
        name = e["call"]
        y = record.value(apply(e, x))
        for kind, f in (("", e), (" inverse", get(e, "inv")), (" cached", method(e, "with_cache")), (" inverse of the inverse", get(get(e, "inv"), "inv"))):
            forward, source = (f, x) if "inverse" != kind.strip() else (f, y)
            record(f"{name}{kind} repr", f)
            for prop in ("domain", "codomain", "bijective", "sign", "event_dim"): record(f"{name}{kind} {prop}", get(f, prop))
            if source is None: continue
            record(f"{name}{kind}", apply(forward, source.detach().requires_grad_()))
            record(f"{name}{kind} inverted", apply(get(f, "inv"), (y if source is x else x).detach()) if y is not None else f)
            if y is not None:
                pair = (x, y) if source is x else (y, x)
                record(f"{name}{kind} log_abs_det_jacobian", method(f, "log_abs_det_jacobian", *(v.detach().requires_grad_() for v in pair)))
            for shape in map(torch.Size, () if dtype == torch.float64 else ([3], [2, 2], [], [4, 3])):
                record(f"{name}{kind} forward_shape", method(f, "forward_shape", shape))
                record(f"{name}{kind} inverse_shape", method(f, "inverse_shape", shape))
    different = [e for e, _ in made]
    for a in different[::2]:
        for b in different[::3]: record("Transform ==", method(a, "__eq__", b))
    record("Transform cache_size", call("ExpTransform", cache_size=2))
    record("Transform sizes", call("ReshapeTransform", [3], [2, 2]))
    record("CatTransform lengths", call("CatTransform", [exp], 0, [1, 2]))
    record("StackTransform of others", call("StackTransform", [1]))
    record("IndependentTransform of few dimensions", apply(call("IndependentTransform", exp, 2), vector))


def record_constraints(record, t, dtype):
    c = lambda name, *args: call(f"constraints.{name}", *args)
    x = torch.tensor([[-1.0, 0.0, 0.5, 1.0], [2.0, nan, inf, 0.25]], dtype=dtype)
    low = torch.tensor([0.0, 0.5, 0.5, 2.0], dtype=dtype)
    plain = ["boolean", "one_hot", "nonnegative_integer", "positive_integer", "real", "real_vector", "positive", "nonnegative", "unit_interval", "simplex",
             "lower_triangular", "lower_cholesky", "corr_cholesky", "square", "symmetric", "positive_semidefinite", "positive_definite"]
    made = [{"name": f"constraints.{name}"} for name in plain]
    made += [c("greater_than", 0.5), c("greater_than_eq", 1), c("less_than", low), c("interval", 0.0, 0.5), c("interval", low, 1.5), c("interval", -1, 1), c("half_open_interval", 0, 1.0),
             c("integer_interval", 0, 2), c("multinomial", 3), c("independent", made[6], 1), c("independent", made[6], 3), c("independent", made[6], -1), c("independent", made[6], 1.5), c("independent", 1, 1),
             c("cat", [made[6], made[4]], -1, [1, 3]), c("cat", [made[6]], 0, [1, 2]), c("stack", [made[6], made[8]], 0), c("stack", [made[6]] * 4, -1), c("stack", [made[6]], 5),
             c("MixtureSameFamilyConstraint", made[6]), c("MixtureSameFamilyConstraint", made[9]), {"name": "constraints.dependent"}]
    values = [x, torch.tensor([0.25, 0.25, 0.5], dtype=dtype), torch.tensor([0.0, 1.0, 0.0], dtype=dtype), torch.eye(3, dtype=dtype), torch.tensor([[2.0, 0.3], [0.3, 1.0]], dtype=dtype),
              torch.tensor([[[1.0, 0.0], [0.6, 0.8]], [[1.0, 2.0], [2.0, 1.0]]], dtype=dtype), torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=dtype), torch.ones((), dtype=dtype)]
    for e in made:
        name = e.get("call") or e["name"]
        record(f"{name} repr", e)
        for prop in ("is_discrete", "event_dim"): record(f"{name} {prop}", get(e, prop))
        for value in values: record(f"{name} check", method(e, "check", value))
        for registry in ("biject_to", "transform_to"):
            record(f"{registry} {name}", call(registry, e))
            record(f"{registry} {name} of numbers", apply(call(registry, e), torch.linspace(-1, 1, 4, dtype=dtype).requires_grad_()))
            record(f"{registry} {name} of a matrix", apply(call(registry, e), torch.linspace(-1, 1, 4, dtype=dtype).reshape(2, 2).requires_grad_()))


def record_functions(record, t, dtype):
    u = lambda name, *args, **kwargs: record(f"utils.{name}", call(f"utils.{name}", *args, **kwargs))
    p = t([[0.2, 0.8], [0.0, 1.0]])
    for binary in (False, True):
        u("probs_to_logits", p, is_binary=binary)
        u("logits_to_probs", p, is_binary=binary)
    u("clamp_probs", p)
    for diag in (-3, -1, 0, 1, 2): u("tril_matrix_to_vec", p, diag=diag)
    for diag in (-1, 0, 1): u("vec_to_tril_matrix", t(1.0, 2.0, 3.0), diag=diag)
    u("vec_to_tril_matrix", t(1.0, 2.0))
    u("broadcast_all", 1, p, t(2.0))
    u("broadcast_all", 1, 2.5)
    u("broadcast_all", 1, "x")
    probs, logits = t(0.3), t(0.2)
    for name in ("Bernoulli", "Categorical", "ContinuousBernoulli", "Geometric", "OneHotCategorical"):
        record(name, call(name))
        record(name, call(name, p, p))
        record(name, call(name, **{"probs": p + 0.1}))
        record(name, call(name, probs))
        record(name, call(name, None, probs))
    for name in ("Binomial", "NegativeBinomial", "Multinomial"):
        record(name, call(name, 2))
        record(name, call(name, 2, p, p))
        record(name, call(name, 2, logits=p))
        record(name, call(name, total_count=3, probs=t(0.1, 0.9)))
    record("Multinomial", call("Multinomial", 1.5, p))
    record("Dirichlet", call("Dirichlet", probs))
    record("LKJCholesky", call("LKJCholesky", 1))
    eye = torch.eye(2, dtype=dtype)
    record("MultivariateNormal", call("MultivariateNormal", probs, eye))
    record("MultivariateNormal", call("MultivariateNormal", t(0.0, 0.0)))
    record("MultivariateNormal", call("MultivariateNormal", t(0.0, 0.0), eye, eye))
    for key in ("covariance_matrix", "precision_matrix", "scale_tril"):
        record("MultivariateNormal", call("MultivariateNormal", t(0.0, 0.0), **{key: t(1.0, 2.0)}))
        record("MultivariateNormal", call("MultivariateNormal", t(0.0, 0.0), **{key: t([[1.0, 2.0], [2.0, 1.0]])}))
        record("Wishart", call("Wishart", 3.0, **{key: t(1.0, 2.0)}))
        record("Wishart", call("Wishart", 3.0, **{key: t([[1.0, 2.0], [2.0, 1.0]])}))
        record("MultivariateNormal", get(call("MultivariateNormal", t([[0.0, 1.0], [1.0, 2.0]]), **{key: eye + 1 - torch.ones_like(eye).triu(1)} if key == "scale_tril" else {key: eye + 0.5}), "covariance_matrix"))
    record("Wishart", call("Wishart", 3.0))
    record("Wishart", call("Wishart", 0.5, eye))
    record("Wishart", method(call("Wishart", 3.0, eye), "_bartlett_sampling", [2]))
    low = lambda *args: record("LowRankMultivariateNormal", call("LowRankMultivariateNormal", *args))
    low(probs, eye, t(1.0, 1.0)); low(t(0.0, 0.0), t(1.0, 1.0), t(1.0, 1.0)); low(t(0.0, 0.0, 0.0), eye, t(1.0, 1.0)); low(t(0.0, 0.0), eye, t(1.0, 1.0, 1.0))
    low(torch.zeros(3, 2, dtype=dtype), eye.expand(2, 2, 2), t(1.0, 1.0))
    record("Gamma sample with a generator", method(call("Gamma", 1.0, 2.0), "sample", sample_shape=[2], generator=None))
    record("Normal", call("Normal", 0.0)); record("Normal", call("Normal", 0.0, 1.0, False, 2)); record("Normal", call("Normal", 0.0, size=1)); record("Normal", call("Normal", "a", 1.0))
    record("sample with an unknown keyword", method(call("Normal", 0.0, 1.0), "sample", size=1))
    for name, args in (("Normal", [0.5, 2.0]), ("Gamma", [1.5, 2.0]), ("Poisson", [2.0]), ("Bernoulli", [0.3])):
        record(f"{name} natural parameters", method(call(name, *args), "_log_normalizer", *(torch.tensor([v], dtype=dtype) for v in (-0.5, -0.2)[: 2 if len(args) == 2 else 1])))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out"); parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    record = Recorder(options.seed)
    for dtype in (torch.float32, torch.float64):
        t = spread(dtype)
        for e in parameterisations(t):
            record_distribution(record, e, dtype)
            if dtype == torch.float32: record_bad_parameters(record, e)
        record_divergences(record, t)
        record_transforms(record, t, dtype)
        if dtype == torch.float64: continue
        record_constraints(record, t, dtype)
        record_functions(record, t, dtype)
    text = json.dumps({"torch": torch.__version__, "seed": options.seed, "cases": record.cases}, separators=(",", ":"))
    with open(options.out, "wb") as f: f.write(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{options.out}: {len(record.cases)} cases, {sum('error' in c for c in record.cases)} of them errors, {len(text)} bytes")


if __name__ == "__main__":
    main()
