"""Exports small models, and records what Python's torch.export.load() makes of them: python test/export/recordings/record.py [NAME ...]

For each model there is NAME.pt2, the program, and NAME.pt, what calls of it gave: outputs, errors, the state after them.
"""

import collections
import dataclasses
import os
import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.export import Dim
from torch.utils import _pytree as pytree

HERE = os.path.dirname(os.path.abspath(__file__))
Pair = collections.namedtuple("Pair", ["first", "second"])
pytree._register_namedtuple(Pair, serialized_type_name="models.Pair")


@dataclasses.dataclass
class Result:
    logits: torch.Tensor
    hidden: torch.Tensor
    loss: torch.Tensor | None = None


torch.export.register_dataclass(Result, serialized_type_name="models.Result")


class Mlp(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3), nn.Softmax(-1))


class ConvBn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(3)
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn(self.conv(x))), 2)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(8, 2)

    def forward(self, x, h=None, c=None):
        y, (h, c) = self.lstm(x, None if h is None else (h, c))
        return self.head(y[:, -1]), h, c


class Embedding(nn.Module):
    """Means of padded sequences of several lengths."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 4, padding_idx=0)
        self.lstm = nn.LSTM(4, 3, batch_first=True)

    def forward(self, ids, lengths):
        x, _ = self.lstm(self.embedding(ids))
        mask = torch.arange(ids.shape[1], device=ids.device)[None] < lengths[:, None]
        x = x.masked_fill(~mask[..., None], 0.0)
        last = x[torch.arange(ids.shape[0]), lengths - 1]
        return x.sum(1) / lengths[:, None].to(x.dtype), last


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.register_buffer("position", torch.randn(1, 6, 8), persistent=False)

    def forward(self, x, *, padding):
        return self.encoder(x + self.position[:, : x.shape[1]], src_key_padding_mask=padding)


class Structures(nn.Module):
    def forward(self, a, pair, *rest, options):
        total = a + pair["x"] + pair["y"][0] - pair["y"][1]
        for r in rest:
            total = total * r
        total = total * options.get("scale")
        return {
            "sum": total,
            "parts": [a, (pair["x"], None)],
            "pair": Pair(total + 1, {"n": 3, "flag": True, "f": 2.0}),
            "ordered": collections.OrderedDict(b=total.mean(), a=a.shape[0]),
        }


class WithDataclass(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x: Result):
        return Result(logits=self.fc(x.logits), hidden=x.hidden * 2)


class Mutating(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("temporary", torch.ones(3), persistent=False)

    def forward(self, x, out):
        self.count.add_(1)
        self.mean.mul_(0.5).add_(x.mean(0) * 0.5)
        self.temporary.copy_(self.temporary * 2)
        out.add_(x)
        return x - self.mean + self.temporary, self.count, out


class Grad(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)

    def forward(self, x):
        with torch.no_grad():
            y = self.a(x).sin()
            scale = y.sum()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            z = self.b(x) @ y.T
        return (z.float() * scale).cos(), y


class ControlFlow(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x, n):
        y = torch.cond(x.sum() > 0, lambda x: self.fc(x) + 1, lambda x: x.sin() - 1, (x,))
        z = torch.while_loop(lambda i, v: i < 4, lambda i, v: (i + 1, v * 2 + i), (n, y))
        return y, z[0], z[1]


class Mapped(nn.Module):
    def forward(self, xs, y):
        from functorch.experimental.control_flow import map

        return map(lambda x, y: x.sin() * y, xs, y)


class Sizes(nn.Module):
    """Sizes that are computed from sizes."""

    def forward(self, x, y):
        b, t = x.shape[0], x.shape[1]
        z = torch.cat([x, y], 0)
        half = t // 2
        z = z[:, :half] - z[:, t - half :]
        pad = torch.zeros(b % 3 + 2, half, dtype=x.dtype)
        z = torch.cat([z, pad, torch.full((b + 1, half), t / 2)], 0)
        scale = (b * t) ** 0.5 - torch.sym_min(b, t) * 2 + (t - 9) // 2
        return (z * scale).reshape(-1, half, 1), b * t + 1, z.numel(), torch.arange(b * 2), b / 2


class DataDependent(nn.Module):
    def forward(self, x, n):
        count = n.item()
        torch._check(count >= 1)
        torch._check(count <= 5)
        found = x.nonzero()
        return torch.ones(count, 2) * count, found, found.shape[0], x[x > 0].sum() + count


class Kinds(nn.Module):
    """Arguments of all kinds."""

    def forward(self, x):
        y = x.contiguous(memory_format=torch.channels_last)
        z = torch.empty_like(x, memory_format=torch.preserve_format).fill_(float("inf"))
        a = F.gelu(x, approximate="tanh").to(torch.float64)
        b = F.pad(x, (1, 2), value=-1.5)
        parts = torch.split(x, [1, 2], dim=2)
        c = torch.stack([p.sum() for p in parts])
        d = x.clone()
        d[:, torch.tensor([0, 1]), :, 1] = 7.0
        e = x[0, :, torch.tensor([2, 0])]
        f = torch.zeros(2, 3, dtype=torch.complex64, device="cpu", layout=torch.strided) + (1 + 2j)
        g = F.interpolate(x, scale_factor=2.0, mode="bilinear")
        h = torch.clamp(x, max=0.5).masked_fill(x < 0, float("-inf"))
        i = torch.linalg.vector_norm(x, float("inf"), dim=(1, 2))
        j = x.to(torch.int64).bitwise_and(3).bool()
        k = torch.var_mean(x, dim=[2, 3], correction=0)
        l = torch.arange(0, 1, 0.25)
        m = torch.quantile(x, 0.5, interpolation="lower")
        return y, z, a, b, c, d, e, f, g, h, i, j, k, l, m, x[..., None, ::2].sum(-1)


class Weights(nn.Module):
    """Weights that share memory, of other dtypes, and with strides."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.out = nn.Linear(3, 5, bias=False)
        self.out.weight = self.embedding.weight
        self.low = nn.Parameter(torch.randn(3, dtype=torch.bfloat16))
        self.frozen = nn.Parameter(torch.randn(3), requires_grad=False)
        self.register_buffer("turned", torch.randn(2, 3).t())
        base = torch.arange(6.0)
        self.register_buffer("left", base[:3])
        self.register_buffer("whole", base)
        self.register_buffer("ids", torch.tensor([1, 2], dtype=torch.uint8))
        self.register_buffer("none", torch.empty(0, 3))
        self.constant = torch.tensor([1.0, -1.0, 2.0])

    def forward(self, ids):
        x = self.embedding(ids) * self.low + self.frozen + self.left + self.constant
        return self.out(x), x @ self.turned, self.whole * self.ids.sum(), torch.cat([x, self.none])


class Constants(nn.Module):
    def forward(self, x, n: int, scale: float, name: str, flag: bool, nothing):
        y = x * n * scale
        return y.exp() if flag and name == "exp" and nothing is None else y


class Derived(nn.Module):
    def forward(self, x, y, z):
        return x[:-1].sum(0) + y.reshape(2, -1, 3).sum((0, 1)), z + x.shape[0]


class Guarded(nn.Module):
    def forward(self, x, options):
        if x.shape[0] % 4 == 0 and options["y"].shape[0] > x.shape[0]:
            return x.reshape(4, -1).sum(1) + options["y"].sum()
        return x


r = torch.randn
PADDING = torch.tensor([[False] * 4, [False, False, True, True]])
MODELS = {}


def model(name, make, args, kwargs=None, *, dynamic=None, calls=(), errors=(), train=False, aten=False):
    MODELS[name] = (make, args, kwargs or {}, dynamic, calls, errors, train, aten)


batch = {0: Dim("batch", min=1, max=16)}
tensors = lambda *shapes: tuple(r(*shape) for shape in shapes)

model(
    "mlp", Mlp, tensors((4, 4)), dynamic=({0: Dim("batch", min=3, max=8)},),
    calls=[((r(5, 4),), {})],
    errors=[((r(2, 4),), {}), ((r(9, 4),), {}), ((r(3, 5),), {}), ((r(4),), {}), ((1,), {}), ((), {}), ((r(4, 4), r(1)), {}), ((r(4, 4),), {"k": 1}), ((r(4, 4).double(),), {})],
)
model("conv_bn", ConvBn, tensors((2, 2, 8, 8)), dynamic=(batch,), calls=[((r(3, 2, 8, 8),), {})])
model("conv_bn_train", ConvBn, tensors((2, 2, 8, 8)), train=True, calls=[((r(2, 2, 8, 8),), {})])
model("lstm", Lstm, (r(2, 5, 3),), dynamic=(batch,), calls=[((r(3, 5, 3),), {})])
model("lstm_state", Lstm, (r(2, 5, 3), r(4, 2, 4), r(4, 2, 4)), calls=[])
ids = torch.tensor([[1, 2, 3, 0], [4, 5, 0, 0]])
model(
    "embedding", Embedding, (ids, torch.tensor([3, 2])), dynamic=({0: Dim("batch")}, {0: Dim("batch")}),
    calls=[((torch.tensor([[1, 1, 1, 9]] * 3), torch.tensor([4, 1, 2])), {})],
    errors=[((ids, torch.tensor([3, 2, 1])), {})],
)
model(
    "encoder", Encoder, (r(2, 4, 8),), {"padding": PADDING}, dynamic={"x": {0: Dim("batch")}, "padding": {0: Dim("batch")}},
    calls=[((r(3, 4, 8),), {"padding": torch.zeros(3, 4, dtype=torch.bool)})],
    errors=[((r(3, 4, 8), PADDING), {})],
)
model(
    "structures", Structures, (r(2), {"x": r(2), "y": [r(2), r(2)]}, r(2), r(1)), {"options": {"scale": r(2)}},
    calls=[((r(2), {"x": r(2), "y": [r(2), r(2)]}, r(2), r(1)), {"options": {"scale": r(2)}})],
    errors=[((r(2), {"x": r(2)}, r(2), r(1)), {"options": {"scale": r(2)}}), ((r(2), {"x": r(2), "y": [r(2), r(3)]}, r(2), r(1)), {"options": {"scale": r(2)}})],
)
model("dataclass", WithDataclass, (Result(r(2, 3), r(2)),), calls=[])
model("mutating", Mutating, (r(2, 3), torch.zeros(2, 3)), calls=[((r(2, 3), torch.ones(2, 3)), {})])
model("mutating_aten", Mutating, (r(2, 3), torch.zeros(2, 3)), calls=[((r(2, 3), torch.ones(2, 3)), {})], aten=True)
model("grad", Grad, (r(3, 3),), calls=[((r(3, 3),), {})])
model("control_flow", ControlFlow, (r(2, 3), torch.tensor(1)), calls=[((torch.ones(2, 3), torch.tensor(0)), {}), ((-torch.ones(2, 3), torch.tensor(5)), {})])
model("mapped", Mapped, (r(3, 2), r(2)), calls=[((r(3, 2), r(2)), {})])
model(
    "sizes", Sizes, tensors((4, 7), (3, 7)), dynamic=({0: Dim.DYNAMIC, 1: Dim.DYNAMIC}, {0: Dim.DYNAMIC, 1: Dim.DYNAMIC}),
    calls=[(tensors((4, 9), (1, 9)), {}), (tensors((5, 4), (3, 4)), {})],
    errors=[(tensors((4, 9), (1, 8)), {}), (tensors((4, 3), (1, 3)), {})],
)
model("data_dependent", DataDependent, (torch.tensor([1.0, 0.0, -2.0]), torch.tensor(2)), calls=[((torch.tensor([0.0, 3.0, 5.0]), torch.tensor(4)), {})], errors=[((torch.tensor([0.0, 3.0, 5.0]), torch.tensor(9)), {})])
model("kinds", Kinds, (r(2, 3, 3, 4),), calls=[((r(2, 3, 3, 4) * 3,), {})])
model("weights", Weights, (torch.tensor([0, 4, 2]),), calls=[((torch.tensor([1, 1, 3]),), {})])
model(
    "constants", Constants, (r(3), 2, 0.5, "exp", True, None), calls=[((r(3), 2, 0.5, "exp", True, None), {})],
    errors=[((r(3), 3, 0.5, "exp", True, None), {}), ((r(3), 2, 0.25, "exp", True, None), {}), ((r(3), 2, 0.5, "sin", True, None), {})],
)
n = Dim("n", min=2, max=10)
model(
    "derived", Derived, tensors((4, 3), (6, 3), (3,)), dynamic=({0: n + 1}, {0: 2 * n}, {0: n}),
    calls=[(tensors((6, 3), (10, 3), (5,)), {})], errors=[(tensors((6, 3), (12, 3), (5,)), {}), (tensors((7, 3), (10, 3), (5,)), {})],
)
model(
    "guarded", Guarded, (r(8), {"y": r(9)}), dynamic=({0: Dim.DYNAMIC}, {"y": {0: Dim.DYNAMIC}}),
    calls=[((r(12), {"y": r(17)}), {})], errors=[((r(6), {"y": r(7)}), {}), ((r(8), {"y": r(7)}), {})],
)


def strip(module):
    """The paths of this machine are nobody's business."""
    for one in module.modules():
        if isinstance(one, torch.fx.GraphModule):
            for node in one.graph.nodes:
                for key in ["stack_trace", "from_node", "source_fn_stack"]:
                    node.meta.pop(key, None)


def plain(x):
    """Values that torch.load() reads as they are: named tuples as lists, dataclasses as dicts."""
    if dataclasses.is_dataclass(x):
        return {f.name: plain(getattr(x, f.name)) for f in dataclasses.fields(x) if getattr(x, f.name) is not None}
    if isinstance(x, (list, tuple)):
        return [plain(y) for y in x]
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    return x.detach().clone() if isinstance(x, torch.Tensor) else x


def record(name):
    make, args, kwargs, dynamic, calls, errors, train, aten = MODELS[name]
    torch.manual_seed(len(name))
    module = make().train(train)
    program = torch.export.export(module, args, kwargs, dynamic_shapes=dynamic)
    if aten:
        program = program.run_decompositions()
    strip(program.graph_module)
    file = os.path.join(HERE, f"{name}.pt2")
    torch.export.save(program, file)
    program = torch.export.load(file)
    loaded, unchecked = program.module(), program.module(check_guards=False)
    done = []
    for one, keywords in [(args, kwargs), *calls]:
        entry = {"args": plain(one), "kwargs": plain(keywords)}
        output = loaded(*one, **keywords)
        done.append({**entry, "output": plain(output), "after": plain(one)})
    state = plain(dict(loaded.state_dict()))
    failed = []
    for one, keywords in errors:
        entry = {"args": plain(one), "kwargs": plain(keywords)}
        for checked, callee in [(True, loaded), (False, unchecked)]:
            try:
                callee(*one, **keywords)
                failed.append({**entry, "checked": checked, "type": None, "message": ""})
            except Exception as e:
                failed.append({**entry, "checked": checked, "type": type(e).__name__, "message": str(e)})
    text = str(program)
    torch.save({"calls": done, "errors": failed, "state": state, "text": text, "signature": str(program.graph_signature), "ranges": str(program.range_constraints)}, os.path.join(HERE, f"{name}.pt"))
    print(name, len(done), [(f["type"], f["message"]) for f in failed])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or MODELS:
        record(name)
