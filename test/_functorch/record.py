"""Records what torch.func gives in Python, for record.test.ts: python record.py writes recordings/func.json.

Each operator is recorded as text that both languages read alike: method calls of tensors. Inputs come from one formula, so
that only results are stored.
"""

import json
import math
import os

import torch
from torch.func import functionalize, grad, hessian, jacfwd, jacrev, vmap

torch.set_num_threads(1)


def values(shape, start):
    n = 1
    for size in shape:
        n *= size
    i = torch.arange(n, dtype=torch.float64)
    return (((i * 37 + start * 11) % 23 + 1) / 16).reshape(shape)


UNARY = """abs acos acosh angle asin asinh atan atanh bernoulli_ ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1
floor frac lgamma log log10 log1p log2 logit neg positive rad2deg reciprocal relu round rsqrt sigmoid sign sgn signbit sin sinc
sinh sqrt square tan tanh trunc i0 isnan isinf isfinite logical_not nan_to_num prelu_ hardshrink selu_ celu_ rrelu_""".split()
UNARY = [name for name in UNARY if not name.endswith("_")]

# name: (shapes of the inputs of one element, the call)
CASES = {name: ([[2, 3]], f"x.{name}()") for name in UNARY}
for name in "add sub mul div pow atan2 maximum minimum fmod remainder hypot eq ne lt le gt ge logaddexp copysign fmax fmin xlogy".split():
    CASES[name] = ([[2, 3], [3]], f"x.{name}(y)")
for name in "sum mean prod std var amax amin argmax argmin logsumexp cumsum cumprod softmax log_softmax median max min flip all any".split():
    if name not in ("max", "min", "median"):
        CASES[f"{name}_dim"] = ([[2, 3]], f"x.{name}(-1)")
CASES.update(
    {
        "sum": ([[2, 3]], "x.sum()"),
        "mean": ([[2, 3]], "x.mean()"),
        "norm": ([[2, 3]], "x.norm()"),
        "matmul": ([[2, 3], [3, 4]], "x.matmul(y)"),
        "mm": ([[2, 3], [3, 2]], "x.mm(y)"),
        "mv": ([[2, 3], [3]], "x.mv(y)"),
        "dot": ([[3], [3]], "x.dot(y)"),
        "outer": ([[2], [3]], "x.outer(y)"),
        "bmm": ([[2, 2, 3], [2, 3, 2]], "x.bmm(y)"),
        "kron": ([[2, 2], [2, 2]], "x.kron(y)"),
        "transpose": ([[2, 3]], "x.transpose(0, 1)"),
        "permute": ([[2, 3, 2]], "x.permute(2, 0, 1)"),
        "reshape": ([[2, 3]], "x.reshape(3, 2)"),
        "view": ([[2, 3]], "x.view(6)"),
        "flatten": ([[2, 3]], "x.flatten()"),
        "unflatten": ([[2, 4]], "x.unflatten(1, [2, 2])"),
        "unsqueeze": ([[2, 3]], "x.unsqueeze(1)"),
        "squeeze": ([[2, 1, 3]], "x.squeeze()"),
        "expand": ([[1, 3]], "x.expand(2, 3)"),
        "repeat": ([[2, 3]], "x.repeat(2, 1)"),
        "roll": ([[2, 3]], "x.roll(1, 0)"),
        "narrow": ([[2, 3]], "x.narrow(1, 0, 2)"),
        "select": ([[2, 3]], "x.select(1, 2)"),
        "diagonal": ([[3, 3]], "x.diagonal()"),
        "diag_embed": ([[3]], "x.diag_embed()"),
        "trace": ([[3, 3]], "x.trace()"),
        "tril": ([[3, 3]], "x.tril()"),
        "triu": ([[3, 3]], "x.triu()"),
        "movedim": ([[2, 3, 2]], "x.movedim(0, 2)"),
        "swapaxes": ([[2, 3]], "x.swapaxes(0, 1)"),
        "clamp": ([[2, 3]], "x.clamp(0.25, 1.25)"),
        "clamp_min": ([[2, 3]], "x.clamp_min(0.5)"),
        "lerp": ([[2, 3], [2, 3]], "x.lerp(y, 0.25)"),
        "addcmul": ([[2, 3], [2, 3]], "x.addcmul(x, y)"),
        "addcdiv": ([[2, 3], [2, 3]], "x.addcdiv(x, y)"),
        "addmm": ([[2, 2], [2, 3]], "x.addmm(y, y.transpose(0, 1))"),
        "addmv": ([[2], [2, 3]], "x.addmv(y, y.select(0, 0))"),
        "addr": ([[2, 3], [2]], "x.addr(y, x.select(0, 0))"),
        "baddbmm": ([[2, 2, 2], [2, 2, 2]], "x.baddbmm(y, y)"),
        "dist": ([[3], [3]], "x.dist(y)"),
        "cross": ([[2, 3], [2, 3]], "x.cross(y, 1)"),
        "sort": ([[2, 3]], "x.sort(1)"),
        "argsort": ([[2, 3]], "x.argsort(1)"),
        "topk": ([[2, 3]], "x.topk(2)"),
        "kthvalue": ([[2, 3]], "x.kthvalue(2)"),
        "max_dim": ([[2, 3]], "x.max(1)"),
        "min_dim": ([[2, 3]], "x.min(1)"),
        "median_dim": ([[2, 3]], "x.median(1)"),
        "mode_dim": ([[2, 3]], "x.mode(1)"),
        "cummax": ([[2, 3]], "x.cummax(1)"),
        "aminmax": ([[2, 3]], "x.aminmax()"),
        "unbind": ([[2, 3]], "x.unbind()"),
        "split": ([[4, 3]], "x.split(2)"),
        "chunk": ([[4, 3]], "x.chunk(2)"),
        "tensor_split": ([[4, 3]], "x.tensor_split(3)"),
        "gather": ([[2, 3], [2, 3]], "x.gather(1, y.mul(0).long())"),
        "index_select": ([[3, 2], [2]], "x.index_select(0, y.mul(0).long())"),
        "scatter": ([[2, 3], [2, 3]], "x.scatter(1, y.mul(0).long(), y)"),
        "scatter_add": ([[2, 3], [2, 3]], "x.scatter_add(1, y.mul(0).long(), y)"),
        "index_add": ([[3, 2], [2]], "x.index_add(0, y.mul(0).long(), x.narrow(0, 0, 2))"),
        "masked_fill": ([[2, 3], [2, 3]], "x.masked_fill(y.gt(0.5), 2.5)"),
        "where": ([[2, 3], [2, 3]], "x.where(x.gt(y), y)"),
        "take_along_dim": ([[2, 3], [2, 3]], "x.take_along_dim(y.mul(0).long(), 1)"),
        "inverse": ([[2, 2]], "x.add(x.new_ones(2).diag()).inverse()"),
        "det": ([[2, 2]], "x.det()"),
        "slogdet": ([[2, 2]], "x.slogdet()"),
        "cholesky_solve": ([[2, 2]], "x.matmul(x.transpose(0, 1)).add(x.new_ones(2).diag()).cholesky_solve(x.add(1))"),
        "matrix_exp": ([[2, 2]], "x.matrix_exp()"),
        "matrix_power": ([[2, 2]], "x.matrix_power(2)"),
        "pinverse": ([[2, 3]], "x.pinverse()"),
        "renorm": ([[2, 3]], "x.renorm(2, 0, 0.5)"),
        "diff": ([[2, 3]], "x.diff()"),
        "heaviside": ([[3], [3]], "x.sub(0.5).heaviside(y)"),
        "float_power": ([[3]], "x.float_power(2)"),
        "type": ([[3]], "x.float().double()"),
        "new": ([[3]], "x.new_ones(2).add(x.sum())"),
        "zeros_like": ([[3]], "x.mul(2).new_zeros(3)"),
        "clone_add_": ([[3], [3]], "x.clone().add_(y)"),
        "mul_": ([[3]], "x.mul(2).mul_(3)"),
        "zero_": ([[3]], "x.clone().zero_()"),
        "fill_": ([[3]], "x.clone().fill_(2.5)"),
        "copy_": ([[3], [3]], "x.clone().copy_(y)"),
        "clamp_": ([[3]], "x.clone().clamp_(0.5, 1)"),
        "tril_": ([[3, 3]], "x.clone().tril_()"),
        "sub_self": ([[3], [3]], "x.sub(y.mean()).div(y.std())"),
        "cov": ([[2, 3]], "x.cov()"),
        "var_correction": ([[2, 3]], "x.var(1)"),
        "nansum": ([[2, 3]], "x.nansum()"),
        "count_nonzero": ([[2, 3]], "x.count_nonzero()"),
        "cdist": ([[2, 3], [2, 3]], "x.sub(y).norm()"),
        "argmax": ([[2, 3]], "x.argmax()"),
        "ravel": ([[2, 3]], "x.ravel()"),
        "t": ([[2, 3]], "x.t()"),
        "unfold": ([[5]], "x.unfold(0, 2, 1)"),
        "as_strided": ([[2, 3]], "x.contiguous().as_strided([2, 2], [1, 2])"),
        "rot90": ([[2, 3]], "x.rot90()"),
        "fliplr": ([[2, 3]], "x.fliplr()"),
        "vdot": ([[3], [3]], "x.vdot(y)"),
        "inner": ([[3], [3]], "x.inner(y)"),
        "bitwise": ([[3]], "x.mul(4).long().bitwise_and(3)"),
        "histc": ([[3]], "x.mul(4).long().bitwise_xor(1)"),
    }
)

FUNCTIONS = {  # of x, with 3 elements, for the derivatives
    "sin": "x.sin().sum()",
    "cubes": "x.pow(3).sum()",
    "product": "x.prod()",
    "softmax": "x.softmax(0).select(0, 1)",
    "logsumexp": "x.logsumexp(0)",
    "norm": "x.norm()",
    "quadratic": "x.outer(x).sin().sum()",
    "tanh": "x.tanh().mul(x).mean()",
    "sigmoid": "x.sigmoid().log().sum()",
    "var": "x.var()",
    "cumulative": "x.cumsum(0).square().sum()",
    "log_softmax": "x.log_softmax(0).mul(x).sum()",
    "max": "x.mul(x).amax()",
    "matrix": "x.outer(x).matrix_exp().sum()",
    "det": "x.diag().add(1).det()",
    "erf": "x.erf().prod()",
    "ratio": "x.select(0, 0).div(x.select(0, 2))",
    "inplace": "x.mul(2).mul_(x).add_(1).sum()",
    "sorted": "x.sort()[0].mul(x).sum()",
    "where": "x.where(x.gt(0.5), x.square()).sum()",
}


def flat(result):
    if isinstance(result, torch.Tensor):
        return [result]
    return [one for part in result for one in flat(part)]


def finite(value):
    return value if math.isfinite(value) else str(value)


def text(result):
    return [{"shape": list(t.shape), "dtype": str(t.dtype), "values": [finite(v) for v in t.double().flatten().tolist()]} for t in flat(result)]


def attempt(run):
    try:
        return {"result": text(run())}
    except Exception as error:  # noqa: BLE001
        return {"error": type(error).__name__, "message": str(error)}


def main():
    out = {"vmap": [], "transforms": []}
    for name, (shapes, python) in CASES.items():
        for dims in [[0, 0], [1, 0], [0, None], [None, 1]] if len(shapes) == 2 else [[0], [1]]:
            given = []
            for k, (shape, dim) in enumerate(zip(shapes, dims)):
                full = list(shape)
                if dim is not None:
                    full.insert(min(dim, len(full)), 2)
                given.append(full)
            dims = [None if dim is None else min(dim, len(shape)) for shape, dim in zip(shapes, dims)]
            names = ["x", "y"][: len(shapes)]
            function = eval(f"lambda {', '.join(names)}: {python}")
            inputs = [values(shape, k) for k, shape in enumerate(given)]
            case = attempt(lambda: vmap(function, in_dims=tuple(dims))(*inputs))
            out["vmap"].append({"name": name, "call": python, "shapes": given, "in_dims": dims, **case})
    for name, python in FUNCTIONS.items():
        function = eval(f"lambda x: {python}")
        x, batch = values([3], 2), values([2, 3], 3)
        for transform, run in {
            "grad": lambda: grad(function)(x),
            "grad_grad": lambda: grad(lambda x: grad(function)(x).sum())(x),
            "jacrev": lambda: jacrev(function)(x),
            "jacfwd": lambda: jacfwd(function)(x),
            "hessian": lambda: hessian(function)(x),
            "jacrev_jacrev": lambda: jacrev(jacrev(function))(x),
            "vmap_grad": lambda: vmap(grad(function))(batch),
            "vmap_hessian": lambda: vmap(hessian(function))(batch),
            "functionalize": lambda: functionalize(function)(x),
        }.items():
            out["transforms"].append({"name": name, "call": python, "transform": transform, **attempt(run)})
    folder = os.path.join(os.path.dirname(__file__), "recordings")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "func.json"), "w") as file:
        file.write("{\n")
        for k, (key, cases) in enumerate(out.items()):
            file.write(f'"{key}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" + (",\n" if k == 0 else "\n"))
        file.write("}\n")


main()
