"""Writes the modules that Python traced and scripted, with inputs and outputs: python test/jit/recordings/record.py"""

import json
import os
import warnings
import zipfile
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import nn

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))


class Point(NamedTuple):
    a: torch.Tensor
    n: int


class Scripted(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        self.count: int = 4
        self.names: List[str] = ["a", "b"]
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x: torch.Tensor, n: int = 2, flag: bool = False, s: Optional[str] = None):
        if flag:
            x = -x
        self.seen = self.seen + 1
        return self.fc(x) * n

    @torch.jit.export
    def values(self, x: torch.Tensor, numbers: List[int], weights: Dict[str, float]):
        return Point(x, len(numbers)), weights, (1, 2.5, "s", None), [2 * n for n in numbers]

    @torch.jit.export
    def optional(self, x: Optional[torch.Tensor], pair: Tuple[int, float], c: complex) -> Tuple[bool, float, complex]:
        return x is None, pair[0] + pair[1], c

    @torch.jit.export
    def keys(self, d: Dict[int, torch.Tensor]) -> Dict[int, torch.Tensor]:
        return {k + 1: v for k, v in d.items()}

    @torch.jit.export
    def fails(self, x: torch.Tensor):
        assert bool(x.sum() > 1e9), "too small"
        return x

    @torch.jit.export
    def mismatch(self, x: torch.Tensor):
        return x.mm(x)

    @torch.jit.export
    def forked(self, x: torch.Tensor):
        future = torch.jit.fork(self.fc, x)
        return torch.jit.wait(future)

    @torch.jit.export
    def dtype_of(self, d: torch.device) -> torch.device:
        return d


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(4 * 6 * 6, 5))

    def forward(self, x):
        return self.head(torch.relu(self.bn(self.conv(x))))


def without_sources(name):
    """Takes the places in the source out of a file, which name folders of the machine that recorded it."""
    path = os.path.join(HERE, name)
    with zipfile.ZipFile(path) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in entries:
            if not entry.filename.endswith(".debug_pkl"):
                archive.writestr(entry.filename, content, entry.compress_type)


def state_keys(module):
    return list(module.state_dict())


torch.manual_seed(0)
scripted = torch.jit.script(Scripted())
torch.jit.save(scripted, os.path.join(HERE, "scripted.pt"), _extra_files={"notes.txt": "héllo"})
net = Net().eval()
example = torch.randn(2, 1, 8, 8)
traced = torch.jit.trace(net, example)
traced.save(os.path.join(HERE, "traced.pt"))
torch.jit.save(torch.jit.freeze(traced), os.path.join(HERE, "frozen.pt"))
function = torch.jit.trace(lambda a, b: torch.sin(a) + b, (torch.ones(2), torch.ones(2)))
function.save(os.path.join(HERE, "function.pt"))

for name in ("scripted.pt", "traced.pt", "frozen.pt", "function.pt"):
    without_sources(name)

lstm = nn.LSTM(3, 4)
encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)


def message(call):
    try:
        call()
    except Exception as error:
        return str(error)
    raise AssertionError("it did not fail")


x = torch.ones(1, 2)
weird = torch.tensor([[1.0, -2.0]])
record = {
    "scripted": {
        "repr": repr(torch.jit.load(os.path.join(HERE, "scripted.pt"))),
        "code": scripted.code,
        "graph": torch.jit.load(os.path.join(HERE, "scripted.pt")).graph.str(False),
        "output": scripted(weird).tolist(),
        "flagged": scripted(weird, 3, flag=True).tolist(),
        "state": state_keys(scripted),
    },
    "errors": {
        "missing": message(lambda: scripted()),
        "not_a_tensor": message(lambda: scripted(1)),
        "not_an_int": message(lambda: scripted(x, 1.5)),
        "unknown": message(lambda: scripted(x, y=1)),
        "none": message(lambda: scripted(x, n=None)),
        "too_many": message(lambda: scripted(x, 1, True, None, x)),
        "list": message(lambda: scripted.values(x, [1, 2.5], {})),
        "dict": message(lambda: scripted.values(x, [1], {"a": "b"})),
        "attribute": message(lambda: setattr(scripted, "count", 2.5)),
    },
    "traced": {
        "repr": repr(traced),
        "loaded": repr(torch.jit.load(os.path.join(HERE, "traced.pt"))),
        "input": example.tolist(),
        "output": net(example).tolist(),
        "state": state_keys(traced),
        "modules": [name for name, _ in traced.named_modules()],
        "code": traced.code,
        "head": traced.head.code,
        "graph": traced.graph.str(False),
        "inlined": traced.inlined_graph.str(False),
    },
    "function": {
        "code": function.code,
        "graph": function.graph.str(False),
        "name": function.name,
    },
    "states": {
        "lstm": state_keys(torch.jit.trace(lstm, torch.ones(2, 1, 3))),
        "encoder": state_keys(torch.jit.trace(encoder, torch.ones(1, 2, 8), check_trace=False)),
    },
    "trace_errors": {
        "nothing": message(lambda: torch.jit.trace(lambda a: None, x)),
        "number": message(lambda: torch.jit.trace(lambda a: 3, x)),
        "dict": message(lambda: torch.jit.trace(lambda a: {"a": a}, x)),
        "input": message(lambda: torch.jit.trace(lambda a, b: a, (x, 3))),
        "submodule": message(lambda: traced.conv(example)),
        "shared": message(lambda: torch.jit.freeze(torch.jit.trace(Net(), example))),
        "frozen_module": message(lambda: torch.jit.freeze(net)),
    },
}
with open(os.path.join(HERE, "record.json"), "w") as file:
    json.dump(record, file, indent=1, ensure_ascii=False)
    file.write("\n")
