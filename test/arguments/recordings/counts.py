"""Writes counts.json: what public functions and modes of torch say to 30 arguments, where it is a TypeError that counts
them, and by which name they refuse an unknown keyword.

    python counts.py
"""

import inspect
import json
import pathlib
import warnings

import torch
import torch.utils.benchmark
import torch.utils.checkpoint

from said import text

warnings.simplefilter("ignore")
names = json.loads(pathlib.Path(__file__, "../../../../scripts/coverage/names.json").resolve().read_text())["names"]
modules = [
    "torch",
    "torch.accelerator",
    "torch.amp",
    "torch.autograd",
    "torch.autograd.forward_ad",
    "torch.autograd.function",
    "torch.autograd.functional",
    "torch.autograd.graph",
    "torch.autograd.profiler",
    "torch.autograd.profiler_util",
    "torch.backends.cuda",
    "torch.compiler",
    "torch.cpu",
    "torch.cpu.amp",
    "torch.cuda",
    "torch.cuda.amp",
    "torch.cuda.nvtx",
    "torch.cuda.tunable",
    "torch.distributions",
    "torch.distributions.constraints",
    "torch.fft",
    "torch.foreach",
    "torch.func",
    "torch.functional",
    "torch.hub",
    "torch.jit",
    "torch.library",
    "torch.linalg",
    "torch.nn.attention",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.modules.module",
    "torch.nn.modules.utils",
    "torch.nn.parallel",
    "torch.nn.parallel.scatter_gather",
    "torch.nn.parameter",
    "torch.nn.utils",
    "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.prune",
    "torch.nn.utils.rnn",
    "torch.nn.utils.stateless",
    "torch.optim",
    "torch.optim.optimizer",
    "torch.optim.swa_utils",
    "torch.overrides",
    "torch.profiler",
    "torch.random",
    "torch.serialization",
    "torch.sparse",
    "torch.special",
    "torch.testing",
    "torch.utils",
    "torch.utils.benchmark",
    "torch.utils.checkpoint",
    "torch.utils.data",
    "torch.utils.data.graph",
    "torch.utils.tensorboard.summary",
]


def is_mode(value: object) -> bool:
    return inspect.isclass(value) and hasattr(value, "__enter__") and value is not torch.utils.benchmark.Timer


counts, keywords = {}, {}
for module in modules:
    for name in names[module]:
        function = torch
        for part in f"{module}.{name}".split(".")[1:]:
            function = getattr(function, part, None)
        if not callable(function) or (inspect.isclass(function) and not is_mode(function)):
            continue
        counted = text(lambda: function(*[None] * 30))
        if ("30" in counted and "given" in counted) or (is_mode(function) and "given" in counted):
            counts[f"{module}.{name}"] = counted
        refused = text(lambda: function(zzz=1))
        ending = "() got an unexpected keyword argument 'zzz'"
        if refused.endswith(ending):
            keywords[f"{module}.{name}"] = refused.removesuffix(ending)
recording = {"counts": counts, "keywords": keywords}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(recording, indent=1) + "\n")
