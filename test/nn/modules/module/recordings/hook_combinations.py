"""Writes hook_combinations.json: what hooks of modules are called with, in which order, and what comes out, for every
combination of prepend, with_kwargs and always_call.

    python hook_combinations.py
"""

import itertools
import json
import pathlib
import warnings

import torch

warnings.simplefilter("ignore")
FLAGS = (False, True)


class Scale(torch.nn.Module):
    def __init__(self, log, fails):
        super().__init__()
        self.log = log
        self.fails = fails

    def forward(self, x, scale=1):
        self.log.append(f"forward {text(x)} {scale}")
        if self.fails:
            raise ValueError("forward failed")
        return x * scale


def text(value):
    if isinstance(value, torch.Tensor):
        return str([int(x) for x in value.tolist()])
    if isinstance(value, (tuple, list)):
        return f"({' '.join(text(x) for x in value)})"
    if isinstance(value, dict):
        return f"{{{' '.join(f'{k}={v}' for k, v in value.items())}}}"
    return str(value)


def run(case):
    log = []
    module = Scale(log, case["raises"] == "forward")
    x = torch.tensor([1.0, 2.0], requires_grad=case["kind"].startswith("full_backward"))

    def hook(name, returns):
        def call(given, *args):
            log.append(f"{name} {' '.join(text(arg) for arg in args)}")
            if case["raises"] == name:
                raise ValueError(f"{name} failed")
            return result(case["kind"], returns, args)

        return call

    def result(kind, returns, args):
        if returns == "nothing":
            return None
        if returns == "wrong":
            return 5
        if kind == "forward":
            return args[-1] + 100
        if kind == "forward_pre":
            value = args[0][0] + 100
            if returns == "pair":
                return (value,), {"scale": 7}
            return value if returns == "value" else (value,)
        grads = tuple(grad + 100 for grad in args[0])
        return grads[0] if returns == "value" else grads

    register = getattr(module, f"register_{case['kind']}_hook")
    register(hook("a", "nothing"), **case["first"])
    register(hook("b", case["returns"]), **case["second"])
    try:
        output = module(x, scale=3)
        log.append(f"output {text(output)}")
        if x.requires_grad:
            output.sum().backward()
            log.append(f"grad {text(x.grad)}")
    except Exception as error:
        message = str(error).split(", but got")[0]  # what follows shows a tuple, which is an array here
        log.append(f"{type(error).__name__}: {message}")
    return log


def keywords(*names):
    return [dict(zip(names, flags)) for flags in itertools.product(FLAGS, repeat=len(names))]


def cases():
    for first, second, returns, raises in itertools.product(
        [{}, {"always_call": True}],
        keywords("prepend", "with_kwargs", "always_call"),
        ["nothing", "value"],
        ["nobody", "forward", "a", "b"],
    ):
        yield {"kind": "forward", "first": first, "second": second, "returns": returns, "raises": raises}
    for second, returns, raises in itertools.product(
        keywords("prepend", "with_kwargs"), ["nothing", "value", "tuple", "pair", "wrong"], ["nobody", "forward", "a", "b"]
    ):
        if returns in ("pair", "wrong") and not second["with_kwargs"]:
            continue  # arguments like any others
        yield {"kind": "forward_pre", "first": {}, "second": second, "returns": returns, "raises": raises}
    for kind, second, returns, raises in itertools.product(
        ["full_backward", "full_backward_pre"], keywords("prepend"), ["nothing", "tuple", "value", "wrong"], ["nobody", "a", "b"]
    ):
        yield {"kind": kind, "first": {}, "second": second, "returns": returns, "raises": raises}


recorded = [{**case, "log": run(case)} for case in cases()]
lines = ",\n".join(json.dumps(case) for case in recorded)
pathlib.Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n")
